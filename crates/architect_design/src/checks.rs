//! What must hold over all entities of a design.

use std::collections::HashMap;

use architect_model::{Entity, FieldType, Ownership};

use crate::notes::Notes;

/// Reports entities that need each other, so that no row of any of them could be the first.
pub(crate) fn cycles(entities: &[Entity], notes: &mut Notes) {
    let needs: HashMap<&str, Vec<&str>> =
        entities.iter().map(|entity| (entity.name.as_str(), needed(entity))).collect();
    let mut reported: Vec<&str> = Vec::new();
    for entity in entities {
        if reported.contains(&entity.name.as_str()) {
            continue;
        }
        let Some(path) = way_back(&entity.name, &needs) else {
            continue;
        };
        let chain: Vec<String> = path.iter().map(|name| format!("`{name}`")).collect();
        notes.problem(
            entity.at.line,
            format!("{} need each other: no row of them could be the first", chain.join(" → ")),
            "Make one of the references optional: write `?` behind its type.",
        );
        reported.extend(path);
    }
}

/// Entities of which a row must exist before one of this entity can.
fn needed(entity: &Entity) -> Vec<&str> {
    let mut needed = Vec::new();
    if let Ownership::Parent { entity } = &entity.owner {
        needed.push(entity.as_str());
    }
    for field in &entity.fields {
        if let (FieldType::Reference { entity, .. }, true) = (&field.ty, field.required) {
            needed.push(entity);
        }
    }
    needed
}

/// The way from an entity along what it needs back to itself.
fn way_back<'a>(start: &'a str, needs: &HashMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    let mut from: HashMap<&str, &str> = HashMap::new();
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        for next in needs.get(name).into_iter().flatten() {
            if *next == start {
                let mut path = vec![start];
                let mut at = name;
                while at != start {
                    path.insert(1, at);
                    at = from.get(at)?;
                }
                path.push(start);
                return Some(path);
            }
            if !from.contains_key(next) {
                from.insert(next, name);
                open.push(next);
            }
        }
    }
    None
}
