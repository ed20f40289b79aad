//! `CREATE TABLE`, with constraints, indexes and comments.

use architect_model::{ColumnType, Index, Known, Table, TableConstraint, literal};

use super::{Dialect, Script, column};
use crate::truncated::by_sqlalchemy;

/// Writes a table without the keys that are late; whether it could be written.
pub(super) fn write(
    table: &Table,
    dialect: Dialect,
    is_late: impl Fn(&TableConstraint) -> bool,
    script: &mut Script,
) -> bool {
    let Some(name) = dialect.table(table) else {
        let why = match &table.name {
            Known::Unknown { unknown } => unknown.reason.clone(),
            Known::Known(_) => String::new(),
        };
        let class =
            table.class.as_ref().map_or_else(|| "a table".to_owned(), |class| format!("the table of `{class}`"));
        script.leave_out(class, format!("its name is not known: {why}"), &table.at);
        return false;
    };
    let mut lines = Vec::new();
    for found in &table.columns {
        match column::definition(table, found, dialect) {
            Ok(line) => lines.push(line),
            Err(why) => {
                script.leave_out(format!("table {name}"), why, &found.at);
                return false;
            }
        }
    }
    let unread: Vec<_> = table.unknowns.iter().collect();
    for unknown in unread {
        script.leave_out(format!("a part of table {name}"), &*unknown.reason, &unknown.at);
    }
    for found in table.constraints.iter().filter(|found| !matches!(found, TableConstraint::Index(_)) && !is_late(found))
    {
        match constraint(table, found, dialect) {
            Rendered::Text(text) => lines.push(text),
            Rendered::Nothing => {}
            Rendered::Not(why) => script.leave_out(format!("a constraint of table {name}"), why, &table.at),
        }
    }
    script.statements.push(format!("CREATE TABLE {name} (\n    {}\n)", lines.join(",\n    ")));
    true
}

enum Rendered {
    Text(String),
    /// The database does not need it.
    Nothing,
    Not(String),
}

fn constraint(table: &Table, constraint: &TableConstraint, dialect: Dialect) -> Rendered {
    if let TableConstraint::Check { of_type: Some(column), .. } = constraint
        && dialect == Dialect::Postgresql
        && table.columns.iter().any(|found| found.name == *column && is_native(found.ty.known()))
    {
        return Rendered::Nothing;
    }
    let text = match dialect {
        Dialect::Postgresql => constraint.postgresql().ok_or_else(|| "its condition is not known".to_owned()),
        Dialect::Sqlite => on_sqlite(table, constraint),
    };
    match text {
        Ok(text) if text.is_empty() => Rendered::Nothing,
        Ok(text) => {
            let name = constraint.name().map(|name| by_sqlalchemy(name, dialect));
            let name = name.map(|name| format!("CONSTRAINT {} ", dialect.identifier(&name)));
            Rendered::Text(format!("{}{text}", name.unwrap_or_default()))
        }
        Err(why) => Rendered::Not(why),
    }
}

fn is_native(ty: Option<&ColumnType>) -> bool {
    matches!(ty.map(ColumnType::stored), Some(ColumnType::Boolean | ColumnType::Enum { native: true, .. }))
}

/// A constraint as SQLite gets it; empty where it needs none.
fn on_sqlite(table: &Table, constraint: &TableConstraint) -> Result<String, String> {
    let list = |columns: &[String]| Dialect::Sqlite.list(columns);
    Ok(match constraint {
        TableConstraint::PrimaryKey { columns, .. } => format!("PRIMARY KEY ({})", list(columns)),
        TableConstraint::Unique { deferrable: Some(true), .. } | TableConstraint::Unique { initially: Some(_), .. } => {
            return Err("SQLite checks what is unique at once".to_owned());
        }
        TableConstraint::Unique { columns, .. } => format!("UNIQUE ({})", list(columns)),
        TableConstraint::Exclude { .. } => return Err("SQLite has no EXCLUDE".to_owned()),
        TableConstraint::ForeignKey { use_alter: true, .. } => {
            return Err("its key has `use_alter`, and SQLite adds no keys to tables that are there".to_owned());
        }
        TableConstraint::ForeignKey { ref_table, .. } => {
            // SQLite has no keys between attached databases.
            let schema = ref_table.rsplit_once('.').map(|(schema, _)| schema);
            if schema != table.schema.as_deref() {
                return Err("SQLite has no keys to tables of another schema".to_owned());
            }
            let text = constraint.postgresql().ok_or("a part of it is not known")?;
            // Within a schema, SQLite wants the bare name.
            match schema {
                Some(schema) => text.replacen(&format!("REFERENCES {schema}."), "REFERENCES ", 1),
                None => text,
            }
        }
        other => other.postgresql().ok_or("its condition is not known")?,
    })
}

/// `ALTER TABLE … ADD` of a key that had to wait.
pub(super) fn add_key(table: &Table, key: &TableConstraint) -> Option<String> {
    let name = key.name().map(|name| by_sqlalchemy(name, Dialect::Postgresql));
    let name = name.map(|name| format!("CONSTRAINT {} ", Dialect::Postgresql.identifier(&name)));
    let table = Dialect::Postgresql.table(table)?;
    Some(format!("ALTER TABLE {table} ADD {}{}", name.unwrap_or_default(), key.postgresql()?))
}

/// The indexes of a table.
pub(super) fn indexes(table: &Table, dialect: Dialect, script: &mut Script) {
    let Some(on) = dialect.table(table) else { return };
    let mut indexes: Vec<&Index> = table
        .constraints
        .iter()
        .filter_map(|constraint| match constraint {
            TableConstraint::Index(index) => Some(index),
            _ => None,
        })
        .collect();
    indexes.sort_by(|a, b| a.name.cmp(&b.name));
    for index in indexes {
        let Some(name) = &index.name else {
            script.leave_out(format!("an index of table {on}"), "it has no name", &table.at);
            continue;
        };
        let body = match dialect {
            Dialect::Postgresql => index.postgresql().ok_or_else(|| "a part of it is not known".to_owned()),
            Dialect::Sqlite => index_on_sqlite(index),
        };
        let unique = if index.unique { "UNIQUE " } else { "" };
        match body {
            Ok(body) => {
                let name = dialect.identifier(&by_sqlalchemy(name, dialect));
                // SQLite takes the schema with the index, not with the table.
                let (name, on) = match (dialect, &table.schema) {
                    (Dialect::Sqlite, Some(schema)) => {
                        let bare = table.name.known().map(|bare| dialect.identifier(bare)).unwrap_or_default();
                        (format!("{}.{name}", dialect.identifier(schema)), bare)
                    }
                    _ => (name, on.clone()),
                };
                script.statements.push(format!("CREATE {unique}INDEX {name} ON {on}{body}"));
            }
            Err(why) => script.leave_out(format!("index {name}"), why, &table.at),
        }
    }
}

fn index_on_sqlite(index: &Index) -> Result<String, String> {
    let mut parts = Vec::new();
    for part in &index.parts {
        if part.nulls_first.is_some() {
            return Err("SQLite has no NULLS FIRST and NULLS LAST in indexes".to_owned());
        }
        let key = match part.key.as_column() {
            Some(column) => Dialect::Sqlite.identifier(column),
            None => part.key.postgresql().ok_or("a part of it is not known")?,
        };
        parts.push(format!("{key}{}", part.order()));
    }
    let mut text = format!(" ({})", parts.join(", "));
    if let Some(predicate) = &index.sqlite_predicate {
        text.push_str(&format!(" WHERE {}", predicate.known().ok_or("its condition is not known")?));
    }
    Ok(text)
}

/// `COMMENT ON` the table and its columns; SQLite keeps none.
pub(super) fn comments(table: &Table, dialect: Dialect, script: &mut Script) {
    let (Dialect::Postgresql, Some(name)) = (dialect, dialect.table(table)) else { return };
    if let Some(comment) = &table.comment {
        script.statements.push(format!("COMMENT ON TABLE {name} IS {}", literal(comment)));
    }
    for column in &table.columns {
        if let Some(comment) = &column.comment {
            let column = dialect.identifier(&column.name);
            script.statements.push(format!("COMMENT ON COLUMN {name}.{column} IS {}", literal(comment)));
        }
    }
}
