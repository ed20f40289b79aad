//! `CREATE` of tables, indexes and types.

use architect_model::{Column, ColumnType, Table, TableConstraint, given_name};

use super::super::tables::{NewIndex, indexes, is_serial, stored};
use super::super::value::Value;
use super::words::{identifier, literal};
use super::{enums, name};

/// The types that a table needs and that are not among `known`, which they join.
pub(super) fn types<'a>(table: &'a Table, known: &mut Vec<&'a str>) -> Vec<String> {
    let mut found = Vec::new();
    for column in &table.columns {
        if let Some(ColumnType::Enum { name: Some(name), values, native: true, .. }) = column.ty.known().map(stored)
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
        Some(format!("{prefix}{}", constraint(found)?))
    }));
    let mut found = vec![format!("CREATE TABLE {} (\n    {}\n)", name(table), lines.join(",\n    "))];
    found.extend(table.columns.iter().filter_map(|column| {
        column.comment.as_ref()?;
        Some(comment(table, column))
    }));
    found
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
pub(super) fn index(table: &Table, index: &NewIndex<'_>) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let columns: Vec<String> = index.columns.iter().map(|column| part(table, column)).collect();
    let option = |key: &str| {
        let found =
            index.options.iter().find_map(|option| option.split_once('=').filter(|(name, _)| name.trim() == key));
        Value::read(found?.1.trim(), None, &[])
    };
    let method = match option("postgresql_using") {
        Some(Value::Text(method)) => format!(" USING {method}"),
        _ => String::new(),
    };
    let rows = match option("postgresql_where") {
        Some(Value::Sql(sql)) => format!(" WHERE {sql}"),
        _ => String::new(),
    };
    let (given, table, columns) = (identifier(index.name), name(table), columns.join(", "));
    format!("CREATE {unique}INDEX {given} ON {table}{method} ({columns}){rows}")
}

/// A column as it is declared.
pub(super) fn column(table: &Table, column: &Column) -> String {
    let default = column.server_default.as_deref().and_then(|source| default(source, column));
    column_as(table, column, default, column.nullable.known() != Some(&false))
}

/// A column with a default and nullability of its own.
pub(super) fn column_as(table: &Table, column: &Column, default: Option<String>, nullable: bool) -> String {
    let mut text = format!("{} {}", identifier(&column.name), column_type(table, column));
    text.extend(default.map(|default| format!(" DEFAULT {default}")));
    if !nullable {
        text.push_str(" NOT NULL");
    }
    text
}

fn column_type(table: &Table, column: &Column) -> String {
    let Some(ty) = column.ty.known() else { return "UNKNOWN".to_owned() };
    let is_serial = is_serial(table, column);
    match stored(ty) {
        ColumnType::Integer if is_serial => "SERIAL".to_owned(),
        ColumnType::BigInteger if is_serial => "BIGSERIAL".to_owned(),
        ColumnType::SmallInteger if is_serial => "SMALLSERIAL".to_owned(),
        ty => type_name(ty),
    }
}

/// The name of a type.
pub(super) fn type_name(ty: &ColumnType) -> String {
    match ty {
        ColumnType::String { length, .. } => sized("VARCHAR", *length),
        ColumnType::Text => "TEXT".to_owned(),
        ColumnType::Integer => "INTEGER".to_owned(),
        ColumnType::SmallInteger => "SMALLINT".to_owned(),
        ColumnType::BigInteger => "BIGINT".to_owned(),
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::Float => "FLOAT".to_owned(),
        ColumnType::Double => "DOUBLE PRECISION".to_owned(),
        ColumnType::Numeric { precision: Some(precision), scale: Some(scale) } => {
            format!("NUMERIC({precision}, {scale})")
        }
        ColumnType::Numeric { precision, .. } => sized("NUMERIC", *precision),
        ColumnType::Date => "DATE".to_owned(),
        ColumnType::Time { timezone } => zoned("TIME", *timezone),
        ColumnType::DateTime { timezone } => zoned("TIMESTAMP", *timezone),
        ColumnType::Interval => "INTERVAL".to_owned(),
        ColumnType::Uuid => "UUID".to_owned(),
        ColumnType::LargeBinary => "BYTEA".to_owned(),
        ColumnType::Json => "JSON".to_owned(),
        ColumnType::Enum { name: Some(name), native: true, .. } => identifier(name),
        ColumnType::Enum { values, length, .. } => {
            let longest = values.known().into_iter().flatten().map(|value| value.chars().count()).max();
            sized("VARCHAR", length.or_else(|| longest.and_then(|length| u32::try_from(length).ok())))
        }
        ColumnType::Other { symbol, arguments, .. } if arguments.is_empty() => symbol.name.to_uppercase(),
        ColumnType::Other { symbol, arguments, .. } => format!("{}({arguments})", symbol.name.to_uppercase()),
    }
}

fn sized(name: &str, size: Option<u32>) -> String {
    size.map_or_else(|| name.to_owned(), |size| format!("{name}({size})"))
}

fn zoned(name: &str, timezone: bool) -> String {
    format!("{name} {} TIME ZONE", if timezone { "WITH" } else { "WITHOUT" })
}

/// A constraint without its name.
pub(super) fn constraint(constraint: &TableConstraint) -> Option<String> {
    let list = |columns: &[String]| columns.iter().map(|column| identifier(column)).collect::<Vec<_>>().join(", ");
    Some(match constraint {
        TableConstraint::PrimaryKey { columns, .. } => format!("PRIMARY KEY ({})", list(columns)),
        TableConstraint::Unique { columns, .. } => format!("UNIQUE ({})", list(columns)),
        TableConstraint::Check { sql, .. } => format!("CHECK ({})", sql.known()?),
        TableConstraint::ForeignKey { columns, ref_table, ref_columns, on_delete, on_update, .. } => {
            let target: Vec<String> = ref_table.split('.').map(identifier).collect();
            let mut text =
                format!("FOREIGN KEY ({}) REFERENCES {} ({})", list(columns), target.join("."), list(ref_columns));
            if let Some(action) = on_delete {
                text.push_str(&format!(" ON DELETE {action}"));
            }
            if let Some(action) = on_update {
                text.push_str(&format!(" ON UPDATE {action}"));
            }
            text
        }
        TableConstraint::Index { .. } => return None,
    })
}

fn part(table: &Table, part: &str) -> String {
    if table.columns.iter().any(|column| column.name == part) {
        return identifier(part);
    }
    match Value::read(part, None, &[]) {
        Some(Value::Sql(sql)) => sql,
        _ => part.to_owned(),
    }
}

/// A server default.
pub(super) fn default(source: &str, column: &Column) -> Option<String> {
    let value = Value::read(source, column.ty.known(), &[])?;
    Some(match &value {
        Value::Text(text) => literal(text),
        Value::Function(name) => format!("{name}()"),
        Value::Null => "null".to_owned(),
        value => value.sql(),
    })
}
