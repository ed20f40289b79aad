//! Fields that come, go, and get another name.

use architect_model::{Entity, EntityConstraint, Field, FieldType, Ownership};

use super::super::change::{Change, Expected};
use super::super::described::column_of;
use super::spelling;
use super::{Drawer, is_column};

/// Types of new fields: with a default for those that have one, and whether the values of many rows are likely to
/// differ.
const TYPES: &[(&str, &str, bool)] = &[
    ("string(1..80)", "\"none\"", true),
    ("string(40)", "\"plain\"", true),
    ("text", "\"nothing yet\"", false),
    ("email", "", true),
    ("url", "", false),
    ("integer", "0", true),
    ("integer(0..10)", "3", false),
    ("bigint(0..)", "0", true),
    ("decimal(8,2)", "1.50", false),
    ("decimal(12,2, 0..)", "0", false),
    ("float", "0.5", false),
    ("boolean", "false", false),
    ("boolean", "true", false),
    ("date", "now", false),
    ("datetime", "now", false),
    ("time", "", false),
    ("uuid", "", false),
    ("json", "{}", false),
    ("array(string)", "[]", false),
    ("enum(low, middle, high)", "low", false),
    ("enum(open, closed)", "open", false),
    ("enum(small, large, \"extra large\")", "small", false),
];

/// Types whose values no index orders.
const LOOSE: &[&str] = &["json", "array(string)", "text"];

impl Drawer<'_> {
    pub(super) fn add_field(&mut self) -> Option<Change> {
        let place = self.entity()?;
        let entity = &self.design.entities[place];
        let name = self.name(entity)?;
        let (ty, rules) = self.new_field(entity)?;
        let new = spelling::field(entity, name, &ty, &rules)?;
        Some(self.added("add a field", place, new, true))
    }

    /// Type and rules of a further field of an entity.
    pub(super) fn new_field(&mut self, entity: &Entity) -> Option<(String, String)> {
        let (ty, default, differs) = *self.random.pick(TYPES)?;
        let mut rules = Vec::new();
        let is_optional = self.random.chance(40) || (default.is_empty() && self.is_tested_by_hand(entity));
        let chance = if self.is_tested_by_hand(entity) { 100 } else { 60 };
        let has_default = !is_optional && !default.is_empty() && self.random.chance(chance);
        let written = match (is_optional, has_default) {
            (true, _) => format!("{ty}?"),
            (_, true) => format!("{ty} = {default}"),
            _ => ty.to_owned(),
        };
        if !LOOSE.contains(&ty) {
            if differs && is_optional && self.random.chance(30) {
                rules.push(if entity.owner == Ownership::User { "unique per owner" } else { "unique" });
            } else if self.random.chance(20) {
                rules.push("index");
            }
            if self.random.chance(25) {
                rules.push("filter");
            }
        }
        if (is_optional || has_default) && self.random.chance(8) {
            rules.push("read only");
        }
        Some((written, rules.join(", ")))
    }

    pub(super) fn add_reference(&mut self) -> Option<Change> {
        let place = self.entity()?;
        let entity = &self.design.entities[place];
        let name = self.name(entity)?;
        let mut targets: Vec<&str> = self.design.entities.iter().map(|entity| entity.name.as_str()).collect();
        targets.push("User");
        let target = (*self.random.pick(&targets)?).to_owned();
        let is_known = |field: &Field| matches!(&field.ty, FieldType::Reference { entity, .. } if *entity == target);
        let is_parent = matches!(&entity.owner, Ownership::Parent { entity } if *entity == target);
        // A second key between two tables is refused where relationships rest on the first.
        if (entity.fields.iter().any(is_known) || is_parent) && !self.random.chance(10) {
            return None;
        }
        if target != "User" && target != entity.name && self.leads_to(&target, &entity.name) {
            // SQLAlchemy cannot tell in which order tables go that refer to each other in a circle.
            return None;
        }
        let is_optional = self.random.chance(70) || target == entity.name || self.is_tested_by_hand(entity);
        let deletions: &[&str] = if is_optional {
            &["", "on delete set null", "on delete cascade", "on delete restrict"]
        } else {
            &["", "on delete cascade", "on delete restrict"]
        };
        let mut rules = vec![*self.random.pick(deletions)?];
        if self.random.chance(20) {
            rules.push("filter");
        }
        rules.retain(|rule| !rule.is_empty());
        let ty = if is_optional { format!("{target}?") } else { target };
        let new = spelling::field(entity, name, &ty, &rules.join(", "))?;
        Some(self.added("add a reference", place, new, true))
    }

    pub(super) fn add_many(&mut self) -> Option<Change> {
        let place = self.entity()?;
        let entity = &self.design.entities[place];
        let links = |one: &Entity, other: &str| {
            one.fields.iter().any(|field| matches!(&field.ty, FieldType::Many { entity } if entity == other))
        };
        let free: Vec<&str> = self
            .design
            .entities
            .iter()
            .filter(|other| !other.account && other.name != entity.name)
            .filter(|other| !links(entity, &other.name) && !links(other, &entity.name))
            .map(|other| other.name.as_str())
            .collect();
        let target = (*self.random.pick(&free)?).to_owned();
        let name = format!("{}s", self.name(entity)?);
        let new = spelling::field(entity, &name, &format!("list of {target}"), "")?;
        Some(self.added("add a many-to-many relation", place, new, true))
    }

    fn added(&mut self, kind: &'static str, place: usize, new: Field, by_document: bool) -> Change {
        let entity = &self.design.entities[place];
        let full = format!("{}.{}", entity.name, new.name);
        let (ty, rules) = architect_design::words(&new, entity);
        let mut command = vec!["add", "field", full.as_str(), ty.as_str()];
        if !rules.is_empty() {
            command.extend(["--rules", rules.as_str()]);
        }
        let way = self.way(by_document, &command);
        let mut after = self.design.clone();
        after.entities[place].fields.push(new);
        Change { kind, way, after, expected: Expected::default(), moved: None }
    }

    pub(super) fn remove_field(&mut self) -> Option<Change> {
        let (place, index) = self.field(|entity, field| is_column(field) && entity.fields.len() > 2)?;
        let entity = &self.design.entities[place];
        let field = &entity.fields[index];
        if self.is_used(entity, field) && !self.random.chance(10) {
            return None;
        }
        let mut after = self.design.clone();
        after.entities[place].fields.remove(index);
        let is_over = |constraint: &EntityConstraint| names(constraint).contains(&field.name);
        after.entities[place].constraints.retain(|constraint| !is_over(constraint));
        let way = self.way(false, &["remove", "field", &format!("{}.{}", entity.name, field.name)]);
        let gone = vec![self.facts.place(&entity.name, &column_of(field))];
        let expected = Expected { gone, ..Expected::default() };
        Some(Change { kind: "remove a field", way, after, expected, moved: None })
    }

    pub(super) fn remove_many(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| !is_column(field))?;
        let entity = &self.design.entities[place];
        let way = self.way(false, &["remove", "field", &format!("{}.{}", entity.name, entity.fields[index].name)]);
        let mut after = self.design.clone();
        after.entities[place].fields.remove(index);
        let expected = Expected { tables_go: 1, ..Expected::default() };
        Some(Change { kind: "remove a many-to-many relation", way, after, expected, moved: None })
    }

    pub(super) fn rename_field(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| is_column(field))?;
        let entity = &self.design.entities[place];
        let field = &entity.fields[index];
        let name = self.name(entity)?;
        let way = self.way(false, &["rename", "field", &format!("{}.{}", entity.name, field.name), name]);
        let mut after = self.design.clone();
        name.clone_into(&mut after.entities[place].fields[index].name);
        for constraint in &mut after.entities[place].constraints {
            let (EntityConstraint::Unique { fields } | EntityConstraint::Index { fields }) = constraint;
            fields.iter_mut().filter(|known| **known == field.name).for_each(|known| name.clone_into(known));
        }
        super::endpoints::rename(&mut after, &entity.name, &field.name, name);
        let old = self.facts.place(&entity.name, &column_of(field));
        let new = column_of(&after.entities[place].fields[index]);
        let expected = Expected { renamed: [(old, new)].into(), ..Expected::default() };
        Some(Change { kind: "rename a field", way, after, expected, moved: None })
    }
}

/// The fields of a constraint.
fn names(constraint: &EntityConstraint) -> &Vec<String> {
    match constraint {
        EntityConstraint::Unique { fields } | EntityConstraint::Index { fields } => fields,
    }
}
