//! Development tasks: `cargo xtask TASK`.

mod corpus;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development tasks of backend-architect.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

/// One variant per task; the task's own file holds its arguments and its `run`.
#[derive(Subcommand)]
enum Task {
    Corpus(corpus::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Corpus(arguments) => corpus::run(&arguments),
    };
    result.unwrap_or_else(|message| {
        eprintln!("error: {message}");
        ExitCode::from(2)
    })
}
