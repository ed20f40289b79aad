//! Columns with their types and defaults.

use architect_model::{Column, Identity, Table};

use super::super::types;
use super::super::value::Value;
use super::Writer;
use crate::write::text::string;

impl Writer<'_, '_> {
    /// A column as it is declared.
    pub(super) fn column(&mut self, table: &Table, column: &Column) -> Option<String> {
        let Some(nullable) = column.nullable.known() else {
            self.fail(table, column, "its type or nullability is not known");
            return None;
        };
        let default = self.declared_default(table, column);
        let types = self.to.existing_types.clone();
        self.column_as(table, column, default, *nullable, &types)
    }

    /// The server default that a column declares.
    pub(super) fn declared_default(&mut self, table: &Table, column: &Column) -> Option<String> {
        let default = column.server_default.as_ref()?;
        let value = Value::of(default);
        if value.is_none() {
            self.fail(table, column, &format!("its server default `{}` is not understood", default.source));
        }
        value.map(|value| value.server_default())
    }

    /// A column with a server default and nullability of its own; `existing` are types that are not to be made.
    pub(super) fn column_as(
        &mut self,
        table: &Table,
        column: &Column,
        default: Option<String>,
        nullable: bool,
        existing: &[&str],
    ) -> Option<String> {
        let ty = self.type_of(table, column, true, existing)?;
        let mut parts = vec![string(&column.name), ty];
        parts.extend(self.computed(table, column)?);
        parts.extend(column.identity.as_ref().map(identity));
        parts.extend(default.map(|default| format!("server_default={default}")));
        parts.push(format!("nullable={}", if nullable { "True" } else { "False" }));
        parts.extend(column.comment.as_ref().map(|comment| format!("comment={}", string(comment))));
        Some(format!("sa.Column({})", parts.join(", ")))
    }

    /// The type of a column at one end of the change.
    pub(super) fn type_of(&mut self, table: &Table, column: &Column, after: bool, existing: &[&str]) -> Option<String> {
        let side = if after { self.to } else { self.from };
        let Some((ty, is_key)) = side.declared(table, column) else {
            self.fail(table, column, "its type or nullability is not known");
            return None;
        };
        let ty = match types::source(ty, self.house, existing, is_key) {
            Ok(ty) => ty,
            Err(why) => {
                self.fail(table, column, &why);
                return None;
            }
        };
        ty.imports.iter().for_each(|import| self.import(import));
        Some(ty.text)
    }

    /// `sa.Computed(…)`, where the database computes the column; `None` where the expression is not known.
    fn computed(&mut self, table: &Table, column: &Column) -> Option<Option<String>> {
        let Some(computed) = &column.computed else { return Some(None) };
        let Some(sql) = computed.sql.known() else {
            self.fail(table, column, "the expression that it is computed by is not known");
            return None;
        };
        let persisted = computed.persisted.map(|persisted| format!(", persisted={}", python(persisted)));
        Some(Some(format!("sa.Computed({}{})", string(sql), persisted.unwrap_or_default())))
    }

    /// Notes a module that the text needs.
    pub(super) fn import(&mut self, module: &str) {
        if !self.imports.iter().any(|known| known == module) {
            self.imports.push(module.to_owned());
        }
    }
}

/// `sa.Identity(…)`.
pub(super) fn identity(identity: &Identity) -> String {
    let mut parts = vec![format!("always={}", python(identity.always))];
    let numbers = [
        ("start", identity.start),
        ("increment", identity.increment),
        ("minvalue", identity.minimum),
        ("maxvalue", identity.maximum),
        ("cache", identity.cache),
    ];
    parts.extend(numbers.iter().filter_map(|(name, number)| Some(format!("{name}={}", (*number)?))));
    parts.extend(identity.cycle.map(|cycle| format!("cycle={}", python(cycle))));
    format!("sa.Identity({})", parts.join(", "))
}

pub(super) fn python(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}
