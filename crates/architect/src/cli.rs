//! The command line.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use architect_engine::{Result, Workspace, find_root};
use clap::{Parser, Subcommand};

use crate::commands::{
    apply, check, completions, design, edit, finish, handoff, impact, migrate, new, openapi, plan, schema, schemas,
    survey, types,
};

/// The backend architect for FastAPI + SQLModel code bases.
///
/// It reads what exists and learns the house style, reads a PRD, designs, plans, and writes models, schemas,
/// repository, service with authorization, endpoints, tests and migration. Nothing is written before its plan was shown.
///
/// Exit codes: 0 clean, 1 findings or drift, 2 failure.
#[derive(Debug, Parser)]
#[command(name = "architect", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// Folder of the project [default: the project that the current folder lies in]
    #[arg(long, global = true, value_name = "DIR")]
    project: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Args),
    Survey(survey::Args),
    Impact(impact::Args),
    Design(design::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Add(edit::AddArgs),
    Change(edit::ChangeArgs),
    Rename(edit::RenameArgs),
    Remove(edit::RemoveArgs),
    Check(check::Args),
    Migrate(migrate::Args),
    Schema(schema::Args),
    Openapi(openapi::Args),
    Handoff(handoff::Args),
    Types(types::Args),
    Schemas(schemas::Args),
    Completions(completions::Args),
    #[command(hide = true)]
    Finish(finish::Args),
}

impl Cli {
    /// Runs the command and gives its exit code.
    pub fn run(self) -> Result<ExitCode> {
        let place = Place { given: self.project, alembic: Alembic::default() };
        match self.command {
            Command::New(args) => new::run(&args),
            Command::Survey(args) => survey::run(&args, &place),
            Command::Impact(args) => impact::run(&args, &place),
            Command::Design(args) => design::run(&args, &place),
            Command::Plan(args) => plan::run(&args, &place),
            Command::Apply(args) => apply::run(&args, &place),
            Command::Add(args) => edit::add(&args, &place),
            Command::Change(args) => edit::change(&args, &place),
            Command::Rename(args) => edit::rename(&args, &place),
            Command::Remove(args) => edit::remove(&args, &place),
            Command::Check(args) => check::run(&args, &place),
            Command::Migrate(args) => migrate::run(&args, &place),
            Command::Schema(args) => schema::run(&args, &place),
            Command::Openapi(args) => openapi::run(&args, &place),
            Command::Handoff(args) => handoff::run(&args, &place),
            Command::Types(args) => types::run(&args, &place),
            Command::Schemas(args) => schemas::run(&args),
            Command::Completions(args) => completions::run(&args),
            Command::Finish(args) => finish::run(&args),
        }
    }
}

/// Where the project is.
#[derive(Clone)]
pub struct Place {
    given: Option<PathBuf>,
    alembic: Alembic,
}

/// Which configuration of Alembic is meant.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Alembic {
    /// The configuration of Alembic, as `alembic -c` takes it; by default the nearest `alembic.ini` or `pyproject.toml`
    #[arg(short = 'c', long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,

    /// The section of the configuration, as `alembic -n` takes it
    #[arg(short = 'n', long, value_name = "SECTION", global = true)]
    name: Option<String>,
}

impl Place {
    /// The project root: as given, else found from the current folder.
    pub fn root(&self) -> PathBuf {
        match &self.given {
            Some(folder) => folder.canonicalize().unwrap_or_else(|_| folder.clone()),
            None => find_root(&env::current_dir().unwrap_or_default()),
        }
    }

    /// The same place, with another configuration of Alembic.
    #[must_use]
    pub fn with(&self, alembic: &Alembic) -> Self {
        Self { alembic: alembic.clone(), ..self.clone() }
    }

    /// The project with its files read.
    pub fn workspace(&self) -> Result<&'static Workspace> {
        let mut workspace = Workspace::load(&self.root())?;
        workspace.choose(self.alembic.config.as_deref(), self.alembic.name.as_deref())?;
        Ok(kept(workspace))
    }
}

/// Keeps a value as long as the process lives, which is as long as the command runs: the system takes all memory back at
/// once, where giving back each syntax tree takes about as long as parsing it did.
pub fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
