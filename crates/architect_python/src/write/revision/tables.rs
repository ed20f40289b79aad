//! What is asked of tables: their indexes, their sequences, the types behind types.

use architect_model::{Column, ColumnType, Table, TableConstraint, default_name};

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
