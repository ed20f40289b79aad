//! `architect`: surveys, designs, plans and writes modules of FastAPI back ends.

mod cli;
mod commands;
mod render;

use std::process::ExitCode;

use clap::Parser;

/// Reading makes millions of small values, on all cores: a third of the time went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(failure) => {
            render::failure(&failure);
            ExitCode::from(2)
        }
    }
}
