//! Models of one file, read and described.

use architect_model::{Column, ColumnType, Known, Location, Project, Table, TableConstraint};
use architect_python::{Sources, read};

/// Reads one file of models.
pub(crate) fn project(models: &'static str) -> Project {
    read(&Sources::in_memory([
        ("pyproject.toml", "[project]\nname = \"x\"\ndependencies = [\"sqlmodel==0.0.50\", \"sqlalchemy==2.1.9\"]\n"),
        ("app/__init__.py", ""),
        ("app/models.py", models),
    ]))
}

/// The table `name`; without columns where it is not found, so that the comparison that follows fails.
pub(crate) fn table(project: &Project, name: &str) -> Table {
    let named = |table: &&Table| table.name.known().is_some_and(|known| known == name);
    let missing = || Table::new(format!("no table {name}"), Location::line("", 1));
    project.tables().find(named).cloned().unwrap_or_else(missing)
}

/// The table `name` of some models, a line for each column and constraint.
pub(crate) fn described(models: &'static str, name: &str) -> String {
    let table = table(&project(models), name);
    let mut lines: Vec<String> = table.columns.iter().map(column).collect();
    lines.extend(table.constraints.iter().filter(|c| !matches!(c, TableConstraint::PrimaryKey { .. })).map(constraint));
    lines.extend(table.unknowns.iter().map(|unknown| format!("? {}", unknown.reason)));
    lines.join("\n")
}

pub(crate) fn column(column: &Column) -> String {
    let mut words = vec![column.name.clone(), ty(&column.ty)];
    match &column.nullable {
        Known::Known(true) => {}
        Known::Known(false) => words.push("NOT NULL".to_owned()),
        Known::Unknown { .. } => words.push("NULL?".to_owned()),
    }
    if column.primary_key {
        words.push("PRIMARY KEY".to_owned());
    }
    words.extend(column.default.iter().map(|default| format!("default({})", default.source)));
    words.extend(
        column
            .server_default
            .iter()
            .map(|default| format!("DEFAULT {}", default.sql.known().map_or("?", String::as_str))),
    );
    words.join(" ")
}

pub(crate) fn ty(known: &Known<ColumnType>) -> String {
    let Known::Known(ty) = known else {
        return "?".to_owned();
    };
    match ty {
        ColumnType::String { length: Some(length), .. } => format!("VARCHAR({length})"),
        ColumnType::String { length: None, .. } => "VARCHAR".to_owned(),
        ColumnType::Numeric { precision: Some(precision), scale: Some(scale) } => {
            format!("NUMERIC({precision}, {scale})")
        }
        ColumnType::DateTime { timezone } => if *timezone { "TIMESTAMPTZ" } else { "TIMESTAMP" }.to_owned(),
        ColumnType::Enum { name, values, native, .. } => {
            let values = values.known().map_or_else(|| "?".to_owned(), |values| values.join("|"));
            format!("{}ENUM {}({values})", if *native { "" } else { "VARCHAR " }, name.as_deref().unwrap_or("-"))
        }
        ColumnType::Array { item, .. } => format!("{}[]", self::ty(&Known::Known((**item).clone()))),
        ColumnType::Other { symbol, arguments, implementation, .. } => {
            let inner =
                implementation.as_ref().map(|inner| format!(" = {}", self::ty(&Known::Known((**inner).clone()))));
            format!("{}({arguments}){}", symbol.name, inner.unwrap_or_default())
        }
        other => format!("{other:?}").to_uppercase(),
    }
}

pub(crate) fn constraint(constraint: &TableConstraint) -> String {
    let named = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
    match constraint {
        TableConstraint::PrimaryKey { name, columns } => {
            format!("PRIMARY {} ({})", named(name), columns.join(", "))
        }
        TableConstraint::ForeignKey { name, columns, ref_table, ref_columns, on_delete, .. } => format!(
            "FOREIGN {} ({}) -> {ref_table}({}){}",
            named(name),
            columns.join(", "),
            ref_columns.join(", "),
            on_delete.as_ref().map(|action| format!(" {action}")).unwrap_or_default()
        ),
        TableConstraint::Unique { name, columns, .. } => {
            format!("UNIQUE {} ({})", named(name), columns.join(", "))
        }
        TableConstraint::Check { name, sql, .. } => {
            format!("CHECK {} ({})", named(name), sql.known().map_or("?", String::as_str))
        }
        TableConstraint::Exclude { name, .. } => {
            format!("EXCLUDE {} {}", named(name), constraint.postgresql().unwrap_or_else(|| "?".to_owned()))
        }
        TableConstraint::Index(index) => {
            let kind = if index.unique { "UNIQUE INDEX" } else { "INDEX" };
            let body = index.postgresql().unwrap_or_else(|| " ?".to_owned());
            format!("{kind} {}{body}", named(&index.name))
        }
    }
}
