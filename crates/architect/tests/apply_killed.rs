//! `apply` killed at any moment leaves the old tree or the new one.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use architect_model::{FORMAT, FileChange, Plan, Step};

const FILES: usize = 60;
const ROUNDS: u32 = 24;

type Tree = BTreeMap<String, String>;

fn tree(root: &Path) -> Tree {
    let mut files = Tree::new();
    for entry in fs::read_dir(root).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == ".architect-apply" {
            continue;
        }
        if path.is_dir() {
            files.extend(tree(&path).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            files.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    files
}

/// Half of the files exist before, half are new, some in new folders.
fn prepare(root: &Path) -> Plan {
    let mut files = Vec::new();
    for number in 0..FILES {
        let path = format!("app/m{number}/models.py");
        let before = (number % 2 == 0).then(|| format!("old = {number}\n"));
        if let Some(text) = &before {
            fs::create_dir_all(root.join(format!("app/m{number}"))).unwrap();
            fs::write(root.join(&path), text).unwrap();
        }
        files.push(FileChange { path, step: Step::Models, before, after: format!("new = {number}\n") });
    }
    Plan { format: FORMAT, files, ..Plan::default() }
}

fn apply(root: &Path, plan: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_architect"));
    command.arg("apply").arg(plan).arg("--project").arg(root).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Waits until nobody writes any more. A committed journal means that the killed command's finisher may still be at
/// work, however long the machine lets it wait; where the command was killed before it had one, nothing changes.
fn settled(root: &Path) -> Tree {
    let journal = root.join(".architect-apply").join("journal.json");
    let mut last = tree(root);
    let mut since = Instant::now();
    while journal.exists() && since.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(10));
        let now = tree(root);
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    tree(root)
}

/// How long to let an `apply` run in a round; longer than planned where the machine has become slower meanwhile.
fn pause(whole: Duration, round: u32) -> Duration {
    match round.checked_sub(ROUNDS) {
        None => whole * 2 * round / ROUNDS,
        Some(further) => whole * (4 << further),
    }
}

/// How long an `apply` takes that nobody kills.
fn duration_of_an_apply() -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    fs::create_dir(&root).unwrap();
    let file = folder.path().join("plan.json");
    fs::write(&file, serde_json::to_string(&prepare(&root)).unwrap()).unwrap();
    let start = Instant::now();
    assert!(apply(&root, &file).status().unwrap().success());
    start.elapsed()
}

#[test]
fn a_killed_apply_leaves_the_old_tree_or_the_new_one() {
    let (mut old_seen, mut new_seen) = (0, 0);
    let whole = duration_of_an_apply();
    let mut rounds = 0..ROUNDS + 6;
    while let Some(round) = rounds.next().filter(|round| *round < ROUNDS || new_seen == 0) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        fs::create_dir(&root).unwrap();
        let plan = prepare(&root);
        let file = folder.path().join("plan.json");
        fs::write(&file, serde_json::to_string(&plan).unwrap()).unwrap();
        let old = tree(&root);
        let mut new = old.clone();
        new.extend(plan.files.iter().map(|file| (file.path.clone(), file.after.clone())));

        let mut child = apply(&root, &file).spawn().unwrap();
        sleep(pause(whole, round));
        child.kill().unwrap();
        child.wait().unwrap();

        let after = settled(&root);
        assert!(after == old || after == new, "round {round}: a tree that is neither old nor new");
        if after == old {
            old_seen += 1
        } else {
            new_seen += 1
        }

        assert!(apply(&root, &file).status().unwrap().success(), "round {round}: the next apply finishes the work");
        assert_eq!(tree(&root), new);
        assert!(!root.join(".architect-apply").exists());
    }
    assert!(
        old_seen > 0 && new_seen > 0,
        "the kills came all too early or all too late: {old_seen} old, {new_seen} new"
    );
}
