//! `architect plan`: what a design would change.

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprintln, print};
use architect_engine::{Result, RowValue, plan, read_design, write_plan};
use architect_model::{DesignEdit, Plan};
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

    #[command(flatten)]
    told: Told,

    /// Leave out the text of the files
    #[arg(long)]
    summary: bool,
}

/// What no document says.
#[derive(Debug, Default, clap::Args)]
pub struct Told {
    /// A field of the document that the code has under another name: `--rename Project.due_on:ends_on`
    #[arg(long, value_name = "ENTITY.OLD:NEW", value_parser = renaming)]
    rename: Vec<DesignEdit>,

    /// A field of the code that goes, because the document does not give it: `--remove Project.color`
    #[arg(long, value_name = "ENTITY.FIELD", value_parser = removal)]
    remove: Vec<DesignEdit>,

    /// What rows that exist get in a column that comes to need a value: `--fill 'Project.code="none"'`
    #[arg(long, value_name = "ENTITY.COLUMN=VALUE", value_parser = row_value)]
    fill: Vec<RowValue>,
}

impl Told {
    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        self.rename.is_empty() && self.remove.is_empty() && self.fill.is_empty()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Plans the document and shows the plan.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let Some(planned) = make(&args.document, &args.told, place)? else { return Ok(ExitCode::from(2)) };
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
pub fn make(document: &std::path::Path, told: &Told, place: &Place) -> Result<Option<Plan>> {
    let root = place.root();
    let (workspace, document) = rayon::join(|| place.workspace(), || read_design(document, Some(&root)));
    let workspace = workspace?;
    eprintln!("Planning in {}", workspace.root.display());
    let document = document?;
    if !document.problems.is_empty() {
        render::problems(&document.problems, &document.path, &document.text);
        return Ok(None);
    }
    let edits: Vec<DesignEdit> = told.rename.iter().chain(&told.remove).cloned().collect();
    let planned = render::during("Planning", || plan(workspace, &document, &edits, &told.fill))?;
    render::problems(&planned.problems, &document.path, &document.text);
    Ok(planned.problems.is_empty().then_some(planned))
}

/// `Project.due_on:ends_on` as a renaming.
fn renaming(text: &str) -> std::result::Result<DesignEdit, String> {
    let found = text.split_once(':').and_then(|(old, to)| {
        let (entity, from) = old.trim().split_once('.')?;
        let (entity, from, to) = (entity.to_owned(), from.to_owned(), to.trim().to_owned());
        (!entity.is_empty() && !from.is_empty() && !to.is_empty()).then_some(DesignEdit::RenameField {
            entity,
            from,
            to,
        })
    });
    found.ok_or_else(|| "write entity, name in the code and name in the document: `Project.due_on:ends_on`".to_owned())
}

/// `Project.color` as a removal.
fn removal(text: &str) -> std::result::Result<DesignEdit, String> {
    let found = text.trim().split_once('.').filter(|(entity, field)| !entity.is_empty() && !field.is_empty());
    let (entity, field) = found.ok_or_else(|| "write entity and field: `Project.color`".to_owned())?;
    Ok(DesignEdit::RemoveField { entity: entity.to_owned(), field: field.to_owned() })
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
