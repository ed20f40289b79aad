//! `architect migrate heads`: where the revisions end.

use std::process::ExitCode;

use architect_engine::{Failure, Result};

use crate::cli::Place;

/// Show where the revisions end, and what each branch does
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Shows the heads.
pub fn run(_args: &Args, _place: &Place) -> Result<ExitCode> {
    Err(Failure::new("`architect migrate heads` shows nothing yet", "use `alembic heads`"))
}
