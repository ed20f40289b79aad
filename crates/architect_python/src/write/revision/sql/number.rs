//! Columns that PostgreSQL numbers.

use architect_model::{Column, Table, identifier, literal};

use super::super::operation::Numbering;
use super::super::tables::sequence_name;
use super::name;

/// Has PostgreSQL number a key, after those that are there.
pub(super) fn number(table: &Table, column: &Column) -> Vec<String> {
    let (sequence, key) = (identifier(&sequence_name(table, column)), identifier(&column.name));
    let schema = table.schema.as_ref().map(|schema| format!("{}.", identifier(schema))).unwrap_or_default();
    let (sequence, table) = (format!("{schema}{sequence}"), name(table));
    vec![
        format!("CREATE SEQUENCE IF NOT EXISTS {sequence} OWNED BY {table}.{key}"),
        format!("SELECT setval({}, COALESCE(max({key}), 0) + 1, false) FROM {table}", literal(&sequence)),
        format!("ALTER TABLE {table} ALTER COLUMN {key} SET DEFAULT nextval({}::regclass)", literal(&sequence)),
    ]
}

/// Has PostgreSQL number a column otherwise than before.
pub(super) fn renumber(table: &Table, column: &Column, from: Numbering<'_>, to: Numbering<'_>) -> Vec<String> {
    let alter = format!("ALTER TABLE {} ALTER COLUMN {}", name(table), identifier(&column.name));
    let schema = table.schema.as_ref().map(|schema| format!("{}.", identifier(schema))).unwrap_or_default();
    let mut found = match from {
        Numbering::None => Vec::new(),
        Numbering::Serial => vec![
            format!("{alter} DROP DEFAULT"),
            format!("DROP SEQUENCE IF EXISTS {schema}{}", identifier(&sequence_name(table, column))),
        ],
        Numbering::Identity(_) => vec![format!("{alter} DROP IDENTITY")],
    };
    match to {
        Numbering::None => {}
        Numbering::Serial => found.extend(number(table, column)),
        Numbering::Identity(identity) => {
            let key = identifier(&column.name);
            let sequence = format!("pg_get_serial_sequence({}, {})", literal(&name(table)), literal(&column.name));
            let first = identity.start.unwrap_or(1);
            found.push(format!("{alter} ADD {}", identity.postgresql()));
            found.push(format!(
                "SELECT setval({sequence}, GREATEST(COALESCE(max({key}), 0) + 1, {first}), false) FROM {}",
                name(table)
            ));
        }
    }
    found
}

/// Numbers the rows that are there.
pub(super) fn number_rows(table: &Table, column: &Column) -> String {
    let (table, key) = (name(table), identifier(&column.name));
    format!(
        "UPDATE {table} SET {key} = numbered.number FROM (SELECT ctid AS place, row_number() OVER () AS number FROM {table}) AS numbered WHERE {table}.ctid = numbered.place"
    )
}
