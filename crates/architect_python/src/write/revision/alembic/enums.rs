//! Enumeration types of PostgreSQL.

use super::super::operation::NewValue;
use super::super::sql;
use super::{Writer, execute, strings};
use crate::write::text::string;

impl Writer<'_, '_> {
    /// Does nothing on a database that has no such types.
    pub(super) fn create_type(&mut self, name: &str, values: &[String]) {
        let values = strings(values).join(", ");
        self.line(&format!("sa.Enum({values}, name={}).create(op.get_bind(), checkfirst=True)", string(name)));
    }

    /// A new value can be used only after the transaction that adds it.
    pub(super) fn add_values(&mut self, name: &str, values: &[NewValue<'_>]) {
        let margin = self.open_condition();
        self.line(&format!("{margin}with op.get_context().autocommit_block():"));
        for value in values {
            let line = execute(&sql::add_value(name, value));
            self.line(&format!("{margin}    {line}"));
        }
    }
}
