//! `cargo xtask corpus --plan`: a small module planned into each public project, applied to a copy, and run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::oracle::{self, Listed};

/// The document that is planned into every project: an owned entity with a child.
const DOCUMENT: &str = include_str!("plan.md");

/// Settings that projects of this kind ask for before they can be imported; no value is a real one.
const SETTINGS: &[(&str, &str)] = &[
    ("SECRET_KEY", "not-a-secret-not-a-secret-not-a-secret-0"),
    ("DATABASE_URL", "postgresql://user:password@localhost/database"),
    ("PROJECT_NAME", "project"),
    ("POSTGRES_SERVER", "localhost"),
    ("POSTGRES_USER", "user"),
    ("POSTGRES_PASSWORD", "password-1"),
    ("POSTGRES_DB", "database"),
    ("FIRST_SUPERUSER", "admin@example.com"),
    ("FIRST_SUPERUSER_PASSWORD", "password-1"),
    ("ENVIRONMENT", "local"),
    ("PROMETHEUS_MULTIPROC_DIR", "."),
];

/// Where everything lies.
pub struct Folders {
    /// Oracles and `oracle.py`.
    pub oracles: PathBuf,
    /// Sources of the projects.
    pub sources: PathBuf,
    /// Virtual environments, one folder per project.
    pub environments: PathBuf,
    /// Copies that are written to.
    pub scratch: PathBuf,
}

/// What came of one project.
#[derive(Default)]
struct Row {
    planned: String,
    compiles: &'static str,
    boots: String,
    routes: String,
    tables: String,
    tests: String,
}

/// Plans into each project and prints the table; whether every plan that was made compiles and boots.
pub fn run<'l>(projects: impl Iterator<Item = &'l Listed>, folders: &Folders, program: &Path) -> Result<bool, String> {
    let mut good = true;
    println!("| project | planned | compiles | boots | routes | tables | its tests |");
    println!("|---|---|---|---|---|---|---|");
    for project in projects {
        let row = examine(project, folders, program)?;
        println!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            project.name, row.planned, row.compiles, row.boots, row.routes, row.tables, row.tests
        );
        good &= row.compiles != "no" && !row.boots.starts_with("no:");
    }
    Ok(good)
}

fn examine(project: &Listed, folders: &Folders, program: &Path) -> Result<Row, String> {
    let mut row = Row::default();
    let source = folders.sources.join(&project.name);
    if !source.is_dir() {
        return Ok(Row { planned: "absent".to_owned(), ..row });
    }
    let tree = folders.scratch.join(&project.name);
    copy(&source, &tree)?;
    let root = tree.join(&project.subdir);
    let (document, saved) = (folders.scratch.join("plan.md"), folders.scratch.join(format!("{}.json", project.name)));
    std::fs::write(&document, DOCUMENT).map_err(|error| error.to_string())?;
    let arguments = ["plan", "--summary", "--project"].map(PathBuf::from);
    let rest = [root.clone(), document, PathBuf::from("-o"), saved.clone()];
    let output = output(Command::new(program).args(arguments.iter().chain(&rest)))?;
    if !output.status.success() {
        return Ok(Row { planned: refusal(&output), ..row });
    }
    let applied = self::output(Command::new(program).arg("apply").arg("--project").arg(&root).arg(&saved))?;
    if !applied.status.success() {
        return Ok(Row { planned: format!("not applied: {}", refusal(&applied)), ..row });
    }
    let plan = oracle::json(&saved)?;
    let open = plan["questions"].as_array().map_or(0, Vec::len);
    row.planned = format!("yes, {open} open");
    row.compiles = if compiles(&plan, &root, &tree)? { "yes" } else { "no" };
    boot(project, folders, &root, &plan, &mut row)?;
    Ok(row)
}

/// A fresh copy of a tree, without its history and its installed packages.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    if to.exists() {
        std::fs::remove_dir_all(to).map_err(failed)?;
    }
    std::fs::create_dir_all(to).map_err(failed)?;
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (kind, target) = (entry.file_type().map_err(failed)?, to.join(entry.file_name()));
        if [".git", "node_modules", ".venv"].iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target).map_err(failed)?;
        }
    }
    Ok(())
}

/// Why nothing was planned, in the program's own words.
fn refusal(output: &Output) -> String {
    let talk = String::from_utf8_lossy(&output.stderr);
    if talk.contains("panicked at") || output.status.code().is_none() {
        return format!("PANIC: {}", talk.lines().next().unwrap_or_default());
    }
    let reason = talk.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    format!("refused: {}", reason.trim_start_matches("error: ").replace('|', "/"))
}

/// Whether every planned Python file is Python.
fn compiles(plan: &Value, root: &Path, tree: &Path) -> Result<bool, String> {
    let files = plan["files"].as_array().into_iter().flatten().filter_map(|file| file["path"].as_str());
    let python = files.filter(|path| path.ends_with(".py"));
    let paths: Vec<PathBuf> =
        python.filter_map(|path| root.ancestors().map(|at| at.join(path)).find(|at| at.is_file())).collect();
    if !paths.iter().all(|path| path.starts_with(tree)) {
        return Err(format!("the plan wrote outside {}", tree.display()));
    }
    Ok(output(Command::new("python3").args(["-m", "py_compile"]).args(paths))?.status.success())
}

/// Imports the application as planned, and looks for what is new in it.
fn boot(project: &Listed, folders: &Folders, root: &Path, plan: &Value, row: &mut Row) -> Result<(), String> {
    let python = folders.environments.join(&project.name).join("bin/python");
    if !python.is_file() {
        row.boots = "no environment".to_owned();
        return Ok(());
    }
    let before = folders.sources.join(&project.name).join(&project.subdir);
    let result = folders.scratch.join(format!("{}-result", project.name));
    if let Some(reason) = import(project, folders, &python, root, &result)? {
        row.boots = match import(project, folders, &python, &before, &result)? {
            Some(before) => format!("not without the module either ({before})"),
            None => format!("no: {reason}"),
        };
        return Ok(());
    }
    row.boots = "yes".to_owned();
    let (api, metadata) = (oracle::json(&result.join("openapi.json"))?, oracle::json(&result.join("metadata.json"))?);
    let changes: Vec<&Value> = plan["changes"].as_array().into_iter().flatten().collect();
    let of = |kind: &str, of: &dyn Fn(&Value) -> bool| {
        let found: Vec<bool> =
            changes.iter().filter(|change| change["change"] == kind).map(|change| of(change)).collect();
        format!("{} of {}", found.iter().filter(|there| **there).count(), found.len())
    };
    row.routes = of("add_endpoint", &|change| {
        let method = change["method"].as_str().unwrap_or_default().to_lowercase();
        let path = change["path"].as_str().unwrap_or_default();
        let known = api["paths"].as_object();
        known
            .is_some_and(|paths| paths.iter().any(|(known, item)| known.ends_with(path) && item.get(&method).is_some()))
    });
    row.tables = of("add_table", &|change| {
        change["table"].as_str().is_some_and(|table| metadata["tables"].get(table).is_some())
    });
    row.tests = tests(plan, &python, root)?;
    Ok(())
}

/// Imports the application at `root`: `None` where it came up, else the last line of the reason.
fn import(
    project: &Listed,
    folders: &Folders,
    python: &Path,
    root: &Path,
    result: &Path,
) -> Result<Option<String>, String> {
    let mut reason = String::new();
    let examples = root.ancestors().take(2).map(|at| at.join(".env.example")).filter(|path| path.is_file());
    let examples: Vec<PathBuf> = examples.collect();
    let tries =
        [(None, true)].into_iter().chain(examples.iter().flat_map(|path| [(Some(path), false), (Some(path), true)]));
    for (file, with_settings) in tries {
        let _ = std::fs::remove_dir_all(result);
        std::fs::create_dir_all(result).map_err(|error| error.to_string())?;
        let mut command = Command::new(python);
        command.arg(folders.oracles.join("oracle.py")).arg("--root").arg(root).arg("--out").arg(result).arg("--py314");
        command.args(["--app", &project.app]).env("PYTHONHASHSEED", "0").current_dir(root);
        command.args(project.path.iter().flat_map(|path| ["--path", path]));
        if let Some(file) = file {
            command.arg("--env-file").arg(file);
        }
        let settings = SETTINGS.iter().filter(|_| with_settings);
        command.args(settings.flat_map(|(key, value)| ["--env".to_owned(), format!("{key}={value}")]));
        let output = output(&mut command)?;
        if output.status.success() && result.join("openapi.json").is_file() {
            return Ok(None);
        }
        let talk = String::from_utf8_lossy(&output.stderr);
        reason = talk.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().replace('|', "/");
    }
    Ok(Some(reason.chars().take(120).collect()))
}

/// Runs the new tests with the project's own configuration.
fn tests(plan: &Value, python: &Path, root: &Path) -> Result<String, String> {
    let files = plan["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|file| file["before"].is_null() && file["step"] == "tests");
    let paths: Vec<&str> = files.filter_map(|file| file["path"].as_str()).collect();
    if paths.is_empty() {
        return Ok("none written".to_owned());
    }
    let mut command = Command::new(python);
    command.args(["-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"]).args(&paths).current_dir(root);
    command.envs(SETTINGS.iter().copied());
    let output = output(&mut command)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("pytest did not start");
    Ok(last.trim_matches(['=', ' ']).replace('|', "/"))
}

fn output(command: &mut Command) -> Result<Output, String> {
    command.output().map_err(|error| format!("{} does not start: {error}", command.get_program().to_string_lossy()))
}
