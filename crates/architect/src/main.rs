//! `architect`: surveys, designs, plans and writes modules of FastAPI back ends.

mod cli;
mod commands;
mod render;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(failure) => {
            render::failure(&failure);
            ExitCode::from(2)
        }
    }
}
