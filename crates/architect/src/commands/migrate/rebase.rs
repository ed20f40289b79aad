//! `architect migrate rebase`: local revisions behind another head.

use std::process::ExitCode;

use architect_engine::{Result, rebase};

use crate::cli::Place;
use crate::commands::apply;

/// Put your own revisions behind the other head, instead of a merge
///
/// Your own are those that are not on the main branch in git. Only `down_revision` and the line `Revises:` change. It
/// refuses where revisions touch the same objects, and says which.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The head that the others come to stand behind [default: the one on the main branch]
    #[arg(long, value_name = "HEAD")]
    onto: Option<String>,

    /// Make the edits without asking
    #[arg(short, long)]
    yes: bool,
}

/// Shows the edits, and makes them once somebody says yes.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let plan = rebase(place.workspace()?, args.onto.as_deref())?;
    apply::shown(&plan, args.yes, false, place)
}
