//! `architect migrate`: what the models declare and the revisions do not build yet, as a revision.

mod heads;
mod rebase;
mod safety;
mod verify;
mod write;

use std::process::ExitCode;

use architect_engine::Result;
use clap::Subcommand;

use crate::cli::{Alembic, Place};

/// Write the revision that brings the database to what the models declare, without a database
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    alembic: Alembic,

    #[command(flatten)]
    write: write::WriteArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    Heads(heads::Args),
    Rebase(rebase::Args),
    Safety(safety::Args),
    Verify(verify::Args),
}

/// Runs what is asked for.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let place = &place.with(&args.alembic);
    match &args.command {
        Some(Command::Heads(args)) => heads::run(args, place),
        Some(Command::Rebase(args)) => rebase::run(args, place),
        Some(Command::Safety(args)) => safety::run(args, place),
        Some(Command::Verify(args)) => verify::run(args, place),
        None => write::run(&args.write, place),
    }
}
