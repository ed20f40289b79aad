//! Columns that the database fills in itself: computed ones, and those that it numbers.

use architect_model::{Column, Known, Table, TableConstraint};

use super::super::operation::{Numbering, Operation};
use super::Differ;
use super::values::identifiers;

impl<'a> Differ<'_, 'a> {
    /// Whether a column goes and comes again: no database gives one another expression to be computed by, nor takes the
    /// expression from it.
    pub(super) fn is_remade(&self, (from_table, from): (&Table, &Column), (to_table, to): (&Table, &Column)) -> bool {
        match (&from.computed, &to.computed) {
            (None, None) => false,
            (Some(a), Some(b)) => {
                let is_same = match (&a.sql, &b.sql) {
                    (Known::Known(x), Known::Known(y)) => self.change.carried_sql(to_table, x) == *y,
                    (x, y) => x == y,
                };
                !is_same || a.persisted != b.persisted || self.reads_retyped(from_table, to_table, a.sql.known())
            }
            _ => true,
        }
    }

    /// Whether an expression reads a column that gets another type: PostgreSQL refuses to change it then
    /// (`cannot alter type of a column used by a generated column`).
    fn reads_retyped(&self, from: &Table, to: &Table, sql: Option<&String>) -> bool {
        let Some(sql) = sql else { return false };
        from.columns.iter().filter(|column| identifiers(sql).any(|word| word == column.name)).any(|old| {
            let name = self.change.renamed(to, &old.name);
            to.columns.iter().find(|column| column.name == name).is_some_and(|new| old.ty != new.ty)
        })
    }

    /// Whether a constraint of the table that comes speaks of a column that is made anew.
    pub(super) fn is_over_remade(&self, to: &Table, constraint: &TableConstraint) -> bool {
        let Some((from, _)) = self.change.kept.iter().find(|(_, known)| std::ptr::eq(*known, to)) else {
            return false;
        };
        let remade: Vec<&str> = to
            .columns
            .iter()
            .filter(|column| {
                let before = from.columns.iter().find(|known| self.change.renamed(to, &known.name) == column.name);
                before.is_some_and(|before| self.is_remade((from, before), (to, column)))
            })
            .map(|column| column.name.as_str())
            .collect();
        match constraint {
            TableConstraint::Check { sql, .. } => {
                sql.known().is_some_and(|sql| identifiers(sql).any(|word| remade.contains(&word)))
            }
            other => other.columns().iter().any(|text| identifiers(text).any(|word| remade.contains(&word))),
        }
    }

    /// What becomes of the numbers of a column that stays.
    pub(super) fn renumbered(
        &self,
        (from_table, from): (&'a Table, &'a Column),
        (to_table, to): (&'a Table, &'a Column),
    ) -> Option<Operation<'a>> {
        let (before, after) = (numbering(from_table, from), numbering(to_table, to));
        (before != after).then_some(Operation::Renumber { table: to_table, column: to, from: before, to: after })
    }
}

/// How PostgreSQL numbers a column.
pub(super) fn numbering<'a>(table: &Table, column: &'a Column) -> Numbering<'a> {
    match &column.identity {
        Some(identity) => Numbering::Identity(identity),
        None if table.is_autoincrement(column) => Numbering::Serial,
        None => Numbering::None,
    }
}
