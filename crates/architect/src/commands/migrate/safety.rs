//! `architect migrate safety`: what revisions do to a database in use.

use std::process::ExitCode;

use anstream::print;
use architect_engine::{Judged, Result, safety};
use clap::ValueEnum;

use crate::cli::Place;
use crate::render;

/// Check what revisions do to a PostgreSQL that is in use: locks, rewrites, failures, losses
///
/// Each operation is judged with the schema before it. By default the revisions that are not on the main branch in git.
/// Exits with 1 where something is found. The version of PostgreSQL is `postgresql` under `[tool.architect]`, else 15.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Revisions: identifiers or their beginnings, `head`, `-1`
    #[arg(value_name = "REV", allow_hyphen_values = true)]
    revisions: Vec<String>,

    /// All revisions
    #[arg(long, conflicts_with = "revisions")]
    all: bool,

    /// `text` for people, `json` for programs (`architect schemas safety` describes it)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// Judges the revisions and shows what was found.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let judged = match (args.all, args.revisions.is_empty()) {
        (true, _) => Judged::All,
        (false, true) => Judged::New,
        (false, false) => Judged::Named(args.revisions.clone()),
    };
    let report = safety(place.workspace()?, &judged)?;
    match args.format {
        Format::Text => print!("{}", render::safety(&report)),
        Format::Json => render::json(&report)?,
    }
    let is_clean = report.edited.is_empty() && report.revisions.iter().all(|one| one.findings.is_empty());
    Ok(ExitCode::from(u8::from(!is_clean)))
}
