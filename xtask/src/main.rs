//! Development tasks: `cargo xtask TASK`.

mod bench;
mod corpus;
mod demo;
mod generate;
mod postgres;
mod server;
mod test;
mod tidy;
mod tools;

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
    Bench(bench::Arguments),
    Corpus(corpus::Arguments),
    Demo(demo::Arguments),
    Generate(generate::Arguments),
    Test(test::Arguments),
    Tidy(tidy::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Corpus(arguments) => corpus::run(&arguments),
        Task::Demo(arguments) => demo::run(&arguments),
        Task::Generate(arguments) => generate::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Tidy(arguments) => tidy::run(&arguments),
    };
    result.unwrap_or_else(|message| {
        eprintln!("error: {message}");
        ExitCode::from(2)
    })
}
