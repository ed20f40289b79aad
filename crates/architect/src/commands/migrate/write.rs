//! `architect migrate`: the revision that brings the migrations to the models.

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprint, eprintln, print};
use architect_engine::{
    Drops, Failure, Migration, MigrationRequest, PossibleRename, Result, Workspace, drift, live_drift, migrate,
    write_plan,
};
use architect_model::{ChangeKind, Plan};
use clap::ValueEnum;

use crate::cli::Place;
use crate::commands::apply;
use crate::render;

/// What is said of a migration that the models do not say.
#[derive(Debug, clap::Args)]
pub struct WriteArgs {
    /// Message of the revision [default: what it does, in a few words]
    #[arg(short, long)]
    message: Option<String>,

    /// A column or table that keeps its values under another name: `--rename item.title:name`, `--rename item:thing`
    #[arg(long, value_name = "TABLE[.COLUMN]:NEW", value_parser = renaming)]
    rename: Vec<(String, String)>,

    /// What rows that exist get in a column that comes to need a value: `--default 'item.state="open"'`
    #[arg(long, value_name = "TABLE.COLUMN=VALUE", value_parser = row_value)]
    default: Vec<(String, String)>,

    /// Drop tables and columns that the models do not declare, with what they hold; a name allows this one only
    #[arg(long, value_name = "TABLE[.COLUMN]", num_args = 0..=1, default_missing_value = "")]
    allow_drop: Vec<String>,

    /// Write a chain of revisions that a PostgreSQL in use survives, where one is not safe: expand, backfill, contract
    #[arg(long, conflicts_with = "check")]
    safe: bool,

    /// Only print the SQL that the revision runs on PostgreSQL
    #[arg(long, conflicts_with = "check")]
    sql: bool,

    /// Write nothing, and exit with 1 where models and migrations differ: for CI, no database is needed
    #[arg(long)]
    check: bool,

    /// Check a live database too: models, migrations and database, three ways; it is only read
    #[arg(long, value_name = "URL", requires = "check")]
    db: Option<String>,

    /// Carry the plan out without asking
    #[arg(short, long)]
    yes: bool,

    /// Save the plan to this file, for `architect apply`, and write nothing else
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// `text` for people, `json` for programs (`architect schemas plan`, `drift` and `live-drift` describe it)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Shows the revision and writes it, or only checks.
pub fn run(args: &WriteArgs, place: &Place) -> Result<ExitCode> {
    let workspace = place.workspace()?;
    if args.check {
        return check(args, workspace);
    }
    let mut request = MigrationRequest {
        message: args.message.clone(),
        renames: args.rename.clone(),
        values: args.default.clone(),
        drops: drops(&args.allow_drop),
        safe: args.safe,
        ..MigrationRequest::default()
    };
    eprintln!("Planning in {}", workspace.root.display());
    loop {
        let migration = render::during("Planning", || migrate(workspace, &request))?;
        if !ask(&migration, &mut request)? {
            return finish(args, &migration, place);
        }
    }
}

fn check(args: &WriteArgs, workspace: &Workspace) -> Result<ExitCode> {
    if let Some(url) = &args.db {
        let drift = live_drift(workspace, url)?;
        match args.format {
            Format::Text => print!("{}", render::live_drift(&drift)),
            Format::Json => render::json(&drift)?,
        }
        return Ok(ExitCode::from(u8::from(!drift.is_none())));
    }
    let drift = drift(workspace)?;
    match args.format {
        Format::Text => print!("{}", render::drift(&drift)),
        Format::Json => render::json(&drift)?,
    }
    Ok(ExitCode::from(u8::from(!drift.is_none())))
}

fn drops(given: &[String]) -> Drops {
    match given {
        [] => Drops::Nothing,
        given if given.iter().any(String::is_empty) => Drops::Everything,
        given => Drops::Named(given.to_vec()),
    }
}

/// Asks in a terminal what the models do not say, and adds the answers; false where nothing is to be asked.
///
/// # Errors
/// Something is to be asked, and nobody is there: the failure says how to tell it.
fn ask(migration: &Migration, request: &mut MigrationRequest) -> Result<bool> {
    if migration.renames.is_empty() && migration.losses.is_empty() && migration.needed.is_empty() {
        return Ok(false);
    }
    if !io::stdin().is_terminal() {
        return Err(render::unanswered(migration));
    }
    if let Some(rename) = migration.renames.first() {
        let (question, told) = match rename {
            PossibleRename::Table { from, to } => {
                (format!("Is the table `{to}` the table `{from}` under a new name?"), (from.clone(), to.clone()))
            }
            PossibleRename::Column { table, from, to } => (
                format!("Is `{table}.{to}` the column `{from}` under a new name?"),
                (format!("{table}.{from}"), to.clone()),
            ),
        };
        if answer(&format!("{question} [y/N] "))? == "y" {
            request.renames.push(told);
        } else {
            request.not_renamed.push(rename.clone());
        }
        return Ok(true);
    }
    if let Some(loss) = migration.losses.first() {
        let name = architect_engine::dropped(&loss.object).unwrap_or_default();
        if answer(&format!("{}. Drop `{name}`, with what it holds? [y/N] ", loss.text))? != "y" {
            return Err(render::unanswered(migration));
        }
        match &mut request.drops {
            Drops::Named(names) => names.push(name),
            drops => *drops = Drops::Named(vec![name]),
        }
        return Ok(true);
    }
    if let Some(needed) = migration.needed.first() {
        let place = format!("{}.{}", needed.table, needed.column);
        let value = answer(&format!("`{place}`: {}. Python literal, or `text(\"SQL\")`: ", needed.why))?;
        if value.is_empty() {
            return Err(render::unanswered(migration));
        }
        request.values.push((place, value));
    }
    Ok(true)
}

fn answer(question: &str) -> Result<String> {
    eprint!("{question}");
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    match read {
        Ok(length) if length > 0 => {
            let answer = answer.trim();
            Ok(if answer.eq_ignore_ascii_case("yes") || answer == "Y" { "y" } else { answer }.to_owned())
        }
        _ => Err(Failure::new("no answer was given", "answer, or tell it by the options that `--help` lists")),
    }
}

fn finish(args: &WriteArgs, migration: &Migration, place: &Place) -> Result<ExitCode> {
    let plan = &migration.plan;
    if !plan.problems.is_empty() {
        render::problems(&plan.problems, "", "");
        return Ok(ExitCode::from(2));
    }
    eprint!("{}", render::beside(&migration.drift));
    if args.sql {
        print!("{}", sql(plan));
        return Ok(ExitCode::SUCCESS);
    }
    if args.format == Format::Json {
        render::json(plan)?;
        return Ok(ExitCode::SUCCESS);
    }
    if plan.files.is_empty() {
        print!("{}", render::drift(&migration.drift));
        return Ok(ExitCode::from(u8::from(!migration.drift.is_none())));
    }
    if let Some(output) = &args.output {
        print!("{}", render::plan(plan, true));
        write_plan(plan, output)?;
        eprintln!("Saved. Carry it out with `architect apply {}`.", output.display());
        return Ok(ExitCode::SUCCESS);
    }
    apply::shown(plan, args.yes, false, place)
}

/// The statements of the revisions; of several, each under its file.
fn sql(plan: &Plan) -> String {
    let of_revision = |kind: &'_ ChangeKind| match kind {
        ChangeKind::AddRevision { sql, .. } => Some(sql.iter().map(|one| format!("{one};\n")).collect::<String>()),
        _ => None,
    };
    let revisions: Vec<String> = plan.changes.iter().filter_map(|change| of_revision(&change.kind)).collect();
    if revisions.len() < 2 {
        return revisions.concat();
    }
    let headed = revisions.iter().zip(&plan.files).map(|(sql, file)| format!("-- {}\n{sql}", file.path));
    headed.collect::<Vec<_>>().join("\n")
}

/// `item.title:name` as a renaming.
fn renaming(text: &str) -> std::result::Result<(String, String), String> {
    let found = text.split_once(':').map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned()));
    found
        .filter(|(from, to)| !from.is_empty() && !to.is_empty())
        .ok_or_else(|| "write the name in the database and the one in the models: `item.title:name`".to_owned())
}

/// `item.state="open"` as a value for rows that exist.
fn row_value(text: &str) -> std::result::Result<(String, String), String> {
    let found = text.split_once('=').map(|(place, value)| (place.trim().to_owned(), value.trim().to_owned()));
    found
        .filter(|(place, value)| place.contains('.') && !value.is_empty())
        .ok_or_else(|| "write table, column and a Python literal: `item.state=\"open\"`".to_owned())
}
