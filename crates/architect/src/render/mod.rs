//! Text for people. Data goes to standard output, talk to standard error.

mod check;
mod design;
mod diagnostic;
mod impact;
mod migrate;
mod paint;
mod plan;
mod progress;
mod revisions;
mod style;
mod survey;
mod types;

use std::io::{self, Write};

use architect_engine::{Failure, Result};
use serde::Serialize;

pub use check::check;
pub use design::design_summary;
pub use diagnostic::{failure, problems};
pub use impact::impact;
pub use migrate::{beside, drift, live_drift, unanswered};
pub use plan::{applied, open_edits, plan};
pub use progress::during;
pub use revisions::{heads, safety, verified};
pub use survey::survey;
pub use types::type_changes;

/// A value as JSON text.
///
/// # Errors
/// The value has no JSON form.
pub fn json_text(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::new(format!("cannot print: {error}"), "report it as a bug"))?;
    Ok(text + "\n")
}

/// Prints a value as JSON on standard output.
///
/// # Errors
/// Standard output is closed, or the value has no JSON form.
pub fn json(value: &impl Serialize) -> Result<()> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("cannot print: {error}"), "check the output");
    let text = json_text(value)?;
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(failed(&error)),
        _ => Ok(()),
    }
}
