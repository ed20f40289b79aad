//! Runs `spec/typescript`: OpenAPI documents and the TypeScript they become.
//!
//! `json` holds a document, `json schemas` the schemas of a document that has nothing else. `typescript` holds what is
//! written, without the banner, of the latter the schemas alone. `UPDATE_SPECS=1` rewrites it. That openapi-typescript
//! writes the same is checked by `cargo xtask test --only typescript`.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use architect_outputs::{TYPESCRIPT_BANNER, typescript};
use serde_json::{Value, json};
use similar::TextDiff;

#[test]
fn specifications_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/typescript");
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
    assert!(read >= 10, "only {read} documents were found");
}

/// The specification with its expectations as they should be.
fn run(text: &str, read: &mut usize) -> String {
    let mut output = String::new();
    let mut written = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(output, "{line}");
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: String =
            lines.by_ref().take_while(|inner| *inner != "```").map(|inner| format!("{inner}\n")).collect();
        if info == "typescript" {
            let _ = writeln!(output, "{written}```");
            continue;
        }
        *read += 1;
        let value: Value = serde_json::from_str(&body).unwrap();
        written = match info {
            "json schemas" => schemas(&translated(&json!({"openapi": "3.1.0", "components": {"schemas": value}}))),
            _ => translated(&value),
        };
        let _ = writeln!(output, "{body}```");
    }
    output
}

fn translated(document: &Value) -> String {
    match typescript(document) {
        Ok(text) => text.strip_prefix(TYPESCRIPT_BANNER).unwrap().trim_start().to_owned(),
        Err(refused) => format!("refused: {refused}\n"),
    }
}

/// The members of `schemas`, and what stands after the components.
fn schemas(text: &str) -> String {
    let (_, after) = text.split_once("    schemas: {\n").unwrap();
    let (schemas, _) = after.split_once("\n    };\n    responses:").unwrap();
    schemas.lines().map(|line| format!("{}\n", line.strip_prefix("        ").unwrap_or(line))).collect()
}
