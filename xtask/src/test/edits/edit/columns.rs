//! Edits of a column.

use super::super::draw::Drawer;
use super::super::models::{Models, Rule, Table, Type};
use super::{Edited, take_column};

impl Drawer<'_> {
    pub(super) fn in_column(
        &mut self,
        kind: &str,
        models: &mut Models,
        table: &mut Table,
        edited: &mut Edited,
    ) -> Option<()> {
        let index = self.random.below(table.columns.len());
        let mut column = table.columns.get(index)?.clone();
        let id = column.id;
        let is_read = table.columns.iter().any(|one| one.computed.is_some_and(|(source, _)| source == id));
        match kind {
            "rename column" => column.name = self.column_name(table)?,
            "column comment" => {
                column.comment = if column.comment.is_some() { None } else { Some("it's new".to_owned()) };
            }
            "identity" => {
                let is_key = column.primary && column.ty == Type::Int && table.primary().len() == 1;
                if !is_key || !self.allowed.postgresql {
                    return None;
                }
                column.identity = if column.identity.is_some() { None } else { Some(self.random.chance(40)) };
            }
            "computed" => {
                let (_, form) = column.computed.as_mut()?;
                *form += 1;
                edited.changes.push((table.id, id));
            }
            _ if column.primary || column.computed.is_some() => return None,
            "drop column" => {
                if is_read || models.is_target(table.id, id) {
                    return None;
                }
                take_column(table, id);
                return Some(());
            }
            "nullable" => {
                column.nullable = !column.nullable;
                column.default = None;
            }
            "server default" => {
                if column.unique || is_alone(table, id) {
                    return None;
                }
                column.default = None;
                column.server_default = match (&column.server_default, &column.key) {
                    (Some(_), _) if self.random.chance(50) => None,
                    (_, None) => Some(self.server_default(models, &column.ty)?),
                    _ => return None,
                };
            }
            "unique flag"
                if column.ty.is_distinct() && (column.unique || (column.default.is_none() && !is_alone(table, id))) =>
            {
                column.unique = !column.unique;
                column.index &= !column.unique;
            }
            "index flag" if column.ty.is_distinct() => column.index = !column.index,
            "type" => self.type_changes(models, table, &mut column, edited)?,
            "add key" | "drop key" | "key rules" | "key name" | "key match" | "move key" => {
                self.key_changes(kind, models, table, &mut column)?
            }
            _ => return None,
        }
        table.columns[index] = column;
        Some(())
    }
}

/// Whether rows are told apart by the column.
fn is_alone(table: &Table, id: usize) -> bool {
    table.rules.iter().any(|rule| match rule {
        Rule::Unique(_, columns, ..) => columns.contains(&id),
        Rule::Index(index) => index.unique,
        Rule::Exclude(one) => one.columns.contains(&id),
        _ => false,
    })
}
