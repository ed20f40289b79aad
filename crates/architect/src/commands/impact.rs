//! `architect impact`: what a change reaches.

use std::process::ExitCode;

use anstream::print;
use architect_engine::{Result, impact};
use clap::ValueEnum;

use crate::cli::Place;
use crate::render;

/// Show what a change reaches: schemas, queries, rules, endpoints, tests, migrations, TypeScript
///
/// Types are followed through aliases, base classes, calls and results, from the endpoint to the query. Each place is
/// shown with its file and line, why it is reached, and how certain that is: what cannot be told is `probable` or
/// `possible`, with the reason, and never left out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  architect impact Project                   a whole entity
  architect impact Project.status            one field
  architect impact Project.status=archived   one value of an enumeration
  architect impact app.crm.models:Project    where several entities have one name")]
pub struct Args {
    /// Entity, field or value: `Project`, `Project.status`, `Project.status=archived`
    #[arg(value_name = "WHAT")]
    what: String,

    /// `text` for people, `json` for programs (`architect schemas impact` describes it)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Reads the project and prints what is reached.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let found = render::during("Reading", || impact(place.workspace()?, &args.what))?;
    match args.format {
        Format::Text => print!("{}", render::impact(&found)),
        Format::Json => render::json(&found)?,
    }
    Ok(ExitCode::SUCCESS)
}
