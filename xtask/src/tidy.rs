//! `cargo xtask tidy`: the rules of ARCHITECTURE.md and STYLE.md that a program can check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use toml_edit::DocumentMut;

use crate::tools::{Outcome, repository};

/// Check the rules of ARCHITECTURE.md and STYLE.md
#[derive(clap::Args)]
pub struct Arguments {}

/// What each crate of the workspace may name in its `Cargo.toml`, of those that the rules are about.
const DIRECTION: &[(&str, &[&str])] = &[
    ("architect_model", &[]),
    ("architect_python", &["architect_model", "ruff_"]),
    ("architect_design", &["architect_model"]),
    ("architect_plan", &["architect_model"]),
    ("architect_schema", &["architect_model"]),
    ("architect_outputs", &["architect_model"]),
    ("architect_typescript", &["architect_model"]),
    ("architect_engine", &["architect_"]),
    (
        "architect",
        &[
            "architect_model",
            "architect_engine",
            "architect_outputs",
            "architect_schema",
            "clap",
            "anstream",
            "anstyle",
        ],
    ),
];

/// Prefixes of crates that the rules are about.
const RULED: &[&str] = &["architect_", "ruff_", "clap", "anstream", "anstyle"];

/// Names of the outside world that only `architect_engine` may use.
const OUTSIDE: &[&str] = &["std::fs", "process::Command", "SystemTime", "std::net"];

/// File names that say nothing.
const EMPTY_NAMES: &[&str] = &["utils.rs", "util.rs", "helpers.rs", "helper.rs", "manager.rs", "common.rs", "misc.rs"];

/// Longest file, in lines, tests included.
const LONGEST_FILE: usize = 500;

/// Runs the task.
///
/// # Errors
/// Lists what breaks a rule.
pub fn run(_arguments: &Arguments) -> Outcome<ExitCode> {
    check(&repository())?;
    println!("tidy");
    Ok(ExitCode::SUCCESS)
}

/// Checks the repository at `root`.
///
/// # Errors
/// Lists what breaks a rule.
pub fn check(root: &Path) -> Outcome {
    let mut found = Vec::new();
    for (name, allowed) in DIRECTION {
        let folder = root.join("crates").join(name);
        check_dependencies(&folder, name, allowed, &mut found)?;
        for file in rust_files(&folder.join("src"))? {
            let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
            check_file(&file, &text, &mut found);
            if *name != "architect_engine" {
                check_outside(&file, &text, &mut found);
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

fn check_dependencies(folder: &Path, name: &str, allowed: &[&str], found: &mut Vec<String>) -> Outcome {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let manifest: DocumentMut = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
    let Some(dependencies) = manifest.get("dependencies").and_then(|table| table.as_table_like()) else {
        return Ok(());
    };
    for (dependency, _) in dependencies.iter() {
        let ruled = RULED.iter().any(|prefix| dependency.starts_with(prefix));
        if ruled && !allowed.iter().any(|prefix| dependency.starts_with(prefix)) {
            found.push(format!("{name} may not depend on {dependency}"));
        }
    }
    Ok(())
}

fn check_file(file: &Path, text: &str, found: &mut Vec<String>) {
    let shown = file.display();
    if !text.starts_with("//!") {
        found.push(format!("{shown}: its first line says what it is (`//! ...`)"));
    }
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        found.push(format!("{shown}: {lines} lines; at most {LONGEST_FILE}"));
    }
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if EMPTY_NAMES.contains(&name.as_str()) {
        found.push(format!("{shown}: a name that says nothing"));
    }
}

/// Tests may touch the disk.
fn check_outside(file: &Path, text: &str, found: &mut Vec<String>) {
    let is_test = file.iter().any(|part| part == "tests" || part == "tests.rs");
    let product = text.split("#[cfg(test)]").next().unwrap_or(text);
    if is_test {
        return;
    }
    for (index, line) in product.lines().enumerate() {
        if let Some(name) = OUTSIDE.iter().find(|name| line.contains(**name) && !line.trim_start().starts_with("//")) {
            found.push(format!("{}:{}: only architect_engine uses {name}", file.display(), index + 1));
        }
    }
}

fn rust_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
