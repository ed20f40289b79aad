//! Rules of fields that are switched on and off.

use architect_model::{Field, FieldType, OnDelete, Ownership, Unique};

use super::super::change::Change;
use super::super::described::column_of;
use super::{Drawer, is_begun, is_column};

impl Drawer<'_> {
    pub(super) fn switch_unique(&mut self) -> Option<Change> {
        let facts = self.facts;
        let (begun, by_hand) = (self.begun, self.by_hand);
        let (place, index) = self.field(|entity, field| {
            let is_plain = matches!(
                field.ty,
                FieldType::String { .. } | FieldType::Email | FieldType::Integer { .. } | FieldType::Date
            );
            let differs = facts.column(&entity.name, &column_of(field)).is_some_and(|known| known.distinct);
            // Rows of tests that people wrote may have the same, or must not.
            !(by_hand && is_begun(begun, entity, field))
                && (field.unique.is_some() || (is_plain && differs && field.default.is_none()))
        })?;
        let entity = &self.design.entities[place];
        let field = &entity.fields[index];
        let unique = match (field.unique, &entity.owner) {
            (Some(_), _) => None,
            (None, Ownership::User) if self.random.chance(50) => Some(Unique::PerOwner),
            (None, Ownership::Parent { .. }) if self.random.chance(50) => Some(Unique::PerParent),
            (None, _) => Some(Unique::Global),
        };
        let kind = if unique.is_some() { "make it unique" } else { "make it unique no longer" };
        Some(self.altered(kind, (place, index), Field { unique, ..field.clone() }, unique.is_some()))
    }

    pub(super) fn switch_index(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| is_ordered(field) && field.unique.is_none() && !field.filter)?;
        let field = &self.design.entities[place].fields[index];
        let new = Field { index: !field.index, ..field.clone() };
        let kind = if new.index { "add an index" } else { "remove an index" };
        let can_be_document = new.index;
        Some(self.altered(kind, (place, index), new, can_be_document))
    }

    pub(super) fn switch_filter(&mut self) -> Option<Change> {
        let (place, index) =
            self.field(|_, field| is_ordered(field) || matches!(field.ty, FieldType::Reference { .. }))?;
        let field = &self.design.entities[place].fields[index];
        let new = Field { filter: !field.filter, ..field.clone() };
        let kind = if new.filter { "add a filter" } else { "remove a filter" };
        let can_be_document = new.filter;
        Some(self.altered(kind, (place, index), new, can_be_document))
    }

    pub(super) fn switch_read_only(&mut self) -> Option<Change> {
        let fits = |field: &Field| is_column(field) && (field.read_only || !field.required || field.default.is_some());
        let (place, index) = self.field(|_, field| fits(field))?;
        let entity = &self.design.entities[place];
        let field = &entity.fields[index];
        let new = Field { read_only: !field.read_only, ..field.clone() };
        let kind = if new.read_only { "make it read only" } else { "let clients set it" };
        Some(self.altered(kind, (place, index), new, false))
    }

    pub(super) fn change_deletion(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| matches!(field.ty, FieldType::Reference { .. }))?;
        let field = &self.design.entities[place].fields[index];
        let FieldType::Reference { entity, on_delete } = &field.ty else { return None };
        let mut rules = vec![OnDelete::Cascade, OnDelete::Restrict];
        if !field.required {
            rules.push(OnDelete::SetNull);
        }
        rules.retain(|rule| Some(*rule) != *on_delete);
        let ty = FieldType::Reference { entity: entity.clone(), on_delete: self.random.pick(&rules).copied() };
        let new = Field { ty, ..field.clone() };
        Some(self.altered("change what a deletion does", (place, index), new, false))
    }
}

/// Whether an index or a filter makes sense.
fn is_ordered(field: &Field) -> bool {
    !matches!(
        field.ty,
        FieldType::Many { .. }
            | FieldType::Reference { .. }
            | FieldType::Json
            | FieldType::Array { .. }
            | FieldType::Text
    )
}
