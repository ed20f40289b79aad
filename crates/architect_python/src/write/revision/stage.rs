//! A change of tables as a chain of revisions, a stage each.

mod spell;

use std::sync::Arc;

use architect_model::{Problem, Project, QualifiedName, RowDefault, Stage, StageKind, Table};
use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::change::{TableChange, Transition};
use super::diff::{RowValue, row_values};
use super::house::House;
use super::operation::{Filling, Operation, Rows};
use super::script::{Script, Written, written};
use super::value::Value;
use super::{NewRevision, RevisionFile, head, identity};
use crate::{SourceText, Sources};

/// The columns whose rows get a value by a change, and which value where it is one for all.
pub fn row_defaults(project: &Project, change: &TableChange<'_>) -> Vec<RowDefault> {
    let (house, forward) = (House::of(project), Transition::forward(change));
    let named = |row: RowValue<'_>| {
        let constant = row.value.constant().filter(|_| row.column.nullable.known() == Some(&false));
        Some(RowDefault { table: name(row.table)?, column: row.column.name.clone(), constant })
    };
    row_values(&forward, &house).into_iter().filter_map(named).collect()
}

/// Writes a revision for each stage of a change that has something to do, each following the one before it.
///
/// # Errors
/// Several heads, or a part that cannot be written with certainty.
pub fn write_stages(
    sources: &Sources,
    project: &Project,
    change: &TableChange<'_>,
    stages: &[Stage],
    message: &str,
    now: DateTime,
) -> Result<Vec<(StageKind, NewRevision)>, Vec<Problem>> {
    let style = &project.style.migrations;
    let Some(versions) = style.versions.as_deref() else { return Ok(Vec::new()) };
    let chain = chain(project, change, stages)?;
    let mut follows = head(project)?.map(str::to_owned);
    let mut sources = sources.overlaid([]);
    let mut found = Vec::new();
    for (stage, written) in chain {
        let message = titled(stage.kind, message, style.capital_messages.value);
        let revision = identity::revision(style, follows.as_deref(), &message, &written.body);
        let parents: Vec<&str> = follows.as_deref().into_iter().collect();
        // In the order in which they run.
        let now = now.saturating_add(SignedDuration::from_secs(i64::try_from(found.len()).unwrap_or_default()));
        let file = RevisionFile {
            revision: &revision,
            follows: &parents,
            message: &message,
            note: stage.note.as_deref(),
            now,
        };
        let (path, text, mut remarks) = file.write(&sources, project, versions, written.body)?;
        sources = sources.overlaid([SourceText::new(path.as_str(), text.as_str())]);
        remarks.extend(written.remarks);
        follows = Some(revision.clone());
        let new = NewRevision { path, text, revision, sql: written.sql, remarks, losses: written.losses };
        found.push((stage.kind, new));
    }
    Ok(found)
}

/// The stages that have something to do, with what they do.
fn chain<'s>(
    project: &Project,
    change: &TableChange<'_>,
    stages: &'s [Stage],
) -> Result<Vec<(&'s Stage, Written)>, Vec<Problem>> {
    let (plain, staged) = (House::of(project), House { staged: true, ..House::of(project) });
    let forward = Transition::forward(change);
    let values = row_values(&forward, &plain);
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let mut tables: &[Arc<Table>] = change.before;
    for stage in stages {
        let whole_rows = matches!(stage.kind, StageKind::Rename | StageKind::Rewrite);
        let house = if whole_rows { &plain } else { &staged };
        let mut scripts = Vec::new();
        for state in &stage.states {
            scripts.push(Script::of(&step(change, stage.kind, tables, state), house));
            tables = state;
        }
        scripts.extend(
            beside(stage, tables, change, &values).map(|operation| Script::doing(vec![operation], house, tables)),
        );
        scripts.retain(|script| !script.is_empty());
        if scripts.is_empty() {
            continue;
        }
        match written(spell::spelled(scripts, stage.kind, house.sqlite)) {
            Ok(written) => found.push((stage, written)),
            Err(told) => problems.extend(told),
        }
    }
    problems.dedup();
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// A step of a stage, from one state to the next.
fn step<'a>(
    change: &TableChange<'a>,
    kind: StageKind,
    before: &'a [Arc<Table>],
    after: &'a [Arc<Table>],
) -> TableChange<'a> {
    let renames = kind == StageKind::Rename;
    TableChange {
        before,
        after,
        renamed_tables: if renames { change.renamed_tables } else { &[] },
        renamed_columns: if renames { change.renamed_columns } else { &[] },
        fill: change.fill,
    }
}

/// What a stage does beside making one state of another.
fn beside<'a>(
    stage: &'a Stage,
    tables: &'a [Arc<Table>],
    change: &TableChange<'a>,
    values: &[RowValue<'_>],
) -> Option<Operation<'a>> {
    let fills = || stage.fills.iter().filter_map(|place| filling(change.after, place, values)).collect();
    match stage.kind {
        StageKind::Backfill if !stage.fills.is_empty() => Some(Operation::Backfill(fills())),
        StageKind::Validate if !stage.validates.is_empty() => {
            Some(Operation::Validate { fills: fills(), constraints: validated(tables, stage) })
        }
        _ => None,
    }
}

/// `expand: add state to item`.
fn titled(kind: StageKind, message: &str, capital: bool) -> String {
    let text = format!("{kind}: {message}");
    if capital { crate::write::names::capital(&text) } else { text }
}

/// The value for the rows of a column: the one that the change gives, or what the database fills in.
fn filling<'a>(
    tables: &'a [Arc<Table>],
    (table, column): &(QualifiedName, String),
    values: &[RowValue<'_>],
) -> Option<Filling<'a>> {
    let table = find(tables, table)?;
    let column = table.columns.iter().find(|known| known.name == *column)?;
    let given = values.iter().find(|row| name(row.table) == name(table) && row.column.name == column.name);
    let value = given.map(|row| row.value.clone());
    let value = value.or_else(|| column.server_default.as_ref().and_then(Value::of))?;
    Some(Filling { table, column, value, rows: Rows::Null })
}

fn validated<'a>(tables: &'a [Arc<Table>], stage: &Stage) -> Vec<(&'a Table, String)> {
    let found = stage.validates.iter().filter_map(|(table, name)| Some((find(tables, table)?, name.clone())));
    found.collect()
}

fn find<'a>(tables: &'a [Arc<Table>], wanted: &QualifiedName) -> Option<&'a Table> {
    tables.iter().map(Arc::as_ref).find(|table| name(table).as_ref() == Some(wanted))
}

fn name(table: &Table) -> Option<QualifiedName> {
    Some(QualifiedName::new(table.schema.clone(), table.name.known()?))
}
