//! What `spec/safety` says of locks, rewrites and failures, on a real PostgreSQL.

use xshell::cmd;

use super::Runner;
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools, run};

/// Runs the statements and looks at what PostgreSQL does.
const RUNNER: &str = include_str!("safety.py");

/// Runs the specifications.
///
/// # Errors
/// Python or PostgreSQL cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("safety") {
        return Ok(());
    }
    let postgres = Postgres::start(tools)?;
    let python = super::revisions::environment(tools)?;
    runner.check("safety: locks, rewrites and failures are seen on PostgreSQL, and nowhere else", || {
        let url = postgres.database("safety")?;
        let folder = tools.root.join("spec/safety");
        let entries = std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
        let files = entries.flatten().map(|entry| entry.path().display().to_string());
        let mut files: Vec<String> = files.filter(|path| path.ends_with(".md")).collect();
        files.sort();
        let shell = tools.shell(&tools.scratch)?;
        run(cmd!(shell, "{python} -c {RUNNER} {url} {files...}")).map(|told| eprint!("{told}"))
    });
    Ok(())
}
