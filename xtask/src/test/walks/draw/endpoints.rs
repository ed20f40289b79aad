//! Endpoints that come and go, and who may call them.

use architect_model::{Access, Action, Design, EndpointDesign, Field, FieldType, Literal, Location, Ownership};

use super::super::change::{Change, Expected};
use super::super::described::{entity_of, shape};
use super::Drawer;

/// What actions are called.
const VERBS: &[&str] = &["archive", "close", "flag", "freeze", "publish", "reopen", "settle", "shelve", "stamp"];

impl Drawer<'_> {
    pub(super) fn add_action(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| !constants(field).is_empty())?;
        let entity = &self.design.entities[place];
        let field = &entity.fields[index];
        let item = self.item(&entity.name)?;
        let path = format!("{item}/{}", self.random.pick(VERBS)?);
        if self.has("POST", &path) {
            return None;
        }
        let values = constants(field);
        let value = self.random.pick(&values)?.clone();
        let when = match &field.ty {
            FieldType::Enum { values, .. } if self.random.chance(40) => {
                vec![(field.name.clone(), vec![Literal::Text(values.first()?.clone())])]
            }
            _ => Vec::new(),
        };
        let action = Action::Set { entity: entity.name.clone(), values: vec![(field.name.clone(), value)], when };
        let who = if entity.owner == Ownership::Nobody { Access::SignedIn } else { Access::Owner };
        Some(self.with_endpoint("add an action", "POST", path, action, who))
    }

    pub(super) fn add_endpoint(&mut self) -> Option<Change> {
        let place = self.entity()?;
        let entity = &self.design.entities[place];
        let name = entity.name.clone();
        let who = if entity.owner == Ownership::Nobody { Access::SignedIn } else { Access::Owner };
        let item = self.item(&name)?;
        let missing = [
            ("DELETE", Action::Delete { entity: name.clone() }),
            ("GET", Action::Read { entity: name.clone() }),
            ("PATCH", Action::Update { entity: name }),
        ];
        let missing: Vec<&(&str, Action)> = missing
            .iter()
            .filter(|(method, _)| !self.has(method, &item))
            .filter(|(method, _)| *method != "PATCH" || !self.has("PUT", &item))
            .collect();
        let (method, action) = (*self.random.pick(&missing)?).clone();
        Some(self.with_endpoint("add an endpoint", method, item, action, who))
    }

    fn with_endpoint(&mut self, kind: &'static str, method: &str, path: String, action: Action, who: Access) -> Change {
        let mut after = self.design.clone();
        after.endpoints.push(EndpointDesign {
            method: method.to_owned(),
            path: path.clone(),
            action,
            who,
            satisfies: Vec::new(),
            description: None,
            at: Location::line("", 0),
        });
        let (does, who) = words(&after, after.endpoints.len() - 1);
        let way = self.way(true, &["add", "endpoint", method, &path, &does, "--who", &who]);
        Change { kind, way, after, expected: Expected::default(), moved: None }
    }

    pub(super) fn remove_endpoint(&mut self) -> Option<Change> {
        let rows = self.design.endpoints.iter().enumerate();
        // Without the endpoint that makes rows, nothing else could be tested.
        let fits = |row: &EndpointDesign| {
            matches!(
                row.action,
                Action::Delete { .. } | Action::Set { .. } | Action::Update { .. } | Action::Read { .. }
            )
        };
        let found: Vec<usize> = rows.filter(|(_, row)| fits(row)).map(|(index, _)| index).collect();
        let index = *self.random.pick(&found)?;
        let row = &self.design.endpoints[index];
        let way = self.way(false, &["remove", "endpoint", &row.method, &row.path]);
        let mut after = self.design.clone();
        after.endpoints.remove(index);
        Some(Change { kind: "remove an endpoint", way, after, expected: Expected::default(), moved: None })
    }

    pub(super) fn change_access(&mut self) -> Option<Change> {
        let rows = self.design.endpoints.iter().enumerate();
        let fits = |row: &EndpointDesign| {
            entity_of(&row.action).is_some() && !matches!(row.action, Action::Create { .. } | Action::Crud { .. })
        };
        let found: Vec<usize> = rows.filter(|(_, row)| fits(row)).map(|(index, _)| index).collect();
        let index = *self.random.pick(&found)?;
        let row = &self.design.endpoints[index];
        let reads = matches!(row.action, Action::List { .. } | Action::Read { .. });
        let class = entity_of(&row.action)?;
        let owner = self.design.entities.iter().find(|entity| entity.name == class).map(|entity| &entity.owner);
        let usual = if owner == Some(&Ownership::Nobody) { Access::SignedIn } else { Access::Owner };
        let mut choice = vec![usual];
        if self.has_roles {
            choice.push(Access::Role { role: "admin".to_owned() });
        }
        if reads {
            choice.push(Access::Public);
        }
        let plain = |access: &Access| if *access == Access::Owner { Access::SignedIn } else { access.clone() };
        choice.retain(|one| plain(one) != plain(&row.who));
        let who = self.random.pick(&choice)?.clone();
        let mut after = self.design.clone();
        after.endpoints[index].who = who;
        let (_, said) = words(&after, index);
        let way = self.way(true, &["change", "access", &row.method, &row.path, &said]);
        Some(Change { kind: "change who may call an endpoint", way, after, expected: Expected::default(), moved: None })
    }

    /// The path of one row of an entity.
    pub(super) fn item(&self, class: &str) -> Option<String> {
        let is_of_one = |row: &&EndpointDesign| {
            entity_of(&row.action) == Some(class)
                && matches!(row.action, Action::Read { .. } | Action::Update { .. } | Action::Delete { .. })
        };
        self.design.endpoints.iter().find(is_of_one).map(|row| row.path.clone())
    }

    fn has(&self, method: &str, path: &str) -> bool {
        self.design.endpoints.iter().any(|row| row.method == method && shape(&row.path) == shape(path))
    }
}

/// What an endpoint does and who may call it, in the words of a document.
fn words(design: &Design, index: usize) -> (String, String) {
    let only = Design { endpoints: vec![design.endpoints[index].clone()], ..design.clone() };
    let text = architect_design::write(&only, "");
    let row = text.lines().rev().find(|line| line.starts_with('|')).unwrap_or_default();
    let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
    (cells.get(2).copied().unwrap_or_default().to_owned(), cells.get(3).copied().unwrap_or_default().to_owned())
}

/// Values that an action may set.
fn constants(field: &Field) -> Vec<Literal> {
    if field.unique.is_some() {
        return Vec::new();
    }
    let mut found = match &field.ty {
        FieldType::Boolean => vec![Literal::Boolean(true), Literal::Boolean(false)],
        FieldType::Enum { values, .. } => values.iter().cloned().map(Literal::Text).collect(),
        FieldType::Integer { min, max } if min.unwrap_or(0) <= 2 && max.unwrap_or(2) >= 2 => vec![Literal::Integer(2)],
        FieldType::DateTime => vec![Literal::Now { now: true }],
        _ => return Vec::new(),
    };
    if !field.required {
        found.push(Literal::Null);
    }
    found
}

/// Follows the renaming of a field through what endpoints do.
pub(super) fn rename(design: &mut Design, class: &str, from: &str, to: &str) {
    for row in design.endpoints.iter_mut().filter(|row| entity_of(&row.action) == Some(class)) {
        let conditions = match &mut row.action {
            Action::Set { values, when, .. } => {
                when.iter_mut().filter(|(name, _)| name == from).for_each(|(name, _)| to.clone_into(name));
                values
            }
            Action::List { order, only, .. } | Action::Crud { order, only, .. } => {
                for key in order.iter_mut().filter(|key| key.trim_start_matches('-') == from) {
                    *key = key.replace(from, to);
                }
                only
            }
            _ => continue,
        };
        conditions.iter_mut().filter(|(name, _)| name == from).for_each(|(name, _)| to.clone_into(name));
    }
}
