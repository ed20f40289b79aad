//! Chains of revisions that a database in use survives, run by Alembic on PostgreSQL while others read and write.

use std::fs;
use std::path::Path;

use xshell::cmd;

use super::Runner;
use super::revisions::{CASES, Case, HOUSES, House, cases, environment};
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools, run};

/// Changes of which the chain matters.
const SAFE: &str = "spec/revision/safe.md";

/// Runs each stage while others read and write.
const RUNNER: &str = concat!(include_str!("revisions/common.py"), include_str!("safe/run.py"));

/// Writes the chain of each change in two houses, and runs them.
///
/// # Errors
/// Python or PostgreSQL cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("safe") {
        return Ok(());
    }
    let postgres = Postgres::start(tools)?;
    let folder = tools.fresh("safe")?;
    let read = |path: &str| fs::read_to_string(tools.root.join(path)).map_err(|error| error.to_string());
    let (own, others) = (cases(&read(SAFE)?), cases(&read(CASES)?));
    let houses = &HOUSES[..2];
    runner.check(&format!("safe: {} changes as chains of revisions, written", own.len() + others.len()), || {
        let all = own.iter().map(|case| (case, true)).chain(others.iter().map(|case| (case, false)));
        let told: Vec<String> = all
            .flat_map(|(case, exact)| houses.iter().map(move |house| (house, case, exact)))
            .filter_map(|(house, case, exact)| write(&folder, house, case, exact).err())
            .collect();
        if told.is_empty() { Ok(()) } else { Err(told.join("\n")) }
    });
    let python = environment(tools)?;
    runner.check("safe: stage by stage up and down on PostgreSQL and SQLite, nobody waits long, rows kept", || {
        // Most of the time they wait.
        let parts = [(&houses[0], "0", "3"), (&houses[0], "1", "3"), (&houses[0], "2", "3"), (&houses[1], "0", "1")];
        let script = folder.join("run.py");
        fs::write(&script, RUNNER).map_err(|error| error.to_string())?;
        let script = &script;
        let run_part = |(house, part, parts): (&House, &str, &str), url: &str| -> Outcome {
            let shell = tools.shell(&folder)?;
            let (python, name) = (&python, house.name);
            run(cmd!(shell, "{python} {script} {folder} {url} {name} {part} {parts}")).map(|told| eprint!("{told}"))
        };
        let urls = ["safe_1", "safe_2", "safe_3", "safe_4"].map(|name| postgres.database(name));
        std::thread::scope(|scope| {
            let started = parts.iter().zip(urls).map(|(part, url)| scope.spawn(move || run_part(*part, &url?)));
            let started: Vec<_> = started.collect();
            let told =
                started.into_iter().map(|part| part.join().unwrap_or_else(|_| Err("a thread failed".to_owned())));
            let failed: Vec<String> = told.filter_map(Result::err).collect();
            if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
        })
    });
    Ok(())
}

/// Writes a chain, and compares what is not safe of it with what the document says.
fn write(root: &Path, house: &House, case: &Case, exact: bool) -> Outcome {
    if house.batch && case.noted("postgresql").next().is_some() {
        return Ok(());
    }
    let told = |text: String| format!("{} ({}): {text}", case.name, house.name);
    let Some(staged) = house.staged(case).map_err(told)? else { return Ok(()) };
    let found = staged.kinds();
    let expected: Vec<&str> = case.noted("finding").collect();
    if exact && found != expected {
        return Err(told(format!("findings {found:?} instead of {expected:?}")));
    }
    let stages: Vec<String> = staged.chain.iter().map(|(kind, _)| kind.to_string()).collect();
    let expected: Vec<&str> = case.noted("stages").flat_map(|note| note.split(", ")).collect();
    if exact && stages != expected {
        return Err(told(format!("stages {stages:?} instead of {expected:?}")));
    }
    house.put_staged(root, case, &staged)
}
