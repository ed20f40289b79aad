//! What is asked of tables: their indexes, their sequences.

use architect_model::{Column, Index, Table, TableConstraint, default_name};

/// An index with a name; Alembic cannot write one without.
pub(super) struct NamedIndex<'a> {
    pub(super) name: &'a str,
    pub(super) index: &'a Index,
}

impl<'a> NamedIndex<'a> {
    /// The index that a constraint is.
    pub(super) fn of(constraint: &'a TableConstraint) -> Option<Self> {
        match constraint {
            TableConstraint::Index(index) => Some(NamedIndex { name: index.name.as_deref()?, index }),
            _ => None,
        }
    }
}

/// The indexes of a table.
pub(super) fn indexes(table: &Table) -> impl Iterator<Item = NamedIndex<'_>> {
    table.constraints.iter().filter_map(NamedIndex::of)
}

/// The sequence of a `SERIAL` column.
pub(super) fn sequence_name(table: &Table, column: &Column) -> String {
    default_name(table.name.known().map(String::as_str).unwrap_or_default(), &column.name, "seq")
}
