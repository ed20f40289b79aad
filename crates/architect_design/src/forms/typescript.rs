//! TypeScript interfaces and types.

use crate::forms::code::braced;
use crate::hints;
use crate::loose::{self, Dialect};
use crate::names;
use crate::raw::{Found, RawEntity, RawField};

const DIALECT: Dialect = Dialect { date_is_time: true, nullable: false, lists: 0 };

/// Endings of names that are views, not entities.
#[rustfmt::skip]
pub(crate) const VIEWS: &[&str] = &[
    "Props", "State", "Config", "Request", "Response", "Repository", "Service", "Exception", "Error", "Payload",
    "Params", "Dto", "DTO", "Input", "Output", "Create", "Update", "Read", "Public", "Base", "Filter", "Context",
    "Options", "Settings", "Result", "Event", "Schema", "In", "Out", "Query", "List", "Page", "Action", "Hook",
    "Form", "Store", "Controller", "Handler", "Client", "Token", "Mixin",
];

/// Names that end like a view and are things that happen.
const ACTS: &[&str] =
    &["CheckIn", "CheckOut", "LogIn", "SignIn", "ClockIn", "ClockOut", "OptIn", "OptOut", "Event", "Result", "Token"];

/// Whether a class name says that it is a view of an entity, not one.
pub(crate) fn is_view(name: &str) -> bool {
    if ACTS.contains(&name) {
        return false;
    }
    VIEWS.iter().any(|ending| {
        name.strip_suffix(ending).is_some_and(|stem| stem.ends_with(|c: char| c.is_lowercase() || c.is_ascii_digit()))
    })
}

/// Reads interfaces, object types, string unions and enumerations.
pub(crate) fn read(text: &str, line: u32, found: &mut Found) {
    let known = found.entities.len();
    interfaces(text, line, found);
    // Where some have an identifier, those without one are parts of a reply.
    let identified = |entity: &RawEntity| {
        entity.fields.iter().any(|field| ["id", "uuid"].contains(&names::key(&field.label).as_str()))
    };
    if found.entities[known..].iter().any(identified) {
        let mut at = 0;
        found.entities.retain(|entity| {
            at += 1;
            at <= known || identified(entity)
        });
    }
}

fn interfaces(text: &str, line: u32, found: &mut Found) {
    for block in braced(text, line) {
        let head = block.head.trim_start_matches("export ").trim_start_matches("declare ");
        let mut words = head.split([' ', '<', '=']);
        let (keyword, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match keyword {
            "enum" | "const" if head.starts_with("enum") => {
                let values = block.body.iter().flat_map(|(_, text)| text.split(',')).map(|item| {
                    let (name, value) = item.split_once('=').unwrap_or((item, item));
                    let value = value.trim().trim_matches(['\'', '"']);
                    if value.is_empty() { name.trim().to_owned() } else { value.to_owned() }
                });
                found.enums.push((name.to_owned(), values.filter(|value| !value.is_empty()).collect()));
            }
            "type" if block.body.is_empty() => {
                if let Some((_, union)) = head.split_once('=') {
                    let values: Vec<String> = union
                        .split('|')
                        .map(|part| part.trim().trim_end_matches(';').trim_matches(['\'', '"']).to_owned())
                        .collect();
                    if values.len() > 1 && union.contains(['\'', '"']) {
                        found.enums.push((name.to_owned(), values));
                    }
                }
            }
            "type" if is_union(text, name) => {}
            "interface" | "type" if !is_view(name) && !block.body.is_empty() => {
                let mut entity = RawEntity { label: name.to_owned(), line: block.line, ..RawEntity::default() };
                let mut depth = 0_i32;
                for (line, text) in &block.body {
                    let change = i32::try_from(text.matches('{').count()).unwrap_or(0)
                        - i32::try_from(text.matches('}').count()).unwrap_or(0);
                    if depth == 0 {
                        entity.fields.extend(field(text, *line));
                    }
                    depth = (depth + change).max(0);
                }
                found.entities.push(entity);
            }
            _ => {}
        }
    }
}

/// Whether a type is one of several objects, which is no table: `type Event = { … } | { … }`.
fn is_union(text: &str, name: &str) -> bool {
    let Some((_, after)) = text.split_once(&format!("type {name}")) else { return false };
    let next = ["\ntype ", "\nexport ", "\ninterface ", "\nclass ", "\n\n"];
    let end = next.iter().filter_map(|word| after.find(word)).min().unwrap_or(after.len());
    let plain: String = after[..end].split_whitespace().collect();
    plain.contains("}|{") || plain.starts_with("=|{")
}

fn field(text: &str, line: u32) -> Option<RawField> {
    let (text, comment) = text.split_once("//").map_or((text, ""), |(text, comment)| (text, comment.trim()));
    let (name, ty) = text.split_once(':')?;
    let name = name.trim().trim_start_matches("readonly ");
    let optional = name.ends_with('?');
    let name = name.trim_end_matches('?').trim();
    if !names::is_identifier(name.trim_start_matches('_')) {
        return None;
    }
    let mut field = RawField { label: name.to_owned(), line, ..RawField::default() };
    loose::read(&mut field, ty.trim().trim_end_matches([';', ',', '{']), DIALECT);
    field.required = Some(!optional && field.required != Some(false));
    hints::describe(&mut field, comment);
    Some(field)
}
