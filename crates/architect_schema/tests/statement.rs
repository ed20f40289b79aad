//! Runs `spec/statement`: SQL in fences, and the operations it is read as, one a line.
//!
//! `sql before` says which tables and types there are; `sql` is what is read; `json` holds what it is read as, without
//! what says nothing. `UPDATE_SPECS=1` rewrites these.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails is told so")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use architect_model::{DatabaseSchema, Location, MigrationOperationKind};
use architect_schema::statement::read_sql;
use serde_json::Value;
use similar::TextDiff;

#[test]
fn specifications_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/statement");
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
    assert!(read > 20, "only {read} texts were found");
}

/// The specification with its expectations as they should be.
fn run(text: &str, read: &mut usize) -> String {
    let mut output = String::new();
    let mut before = DatabaseSchema::default();
    let mut operations = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(output, "{line}");
        if line.starts_with('#') {
            before = DatabaseSchema::default();
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: String =
            lines.by_ref().take_while(|inner| *inner != "```").map(|inner| format!("{inner}\n")).collect();
        match info {
            "sql before" => before = schema(&body),
            "sql" => {
                operations = read_sql(&body, &Location::line("revision.py", 1), &before);
                *read += 1;
            }
            _ => {
                let lines = operations.iter().map(|operation| shown(operation) + "\n");
                let _ = writeln!(output, "{}```", lines.collect::<String>());
                continue;
            }
        }
        let _ = writeln!(output, "{body}```");
    }
    output
}

/// The tables and types that a text makes.
fn schema(sql: &str) -> DatabaseSchema {
    let mut schema = DatabaseSchema::default();
    for operation in read_sql(sql, &Location::line("before.py", 1), &schema) {
        match operation {
            MigrationOperationKind::CreateTable { table, .. } => schema.tables.push(Arc::new(*table)),
            MigrationOperationKind::CreateType { ty, .. } => schema.enums.push(ty),
            other => panic!("{other:?}"),
        }
    }
    schema
}

fn shown(operation: &MigrationOperationKind) -> String {
    let mut value = serde_json::to_value(operation).unwrap();
    prune(&mut value);
    serde_json::to_string(&value).unwrap()
}

/// Takes away what says nothing, and places.
fn prune(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("at");
            fields.values_mut().for_each(prune);
            let says = |name: &str, value: &Value| match value {
                // That NULL is not allowed says something.
                Value::Bool(false) => name == "nullable",
                Value::Null => false,
                Value::Array(items) => !items.is_empty(),
                _ => true,
            };
            fields.retain(|name, value| says(name, value));
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}
