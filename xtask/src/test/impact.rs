//! What `architect impact` finds, against what mypy finds when a field is renamed where it is declared and nowhere else.

use std::fs;
use std::path::Path;

use serde_json::Value;
use xshell::cmd;

use crate::tools::{Outcome, Tools, apart, run};

/// Fields of each project: columns, columns that a base declares, columns that tests and services use.
const FIELDS: &[(&str, &[&str])] = &[
    ("flat", &["Item.owner_id", "User.email", "User.is_active"]),
    ("modular", &["Item.quantity", "User.email", "StockMovement.item_id"]),
    ("asyncsa", &["Project.user_id", "User.email", "TimeEntry.project_id"]),
];

/// The name that a field gets.
const RENAMED: &str = "renamed_for_a_test";

/// A place: file, first and last line.
type Place = (String, u64, u64);

/// Renames each field in its declaration and checks that every error of mypy is at a place that `impact` names.
///
/// # Errors
/// mypy finds a place that `impact` does not, or finds nothing at all in the whole project.
pub fn check(tools: &Tools, name: &str, folder: &Path, backend: &Path) -> Outcome {
    let fields = FIELDS.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, fields)| fields);
    let (shell, uv) = (tools.shell(backend)?, &tools.uv);
    run(apart(cmd!(shell, "{uv} sync --quiet --all-groups --all-extras")))?;
    let (mut errors, mut missed) = (0, Vec::new());
    for field in fields {
        let architect = &tools.architect;
        let shell = tools.shell(folder)?;
        let said = run(cmd!(shell, "{architect} impact {field} --format json"))?;
        let impact: Value = serde_json::from_str(&said).map_err(|error| format!("{field}: {error}"))?;
        let found = renamed(tools, folder, backend, &impact)?;
        errors += found.len();
        let known = places(&impact);
        let is_named = |(file, first, last): &Place| {
            known.iter().any(|(used, line)| used == file && (*first..=*last).contains(line))
        };
        missed.extend(found.into_iter().filter(|place| !is_named(place)).map(|place| format!("{field}: {place:?}")));
    }
    eprint!("{errors} errors of mypy, {} of them found ", errors - missed.len());
    if errors == 0 {
        return Err("mypy finds no error at all".into());
    }
    if missed.is_empty() { Ok(()) } else { Err(format!("`impact` does not name\n{}", missed.join("\n"))) }
}

fn places(impact: &Value) -> Vec<(String, u64)> {
    let uses = impact["uses"].as_array().into_iter().flatten();
    uses.filter_map(|one| Some((one["at"]["file"].as_str()?.to_owned(), one["at"]["line"].as_u64()?))).collect()
}

/// Renames the column where it is declared, asks mypy, and puts the file back as it was.
fn renamed(tools: &Tools, folder: &Path, backend: &Path, impact: &Value) -> Outcome<Vec<Place>> {
    let declares = |one: &&Value| one["kind"]["kind"] == "declaration" && one["renaming"]["how"] == "edits";
    let uses = impact["uses"].as_array().map_or(&[][..], Vec::as_slice);
    let declaration = uses.iter().find(declares).ok_or("no declaration")?;
    let number = |name: &str| declaration["at"][name].as_u64().and_then(|number| usize::try_from(number).ok());
    let (Some(line), Some(column), Some(file)) = (number("line"), number("column"), declaration["at"]["file"].as_str())
    else {
        return Err("a declaration without a place".into());
    };
    let path = folder.join(file);
    let before = fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let field = impact["subject"]["field"].as_str().unwrap_or_default();
    let edited = |(at, text): (usize, &str)| {
        if at + 1 != line {
            return text.to_owned();
        }
        let (start, rest) = text.split_at(column - 1);
        format!("{start}{}", rest.replacen(field, RENAMED, 1))
    };
    let after: Vec<String> = before.split('\n').enumerate().map(edited).collect();
    fs::write(&path, after.join("\n")).map_err(|error| error.to_string())?;
    let said = mypy(tools, backend);
    fs::write(&path, before).map_err(|error| error.to_string())?;
    let prefix = backend.strip_prefix(folder).map(|prefix| prefix.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(said?.lines().filter_map(|line| error_at(line, &prefix)).collect())
}

fn mypy(tools: &Tools, backend: &Path) -> Outcome<String> {
    let shell = tools.shell(backend)?;
    let uv = &tools.uv;
    let settings = fs::read_to_string(backend.join("pyproject.toml")).map_err(|error| error.to_string())?;
    let names_files = settings.contains("\nfiles = ") || settings.contains("\npackages = ");
    let files = if names_files { None } else { Some(".") };
    // An error in a call is told at the call, which may end some lines below.
    let command = cmd!(shell, "{uv} run --quiet mypy --strict --show-error-end --no-error-summary {files...}");
    let output = apart(command).quiet().ignore_status().output().map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `app/crud.py:12:5:12:20: error: …` as a place of the project.
fn error_at(line: &str, prefix: &str) -> Option<Place> {
    let (place, _) = line.split_once(": error: ")?;
    let mut parts = place.split(':');
    let (file, first) = (parts.next()?, parts.next()?.parse().ok()?);
    let last = parts.nth(1)?.parse().ok()?;
    Some((Path::new(prefix).join(file).to_string_lossy().into_owned(), first, last))
}
