//! `architect migrate rebase`: local revisions behind another head.

use std::process::ExitCode;

use architect_engine::{Failure, Result};

use crate::cli::Place;

/// Put local revisions behind another head, instead of a merge
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Shows the edits, and makes them once somebody says yes.
pub fn run(_args: &Args, _place: &Place) -> Result<ExitCode> {
    Err(Failure::new("`architect migrate rebase` moves nothing yet", "edit `down_revision` by hand"))
}
