//! The files of a project as they were, to be restored.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::tools::Outcome;

/// The texts of a project's files.
pub struct Tree {
    root: PathBuf,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Tree {
    /// The files below `root` as they are now, without what tools leave behind.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn of(root: &Path) -> Outcome<Self> {
        let mut files = BTreeMap::new();
        collect(root, &mut files)?;
        Ok(Self { root: root.to_path_buf(), files })
    }

    /// Makes the files what they were.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn restore(&self) -> Outcome {
        let now = Self::of(&self.root)?;
        for path in now.files.keys().filter(|path| !self.files.contains_key(*path)) {
            fs::remove_file(path).map_err(|error| error.to_string())?;
        }
        for (path, bytes) in self.files.iter().filter(|(path, bytes)| now.files.get(*path) != Some(bytes)) {
            fs::write(path, bytes).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Whether the files are what they were.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn is_as_now(&self) -> Outcome<bool> {
        Ok(Self::of(&self.root)?.files == self.files)
    }

    /// Python files below one of `folders`.
    pub fn python(&self, folders: &[&str]) -> Vec<PathBuf> {
        let is_wanted = |path: &&PathBuf| {
            path.extension().is_some_and(|extension| extension == "py")
                && folders.iter().any(|folder| path.starts_with(self.root.join(folder)))
        };
        self.files.keys().filter(is_wanted).cloned().collect()
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Outcome {
    let failed = |error: std::io::Error| format!("cannot read `{}`: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_left = ["node_modules", "__pycache__"].contains(&name.as_str())
            || name.starts_with(".venv")
            || name.ends_with("_cache")
            || name.ends_with(".db");
        if is_left {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.insert(path.clone(), fs::read(&path).map_err(failed)?);
        }
    }
    Ok(())
}
