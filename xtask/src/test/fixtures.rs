//! The fixture projects, and modules planned into each: it boots, passes its tests and linters, migrates.

use std::fs;
use std::path::{Path, PathBuf};

use xshell::cmd;

use super::project::{plan_and_apply, uv_run};
use super::{Runner, impact};
use crate::tools::{Outcome, Tools, apart, run};

/// The projects, and the variable by which each is told its database.
pub const FIXTURES: &[(&str, &str)] =
    &[("flat", "DATABASE_URL"), ("modular", "SQLALCHEMY_DATABASE_URI"), ("asyncsa", "TEMPO_DATABASE_URL")];

/// Checks each project of `fixtures/`, in a copy.
///
/// # Errors
/// The copies cannot be made.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("fixture") {
        return Ok(());
    }
    for (name, variable) in FIXTURES {
        let folder = tools.fresh(&format!("fixtures/{name}"))?;
        copy(&tools.root.join("fixtures").join(name), &folder)?;
        let backend = backend(&folder);
        runner.check(&format!("fixture {name}: as it is"), || healthy(tools, &backend, variable));
        runner.check(&format!("fixture {name}: impact names what mypy finds"), || {
            impact::check(tools, name, &folder, &backend)
        });
        runner.check(&format!("fixture {name}: PRDs planned and applied"), || {
            documents(&folder)?.iter().try_for_each(|document| plan_and_apply(tools, &folder, document))
        });
        runner.check(&format!("fixture {name}: with the new modules"), || healthy(tools, &backend, variable));
    }
    Ok(())
}

/// The PRDs of a project: one of new modules, and one of rows below those that the code has.
fn documents(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut found: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("PRD")));
    found.sort();
    if found.len() < 2 { Err(format!("only {} PRDs", found.len())) } else { Ok(found) }
}

/// The folder that holds `pyproject.toml`.
pub fn backend(folder: &Path) -> PathBuf {
    let inner = folder.join("backend");
    if inner.join("pyproject.toml").exists() { inner } else { folder.to_path_buf() }
}

/// Linters and types by the project's own settings, its tests, and its migrations up, down, up and complete.
fn healthy(tools: &Tools, backend: &Path, variable: &str) -> Outcome {
    let shell = tools.shell(backend)?;
    let uv = &tools.uv;
    run(apart(cmd!(shell, "{uv} sync --quiet --all-groups --all-extras")))?;
    for command in commands(backend)? {
        uv_run(tools, backend, &command, &[])?;
    }
    let settings = settings(backend)?;
    let scheme = if settings.contains("aiosqlite") { "sqlite+aiosqlite" } else { "sqlite" };
    let database = format!("{scheme}:///{}", backend.join("check.db").display());
    let _ = fs::remove_file(backend.join("check.db"));
    for command in ["upgrade head", "downgrade base", "upgrade head", "check"] {
        uv_run(tools, backend, &format!("alembic {command}"), &[(variable, &database)])?;
    }
    Ok(())
}

/// Linters, types and tests, as the project's own settings want them to be run.
///
/// # Errors
/// It has no settings.
pub fn commands(backend: &Path) -> Outcome<[String; 4]> {
    let settings = settings(backend)?;
    let names_files = settings.contains("\nfiles = ") || settings.contains("\npackages = ");
    let mypy = if names_files { "mypy" } else { "mypy ." };
    Ok(["ruff check .", "ruff format --check .", mypy, "pytest -q -x"].map(str::to_owned))
}

fn settings(backend: &Path) -> Outcome<String> {
    fs::read_to_string(backend.join("pyproject.toml")).map_err(|error| error.to_string())
}

/// Copies a folder, without what tools leave behind.
///
/// # Errors
/// The disk refuses.
pub fn copy(from: &Path, to: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("cannot copy `{}`: {error}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)?.flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text.starts_with(".venv") || text.ends_with("_cache") || text == "__pycache__" || text.ends_with(".db") {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(&name))?;
        } else {
            fs::copy(entry.path(), to.join(&name)).map_err(failed)?;
        }
    }
    Ok(())
}
