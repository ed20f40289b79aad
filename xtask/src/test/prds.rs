//! Larger sample PRDs, each planned alone into a project of its own.

use super::project::{Sample, documents};
use super::{Runner, Scale};
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools};

/// Checks each document of `examples/prds` in a new synchronous project: linters, types, tests, migrations on SQLite,
/// some removed owner checks.
///
/// With `full`, in an asynchronous one too, and each passes every check of a new project: PostgreSQL, schemathesis,
/// TypeScript, removed owner checks.
///
/// # Errors
/// The documents cannot be listed, or PostgreSQL does not start.
pub fn check(runner: &mut Runner, tools: &Tools, scale: Scale, full: bool) -> Outcome {
    if !runner.wants("PRD") {
        return Ok(());
    }
    // There are many operations here, and many checks: fewer of each, so that the whole fits in an evening.
    let scale = Scale { examples: scale.examples.div_ceil(4), removals: scale.removals.div_ceil(4), ..scale };
    let postgres = if full { Some(Postgres::start(tools)?) } else { None };
    for document in documents(&tools.root.join("examples").join("prds"))? {
        let stem = document.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        for mode in if full { vec!["sync", "async"] } else { vec!["sync"] } {
            let sample = Sample {
                tools,
                name: format!("PRD {stem}, {mode}"),
                asynchronous: mode == "async",
                documents: vec![document.clone()],
                folder: tools.scratch.join("prds").join(format!("{stem}-{mode}")),
            };
            match &postgres {
                Some(postgres) => sample.check(runner, postgres, scale),
                None => sample.check_at_once(runner, scale),
            }
        }
    }
    Ok(())
}
