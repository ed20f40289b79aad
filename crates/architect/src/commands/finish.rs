//! The hidden command that carries a committed `apply` to its end, in a process of its own.

use std::path::PathBuf;
use std::process::ExitCode;

use architect_engine::{Result, finish_journal};

/// Carry a committed `apply` to its end
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The project root
    root: PathBuf,
}

/// Finishes the journal in the project root.
pub fn run(args: &Args) -> Result<ExitCode> {
    finish_journal(&args.root)?;
    Ok(ExitCode::SUCCESS)
}
