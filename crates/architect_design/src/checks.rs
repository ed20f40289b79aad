//! What must hold over all entities of a design.

use std::collections::{HashMap, HashSet};

use architect_model::{Entity, FieldType};

use crate::notes::Notes;

/// Reports entities that need each other, so that no row of any of them could be the first. Where a document does not
/// use the explicit format, one of the references becomes optional instead; `strict` holds the lines of entities that do.
pub(crate) fn cycles(entities: &mut [Entity], strict: &HashSet<u32>, notes: &mut Notes) {
    let mut reported: HashSet<String> = HashSet::new();
    let mut at = 0;
    while at < entities.len() {
        let path = cycle_of(&entities[at], entities);
        let Some(path) = path.filter(|_| !reported.contains(&entities[at].name)) else {
            at += 1;
            continue;
        };
        if loosen(entities, &path, strict, notes) {
            continue;
        }
        let chain: Vec<String> = path.iter().map(|name| format!("`{name}`")).collect();
        notes.problem(
            entities[at].at.line,
            format!("{} need each other: no row of them could be the first", chain.join(" → ")),
            "Make one of the references optional: write `?` behind its type.",
        );
        reported.extend(path);
        at += 1;
    }
}

fn cycle_of(entity: &Entity, entities: &[Entity]) -> Option<Vec<String>> {
    let needs: HashMap<&str, Vec<&str>> =
        entities.iter().map(|entity| (entity.name.as_str(), needed(entity))).collect();
    let path = way_back(&entity.name, &needs)?;
    Some(path.into_iter().map(str::to_owned).collect())
}

/// Makes one reference along a cycle optional, where the document left it open; `false` if there is none.
fn loosen(entities: &mut [Entity], path: &[String], strict: &HashSet<u32>, notes: &mut Notes) -> bool {
    for step in path.windows(2).rev() {
        let [from, to] = step else { continue };
        let Some(entity) = entities.iter_mut().find(|entity| entity.name == *from && !strict.contains(&entity.at.line))
        else {
            continue;
        };
        let points = |ty: &FieldType| matches!(ty, FieldType::Reference { entity, .. } if entity == to);
        let Some(field) = entity.fields.iter_mut().find(|field| field.required && points(&field.ty)) else { continue };
        field.required = false;
        notes.assume(
            field.at.line,
            format!("`{from}.{}` is optional: `{from}` and `{to}` would need each other otherwise", field.label),
        );
        return true;
    }
    false
}

/// Entities of which a row must exist before one of this entity can.
fn needed(entity: &Entity) -> Vec<&str> {
    let mut needed = Vec::new();
    needed.extend(entity.owner.parent());
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
