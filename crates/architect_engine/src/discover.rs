//! Which folder is the project.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{has_settings, has_table};

/// Files whose folder is (part of) a Python project.
const PYTHON_MARKERS: &[&str] = &["pyproject.toml", "alembic.ini", "setup.py", "setup.cfg", "requirements.txt"];

/// Entries whose folder holds more than a back end: the back end's folder is one part of it.
const PROJECT_MARKERS: &[&str] =
    &["compose.yaml", "compose.yml", "docker-compose.yml", "frontend", ".github", "AGENTS.md"];

/// The root of the project that `start` lies in, from any folder of it.
///
/// The nearest folder upwards whose `pyproject.toml` has `[tool.architect]`; else the outermost uv workspace; else the
/// nearest folder with a Python project file, or its parent if that holds a `compose.yaml` or a front end beside it, or
/// `start` if it holds such a folder; else the repository; else `start` itself. The search does not leave the repository.
pub fn find_root(start: &Path) -> PathBuf {
    let start = start.canonicalize().unwrap_or_else(|_| start.to_path_buf());
    let repository = start.ancestors().find(|folder| folder.join(".git").exists());
    let inside: Vec<&Path> =
        start.ancestors().take_while(|folder| repository.is_none_or(|top| folder.starts_with(top))).collect();
    let nearest = |wanted: &dyn Fn(&Path) -> bool| inside.iter().copied().find(|folder| wanted(folder));
    let is_project = |folder: &Path| is_project(folder) || (folder == start && surrounds_project(folder));
    let found = nearest(&has_settings)
        .or_else(|| inside.iter().rev().copied().find(|folder| has_table(folder, "tool.uv.workspace")))
        .or_else(|| nearest(&is_project).map(with_surroundings).filter(|root| inside.contains(root)))
        .or(repository);
    found.unwrap_or(&start).to_path_buf()
}

/// A Python project, or the folder around one: with the front end, the compose file, the workflows.
fn is_project(folder: &Path) -> bool {
    holds(folder, PYTHON_MARKERS) || (holds(folder, PROJECT_MARKERS) && surrounds_project(folder))
}

fn surrounds_project(folder: &Path) -> bool {
    children(folder).any(|child| holds(&child, PYTHON_MARKERS))
}

/// The folder around a Python project, where there is one.
fn with_surroundings(python: &Path) -> &Path {
    match python.parent() {
        Some(parent) if holds(python, PYTHON_MARKERS) && holds(parent, PROJECT_MARKERS) => parent,
        _ => python,
    }
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_dir())
}

fn holds(folder: &Path, names: &[&str]) -> bool {
    names.iter().any(|name| folder.join(name).exists())
}

#[cfg(test)]
mod tests {
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
    fn a_project_inside_a_repository_is_a_project_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::create_dir_all(root.join("shop/backend/app")).unwrap();
        fs::create_dir_all(root.join("shop/frontend")).unwrap();
        fs::write(root.join("shop/backend/pyproject.toml"), "[project]\nname = \"x\"\n").unwrap();
        assert_eq!(find_root(&root.join("shop")), root.join("shop"));
        assert_eq!(find_root(&root.join("shop/backend/app")), root.join("shop"));
        assert_eq!(find_root(&root), root);
        fs::create_dir_all(root.join("small/backend")).unwrap();
        fs::write(root.join("small/backend/pyproject.toml"), "[project]\nname = \"x\"\n").unwrap();
        assert_eq!(find_root(&root.join("small")), root.join("small"));
    }

    #[test]
    fn settings_and_workspaces_decide() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::create_dir_all(root.join("packages/api/app")).unwrap();
        assert_eq!(find_root(&root.join("packages/api/app")), root);
        fs::write(root.join("packages/api/pyproject.toml"), "[project]\nname = \"x\"\n").unwrap();
        assert_eq!(find_root(&root.join("packages/api/app")), root.join("packages/api"));
        fs::write(root.join("pyproject.toml"), "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n").unwrap();
        assert_eq!(find_root(&root.join("packages/api/app")), root);
        fs::write(root.join("packages/api/pyproject.toml"), "[tool.architect]\n").unwrap();
        assert_eq!(find_root(&root.join("packages/api/app")), root.join("packages/api"));
    }
}
