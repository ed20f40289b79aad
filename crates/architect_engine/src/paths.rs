//! Paths that stay inside the project.

use std::path::{Component, Path, PathBuf};

use crate::{Failure, Result};

/// The path of `relative` below `root`, refused where it would leave the project: absolute, with `..`, into `.git`,
/// or through a symbolic link that leads outside.
pub(crate) fn inside(root: &Path, relative: &str) -> Result<PathBuf> {
    let path = Path::new(relative);
    // What git runs is no part of the project.
    let plain =
        path.components().all(|part| matches!(part, Component::Normal(name) if !name.eq_ignore_ascii_case(".git")));
    if relative.is_empty() || !plain {
        return Err(Failure::new(
            format!("`{relative}` is not a path inside the project"),
            "name files relative to the project root, without `..`",
        ));
    }
    let real_root = root.canonicalize().map_err(|error| Failure::io("read", root, &error))?;
    let target = root.join(path);
    let existing = nearest_existing(&target);
    let real = existing.canonicalize().map_err(|error| Failure::io("read", existing, &error))?;
    if !real.starts_with(&real_root) {
        return Err(Failure::new(
            format!("`{relative}` leads outside the project, through a symbolic link to `{}`", real.display()),
            "replace the link by a folder of the project",
        ));
    }
    Ok(target)
}

/// The nearest ancestor that exists, dangling links included, the path itself first.
fn nearest_existing(path: &Path) -> &Path {
    path.ancestors().find(|ancestor| ancestor.symlink_metadata().is_ok()).unwrap_or(path)
}

/// A path relative to `root` with `/` between its parts, as all models name files.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_project_are_refused() {
        let root = tempfile::tempdir().unwrap();
        for bad in ["../x", "/etc/passwd", "a/../../x", "", "./x", ".git/hooks/post-commit", "a/.GIT/x"] {
            assert!(inside(root.path(), bad).is_err(), "{bad}");
        }
        assert!(inside(root.path(), "app/new/models.py").is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn links_that_leave_the_project_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("out")).unwrap();
        assert!(inside(root.path(), "out/models.py").is_err());
        std::fs::create_dir(root.path().join("real")).unwrap();
        std::os::unix::fs::symlink(root.path().join("real"), root.path().join("link")).unwrap();
        assert!(inside(root.path(), "link/models.py").is_ok());
    }
}
