//! `architect design`: from a PRD to the explicit design document.

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprintln, print};
use architect_engine::{Result, describe_code, read_design, write_document};
use clap::ValueEnum;

use crate::cli::Place;
use crate::render;

/// Read a PRD and write the explicit design document
///
/// Every inference is listed as an assumption with its line, everything missing as a question with the answer that is
/// taken until somebody gives another. Run again on its own output, it changes nothing. `--from-code` writes the document
/// of code that exists; `architect plan` of that says "no changes".
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The PRD or design document, Markdown
    #[arg(required_unless_present = "from_code", conflicts_with = "from_code")]
    document: Option<PathBuf>,

    /// Describe existing code instead: a module, class or table; all of it where none is named
    #[arg(long, value_name = "MODULE", num_args = 0..=1, default_missing_value = "")]
    from_code: Option<String>,

    /// Write the design document to this file instead of the terminal
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// `markdown` for the document, `json` for the extraction (`architect schemas design` describes it)
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Markdown,
    Json,
}

/// Reads the document and prints or writes its explicit form.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let document = match (&args.document, &args.from_code) {
        (Some(path), _) => read_design(path, Some(&place.root()))?,
        (None, name) => describe_code(place.workspace()?, name.as_deref().filter(|name| !name.is_empty()))?,
    };
    render::problems(&document.problems, &document.path, &document.text);
    if !document.problems.is_empty() {
        return Ok(ExitCode::from(2));
    }
    match (args.format, &args.output) {
        (Format::Json, _) => render::json(&document.design)?,
        (Format::Markdown, Some(output)) => write_document(output, &document.explicit())?,
        (Format::Markdown, None) => print!("{}", document.explicit()),
    }
    eprintln!("{}", render::design_summary(&document.design));
    Ok(ExitCode::SUCCESS)
}
