//! Runs the specifications in `spec/design`: documents in fences, then what is read from them.
//!
//! `UPDATE_SPECS=1` rewrites the expectations.

#![allow(clippy::expect_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use architect_model::Problem;

/// Kinds of fences whose content is compared.
const EXPECTED: &[&str] = &["document", "problems", "json"];

#[test]
fn specifications_hold() {
    let update = std::env::var_os("UPDATE_SPECS").is_some();
    let mut failures = String::new();
    let mut cases = 0;
    for file in files() {
        let text = std::fs::read_to_string(&file).expect("a readable specification");
        let (run, count) = run(&text);
        cases += count;
        if run == text {
            continue;
        }
        if update {
            std::fs::write(&file, run).expect("a writable specification");
        } else {
            let _ = writeln!(failures, "{}:\n{}", file.display(), first_difference(&text, &run));
        }
    }
    assert!(failures.is_empty(), "{failures}\nUPDATE_SPECS=1 rewrites the expectations");
    assert!(cases > 30, "only {cases} cases were found");
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/design");
    let entries = std::fs::read_dir(folder).expect("the folder of specifications");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    files
}

/// A specification with its expectations as they should be, and how many documents it has.
fn run(text: &str) -> (String, usize) {
    let mut output = String::new();
    let mut input = String::new();
    let mut count = 0;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(output, "{line}");
        let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
        if ticks < 3 {
            continue;
        }
        let info = line[ticks..].trim();
        let fence = &line[..ticks];
        let mut body = String::new();
        for inner in lines.by_ref() {
            if inner == fence {
                break;
            }
            let _ = writeln!(body, "{inner}");
        }
        let mut words = info.split_whitespace();
        let kind = words.next().unwrap_or_default();
        if kind == "markdown" {
            input = body.clone();
            count += 1;
        }
        if EXPECTED.contains(&kind) {
            body = expected(kind, words.next().unwrap_or_default(), &input);
        }
        let _ = writeln!(output, "{}{fence}", body);
    }
    (output, count)
}

fn expected(kind: &str, pointer: &str, input: &str) -> String {
    let (design, problems) = architect_design::read("prd.md", input);
    match kind {
        "document" => {
            let written = architect_design::write(&design, input);
            let (again, _) = architect_design::read("prd.md", &written);
            assert_eq!(architect_design::write(&again, &written), written, "writing is not stable");
            written
        }
        "problems" => problems.iter().map(problem).collect(),
        _ => {
            let json = serde_json::to_value(&design).expect("JSON");
            let part = json.pointer(pointer).cloned().unwrap_or_default();
            serde_json::to_string_pretty(&part).expect("JSON") + "\n"
        }
    }
}

fn problem(problem: &Problem) -> String {
    let help = problem.help.as_deref().unwrap_or_default();
    format!("{}: {}\n    help: {help}\n", problem.at, problem.text)
}

fn first_difference(text: &str, run: &str) -> String {
    let at = text.lines().zip(run.lines()).position(|(have, want)| have != want).unwrap_or(0);
    let part = |text: &str| text.lines().skip(at.saturating_sub(3)).take(12).collect::<Vec<_>>().join("\n");
    format!("--- the specification says\n{}\n--- the reader says\n{}\n", part(text), part(run))
}
