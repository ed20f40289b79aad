//! Runs `spec/safety`: what of a revision is not safe on a database in use.
//!
//! `sql before` makes the database, `sql` is what the revision executes, one statement an operation; between the lines
//! `-- autocommit` and `-- end` it runs outside of the transaction. `text` holds what is found. `UPDATE_SPECS=1` rewrites
//! it.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use architect_model::{Location, MigrationOperation, MigrationOperationKind, Revision, SafetyFinding};
use architect_schema::Replay;
use architect_schema::safety::{Server, findings};
use architect_schema::sql::Dialect;
use similar::TextDiff;

#[test]
fn specifications_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/safety");
    let mut read = 0;
    let mut failures = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let output = run(&text, &mut read);
        if std::env::var_os("UPDATE_SPECS").is_some() {
            fs::write(&path, output).unwrap();
        } else if output != text {
            let diff = TextDiff::from_lines(&text, &output);
            let _ = writeln!(failures, "{}:\n{}", path.display(), diff.unified_diff().context_radius(3));
        }
    }
    assert!(failures.is_empty(), "{failures}\nUPDATE_SPECS=1 rewrites the expectations");
    assert!(read > 20, "only {read} revisions were found");
}

/// The specification with its expectations as they should be.
fn run(text: &str, read: &mut usize) -> String {
    let mut output = String::new();
    let mut before = String::new();
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(output, "{line}");
        if line.starts_with('#') {
            before.clear();
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: String =
            lines.by_ref().take_while(|inner| *inner != "```").map(|inner| format!("{inner}\n")).collect();
        let _ = match info.split_once(' ').unwrap_or((info, "")) {
            ("sql", "before") => {
                before.clone_from(&body);
                writeln!(output, "{body}```")
            }
            ("sql", server) => {
                found = findings(&revision(&body), &mut database(&before), server_of(server));
                *read += 1;
                writeln!(output, "{body}```")
            }
            _ => {
                let shown: String = found.iter().map(shown).collect();
                writeln!(output, "{}```", if shown.is_empty() { "nothing\n".to_owned() } else { shown })
            }
        };
    }
    output
}

/// `sql 11`: PostgreSQL 11; a `lock_timeout` is set but where `sql bare` says otherwise.
fn server_of(info: &str) -> Server {
    Server { version: info.parse().unwrap_or(15), lock_timeout: info != "bare" }
}

fn database(sql: &str) -> Replay {
    let mut replay = Replay::new(Dialect::Postgresql);
    replay.apply(&operation(sql, 1, false));
    assert!(replay.doubts().is_empty(), "{:?}", replay.doubts());
    replay
}

fn revision(sql: &str) -> Revision {
    let mut upgrade = Vec::new();
    let (mut autocommit, mut statement, mut start) = (false, String::new(), 1);
    for (number, line) in (1..).zip(sql.lines()) {
        match line {
            "-- autocommit" => autocommit = true,
            "-- end" => autocommit = false,
            line => {
                if statement.is_empty() {
                    start = number;
                }
                let _ = writeln!(statement, "{line}");
                if line.ends_with(';') {
                    upgrade.push(operation(&std::mem::take(&mut statement), start, autocommit));
                }
            }
        }
    }
    Revision {
        id: "b2".to_owned(),
        down: vec!["a1".to_owned()],
        depends_on: Vec::new(),
        labels: Vec::new(),
        message: None,
        upgrade,
        downgrade: None,
        at: Location::line("b2.py", 1),
    }
}

fn operation(sql: &str, line: u32, autocommit: bool) -> MigrationOperation {
    MigrationOperation {
        kind: MigrationOperationKind::Execute { sql: sql.to_owned() },
        batch: false,
        autocommit,
        dialects: None,
        doubt: None,
        at: Location::line("b2.py", line),
    }
}

fn shown(finding: &SafetyFinding) -> String {
    let mut text =
        format!("line {}: {}\n  {}\n  how long: {}\n", finding.at.line, finding.kind, finding.text, finding.lasts);
    for step in &finding.recipe {
        let _ = writeln!(text, "  - {}", step.replace('\n', "\n    "));
    }
    text
}
