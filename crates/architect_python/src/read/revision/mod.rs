//! Revisions: each file's identifier, what it follows, and what its functions do to the database.

mod columns;
mod constraints;
mod convention;
mod defaults;
mod exotic;
mod gaps;
mod given;
mod operations;
mod reader;
mod run;
mod statements;
#[cfg(test)]
mod tests;
mod types;

use std::cell::RefCell;
use std::rc::Rc;
use std::thread;

use architect_model::{History, Location, MigrationStyle, Revision, Unknown};
use ruff_python_ast::{Expr, Stmt};

use crate::database::Database;
use crate::interpret::{Kind, Machine, Value};
use crate::resolve::Index;
use crate::source::Sources;
use crate::style::path;
use crate::syntax::{File, Files};
use exotic::Exotic;
use run::Surroundings;

/// Stack for the machine: programs nest calls deeply.
const STACK: usize = 512 << 20;

/// Reads the migration history of a project. It never fails: files that are no revisions are listed with the reason. What
/// revisions ask the database while they run is answered by `database`.
pub fn read_history(sources: &Sources, style: &MigrationStyle, database: impl Database + 'static) -> History {
    let files = Files::open(sources);
    let index = Index::new(&files);
    read(&index, style, Box::new(database))
}

/// The same, from files that are known.
pub(crate) fn read<'a>(index: &'a Index<'a>, style: &MigrationStyle, database: Box<dyn Database>) -> History {
    let files = index.files();
    let revisions: Vec<&File> = files.project().iter().filter(|file| is_revision_file(file, style)).collect();
    let unread = |at: Location, reason: &str| History { revisions: Vec::new(), unread: vec![Unknown::new(at, reason)] };
    let Some(start) = revisions.first().copied() else { return History::default() };
    let thread = thread::Builder::new().stack_size(STACK);
    let found = thread::scope(|scope| {
        let run = thread.spawn_scoped(scope, || read_all(index, style, start, &revisions, database));
        run.ok()?.join().ok()
    });
    found.unwrap_or_else(|| unread(Location::line(start.path.clone(), 1), "the revisions could not be read"))
}

/// Whether Alembic takes a file for a revision: it stands in a folder of revisions.
///
/// ```python
/// # alembic.script.base
/// _only_source_rev_file = re.compile(r"(?!\.\#|__init__)(.*\.py)$")
/// ```
fn is_revision_file(file: &File, style: &MigrationStyle) -> bool {
    let name = path::name(&file.path);
    let folder = path::folder(&file.path);
    let is_in = |versions: &String| match style.recursive {
        true => path::is_below(&file.path, versions),
        false => folder == versions,
    };
    !name.starts_with("__init__")
        && !name.starts_with(".#")
        && style.versions.iter().chain(&style.other_versions).any(is_in)
}

fn read_all<'a>(
    index: &'a Index<'a>,
    style: &MigrationStyle,
    start: &'a File,
    files: &[&'a File],
    database: Box<dyn Database>,
) -> History {
    let mut machine = Machine::new(index.files(), start);
    machine.lazy = true;
    let mut history = History::default();
    let mut read: Vec<&File> = Vec::new();
    for file in files {
        if let Some(error) = file.syntax_error() {
            history.unread.push(error);
            continue;
        }
        machine.refuel();
        machine.import(file);
        match revision(&mut machine, file) {
            Ok(revision) => {
                history.revisions.push(revision);
                read.push(file);
            }
            Err(unknown) => history.unread.push(unknown),
        }
    }
    // What a revision does may rest on what those before it have built.
    let order = database.order(&history);
    let mut around = Surroundings {
        exotic: Rc::new(Exotic::new(index)),
        convention: Rc::new(convention::of_environment(index, style)),
        database: Rc::new(RefCell::new(database)),
        done: Rc::default(),
        is_ordered: true,
    };
    let mut left: Vec<Option<Revision>> = std::mem::take(&mut history.revisions).into_iter().map(Some).collect();
    let mut places = Vec::with_capacity(left.len());
    for (place, is_ordered) in
        order.into_iter().map(|place| (place, true)).chain((0..left.len()).map(|place| (place, false)))
    {
        around.is_ordered = is_ordered;
        let Some(revision) = left.get_mut(place).and_then(Option::take) else { continue };
        run_both(&mut machine, &around, revision, read[place]);
        places.push(place);
    }
    let mut done: Vec<(usize, Revision)> = places.into_iter().zip(around.done.take()).collect();
    done.sort_by_key(|(place, _)| *place);
    history.revisions = done.into_iter().map(|(_, revision)| revision).collect();
    history
}

/// Runs `upgrade()`, and `downgrade()` where it stands.
fn run_both<'a>(machine: &mut Machine<'a>, around: &Surroundings<'a>, mut revision: Revision, file: &'a File) {
    let top = Location::line(file.path.clone(), 1);
    let run = |machine: &mut Machine<'a>, name: &str| {
        let value = machine.global(file, name)?;
        let at = definition(&value).unwrap_or_else(|| top.clone());
        Some(run::run(machine, around, &value, &at))
    };
    revision.upgrade = run(machine, "upgrade").unwrap_or_default();
    around.done.borrow_mut().push(revision);
    let downgrade = run(machine, "downgrade");
    if let Some(revision) = around.done.borrow_mut().last_mut() {
        revision.downgrade = downgrade;
    }
}

/// A revision as its file declares it; what its functions do is left open.
fn revision<'a>(machine: &mut Machine<'a>, file: &'a File) -> Result<Revision, Unknown> {
    let top = Location::line(file.path.clone(), 1);
    let assigned = |name: &str| assignment(file, name).unwrap_or_else(|| top.clone());
    let Some(id) = machine.global(file, "revision") else {
        let reason = "it stands among the revisions, but has no `revision`: Alembic refuses such a file";
        return Err(Unknown::new(top, reason));
    };
    let at = assigned("revision");
    let id = given::text(&id, &at)?;
    let names = |machine: &mut Machine<'a>, name: &str| match machine.global(file, name) {
        Some(value) => given::texts(&value, &assigned(name)),
        None => Ok(Vec::new()),
    };
    if machine.global(file, "down_revision").is_none() {
        let reason = format!("the revision `{id}` has no `down_revision`: it may be `None`, but must be there");
        return Err(Unknown::new(at, reason));
    }
    let down = names(machine, "down_revision")?;
    let depends_on = names(machine, "depends_on")?;
    let labels = names(machine, "branch_labels")?;
    Ok(Revision { id, down, depends_on, labels, message: message(file), upgrade: Vec::new(), downgrade: None, at })
}

fn definition(value: &Value<'_>) -> Option<Location> {
    match &value.kind {
        Kind::Function(function) => Some(function.scope.file.at(&function.def.name)),
        _ => None,
    }
}

/// Where a name is assigned at the top level of a file.
fn assignment(file: &File, name: &str) -> Option<Location> {
    file.body().iter().find_map(|statement| {
        let target = match statement {
            Stmt::Assign(assign) => assign.targets.first()?,
            Stmt::AnnAssign(assign) => &assign.target,
            _ => return None,
        };
        matches!(target, Expr::Name(target) if target.id == name).then(|| file.at(statement))
    })
}

/// The first paragraph of a file's docstring, on one line.
fn message(file: &File) -> Option<String> {
    let first = file.body().first()?.as_expr_stmt()?;
    let text = first.value.as_string_literal_expr()?.value.to_str().trim();
    let paragraph = text.split("\n\n").next()?;
    let lines = paragraph.lines().map(str::trim).take_while(|line| !line.starts_with("Revision ID:"));
    let joined = lines.collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}
