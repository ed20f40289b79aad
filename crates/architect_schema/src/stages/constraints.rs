//! Constraints and indexes: which stay, which wait, which go when.

use std::sync::Arc;

use architect_model::{Column, Known, Table, TableConstraint, constraint_name, qualified};

/// Whether two constraints are one in the database.
pub(super) fn is_same(a: &TableConstraint, b: &TableConstraint) -> bool {
    use TableConstraint as C;
    match (a, b) {
        (C::PrimaryKey { columns: a, .. }, C::PrimaryKey { columns: b, .. }) => a == b,
        (
            C::Check { name: a, sql: Known::Unknown { unknown: x }, .. },
            C::Check { name: b, sql: Known::Unknown { unknown: y }, .. },
        ) => a == b && x.reason == y.reason,
        (C::ForeignKey { .. }, C::ForeignKey { .. }) => without_alter(a) == without_alter(b),
        _ => a == b,
    }
}

/// The constraints of the one table that the other has not.
pub(super) fn only_in<'t>(one: &'t Table, other: &Table) -> Vec<&'t TableConstraint> {
    one.constraints.iter().filter(|known| !other.constraints.iter().any(|it| is_same(known, it))).collect()
}

/// Whether a constraint is made of an index that can be built beforehand.
pub(super) fn is_indexed(constraint: &TableConstraint) -> bool {
    matches!(constraint, TableConstraint::Index(_) | TableConstraint::Unique { .. })
}

/// Whether the primary key is one and the same.
pub(super) fn has_same_key(from: &Table, to: &Table) -> bool {
    let key = |table: &Table| -> Vec<String> {
        let is_key = |constraint: &&TableConstraint| matches!(constraint, TableConstraint::PrimaryKey { .. });
        let constraint = table.constraints.iter().find(is_key);
        let columns = constraint.map(|key| key.columns().into_iter().map(str::to_owned).collect());
        columns.unwrap_or_default()
    };
    key(from) == key(to)
}

/// Whether a constraint or index speaks of a column.
pub(super) fn speaks_of(constraint: &TableConstraint, column: &str) -> bool {
    let words = |sql: &Known<String>| {
        let sql = sql.known().map(String::as_str).unwrap_or_default();
        sql.split(|char: char| !char.is_alphanumeric() && char != '_').any(|word| word == column)
    };
    match constraint {
        TableConstraint::Check { sql, .. } => words(sql),
        TableConstraint::Index(index) => {
            index.keys().iter().any(|key| *key == column || words(&Known::Known((*key).to_owned())))
                || index.predicate.as_ref().is_some_and(words)
                || index.include.iter().any(|included| included == column)
        }
        other => other.columns().contains(&column),
    }
}

/// Whether what a key of a new table refers to is there before anything is indexed or written anew.
pub(super) fn is_ready(constraint: &TableConstraint, before: &[Arc<Table>], after: &[Arc<Table>]) -> bool {
    let TableConstraint::ForeignKey { ref_table, ref_columns, .. } = constraint else { return true };
    let find = |tables: &'_ [Arc<Table>]| -> Option<Arc<Table>> {
        tables.iter().find(|table| qualified(table).as_ref() == Some(ref_table)).cloned()
    };
    let (Some(from), Some(to)) = (find(before), find(after)) else { return true };
    let has_type = |name: &String| {
        let ty = |table: &Table| -> Option<Known<architect_model::ColumnType>> {
            table.columns.iter().find(|column: &&Column| column.name == *name).map(|column| column.ty.clone())
        };
        ty(&from).is_some() && ty(&from) == ty(&to)
    };
    let is_key = |own: &TableConstraint| match own {
        TableConstraint::PrimaryKey { columns, .. } => columns == ref_columns,
        other => other.unique_columns().is_some_and(|columns| columns == *ref_columns),
    };
    let keeps_key = from.constraints.iter().any(|own| is_key(own) && to.constraints.iter().any(|it| is_same(own, it)));
    ref_columns.iter().all(has_type) && keeps_key
}

/// Whether one of these has the name of a constraint.
pub(super) fn takes_name(
    (table, constraint): (&Table, &TableConstraint),
    (other, constraints): (&Table, &[&TableConstraint]),
) -> bool {
    let name = constraint_name(table, constraint);
    constraints.iter().any(|known| constraint_name(other, known) == name)
}

/// A foreign key without the word how it is made.
fn without_alter(constraint: &TableConstraint) -> TableConstraint {
    let mut bare = constraint.clone();
    if let TableConstraint::ForeignKey { use_alter, .. } = &mut bare {
        *use_alter = false;
    }
    bare
}
