//! `cargo xtask corpus --plan`: a small module planned into each public project, applied to a copy, and run.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::exercise::{self, Exercise, Seen};
use super::oracle::{self, Listed};
use super::process::{self, Ran};
use super::suite;

/// The document that is planned into every project: an owned entity with a child.
const OWNED: &str = include_str!("plan.md");

/// The same without owners, for projects that have no users whose rows could be told apart.
const SHARED: &str = include_str!("plan-shared.md");

/// Where everything lies.
pub struct Folders {
    /// Sources of the projects.
    pub sources: PathBuf,
    /// Copies that are written to.
    pub scratch: PathBuf,
    /// Whether the projects' own tests are left out.
    pub quick: bool,
}

/// What came of one project.
#[derive(Default)]
struct Row {
    planned: String,
    compiles: &'static str,
    boots: String,
    works: String,
    migration: String,
    tests: String,
    /// What the cells are too small for.
    notes: Vec<String>,
}

/// A plan that was carried out.
pub struct Planned {
    /// The plan as saved.
    pub plan: Value,
    /// The back end, as planned.
    pub root: PathBuf,
    /// Whether rows are owned.
    pub owned: bool,
}

/// Plans into each project and prints the table; whether every plan that was made compiles and boots.
pub fn run<'l>(
    projects: impl Iterator<Item = &'l Listed>,
    folders: &Folders,
    program: &Path,
    exercise: &Exercise<'_>,
) -> Result<bool, String> {
    let mut good = true;
    let mut notes = Vec::new();
    println!("| project | planned | compiles | boots | works | migration | its tests |");
    println!("|---|---|---|---|---|---|---|");
    for project in projects {
        let row = examine(project, folders, program, exercise)?;
        let cells = [&row.planned, row.compiles, &row.boots, &row.works, &row.migration, &row.tests];
        println!("| {} | {} |", project.name, cells.join(" | "));
        good &= row.compiles != "no" && !row.boots.starts_with("no:") && !row.works.starts_with("no:");
        notes.extend(row.notes.iter().map(|note| format!("- {}: {note}", project.name)));
    }
    println!();
    notes.iter().for_each(|note| println!("{note}"));
    Ok(good)
}

fn examine(project: &Listed, folders: &Folders, program: &Path, exercise: &Exercise<'_>) -> Result<Row, String> {
    eprintln!("{} ...", project.name);
    let mut row = Row::default();
    if !folders.sources.join(&project.name).is_dir() {
        return Ok(Row { planned: "absent".to_owned(), ..row });
    }
    let Some(planned) = plan(project, folders, program, &mut row)? else { return Ok(row) };
    row.compiles = if compiles(&planned, &folders.scratch)? { "yes" } else { "no" };
    let python = match exercise.environments.python(project) {
        Ok(python) => python,
        Err(reason) => {
            row.boots = format!("no environment: {reason}");
            return Ok(row);
        }
    };
    let before = folders.scratch.join(format!("{}-before", project.name));
    copy(&folders.sources.join(&project.name), &before)?;
    let before = before.join(&project.subdir);
    match exercise.run(project, &python, &planned, program)? {
        Seen::Broken(reason) => {
            row.boots = match exercise.boots(project, &python, &before)? {
                Some(without) => format!("not without the module either ({without})"),
                None => format!("no: {reason}"),
            };
        }
        Seen::Booted(report) => {
            fill(&mut row, &report, &planned);
            if folders.quick {
                return Ok(row);
            }
            row.tests = suite::compare(project, &python, &planned, &before, exercise, &report)?;
        }
    }
    Ok(row)
}

/// Plans the owned document, else the shared one, and applies the plan to a copy.
fn plan(project: &Listed, folders: &Folders, program: &Path, row: &mut Row) -> Result<Option<Planned>, String> {
    let tree = folders.scratch.join(&project.name);
    copy(&folders.sources.join(&project.name), &tree)?;
    let root = tree.join(&project.subdir);
    let saved = folders.scratch.join(format!("{}.json", project.name));
    for (owned, text) in [(true, OWNED), (false, SHARED)] {
        let document = folders.scratch.join(if owned { "plan.md" } else { "plan-shared.md" });
        std::fs::write(&document, text).map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command.args(["plan", "--summary", "--project"]).arg(&root).arg(&document).arg("-o").arg(&saved);
        let ran = process::run(&mut command, 120)?;
        if !ran.success {
            let reason = refusal(&ran);
            row.planned =
                if owned { format!("refused: {reason}") } else { format!("{}; shared: {reason}", row.planned) };
            continue;
        }
        let plan = oracle::json(&saved)?;
        let open = plan["questions"].as_array().map_or(0, Vec::len);
        if !owned {
            row.notes.push(format!("with an owner {}", row.planned));
        }
        row.planned = format!("yes{}, {open} open", if owned { "" } else { ", without an owner" });
        let mut command = Command::new(program);
        let applied = process::run(command.arg("apply").arg("--project").arg(&root).arg(&saved), 120)?;
        if !applied.success {
            row.planned = format!("not applied: {}", refusal(&applied));
            return Ok(None);
        }
        return Ok(Some(Planned { plan, root, owned }));
    }
    Ok(None)
}

fn fill(row: &mut Row, report: &Value, planned: &Planned) {
    let wanted = |kind: &str| exercise::changes(&planned.plan, kind).count();
    let seen = |key: &str| usize::try_from(report[key].as_u64().unwrap_or_default()).unwrap_or_default();
    let (routes, tables) = (seen("routes"), seen("tables"));
    row.boots = match routes == wanted("add_endpoint") && tables == wanted("add_table") {
        true => "yes".to_owned(),
        false => {
            format!("no: {routes} routes of {}, {tables} tables of {}", wanted("add_endpoint"), wanted("add_table"))
        }
    };
    let faults: Vec<&str> = report["faults"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let passed = seen("passed");
    let error = report["error"].as_str();
    row.works = match error {
        Some(error) => format!("not tried: {}", cell(error)),
        None if report["passed"].is_null() => "not tried".to_owned(),
        None if faults.is_empty() => {
            format!("yes, {passed} of {passed} on {}", report["database"].as_str().unwrap_or("?"))
        }
        None => format!("no: {passed} of {}, first {}", passed + faults.len(), cell(faults[0])),
    };
    row.migration = cell(report["migration"].as_str().unwrap_or_default());
    row.notes.extend(faults.iter().skip(1).map(|fault| (*fault).to_owned()));
    row.notes
        .extend(report["detail"].as_str().filter(|detail| !detail.is_empty()).map(|detail| format!("raised {detail}")));
    row.notes.extend(
        report["without"].as_str().filter(|without| !without.is_empty()).map(|without| format!("ran {without}")),
    );
    let settings: Vec<&str> = report["settings"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !settings.is_empty() {
        row.notes.push(format!("settings given: {}", settings.join(", ")));
    }
}

/// A text that fits into a cell of the table, with paths as seen from here.
pub fn cell(text: &str) -> String {
    let here = std::env::current_dir().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    text.replace(&here, "").replace('|', "/").replace('\n', " ").chars().take(160).collect()
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
fn refusal(ran: &Ran) -> String {
    if ran.err.contains("panicked at") {
        return format!("PANIC: {}", cell(ran.err.lines().next().unwrap_or_default()));
    }
    let reason = ran.err.lines().find(|line| line.starts_with("error")).unwrap_or_default();
    cell(reason.trim_start_matches("error: "))
}

/// The planned Python files that are there.
pub fn python_files(planned: &Planned) -> Vec<PathBuf> {
    let files = planned.plan["files"].as_array().into_iter().flatten().filter_map(|file| file["path"].as_str());
    let python = files.filter(|path| path.ends_with(".py"));
    python.filter_map(|path| at(&planned.root, path)).collect()
}

/// A file of a plan: its path counts from the project's top, which stands above the back end or is it.
pub fn at(root: &Path, path: &str) -> Option<PathBuf> {
    root.ancestors().map(|folder| folder.join(path)).find(|file| file.is_file())
}

/// Whether every planned Python file is Python.
fn compiles(planned: &Planned, scratch: &Path) -> Result<bool, String> {
    let paths = python_files(planned);
    if !paths.iter().all(|path| path.starts_with(scratch)) {
        return Err(format!("the plan wrote outside {}", scratch.display()));
    }
    Ok(process::run(Command::new("python3").args(["-m", "py_compile"]).args(paths), 60)?.success)
}
