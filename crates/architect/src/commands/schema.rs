//! `architect schema`: what the database is to look like.

use std::process::ExitCode;

use anstream::print;
use architect_engine::{Result, declared_schema, schema_at};
use architect_model::{DatabaseSchema, Project};
use architect_outputs::entity_diagram;
use architect_schema::sql::{Dialect, script};
use clap::ValueEnum;

use crate::cli::{Alembic, Place};
use crate::render;

/// Show the database schema that the models declare, or that the revisions build, without Python and without a database
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

    /// The schema that the revisions build on an empty database, up to this one: `head`, `heads`, an identifier or its
    /// beginning, `REV-1`, `label@head`
    #[arg(long, value_name = "REV")]
    at: Option<String>,

    #[command(flatten)]
    alembic: Alembic,
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

impl From<Database> for Dialect {
    fn from(database: Database) -> Self {
        match database {
            Database::Postgresql => Self::Postgresql,
            Database::Sqlite => Self::Sqlite,
        }
    }
}

/// Reads the project and prints its schema.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let place = &place.with(&args.alembic);
    let read = || {
        let workspace = place.workspace()?;
        let Some(name) = &args.at else {
            let project = workspace.declared()?;
            let schema = declared_schema(&project);
            return Ok((project, schema));
        };
        let project = workspace.tables();
        let schema = schema_at(workspace, &project, name, args.dialect.into())?;
        Ok::<_, architect_engine::Failure>((project, schema))
    };
    let (project, schema) = render::during("Reading", read)?;
    show(args, &schema, &project)?;
    Ok(ExitCode::SUCCESS)
}

fn show(args: &Args, schema: &DatabaseSchema, project: &Project) -> Result<()> {
    match args.format {
        Format::Text => print!("{}{}", architect_schema::text(schema), further(project)),
        Format::Json => render::json(&architect_schema::document(schema, &project.unknowns))?,
        Format::Sql => {
            print!("{}", script(schema, args.dialect.into()).text());
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
