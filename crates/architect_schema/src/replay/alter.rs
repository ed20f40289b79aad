//! Columns: their names, types, defaults and comments changed.

use architect_model::{ColumnChange, IndexKey, Known, QualifiedName, Table, TableConstraint, Touched};

use super::mention::renamed;
use super::tables::refers_to;
use super::{Outcome, Refused, Replay};

impl Replay {
    /// `ALTER TABLE … ALTER COLUMN`, `… RENAME COLUMN`, `COMMENT ON COLUMN`.
    pub(super) fn alter_column(&mut self, name: &QualifiedName, column: &str, change: &ColumnChange) -> Outcome {
        let touches = Touched::Column { table: name.clone(), column: column.to_owned() };
        let new_name = change.name.as_deref().filter(|new| *new != column);
        let doubted = self.is_doubted(&touches);
        let table = match self.table_mut(name) {
            Ok(table) => table,
            Err(Refused(_, reason)) => return if doubted { Ok(()) } else { Err(Refused(touches, reason)) },
        };
        if let Some(new) = new_name.filter(|new| table.columns.iter().any(|known| known.name == **new)) {
            return Err(Refused(touches, format!("`{name}` has a column `{new}` already")));
        }
        let Some(known) = table.columns.iter_mut().find(|known| known.name == column) else {
            if let Some(new) = new_name {
                self.rename_column_doubts(name, column, new);
            }
            let reason = format!("`{name}` has no column `{column}` at this point");
            return if doubted { Ok(()) } else { Err(Refused(touches, reason)) };
        };
        if let Some(ty) = &change.ty {
            known.ty.clone_from(ty);
        }
        if let Some(nullable) = &change.nullable {
            known.nullable.clone_from(nullable);
        }
        if let Some(default) = &change.server_default {
            known.server_default.clone_from(default);
            // The sequence of a `SERIAL` column is its default.
            known.autoincrement = known.autoincrement.map(|_| false);
        }
        if let Some(comment) = &change.comment {
            known.comment.clone_from(comment);
        }
        if let Some(new) = new_name {
            new.clone_into(&mut known.name);
            rename_in(table, column, new);
            self.rename_references(name, column, new);
            self.rename_column_doubts(name, column, new);
        }
        Ok(())
    }

    /// Gives a column its new name in the foreign keys that refer to it.
    fn rename_references(&mut self, table: &QualifiedName, from: &str, to: &str) {
        let (dialect, target) = (self.dialect, self.key(table));
        for constraint in self.tables.values_mut().flat_map(|table| &mut table.constraints) {
            if let TableConstraint::ForeignKey { ref_table, ref_columns, .. } = constraint
                && refers_to(dialect, ref_table, &target)
            {
                rename_all(ref_columns, from, to);
            }
        }
    }
}

/// Gives a column its new name in the constraints and indexes of its table.
fn rename_in(table: &mut Table, from: &str, to: &str) {
    let in_sql = |sql: &mut Known<String>| {
        if let Known::Known(sql) = sql {
            *sql = renamed(sql, from, to);
        }
    };
    let in_key = |key: &mut IndexKey| match key {
        IndexKey::Column { column } if column == from => to.clone_into(column),
        IndexKey::Column { .. } => {}
        IndexKey::Expression { expression, .. } => in_sql(expression),
    };
    for constraint in &mut table.constraints {
        match constraint {
            TableConstraint::PrimaryKey { columns, .. }
            | TableConstraint::Unique { columns, .. }
            | TableConstraint::ForeignKey { columns, .. } => rename_all(columns, from, to),
            TableConstraint::Check { sql, of_type, .. } => {
                in_sql(sql);
                if of_type.as_deref() == Some(from) {
                    *of_type = Some(to.to_owned());
                }
            }
            TableConstraint::Exclude { elements, predicate, .. } => {
                elements.iter_mut().for_each(|element| in_key(&mut element.key));
                predicate.iter_mut().for_each(in_sql);
            }
            TableConstraint::Index(index) => {
                index.parts.iter_mut().for_each(|part| in_key(&mut part.key));
                index.predicate.iter_mut().chain(&mut index.sqlite_predicate).for_each(in_sql);
                rename_all(&mut index.include, from, to);
            }
        }
    }
    for column in &mut table.columns {
        column.computed.iter_mut().for_each(|computed| in_sql(&mut computed.sql));
    }
}

fn rename_all(names: &mut [String], from: &str, to: &str) {
    for name in names.iter_mut().filter(|name| *name == from) {
        to.clone_into(name);
    }
}
