//! Paths: from the document's to the house's, with what each parameter names.

use architect_model::{Entity, Location, ParameterRole, PathParameter, WithinDesign};
use heck::ToSnakeCase;

use crate::names;
use crate::notes::Notes;
use crate::within;
use crate::world::{Target, World};

/// A path in the house's style with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    pub(crate) text: String,
    pub(crate) parameters: Vec<PathParameter>,
    /// What the rows of a list refer to, where the path names it.
    pub(crate) within: Option<WithinDesign>,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leads {
    /// To rows that are listed.
    List,
    /// To rows where one is created.
    Rows,
    /// To one row: its last parameter names it.
    One,
}

/// The path `written` for an operation on `entity`. What a parameter names follows from its position: the last one is
/// the row itself where the path leads to one, those before it are its parent, the parent's parent, and so on.
pub(crate) fn resolve(
    world: &World<'_>,
    entity: &Entity,
    written: &str,
    leads: Leads,
    at: &Location,
    notes: &mut Notes,
) -> Option<Path> {
    let segments: Vec<&str> = written.split('/').filter(|segment| !segment.is_empty()).collect();
    let given: Vec<&str> = segments.iter().filter_map(|segment| parameter(segment)).collect();
    if leads == Leads::List && given.len() == 1 {
        let problems = notes.problems.len();
        if let Some((parameter, within)) = within::resolve(world, entity, &segments, at, notes) {
            let parameters = vec![parameter];
            let text = house_text(world, &segments, &parameters, leads);
            return Some(Path { text, parameters, within: Some(within) });
        }
        if notes.problems.len() > problems {
            return None;
        }
    }
    let mut classes = lineage(world, entity);
    if leads != Leads::One {
        classes.remove(0);
    } else if given.is_empty() {
        let text = format!("`{written}` works on one `{}` and does not say which", entity.name);
        let help = format!("Put a parameter in the path: `{written}/{{{}_id}}`.", entity.name.to_snake_case());
        notes.problem(at, text, help);
        return None;
    }
    if given.len() > classes.len() {
        let odd = given.first().copied().unwrap_or_default();
        let text =
            format!("`{written}`: the parameter `{odd}` names neither the `{}` nor what it belongs to", entity.name);
        let help = within::instead(entity, &segments)
            .unwrap_or_else(|| format!("Write `Belongs to …` under `{}`, or leave the parameter out.", entity.name));
        notes.problem(at, text, help);
        return None;
    }
    let mut parameters = Vec::new();
    for (index, name) in given.iter().rev().enumerate() {
        let (class, target) = &classes[index];
        check_meaning(world, name, class, written, at, notes)?;
        let role = match (index, leads) {
            (0, Leads::One) => ParameterRole::Item,
            (0, _) => ParameterRole::Parent,
            _ => ParameterRole::Ancestor,
        };
        let (_, id) = world.key(*target)?;
        parameters.insert(0, PathParameter { name: house_name(world, class, role), class: class.clone(), id, role });
    }
    Some(Path { text: house_text(world, &segments, &parameters, leads), parameters, within: None })
}

/// The entity and what it belongs to, the nearest first.
fn lineage<'a>(world: &World<'a>, entity: &'a Entity) -> Vec<(String, Target<'a>)> {
    let mut found = vec![(entity.name.clone(), Target::New(entity))];
    let mut current = entity;
    while let Some(parent) = current.owner.parent() {
        let Some(target) = world.find(parent) else { break };
        if found.iter().any(|(known, _)| known == parent) {
            break;
        }
        found.push((parent.to_owned(), target));
        match target {
            Target::New(entity) => current = entity,
            Target::Existing(_) => break,
        }
    }
    found
}

/// A parameter that names another entity than the one its place stands for is a mistake.
fn check_meaning(
    world: &World<'_>,
    name: &str,
    class: &str,
    written: &str,
    at: &Location,
    notes: &mut Notes,
) -> Option<()> {
    let Some(stem) = name.strip_suffix("_id") else { return Some(()) };
    let other = world.entities().find(|other| other.name.to_snake_case() == stem && other.name != class);
    let Some(other) = other else { return Some(()) };
    let text = format!("`{written}`: `{name}` stands where a `{class}` is named, and names a `{}`", other.name);
    notes.problem(at, text, format!("Write `{{{}_id}}`, or correct what the endpoint does.", class.to_snake_case()));
    None
}

/// Name of a parameter by the house's habit. A habit without the entity's name (`id`) is kept for the row itself.
pub(crate) fn house_name(world: &World<'_>, class: &str, role: ParameterRole) -> String {
    let pattern = &world.style.endpoints.id_parameter.value;
    let names = names::entity_names(class);
    if pattern.contains("{entity}") {
        return pattern.replace("{entity}", &names.snake);
    }
    if !pattern.is_empty() && role == ParameterRole::Item {
        return pattern.clone();
    }
    format!("{}_id", names.snake)
}

fn house_text(world: &World<'_>, segments: &[&str], parameters: &[PathParameter], leads: Leads) -> String {
    let mut names = parameters.iter();
    let mut text = String::new();
    for segment in segments {
        text.push('/');
        match parameter(segment).and_then(|_| names.next()) {
            Some(parameter) => text.push_str(&format!("{{{}}}", parameter.name)),
            None => text.push_str(&house_segment(world, segment)),
        }
    }
    let slash = &world.style.endpoints.trailing_slash;
    if leads != Leads::One && slash.is_seen() && slash.value {
        text.push('/');
    }
    text
}

/// A plain segment with its words joined as the house joins them.
pub(crate) fn house_segment(world: &World<'_>, segment: &str) -> String {
    let kebab = &world.style.endpoints.kebab_paths;
    if parameter(segment).is_some() {
        return segment.to_owned();
    }
    match (kebab.is_seen(), kebab.value) {
        (false, _) => segment.to_owned(),
        (true, true) => segment.replace('_', "-"),
        (true, false) => segment.replace('-', "_"),
    }
}

/// The name inside `{name}`.
pub(crate) fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Whether `pattern`, a path with parameters, also matches `path`.
pub(crate) fn swallows(pattern: &str, path: &str) -> bool {
    let (left, right): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    left.len() == right.len()
        && left.iter().zip(&right).all(|(a, b)| a == b || parameter(a).is_some())
        && left.iter().zip(&right).any(|(a, b)| parameter(a).is_some() && parameter(b).is_none())
}

/// A path with the names of its parameters and a slash at its end left out: two equal ones clash.
pub(crate) fn shape(path: &str) -> String {
    let segments = path.trim_end_matches('/').split('/');
    segments.map(|segment| if parameter(segment).is_some() { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}
