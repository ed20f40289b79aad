//! What runs while tables are in use.

use architect_model::{Table, TableConstraint, constraint_name, identifier, literal};

use super::super::operation::{Concurrent, Filling};
use super::super::tables::NamedIndex;
use super::{create, fill, in_schema, name};

/// Pages of a table whose rows get their value in one transaction: a megabyte.
const PAGES: u32 = 128;

/// `CREATE INDEX CONCURRENTLY`, `DROP INDEX CONCURRENTLY`.
pub(super) fn index(change: &Concurrent<'_>) -> Vec<String> {
    let dropped = |table: &Table, name: &str| format!("DROP INDEX CONCURRENTLY IF EXISTS {}", in_schema(table, name));
    match change {
        Concurrent::Build { table, index } => {
            let Some(name) = index.name.as_deref() else { return Vec::new() };
            let built = create::index(table, &NamedIndex { name, index });
            vec![dropped(table, name), built.replacen("INDEX ", "INDEX CONCURRENTLY ", 1)]
        }
        Concurrent::Drop { table, index, .. } => {
            NamedIndex::of(index).map(|index| dropped(table, index.name)).into_iter().collect()
        }
    }
}

/// `ADD CONSTRAINT … UNIQUE USING INDEX`: the index gets the name of the constraint.
pub(super) fn unique_by_index(table: &Table, constraint: &TableConstraint, index: &str) -> String {
    let mut text = format!(
        "ALTER TABLE {} ADD CONSTRAINT {} UNIQUE USING INDEX {}",
        name(table),
        identifier(&constraint_name(table, constraint)),
        identifier(index)
    );
    if let TableConstraint::Unique { deferrable, initially, .. } = constraint {
        text.push_str(match deferrable {
            Some(true) => " DEFERRABLE",
            Some(false) => " NOT DEFERRABLE",
            None => "",
        });
        text.extend(initially.as_ref().map(|initially| format!(" INITIALLY {initially}")));
    }
    text
}

/// A block that gives rows their value, page by page, in the parts in which it is to be read. Rows that move meanwhile get
/// it in the end. A range of `ctid` reads its own pages only (PostgreSQL 14).
pub(in super::super) fn batches(filling: &Filling<'_>) -> Vec<String> {
    let update = fill(filling);
    let quote = if update.contains("$$") { "$backfill$" } else { "$$" };
    let table = literal(&name(filling.table));
    vec![
        format!("DO {quote} "),
        "DECLARE backfill_page bigint := 0; ".to_owned(),
        format!("backfill_pages bigint := pg_relation_size({table}) / current_setting('block_size')::bigint; "),
        "BEGIN ".to_owned(),
        "WHILE backfill_page <= backfill_pages LOOP ".to_owned(),
        format!("{update} "),
        "AND ctid >= ('(' || backfill_page || ',0)')::tid ".to_owned(),
        format!("AND ctid < ('(' || backfill_page + {PAGES} || ',0)')::tid; "),
        "COMMIT; ".to_owned(),
        format!("backfill_page := backfill_page + {PAGES}; "),
        "END LOOP; ".to_owned(),
        format!("{update}; "),
        format!("END {quote}"),
    ]
}
