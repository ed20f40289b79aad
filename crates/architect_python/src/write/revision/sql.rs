//! The SQL that `upgrade` runs on PostgreSQL, for display.

use architect_model::{Column, ColumnType, Table, TableConstraint};
use ruff_python_ast::Expr;
use ruff_python_parser::parse_expression;

use super::NewTables;
use super::operations::{indexes, key_name, stored};

/// Words that PostgreSQL takes as names in quotes only.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// The statements, in order.
pub(super) fn statements(new: &NewTables<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut types: Vec<&str> = new.existing_types.clone();
    for table in &new.tables {
        for column in &table.columns {
            if let Some(ColumnType::Enum { name: Some(name), values, native: true, .. }) = column.ty.known().map(stored)
                && !types.contains(&name.as_str())
            {
                types.push(name);
                let values: Vec<String> = values.known().into_iter().flatten().map(|value| literal(value)).collect();
                found.push(format!("CREATE TYPE {} AS ENUM ({})", identifier(name), values.join(", ")));
            }
        }
        found.push(create_table(table, new));
        found.extend(table.columns.iter().filter_map(|column| {
            let comment = column.comment.as_ref()?;
            Some(format!("COMMENT ON COLUMN {}.{} IS {}", name(table), identifier(&column.name), literal(comment)))
        }));
        let mut indexes: Vec<_> = indexes(table).collect();
        indexes.sort_by(|a, b| a.name.cmp(b.name));
        found.extend(indexes.iter().map(|index| {
            let unique = if index.unique { "UNIQUE " } else { "" };
            let columns: Vec<String> = index.columns.iter().map(|column| part(table, column)).collect();
            format!("CREATE {unique}INDEX {} ON {} ({})", identifier(index.name), name(table), columns.join(", "))
        }));
    }
    for (table, key) in &new.late {
        let constraint = constraint(key).unwrap_or_default();
        found.push(format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {constraint}",
            name(table),
            identifier(&key_name(table, key))
        ));
    }
    found
}

fn create_table(table: &Table, new: &NewTables<'_>) -> String {
    let mut lines: Vec<String> = table.columns.iter().map(|column| self::column(table, column)).collect();
    let is_late = |constraint: &TableConstraint| new.late.iter().any(|(_, late)| std::ptr::eq(*late, constraint));
    lines.extend(table.constraints.iter().filter(|constraint| !is_late(constraint)).filter_map(|found| {
        let given = match found {
            TableConstraint::PrimaryKey { name, .. }
            | TableConstraint::ForeignKey { name, .. }
            | TableConstraint::Unique { name, .. }
            | TableConstraint::Check { name, .. } => name.as_ref(),
            TableConstraint::Index { .. } => None,
        };
        let prefix = given.map(|name| format!("CONSTRAINT {} ", identifier(name))).unwrap_or_default();
        Some(format!("{prefix}{}", constraint(found)?))
    }));
    format!("CREATE TABLE {} (\n    {}\n)", name(table), lines.join(",\n    "))
}

fn column(table: &Table, column: &Column) -> String {
    let mut text = format!("{} {}", identifier(&column.name), column_type(table, column));
    if let Some(default) = column.server_default.as_deref().and_then(default) {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if column.nullable.known() == Some(&false) {
        text.push_str(" NOT NULL");
    }
    text
}

fn column_type(table: &Table, column: &Column) -> String {
    let Some(ty) = column.ty.known() else { return "UNKNOWN".to_owned() };
    let keys = table.columns.iter().filter(|column| column.primary_key).count();
    let refers = table.constraints.iter().any(|constraint| match constraint {
        TableConstraint::ForeignKey { columns, .. } => columns.contains(&column.name),
        _ => false,
    });
    let is_serial = column.primary_key && keys == 1 && !refers && column.server_default.is_none();
    match stored(ty) {
        ColumnType::Integer if is_serial => "SERIAL".to_owned(),
        ColumnType::BigInteger if is_serial => "BIGSERIAL".to_owned(),
        ColumnType::SmallInteger if is_serial => "SMALLSERIAL".to_owned(),
        ty => type_name(ty),
    }
}

fn type_name(ty: &ColumnType) -> String {
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

fn constraint(constraint: &TableConstraint) -> Option<String> {
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

fn name(table: &Table) -> String {
    let name = table.name.known().map(|name| identifier(name)).unwrap_or_default();
    match &table.schema {
        Some(schema) => format!("{}.{name}", identifier(schema)),
        None => name,
    }
}

fn part(table: &Table, part: &str) -> String {
    if table.columns.iter().any(|column| column.name == part) {
        return identifier(part);
    }
    sql_of_text(part).unwrap_or_else(|| part.to_owned())
}

/// A name, in quotes where PostgreSQL needs them.
fn identifier(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_plain && !RESERVED.contains(&name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The SQL inside `text("…")`.
fn sql_of_text(source: &str) -> Option<String> {
    let parsed = parse_expression(source).ok()?;
    let call = parsed.syntax().body.as_call_expr()?;
    Some(call.arguments.args.first()?.as_string_literal_expr()?.value.to_str().to_owned())
}

fn default(source: &str) -> Option<String> {
    let parsed = parse_expression(source).ok()?;
    match &*parsed.syntax().body {
        Expr::StringLiteral(text) => Some(literal(text.value.to_str())),
        Expr::Call(call) if call.arguments.is_empty() => {
            let name = call
                .func
                .as_attribute_expr()
                .map(|function| function.attr.as_str())
                .or_else(|| Some(call.func.as_name_expr()?.id.as_str()))?;
            Some(if ["true", "false", "null"].contains(&name) { name.to_owned() } else { format!("{name}()") })
        }
        _ => sql_of_text(source),
    }
}
