//! Larger sample PRDs, each planned alone into a project of its own: linters, types, tests, migrations on SQLite.

use std::path::Path;

use xshell::cmd;

use super::Runner;
use super::project::{documents, plan_and_apply, uv_run};
use crate::tools::{Outcome, Tools, apart, run};

/// Checks each document of `examples/prds` in a new synchronous project, with `--full` in an asynchronous one too.
///
/// # Errors
/// The documents cannot be listed.
pub fn check(runner: &mut Runner, tools: &Tools, full: bool) -> Outcome {
    if !runner.wants("PRD") {
        return Ok(());
    }
    let modes: &[&str] = if full { &["sync", "async"] } else { &["sync"] };
    for document in documents(&tools.root.join("examples").join("prds"))? {
        let name = document.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        for mode in modes {
            runner.check(&format!("PRD {name}, {mode}: planned alone, linted, tested, migrated"), || {
                check_one(tools, &document, &name, mode)
            });
        }
    }
    Ok(())
}

fn check_one(tools: &Tools, document: &Path, name: &str, mode: &str) -> Outcome {
    let parent = tools.fresh(&format!("prds/{name}-{mode}"))?;
    let (architect, uv) = (&tools.architect, &tools.uv);
    let flag = (mode == "async").then_some("--async");
    let shell = tools.shell(&parent)?;
    run(cmd!(shell, "{architect} new sample {flag...}"))?;
    let folder = parent.join("sample");
    plan_and_apply(tools, &folder, document)?;
    let backend = folder.join("backend");
    shell.change_dir(&backend);
    run(apart(cmd!(shell, "{uv} sync --quiet")))?;
    for command in
        ["ruff check .", "ruff format --check .", "mypy --strict app tests", "ty check app tests", "pytest -q"]
    {
        uv_run(tools, &backend, command, &[])?;
    }
    let url = format!("sqlite:///{}", folder.join("migrations.db").display());
    for command in ["upgrade head", "downgrade base", "upgrade head", "check"] {
        uv_run(tools, &backend, &format!("alembic {command}"), &[("DATABASE_URL", &url)])?;
    }
    Ok(())
}
