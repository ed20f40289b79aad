//! `architect schema`: what the database is to look like.

use std::process::ExitCode;

use anstream::print;
use architect_engine::{Result, declared_schema};
use architect_model::{DatabaseSchema, Project};
use architect_outputs::entity_diagram;
use architect_schema::sql::{Dialect, script};
use clap::ValueEnum;

use crate::cli::Place;
use crate::render;

/// Show the database schema that the models declare, without importing them and without a database
///
/// Tables, columns, keys, constraints, indexes and enumerations of SQLModel classes, SQLAlchemy classes and `Table(...)`.
/// What could not be understood is listed with file, line and reason, and never guessed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `text` for people, `json` for programs (`architect schemas schema` describes it), `sql` for `CREATE` statements,
    /// `mermaid` and `dbml` for diagrams
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// The database that SQL is written for
    #[arg(long, value_enum, default_value_t = Database::Postgresql)]
    dialect: Database,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Sql,
    Mermaid,
    Dbml,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Postgresql,
    Sqlite,
}

/// Reads the project and prints its schema.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let read = || place.workspace()?.fastapi_project();
    let project = render::during("Reading", read)?;
    let project: &Project = &project;
    let schema = declared_schema(project);
    show(args, &schema, project)?;
    Ok(ExitCode::SUCCESS)
}

fn show(args: &Args, schema: &DatabaseSchema, project: &Project) -> Result<()> {
    match args.format {
        Format::Text => print!("{}{}", architect_schema::text(schema), further(project)),
        Format::Json => render::json(&architect_schema::document(schema, &project.unknowns))?,
        Format::Sql => {
            let dialect = match args.dialect {
                Database::Postgresql => Dialect::Postgresql,
                Database::Sqlite => Dialect::Sqlite,
            };
            print!("{}", script(schema, dialect).text());
        }
        Format::Mermaid => print!("{}", entity_diagram(schema.tables.iter().map(AsRef::as_ref))),
        Format::Dbml => print!("{}", architect_schema::dbml(schema)),
    }
    Ok(())
}

/// What the project has beside its tables that was not understood.
fn further(project: &Project) -> String {
    project.unknowns.iter().map(|unknown| format!("? {} ({})\n", unknown.reason, unknown.at)).collect()
}
