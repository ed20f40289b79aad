//! Both functions of a revision, before they are laid out.

use std::sync::Arc;

use architect_model::{Problem, Table};

use super::change::{TableChange, Transition, ValueNeeded};
use super::diff::{Findings, diff};
use super::house::{House, Side, native_types};
use super::operation::Operation;
use super::{alembic, problem, sql};

/// What a revision does.
pub(super) struct Script<'a> {
    upgrade: Vec<Operation<'a>>,
    downgrade: Vec<Operation<'a>>,
    findings: Findings,
    before: Side<'a>,
    after: Side<'a>,
}

/// The same as source.
#[derive(Default)]
pub(super) struct Written {
    pub(super) body: alembic::Body,
    pub(super) sql: Vec<String>,
    pub(super) remarks: Vec<String>,
    pub(super) losses: Vec<String>,
}

impl<'a> Script<'a> {
    pub(super) fn of(change: &TableChange<'a>, house: &'a House<'a>) -> Self {
        let forward = Transition::forward(change);
        let backward = forward.backward();
        let (upgrade, mut findings) = diff(&forward, house);
        let (downgrade, back) = diff(&backward, house);
        for error in back.errors {
            if !findings.errors.contains(&error) {
                findings.errors.push(error);
            }
        }
        findings.remarks.extend(back.remarks);
        let before = Side { house, tables: change.before, existing_types: existing(change.after, &downgrade) };
        let after = Side { house, tables: change.after, existing_types: existing(change.before, &upgrade) };
        Self { upgrade, downgrade, findings, before, after }
    }

    /// Whether nothing is to be done, and nothing stands in the way of saying so.
    pub(super) fn is_empty(&self) -> bool {
        self.upgrade.is_empty() && self.findings.errors.is_empty()
    }

    /// A script that does what is given, and nothing else.
    pub(super) fn doing(operations: Vec<Operation<'a>>, house: &'a House<'a>, tables: &'a [Arc<Table>]) -> Self {
        let side = || Side { house, tables, existing_types: Vec::new() };
        let (downgrade, findings) = (Vec::new(), Findings::default());
        Self { upgrade: operations, downgrade, findings, before: side(), after: side() }
    }

    /// The same in other words.
    pub(super) fn spelled(
        self,
        up: impl FnOnce(Vec<Operation<'a>>) -> Vec<Operation<'a>>,
        down: impl FnOnce(Vec<Operation<'a>>) -> Vec<Operation<'a>>,
    ) -> Self {
        Self { upgrade: up(self.upgrade), downgrade: down(self.downgrade), ..self }
    }

    pub(super) fn written(self) -> Result<Written, Vec<Problem>> {
        written(vec![self])
    }
}

/// Scripts of which each goes on where the one before it ends, as one: `downgrade` takes the last one back first.
pub(super) fn written(scripts: Vec<Script<'_>>) -> Result<Written, Vec<Problem>> {
    let mut found = Written::default();
    let (mut downgrades, mut errors, mut problems, mut is_open) = (Vec::new(), Vec::new(), Vec::new(), false);
    for script in scripts {
        let Script { upgrade, downgrade, findings, before, after } = script;
        errors.extend(findings.errors);
        let imports = &mut found.body.imports;
        found.body.upgrade.push_str(&alembic::function(&upgrade, false, &before, &after, imports, &mut errors));
        downgrades.push(alembic::function(&downgrade, true, &after, &before, imports, &mut errors));
        problems.extend(findings.needed.into_iter().map(needed));
        found.sql.extend(sql::statements(&upgrade, &after, &mut is_open));
        found.remarks.extend(findings.remarks);
        found.losses.extend(findings.losses);
    }
    found.sql.extend(is_open.then(|| "COMMIT".to_owned()));
    found.body.downgrade = downgrades.into_iter().rev().collect();
    for problem in errors.into_iter().map(problem) {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// The enumeration types that are there when tables are created: those of the tables before, and those made for added
/// columns.
fn existing<'a>(from: &'a [Arc<Table>], operations: &[Operation<'a>]) -> Vec<&'a str> {
    let made = operations.iter().filter_map(|operation| match operation {
        Operation::CreateType { name, .. } => Some(*name),
        _ => None,
    });
    native_types(from.iter().map(Arc::as_ref)).into_iter().map(|(name, _)| name).chain(made).collect()
}

fn needed(needed: ValueNeeded) -> Problem {
    let ValueNeeded { table, column, why, at } = needed;
    Problem {
        text: format!("the migration needs a value for `{table}.{column}`: {why}"),
        help: Some("Give the column a default, allow NULL, or say which value these rows get.".to_owned()),
        at,
    }
}
