//! What two documents of the same code say, part by part, so that they can be compared.

use std::collections::BTreeMap;

use architect_model::{Access, Action, Design, EndpointDesign, Entity, Field, FieldType, Location};

/// The entity on whose rows an action works.
pub fn entity_of(action: &Action) -> Option<&str> {
    match action {
        Action::Crud { entity, .. }
        | Action::List { entity, .. }
        | Action::Read { entity }
        | Action::Create { entity }
        | Action::Update { entity }
        | Action::Delete { entity }
        | Action::Set { entity, .. } => Some(entity),
        Action::Other { .. } => None,
    }
}

/// The column of a field.
pub fn column_of(field: &Field) -> String {
    match field.ty {
        FieldType::Reference { .. } => format!("{}_id", field.name),
        _ => field.name.clone(),
    }
}

/// A path without the names of its parameters.
pub fn shape(path: &str) -> String {
    let segment = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Turns the `CRUD` rows of a document into the operations that they stand for, as the application has their paths.
pub fn spell_out(design: &mut Design, paths: &[String]) {
    let rows = std::mem::take(&mut design.endpoints);
    design.endpoints = rows.into_iter().flat_map(|row| spelled_out(row, paths)).collect();
}

fn spelled_out(row: EndpointDesign, paths: &[String]) -> Vec<EndpointDesign> {
    let Action::Crud { entity, order, only } = row.action.clone() else { return vec![row] };
    let tail = row.path.rsplit('/').next().unwrap_or_default();
    let Some((method, item)) = item_of(&row.path, tail, paths) else { return vec![row] };
    let (read, write) = match &row.who {
        Access::ReadWrite { read, write } => ((**read).clone(), (**write).clone()),
        who => (who.clone(), who.clone()),
    };
    let one = |method: &str, path: &str, action: Action, who: &Access| EndpointDesign {
        method: method.to_owned(),
        path: path.to_owned(),
        action,
        who: who.clone(),
        ..row.clone()
    };
    vec![
        one("GET", &row.path, Action::List { entity: entity.clone(), order, only }, &read),
        one("POST", &row.path, Action::Create { entity: entity.clone() }, &write),
        one("GET", &item, Action::Read { entity: entity.clone() }, &read),
        one(&method, &item, Action::Update { entity: entity.clone() }, &write),
        one("DELETE", &item, Action::Delete { entity }, &write),
    ]
}

/// How rows below a path are changed: the method, and the path of one of them without the API's prefix.
fn item_of(path: &str, tail: &str, paths: &[String]) -> Option<(String, String)> {
    let listed = shape(path);
    let full = |method: &'static str| {
        paths.iter().filter_map(move |known| known.strip_prefix(method)).map(|path| path.trim_end_matches('/'))
    };
    let list = full("GET ").filter(|known| shape(known).ends_with(&listed)).min_by_key(|known| known.len())?;
    let kept = list.split('/').count() - path.split('/').count();
    let mount = list.split('/').take(kept + 1).collect::<Vec<_>>().join("/");
    let wanted = format!("{mount}/{tail}/{{}}");
    ["PATCH ", "PUT "].into_iter().find_map(|method| {
        let known = full(method).find(|known| shape(known) == wanted)?;
        Some((method.trim_end().to_owned(), known.strip_prefix(&mount)?.to_owned()))
    })
}

/// In what two documents differ.
pub fn differences(wanted: &Design, found: &Design) -> Vec<String> {
    let (wanted, found) = (parts(wanted), parts(found));
    let mut said = Vec::new();
    for (part, text) in &wanted {
        match found.get(part) {
            Some(other) if other == text => {}
            Some(other) => said.push(format!("`{part}` should be {text}, and the code has {other}")),
            None => said.push(format!("`{part}` should be {text}, and the code has none")),
        }
    }
    let further = found.iter().filter(|(part, _)| !wanted.contains_key(*part));
    said.extend(further.map(|(part, text)| format!("`{part}` should not be there, and the code has {text}")));
    said
}

fn parts(design: &Design) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    for entity in design.entities.iter().filter(|entity| !entity.account) {
        parts.extend(of_entity(entity));
    }
    for row in &design.endpoints {
        // Of an owner, and of a role that is asked for inside, dependencies show that somebody is signed in.
        let who = match &row.who {
            Access::Owner | Access::Role { .. } => &Access::SignedIn,
            who => who,
        };
        parts.insert(format!("{} {}", row.method, shape(&row.path)), text(&(&row.action, who)));
    }
    parts
}

/// The parts of one entity.
pub fn of_entity(entity: &Entity) -> BTreeMap<String, String> {
    let name = &entity.name;
    let mut parts = BTreeMap::from([(name.clone(), text(&entity.owner))]);
    parts.extend(entity.fields.iter().map(|field| (format!("{name}.{}", field.name), text(&bare(field)))));
    parts.extend(entity.constraints.iter().map(|one| (format!("{name}: {}", text(one)), String::new())));
    parts
}

/// A field without what says nothing of the code, and without what the house decides.
fn bare(field: &Field) -> Field {
    let ty = match &field.ty {
        // Of what clients do not send, nothing says the bounds.
        FieldType::Integer { .. } if field.read_only => FieldType::Integer { min: None, max: None },
        FieldType::BigInteger { .. } if field.read_only => FieldType::BigInteger { min: None, max: None },
        FieldType::Decimal { precision, scale, .. } if field.read_only => {
            FieldType::Decimal { precision: *precision, scale: *scale, min: None, max: None }
        }
        FieldType::String { max, .. } if field.read_only => FieldType::String { min: None, max: *max },
        FieldType::Enum { values, .. } => {
            let mut values = values.clone();
            values.sort();
            FieldType::Enum { name: String::new(), values }
        }
        // An address is a text of its length where the house has no type for it.
        FieldType::Url => FieldType::String { min: None, max: Some(2048) },
        FieldType::String { min: Some(1), max: Some(2048) } => FieldType::String { min: None, max: Some(2048) },
        ty => ty.clone(),
    };
    Field {
        label: String::new(),
        description: None,
        circular: false,
        at: Location::line("", 0),
        ty,
        // By what lists are filtered is indexed, alone or behind the owner; what is unique has an index by that.
        index: field.index && !field.filter && field.unique.is_none(),
        ..field.clone()
    }
}

fn text<T: serde::Serialize>(part: &T) -> String {
    serde_json::to_string(part).unwrap_or_default()
}
