//! Creates a complete project.

use std::fs;
use std::path::{Path, PathBuf};

use architect_python::ProjectTemplate;

use crate::{Failure, Result};

/// What to create.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// Name as given: `shop`.
    pub name: String,
    /// Folder that the project folder goes into.
    pub parent: PathBuf,
    /// Whether sessions are asynchronous.
    pub is_async: bool,
}

/// Creates the project and returns its folder and the number of files in it.
///
/// # Errors
/// The name cannot name a package, the folder exists and is not empty, or the disk refuses; then nothing is left.
pub fn create_project(new: &NewProject) -> Result<(PathBuf, usize)> {
    check_name(&new.name)?;
    let folder = new.parent.join(&new.name);
    if fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        let text = format!("`{}` exists and is not empty", folder.display());
        return Err(Failure::new(text, "choose another name, or empty the folder"));
    }
    let template = ProjectTemplate { name: new.name.clone(), is_async: new.is_async };
    let files =
        template.render().map_err(|error| Failure::new(format!("the template is broken: {error}"), "report it"))?;
    let parent = &new.parent;
    fs::create_dir_all(parent).map_err(|error| Failure::io("create", parent, &error))?;
    let draft = tempfile::Builder::new()
        .prefix(".architect-new-")
        .tempdir_in(parent)
        .map_err(|error| Failure::io("write to", parent, &error))?;
    for (path, text) in &files {
        write_file(&draft.path().join(path), text)?;
    }
    let _ = fs::remove_dir(&folder);
    set_readable(draft.path());
    fs::rename(draft.keep(), &folder).map_err(|error| Failure::io("create", &folder, &error))?;
    Ok((folder, files.len()))
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    let failed = |error| Failure::io("write", path, &error);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)?;
    #[cfg(unix)]
    if text.starts_with("#!") {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(failed)?;
    }
    Ok(())
}

/// A temporary folder is private to its owner; a project is not.
fn set_readable(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o755));
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// A name is one folder, a package on PyPI, and part of an identifier: letters, digits, `-` and `_`.
fn check_name(name: &str) -> Result<()> {
    let starts = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let ends = name.chars().next_back().is_some_and(|last| last.is_ascii_alphanumeric());
    if starts && ends && name.chars().all(allowed) && name.len() <= 50 {
        return Ok(());
    }
    let similar = similar_name(name);
    Err(Failure::new(
        format!("`{}` cannot name a project", name.escape_debug()),
        format!("use at most 50 letters, digits, `-` and `_`, a letter first: `architect new {similar}`"),
    ))
}

/// The name that is allowed and most like another: `my-shop` for `My Shop`.
fn similar_name(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    let plain: String = joined.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).chars().take(50).collect();
    let plain = plain.trim_end_matches('-');
    if plain.is_empty() { "shop".to_owned() } else { plain.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_folder_of_their_own_are_refused() {
        for bad in ["", "..", "../x", "a/b", "a b", "-x", "1x", "x-", "naïve", "a\nb"] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        assert!(check_name("shop-api_2").is_ok());
        for (bad, good) in
            [("My Shop", "my-shop"), ("../1 shop!", "shop"), ("", "shop"), (&"a".repeat(60), &"a".repeat(50))]
        {
            assert_eq!(similar_name(bad), good);
            assert!(check_name(good).is_ok());
        }
    }
}
