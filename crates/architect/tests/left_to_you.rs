//! Plans that leave edits to a person: written only where somebody says so.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use std::fs;
use std::process::Command;

use architect_model::{FORMAT, FileChange, Location, OpenEdit, Plan, Step};

/// Applies a plan that writes `app/new.py` and leaves an edit to a person; gives exit code, what was said, and whether
/// the file is there.
fn applied(flags: &[&str]) -> (Option<i32>, String, bool) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("main.py"), "from fastapi import FastAPI\n\napp = FastAPI()\n").unwrap();
    let file =
        FileChange { path: "app/new.py".to_owned(), step: Step::Models, before: None, after: "new = 1\n".to_owned() };
    let edit = OpenEdit { text: "Where does this go?".to_owned(), at: Location::line("main.py", 3) };
    let plan = Plan { format: FORMAT, files: vec![file], open_edits: vec![edit], ..Plan::default() };
    let saved = folder.path().join("plan.json");
    fs::write(&saved, serde_json::to_string(&plan).unwrap()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_architect"))
        .arg("apply")
        .arg(&saved)
        .args(flags)
        .arg("--project")
        .arg(&root)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said, root.join("app/new.py").exists())
}

#[test]
fn nothing_is_written_where_an_edit_is_left() {
    let (code, said, is_written) = applied(&[]);
    assert_eq!((code, is_written), (Some(2), false), "{said}");
    assert!(said.contains("one edit is left to you, at main.py:3") && said.contains("--partly"), "{said}");
    let (code, said, is_written) = applied(&["--yes"]);
    assert_eq!((code, is_written), (Some(2), false), "{said}");
}

#[test]
fn the_rest_is_written_on_request() {
    let (code, said, is_written) = applied(&["--partly"]);
    assert_eq!((code, is_written), (Some(0), true), "{said}");
}
