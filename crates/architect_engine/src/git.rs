//! What git says of files: which are on the main branch, and whether they are as they are there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Names of main branches, the usual one of the remote first.
const MAIN: &[&str] = &["origin/HEAD", "origin/main", "origin/master", "main", "master"];

/// The main branch of the repository that a project is in.
#[derive(Debug, Clone)]
pub(crate) struct MainBranch {
    /// Its name.
    pub name: String,
    /// Its files in the folder of the project: digest of each by its path relative to the project.
    files: BTreeMap<String, String>,
    /// The same where this branch left it.
    fork: BTreeMap<String, String>,
}

/// Whether a file is on the main branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is not there.
    Local,
    /// It is there as it is here.
    Merged,
    /// It is there with another text.
    Edited,
}

impl MainBranch {
    /// The main branch; none where there is no repository, no git, or no branch of a usual name.
    pub fn find(root: &Path) -> Option<Self> {
        let configured = git(root, &["config", "--get", "init.defaultBranch"]).map(|name| name.trim().to_owned());
        let names = MAIN.iter().map(|name| (*name).to_owned()).chain(configured);
        let name = names.into_iter().find(|name| {
            let commit = format!("{name}^{{commit}}");
            git(root, &["rev-parse", "--verify", "--quiet", &commit]).is_some()
        })?;
        let fork = git(root, &["merge-base", &name, "HEAD"]).and_then(|commit| listed(root, commit.trim()));
        Some(Self { files: listed(root, &name)?, fork: fork.unwrap_or_default(), name })
    }

    /// Whether a file that is on the branch was changed here: seen from where this branch left it.
    fn compared(&self, path: &str, here: &str) -> Standing {
        let Some(there) = self.files.get(path) else { return Standing::Local };
        let original = self.fork.get(path).unwrap_or(there);
        if here == there || here == original { Standing::Merged } else { Standing::Edited }
    }

    /// How a file stands to the branch; `path` is relative to the project.
    pub fn standing(&self, root: &Path, path: &str) -> Standing {
        if !self.files.contains_key(path) {
            return Standing::Local;
        }
        git(root, &["hash-object", "--", path]).map_or(Standing::Local, |here| self.compared(path, here.trim()))
    }

    /// How files stand to the branch, in their order.
    pub fn standings(&self, root: &Path, paths: &[&str]) -> Vec<Standing> {
        let known: Vec<&str> = paths.iter().copied().filter(|path| self.files.contains_key(*path)).collect();
        let mut arguments = vec!["hash-object", "--"];
        arguments.extend(&known);
        let digests = if known.is_empty() { None } else { git(root, &arguments) };
        let digests: Vec<&str> = digests.as_deref().map(|text| text.lines().collect()).unwrap_or_default();
        if digests.len() != known.len() {
            return paths.iter().map(|path| self.standing(root, path)).collect();
        }
        let here: BTreeMap<&str, &str> = known.into_iter().zip(digests).collect();
        paths.iter().map(|path| here.get(path).map_or(Standing::Local, |here| self.compared(path, here))).collect()
    }
}

/// The files of a commit in the folder: digest of each by its path relative to the folder.
fn listed(root: &Path, commit: &str) -> Option<BTreeMap<String, String>> {
    // `-z` leaves paths as they are; without `--full-tree` they are relative to the folder.
    let text = git(root, &["ls-tree", "-r", "-z", commit])?;
    let entry = |entry: &str| {
        let (about, path) = entry.split_once('\t')?;
        Some((path.to_owned(), about.split_whitespace().nth(2)?.to_owned()))
    };
    Some(text.split('\0').filter_map(entry).collect())
}

/// What git prints; none where it fails.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_of_the_main_branch_are_told_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("backend");
        fs::create_dir(&root).unwrap();
        assert!(MainBranch::find(&root).is_none());
        let run = |arguments: &[&str]| {
            let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
            let all: Vec<&str> = identity.iter().chain(arguments).copied().collect();
            assert!(git(folder.path(), &all).is_some(), "{arguments:?}");
        };
        run(&["init", "-q", "-b", "main"]);
        for name in ["kept", "changed"] {
            fs::write(root.join(name), "1").unwrap();
        }
        run(&["add", "."]);
        run(&["commit", "-qm", "first"]);
        run(&["checkout", "-qb", "topic"]);
        fs::write(root.join("changed"), "2").unwrap();
        fs::write(root.join("new file"), "3").unwrap();
        run(&["add", "."]);
        run(&["commit", "-qm", "second"]);
        let main = MainBranch::find(&root).unwrap();
        assert_eq!(main.name, "main");
        let found = main.standings(&root, &["kept", "changed", "new file"]);
        assert_eq!(found, [Standing::Merged, Standing::Edited, Standing::Local]);
        assert_eq!(main.standing(&root, "changed"), Standing::Edited);
    }
}
