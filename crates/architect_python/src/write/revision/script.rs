//! Both functions of a revision, before they are laid out.

use std::sync::Arc;

use architect_model::{Problem, Table};

use super::change::{TableChange, Transition, ValueNeeded};
use super::diff::{Findings, diff};
use super::house::{House, Side, native_types};
use super::operation::Operation;
use super::{Unwritable, alembic, problem, sql};

/// What a revision does.
pub(super) struct Script<'a> {
    upgrade: Vec<Operation<'a>>,
    downgrade: Vec<Operation<'a>>,
    findings: Findings,
    before: Side<'a>,
    after: Side<'a>,
}

/// The same as source.
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

    pub(super) fn written(self) -> Result<Written, Vec<Problem>> {
        let mut errors: Vec<Unwritable> = self.findings.errors;
        let mut imports = Vec::new();
        let upgrade = alembic::function(&self.upgrade, &self.before, &self.after, &mut imports, &mut errors);
        let downgrade = alembic::function(&self.downgrade, &self.after, &self.before, &mut imports, &mut errors);
        let mut problems: Vec<Problem> = self.findings.needed.into_iter().map(needed).collect();
        for error in errors {
            let problem = problem(error);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let sql = sql::statements(&self.upgrade, &self.after);
        let body = alembic::Body { upgrade, downgrade, imports };
        Ok(Written { body, sql, remarks: self.findings.remarks, losses: self.findings.losses })
    }
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
