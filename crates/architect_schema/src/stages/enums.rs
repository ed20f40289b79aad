//! Enumerations that lose values, which is a rewrite: until then everything has the old ones.

use std::sync::Arc;

use architect_model::{Column, ColumnType, Known, Table};

/// The values before, of native enumeration types that lose some.
pub(super) struct OldValues(Vec<(String, Vec<String>)>);

impl OldValues {
    pub(super) fn of(before: &[Arc<Table>], after: &[Arc<Table>]) -> Self {
        let native = |tables: &[Arc<Table>]| -> Vec<(String, Vec<String>)> {
            let columns = tables.iter().flat_map(|table| &table.columns);
            columns.filter_map(|column| native(column)).map(|(name, values)| (name.clone(), values.clone())).collect()
        };
        let after = native(after);
        let mut lost = native(before);
        lost.retain(|(name, values)| {
            let new = after.iter().find(|(known, _)| known == name);
            new.is_some_and(|(_, new)| loses(values, new))
        });
        Self(lost)
    }

    /// Such a type, where a column is of one.
    pub(super) fn of_column(&self, column: &Column) -> Option<&str> {
        let (name, _) = native(column)?;
        self.0.iter().find(|(known, _)| known == name).map(|(known, _)| known.as_str())
    }

    /// A table with the values before.
    pub(super) fn in_table(&self, table: &Table) -> Table {
        let columns = table.columns.iter().map(|column| self.in_column(column)).collect();
        Table { columns, ..table.clone() }
    }

    /// A column with the values before.
    pub(super) fn in_column(&self, column: &Column) -> Column {
        let mut column = column.clone();
        if let Known::Known(ColumnType::Enum { name: Some(name), values, native: true, .. }) = &mut column.ty
            && let Some((_, old)) = self.0.iter().find(|(known, _)| known == name)
        {
            *values = Known::Known(old.clone());
        }
        column
    }
}

/// Whether the enumeration of a column loses values.
pub(super) fn loses_values(from: &Column, to: &Column) -> bool {
    let values = |column: &Column| match column.ty.known().map(ColumnType::stored) {
        Some(ColumnType::Enum { values: Known::Known(values), .. }) => Some(values.clone()),
        _ => None,
    };
    matches!((values(from), values(to)), (Some(old), Some(new)) if loses(&old, &new))
}

fn loses(old: &[String], new: &[String]) -> bool {
    !old.iter().all(|value| new.contains(value))
}

fn native(column: &Column) -> Option<(&String, &Vec<String>)> {
    match column.ty.known()?.stored() {
        ColumnType::Enum { name: Some(name), values: Known::Known(values), native: true, .. } => Some((name, values)),
        _ => None,
    }
}
