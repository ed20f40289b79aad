//! Tables under their new names.

use std::sync::Arc;

use architect_model::{
    ColumnChange, DatabaseSchema, Location, MigrationOperation, MigrationOperationKind, QualifiedName, Table,
};

use crate::Replay;
use crate::compare::Renames;
use crate::sql::Dialect;

/// A table or column whose new name another one has, with that name.
pub(super) fn taken_name(tables: &[Arc<Table>], renames: &Renames) -> Option<(String, String)> {
    let find = |name: &str| tables.iter().find(|table| architect_model::qualified(table).as_deref() == Some(name));
    let is_taken = |(table, _, to): &(String, String, String)| {
        let old = renames.tables.iter().find(|(_, new)| new == table).map_or(table, |(old, _)| old);
        find(old).is_some_and(|table| table.columns.iter().any(|column| column.name == *to))
    };
    let table = renames.tables.iter().find(|(_, to)| find(to).is_some()).cloned();
    let column = || renames.columns.iter().find(|one| is_taken(one));
    table.or_else(|| column().map(|(table, from, to)| (format!("{table}.{from}"), format!("{table}.{to}"))))
}

/// The tables after all renames, and nothing else.
pub(super) fn renamed(tables: &[Arc<Table>], renames: &Renames) -> Vec<Arc<Table>> {
    if renames.tables.is_empty() && renames.columns.is_empty() {
        return tables.to_vec();
    }
    let schema = DatabaseSchema { tables: tables.to_vec(), ..DatabaseSchema::default() };
    let mut replay = Replay::on(Dialect::Postgresql, &schema);
    for (from, to) in &renames.tables {
        let (from, to) = (named(from), named(to));
        replay.apply(&operation(MigrationOperationKind::RenameTable { table: from, to: to.name }));
    }
    for (table, from, to) in &renames.columns {
        let change = Box::new(ColumnChange { name: Some(to.clone()), ..ColumnChange::default() });
        let kind = MigrationOperationKind::AlterColumn { table: named(table), column: from.clone(), change };
        replay.apply(&operation(kind));
    }
    replay.finish().tables
}

fn operation(kind: MigrationOperationKind) -> MigrationOperation {
    let at = Location::line("", 1);
    MigrationOperation { kind, batch: false, autocommit: false, dialects: None, doubt: None, at }
}

fn named(text: &str) -> QualifiedName {
    match text.rsplit_once('.') {
        Some((schema, name)) => QualifiedName::new(Some(schema.to_owned()), name),
        None => QualifiedName::new(None, text),
    }
}
