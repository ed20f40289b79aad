//! Revisions for changes of tables that have rows in them, run by Alembic on SQLite and PostgreSQL.

mod case;
mod house;
mod staged;

use std::fs;
use std::path::Path;

use xshell::cmd;

use super::Runner;
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools, run};

pub(super) use case::{CASES, Case, cases};
pub(super) use house::{HOUSES, House, Revised};

/// Runs the revisions of all cases: up, check, down, up; compares rows and schemas.
const RUNNER: &str = concat!(include_str!("revisions/common.py"), include_str!("revisions/run.py"));

/// Writes the revision of each change in each house, and runs them.
///
/// # Errors
/// Python or PostgreSQL cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("revisions") {
        return Ok(());
    }
    let postgres = Postgres::start(tools)?;
    let folder = tools.fresh("revisions")?;
    let text = fs::read_to_string(tools.root.join(CASES)).map_err(|error| error.to_string())?;
    let cases = cases(&text);
    runner.check(&format!("revisions: {} changes in {} houses, written", cases.len(), HOUSES.len()), || {
        cases.iter().try_for_each(|case| houses(case).try_for_each(|house| house.write(&folder, case)))
    });
    let python = environment(tools)?;
    runner.check("revisions: up, complete, down, up on SQLite and PostgreSQL, rows kept", || {
        // Two processes, each with a database of its own.
        let (first, second) = HOUSES.split_at(HOUSES.len() / 2);
        let urls = [postgres.database("revisions_1")?, postgres.database("revisions_2")?];
        std::thread::scope(|scope| {
            let other = scope.spawn(|| run_houses(tools, &python, &folder, &urls[1], second));
            let told = run_houses(tools, &python, &folder, &urls[0], first);
            let other = other.join().unwrap_or_else(|_| Err("a thread failed".to_owned()));
            told.and(other)
        })
    });
    Ok(())
}

/// Runs the revisions of some houses.
///
/// # Errors
/// A revision does not do what it says.
pub(super) fn run_houses(tools: &Tools, python: &str, folder: &Path, url: &str, houses: &[House]) -> Outcome {
    let shell = tools.shell(folder)?;
    let names: Vec<&str> = houses.iter().map(|house| house.name).collect();
    // What fails shows the command: the script is no part of it.
    let script = folder.join(format!("run-{}.py", names.join("-")));
    fs::write(&script, RUNNER).map_err(|error| error.to_string())?;
    run(cmd!(shell, "{python} {script} {folder} {url} {names...}")).map(|told| eprint!("{told}"))
}

/// Python with Alembic.
///
/// # Errors
/// It cannot be installed.
pub(super) fn environment(tools: &Tools) -> Outcome<String> {
    let folder = tools.scratch.join("revisions-env");
    let python = folder.join("bin").join("python");
    if !folder.join("ready").exists() {
        let shell = tools.shell(&tools.scratch)?;
        let uv = &tools.uv;
        run(cmd!(shell, "{uv} venv --quiet --clear --python >=3.11 {folder}"))?;
        run(cmd!(
            shell,
            "{uv} pip install --quiet --python {python} alembic sqlalchemy sqlmodel psycopg[binary] trustme"
        ))?;
        fs::write(folder.join("ready"), "").map_err(|error| error.to_string())?;
    }
    Ok(python.display().to_string())
}

/// The houses in which a case is possible: a naming convention refuses checks without a name, and SQLite does not have all
/// that PostgreSQL has.
fn houses(case: &Case) -> impl Iterator<Item = &'static House> {
    let is_possible = |house: &&House| !house.convention || case.noted("unnamed").next().is_none();
    let is_there = |house: &&House| !house.batch || case.noted("postgresql").next().is_none();
    HOUSES.iter().filter(is_possible).filter(is_there)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails is told so")]

    use super::*;
    use crate::tools::repository;

    /// What the changes become, in a document for each of two houses. `UPDATE_SPECS=1` rewrites them.
    #[test]
    fn revisions_are_as_specified() {
        let text = fs::read_to_string(repository().join(CASES)).unwrap();
        for (house, about) in HOUSES.iter().zip(["as Alembic writes them", "in batches, for SQLite and PostgreSQL"]) {
            let mut document = format!("# The revisions of `changes.md`, {about}\n");
            for case in cases(&text).iter().filter(|case| houses(case).any(|known| known.name == house.name)) {
                document.push_str(&section(house, case));
            }
            let path = repository().join(format!("spec/revision/{}.md", house.name));
            if std::env::var_os("UPDATE_SPECS").is_some() {
                fs::write(&path, &document).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap();
            let mut sections = document.split("\n## ").zip(expected.split("\n## "));
            let different = sections.find(|(found, expected)| found != expected);
            assert_eq!(different, None, "UPDATE_SPECS=1 rewrites the expectations");
            assert_eq!(document.len(), expected.len());
        }
    }

    fn section(house: &House, case: &Case) -> String {
        let revised = house.revise(case).unwrap_or_else(|error| panic!("{error}"));
        let mut text = format!("\n## {}\n", case.name);
        for asked in &revised.asked {
            text.push_str(&format!("\n> {asked}\n"));
        }
        let Some(second) = revised.second else {
            return if revised.asked.is_empty() { text + "\nNo revision.\n" } else { text };
        };
        let functions = second.text.split_once("def upgrade").unwrap().1;
        text.push_str(&format!("\n```python\ndef upgrade{functions}```\n\n```sql\n{};\n```\n", second.sql.join(";\n")));
        let told = second.losses.iter().map(|loss| format!("- lost: {loss}\n"));
        let told: String = told.chain(second.remarks.iter().map(|remark| format!("- {remark}\n"))).collect();
        if told.is_empty() { text } else { format!("{text}\n{told}") }
    }
}
