//! Draws changes that a person might ask for.

mod alter;
mod endpoints;
mod entities;
mod fields;
mod rules;
pub mod spelling;

use architect_model::{Action, Design, Entity, Field, FieldType, Ownership};

use super::change::{Change, Expected, Facts, Way};
use super::described::entity_of;
use crate::test::random::Random;

/// Names of fields.
const NAMES: &[&str] = &[
    "batch", "brand", "colour", "depth", "flavour", "grade", "height", "kind", "level", "margin", "memo", "motto",
    "nickname", "origin", "phase", "pinned", "quota", "rank", "rating", "reach", "region", "remark", "score", "season",
    "seen_on", "slogan", "source", "stage", "summary", "theme", "tone", "topic", "usage", "variant", "vendor", "venue",
    "volume", "weight", "width", "zone",
];

/// Draws the next change.
pub struct Drawer<'a> {
    /// Where the choice comes from.
    pub random: &'a mut Random,
    /// Whether people wrote the tests of the project that it began as: they send what was to be sent then.
    pub by_hand: bool,
    /// Whether some users may more than others.
    pub has_roles: bool,
    /// What the document of the code said at the beginning.
    pub begun: &'a Design,
    /// What it says.
    pub design: &'a Design,
    /// What is known beside it.
    pub facts: &'a Facts,
}

type Kind = fn(&mut Drawer<'_>) -> Option<Change>;

/// Kinds of changes, with how often each is drawn.
const KINDS: &[(usize, Kind)] = &[
    (18, |one| one.add_field()),
    (6, |one| one.add_reference()),
    (3, |one| one.add_many()),
    (12, |one| one.remove_field()),
    (2, |one| one.remove_many()),
    (10, |one| one.rename_field()),
    (10, |one| one.change_type()),
    (7, |one| one.make_optional()),
    (7, |one| one.make_required()),
    (7, |one| one.change_default()),
    (5, |one| one.add_value()),
    (4, |one| one.remove_value()),
    (3, |one| one.swap_value()),
    (6, |one| one.switch_unique()),
    (6, |one| one.switch_index()),
    (7, |one| one.switch_filter()),
    (4, |one| one.switch_read_only()),
    (3, |one| one.change_deletion()),
    (3, |one| one.add_entity()),
    (5, |one| one.add_action()),
    (4, |one| one.remove_endpoint()),
    (4, |one| one.add_endpoint()),
    (5, |one| one.change_access()),
    (4, |one| one.change_owner()),
];

impl Drawer<'_> {
    /// A change, of whatever kind fits what there is.
    pub fn draw(&mut self) -> Option<Change> {
        let all: usize = KINDS.iter().map(|(weight, _)| weight).sum();
        for _ in 0..200 {
            let mut place = self.random.below(all);
            let kind = KINDS.iter().find(|(weight, _)| {
                let is_here = place < *weight;
                place = place.saturating_sub(*weight);
                is_here
            });
            if let Some(change) = kind.and_then(|(_, kind)| kind(self)) {
                return Some(change);
            }
        }
        None
    }

    /// One of the entities.
    fn entity(&mut self) -> Option<usize> {
        let known: Vec<usize> =
            (0..self.design.entities.len()).filter(|index| !self.design.entities[*index].account).collect();
        self.random.pick(&known).copied()
    }

    /// One of the fields of any entity that are as they must be.
    fn field(&mut self, fits: impl Fn(&Entity, &Field) -> bool) -> Option<(usize, usize)> {
        let mut found = Vec::new();
        for (place, entity) in self.design.entities.iter().enumerate().filter(|(_, entity)| !entity.account) {
            let fields = entity.fields.iter().enumerate().filter(|(_, field)| fits(entity, field));
            found.extend(fields.map(|(index, _)| (place, index)));
        }
        self.random.pick(&found).copied()
    }

    /// A name that no field of the entity has.
    fn name(&mut self, entity: &Entity) -> Option<&'static str> {
        let is_free = |name: &&&str| {
            let is_taken = |field: &Field| field.name == **name || field.name == format!("{name}_id");
            !entity.fields.iter().any(is_taken)
        };
        let free: Vec<&&str> = NAMES.iter().filter(is_free).collect();
        self.random.pick(&free).map(|name| **name)
    }

    /// A change by the document, where `way` lets it be one and the choice falls on it.
    fn way(&mut self, can_be_document: bool, command: &[&str]) -> Way {
        if can_be_document && self.random.chance(25) {
            return Way::Document;
        }
        Way::Command(command.iter().map(|word| (*word).to_owned()).collect())
    }

    /// A field of an entity becomes another, of the same name.
    fn altered(&mut self, kind: &'static str, (place, index): (usize, usize), new: Field, by_document: bool) -> Change {
        let mut after = self.design.clone();
        let entity = &self.design.entities[place];
        let old = &entity.fields[index];
        let full = format!("{}.{}", entity.name, old.name);
        let ((old_type, old_rules), (new_type, new_rules)) =
            (architect_design::words(old, entity), architect_design::words(&new, entity));
        let mut command = vec!["change", "field", full.as_str()];
        if old_type != new_type {
            command.push(&new_type);
        }
        if old_rules != new_rules {
            command.extend(["--rules", &new_rules]);
        }
        let way = self.way(by_document, &command);
        after.entities[place].fields[index] = new;
        Change { kind, way, after, expected: Expected::default(), moved: None }
    }

    /// Whether tests that people wrote make rows of an entity: what they do not send cannot be demanded.
    fn is_tested_by_hand(&self, entity: &Entity) -> bool {
        self.by_hand && self.begun.entities.iter().any(|known| known.name == entity.name)
    }

    /// Whether rows of one class refer to rows of another, through any number of others.
    fn leads_to(&self, from: &str, to: &str) -> bool {
        let (mut waiting, mut seen) = (vec![from.to_owned()], Vec::new());
        while let Some(class) = waiting.pop() {
            if class == to {
                return true;
            }
            if seen.contains(&class) {
                continue;
            }
            if let Some(entity) = self.design.entities.iter().find(|entity| entity.name == class) {
                waiting.extend(entity.fields.iter().filter_map(|field| match &field.ty {
                    FieldType::Reference { entity, .. } => Some(entity.clone()),
                    _ => None,
                }));
                if let Ownership::Parent { entity } = &entity.owner {
                    waiting.push(entity.clone());
                }
            }
            seen.push(class);
        }
        false
    }

    /// Whether an endpoint names the field.
    fn is_used(&self, entity: &Entity, field: &Field) -> bool {
        let is_it = |name: &str| name.trim_start_matches('-') == field.name;
        self.design.endpoints.iter().filter(|row| entity_of(&row.action) == Some(&entity.name)).any(|row| {
            match &row.action {
                Action::Set { values, when, .. } => {
                    values.iter().any(|(name, _)| is_it(name)) || when.iter().any(|(name, _)| is_it(name))
                }
                Action::List { order, only, .. } | Action::Crud { order, only, .. } => {
                    order.iter().any(|name| is_it(name)) || only.iter().any(|(name, _)| is_it(name))
                }
                _ => false,
            }
        })
    }
}

/// Whether a field is one of those that the project began with.
fn is_begun(begun: &Design, entity: &Entity, field: &Field) -> bool {
    let mut known = begun.entities.iter().filter(|known| known.name == entity.name);
    known.any(|known| known.fields.iter().any(|one| one.name == field.name))
}

/// Whether a field is a column.
fn is_column(field: &Field) -> bool {
    !matches!(field.ty, FieldType::Many { .. })
}
