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
