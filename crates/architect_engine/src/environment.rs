//! The packages installed in a project's environment.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use architect_python::{Installed, InstalledModule, SourceText};

use crate::load::read_text;

/// Folders that hold installed packages; none where the project has no environment.
pub(crate) struct Environment {
    site_packages: Vec<PathBuf>,
}

impl Environment {
    /// The environment of the project at `root`: `.venv` or `venv` in it or beside one of its `pyproject.toml`, else
    /// the active one (`VIRTUAL_ENV`).
    pub fn find(root: &Path, other: &[SourceText]) -> Self {
        let beside = other
            .iter()
            .filter(|file| file.path.ends_with("pyproject.toml") || file.path.ends_with("requirements.txt"))
            .filter_map(|file| root.join(&*file.path).parent().map(Path::to_path_buf));
        let folders = std::iter::once(root.to_path_buf()).chain(beside);
        let own = folders.flat_map(|folder| [folder.join(".venv"), folder.join("venv")]);
        let active = env::var_os("VIRTUAL_ENV").map(PathBuf::from);
        let site_packages =
            own.chain(active).map(|environment| site_packages(&environment)).find(|found| !found.is_empty());
        Self { site_packages: site_packages.unwrap_or_default() }
    }
}

/// `lib/python3.x/site-packages` (POSIX) or `Lib/site-packages` (Windows) of an environment.
fn site_packages(environment: &Path) -> Vec<PathBuf> {
    let windows = environment.join("Lib").join("site-packages");
    let posix = fs::read_dir(environment.join("lib")).into_iter().flatten().flatten();
    let mut found: Vec<_> = posix.map(|entry| entry.path().join("site-packages")).chain([windows]).collect();
    found.retain(|folder| folder.is_dir());
    found.sort();
    found
}

impl Installed for Environment {
    fn module(&self, dotted: &str) -> Option<InstalledModule> {
        let relative = dotted.replace('.', "/");
        self.site_packages.iter().find_map(|folder| {
            [(format!("{relative}/__init__.py"), true), (format!("{relative}.py"), false)].into_iter().find_map(
                |(name, is_package)| {
                    let text = read_text(&folder.join(&name)).ok()?;
                    Some(InstalledModule {
                        path: format!("site-packages/{name}").into(),
                        text: text.into(),
                        is_package,
                    })
                },
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Workspace;

    use super::*;

    const MODEL: &str = "\
from companybase import Base, Stamped
from companybase.types import Name
from sqlmodel import Field


class Note(Stamped, Base, table=True):
    title: Name
    body: str = Field(max_length=80)
";

    fn write(folder: &Path, path: &str, text: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The columns that `Note` has, and what could not be understood.
    fn columns(root: &Path) -> (Vec<String>, Vec<String>) {
        let project = Workspace::load(root).unwrap().project();
        let columns = project.tables().flat_map(|table| &table.columns).map(|column| column.name.clone()).collect();
        let unknowns = project.tables().flat_map(|table| &table.unknowns);
        (columns, unknowns.chain(&project.unknowns).map(|unknown| unknown.reason.clone()).collect())
    }

    /// Base classes, mixins and types of a company's own package: its re-exports are followed into the environment.
    fn install(site_packages: &Path) {
        write(
            site_packages,
            "companybase/__init__.py",
            "from ._base import Base as Base\nfrom .mixins import Stamped\n",
        );
        let base = "import uuid\nfrom sqlmodel import Field, SQLModel\n\n\nclass Base(SQLModel):\n    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)\n";
        write(site_packages, "companybase/_base.py", base);
        let mixins = "from datetime import datetime\nfrom sqlmodel import SQLModel\n\n\nclass Stamped(SQLModel):\n    created_at: datetime\n";
        write(site_packages, "companybase/mixins.py", mixins);
        write(
            site_packages,
            "companybase/types.py",
            "from typing import Annotated\nfrom sqlmodel import Field\n\nName = Annotated[str, Field(max_length=40)]\n",
        );
    }

    #[test]
    fn base_classes_of_installed_packages_are_read() {
        for environment in [".venv/lib/python3.12", "backend/.venv/lib/python3.14", "venv/Lib"] {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path();
            write(root, "backend/app/models.py", MODEL);
            write(root, "backend/pyproject.toml", "[project]\nname = \"x\"\n");
            write(
                root,
                &format!("{}/pyvenv.cfg", environment.split("/lib").next().unwrap().trim_end_matches("/Lib")),
                "",
            );
            let (known, _) = columns(root);
            assert!(!known.contains(&"created_at".to_owned()), "{environment}: {known:?}");
            install(&root.join(environment).join("site-packages"));
            let (known, unknowns) = columns(root);
            assert_eq!(known, ["id", "created_at", "title", "body"], "{environment}");
            assert!(unknowns.is_empty(), "{environment}: {unknowns:?}");
        }
    }
}
