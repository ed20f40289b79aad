//! Columns that the database fills in itself: computed ones, and those that it numbers.

use architect_model::{Column, IndexKey, Known, Table, TableConstraint};

use super::super::house::native_type;
use super::super::operation::{Numbering, Operation};
use super::super::sql;
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
            let is_of_one_type = |new: &Column| {
                let names = [old, new].map(|column| column.ty.known().and_then(native_type));
                names[0].is_some() && names[0] == names[1]
            };
            let is_other =
                |new: &Column| if is_of_one_type(new) { self.is_replaced(old, new) } else { old.ty != new.ty };
            to.columns.iter().find(|column| column.name == name).is_some_and(is_other)
        })
    }

    /// Whether a condition or expression of a constraint that stays speaks of a column whose values are of another kind
    /// afterwards. PostgreSQL keeps what it made of the words, in which a constant has the type of the column before:
    /// `CHECK (state <> 'OPEN'::state_old)`, and `operator does not exist: state <> state_old`.
    pub(super) fn is_over_recast(&self, to: &Table, constraint: &TableConstraint) -> bool {
        let Some((from, _)) = self.change.kept.iter().find(|(_, known)| std::ptr::eq(*known, to)) else {
            return false;
        };
        let is_recast = |old: &Column, new: &Column| self.is_replaced(old, new) || sql::is_recast(old, new);
        let recast = to.columns.iter().filter(|column| {
            let before = self.change.source_column(from, to, column);
            before.is_some_and(|before| is_recast(before, column))
        });
        let recast: Vec<&str> = recast.map(|column| column.name.as_str()).collect();
        !recast.is_empty()
            && expressions(constraint).iter().any(|sql| identifiers(sql).any(|word| recast.contains(&word)))
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

/// The conditions and expressions of a constraint.
fn expressions(constraint: &TableConstraint) -> Vec<&str> {
    let found: Vec<&String> = match constraint {
        TableConstraint::Check { sql, .. } => sql.known().into_iter().collect(),
        TableConstraint::Index(index) => {
            let keys = index.parts.iter().filter_map(|part| of_key(&part.key));
            keys.chain(index.predicate.iter().filter_map(Known::known)).collect()
        }
        TableConstraint::Exclude { elements, predicate, .. } => {
            let keys = elements.iter().filter_map(|element| of_key(&element.key));
            keys.chain(predicate.iter().filter_map(Known::known)).collect()
        }
        _ => Vec::new(),
    };
    found.into_iter().map(String::as_str).collect()
}

fn of_key(key: &IndexKey) -> Option<&String> {
    match key {
        IndexKey::Expression { expression, .. } => expression.known(),
        IndexKey::Column { .. } => None,
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
