//! Which folder is the project.

use std::path::{Path, PathBuf};

use crate::config::has_settings;

/// Files whose folder is (part of) a Python project.
const PYTHON_MARKERS: &[&str] = &["pyproject.toml", "alembic.ini", "setup.py", "setup.cfg", "requirements.txt"];

/// Entries whose folder holds more than a back end: the back end's folder is one part of it.
const PROJECT_MARKERS: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "frontend", ".github", "AGENTS.md"];

/// The root of the project that `start` lies in, from any folder of it.
///
/// The nearest folder upwards that is a repository or has `[tool.architect]` in its `pyproject.toml`; where there is
/// none, the nearest that has a Python project file, or its parent if that holds a `compose.yaml` or a front end
/// beside it; else `start` itself.
pub fn find_root(start: &Path) -> PathBuf {
    let start = start.canonicalize().unwrap_or_else(|_| start.to_path_buf());
    if let Some(root) = start.ancestors().find(|folder| is_marked_root(folder)) {
        return root.to_path_buf();
    }
    let Some(python) = start.ancestors().find(|folder| holds(folder, PYTHON_MARKERS)) else { return start };
    match python.parent() {
        Some(parent) if holds(parent, PROJECT_MARKERS) => parent.to_path_buf(),
        _ => python.to_path_buf(),
    }
}

fn is_marked_root(folder: &Path) -> bool {
    folder.join(".git").exists() || has_settings(folder)
}

fn holds(folder: &Path, names: &[&str]) -> bool {
    names.iter().any(|name| folder.join(name).exists())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_back_end_beside_a_front_end_belongs_to_their_parent() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("backend/app/modules")).unwrap();
        fs::write(root.join("backend/pyproject.toml"), "[project]\nname = \"x\"\n").unwrap();
        assert_eq!(find_root(&root.join("backend/app/modules")), root.join("backend"));
        fs::create_dir(root.join("frontend")).unwrap();
        assert_eq!(find_root(&root.join("backend/app/modules")), root);
    }

    #[test]
    fn a_repository_is_the_root_unless_settings_stand_lower() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::create_dir_all(root.join("server/app")).unwrap();
        assert_eq!(find_root(&root.join("server/app")), root);
        fs::write(root.join("server/pyproject.toml"), "[tool.architect]\n").unwrap();
        assert_eq!(find_root(&root.join("server/app")), root.join("server"));
    }
}
