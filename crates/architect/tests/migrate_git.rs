//! Which revisions are one's own is what git says: those that are not on the main branch.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// A revision that adds a column.
fn revision(id: &str, follows: Option<&str>, column: &str) -> String {
    let down = follows.map_or_else(|| "None".to_owned(), |follows| format!("\"{follows}\""));
    format!(
        "\"\"\"{column}\n\nRevision ID: {id}\nRevises: {}\n\"\"\"\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n\
         revision = \"{id}\"\ndown_revision = {down}\n\n\ndef upgrade():\n    op.add_column(\"users\", \
         sa.Column(\"{column}\", sa.Integer()))\n\n\ndef downgrade():\n    op.drop_column(\"users\", \"{column}\")\n",
        follows.unwrap_or_default()
    )
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    let done = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// What the program says, and its exit code.
fn architect(folder: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_architect"));
    let output = command.args(arguments).current_dir(folder).env("NO_COLOR", "1").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (text, output.status.code())
}

#[test]
fn own_revisions_go_behind_those_of_the_main_branch() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let versions = root.join("migrations/versions");
    fs::create_dir_all(&versions).unwrap();
    fs::write(root.join("alembic.ini"), "[alembic]\nscript_location = migrations\n").unwrap();
    fs::write(root.join("migrations/env.py"), "from alembic import context\n\ncontext.run_migrations()\n").unwrap();
    fs::write(versions.join("a1.py"), revision("a1", None, "a")).unwrap();
    git(root, &["init", "-q", "-b", "main"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "first"]);
    git(root, &["checkout", "-qb", "topic"]);
    fs::write(versions.join("c3.py"), revision("c3", Some("a1"), "c")).unwrap();
    fs::write(versions.join("d4.py"), revision("d4", Some("c3"), "d")).unwrap();
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "own"]);
    git(root, &["checkout", "-q", "main"]);
    fs::write(versions.join("b2.py"), revision("b2", Some("a1"), "b")).unwrap();
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "other"]);
    git(root, &["checkout", "-q", "topic"]);
    git(root, &["merge", "-q", "-m", "merge", "main"]);

    let (text, code) = architect(root, &["migrate", "heads"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("b2 b (migrations/versions/b2.py, on main)"), "{text}");
    assert!(text.contains("d4 d (migrations/versions/d4.py, your own)"), "{text}");

    let (text, code) = architect(root, &["migrate", "rebase", "--yes"]);
    assert_eq!(code, Some(0), "{text}");
    let moved = fs::read_to_string(versions.join("c3.py")).unwrap();
    assert_eq!(moved, revision("c3", Some("b2"), "c"));
    assert_eq!(fs::read_to_string(versions.join("d4.py")).unwrap(), revision("d4", Some("c3"), "d"));
    let (text, code) = architect(root, &["migrate", "heads"]);
    assert_eq!(code, Some(0), "{text}");

    let (text, _) = architect(root, &["migrate", "safety"]);
    assert!(text.contains("in 2 revisions."), "{text}");

    fs::write(versions.join("a1.py"), revision("a1", None, "z")).unwrap();
    let (text, code) = architect(root, &["migrate", "heads"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("the revision `a1` is on `main`, and was edited here"), "{text}");
}
