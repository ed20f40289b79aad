//! Writes many files all or nothing.
//!
//! The new texts are staged in a hidden folder of the project, on the same file system. Renaming the journal to its
//! final name is the moment of commitment: before it, the tree is the old one; after it, the staged files are renamed
//! into place by a process of its own, so that killing the command does not stop them half-way. Should that process be
//! killed too, the next command finds the journal and finishes the work before it reads anything. Who writes holds the
//! project's [`Claim`]: what a living command has staged is never taken for the remains of a dead one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::claim::Claim;
use crate::paths::inside;
use crate::{Failure, Result};

/// Folder of the staged files, in the project root.
const FOLDER: &str = ".architect-apply";
const JOURNAL: &str = "journal.json";

/// The renames that remain to be done.
#[derive(Debug, Serialize, Deserialize)]
struct Journal {
    /// Name of the staged file and the path it goes to, relative to the root.
    moves: Vec<(String, String)>,
}

/// Writes `files` (path relative to the root, text) all or nothing. `finisher` is the program and arguments that call
/// [`finish_journal`]; without one the renames happen in this process.
///
/// # Errors
/// A path leaves the project, or the disk refuses; then the tree is unchanged.
pub(crate) fn write_all(claim: &Claim, files: &[(String, String)], finisher: Option<&[String]>) -> Result<()> {
    let root = claim.root.as_path();
    let targets = files.iter().map(|(path, _)| inside(root, path)).collect::<Result<Vec<_>>>()?;
    if let Err(failure) = stage(root, files, &targets) {
        let _ = fs::remove_dir_all(root.join(FOLDER));
        return Err(failure);
    }
    if let Some([program, arguments @ ..]) = finisher {
        let _ = run_apart(claim, program, arguments);
    }
    finish_journal(root)
}

/// Runs the finisher in a process group of its own, so that a signal to this command's group does not reach it. It
/// holds the claim until it has ended, even if this command is killed.
fn run_apart(claim: &Claim, program: &str, arguments: &[String]) -> io::Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).arg(&claim.root).stdin(claim.share()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()?.wait().map(|_| ())
}

fn stage(root: &Path, files: &[(String, String)], targets: &[PathBuf]) -> Result<()> {
    let folder = root.join(FOLDER);
    let failed = |error: io::Error| Failure::io("write to", &folder, &error);
    fs::create_dir_all(&folder).map_err(failed)?;
    fs::write(folder.join(".gitignore"), "*\n").map_err(failed)?;
    let mut moves = Vec::with_capacity(files.len());
    for (index, ((path, text), target)) in files.iter().zip(targets).enumerate() {
        let name = index.to_string();
        stage_file(&folder.join(&name), text, target).map_err(failed)?;
        moves.push((name, path.clone()));
    }
    commit(&folder, &Journal { moves }).map_err(failed)
}

/// Writes a staged file with the permissions of the file it replaces.
fn stage_file(staged: &Path, text: &str, target: &Path) -> io::Result<()> {
    let mut file = File::create(staged)?;
    file.write_all(text.as_bytes())?;
    if let Ok(metadata) = fs::metadata(target) {
        file.set_permissions(metadata.permissions())?;
    } else if text.starts_with("#!") {
        make_executable(&file)?;
    }
    file.sync_all()
}

#[cfg(unix)]
fn make_executable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_file: &File) -> io::Result<()> {
    Ok(())
}

fn commit(folder: &Path, journal: &Journal) -> io::Result<()> {
    let draft = folder.join("journal.draft");
    let mut file = File::create(&draft)?;
    file.write_all(&serde_json::to_vec(journal)?)?;
    file.sync_all()?;
    fs::rename(draft, folder.join(JOURNAL))
}

/// Finishes an `apply` that was cut off in the project at `root`: carries a committed one to its end, and removes what
/// an uncommitted one has staged. One that is still at work is waited for.
///
/// # Errors
/// The disk refuses, or a living `apply` does not end.
pub fn recover(root: &Path) -> Result<()> {
    if !root.join(FOLDER).is_dir() {
        return Ok(());
    }
    let claim = Claim::wait(root)?;
    finish_journal(&claim.root)
}

/// Carries the committed journal of the project at `root` to its end; without one, removes what was staged.
///
/// Several processes may do so at once: each rename is done by one of them, and the others go on.
///
/// # Errors
/// The disk refuses.
pub fn finish_journal(root: &Path) -> Result<()> {
    let folder = root.join(FOLDER);
    let journal = match fs::read(folder.join(JOURNAL)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unreadable(&folder, &error))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Journal { moves: Vec::new() },
        Err(error) => return Err(Failure::io("read", &folder.join(JOURNAL), &error)),
    };
    for (staged, path) in journal.moves {
        let target = inside(root, &path)?;
        move_file(&folder.join(staged), &target).map_err(|error| Failure::io("write", &target, &error))?;
    }
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::io("remove", &folder, &error)),
        _ => Ok(()),
    }
}

/// A journal that was committed and is damaged: what it says is not known, so nothing is moved or removed.
fn unreadable(folder: &Path, error: &serde_json::Error) -> Failure {
    Failure::new(
        format!("`{}` is damaged, and an `apply` was cut off there: {error}", folder.join(JOURNAL).display()),
        "the numbered files beside it are the new texts; compare with `git diff`, then remove the folder",
    )
}

/// A staged file that is gone has been moved already.
fn move_file(staged: &Path, target: &Path) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::rename(staged, target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<(String, String)> {
        vec![("a.py".into(), "new a\n".into()), ("b/c.py".into(), "new c\n".into())]
    }

    #[test]
    fn files_are_written_and_nothing_else_remains() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.py"), "old a\n").unwrap();
        write_all(&Claim::take(root.path()).unwrap(), &files(), None).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("a.py")).unwrap(), "new a\n");
        assert_eq!(fs::read_to_string(root.path().join("b/c.py")).unwrap(), "new c\n");
        assert!(!root.path().join(FOLDER).exists());
    }

    #[test]
    fn a_committed_journal_is_finished_and_an_uncommitted_one_forgotten() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.py"), "old a\n").unwrap();
        let targets: Vec<_> = files().iter().map(|(path, _)| root.path().join(path)).collect();
        stage(root.path(), &files(), &targets).unwrap();
        fs::rename(root.path().join(FOLDER).join("0"), root.path().join("a.py")).unwrap();
        recover(root.path()).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("b/c.py")).unwrap(), "new c\n");

        stage(root.path(), &[("a.py".into(), "newer\n".into())], &[root.path().join("a.py")]).unwrap();
        fs::remove_file(root.path().join(FOLDER).join(JOURNAL)).unwrap();
        recover(root.path()).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("a.py")).unwrap(), "new a\n");
        assert!(!root.path().join(FOLDER).exists());
    }

    #[test]
    fn a_damaged_journal_is_refused_and_kept() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("a.py");
        stage(root.path(), &[("a.py".into(), "new\n".into())], std::slice::from_ref(&target)).unwrap();
        fs::write(root.path().join(FOLDER).join(JOURNAL), "{").unwrap();
        assert!(recover(root.path()).is_err());
        assert!(root.path().join(FOLDER).join("0").exists());
        assert!(!target.exists());
    }

    #[test]
    fn a_path_outside_is_refused_before_anything_is_written() {
        let root = tempfile::tempdir().unwrap();
        let files = vec![("a.py".to_owned(), "a\n".to_owned()), ("../b.py".to_owned(), "b\n".to_owned())];
        assert!(write_all(&Claim::take(root.path()).unwrap(), &files, None).is_err());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
