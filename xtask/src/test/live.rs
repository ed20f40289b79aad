//! `architect migrate --check --db URL` on real databases: what was changed in them by hand is found, and nothing is written.

use std::fs;

use xshell::cmd;

use super::Runner;
use super::revisions::environment;
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools, run};

/// Makes a project and databases, changes these by hand, and asks what differs.
const RUNNER: &str = include_str!("live.py");

/// Runs it on PostgreSQL and SQLite.
///
/// # Errors
/// Python or PostgreSQL cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("live") {
        return Ok(());
    }
    let postgres = Postgres::start(tools)?;
    let python = environment(tools)?;
    let folder = tools.fresh("live")?;
    runner.check("live: what was changed by hand is found in databases, which are only read", || {
        let shell = tools.shell(&folder)?;
        let script = folder.join("run.py");
        fs::write(&script, RUNNER).map_err(|error| error.to_string())?;
        let (architect, url) = (&tools.architect, postgres.database("live")?);
        run(cmd!(shell, "{python} {script} {folder} {architect} {url}")).map(|told| eprint!("{told}"))
    });
    Ok(())
}
