//! `architect survey`: what is here.

use std::process::ExitCode;

use anstream::print;
use architect_engine::Result;
use architect_model::Project;
use architect_outputs::entity_diagram;
use clap::ValueEnum;

use crate::cli::Place;
use crate::render;

/// Show what is here: modules, tables, endpoints, who may do what, and the house style
///
/// Everything is read from source; nothing is imported or run. What could not be understood is listed with file, line
/// and reason.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `text` for people, `json` for programs (`architect schemas survey` describes it), `mermaid` for a diagram
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// List every endpoint, column and unknown in the text
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Mermaid,
}

/// Reads the project and prints it.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let read = || place.workspace()?.fastapi_project();
    let project = render::during("Reading", read)?;
    let project: &Project = &project;
    match args.format {
        Format::Text => print!("{}", render::survey(project, args.all)),
        Format::Json => render::json(project)?,
        Format::Mermaid => print!("{}", entity_diagram(project.tables())),
    }
    Ok(ExitCode::SUCCESS)
}
