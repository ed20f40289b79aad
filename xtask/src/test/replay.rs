//! Histories run by Alembic on PostgreSQL and SQLite, and compared with the schema that the replay of them gives.

use std::fs;
use std::path::{Path, PathBuf};

use xshell::cmd;

use super::Runner;
use super::fixtures::{FIXTURES, backend, copy};
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools, apart, run};

/// Runs a history and compares.
const RUNNER: &str = include_str!("replay/run.py");

/// What the environments of the histories import.
const PACKAGES: &[&str] = &[
    "alembic",
    "sqlmodel",
    "fastapi",
    "pydantic-settings",
    "pydantic[email]",
    "pyjwt",
    "pwdlib[argon2]",
    "python-multipart",
    "psycopg[binary]",
    "asyncpg",
    "aiosqlite",
    "greenlet",
];

/// A history, and where it runs.
struct Case {
    name: String,
    /// The folder of `alembic.ini`.
    folder: PathBuf,
    /// The variable that names the database.
    variable: &'static str,
    /// Drivers for PostgreSQL and SQLite, where they are not the usual ones.
    drivers: [&'static str; 2],
    /// Whether it runs on SQLite.
    sqlite: bool,
}

/// Compares the histories of the fixtures, and those made for this.
///
/// # Errors
/// Python or PostgreSQL cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("replay") {
        return Ok(());
    }
    let postgres = Postgres::start(tools)?;
    let python = environment(tools)?;
    for case in cases(tools)? {
        runner.check(&format!("replay {}: as Alembic makes it on PostgreSQL", case.name), || {
            let urls = ["real", "replayed"].map(|which| postgres.database(&format!("replay_{}_{which}", case.name)));
            let [real, replayed] = urls;
            let driven = |url: String| url.replacen("postgresql", case.drivers[0], 1);
            case.compare(tools, &python, "postgresql", [driven(real?), driven(replayed?)])
        });
        if case.sqlite {
            runner.check(&format!("replay {}: as Alembic makes it on SQLite", case.name), || {
                let file = |which: &str| format!("{}:///{}", case.drivers[1], case.folder.join(which).display());
                case.compare(tools, &python, "sqlite", [file("real.db"), file("replayed.db")])
            });
        }
    }
    Ok(())
}

fn cases(tools: &Tools) -> Outcome<Vec<Case>> {
    let mut cases = Vec::new();
    for (name, variable) in FIXTURES {
        let folder = copied(tools, &Path::new("fixtures").join(name), name)?;
        let settings =
            fs::read_to_string(backend(&folder).join("pyproject.toml")).map_err(|error| error.to_string())?;
        let drivers = match settings.contains("aiosqlite") {
            true => ["postgresql+asyncpg", "sqlite+aiosqlite"],
            false => ["postgresql+psycopg", "sqlite"],
        };
        cases.push(Case { name: (*name).to_owned(), folder: backend(&folder), variable, drivers, sqlite: true });
    }
    for (name, sqlite) in [("keys", false), ("batch", true), ("asking", true)] {
        let folder = copied(tools, &Path::new("fixtures/histories").join(name), name)?;
        let drivers = ["postgresql+psycopg", "sqlite"];
        cases.push(Case { name: name.to_owned(), folder, variable: "DATABASE_URL", drivers, sqlite });
    }
    Ok(cases)
}

fn copied(tools: &Tools, from: &Path, name: &str) -> Outcome<PathBuf> {
    let folder = tools.fresh(&format!("replay/{name}"))?;
    copy(&tools.root.join(from), &folder)?;
    Ok(folder)
}

impl Case {
    /// The schema at the head, by Alembic and by the SQL of the replayed one.
    fn compare(&self, tools: &Tools, python: &str, dialect: &str, urls: [String; 2]) -> Outcome {
        let (architect, folder, variable) = (&tools.architect, &self.folder, self.variable);
        let shell = tools.shell(folder)?;
        let made = cmd!(shell, "{architect} --project {folder} schema --at head --format sql --dialect {dialect}");
        let script = self.folder.join(format!("{dialect}.sql"));
        fs::write(&script, run(made)?).map_err(|error| error.to_string())?;
        let [real, replayed] = urls;
        let compared = cmd!(shell, "{python} -c {RUNNER} {folder} {variable} head {real} {replayed} {script}");
        run(apart(compared)).map(|told| eprint!("{} ... ", told.trim()))
    }
}

fn environment(tools: &Tools) -> Outcome<String> {
    let folder = tools.scratch.join("replay-env");
    let python = folder.join("bin").join("python");
    if !folder.join("ready").exists() {
        let shell = tools.shell(&tools.scratch)?;
        let uv = &tools.uv;
        run(cmd!(shell, "{uv} venv --quiet --clear --python >=3.11 {folder}"))?;
        run(cmd!(shell, "{uv} pip install --quiet --python {python} {PACKAGES...}"))?;
        fs::write(folder.join("ready"), "").map_err(|error| error.to_string())?;
    }
    Ok(python.display().to_string())
}
