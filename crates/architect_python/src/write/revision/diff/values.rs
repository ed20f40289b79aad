//! Values for rows that exist.

use architect_model::{Column, Table, qualified};

use super::super::change::{Transition, ValueNeeded};
use super::super::house::House;
use super::super::sql;
use super::super::value::Value;
use super::Differ;

/// The value that the rows of a column get.
pub(in super::super) struct RowValue<'a> {
    pub(in super::super) table: &'a Table,
    pub(in super::super) column: &'a Column,
    pub(in super::super) value: Value,
}

/// The values that rows get by a change, where the database does not fill them in.
pub(in super::super) fn row_values<'a>(change: &Transition<'a>, house: &House<'a>) -> Vec<RowValue<'a>> {
    let mut differ = Differ::new(change, house);
    let mut found = Vec::new();
    for (from, to) in change.kept.iter().copied() {
        for column in &to.columns {
            let required = column.nullable.known() == Some(&false);
            let value = match change.source_column(from, to, column) {
                Some(before) if required && before.nullable.known() == Some(&true) => differ.value_for(to, column, ""),
                None if column.computed.is_some() || column.identity.is_some() || column.server_default.is_some() => {
                    None
                }
                None if required && to.is_autoincrement(column) && !differ.is_given(to, column) => None,
                None if required => differ.value_for(to, column, ""),
                None => differ.given(to, column),
                Some(_) => None,
            };
            let value = value.filter(|value| *value != Value::Null);
            found.extend(value.map(|value| RowValue { table: to, column, value }));
        }
    }
    found
}

/// The words of an expression.
pub(super) fn identifiers(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|char: char| !char.is_alphanumeric() && char != '_')
}

impl<'a> Differ<'_, 'a> {
    /// The value that the change gives for a column.
    pub(super) fn given(&mut self, to: &Table, column: &Column) -> Option<Value> {
        let table = qualified(to)?;
        let fill = self.change.fill.iter().find(|fill| fill.table == table && fill.column == column.name)?;
        let value = Value::read(&fill.value, column.ty.known(), self.house.enums);
        if value.is_none() {
            let why = format!("the value `{}` for rows that exist is no literal", fill.value);
            self.unknown_column(to, column, &why);
        }
        value
    }

    /// The value for rows that have none: the one given, or the default that the models declare; in `downgrade`, where
    /// the rows have lost theirs, one that says nothing. What else is needed is noted.
    pub(super) fn value_for(&mut self, to: &'a Table, column: &'a Column, why: &str) -> Option<Value> {
        if let Some(value) = self.given(to, column) {
            return Some(value);
        }
        let of_database = column.server_default.as_ref().and_then(Value::of);
        let of_python = || {
            let default = column.default.as_ref()?;
            Value::read(&default.source, column.ty.known(), self.house.enums)
        };
        let is_value = |value: &Value| *value != Value::Null;
        if let Some(value) = of_database.filter(is_value).or_else(|| of_python().filter(is_value)) {
            return Some(value);
        }
        let table = qualified(to).unwrap_or_default();
        if self.change.forward {
            let asked = self.findings.errors.iter().any(|error| error.at == column.at);
            if !asked {
                let (column, at) = (column.name.clone(), column.at.clone());
                self.findings.needed.push(ValueNeeded { table, column, why: why.to_owned(), at });
            }
            return None;
        }
        self.neutral(to, column)
    }

    /// Whether the change gives a value for a column.
    pub(super) fn is_given(&self, to: &Table, column: &Column) -> bool {
        let table = qualified(to);
        self.change.fill.iter().any(|fill| Some(&fill.table) == table.as_ref() && fill.column == column.name)
    }

    /// What values become of which PostgreSQL makes none of the new type: `7` is no UUID, and an enumeration lacks a value.
    pub(super) fn value_of_another_type(
        &mut self,
        (_, from): (&'a Table, &'a Column),
        (to, column): (&'a Table, &'a Column),
    ) -> Option<Value> {
        if let Some(value) = self.value_of_enumeration(from, to, column) {
            return Some(value);
        }
        if sql::is_castable(from, column) {
            return None;
        }
        if let Some(value) = self.given(to, column) {
            return Some(value);
        }
        let (table, name) = (qualified(to).unwrap_or_default(), column.name.clone());
        if self.change.forward {
            let why = "its values have none of the new type that goes with them".to_owned();
            self.findings.needed.push(ValueNeeded { table, column: name, why, at: column.at.clone() });
            return None;
        }
        self.remark(format!("`{table}.{name}`: `downgrade` works on an empty table only, as its values have none of the former type that goes with them"));
        Some(Value::Null)
    }

    fn neutral(&mut self, to: &Table, column: &Column) -> Option<Value> {
        let table = qualified(to).unwrap_or_default();
        let is_bound = to.constraints.iter().any(|constraint| match constraint {
            architect_model::TableConstraint::ForeignKey { columns, .. } => columns.contains(&column.name),
            // Nothing says that what says nothing meets it.
            architect_model::TableConstraint::Check { sql, .. } => {
                sql.known().is_none_or(|sql| identifiers(sql).any(|word| word == column.name))
            }
            other => other.unique_columns().is_some_and(|columns| columns == [column.name.as_str()]),
        });
        let value = if is_bound { None } else { column.ty.known().and_then(Value::neutral) };
        let name = &column.name;
        self.remark(match &value {
            Some(value) => {
                format!("`{table}.{name}`: `downgrade` gives rows without a value {}", value.sql())
            }
            None => format!("`{table}.{name}`: `downgrade` works on an empty table only, as rows have no value for it"),
        });
        value
    }
}
