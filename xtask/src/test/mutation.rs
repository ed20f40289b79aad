//! Removes each owner check of the generated code in turn: a generated test must fail each time.

use std::path::Path;

use xshell::cmd;

use crate::tools::{Outcome, Tools, run};

/// Lists, makes and undoes the mutants; says which ones no test noticed.
const SCRIPT: &str = include_str!("mutate.py");

/// Runs the mutants of all modules of the back end in `folder`.
///
/// # Errors
/// There is no owner check at all, or a mutant survives; the message names it.
pub fn check(tools: &Tools, folder: &Path) -> Outcome {
    let shell = tools.shell(folder)?;
    let uv = &tools.uv;
    let said = run(cmd!(shell, "{uv} run --quiet python -c {SCRIPT}")
        .env_remove("DATABASE_URL")
        .env_remove("TEST_DATABASE_URL"))?;
    eprint!("{} ", said.trim());
    Ok(())
}
