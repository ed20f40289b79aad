//! Entities that come, and rows that get another owner.

use architect_model::{Access, Action, EndpointDesign, Entity, Field, FieldType, Location, Ownership};

use super::super::change::{Change, Expected, Way};
use super::{Drawer, spelling};

/// Names of new entities, with the path of their rows.
const ENTITIES: &[(&str, &str)] = &[
    ("Badge", "badges"),
    ("Ledger", "ledgers"),
    ("Parcel", "parcels"),
    ("Recipe", "recipes"),
    ("Sensor", "sensors"),
    ("WorkOrder", "work-orders"),
];

impl Drawer<'_> {
    pub(super) fn add_entity(&mut self) -> Option<Change> {
        let is_free = |name: &str| !self.facts.classes.contains_key(name);
        let free: Vec<&(&str, &str)> = ENTITIES.iter().filter(|(name, _)| is_free(name)).collect();
        let (name, rows) = **self.random.pick(&free)?;
        let parent = self.entity()?;
        let parent = self.design.entities[parent].name.clone();
        let owner = match self.random.below(10) {
            0..5 => Ownership::User,
            5..8 if self.item(&parent).is_some() => Ownership::Parent { entity: parent.clone() },
            _ => Ownership::Nobody,
        };
        let mut entity = Entity {
            name: name.to_owned(),
            label: name.to_owned(),
            description: None,
            owner,
            fields: Vec::new(),
            constraints: Vec::new(),
            implied: Vec::new(),
            account: false,
            at: Location::line("", 0),
        };
        entity.fields.push(spelling::field(&entity, "title", "string(1..80)", "")?);
        for _ in 0..self.random.below(3) {
            let field = self.name(&entity)?;
            let (ty, rules) = self.new_field(&entity)?;
            entity.fields.push(spelling::field(&entity, field, &ty, &rules)?);
        }
        let (path, who) = match &entity.owner {
            Ownership::Parent { .. } => (self.below(&parent, rows)?, Access::Owner),
            Ownership::User => (format!("/{rows}"), Access::Owner),
            Ownership::Nobody | Ownership::Members { .. } => (format!("/{rows}"), Access::SignedIn),
        };
        let mut after = self.design.clone();
        after.endpoints.push(EndpointDesign {
            method: "CRUD".to_owned(),
            path,
            action: Action::Crud { entity: name.to_owned(), order: Vec::new(), only: Vec::new() },
            who,
            satisfies: Vec::new(),
            description: None,
            at: Location::line("", 0),
        });
        after.entities.push(entity);
        Some(Change { kind: "add an entity", way: Way::Document, after, expected: Expected::default(), moved: None })
    }

    /// The path of rows below one row of their parent: `/projects/{project_id}/ledgers`.
    fn below(&self, parent: &str, rows: &str) -> Option<String> {
        let item = self.item(parent)?;
        let (listed, _) = item.rsplit_once('/')?;
        let mut words = String::new();
        for (index, letter) in parent.chars().enumerate() {
            if letter.is_uppercase() && index > 0 {
                words.push('_');
            }
            words.extend(letter.to_lowercase());
        }
        Some(format!("{listed}/{{{words}_id}}/{rows}"))
    }

    pub(super) fn change_owner(&mut self) -> Option<Change> {
        let place = self.entity()?;
        let entity = &self.design.entities[place];
        let mut owners = vec![Ownership::User, Ownership::Nobody];
        let others =
            self.design.entities.iter().filter(|other| !other.account && !self.leads_to(&other.name, &entity.name));
        owners.extend(others.map(|other| Ownership::Parent { entity: other.name.clone() }));
        owners.retain(|owner| *owner != entity.owner);
        let owner = self.random.pick(&owners)?.clone();
        let said = match &owner {
            Ownership::User => "User",
            Ownership::Nobody | Ownership::Members { .. } => "nobody",
            Ownership::Parent { entity } => entity,
        };
        let way = self.way(false, &["change", "owner", &entity.name, said]);
        let mut after = self.design.clone();
        let changed = &mut after.entities[place];
        if let Ownership::Parent { entity: parent } = &owner {
            let is_key = |field: &Field| matches!(&field.ty, FieldType::Reference { entity, .. } if entity == parent);
            changed.fields.retain(|field| !is_key(field));
        }
        changed.owner = owner;
        let class = self.facts.classes.get(&entity.name)?;
        let gone: usize = 1 + (entity.fields.len() - after.entities[place].fields.len());
        let expected = Expected { keys_go: [(class.table.clone(), gone)].into(), ..Expected::default() };
        Some(Change { kind: "change an owner", way, after, expected, moved: Some(entity.name.clone()) })
    }
}
