//! What an endpoint does: `Project`, `list Task, by due_on`, `set status = archived when status is active`.

use architect_model::{Action, Entity, Field, FieldType, Literal};

use crate::literals;
use crate::names;
use crate::notes::Notes;
use crate::plurals;
use crate::raw::RawEndpoint;
use crate::types::split;

/// The entity that an action is about.
pub(crate) fn entity(action: &Action) -> Option<&str> {
    action.entity()
}

/// Whose rows other endpoints of a document work on: the shape of each path, and the entity that it names.
pub(crate) type Rows<'a> = Vec<(String, &'a Entity)>;

/// The rows of endpoints that name their entity.
pub(crate) fn rows<'a>(raws: &[RawEndpoint], entities: &'a [Entity]) -> Rows<'a> {
    let named = raws.iter().filter(|raw| raw.strict).filter_map(|raw| {
        let (verb, rest) = raw.does.trim().split_once(char::is_whitespace).unwrap_or((raw.does.trim(), ""));
        let is_named = ["crud", "list", "read", "get", "create", "update", "delete"].contains(&&*verb.to_lowercase());
        let name = if is_named { rest } else { raw.does.trim() };
        let name = name.split_once(',').map_or(name, |(name, _)| name).trim();
        let is_known = (is_named || raw.method == "CRUD") && !name.is_empty();
        Some((shape(&raw.path), by_name(name, entities).filter(|_| is_known)?))
    });
    named.collect()
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let segment = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    path.trim_end_matches('/').split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The entity whose rows the endpoints work on that a path leads below: of the longest path that begins it.
fn below<'a>(path: &str, rows: &Rows<'a>) -> Option<&'a Entity> {
    let path = shape(path);
    let begins =
        rows.iter().filter(|(known, _)| path.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('/')));
    begins.max_by_key(|(known, _)| known.len()).map(|(_, entity)| *entity)
}

/// Reads the `Does` cell; `None` after a problem.
pub(crate) fn read(raw: &RawEndpoint, entities: &[Entity], rows: &Rows<'_>, notes: &mut Notes) -> Option<Action> {
    let does = raw.does.trim();
    if let Some(words) = does.strip_prefix("by hand") {
        let text = words.trim_start_matches([':', ' ']).to_owned();
        return Some(Action::Other { text });
    }
    let (verb, rest) = does.split_once(char::is_whitespace).unwrap_or((does, ""));
    if raw.method == "CRUD" {
        let name = if verb.eq_ignore_ascii_case("crud") { rest } else { does };
        let (name, modifiers) = name.split_once(',').unwrap_or((name, ""));
        let entity = subject(name, raw, entities, notes)?;
        let (order, only) = listed(entity, modifiers, raw, notes)?;
        return Some(Action::Crud { entity: entity.name.clone(), order, only });
    }
    let (subject_text, modifiers) = rest.split_once(',').unwrap_or((rest, ""));
    match verb.to_lowercase().as_str() {
        "list" => {
            let entity = subject(subject_text, raw, entities, notes)?;
            let (order, only) = listed(entity, modifiers, raw, notes)?;
            Some(Action::List { entity: entity.name.clone(), order, only })
        }
        "read" | "get" => Some(Action::Read { entity: subject(rest, raw, entities, notes)?.name.clone() }),
        "create" => Some(Action::Create { entity: subject(rest, raw, entities, notes)?.name.clone() }),
        "update" => Some(Action::Update { entity: subject(rest, raw, entities, notes)?.name.clone() }),
        "delete" => Some(Action::Delete { entity: subject(rest, raw, entities, notes)?.name.clone() }),
        "set" => match below(&raw.path, rows) {
            Some(entity) => set(entity, rest, raw, notes),
            None => set(subject("", raw, entities, notes)?, rest, raw, notes),
        },
        _ => {
            unclear(&raw.method, &raw.path, raw.line, notes);
            Some(Action::Other { text: does.to_owned() })
        }
    }
}

/// The entity that is named, or the one that the path is about.
fn subject<'a>(name: &str, raw: &RawEndpoint, entities: &'a [Entity], notes: &mut Notes) -> Option<&'a Entity> {
    let name = name.trim();
    let found = if name.is_empty() { of_path(&raw.path, entities) } else { by_name(name, entities) };
    if found.is_none() {
        let (text, help) = if name.is_empty() {
            (
                format!("`{}` names no entity of this document", raw.path),
                "Name the entity in the `Does` column: `read Project`.",
            )
        } else {
            (
                format!("`{} {}`: there is no entity `{name}`", raw.method, raw.path),
                "Describe it under `## Data model`, or correct the name.",
            )
        };
        notes.problem(raw.line, text, help);
    }
    found
}

pub(crate) fn by_name<'a>(name: &str, entities: &'a [Entity]) -> Option<&'a Entity> {
    let forms = plurals::singulars(&names::key(name));
    entities.iter().find(|entity| {
        let own = plurals::singulars(&names::key(&entity.name));
        own.iter().any(|form| forms.contains(form))
    })
}

/// The entity whose identifier or name comes last in a path.
fn of_path<'a>(path: &str, entities: &'a [Entity]) -> Option<&'a Entity> {
    path.split('/').rev().find_map(|segment| {
        let name = segment.trim_matches(['{', '}']);
        by_name(name.strip_suffix("_id").unwrap_or(name), entities)
    })
}

/// The order of a list that says nothing else.
const NEWEST: &str = "-created_at";

/// The order of a list, and the conditions that always hold in it.
type Listed = (Vec<String>, Vec<(String, Literal)>);

/// `newest first`, `by due_on`, `by -priority and title`, `where done = false`, `only done = false`.
fn listed(entity: &Entity, modifiers: &str, raw: &RawEndpoint, notes: &mut Notes) -> Option<Listed> {
    let (mut order, mut only) = (Vec::new(), Vec::new());
    for modifier in split(modifiers, ',') {
        let modifier = modifier.trim();
        match modifier {
            "" => {}
            "newest first" => order.push(NEWEST.to_owned()),
            "oldest first" => order.push("created_at".to_owned()),
            _ => {
                if let Some(keys) = modifier.strip_prefix("by ") {
                    order.extend(keys.split(" and ").map_while(|key| order_key(entity, key, raw, notes)));
                } else if let Some(conditions) =
                    modifier.strip_prefix("where ").or_else(|| modifier.strip_prefix("only "))
                {
                    for (field, values) in conditions_of(entity, conditions, raw, notes)? {
                        only.extend(values.into_iter().map(|value| (field.clone(), value)));
                    }
                } else {
                    notes.problem(
                        raw.line,
                        format!("`{modifier}` in `{}` is not understood", raw.does),
                        "Write `newest first`, `oldest first`, `by due_on`, `by -due_on`, or `where done = false`.",
                    );
                    return None;
                }
            }
        }
    }
    // Alone, it is what every list does.
    if order == [NEWEST] {
        order.clear();
    }
    Some((order, only))
}

fn order_key(entity: &Entity, key: &str, raw: &RawEndpoint, notes: &mut Notes) -> Option<String> {
    let key = key.trim();
    let (name, descending) = match key.strip_prefix('-').or_else(|| key.strip_suffix(" descending")) {
        Some(name) => (name.trim(), "-"),
        None => (key, ""),
    };
    let implied = ["id", "created_at", "updated_at"].contains(&name);
    if !implied && field(entity, name).is_none() {
        missing_field(entity, name, raw, notes);
        return None;
    }
    Some(format!("{descending}{name}"))
}

/// `status = archived` and `when status is active or draft`.
fn set(entity: &Entity, text: &str, raw: &RawEndpoint, notes: &mut Notes) -> Option<Action> {
    let (values_text, when_text) = text.split_once(" when ").unwrap_or((text, ""));
    let mut values = Vec::new();
    for assignment in split(values_text, ',') {
        let Some((name, value)) = assignment.split_once('=') else {
            notes.problem(
                raw.line,
                format!("`{}` is not like `set status = archived`", raw.does),
                "Write `set field = value`, several with commas between them.",
            );
            return None;
        };
        values.push(fixed(entity, name, value, raw, notes)?);
    }
    let when = if when_text.is_empty() { Vec::new() } else { conditions_of(entity, when_text, raw, notes)? };
    Some(Action::Set { entity: entity.name.clone(), values, when })
}

/// `status is active or draft and done = false`.
fn conditions_of(
    entity: &Entity,
    text: &str,
    raw: &RawEndpoint,
    notes: &mut Notes,
) -> Option<Vec<(String, Vec<Literal>)>> {
    let mut conditions = Vec::new();
    for condition in text.split(" and ") {
        let Some((name, values)) = condition.split_once(" is ").or_else(|| condition.split_once('=')) else {
            notes.problem(
                raw.line,
                format!("the condition `{condition}` is not understood"),
                "Write `status is active`, or `status is draft or active`.",
            );
            return None;
        };
        let mut literals = Vec::new();
        let mut settled = String::new();
        for value in values.split(" or ") {
            let (field, literal) = fixed(entity, name, value, raw, notes)?;
            settled = field;
            literals.push(literal);
        }
        conditions.push((settled, literals));
    }
    Some(conditions)
}

/// A field and a value that fits it.
fn fixed(entity: &Entity, name: &str, value: &str, raw: &RawEndpoint, notes: &mut Notes) -> Option<(String, Literal)> {
    let Some(field) = field(entity, name.trim()) else {
        missing_field(entity, name.trim(), raw, notes);
        return None;
    };
    let literal = match literals::read(&field.ty, value) {
        Ok(Literal::Null) if field.required => Err("the field is required and cannot be `null`".to_owned()),
        other => other,
    };
    match literal {
        Ok(literal) => Some((field.name.clone(), literal)),
        Err(why) => {
            notes.problem(
                raw.line,
                format!("`{}` cannot be set or compared so: {why}", field.name),
                "Use a value that the type of the field allows.",
            );
            None
        }
    }
}

fn field<'a>(entity: &'a Entity, name: &str) -> Option<&'a Field> {
    let key = names::key(name);
    entity
        .fields
        .iter()
        .filter(|field| !matches!(field.ty, FieldType::Many { .. }))
        .find(|field| names::key(&field.name) == key || names::key(&field.label) == key)
}

fn missing_field(entity: &Entity, name: &str, raw: &RawEndpoint, notes: &mut Notes) {
    notes.problem(
        raw.line,
        format!("`{} {}`: `{}` has no field `{name}`", raw.method, raw.path, entity.name),
        "Add the field to the entity, or correct the name.",
    );
}

/// Asks what an endpoint does that is described in words only.
pub(crate) fn unclear(method: &str, path: &str, line: u32, notes: &mut Notes) {
    notes.ask(line, format!("What does `{method} {path}` do exactly?"), "It is left to be written by hand.");
}
