//! `architect migrate heads`: where the revisions end.

use std::process::ExitCode;

use anstream::print;
use architect_engine::{Failure, Result, heads, merge_heads};

use crate::cli::Place;
use crate::commands::apply;
use crate::render;

/// Show where the revisions end, and what each branch does
///
/// Exits with 1 where there are several heads, or where a revision that is on the main branch was edited.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write the revision that joins the heads, in the project's template
    #[arg(long)]
    merge: bool,

    /// Message of that revision [default: `merge A and B`]
    #[arg(short, long, requires = "merge")]
    message: Option<String>,

    /// Write it without asking
    #[arg(short, long, requires = "merge")]
    yes: bool,
}

/// Shows the heads, or joins them.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let workspace = place.workspace()?;
    if args.merge {
        let plan = merge_heads(workspace, args.message.as_deref())?;
        return apply::shown(&plan, args.yes, false, place);
    }
    let found = heads(workspace)?;
    print!("{}", render::heads(&found));
    if !found.edited.is_empty() {
        render::failure(&Failure::from(found.edited.clone()));
    }
    Ok(ExitCode::from(u8::from(found.branches.len() > 1 || !found.edited.is_empty())))
}
