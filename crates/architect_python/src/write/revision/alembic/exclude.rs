//! PostgreSQL's `EXCLUDE`.

use architect_model::{IndexKey, Known, Table, TableConstraint};

use super::Writer;
use super::create::own_text;
use crate::write::text::string;

impl Writer<'_, '_> {
    /// What is compared and how, and the further arguments.
    pub(super) fn exclusion(
        &mut self,
        table: &Table,
        constraint: &TableConstraint,
    ) -> Option<(Vec<String>, Vec<String>)> {
        let TableConstraint::Exclude { elements, method, predicate, deferrable, initially, .. } = constraint else {
            return None;
        };
        let mut parts = Vec::new();
        for element in elements {
            let key = match &element.key {
                IndexKey::Column { column } => Some(string(column)),
                IndexKey::Expression { expression, .. } => expression.known().map(|sql| own_text(sql)),
            };
            let Some(key) = key else {
                self.fail_at(table, "an expression of an exclusion is not known");
                return None;
            };
            parts.push(format!("({key}, {})", string(&element.operator)));
        }
        let mut options = Vec::new();
        match predicate {
            Some(Known::Known(sql)) => options.push(format!("where={}", own_text(sql))),
            Some(Known::Unknown { .. }) => {
                self.fail_at(table, "the condition of an exclusion is not known");
                return None;
            }
            None => {}
        }
        options.push(format!("using={}", string(method.as_deref().unwrap_or("gist"))));
        options.extend(deferrable.map(|flag| format!("deferrable={}", super::column::python(flag))));
        options.extend(initially.as_ref().map(|when| format!("initially={}", string(when))));
        Some((parts, options))
    }
}
