//! A schema for people: a paragraph a table.

use std::fmt::Write;

use architect_model::{Column, ColumnType, DatabaseSchema, Doubt, Known, Table, TableConstraint, Touched, qualified};

/// The schema, a paragraph a table and a line a column; what is not known last.
pub fn text(schema: &DatabaseSchema) -> String {
    let mut out = String::new();
    for table in &schema.tables {
        write_table(&mut out, table);
    }
    for ty in &schema.enums {
        let _ = writeln!(out, "enum {}: {}", ty.name, ty.values.join(", "));
    }
    for Doubt { touches, unknown } in &schema.doubts {
        let _ = writeln!(out, "? {}: {} ({})", object(touches), unknown.reason, unknown.at);
    }
    out
}

/// An object of the database, for people.
fn object(touched: &Touched) -> String {
    match touched {
        Touched::Everything => "any table or type".to_owned(),
        Touched::Table { table } => table.to_string(),
        Touched::Column { table, column } => format!("{table}.{column}"),
        Touched::Constraints { table } => format!("constraints and indexes of {table}"),
        Touched::Constraint { table, name } => format!("{name} of {table}"),
        Touched::Type { name } => format!("type {name}"),
    }
}

fn write_table(out: &mut String, table: &Table) {
    let name = qualified(table).unwrap_or_else(|| {
        let class = table.class.as_ref().map(|class| format!(" of {class}")).unwrap_or_default();
        format!("(a table{class} whose name is not known)")
    });
    let comment = table.comment.as_ref().map(|comment| format!("  -- {}", one_line(comment))).unwrap_or_default();
    let _ = writeln!(out, "{name}{comment}");
    let width = |of: &dyn Fn(&Column) -> String| table.columns.iter().map(|c| of(c).chars().count()).max().unwrap_or(0);
    let names = width(&|column| column.name.clone()).min(32);
    let types = width(&type_word).min(28);
    for column in &table.columns {
        let line = format!("  {:names$}  {:types$}  {}", column.name, type_word(column), words(table, column));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    for constraint in table.constraints.iter().filter(|constraint| !is_shown(table, constraint)) {
        if let Some(line) = self::constraint(constraint) {
            let _ = writeln!(out, "  {line}");
        }
    }
    for unknown in &table.unknowns {
        let _ = writeln!(out, "  ? {} ({})", unknown.reason, unknown.at);
    }
    out.push('\n');
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn type_word(column: &Column) -> String {
    column.ty.known().and_then(ColumnType::postgresql).unwrap_or_else(|| "?".to_owned())
}

/// What is said of a column behind its type.
fn words(table: &Table, column: &Column) -> String {
    let mut found = Vec::new();
    if column.primary_key {
        found.push("primary key".to_owned());
    }
    match &column.nullable {
        Known::Known(false) if !column.primary_key => found.push("not null".to_owned()),
        Known::Unknown { unknown } => found.push(format!("null? ({})", unknown.reason)),
        Known::Known(_) => {}
    }
    if table.is_autoincrement(column) || column.identity.is_some() {
        found.push("numbered".to_owned());
    }
    for constraint in table.constraints.iter().filter(|one| is_shown(table, one) && one.columns() == [&*column.name]) {
        match constraint {
            TableConstraint::ForeignKey { ref_table, ref_columns, on_delete, .. } => {
                let action = on_delete.as_ref().map(|action| format!(" on delete {}", action.to_lowercase()));
                found.push(format!("-> {ref_table}.{}{}", ref_columns.join(", "), action.unwrap_or_default()));
            }
            TableConstraint::Unique { .. } => found.push("unique".to_owned()),
            TableConstraint::Index(index) => found.push(if index.unique { "unique index" } else { "index" }.to_owned()),
            _ => {}
        }
    }
    if let Some(default) = &column.server_default {
        found.push(format!("default {}", default.sql.known().map_or("?", String::as_str)));
    }
    if let Some(computed) = &column.computed {
        found.push(format!("computed as {}", computed.sql.known().map_or("?", String::as_str)));
    }
    if let Known::Unknown { unknown } = &column.ty {
        found.push(format!("type? ({})", unknown.reason));
    }
    found.extend(column.comment.as_ref().map(|comment| format!("-- {}", one_line(comment))));
    found.join(", ")
}

/// Whether a constraint is told beside its only column.
fn is_shown(table: &Table, constraint: &TableConstraint) -> bool {
    let is_single = matches!(&*constraint.columns(), [only] if table.columns.iter().any(|column| column.name == *only));
    match constraint {
        TableConstraint::PrimaryKey { .. } => true,
        TableConstraint::ForeignKey { .. } | TableConstraint::Unique { .. } => is_single,
        TableConstraint::Index(index) => is_single && index.is_plain(),
        TableConstraint::Check { .. } | TableConstraint::Exclude { .. } => false,
    }
}

fn constraint(constraint: &TableConstraint) -> Option<String> {
    let name = constraint.name().map(|name| format!("{name}: ")).unwrap_or_default();
    Some(match constraint {
        TableConstraint::Index(index) => {
            let unique = if index.unique { "unique index" } else { "index" };
            format!("{name}{unique}{}", index.postgresql().unwrap_or_else(|| format!(" ({})", index.keys().join(", "))))
        }
        other => format!("{name}{}", lower(&other.postgresql()?)),
    })
}

/// The first words in lower case, which is how the rest is written.
fn lower(sql: &str) -> String {
    match sql.split_once(" (") {
        Some((head, rest)) => format!("{} ({rest}", head.to_lowercase()),
        None => sql.to_owned(),
    }
}
