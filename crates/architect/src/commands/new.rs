//! `architect new`: creates a complete project.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{eprintln, println};
use architect_engine::{NewProject, Result, create_project};

/// Create a complete FastAPI + SQLModel project that runs at once
///
/// Back end with users and login, Alembic with its first revision, tests, TypeScript types, CI. It runs on SQLite
/// without set-up, and on PostgreSQL by `DATABASE_URL`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the project and of its folder: letters, digits, `-` and `_`
    name: String,

    /// Use asynchronous sessions (aiosqlite, asyncpg)
    #[arg(long = "async")]
    is_async: bool,

    /// Folder to create the project folder in
    #[arg(long, value_name = "DIR", default_value = ".")]
    directory: PathBuf,
}

/// Creates the project and says how to start it.
pub fn run(args: &Args) -> Result<ExitCode> {
    let new = NewProject { name: args.name.clone(), parent: args.directory.clone(), is_async: args.is_async };
    let (folder, files) = create_project(&new)?;
    println!("{}", folder.display());
    eprintln!("Created `{}` with {files} files. Start it:\n", args.name);
    for command in start_commands(&folder) {
        eprintln!("    {command}");
    }
    eprintln!("\nThen plan its first module: `architect plan PRD.md`.");
    Ok(ExitCode::SUCCESS)
}

fn start_commands(folder: &Path) -> [String; 3] {
    [
        format!("cd {}", folder.join("backend").display()),
        "uv run alembic upgrade head".to_owned(),
        "uv run uvicorn app.main:app --reload".to_owned(),
    ]
}
