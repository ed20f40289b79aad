//! Commands that run while an `apply` is at work: none takes what a living one has staged for the remains of a dead one.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use architect_model::{FORMAT, FileChange, Plan, Step};

const STAGED: &str = ".architect-apply/0";

struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// A project with a plan that writes `files` files.
    fn new(files: usize) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(project.root()).unwrap();
        fs::write(project.root().join("main.py"), "from fastapi import FastAPI\n\napp = FastAPI()\n").unwrap();
        let change = |number| FileChange {
            path: format!("app/m{number}.py"),
            step: Step::Models,
            before: None,
            after: format!("new = {number}\n"),
        };
        let plan = Plan { format: FORMAT, files: (0..files).map(change).collect(), ..Plan::default() };
        fs::write(project.plan(), serde_json::to_string(&plan).unwrap()).unwrap();
        project
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn plan(&self) -> PathBuf {
        self.folder.path().join("plan.json")
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_architect"));
        command.args(arguments).arg("--project").arg(self.root());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn apply(&self) -> Child {
        self.start(&["apply", self.plan().to_str().unwrap()])
    }

    /// What a living `apply` looks like: staged files, and the claim held.
    fn staging(&self) -> File {
        fs::create_dir(self.root().join(".architect-apply")).unwrap();
        fs::write(self.root().join(STAGED), "new\n").unwrap();
        let claim = File::open(self.root()).unwrap();
        claim.lock().unwrap();
        claim
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn has_staged(root: &Path) -> bool {
    root.join(STAGED).exists()
}

#[test]
fn a_second_apply_says_that_another_is_at_work() {
    let project = Project::new(3);
    let claim = project.staging();
    let second = project.apply().wait_with_output().unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(said(&second).contains("another `architect apply` is at work"), "{}", said(&second));
    assert!(has_staged(&project.root()));
    assert!(!project.root().join("app").exists());

    drop(claim);
    assert!(project.apply().wait_with_output().unwrap().status.success());
    assert!(project.root().join("app/m2.py").exists());
}

#[test]
fn a_command_that_reads_waits_for_the_apply() {
    let project = Project::new(3);
    let claim = project.staging();
    let mut survey = project.start(&["survey", "--format", "json"]);
    sleep(Duration::from_millis(300));
    assert!(survey.try_wait().unwrap().is_none(), "it read a tree that is being written");
    assert!(has_staged(&project.root()));

    drop(claim);
    let survey = survey.wait_with_output().unwrap();
    assert!(survey.status.success(), "{}", said(&survey));
    assert!(!has_staged(&project.root()), "what a dead command has staged is removed");
}

#[test]
fn applies_and_surveys_at_the_same_time() {
    for _ in 0..6 {
        let project = Project::new(60);
        let applies: Vec<_> = (0..3).map(|_| project.apply()).collect();
        let surveys: Vec<_> = (0..3).map(|_| project.start(&["survey", "--format", "json"])).collect();
        let mut done = 0;
        for apply in applies {
            let output = apply.wait_with_output().unwrap();
            match output.status.code() {
                Some(0) => done += 1,
                code => assert_eq!((code, said(&output).contains("at work")), (Some(2), true), "{}", said(&output)),
            }
        }
        for survey in surveys {
            let output = survey.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", said(&output));
        }
        assert!(done > 0, "none of them was carried out");
        let written = |number: usize| project.root().join(format!("app/m{number}.py")).exists();
        assert!((0..60).all(written));
        assert!(!project.root().join(".architect-apply").exists());
    }
}
