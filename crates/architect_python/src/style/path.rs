//! Paths of a project: relative to its root, `/` between the parts.

/// The folder of a file; empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The name of a Python file without `.py`.
pub(crate) fn stem(path: &str) -> &str {
    name(path).strip_suffix(".py").unwrap_or_else(|| name(path))
}

/// `folder/rest`, with `.` and `..` resolved; none where it leaves the project.
pub(crate) fn join(folder: &str, rest: &str) -> Option<String> {
    if rest.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(rest.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder and all folders above it, the root last.
pub(crate) fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| self::folder(folder)))
}

/// Whether a file stands below a folder.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{is_below, join, upwards};

    #[test]
    fn joins_and_climbs() {
        assert_eq!(join("backend", "./app/../alembic").as_deref(), Some("backend/alembic"));
        assert_eq!(join("", "../x"), None);
        assert_eq!(upwards("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert!(is_below("a/b.py", "a") && !is_below("ab/c.py", "a"));
    }
}
