//! Columns: added and dropped.

use architect_model::{Column, Known, QualifiedName, Table, TableConstraint, Touched};

use super::mention::mentions;
use super::{Outcome, Refused, Replay};
use crate::sql::Dialect;

impl Replay {
    /// `ALTER TABLE … ADD COLUMN`, and the constraints and indexes that come with it.
    pub(super) fn add_column(
        &mut self,
        name: &QualifiedName,
        column: &Column,
        constraints: &[TableConstraint],
        if_not_exists: bool,
    ) -> Outcome {
        let touches = Touched::Column { table: name.clone(), column: column.name.clone() };
        let table = match self.table_mut(name) {
            Ok(table) => table,
            Err(Refused(_, reason)) => return Err(Refused(touches, reason)),
        };
        if table.columns.iter().any(|known| known.name == column.name) {
            let reason = format!("`{name}` has a column `{}` already", column.name);
            return if_not_exists.then_some(()).ok_or(Refused(touches, reason));
        }
        let mut column = column.clone();
        (column.primary_key, column.unique, column.index) = (false, false, false);
        table.columns.push(column);
        self.forget(&touches);
        constraints.iter().try_for_each(|constraint| self.attach(name, constraint.clone()))
    }

    /// `ALTER TABLE … DROP COLUMN`: constraints and indexes of the column go with it.
    ///
    /// PostgreSQL: "Indexes and table constraints involving the column will be automatically dropped as well."
    pub(super) fn drop_column(&mut self, name: &QualifiedName, column: &str, if_exists: bool) -> Outcome {
        let touches = Touched::Column { table: name.clone(), column: column.to_owned() };
        let doubted = self.is_doubted(&touches);
        let dialect = self.dialect;
        let table = match self.table_mut(name) {
            Ok(table) => table,
            Err(Refused(_, reason)) => return if doubted { Ok(()) } else { Err(Refused(touches, reason)) },
        };
        let Some(index) = table.columns.iter().position(|known| known.name == column) else {
            self.forget(&touches);
            let reason = format!("`{name}` has no column `{column}` at this point");
            return if if_exists || doubted { Ok(()) } else { Err(Refused(touches, reason)) };
        };
        table.columns.remove(index);
        let gone: Vec<TableConstraint> = table.constraints.extract_if(.., |known| involves(known, column)).collect();
        keep_sound(table, &gone);
        let key = self.key(name);
        for constraint in gone.iter().filter_map(TableConstraint::name) {
            self.names.free(key.schema.as_deref(), constraint);
            self.not_valid.remove(&(key.clone(), constraint.to_owned()));
        }
        self.forget(&touches);
        if dialect == Dialect::Postgresql {
            self.drop_references(&key, |columns| columns.iter().any(|name| name == column));
        }
        Ok(())
    }
}

/// Whether a constraint or index cannot be without a column.
fn involves(constraint: &TableConstraint, column: &str) -> bool {
    let mentioned =
        |sql: &Option<Known<String>>| sql.as_ref().and_then(Known::known).is_some_and(|sql| mentions(sql, column));
    match constraint {
        TableConstraint::Check { sql, of_type, .. } => {
            of_type.as_deref() == Some(column) || sql.known().is_some_and(|sql| mentions(sql, column))
        }
        TableConstraint::Index(index) => {
            let part = |part: &architect_model::IndexPart| match part.key.as_column() {
                Some(name) => name == column,
                None => mentions(part.key.text(), column),
            };
            index.parts.iter().any(part)
                || mentioned(&index.predicate)
                || mentioned(&index.sqlite_predicate)
                || index.include.iter().any(|name| name == column)
        }
        TableConstraint::Exclude { elements, predicate, .. } => {
            elements.iter().any(|element| mentions(element.key.text(), column)) || mentioned(predicate)
        }
        TableConstraint::PrimaryKey { columns, .. }
        | TableConstraint::Unique { columns, .. }
        | TableConstraint::ForeignKey { columns, .. } => columns.iter().any(|name| name == column),
    }
}

/// A table whose primary key is gone has no columns of it.
pub(super) fn keep_sound(table: &mut Table, gone: &[TableConstraint]) {
    if gone.iter().any(|constraint| matches!(constraint, TableConstraint::PrimaryKey { .. })) {
        table.columns.iter_mut().for_each(|column| column.primary_key = false);
    }
}
