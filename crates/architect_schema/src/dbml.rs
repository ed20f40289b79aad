//! A schema in DBML, the language of dbdiagram.io.

use std::fmt::Write;

use architect_model::{
    Column, DatabaseSchema, EnumType, Index, Known, ServerDefault, Table, TableConstraint, qualified,
};

/// The schema in DBML: enumerations, tables with their indexes and notes, references.
pub fn dbml(schema: &DatabaseSchema) -> String {
    let mut out = String::new();
    for ty in &schema.enums {
        write_enum(&mut out, ty);
    }
    for table in &schema.tables {
        write_table(&mut out, table);
    }
    for table in &schema.tables {
        write_references(&mut out, table);
    }
    let kept = out.trim_end().len();
    out.truncate(kept);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// A name, with its schema where it has one.
fn name(full: &str) -> String {
    full.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

fn quoted(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " "))
    }
}

/// A text in single quotes.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
}

/// SQL in backticks.
fn expression(sql: &str) -> String {
    format!("`{}`", sql.replace('`', "'").replace('\n', " "))
}

fn write_enum(out: &mut String, ty: &EnumType) {
    let _ = writeln!(out, "Enum {} {{", name(&ty.name.to_string()));
    for value in &ty.values {
        let _ = writeln!(out, "  {}", quoted(value));
    }
    out.push_str("}\n\n");
}

fn write_table(out: &mut String, table: &Table) {
    let Some(full) = qualified(table) else { return };
    let _ = writeln!(out, "Table {} {{", name(&full));
    let single_key = table.columns.iter().filter(|column| column.primary_key).count() == 1;
    for column in &table.columns {
        let _ =
            writeln!(out, "  {} {}{}", quoted(&column.name), type_word(column), settings(table, column, single_key));
    }
    let indexes: Vec<String> = table.constraints.iter().filter_map(|one| index(table, one)).collect();
    if !indexes.is_empty() {
        out.push_str("\n  indexes {\n");
        indexes.iter().for_each(|line| {
            let _ = writeln!(out, "    {line}");
        });
        out.push_str("  }\n");
    }
    let mut notes: Vec<String> = table.comment.iter().cloned().collect();
    notes.extend(table.unknowns.iter().map(|unknown| format!("Not known: {} ({})", unknown.reason, unknown.at)));
    if !notes.is_empty() {
        let _ = writeln!(out, "\n  Note: {}", literal(&notes.join("\n")));
    }
    out.push_str("}\n\n");
}

fn type_word(column: &Column) -> String {
    let Some(word) = column.ty.known().and_then(architect_model::ColumnType::postgresql) else {
        return "unknown".to_owned();
    };
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '(' | ')' | ',' | '.'));
    let word = word.replace(", ", ",").to_lowercase();
    if is_plain || !word.contains([' ', '[', '"']) { word } else { format!("\"{}\"", word.replace('"', "\\\"")) }
}

fn settings(table: &Table, column: &Column, single_key: bool) -> String {
    let mut found = Vec::new();
    if column.primary_key && single_key {
        found.push("pk".to_owned());
    }
    if table.is_autoincrement(column) || column.identity.is_some() {
        found.push("increment".to_owned());
    }
    if column.nullable == Known::Known(false) && !column.primary_key {
        found.push("not null".to_owned());
    }
    if table.constraints.iter().any(|one| one.unique_columns().is_some_and(|columns| columns == [column.name.as_str()]))
    {
        found.push("unique".to_owned());
    }
    found.extend(column.server_default.as_ref().and_then(default));
    found.extend(column.comment.as_ref().map(|comment| format!("note: {}", literal(comment))));
    if found.is_empty() { String::new() } else { format!(" [{}]", found.join(", ")) }
}

fn default(default: &ServerDefault) -> Option<String> {
    Some(format!("default: {}", expression(default.sql.known()?)))
}

/// A line of `indexes`: keys of several columns, unique constraints of several columns, indexes.
fn index(table: &Table, constraint: &TableConstraint) -> Option<String> {
    let columns = |columns: &[String]| {
        format!("({})", columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", "))
    };
    let named = |settings: &[&str], name: Option<&str>| {
        let mut parts: Vec<String> = settings.iter().map(|setting| (*setting).to_owned()).collect();
        parts.extend(name.map(|name| format!("name: {}", literal(name))));
        if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(", ")) }
    };
    match constraint {
        TableConstraint::PrimaryKey { columns: keys, name } if keys.len() > 1 => {
            Some(format!("{}{}", columns(keys), named(&["pk"], name.as_deref())))
        }
        TableConstraint::Unique { columns: keys, name, .. } if keys.len() > 1 => {
            Some(format!("{}{}", columns(keys), named(&["unique"], name.as_deref())))
        }
        TableConstraint::Index(index) => Some(format!("{}{}", parts(table, index), index_settings(index))),
        _ => None,
    }
}

fn parts(table: &Table, index: &Index) -> String {
    let part = |key: &str| match table.columns.iter().any(|column| column.name == key) {
        true => quoted(key),
        false => expression(key),
    };
    format!("({})", index.keys().into_iter().map(part).collect::<Vec<_>>().join(", "))
}

fn index_settings(index: &Index) -> String {
    let mut found = Vec::new();
    if index.unique {
        found.push("unique".to_owned());
    }
    let method = index.method.as_deref().filter(|method| ["btree", "hash"].contains(method));
    found.extend(method.map(|method| format!("type: {method}")));
    found.extend(index.name.as_ref().map(|name| format!("name: {}", literal(name))));
    let rows = index.predicate.as_ref().and_then(|sql| sql.known());
    found.extend(rows.map(|rows| format!("note: {}", literal(&format!("WHERE {rows}")))));
    if found.is_empty() { String::new() } else { format!(" [{}]", found.join(", ")) }
}

fn write_references(out: &mut String, table: &Table) {
    let Some(full) = qualified(table) else { return };
    for constraint in &table.constraints {
        let TableConstraint::ForeignKey { name: given, columns, ref_table, ref_columns, on_delete, on_update, .. } =
            constraint
        else {
            continue;
        };
        let list = |columns: &[String]| match columns {
            [only] => quoted(only),
            several => format!("({})", several.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")),
        };
        let is_only = |found: &TableConstraint| match found {
            TableConstraint::PrimaryKey { columns: keys, .. } => keys == columns,
            other => other.unique_columns().is_some_and(|keys| keys == *columns),
        };
        let kind = if table.constraints.iter().any(is_only) { "-" } else { ">" };
        let mut settings = Vec::new();
        settings.extend(on_delete.as_ref().map(|action| format!("delete: {}", action.to_lowercase())));
        settings.extend(on_update.as_ref().map(|action| format!("update: {}", action.to_lowercase())));
        let settings = if settings.is_empty() { String::new() } else { format!(" [{}]", settings.join(", ")) };
        let given = given.as_ref().map(|given| format!(" {}", quoted(given))).unwrap_or_default();
        let (own, referred) = (name(&full), name(ref_table));
        let _ = writeln!(out, "Ref{given}: {own}.{} {kind} {referred}.{}{settings}", list(columns), list(ref_columns));
    }
}
