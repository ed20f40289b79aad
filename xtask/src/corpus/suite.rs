//! A project's own tests, with the new module and without it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::exercise::Exercise;
use super::oracle::Listed;
use super::plan::{self, Planned};
use super::process;

/// How long one run of a project's tests may take, in seconds.
const PATIENCE: u64 = 30;

/// How many tests passed and did not.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    passed: u32,
    failed: u32,
}

/// What the tests say: those of the module by themselves, and all others with the module and without it.
///
/// # Errors
/// The interpreter does not start.
pub fn compare(
    project: &Listed,
    python: &Path,
    planned: &Planned,
    before: &Path,
    exercise: &Exercise<'_>,
    report: &Value,
) -> Result<String, String> {
    let files = planned.plan["files"].as_array().into_iter().flatten();
    let new: Vec<_> = files
        .filter(|file| file["step"] == "tests" && file["before"].is_null())
        .filter_map(|file| plan::at(&planned.root, file["path"].as_str()?))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("test_")))
        .collect();
    let run = |root: &Path, further: &[String]| tests(project, python, root, further, exercise, report);
    let own: Vec<String> = new.iter().map(|path| path.display().to_string()).collect();
    let own_said =
        if own.is_empty() { "none written".to_owned() } else { format!("new {}", said(&run(&planned.root, &own)?)) };
    let without = run(before, &[])?;
    if !matches!(&without, Ok(counts) if counts.passed > 0) {
        return Ok(format!("{own_said}; its own do not run ({})", said(&without)));
    }
    let ignored: Vec<String> = own.iter().map(|path| format!("--ignore={path}")).collect();
    let with = run(&planned.root, &ignored)?;
    Ok(if with == without {
        format!("{own_said}; its own as before, {}", said(&with))
    } else {
        format!("{own_said}; its own {} before, {} with the module", said(&without), said(&with))
    })
}

fn tests(
    project: &Listed,
    python: &Path,
    root: &Path,
    further: &[String],
    exercise: &Exercise<'_>,
    report: &Value,
) -> Result<Result<Counts, String>, String> {
    let mut command = Command::new(python);
    command.args(["-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "plugin"]).args(further);
    let given = report["environment"].as_object().into_iter().flatten();
    command.envs(given.filter_map(|(name, value)| Some((name, value.as_str()?))));
    command.env("EXERCISE_DATABASES", exercise.databases(project)?.to_string());
    let folders =
        [exercise.scripts()?, root.to_path_buf()].into_iter().chain(project.path.iter().map(|path| root.join(path)));
    let folders = std::env::join_paths(folders).map_err(|error| error.to_string())?;
    command.env("PYTHONPATH", folders).env("PYTHONDONTWRITEBYTECODE", "1").env_remove("VIRTUAL_ENV").current_dir(root);
    // What a front end's build leaves there is in no repository.
    for folder in report["folders"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        std::fs::create_dir_all(root.join(folder)).map_err(|error| error.to_string())?;
    }
    let ran = process::run(&mut command, PATIENCE)?;
    if ran.late {
        return Ok(Err(format!("not done within {PATIENCE} s")));
    }
    Ok(counts(&ran.out).ok_or_else(|| plan::cell(&last_line(&ran))))
}

/// Why no test ran, in pytest's own words.
fn last_line(ran: &process::Ran) -> String {
    let lines = ran.err.lines().chain(ran.out.lines()).map(|line| line.trim_start_matches("E ").trim());
    let errors: Vec<&str> = lines.filter(|line| line.contains("Error") || line.contains("no tests")).collect();
    errors.last().map_or_else(|| "no test file".to_owned(), |line| (*line).to_owned())
}

/// `3 failed, 12 passed, 1 error in 4.56s`.
fn counts(out: &str) -> Option<Counts> {
    let last = out.lines().rev().find(|line| {
        line.contains(" in ") && (line.contains("passed") || line.contains("failed") || line.contains("error"))
    })?;
    let words: Vec<&str> = last.split([' ', ',', '=']).filter(|word| !word.is_empty()).collect();
    let of = |names: &[&str]| -> u32 {
        words.windows(2).filter(|pair| names.contains(&pair[1])).filter_map(|pair| pair[0].parse::<u32>().ok()).sum()
    };
    Some(Counts { passed: of(&["passed"]), failed: of(&["failed", "error", "errors"]) })
}

fn said(counts: &Result<Counts, String>) -> String {
    match counts {
        Ok(Counts { passed, failed: 0 }) => format!("{passed} passed"),
        Ok(Counts { passed, failed }) => format!("{passed} passed, {failed} failed"),
        Err(reason) => reason.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries() {
        assert_eq!(counts("..F\n1 failed, 12 passed, 2 errors in 4.5s\n"), Some(Counts { passed: 12, failed: 3 }));
        assert_eq!(counts("no tests ran in 0.1s\n"), None);
    }
}
