//! `architect migrate verify`: whether revisions can be taken back.

use std::process::ExitCode;

use anstream::print;
use architect_engine::{Result, verify};

use super::safety::Format;
use crate::cli::Place;
use crate::render;

/// Check that `downgrade()` takes back what `upgrade()` does, revision by revision
///
/// Both are replayed, without a database. Exits with 1 where something is left over or does not come back.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `text` for people, `json` for programs (`architect schemas verify` describes it)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Replays the revisions and shows what does not come back.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let report = verify(place.workspace()?)?;
    match args.format {
        Format::Text => print!("{}", render::verified(&report)),
        Format::Json => render::json(&report)?,
    }
    Ok(ExitCode::from(u8::from(!report.unreturned.is_empty())))
}
