//! Edits of the types of columns.

use super::super::draw::{Drawer, simple_key};
use super::super::models::{Column, Models, Rule, Table, Type};
use super::Edited;

impl Drawer<'_> {
    /// The primary key gets another type, with every column that refers to it.
    pub(super) fn key_type(&mut self, models: &mut Models, edited: &mut Edited) -> Option<()> {
        let index = self.random.below(models.tables.len());
        let (table, key, ty) = simple_key(models.tables.get(index)?)?;
        let new = match ty {
            Type::Int => [Type::Big, Type::Str(Some(40)), Type::Uuid][self.random.below(3)].clone(),
            Type::Big => Type::Str(Some(40)),
            Type::Str(Some(length)) => Type::Str(Some(length + 20)),
            _ => return None,
        };
        let own = models.tables.get_mut(index)?.columns.iter_mut().find(|one| one.id == key)?;
        if own.identity.is_some() && new != Type::Big {
            return None;
        }
        own.ty = new.clone();
        let refers = |column: &Column| column.key.as_ref().is_some_and(|one| one.target == (table, key));
        let is_computed_from = |table: &Table| {
            let sources = table.columns.iter().filter_map(|column| column.computed).map(|(source, _)| source);
            sources.filter_map(|source| table.column(source)).any(|column| refers(column) || column.id == key)
        };
        if new != Type::Big && models.tables.iter().any(is_computed_from) {
            return None;
        }
        if new == Type::Uuid {
            edited.changes.push((table, key));
        }
        for other in &mut models.tables {
            for column in &mut other.columns {
                if column.key.as_ref().is_some_and(|one| one.target == (table, key)) {
                    column.ty = new.clone();
                    if new == Type::Uuid {
                        edited.changes.push((other.id, column.id));
                    }
                }
            }
        }
        Some(())
    }

    pub(super) fn type_changes(
        &mut self,
        models: &mut Models,
        table: &mut Table,
        column: &mut Column,
        edited: &mut Edited,
    ) -> Option<()> {
        if column.key.is_some()
            || table.columns.iter().any(|one| one.computed.is_some_and(|(from, _)| from == column.id))
        {
            return None;
        }
        if table.rules.iter().any(|rule| matches!(rule, Rule::Key(key) if key.columns.contains(&column.id))) {
            return None;
        }
        let (new, is_same_kind, is_other_value) = self.other_type(models, &column.ty)?;
        column.ty = new;
        if table.schema.is_some() && matches!(column.ty, Type::Enum(_)) {
            return None;
        }
        if !is_same_kind {
            column.default = None;
            column.server_default = None;
            let id = column.id;
            table.rules.retain(|rule| !rule.columns().contains(&id));
        }
        if is_other_value {
            edited.changes.push((table.id, column.id));
        }
        Some(())
    }

    /// A type that values go over to; whether defaults and checks hold as before; whether values look otherwise.
    fn other_type(&mut self, models: &mut Models, ty: &Type) -> Option<(Type, bool, bool)> {
        let is_postgresql = self.allowed.postgresql;
        let choice = self.random.below(4);
        Some(match (ty, choice) {
            (Type::Str(Some(length)), 0 | 1) => (Type::Str(Some(length + 15)), true, false),
            (Type::Str(Some(length)), 2) => (Type::Str(Some(length - 5)), true, false),
            (Type::Str(_), _) => (Type::Text, true, false),
            (Type::Text, _) => (Type::Str(Some(60)), true, false),
            (Type::Int, 0) => (Type::Big, true, false),
            (Type::Int, 1) => (Type::Str(Some(20)), false, false),
            (Type::Int, 2) => (Type::Numeric(12, 2), true, false),
            (Type::Int, _) => (Type::Bool, false, true),
            (Type::Small, _) => (Type::Int, true, false),
            (Type::Big, 0) => (Type::Int, true, false),
            (Type::Big, _) => (Type::Text, false, false),
            (Type::Bool, _) => (Type::Int, false, false),
            (Type::Float, _) => (Type::Double, true, false),
            (Type::Double, _) => (Type::Numeric(12, 3), true, false),
            (Type::Numeric(precision, scale), 0 | 1) => (Type::Numeric(precision + 2, *scale), true, false),
            (Type::Numeric(precision, scale), _) => (Type::Numeric(precision + 3, scale + 1), true, false),
            (Type::Date, _) => (Type::DateTime(choice > 1), false, true),
            (Type::DateTime(zone), 0 | 1) => (Type::DateTime(!zone), true, true),
            (Type::DateTime(_), _) => (Type::Date, false, true),
            (Type::Json, _) if is_postgresql => (Type::Jsonb, false, true),
            (Type::Jsonb, _) => (Type::Json, false, true),
            (Type::Array(length), _) => (Type::Array(length + 10), true, false),
            (Type::Inet, _) => (Type::Str(Some(40)), false, true),
            (Type::Enum(id), 0 | 1) => (Type::EnumText(*id, 20), false, false),
            (Type::Enum(_), _) => (Type::Str(Some(30)), false, false),
            (Type::EnumText(id, _), 0) if self.random.chance(50) => {
                (Type::EnumCheck(*id, models.number()), true, false)
            }
            (Type::EnumCheck(id, _), 0) => (Type::Enum(*id), false, false),
            (Type::EnumCheck(id, _), _) => (Type::EnumText(*id, 12), true, false),
            (Type::EnumText(id, length), 0) => (Type::EnumText(*id, length + 4), true, false),
            (Type::EnumText(id, _), 1 | 2) => (Type::Enum(*id), false, false),
            (Type::EnumText(..), _) => (Type::Text, false, false),
            _ => return None,
        })
    }
}
