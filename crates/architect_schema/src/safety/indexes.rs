//! Indexes.

use architect_model::{MigrationOperationKind, QualifiedName, SafetyKind, TableConstraint, constraint_name};

use super::{At, Judge, listed};
use crate::statement::is_same;

impl Judge {
    pub(super) fn index(&mut self, at: &At) {
        match &at.operation.kind {
            MigrationOperationKind::CreateIndex { concurrently: true, .. }
            | MigrationOperationKind::DropIndex { concurrently: true, .. } => self.concurrently(at),
            MigrationOperationKind::CreateIndex { .. } => self.create_index(at),
            MigrationOperationKind::DropIndex { .. } => self.drop_index(at),
            _ => {}
        }
    }

    fn concurrently(&mut self, at: &At) {
        if at.operation.autocommit {
            return;
        }
        self.find(
            SafetyKind::ConcurrentlyInTransaction,
            at,
            "`CONCURRENTLY` stands in the transaction of the revision, where PostgreSQL refuses it".to_owned(),
            "the revision fails",
            vec!["put it into `with op.get_context().autocommit_block():`".to_owned()],
        );
    }

    fn create_index(&mut self, at: &At) {
        let MigrationOperationKind::CreateIndex { table, index, if_not_exists, .. } = &at.operation.kind else {
            return;
        };
        let TableConstraint::Index(parts) = &**index else { return };
        let known = at.before.table(table);
        let name = match known {
            Some(known) => constraint_name(known, index),
            None => parts.name.clone().unwrap_or_default(),
        };
        let is_there = known.is_some_and(|known| {
            known
                .constraints
                .iter()
                .any(|other| matches!(other, TableConstraint::Index(_)) && other.name() == Some(&name))
        });
        if self.is_made_here(table) || is_there && *if_not_exists {
            return;
        }
        let unique = if parts.unique { ", unique=True" } else { "" };
        self.find(
            SafetyKind::IndexNotConcurrent,
            at,
            format!("builds `{name}` under a SHARE lock: nobody can write to `{table}` meanwhile"),
            format!("as long as the index takes to build: it reads all of `{table}`"),
            vec![
                format!(
                    "with op.get_context().autocommit_block():\n    op.create_index(\"{name}\", \"{}\", [{}]{unique}, \
                     postgresql_concurrently=True, if_not_exists=True)",
                    table.name,
                    listed(&parts.keys())
                ),
                "an index that fails half-way stays behind as invalid: drop it and build it again".to_owned(),
            ],
        );
    }

    /// An index that goes right before its table or column needs no lock of its own: that of the other is held as long.
    pub(super) fn forget_dropped_indexes(&mut self, table: &QualifiedName, column: Option<&str>) {
        let (gone, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.dropped).into_iter().partition(|(own, columns, _)| {
                is_same(own, table) && column.is_none_or(|column| columns.iter().any(|known| known == column))
            });
        self.dropped = kept;
        for (_, _, place) in gone.into_iter().rev() {
            self.take_back(place);
        }
    }

    fn drop_index(&mut self, at: &At) {
        let MigrationOperationKind::DropIndex { table: given, name, .. } = &at.operation.kind else { return };
        let table = given.clone().or_else(|| at.before.table_of(name));
        if table.as_ref().is_some_and(|table| self.is_made_here(table)) {
            return;
        }
        let of = table.as_ref().map_or_else(|| "its table".to_owned(), |table| format!("`{table}`"));
        if let Some(table) = table.as_ref().filter(|_| !at.operation.autocommit) {
            let known = at.before.table(table).map(|known| known.constraints.as_slice()).unwrap_or_default();
            let index = known.iter().find(|known| known.name() == Some(&name.name));
            let columns = index.map(|index| index.columns().into_iter().map(str::to_owned).collect());
            self.dropped.push((table.clone(), columns.unwrap_or_default(), self.found.len()));
        }
        let argument = given.as_ref().map(|table| format!(", table_name=\"{}\"", table.name)).unwrap_or_default();
        self.find(
            SafetyKind::IndexDropNotConcurrent,
            at,
            format!("drops `{name}` under an ACCESS EXCLUSIVE lock on {of}: nobody can read or write meanwhile"),
            "a moment once the lock is there, and until the transaction ends",
            vec![format!(
                "with op.get_context().autocommit_block():\n    op.drop_index(\"{}\"{argument}, postgresql_concurrently=True)",
                name.name
            )],
        );
    }
}
