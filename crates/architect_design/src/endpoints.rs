//! Endpoints: from table rows to what they do and who may call them.

use std::collections::HashMap;

use architect_model::{Access, Action, EndpointDesign, Entity, Ownership};

use crate::actions;
use crate::members;
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::plurals;
use crate::raw::RawEndpoint;
use crate::routes;

pub(crate) const METHODS: &[&str] = &["CRUD", "GET", "POST", "PUT", "PATCH", "DELETE"];

/// Settles the endpoints of a document; each entity gets the usual ones if the document names none.
pub(crate) fn resolve(raws: Vec<RawEndpoint>, entities: &[Entity], notes: &mut Notes) -> Vec<EndpointDesign> {
    if raws.is_empty() {
        return defaults(entities, notes);
    }
    let listed_loosely = raws.iter().all(|raw| !raw.strict);
    let mut found: Vec<EndpointDesign> = Vec::new();
    let mut places: HashMap<String, (usize, bool)> = HashMap::new();
    let rows = actions::rows(&raws, entities);
    for raw in raws {
        let settled =
            if raw.strict { endpoint(&raw, entities, &rows, notes) } else { routes::settle(&raw, entities, notes) };
        let Some(endpoint) = settled else { continue };
        let key = format!("{} {}", endpoint.method, endpoint.path);
        if let Some((at, strict)) = places.get(&key).copied() {
            let first: &mut EndpointDesign = &mut found[at];
            if raw.strict && !strict {
                *first = endpoint;
                places.insert(key, (at, true));
                continue;
            }
            if !raw.strict {
                continue;
            }
            notes.problem(
                raw.line,
                format!("`{} {}` is listed twice, first in line {}", raw.method, raw.path, first.at.line),
                "Remove one of them.",
            );
            continue;
        }
        places.insert(key, (found.len(), raw.strict));
        found.push(endpoint);
    }
    if listed_loosely && found.iter().all(|endpoint| actions::entity(&endpoint.action).is_none()) {
        found.extend(defaults(entities, notes));
    }
    found
}

fn endpoint(
    raw: &RawEndpoint,
    entities: &[Entity],
    rows: &actions::Rows<'_>,
    notes: &mut Notes,
) -> Option<EndpointDesign> {
    if !METHODS.contains(&raw.method.as_str()) {
        let methods = METHODS.map_list();
        notes.problem(raw.line, format!("the method `{}` is unknown", raw.method), format!("Methods are {methods}."));
        return None;
    }
    if let Err(why) = check_path(&raw.path) {
        notes.problem(
            raw.line,
            format!("`{}` cannot be a path: {why}", raw.path),
            "Write it like `/projects/{project_id}/archive`.",
        );
        return None;
    }
    let action = actions::read(raw, entities, rows, notes)?;
    let who = match access(&raw.who, entities) {
        Some(who) => who,
        None if raw.who.is_empty() => default_access(actions::entity(&action), entities),
        None => {
            notes.problem(
                raw.line,
                format!("`{}`: who may call it is not understood", raw.who),
                members::help(&raw.who, entities),
            );
            return None;
        }
    };
    if let (Access::ReadWrite { .. }, false) = (&who, raw.method == "CRUD") {
        notes.problem(
            raw.line,
            format!("`{} {}` either reads or writes, and needs one answer to who may call it", raw.method, raw.path),
            "Name the one group that may call it; `public read, admin write` is for `CRUD` rows.",
        );
    }
    Some(EndpointDesign {
        method: raw.method.clone(),
        path: raw.path.clone(),
        action,
        who,
        satisfies: raw.satisfies.clone(),
        description: Some(raw.description.clone()).filter(|text| !text.is_empty()),
        at: notes.at(raw.line),
    })
}

/// Lists method names for messages.
trait MapList {
    fn map_list(&self) -> String;
}

impl MapList for [&str] {
    fn map_list(&self) -> String {
        self.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }
}

/// Whether a path is made of plain segments and `{name}` parameters; the error says why not.
pub(crate) fn check_path(path: &str) -> Result<(), String> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err("it does not begin with `/`".to_owned());
    };
    let mut parameters = Vec::new();
    for segment in rest.split('/') {
        let parameter = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        let plain =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        match parameter {
            Some(name) if names::is_identifier(name) && names::field_clash(name).is_none() => {
                if parameters.contains(&name) {
                    return Err(format!("it has the parameter `{name}` twice"));
                }
                parameters.push(name);
            }
            None if plain(segment) => {}
            _ if segment.is_empty() => return Err("it has an empty segment".to_owned()),
            _ => {
                return Err(format!("`{segment}` is neither a plain segment nor a `{{name}}` parameter"));
            }
        }
    }
    Ok(())
}

/// Who may call an endpoint, in the words of the explicit format.
fn access(text: &str, entities: &[Entity]) -> Option<Access> {
    let folded = fold(text);
    let parts: Vec<&str> = folded.split(',').map(str::trim).collect();
    if let [read, write] = parts.as_slice() {
        let read = single(read.strip_suffix(" read").or_else(|| read.strip_suffix(" reads"))?, entities)?;
        let write = single(write.strip_suffix(" write").or_else(|| write.strip_suffix(" writes"))?, entities)?;
        return Some(Access::ReadWrite { read: Box::new(read), write: Box::new(write) });
    }
    single(&folded, entities)
}

/// One group of callers.
fn single(text: &str, entities: &[Entity]) -> Option<Access> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = words.strip_prefix(&["the"]).unwrap_or(&words);
    if let Some(at) = words.iter().position(|word| *word == "of").filter(|at| *at > 0) {
        let name = &words[at + 1..];
        return members::access(&words[..at], name.strip_prefix(&["the"]).unwrap_or(name), entities);
    }
    Some(match words {
        ["owner"] | ["member" | "members"] => Access::Owner,
        ["admin" | "admins"] => Access::Role { role: "admin".to_owned() },
        ["role", role] if names::is_identifier(&role.replace('-', "_")) => Access::Role { role: (*role).to_owned() },
        ["signed", "in"] | ["signed-in"] | ["authenticated"] => Access::SignedIn,
        ["public"] | ["everybody"] | ["anyone"] => Access::Public,
        ["as", "in", "the", "code"] | ["as", "in", "code"] => Access::Unsaid,
        _ => return None,
    })
}

/// Whether words name an entity that the document describes, or that its rows belong to.
pub(crate) fn is_named(words: &[&str], entities: &[Entity]) -> bool {
    let name = words.join(" ");
    let forms = plurals::singulars(&names::key(&name));
    let is_parent = |owner: &Ownership| owner.parent().is_some_and(|parent| forms.contains(&names::key(parent)));
    actions::by_name(&name, entities).is_some() || entities.iter().any(|entity| is_parent(&entity.owner))
}

/// Who may call an endpoint where nothing is said: the owner, or for shared rows signed-in readers and admins.
pub(crate) fn default_access(entity: Option<&str>, entities: &[Entity]) -> Access {
    match entity {
        Some(name) if is_shared(name, entities) => Access::SignedIn,
        Some(_) => Access::Owner,
        None => Access::SignedIn,
    }
}

/// Whether the rows belong to nobody, through any number of parents.
fn is_shared(name: &str, entities: &[Entity]) -> bool {
    let mut name = name;
    for _ in 0..=entities.len() {
        match entities.iter().find(|entity| entity.name == name).map(|entity| &entity.owner) {
            Some(Ownership::Nobody) => return true,
            Some(owner) => match owner.parent() {
                Some(parent) => name = parent,
                None => return false,
            },
            None => return false,
        }
    }
    false
}

/// The usual five endpoints for each entity.
fn defaults(entities: &[Entity], notes: &mut Notes) -> Vec<EndpointDesign> {
    let designed: Vec<&Entity> = entities.iter().filter(|entity| !entity.account).collect();
    let Some(first) = designed.first() else {
        return Vec::new();
    };
    notes.assume(
        first.at.line,
        "The document lists no endpoints for its entities: each entity gets list, create, read, update and delete",
    );
    let mut found: Vec<EndpointDesign> = Vec::new();
    for entity in designed {
        let mut segment = names::segment(&entity.name);
        // Two plurals may be the same.
        while found.iter().any(|known| known.path.rsplit('/').next() == Some(segment.as_str())) {
            segment.push_str("-entries");
        }
        let path = match entity.owner.parent() {
            Some(parent) => format!("/{}/{{{}_id}}/{segment}", names::segment(parent), names::snake(parent)),
            None => format!("/{segment}"),
        };
        let who = if is_shared(&entity.name, entities) {
            Access::ReadWrite {
                read: Box::new(Access::SignedIn),
                write: Box::new(Access::Role { role: "admin".to_owned() }),
            }
        } else {
            members::default_access(entity, entities, notes)
        };
        found.push(EndpointDesign {
            method: "CRUD".to_owned(),
            path,
            action: Action::Crud { entity: entity.name.clone(), order: Vec::new(), only: Vec::new() },
            who,
            satisfies: Vec::new(),
            description: None,
            at: entity.at.clone(),
        });
    }
    found
}
