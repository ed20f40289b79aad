//! `architect plan`: what a design would change.

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprintln, print};
use architect_engine::{Result, RowValue, plan, read_design, write_plan};
use architect_model::Plan;
use clap::ValueEnum;

use crate::cli::Place;
use crate::render;

/// Show what a design would change, file by file, before anything is written
///
/// In workflow order: models, schemas, repository, service, endpoints, tests, migration, types; then risks, questions
/// and what was assumed. New code follows the house style that `architect survey` shows.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The design document or PRD, Markdown
    document: PathBuf,

    /// Save the plan to this file, for `architect apply`
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// `text` for people, `json` for programs (`architect schemas plan` describes it)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// What rows that exist get in a column that comes to need a value: `--fill 'Project.code="none"'`
    #[arg(long, value_name = "ENTITY.COLUMN=VALUE", value_parser = row_value)]
    fill: Vec<RowValue>,

    /// Leave out the text of the files
    #[arg(long)]
    summary: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Plans the document and shows the plan.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let Some(planned) = make(&args.document, &args.fill, place)? else { return Ok(ExitCode::from(2)) };
    match args.format {
        Format::Text => print!("{}", render::plan(&planned, !args.summary)),
        Format::Json => render::json(&planned)?,
    }
    if let Some(output) = &args.output {
        write_plan(&planned, output)?;
        eprintln!("Saved. Carry it out with `architect apply {}`.", output.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The plan of a document; none where it has problems, which are shown.
pub fn make(document: &std::path::Path, fill: &[RowValue], place: &Place) -> Result<Option<Plan>> {
    let workspace = place.workspace()?;
    eprintln!("Planning in {}", workspace.root.display());
    let document = read_design(document, Some(&workspace.root))?;
    if !document.problems.is_empty() {
        render::problems(&document.problems, &document.path, &document.text);
        return Ok(None);
    }
    let planned = render::during("Planning", || plan(workspace, &document, fill))?;
    render::problems(&planned.problems, &document.path, &document.text);
    Ok(planned.problems.is_empty().then_some(planned))
}

/// `Project.code="none"` as a value for rows that exist.
///
/// # Errors
/// The text has another form.
pub fn row_value(text: &str) -> std::result::Result<RowValue, String> {
    let found = text.split_once('=').and_then(|(column, value)| {
        let (class, column) = column.trim().split_once('.')?;
        let value = value.trim();
        (!value.is_empty()).then(|| RowValue {
            class: class.to_owned(),
            column: column.to_owned(),
            value: value.to_owned(),
        })
    });
    found.ok_or_else(|| "write entity, column and a Python literal: `Project.code=\"none\"`".to_owned())
}
