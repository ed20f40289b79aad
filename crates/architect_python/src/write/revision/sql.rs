//! The SQL that operations run on PostgreSQL.

mod alter;
mod concurrent;
mod create;
mod enums;
mod number;
mod sqlite;

use architect_model::{Table, identifier};

use super::house::Side;
use super::operation::Operation;

use number::{number, number_rows, renumber};

pub(super) use alter::{fill, is_castable, is_recast, literal_of, recasts_default, using};
pub(super) use concurrent::batches;
pub(super) use enums::add_value;
pub(super) use sqlite::{is_spoiled_by_cast, rewrite, stored_as};

/// The statements, in order. `is_open` says whether they stand in a transaction of their own, which `SET LOCAL` needs.
pub(super) fn statements(operations: &[Operation<'_>], to: &Side<'_>, is_open: &mut bool) -> Vec<String> {
    let mut types: Vec<&str> = to.existing_types.clone();
    let mut found = Vec::new();
    for operation in operations {
        if *is_open && operation.is_autocommit() {
            *is_open = false;
            found.push("COMMIT".to_owned());
        }
        match operation {
            Operation::Timeout => {
                *is_open = true;
                found.push("BEGIN".to_owned());
            }
            Operation::Either { postgresql, .. } => {
                found.extend(statements(postgresql, to, is_open));
                continue;
            }
            _ => {}
        }
        if let Operation::CreateTable { table, .. } = operation {
            found.extend(create::types(table, &mut types));
        }
        found.extend(of(operation));
    }
    found
}

/// The statements of one operation.
pub(super) fn of(operation: &Operation<'_>) -> Vec<String> {
    match operation {
        Operation::CreateSchema(name) => vec![format!("CREATE SCHEMA IF NOT EXISTS {}", identifier(name))],
        Operation::CommentTable { to, .. } => vec![create::table_comment(to)],
        Operation::CreateType { name, values } => vec![enums::create(name, values)],
        Operation::AddValues { name, values } => values.iter().map(|value| add_value(name, value)).collect(),
        Operation::ReplaceType { name, values } => enums::replace(name, values),
        Operation::TakeReplaced { table, columns } => enums::take_replaced(table, columns),
        Operation::DropReplaced { name } => vec![enums::drop_replaced(name)],
        Operation::DropType { name } => vec![format!("DROP TYPE {}", identifier(name))],
        Operation::RenameTable { from, to } => {
            let new = to.name.known().map(|name| identifier(name)).unwrap_or_default();
            vec![format!("ALTER TABLE {} RENAME TO {new}", name(from))]
        }
        Operation::SetAside { table } => {
            vec![format!("ALTER TABLE {} RENAME TO {}", name(table), identifier(&aside(bare(table))))]
        }
        Operation::TakeBack { from, to } => {
            let schema = from.schema.as_ref().map(|schema| format!("{}.", identifier(schema))).unwrap_or_default();
            let new = to.name.known().map(|name| identifier(name)).unwrap_or_default();
            vec![format!("ALTER TABLE {schema}{} RENAME TO {new}", identifier(&aside(bare(from))))]
        }
        Operation::RenameConstraint { table, from, to } => {
            vec![format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", name(table), identifier(from), identifier(to))]
        }
        Operation::CreateTable { table, late } => create::table(table, late),
        Operation::CreateIndexes(table) => create::table_indexes(table),
        Operation::AddLateKey { table, key } => vec![alter::add_constraint(table, key)],
        Operation::DropIndexes(_) => Vec::new(),
        Operation::DropLateKey { table, key } => vec![alter::drop_constraint(table, table, key)],
        Operation::DropTable(table) => vec![format!("DROP TABLE {}", name(table))],
        Operation::Alter(alteration) => alter::statements(alteration),
        Operation::Lose { .. } | Operation::Regain { .. } | Operation::Rewrite { .. } => Vec::new(),
        Operation::Number { table, column } => number(table, column),
        Operation::Renumber { table, column, from, to } => renumber(table, column, *from, *to),
        Operation::NumberRows { table, column } => vec![number_rows(table, column)],
        Operation::Fill(filling) => vec![fill(filling)],
        Operation::Timeout => vec![format!("SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")],
        Operation::Concurrently(changes) => changes.iter().flat_map(concurrent::index).collect(),
        Operation::UniqueByIndex { table, constraint, index } => {
            vec![concurrent::unique_by_index(table, constraint, index)]
        }
        Operation::RenameIndex { table, from, to } => {
            vec![format!("ALTER INDEX {} RENAME TO {}", in_schema(table, from), identifier(to))]
        }
        Operation::Backfill(fills) => fills.iter().map(|fill| batches(fill).concat()).collect(),
        Operation::Validate { fills, constraints } => {
            let left = fills.iter().map(fill);
            let checks = constraints.iter().map(|(table, constraint)| {
                format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", name(table), identifier(constraint))
            });
            left.chain(checks).collect()
        }
        Operation::Either { postgresql, .. } => postgresql.iter().flat_map(of).collect(),
    }
}

/// The name of something whose own is wanted by another one, until it has its new one.
pub(super) fn aside(name: &str) -> String {
    format!("{name}_aside")
}

fn bare(table: &Table) -> &str {
    table.name.known().map_or("", String::as_str)
}

/// How long a statement waits for a lock before it gives up: as long as others may wait behind it.
const LOCK_TIMEOUT: &str = "5s";

/// An index with the schema of its table.
fn in_schema(table: &Table, index: &str) -> String {
    let schema = table.schema.as_ref().map(|schema| format!("{}.", identifier(schema))).unwrap_or_default();
    format!("{schema}{}", identifier(index))
}

/// A table with its schema.
pub(super) fn name(table: &Table) -> String {
    let name = table.name.known().map(|name| identifier(name)).unwrap_or_default();
    match &table.schema {
        Some(schema) => format!("{}.{name}", identifier(schema)),
        None => name,
    }
}
