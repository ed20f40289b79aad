//! Tables that a step locks: those that it changes, and those at the other end of foreign keys that are made again.

use std::sync::Arc;

use architect_model::{Table, TableConstraint, qualified};

use super::constraints::{is_ready, is_same};

/// What a step locks, from one state of all tables to the next.
#[derive(Debug, Default)]
pub(super) struct Locked {
    /// Tables that change.
    pub(super) changed: Vec<String>,
    /// Tables that stay as they are, at either end of a foreign key that is made again.
    pub(super) beside: Vec<String>,
}

impl Locked {
    /// A foreign key goes and comes with a lock on both tables: each has triggers of it.
    ///
    /// ```c
    /// // src/backend/commands/tablecmds.c, ATPostAlterTypeCleanup
    /// if (relid != tab->relid && contype == CONSTRAINT_FOREIGN)
    ///     LockRelationOid(relid, AccessExclusiveLock);
    /// // src/backend/commands/trigger.c, RemoveTriggerById
    /// rel = table_open(relid, AccessExclusiveLock);
    /// ```
    pub(super) fn between(before: &[Arc<Table>], after: &[Arc<Table>]) -> Self {
        let mut locked = Self::default();
        let pairs = || before.iter().zip(after);
        for (from, to) in pairs().filter(|(from, to)| from.columns != to.columns || from.constraints != to.constraints)
        {
            locked.changed.extend(qualified(from).or_else(|| qualified(to)));
        }
        for (from, to) in pairs() {
            for key in from.constraints.iter().chain(&to.constraints) {
                let TableConstraint::ForeignKey { columns, ref_table, .. } = key else { continue };
                let stays = [from, to].iter().all(|table| table.constraints.iter().any(|known| is_same(key, known)));
                if !stays || !have_same_types(from, to, columns) || !is_ready(key, before, after) {
                    [qualified(to), Some(ref_table.clone())].into_iter().flatten().for_each(|name| locked.add(name));
                }
            }
        }
        locked
    }

    fn add(&mut self, table: String) {
        if !self.changed.contains(&table) && !self.beside.contains(&table) {
            self.beside.push(table);
        }
    }
}

fn have_same_types(from: &Table, to: &Table, names: &[String]) -> bool {
    let of = |table: &Table, name: &String| table.columns.iter().position(|column| column.name == *name);
    names.iter().all(|name| match (of(from, name), of(to, name)) {
        (Some(old), Some(new)) => from.columns[old].ty == to.columns[new].ty,
        _ => false,
    })
}
