//! Removes owner checks of the generated code, one at a time: a generated test must fail each time.

use std::path::Path;

use xshell::cmd;

use super::Scale;
use crate::tools::{Outcome, Tools, apart, run};

/// Lists, makes and undoes the mutants; says which ones no test noticed.
const SCRIPT: &str = include_str!("mutate.py");

/// Runs the mutants of all modules of the back end in `folder`.
///
/// # Errors
/// There is no owner check at all, or a mutant survives; the message names it.
pub fn check(tools: &Tools, folder: &Path, scale: Scale) -> Outcome {
    let shell = tools.shell(folder)?;
    let uv = &tools.uv;
    let script = tools.scratch.join("mutate.py");
    std::fs::write(&script, SCRIPT).map_err(|error| error.to_string())?;
    let (limit, seed) = (scale.removals.to_string(), scale.seed.to_string());
    // Mutants follow one another within the second by which Python tells compiled code from its source.
    shell.set_var("PYTHONDONTWRITEBYTECODE", "1");
    let said = run(apart(cmd!(shell, "{uv} run --quiet python {script} {limit} {seed}")))?;
    eprint!("{} ", said.trim());
    Ok(())
}
