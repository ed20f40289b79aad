//! Enumeration types of PostgreSQL.

use architect_model::{
    Column, ColumnType, EnumType, Known, QualifiedName, ServerDefault, Table, TableConstraint, Touched, ValuePlace,
    literal,
};

use super::mention::mentions;
use super::{Outcome, Refused, Replay};
use crate::sql::Dialect;

impl Replay {
    /// `CREATE TYPE … AS ENUM`.
    pub(super) fn create_type(&mut self, ty: &EnumType, if_not_exists: bool) -> Outcome {
        if self.dialect != Dialect::Postgresql {
            return Ok(());
        }
        let key = self.key(&ty.name);
        let touches = Touched::Type { name: ty.name.clone() };
        if self.enums.contains_key(&key) {
            let reason = format!("there is a type `{}` already", ty.name);
            return if_not_exists.then_some(()).ok_or(Refused(touches, reason));
        }
        self.forget(&touches);
        self.enums.insert(key, ty.clone());
        Ok(())
    }

    /// `DROP TYPE`.
    pub(super) fn drop_type(&mut self, name: &QualifiedName, if_exists: bool) -> Outcome {
        let touches = Touched::Type { name: name.clone() };
        let known = self.enums.remove(&self.key(name)).is_some();
        let fine = known || if_exists || self.is_doubted(&touches) || self.dialect != Dialect::Postgresql;
        self.forget(&touches);
        if fine { Ok(()) } else { Err(Refused(touches, no_type(name))) }
    }

    /// `ALTER TYPE … RENAME TO`.
    pub(super) fn rename_type(&mut self, name: &QualifiedName, to: &str) -> Outcome {
        let old = self.key(name);
        let Some(mut ty) = self.enums.remove(&old) else {
            return Err(Refused(Touched::Type { name: name.clone() }, no_type(name)));
        };
        to.clone_into(&mut ty.name.name);
        self.enums.insert(QualifiedName::new(old.schema.clone(), to), ty);
        for column in self.tables.values_mut().flat_map(|table| &mut table.columns) {
            rename_in(column, &old, to, self.dialect);
        }
        Ok(())
    }

    /// `ALTER TYPE … ADD VALUE`.
    pub(super) fn add_value(
        &mut self,
        name: &QualifiedName,
        value: &str,
        place: Option<&ValuePlace>,
        if_not_exists: bool,
    ) -> Outcome {
        let touches = || Touched::Type { name: name.clone() };
        let key = self.key(name);
        let Some(ty) = self.enums.get_mut(&key) else {
            return Err(Refused(touches(), no_type(name)));
        };
        if ty.values.iter().any(|known| known == value) {
            let reason = format!("the type `{name}` has the value `{value}` already");
            return if_not_exists.then_some(()).ok_or(Refused(touches(), reason));
        }
        let find = |wanted: &String| ty.values.iter().position(|known| known == wanted);
        let index = match place {
            None => Some(ty.values.len()),
            Some(ValuePlace::Before(other)) => find(other),
            Some(ValuePlace::After(other)) => find(other).map(|index| index + 1),
        };
        let Some(index) = index else {
            return Err(Refused(
                touches(),
                format!("the type `{name}` has no value beside which `{value}` would stand"),
            ));
        };
        ty.values.insert(index, value.to_owned());
        Ok(())
    }

    /// `ALTER TYPE … RENAME VALUE`.
    pub(super) fn rename_value(&mut self, name: &QualifiedName, from: &str, to: &str) -> Outcome {
        let key = self.key(name);
        let found = self.enums.get_mut(&key).and_then(|ty| ty.values.iter_mut().find(|known| *known == from));
        let Some(found) = found else {
            let reason = format!("there is no type `{name}` with a value `{from}` at this point");
            return Err(Refused(Touched::Type { name: name.clone() }, reason));
        };
        to.clone_into(found);
        for table in self.tables.values_mut() {
            rename_value_in(table, &key, [from, to], self.dialect);
        }
        Ok(())
    }
}

/// Gives a value its new name where columns of its type have it: in their defaults, and in conditions that mention them.
fn rename_value_in(table: &mut Table, ty: &QualifiedName, [from, to]: [&str; 2], dialect: Dialect) {
    let (from, to) = (literal(from), literal(to));
    let mut columns = Vec::new();
    for column in &mut table.columns {
        if !column.ty.known().is_some_and(|known| is_of(known, ty, dialect)) {
            continue;
        }
        columns.push(column.name.clone());
        if let Some(ServerDefault { sql: Known::Known(sql), .. }) = &mut column.server_default {
            *sql = sql.replace(&from, &to);
        }
    }
    let in_sql = |sql: &mut Known<String>| {
        if let Known::Known(sql) = sql
            && columns.iter().any(|column| mentions(sql, column))
        {
            *sql = sql.replace(&from, &to);
        }
    };
    for constraint in &mut table.constraints {
        match constraint {
            TableConstraint::Check { sql, .. } => in_sql(sql),
            TableConstraint::Index(index) => index.predicate.iter_mut().for_each(in_sql),
            _ => {}
        }
    }
}

/// Whether a type is this enumeration, or made of it.
fn is_of(ty: &ColumnType, wanted: &QualifiedName, dialect: Dialect) -> bool {
    match ty.stored() {
        ColumnType::Array { item, .. } => is_of(item, wanted, dialect),
        ColumnType::Enum { name: Some(name), schema, .. } => {
            super::normal(dialect, &QualifiedName::new(schema.clone(), name.as_str())) == *wanted
        }
        _ => false,
    }
}

fn no_type(name: &QualifiedName) -> String {
    format!("there is no type `{name}` at this point")
}

fn rename_in(column: &mut Column, old: &QualifiedName, to: &str, dialect: Dialect) {
    let Known::Known(ty) = &mut column.ty else { return };
    let mut ty = ty;
    loop {
        match ty {
            ColumnType::Array { item, .. } => ty = item,
            ColumnType::Other { implementation: Some(inner), .. } => ty = inner,
            ColumnType::Enum { name: Some(name), schema, .. } => {
                if super::normal(dialect, &QualifiedName::new(schema.clone(), name.as_str())) == *old {
                    to.clone_into(name);
                }
                return;
            }
            _ => return,
        }
    }
}
