//! Where Alembic writes the same change, the revision reads like Alembic's.

use std::fs;

use xshell::cmd;

use super::Runner;
use super::revisions::{House, cases, environment};
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools, run};

/// Compares what both write.
const RUNNER: &str = include_str!("spelling.py");

/// The changes.
const CASES: &str = "spec/revision/spelling.md";

const HOUSES: &[House] = &[
    House { name: "plain", batch: false, convention: false, sqlmodel: false },
    House { name: "batch", batch: true, convention: false, sqlmodel: false },
];

/// Lets Alembic and the writer write each change, and compares the functions.
///
/// # Errors
/// Python or PostgreSQL cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("spelling") {
        return Ok(());
    }
    let postgres = Postgres::start(tools)?;
    let python = environment(tools)?;
    let folder = tools.fresh("spelling")?;
    let text = fs::read_to_string(tools.root.join(CASES)).map_err(|error| error.to_string())?;
    let cases = cases(&text);
    runner.check(&format!("spelling: {} changes as Alembic writes them", cases.len()), || {
        for house in HOUSES {
            cases.iter().try_for_each(|case| house.write(&folder, case))?;
        }
        let shell = tools.shell(&folder)?;
        let script = folder.join("run.py");
        fs::write(&script, RUNNER).map_err(|error| error.to_string())?;
        let (uv, url) = (&tools.uv, postgres.database("spelling")?);
        run(cmd!(shell, "{uv} pip install --quiet --python {python} ruff"))?;
        run(cmd!(shell, "{python} {script} {folder} {url}")).map(|told| eprint!("{told}"))
    });
    Ok(())
}
