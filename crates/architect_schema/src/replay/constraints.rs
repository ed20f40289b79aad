//! Constraints: added, dropped, renamed.

use architect_model::{QualifiedName, TableConstraint, Touched};

use super::columns::keep_sound;
use super::{Outcome, Refused, Replay};
use crate::sql::Dialect;

/// How a constraint is dropped.
pub(super) struct How {
    /// `IF EXISTS`.
    pub(super) if_exists: bool,
    /// `CASCADE`.
    pub(super) cascade: bool,
    /// In a batch of Alembic's.
    pub(super) batch: bool,
}

impl Replay {
    /// `ALTER TABLE … ADD CONSTRAINT`, of an index that is there where one is named.
    pub(super) fn add_constraint(
        &mut self,
        name: &QualifiedName,
        constraint: &TableConstraint,
        using_index: Option<&str>,
    ) -> Outcome {
        let mut constraint = constraint.clone();
        let touches = |constraint: &TableConstraint| match constraint.name() {
            Some(own) => Touched::Constraint { table: name.clone(), name: own.to_owned() },
            None => Touched::Constraints { table: name.clone() },
        };
        let key = self.key(name);
        let table = match self.table_mut(name) {
            Ok(table) => table,
            Err(Refused(_, reason)) => return Err(Refused(touches(&constraint), reason)),
        };
        if let Some(own) = constraint.name()
            && table.constraints.iter().any(|known| known.name() == Some(own))
            && using_index != Some(own)
        {
            let reason = format!("`{name}` has a constraint or index `{own}` already");
            return Err(Refused(touches(&constraint), reason));
        }
        if let Some(index) = using_index {
            let place = table.constraints.iter().position(|known| known.name() == Some(index));
            let Some(TableConstraint::Index(found)) = place.map(|place| table.constraints.remove(place)) else {
                return Err(Refused(touches(&constraint), format!("`{name}` has no index `{index}` at this point")));
            };
            let keys: Vec<String> = found.keys().into_iter().map(str::to_owned).collect();
            match &mut constraint {
                TableConstraint::PrimaryKey { columns, .. } => *columns = keys,
                TableConstraint::Unique { columns, nulls_not_distinct, .. } => {
                    *columns = keys;
                    *nulls_not_distinct = found.nulls_not_distinct;
                }
                _ => {}
            }
            constraint.name_mut().get_or_insert_with(|| index.to_owned());
            self.names.free(key.schema.as_deref(), index);
        }
        self.attach(name, constraint)
    }

    /// Notes of the constraint that a table got last whether its rows were checked.
    pub(super) fn note_validity(&mut self, table: &QualifiedName, not_valid: bool) {
        let key = self.key(table);
        let last = self.tables.get(&key).and_then(|table| table.constraints.last());
        let Some(name) = last.and_then(TableConstraint::name) else { return };
        let entry = (key, name.to_owned());
        if not_valid {
            self.not_valid.insert(entry);
        } else {
            self.not_valid.remove(&entry);
        }
    }

    /// `ALTER TABLE … DROP CONSTRAINT`.
    pub(super) fn drop_constraint(
        &mut self,
        table_name: &QualifiedName,
        name: Option<&str>,
        what: Option<&str>,
        how: How,
    ) -> Outcome {
        let touches = match name {
            Some(name) => Touched::Constraint { table: table_name.clone(), name: name.to_owned() },
            None => Touched::Constraints { table: table_name.clone() },
        };
        let doubted = self.is_doubted(&touches);
        let (key, dialect) = (self.key(table_name), self.dialect);
        let table = match self.table_mut(table_name) {
            Ok(table) => table,
            Err(Refused(_, reason)) => return if doubted { Ok(()) } else { Err(Refused(touches, reason)) },
        };
        let named = table.constraints.iter().position(|known| name.is_some() && known.name() == name);
        // A batch names what has no name by its `naming_convention`; where there is only one of the kind, it is that.
        let place = named.or_else(|| {
            let unnamed = |known: &&(usize, &TableConstraint)| known.1.name().is_none() && is_kind(known.1, what);
            let all: Vec<_> = table.constraints.iter().enumerate().collect();
            let mut fitting = all.iter().filter(unnamed);
            let only = fitting.next().map(|(place, _)| *place).filter(|_| fitting.next().is_none());
            only.filter(|_| how.batch && dialect == Dialect::Sqlite)
        });
        let Some(place) = place else {
            self.forget(&touches);
            let called = name.map(|name| format!(" `{name}`")).unwrap_or_default();
            let reason = format!("`{table_name}` has no constraint{called} at this point");
            return if how.if_exists || doubted { Ok(()) } else { Err(Refused(touches, reason)) };
        };
        let gone = table.constraints.remove(place);
        keep_sound(table, std::slice::from_ref(&gone));
        if let Some(name) = gone.name() {
            self.names.free(key.schema.as_deref(), name);
            self.not_valid.remove(&(key.clone(), name.to_owned()));
        }
        if how.cascade {
            self.drop_dependents(&key, &gone);
        }
        self.forget(&touches);
        Ok(())
    }

    /// `ALTER TABLE … RENAME CONSTRAINT`.
    pub(super) fn rename_constraint(&mut self, table: &QualifiedName, name: &str, to: &str) -> Outcome {
        let touches = Touched::Constraint { table: table.clone(), name: to.to_owned() };
        let key = self.key(table);
        let found = self.table_mut(table)?.constraints.iter_mut().find(|known| known.name() == Some(name));
        let Some(found) = found else {
            return Err(Refused(touches, format!("`{table}` has no constraint `{name}` at this point")));
        };
        *found.name_mut() = Some(to.to_owned());
        self.names.free(key.schema.as_deref(), name);
        self.names.take(key.schema.as_deref(), to);
        if self.not_valid.remove(&(key.clone(), name.to_owned())) {
            self.not_valid.insert((key, to.to_owned()));
        }
        Ok(())
    }

    /// Drops the foreign keys of other tables that rest on a key which is gone by `CASCADE`.
    fn drop_dependents(&mut self, table: &QualifiedName, gone: &TableConstraint) {
        let Some(columns) = key_columns(gone).filter(|_| self.dialect == Dialect::Postgresql) else { return };
        let others = self.tables.get(table).map(|table| table.constraints.as_slice()).unwrap_or_default();
        if !has_key_over(others, &columns) {
            self.drop_references(table, |refers| is_same_set(refers, &columns));
        }
    }
}

/// The columns by which foreign keys may refer to rows.
pub(crate) fn key_columns(constraint: &TableConstraint) -> Option<Vec<String>> {
    match constraint {
        TableConstraint::PrimaryKey { columns, .. } => Some(columns.clone()),
        other => Some(other.unique_columns()?.into_iter().map(str::to_owned).collect()),
    }
}

/// Whether a foreign key to these columns has a key to rest on.
pub(crate) fn has_key_over(constraints: &[TableConstraint], columns: &[String]) -> bool {
    constraints.iter().filter_map(key_columns).any(|known| is_same_set(&known, columns))
}

pub(crate) fn is_same_set(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().all(|column| other.contains(column))
}

/// Whether a constraint is of the kind that Alembic's `type_` names.
fn is_kind(constraint: &TableConstraint, what: Option<&str>) -> bool {
    match constraint {
        TableConstraint::PrimaryKey { .. } => what == Some("primary"),
        TableConstraint::ForeignKey { .. } => what == Some("foreignkey"),
        TableConstraint::Unique { .. } => what == Some("unique"),
        TableConstraint::Check { .. } => what == Some("check"),
        TableConstraint::Exclude { .. } | TableConstraint::Index(_) => false,
    }
}
