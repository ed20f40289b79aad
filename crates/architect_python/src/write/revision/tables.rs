//! What is asked of tables: their constraints' names, their indexes, the types behind types.

use architect_model::{Column, ColumnType, Known, Table, TableConstraint};

/// Bytes of a name that PostgreSQL keeps.
const NAME_BYTES: usize = 63;

/// An index.
pub(super) struct NewIndex<'a> {
    pub(super) name: &'a str,
    pub(super) columns: &'a [String],
    pub(super) unique: bool,
    pub(super) options: &'a [String],
}

impl<'a> NewIndex<'a> {
    /// The index that a constraint is; Alembic cannot write one without a name.
    pub(super) fn of(constraint: &'a TableConstraint) -> Option<Self> {
        match constraint {
            TableConstraint::Index { name: Some(name), columns, unique, options } => {
                Some(NewIndex { name, columns, unique: *unique, options })
            }
            _ => None,
        }
    }
}

/// The indexes of a table.
pub(super) fn indexes(table: &Table) -> impl Iterator<Item = NewIndex<'_>> {
    table.constraints.iter().filter_map(NewIndex::of)
}

/// The name that a constraint has of its own or by the naming convention.
pub(super) fn given_name(constraint: &TableConstraint) -> Option<&str> {
    match constraint {
        TableConstraint::PrimaryKey { name, .. }
        | TableConstraint::ForeignKey { name, .. }
        | TableConstraint::Unique { name, .. }
        | TableConstraint::Check { name, .. }
        | TableConstraint::Index { name, .. } => name.as_deref(),
    }
}

/// The name of a constraint in the database: its own, or the one that PostgreSQL gives it.
pub(super) fn constraint_name(table: &Table, constraint: &TableConstraint) -> String {
    if let Some(name) = given_name(constraint) {
        return name.to_owned();
    }
    let name = table.name.known().map(String::as_str).unwrap_or_default();
    match constraint {
        TableConstraint::PrimaryKey { .. } => default_name(name, "", "pkey"),
        TableConstraint::ForeignKey { columns, .. } => default_name(name, &columns.join("_"), "fkey"),
        TableConstraint::Unique { columns, .. } => default_name(name, &columns.join("_"), "key"),
        TableConstraint::Check { sql, .. } => default_name(name, checked_column(table, sql), "check"),
        TableConstraint::Index { columns, .. } => default_name(name, &columns.join("_"), "idx"),
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
fn default_name(table: &str, columns: &str, label: &str) -> String {
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

/// Whether PostgreSQL numbers the rows by this column: SQLAlchemy makes the only column of a primary key `SERIAL`, where
/// it is a whole number and refers to nothing.
pub(super) fn is_serial(table: &Table, column: &Column) -> bool {
    let keys = table.columns.iter().filter(|column| column.primary_key).count();
    let refers = table.constraints.iter().any(|constraint| match constraint {
        TableConstraint::ForeignKey { columns, .. } => columns.contains(&column.name),
        _ => false,
    });
    let is_whole = column.ty.known().is_some_and(|ty| {
        matches!(stored(ty), ColumnType::Integer | ColumnType::BigInteger | ColumnType::SmallInteger)
    });
    is_whole && column.primary_key && keys == 1 && !refers && column.server_default.is_none()
}

/// The sequence of a `SERIAL` column.
pub(super) fn sequence_name(table: &Table, column: &Column) -> String {
    default_name(table.name.known().map(String::as_str).unwrap_or_default(), &column.name, "seq")
}

/// The type that a column has in the database.
pub(super) fn stored(ty: &ColumnType) -> &ColumnType {
    match ty {
        ColumnType::Other { implementation: Some(inner), .. } => stored(inner),
        ty => ty,
    }
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
