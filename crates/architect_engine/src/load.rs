//! Reads a project's files.

use std::fs;
use std::io::Read;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use architect_model::Project;
use architect_python::{AlembicChoice, SourceText, Sources};
use ignore::overrides::OverrideBuilder;
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::config::read_settings;
use crate::environment::Environment;
use crate::paths::relative;
use crate::{Failure, Result};

/// Files above this size, in bytes, are not source that a person wrote; they are listed as unknown.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// Files beside `*.py` that shape the result, by name.
const OTHER_FILES: &[&str] = &[
    "pyproject.toml",
    "ruff.toml",
    ".ruff.toml",
    "setup.cfg",
    "tox.ini",
    ".editorconfig",
    "alembic.ini",
    "script.py.mako",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pytest.ini",
    ".env.example",
    "package.json",
];

/// Folders that hold no source of the project.
const SKIPPED_FOLDERS: &[&str] = &["node_modules", "__pycache__", "site-packages"];

/// A project on disk and everything read from it.
pub struct Workspace {
    /// The project root.
    pub root: PathBuf,
    /// Its files.
    pub sources: Sources,
}

impl Workspace {
    /// Reads the files of the project at `root`, and finishes an `apply` that was cut off there.
    ///
    /// # Errors
    /// The folder cannot be read, its settings are wrong, or it holds no Python file.
    pub fn load(root: &Path) -> Result<Self> {
        crate::recover(root)?;
        let (texts, unreadable) = read_files(root, is_source)?;
        let (python, mut other): (Vec<_>, Vec<_>) = texts.into_iter().partition(|file| file.path.ends_with(".py"));
        if python.is_empty() {
            return Err(no_project(root));
        }
        if !other.iter().any(|file| states_versions(&file.path)) {
            other.extend(versions_above(root));
        }
        let installed = Arc::new(Environment::find(root, &other));
        Ok(Self {
            root: root.to_path_buf(),
            sources: Sources { python, other, unreadable, installed, alembic: AlembicChoice::default() },
        })
    }

    /// Takes another configuration of Alembic than the nearest, or another section of it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn choose(&mut self, config: Option<&Path>, section: Option<&str>) -> Result<()> {
        let choice = &mut self.sources.alembic;
        choice.section = section.map(str::to_owned);
        let Some(config) = config else { return Ok(()) };
        let here = std::env::current_dir().unwrap_or_default();
        let path = [here.join(config), self.root.join(config)].into_iter().find(|path| path.is_file());
        let path = path.and_then(|path| path.canonicalize().ok()).ok_or_else(|| {
            let text = format!("there is no configuration of Alembic `{}`", config.display());
            Failure::new(text, "name the file that `alembic -c` takes, from here or from the project")
        })?;
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        let name = relative(&root, &path);
        let text = read_text(&path).map_err(|reason| {
            Failure::new(format!("`{}` cannot be read: {reason}", config.display()), "correct the file")
        })?;
        if !self.sources.other.iter().any(|file| *file.path == *name) {
            self.sources.other.push(SourceText::new(name.as_str(), text));
        }
        self.sources.alembic.config = Some(name);
        Ok(())
    }

    /// What the code says, for a command: its memory, and what reading it took, is left to the system.
    pub fn project(&self) -> ManuallyDrop<Project> {
        architect_python::read_and_leave(&self.sources)
    }

    /// What the models declare, and how migrations are kept.
    pub fn tables(&self) -> ManuallyDrop<Project> {
        architect_python::read_declared(&self.sources)
    }

    /// The same, if it is a FastAPI project at all.
    ///
    /// # Errors
    /// Nothing in the folder makes a FastAPI application, a router or a table.
    pub fn declared(&self) -> Result<ManuallyDrop<Project>> {
        let declared = self.tables();
        if declared.tables.is_empty() {
            self.fastapi_project()?;
        }
        Ok(declared)
    }

    /// What the code says, if it is a FastAPI project at all.
    ///
    /// # Errors
    /// Nothing in the folder makes a FastAPI application, a router or a table.
    pub fn fastapi_project(&self) -> Result<ManuallyDrop<Project>> {
        let project = self.project();
        if project.apps.is_empty() && project.endpoints.is_empty() && project.tables.is_empty() {
            return Err(no_project(&self.root));
        }
        Ok(project)
    }
}

impl Workspace {
    /// The TypeScript files of the project, by path and text; read anew each time.
    pub(crate) fn typescript(&self) -> Vec<(Arc<str>, Arc<str>)> {
        let is_typescript = |entry: &DirEntry| {
            let name = entry.file_name().to_string_lossy();
            let named = [".ts", ".tsx", ".mts", ".cts"].iter().any(|ending| name.ends_with(ending));
            named && entry.file_type().is_some_and(|kind| kind.is_file())
        };
        // What cannot be read was said when the project was loaded.
        let (texts, _) = read_files(&self.root, is_typescript).unwrap_or_default();
        texts.into_iter().map(|file| (file.path, file.text)).collect()
    }
}

fn no_project(root: &Path) -> Failure {
    Failure::new(
        format!(
            "no FastAPI project in `{}`: no Python file there makes an application, a router or a table",
            root.display()
        ),
        "run it inside a project, name one with `--project DIR`, or create one with `architect new NAME`",
    )
}

type Unreadable = Vec<(Arc<str>, String)>;

/// The files of a project that are wanted, sorted by path; each is read as soon as it is found.
fn read_files(
    root: &Path,
    wanted: impl Fn(&DirEntry) -> bool + Copy + Send + Sync,
) -> Result<(Vec<SourceText>, Unreadable)> {
    fs::read_dir(root).map_err(|error| Failure::io("read", root, &error))?;
    let mut excluded = OverrideBuilder::new(root);
    for pattern in read_settings(root)?.exclude {
        excluded.add(&format!("!{pattern}")).map_err(|error| {
            Failure::new(format!("`{pattern}` in `exclude` is not a pattern: {error}"), "write it as in `.gitignore`")
        })?;
    }
    let excluded = excluded.build().map_err(|error| Failure::new(error.to_string(), "correct `exclude`"))?;
    let found = Mutex::new(Vec::new());
    let mut walk = WalkBuilder::new(root);
    walk.hidden(false).parents(false).require_git(false).git_global(false).overrides(excluded).filter_entry(is_wanted);
    walk.build_parallel().run(|| {
        Box::new(|entry| {
            if let Ok(entry) = entry
                && wanted(&entry)
            {
                let path = entry.into_path();
                let read = read_text(&path).map(|text| SourceText::new(relative(root, &path), text));
                if let Ok(mut found) = found.lock() {
                    found.push((path, read));
                }
            }
            WalkState::Continue
        })
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let (mut texts, mut unreadable) = (Vec::with_capacity(found.len()), Vec::new());
    for (path, read) in found {
        match read {
            Ok(text) => texts.push(text),
            Err(reason) => unreadable.push((relative(root, &path).into(), reason)),
        }
    }
    Ok((texts, unreadable))
}

/// Folders of tools, packages and environments are not entered. Symbolic links are never followed.
fn is_wanted(entry: &DirEntry) -> bool {
    if !entry.file_type().is_some_and(|kind| kind.is_dir()) || entry.depth() == 0 {
        return true;
    }
    let name = entry.file_name().to_string_lossy();
    !name.starts_with('.') && !SKIPPED_FOLDERS.contains(&name.as_ref()) && !entry.path().join("pyvenv.cfg").exists()
}

fn is_source(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let wanted = name.ends_with(".py")
        || OTHER_FILES.contains(&name.as_ref())
        || (name.starts_with("requirements") && name.ends_with(".txt"))
        || (name.ends_with(".sh") && name.contains("types"));
    wanted && entry.file_type().is_some_and(|kind| kind.is_file())
}

/// Whether a file pins the versions of packages.
fn states_versions(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    ["uv.lock", "poetry.lock", "pdm.lock"].contains(&name)
        || (name.starts_with("requirements") && name.ends_with(".txt"))
}

/// The files that pin versions in the nearest folder above that has any, within the repository: a back end in a folder
/// of its own is often installed from its repository's lock file.
fn versions_above(root: &Path) -> Vec<SourceText> {
    let Some(repository) = root.ancestors().find(|folder| folder.join(".git").exists()) else { return Vec::new() };
    let above = root.ancestors().skip(1).take_while(|folder| folder.starts_with(repository));
    let found = above.enumerate().map(|(number, folder)| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.retain(|name| states_versions(name));
        names.sort();
        let text = |name: &String| {
            Some(SourceText::new(format!("{}{name}", "../".repeat(number + 1)), read_text(&folder.join(name)).ok()?))
        };
        names.iter().filter_map(text).collect::<Vec<_>>()
    });
    found.into_iter().find(|files| !files.is_empty()).unwrap_or_default()
}

/// The text of a file, or why it has none.
pub(crate) fn read_text(path: &Path) -> std::result::Result<String, String> {
    let words = |error: std::io::Error| error.to_string();
    let mut file = fs::File::open(path).map_err(words)?;
    let size = file.metadata().map_err(words)?.len();
    if size > LARGEST_FILE {
        return Err(format!("it has {size} bytes; files above {LARGEST_FILE} bytes are not read"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.read_to_end(&mut bytes).map_err(words)?;
    String::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8: byte {} cannot be decoded", error.utf8_error().valid_up_to()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_pinned_by_a_lock_file_above_within_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let backend = folder.path().join("repository/src");
        fs::create_dir_all(&backend).unwrap();
        fs::write(backend.join("main.py"), "from fastapi import FastAPI\n\napp = FastAPI()\n").unwrap();
        fs::write(folder.path().join("requirements.txt"), "fastapi==0.1.0\n").unwrap();
        let versions = || Workspace::load(&backend).unwrap().project().versions.clone();
        assert!(versions().is_empty());
        let lock = "[[package]]\nname = \"fastapi\"\nversion = \"0.110.0\"\n";
        fs::write(folder.path().join("repository/poetry.lock"), lock).unwrap();
        assert!(versions().is_empty(), "without a repository nothing above is the project's");
        fs::create_dir(folder.path().join("repository/.git")).unwrap();
        let versions = versions();
        assert_eq!((versions[0].version.as_str(), versions[0].source.as_str()), ("0.110.0", "../poetry.lock"));
        fs::write(backend.join("requirements.txt"), "fastapi==0.115.0\n").unwrap();
        assert_eq!(Workspace::load(&backend).unwrap().project().versions[0].version, "0.115.0");
    }
}
