//! Orders of revisions and meanings of their names, against Alembic's own.

use std::collections::BTreeMap;

use architect_model::{History, Location, Revision};
use architect_schema::history::Graph;
use serde::Deserialize;
use xshell::cmd;

use super::{Runner, Scale};
use crate::tools::{Outcome, Tools, run};

/// Makes histories and asks Alembic about them.
const ORACLE: &str = include_str!("histories.py");

/// A history and what Alembic says of it.
#[derive(Deserialize)]
struct Case {
    revisions: Vec<Entry>,
    order: Vec<String>,
    heads: Vec<String>,
    bases: Vec<String>,
    /// The revisions that a name means; none where Alembic refuses it.
    names: BTreeMap<String, Option<Vec<String>>>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    down: Vec<String>,
    depends_on: Vec<String>,
    labels: Vec<String>,
}

/// Compares random histories.
///
/// # Errors
/// Python cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools, scale: Scale) -> Outcome {
    if !runner.wants("histories") {
        return Ok(());
    }
    let python = super::revisions::environment(tools)?;
    let count = if scale.texts.is_some() { 5000 } else { 500 };
    runner.check(&format!("histories: order and names of {count}, as Alembic has them"), || {
        let (seed, count) = (scale.seed.to_string(), count.to_string());
        let shell = tools.shell(&tools.scratch)?;
        let told = run(cmd!(shell, "{python} -c {ORACLE} {seed} {count}"))?;
        let cases: Vec<Case> = serde_json::from_str(&told).map_err(|error| error.to_string())?;
        if cases.is_empty() {
            return Err("Alembic told of no history".to_owned());
        }
        let names: usize = cases.iter().map(|case| case.names.len()).sum();
        eprint!("{} histories, {names} names ... ", cases.len());
        cases.iter().try_for_each(compare)
    });
    Ok(())
}

fn compare(case: &Case) -> Outcome {
    let revisions = case.revisions.iter().enumerate().map(|(index, entry)| Revision {
        id: entry.id.clone(),
        down: entry.down.clone(),
        depends_on: entry.depends_on.clone(),
        labels: entry.labels.clone(),
        message: None,
        upgrade: Vec::new(),
        downgrade: None,
        at: Location::line(format!("{index:04}.py"), 1),
    });
    let history = History { revisions: revisions.collect(), unread: Vec::new() };
    let shown = || {
        let line = |one: &Revision| format!("{} <- {:?} ! {:?} # {:?}", one.id, one.down, one.depends_on, one.labels);
        history.revisions.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let graph = Graph::new(&history).map_err(|problems| format!("{}\n{problems:?}", shown()))?;
    let same = |what: &str, ours: Vec<&Revision>, theirs: &[String]| {
        let ours: Vec<&str> = ours.iter().map(|one| one.id.as_str()).collect();
        if ours == theirs { Ok(()) } else { Err(format!("{}\n{what}: {ours:?}, Alembic: {theirs:?}", shown())) }
    };
    same("order", graph.order(), &case.order)?;
    same("heads", graph.heads(), &case.heads)?;
    same("bases", graph.bases(), &case.bases)?;
    for (name, theirs) in &case.names {
        match (graph.resolve(name), theirs) {
            (Err(_), None) => {}
            (Ok(ours), Some(theirs)) => same(name, ours, theirs)?,
            (ours, theirs) => return Err(format!("{}\n{name}: {ours:?}, Alembic: {theirs:?}", shown())),
        }
    }
    Ok(())
}
