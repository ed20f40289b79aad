//! Columns: how they come, and what becomes of those that stay.

use architect_model::{Column, Known, QualifiedName, RowDefault, ServerDefault, Table, TableConstraint};

use super::enums::loses_values;
use super::table::Kept;
use crate::safety::columns::volatile;
use crate::safety::types::{Rewrite, rewrite};

/// A column at each stage.
pub(super) struct ColumnStates {
    pub(super) expand: Column,
    /// With a default that would write the table anew, were it there from the first.
    pub(super) late: Column,
    pub(super) rewrite: Column,
    /// Whether it takes no NULL in the end, which is yet to be checked.
    pub(super) is_required: bool,
    /// Whether rows get a value.
    pub(super) is_filled: bool,
    /// Whether it is written anew.
    pub(super) is_rewritten: bool,
    /// Whether it has a default until old code is gone.
    pub(super) loses_default: bool,
}

impl ColumnStates {
    /// The same at all stages.
    fn one(column: Column) -> Self {
        Self {
            late: column.clone(),
            rewrite: column.clone(),
            expand: column,
            is_required: false,
            is_filled: false,
            is_rewritten: false,
            loses_default: false,
        }
    }
}

impl Kept<'_> {
    /// A column that comes. What the database fills in from the first comes as it is: there is no way around writing the
    /// table anew.
    ///
    /// A constant default writes nothing: `ALTER TABLE … ADD COLUMN … DEFAULT` keeps it beside the rows (PostgreSQL 11).
    pub(super) fn new_column(&self, name: &QualifiedName, column: &Column) -> ColumnStates {
        let column = &self.old_values.in_column(column);
        let is_generated = column.computed.is_some() || column.identity.is_some() || self.to.is_autoincrement(column);
        let row = self.row_default(name, column);
        let free = Column { nullable: Known::Known(true), ..column.clone() };
        let mut states = match (&column.server_default, &column.nullable) {
            _ if is_generated => return self.with_new_values(ColumnStates::one(column.clone())),
            (Some(default), nullable) => {
                let is_apart = *nullable == Known::Known(true) && is_told_apart(self.to, column);
                if !self.is_own_of_each_row(default) && !is_apart {
                    return self.with_new_values(ColumnStates::one(column.clone()));
                }
                let bare = Column { server_default: None, ..free.clone() };
                let is_filled = !is_apart;
                ColumnStates { expand: bare, is_filled, ..ColumnStates::one(free) }
            }
            (None, Known::Known(false)) => match row.and_then(|row| row.constant.as_ref()) {
                Some(constant) if !self.is_own_of_each_row(constant) && !is_told_apart(self.to, column) => {
                    let filled = Column { server_default: Some(constant.clone()), ..column.clone() };
                    let states = ColumnStates { loses_default: true, ..ColumnStates::one(filled) };
                    return self.with_new_values(states);
                }
                _ => ColumnStates { is_filled: row.is_some(), ..ColumnStates::one(free) },
            },
            (None, _) => ColumnStates { is_filled: row.is_some(), ..ColumnStates::one(column.clone()) },
        };
        states.is_required = column.nullable == Known::Known(false);
        self.with_new_values(states)
    }

    /// A column that stays.
    pub(super) fn kept_column(&self, name: &QualifiedName, from: &Column, to: &Column) -> ColumnStates {
        let numbered = |table: &Table, column: &Column| table.is_autoincrement(column);
        let is_other = from.computed != to.computed
            || from.identity != to.identity
            || from.primary_key != to.primary_key
            || numbered(self.from, from) != numbered(self.to, to);
        let is_rewritten = is_other || self.is_rewritten(from, to);
        let is_required = !is_rewritten && (from.nullable.known(), to.nullable.known()) == (Some(&true), Some(&false));
        let nullable = if is_required { from.nullable.clone() } else { to.nullable.clone() };
        let loses_default = from.server_default.is_some() && to.server_default.is_none() && !is_rewritten;
        let kept = Column {
            nullable: if is_rewritten { from.nullable.clone() } else { nullable.clone() },
            comment: if is_rewritten { from.comment.clone() } else { to.comment.clone() },
            ty: if is_rewritten { from.ty.clone() } else { to.ty.clone() },
            server_default: match is_rewritten || loses_default {
                true => from.server_default.clone(),
                false => to.server_default.clone(),
            },
            ..from.clone()
        };
        let anew = if is_rewritten { Column { nullable, ..to.clone() } } else { kept.clone() };
        let is_filled = is_required && self.row_default(name, to).is_some();
        ColumnStates { rewrite: anew, is_required, is_filled, is_rewritten, loses_default, ..ColumnStates::one(kept) }
    }

    /// A column that goes in the end: new code does not know it, and makes rows without it.
    pub(super) fn gone_column(&self, column: &Column) -> ColumnStates {
        let fills_itself = column.server_default.is_some()
            || column.computed.is_some()
            || column.identity.is_some()
            || self.from.is_autoincrement(column);
        let nullable = if column.primary_key || fills_itself { column.nullable.clone() } else { Known::Known(true) };
        ColumnStates::one(Column { nullable, ..column.clone() })
    }

    fn is_rewritten(&self, from: &Column, to: &Column) -> bool {
        if loses_values(from, to) {
            return true;
        }
        match (from.ty.known(), to.ty.known()) {
            (Some(old), Some(new)) => rewrite(old, new, None, &from.name, self.change.version) != Rewrite::No,
            (None, None) => false,
            _ => true,
        }
    }

    /// Whether a default writes each row: it has another value for each, or PostgreSQL is too old.
    fn is_own_of_each_row(&self, default: &ServerDefault) -> bool {
        self.change.version < 11 || default.sql.known().is_some_and(|sql| volatile(sql).is_some())
    }

    fn row_default(&self, table: &QualifiedName, column: &Column) -> Option<&RowDefault> {
        self.change.defaults.iter().find(|row| row.table == *table && row.column == column.name)
    }

    /// From the rewrite on, an enumeration has its new values.
    fn with_new_values(&self, mut states: ColumnStates) -> ColumnStates {
        if let Some(last) = self.to.columns.iter().find(|column| column.name == states.rewrite.name) {
            states.rewrite.ty = last.ty.clone();
        }
        states
    }
}

/// Whether no two rows may have the same in a column.
fn is_told_apart(table: &Table, column: &Column) -> bool {
    table.constraints.iter().filter_map(TableConstraint::unique_columns).any(|columns| columns == [&*column.name])
}
