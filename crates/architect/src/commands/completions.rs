//! `architect completions`: shell completions.

use std::io;
use std::process::ExitCode;

use architect_engine::Result;
use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::cli::Cli;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the completion script.
pub fn run(args: &Args) -> Result<ExitCode> {
    generate(args.shell, &mut Cli::command(), "architect", &mut io::stdout());
    Ok(ExitCode::SUCCESS)
}
