//! Rows that a new constraint does not take: how they are found, and the value that they get.

use architect_model::{Column, Known, Table, TableConstraint, identifier, qualified};

use super::super::operation::{Filling, Rows};
use super::super::sql;
use super::Differ;
use super::columns::ColumnChanges;
use super::values::identifiers;

/// Whether a check is the one by which stages come to `SET NOT NULL`: `item_slug_filled`.
pub(super) fn is_of_stages(constraint: &TableConstraint) -> bool {
    let TableConstraint::Check { name: Some(name), sql: Known::Known(sql), .. } = constraint else { return false };
    name.ends_with("_filled") && sql.ends_with(" IS NOT NULL")
}

impl<'a> Differ<'_, 'a> {
    /// Values given for columns of foreign keys and checks that come: rows that do not comply get them before.
    pub(super) fn comply(&mut self, from: &'a Table, to: &'a Table, changes: &mut ColumnChanges<'a>) {
        // A stage of its own has filled what was NULL.
        let is_filled = |one: &TableConstraint| self.is_staged() && is_of_stages(one);
        let is_new = |one: &&TableConstraint| !self.is_met(from, to, one) && !is_filled(one);
        let new: Vec<&'a TableConstraint> = to.constraints.iter().filter(is_new).collect();
        for constraint in new {
            let is_named = |column: &&'a Column| match constraint {
                TableConstraint::ForeignKey { columns, .. } => columns.contains(&column.name),
                TableConstraint::Check { sql, native: false, .. } => {
                    sql.known().is_some_and(|sql| identifiers(sql).any(|word| word == column.name))
                }
                _ => false,
            };
            for column in to.columns.iter().filter(is_named) {
                let is_old =
                    self.change.source_column(from, to, column).is_some_and(|old| !sql::is_recast(old, column));
                let Some(value) = self.given(to, column).filter(|_| is_old) else { continue };
                changes.is_filled = true;
                changes.fills.push(Filling { table: to, column, value, rows: Rows::Against(constraint) });
                break;
            }
        }
    }

    /// Whether all rows meet a constraint already, as another one asks the same of them.
    pub(super) fn is_met(&self, from: &Table, to: &Table, constraint: &TableConstraint) -> bool {
        from.constraints.iter().any(|old| match (&self.change.carried(to, old), constraint) {
            (
                TableConstraint::ForeignKey { columns: a, ref_table: x, ref_columns: b, .. },
                TableConstraint::ForeignKey { columns: c, ref_table: y, ref_columns: d, .. },
            ) => (a, x, b) == (c, y, d),
            (TableConstraint::Check { sql: a, .. }, TableConstraint::Check { sql: b, .. }) => a == b,
            (old, new) => match (old.unique_columns(), new.unique_columns()) {
                (Some(a), Some(b)) => a == b,
                _ => old == new,
            },
        })
    }

    /// The query that finds the rows which a constraint that comes does not take, in the database as it is before; none
    /// where it speaks of what comes too.
    pub(super) fn offending(&self, from: &Table, to: &Table, constraint: &TableConstraint) -> Option<String> {
        let old = |name: &str| -> Option<String> {
            let column = from.columns.iter().find(|column| self.change.renamed(to, &column.name) == name)?;
            Some(identifier(&column.name))
        };
        let table = sql::name(from);
        match constraint {
            TableConstraint::Check { sql, .. } => {
                let sql = sql.known()?;
                let mut named = to.columns.iter().filter(|column| identifiers(sql).any(|word| word == column.name));
                let is_there = named.all(|column| from.columns.iter().any(|known| known.name == column.name));
                is_there.then(|| format!("SELECT * FROM {table} WHERE NOT ({sql})"))
            }
            TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. } => {
                let columns: Vec<String> = columns.iter().map(|name| old(name)).collect::<Option<_>>()?;
                let is_it = |pair: &&(&Table, &Table)| qualified(pair.1).as_ref() == Some(ref_table);
                let target = self.change.kept.iter().find(is_it).copied();
                let Some((before, after)) = target else {
                    return Some(format!("SELECT * FROM {table} WHERE {}", present(&table, &columns)));
                };
                let name = |name: &String| {
                    let column = before.columns.iter().find(|known| self.change.renamed(after, &known.name) == name)?;
                    Some(identifier(&column.name))
                };
                let referred: Vec<String> = ref_columns.iter().map(name).collect::<Option<_>>()?;
                Some(format!(
                    "SELECT * FROM {table} WHERE {}",
                    orphans(&table, &columns, &sql::name(before), &referred)
                ))
            }
            other => {
                let columns: Vec<String> =
                    other.unique_columns()?.iter().map(|name| old(name)).collect::<Option<_>>()?;
                let present: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
                let (columns, present) = (columns.join(", "), present.join(" AND "));
                Some(format!("SELECT {columns} FROM {table} WHERE {present} GROUP BY {columns} HAVING count(*) > 1"))
            }
        }
    }
}

/// Rows that refer to something.
fn present(table: &str, columns: &[String]) -> String {
    columns.iter().map(|column| format!("{table}.{column} IS NOT NULL")).collect::<Vec<_>>().join(" AND ")
}

/// Rows that refer to what is not there: `MATCH SIMPLE` looks at those alone that have a value in every column.
pub(in super::super) fn orphans(table: &str, columns: &[String], target: &str, referred: &[String]) -> String {
    let pairs = columns.iter().zip(referred).map(|(own, other)| format!("target.{other} = {table}.{own}"));
    let pairs: Vec<String> = pairs.collect();
    format!(
        "{} AND NOT EXISTS (SELECT 1 FROM {target} AS target WHERE {})",
        present(table, columns),
        pairs.join(" AND ")
    )
}
