//! `architect check`: whether the code still has what design documents say.

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::print;
use architect_engine::{Result, check_documents, documents};
use clap::ValueEnum;

use crate::cli::Place;
use crate::render;

/// Check that the code has what design documents say, for CI
///
/// Lists where the two differ, and each requirement with the endpoints that meet it and the tests that call them. Exits
/// with 1 where the code lacks something or has it otherwise.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Design documents or PRDs [default: `documents` under `[tool.architect]`]
    documents: Vec<PathBuf>,

    /// `text` for people, `markdown` for a pull request, `json` for programs (`architect schemas check` describes it)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

/// Checks the documents and prints what was found.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let paths = documents(&place.root(), &args.documents)?;
    let workspace = place.workspace()?;
    let checked = match check_documents(workspace, &paths)? {
        Ok(checked) => checked,
        Err((document, problems)) => {
            render::problems(&problems, &document.path, &document.text);
            return Ok(ExitCode::from(2));
        }
    };
    match args.format {
        Format::Text => print!("{}", render::check(&checked)),
        Format::Markdown => print!("{}", architect_outputs::matrix(&checked)),
        Format::Json => render::json(&checked)?,
    }
    Ok(ExitCode::from(u8::from(!checked.holds())))
}
