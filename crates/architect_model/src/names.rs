//! Names that constraints and indexes have in PostgreSQL.

use crate::{Known, Table, TableConstraint};

/// Bytes of a name that PostgreSQL keeps.
const NAME_BYTES: usize = 63;

/// The name that a constraint has of its own or by the naming convention.
pub fn given_name(constraint: &TableConstraint) -> Option<&str> {
    constraint.name()
}

/// The name of a constraint in the database: its own, or the one that PostgreSQL gives it.
pub fn constraint_name(table: &Table, constraint: &TableConstraint) -> String {
    if let Some(name) = given_name(constraint) {
        return name.to_owned();
    }
    let name = table.name.known().map(String::as_str).unwrap_or_default();
    let (columns, label) = automatic_name(table, constraint);
    default_name(name, &columns, label)
}

/// What PostgreSQL makes a constraint's name of, beside the name of the table: names of columns, and what it is.
pub fn automatic_name(table: &Table, constraint: &TableConstraint) -> (String, &'static str) {
    match constraint {
        TableConstraint::PrimaryKey { .. } => (String::new(), "pkey"),
        TableConstraint::ForeignKey { columns, .. } => (columns.join("_"), "fkey"),
        TableConstraint::Unique { columns, .. } => (columns.join("_"), "key"),
        TableConstraint::Check { sql, .. } => (checked_column(table, sql).to_owned(), "check"),
        TableConstraint::Exclude { .. } => (constraint.columns().join("_"), "excl"),
        TableConstraint::Index(index) => (index.keys().join("_"), "idx"),
    }
}

/// The column whose name goes into that of a check: the only one it speaks of.
fn checked_column<'t>(table: &'t Table, sql: &Known<String>) -> &'t str {
    let sql = sql.known().map(String::as_str).unwrap_or_default();
    // Texts hold no columns.
    let bare: String = sql.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let words: Vec<&str> = bare.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut named = table.columns.iter().map(|column| column.name.as_str()).filter(|name| words.contains(name));
    match (named.next(), named.next()) {
        (Some(only), None) => only,
        _ => "",
    }
}

/// `<table>_<columns>_<label>`; PostgreSQL shortens the longer one of table and columns, byte by byte, until the name
/// fits (`makeObjectName`).
pub fn default_name(table: &str, columns: &str, label: &str) -> String {
    let separators = if columns.is_empty() { 1 } else { 2 };
    let room = NAME_BYTES - label.len() - separators;
    let (mut first, mut second) = (table, columns);
    while first.len() + second.len() > room {
        if first.len() > second.len() { first = shorter(first) } else { second = shorter(second) }
    }
    if second.is_empty() { format!("{first}_{label}") } else { format!("{first}_{second}_{label}") }
}

fn shorter(text: &str) -> &str {
    let end = text.char_indices().next_back().map_or(0, |(end, _)| end);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::default_name;

    #[test]
    fn names_as_postgresql_gives_them() {
        assert_eq!(default_name("item", "owner_id", "fkey"), "item_owner_id_fkey");
        assert_eq!(default_name("item", "", "pkey"), "item_pkey");
        let long = default_name(&"t".repeat(50), &"c".repeat(40), "fkey");
        assert_eq!(long, format!("{}_{}_fkey", "t".repeat(29), "c".repeat(28)));
    }
}
