//! Saves plans, reads them back, and carries them out.

use std::fs;
use std::path::Path;

use architect_model::{FORMAT, Input, Plan};
use sha2::{Digest, Sha256};

use crate::claim::Claim;
use crate::journal::{finish_journal, write_all};
use crate::paths::inside;
use crate::{Failure, Result};

/// What `apply` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// All files of the plan were written.
    Written,
    /// The tree already is as the plan says.
    Nothing,
}

/// Writes `plan` to `path` as JSON.
///
/// # Errors
/// The disk refuses.
pub fn write_plan(plan: &Plan, path: &Path) -> Result<()> {
    let mut text = serde_json::to_string_pretty(plan)
        .map_err(|error| Failure::new(format!("the plan cannot be written: {error}"), "report it"))?;
    text.push('\n');
    fs::write(path, text).map_err(|error| Failure::io("write", path, &error))
}

/// Reads a plan that [`write_plan`] wrote.
///
/// # Errors
/// No such file, not a plan, or a plan of another version of the format.
pub fn read_plan(path: &Path) -> Result<Plan> {
    let text = fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
    let plan: Plan = serde_json::from_str(&text).map_err(|error| {
        let text = format!("`{}` is not a plan: {error}", path.display());
        Failure::new(text, "write one with `architect plan DESIGN.md -o plan.json`")
    })?;
    if plan.format != FORMAT {
        let text =
            format!("`{}` is a plan of format {}, this program writes format {FORMAT}", path.display(), plan.format);
        return Err(Failure::new(text, "plan again"));
    }
    Ok(plan)
}

/// Carries `plan` out in the project at `root`: all of its files, or none. See [`crate::journal`] for `finisher`.
///
/// # Errors
/// The plan has problems, something it rests on has changed, another `apply` is at work, a path leaves the project, or
/// the disk refuses.
pub fn apply(root: &Path, plan: &Plan, finisher: Option<&[String]>) -> Result<Applied> {
    if !plan.problems.is_empty() {
        return Err(plan.problems.clone().into());
    }
    let claim = Claim::take(root)?;
    finish_journal(root)?;
    if is_applied(root, plan)? {
        return Ok(Applied::Nothing);
    }
    check_plan(root, plan)?;
    let files: Vec<_> = plan.files.iter().map(|file| (file.path.clone(), file.after.clone())).collect();
    write_all(&claim, &files, finisher)?;
    Ok(Applied::Written)
}

fn is_applied(root: &Path, plan: &Plan) -> Result<bool> {
    for file in &plan.files {
        if !fs::read(inside(root, &file.path)?).is_ok_and(|bytes| bytes == file.after.as_bytes()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Refuses a plan if a file it rests on differs from what was read when it was made.
///
/// # Errors
/// Names the files that differ.
pub fn check_plan(root: &Path, plan: &Plan) -> Result<()> {
    let mut stale = Vec::new();
    for input in &plan.inputs {
        if digest_file(&inside(root, &input.path)?) != input.sha256 {
            stale.push(input.path.as_str());
        }
    }
    for file in &plan.files {
        let now = fs::read(inside(root, &file.path)?).ok();
        if now.as_deref() != file.before.as_ref().map(String::as_bytes) && !stale.contains(&file.path.as_str()) {
            stale.push(&file.path);
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    let shown = stale.iter().take(5).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    let more = if stale.len() > 5 { format!(" and {} more", stale.len() - 5) } else { String::new() };
    let text = format!("the plan is stale: {shown}{more} changed since it was made; nothing was written");
    Err(Failure::new(text, "plan again, look at the difference, and apply the new plan"))
}

/// The digest of a text that was read.
pub(crate) fn input(path: &str, text: &str) -> Input {
    Input { path: path.to_owned(), sha256: Some(hexadecimal(text.as_bytes())) }
}

fn digest_file(path: &Path) -> Option<String> {
    fs::read(path).ok().map(|bytes| hexadecimal(&bytes))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use architect_model::{FileChange, Step};

    use super::*;

    fn plan() -> Plan {
        let change = |path: &str, before: Option<&str>, after: &str| FileChange {
            path: path.into(),
            step: Step::Models,
            before: before.map(Into::into),
            after: after.into(),
        };
        let files = vec![change("old.py", Some("a = 1\n"), "a = 2\n"), change("x/new.py", None, "b = 1\n")];
        Plan { format: FORMAT, files, inputs: vec![input("read.py", "c = 1\n")], ..Plan::default() }
    }

    fn project() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("old.py"), "a = 1\n").unwrap();
        fs::write(root.path().join("read.py"), "c = 1\n").unwrap();
        root
    }

    #[test]
    fn a_plan_survives_its_file() {
        let root = project();
        let path = root.path().join("plan.json");
        write_plan(&plan(), &path).unwrap();
        assert_eq!(read_plan(&path).unwrap(), plan());
    }

    #[test]
    fn applying_twice_changes_nothing() {
        let root = project();
        assert_eq!(apply(root.path(), &plan(), None).unwrap(), Applied::Written);
        assert_eq!(fs::read_to_string(root.path().join("old.py")).unwrap(), "a = 2\n");
        assert_eq!(apply(root.path(), &plan(), None).unwrap(), Applied::Nothing);
    }

    #[test]
    fn a_stale_plan_is_refused_and_nothing_written() {
        for changed in ["read.py", "old.py", "x/new.py"] {
            let root = project();
            fs::create_dir_all(root.path().join("x")).unwrap();
            fs::write(root.path().join(changed), "by hand\n").unwrap();
            let failure = apply(root.path(), &plan(), None).unwrap_err();
            assert!(failure.to_string().contains(changed), "{failure}");
            assert_ne!(fs::read_to_string(root.path().join("old.py")).unwrap(), "a = 2\n");
        }
    }
}
