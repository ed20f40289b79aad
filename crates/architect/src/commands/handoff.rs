//! `architect handoff`: the brief for whoever builds the UI.

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprintln, print};
use architect_engine::{Result, write_document};
use architect_outputs::handoff_markdown;
use clap::ValueEnum;

use crate::cli::Place;
use crate::render;

/// Write the brief for whoever builds the UI
///
/// Read from code alone: operations with parameters, bodies, answers and errors, who may do what, states and what
/// changes them, TypeScript types, what forms must check, lists, and an example request with its response for each.
/// What cannot be told is said, with file and line.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A module, class or table; all of the API where none is named
    module: Option<String>,

    /// Write the brief to this file instead of the terminal
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// `markdown` for people, `json` for programs (`architect schemas handoff` describes it), `typescript` for the types
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Markdown,
    Json,
    Typescript,
}

/// Reads the code and prints or writes the brief.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let part = place.workspace()?.api(args.module.as_deref())?;
    let brief =
        architect_outputs::handoff(&part.project, &part.api, part.name(), &|handler, table| part.has(handler, table));
    let text = match args.format {
        Format::Markdown => handoff_markdown(&brief),
        Format::Typescript => brief.typescript.clone(),
        Format::Json if args.output.is_none() => {
            render::json(&brief)?;
            return Ok(ExitCode::SUCCESS);
        }
        Format::Json => render::json_text(&brief)?,
    };
    match &args.output {
        Some(output) => {
            write_document(output, &text)?;
            eprintln!("Wrote `{}`: {} operations.", output.display(), brief.operations.len());
        }
        None => print!("{text}"),
    }
    Ok(ExitCode::SUCCESS)
}
