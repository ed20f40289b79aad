//! `CREATE` of tables, indexes and types.

use architect_model::{Column, ColumnType, Table, TableConstraint, given_name, identifier, literal};

use super::super::tables::{NamedIndex, indexes};
use super::super::value::Value;
use super::{enums, name};

/// The types that a table needs and that are not among `known`, which they join.
pub(super) fn types<'a>(table: &'a Table, known: &mut Vec<&'a str>) -> Vec<String> {
    let mut found = Vec::new();
    for column in &table.columns {
        if let Some(ColumnType::Enum { name: Some(name), values, native: true, .. }) =
            column.ty.known().map(ColumnType::stored)
            && !known.contains(&name.as_str())
        {
            known.push(name);
            found.push(enums::create(name, values.known().map(Vec::as_slice).unwrap_or_default()));
        }
    }
    found
}

/// A table without the keys that have to wait, and the comments of its columns.
pub(super) fn table(table: &Table, late: &[&TableConstraint]) -> Vec<String> {
    let mut lines: Vec<String> = table.columns.iter().map(|column| self::column(table, column)).collect();
    let is_late = |constraint: &TableConstraint| late.iter().any(|late| std::ptr::eq(*late, constraint));
    lines.extend(table.constraints.iter().filter(|constraint| !is_late(constraint)).filter_map(|found| {
        let prefix = given_name(found).map(|name| format!("CONSTRAINT {} ", identifier(name))).unwrap_or_default();
        Some(format!("{prefix}{}", found.postgresql().filter(|_| !is_native(found))?))
    }));
    let mut found = vec![format!("CREATE TABLE {} (\n    {}\n)", name(table), lines.join(",\n    "))];
    found.extend(table.comment.as_ref().map(|_| table_comment(table)));
    found.extend(table.columns.iter().filter_map(|column| {
        column.comment.as_ref()?;
        Some(comment(table, column))
    }));
    found
}

/// Whether a check is made by the type of its column, which PostgreSQL has itself.
fn is_native(constraint: &TableConstraint) -> bool {
    matches!(constraint, TableConstraint::Check { native: true, .. })
}

/// The comment of a table.
pub(super) fn table_comment(table: &Table) -> String {
    let text = table.comment.as_ref().map_or("NULL".to_owned(), |comment| literal(comment));
    format!("COMMENT ON TABLE {} IS {text}", name(table))
}

/// The comment of a column.
pub(super) fn comment(table: &Table, column: &Column) -> String {
    let text = column.comment.as_ref().map_or("NULL".to_owned(), |comment| literal(comment));
    format!("COMMENT ON COLUMN {}.{} IS {text}", name(table), identifier(&column.name))
}

/// The indexes of a table.
pub(super) fn table_indexes(table: &Table) -> Vec<String> {
    let mut indexes: Vec<_> = indexes(table).collect();
    indexes.sort_by(|a, b| a.name.cmp(b.name));
    indexes.iter().map(|index| self::index(table, index)).collect()
}

/// An index.
pub(super) fn index(table: &Table, NamedIndex { name, index }: &NamedIndex<'_>) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let (given, table) = (identifier(name), super::name(table));
    format!("CREATE {unique}INDEX {given} ON {table}{}", index.postgresql().unwrap_or_default())
}

/// A column as it is declared.
pub(super) fn column(table: &Table, column: &Column) -> String {
    column_as(table, column, default(column), column.nullable.known() != Some(&false))
}

/// A column with a default and nullability of its own.
pub(super) fn column_as(table: &Table, column: &Column, default: Option<String>, nullable: bool) -> String {
    let mut text = format!("{} {}", identifier(&column.name), column_type(table, column));
    text.extend(default.map(|default| format!(" DEFAULT {default}")));
    if let Some(sql) = column.computed.as_ref().and_then(|computed| computed.sql.known()) {
        text.push_str(&format!(" GENERATED ALWAYS AS ({sql}) STORED"));
    }
    text.extend(column.identity.as_ref().map(|identity| format!(" {}", identity.postgresql())));
    if !nullable {
        text.push_str(" NOT NULL");
    }
    text
}

fn column_type(table: &Table, column: &Column) -> String {
    let Some(ty) = column.ty.known() else { return "UNKNOWN".to_owned() };
    let is_serial = table.is_autoincrement(column) && column.identity.is_none();
    match ty.stored() {
        ColumnType::Integer if is_serial => "SERIAL".to_owned(),
        ColumnType::BigInteger if is_serial => "BIGSERIAL".to_owned(),
        ColumnType::SmallInteger if is_serial => "SMALLSERIAL".to_owned(),
        ty => type_name(ty),
    }
}

/// The name of a type.
pub(super) fn type_name(ty: &ColumnType) -> String {
    ty.postgresql().unwrap_or_else(|| "UNKNOWN".to_owned())
}

/// A server default.
pub(super) fn default(column: &Column) -> Option<String> {
    Some(match Value::of(column.server_default.as_ref()?)? {
        Value::Null => "null".to_owned(),
        _ => column.server_default.as_ref()?.sql.known()?.clone(),
    })
}
