//! Entities with one field per line below their names, in a fence without a language or in running text that a word
//! processor left without lists: `Table orders:`, then `id (UUID, primary key)`.

use crate::blocks::Line;
use crate::forms::bullets;
use crate::lexicon::Words;
use crate::loose::Dialect;
use crate::names::{self, fold};
use crate::openers;
use crate::raw::{RawEntity, RawField};
use crate::topics::{self, Topic};

/// Words that mean a table.
static TABLE: Words = Words("table");

/// The entities of a fence: a line with a name and nothing else, then indented lines with a name and a type.
pub(crate) fn fence(lang: &str, text: &str, line: u32) -> Vec<RawEntity> {
    if !["", "text", "txt", "plaintext"].contains(&lang) {
        return Vec::new();
    }
    let mut entities: Vec<RawEntity> = Vec::new();
    for (raw, line) in text.lines().zip(line..).filter(|(raw, _)| !raw.trim().is_empty()) {
        let bare = raw.trim().trim_end_matches(':');
        let inner = raw.starts_with([' ', '\t']) || raw.trim_start().starts_with(['-', '*', '•']);
        if !inner {
            let named = names::is_identifier(bare) && topics::of(bare) == Topic::Entity;
            if !named {
                return Vec::new();
            }
            entities.push(RawEntity { label: bare.to_owned(), line, ..RawEntity::default() });
            continue;
        }
        let Some(entity) = entities.last_mut() else { return Vec::new() };
        let Some(field) = field(bare.trim_start_matches(['-', '*', '•', ' ']), line) else { return Vec::new() };
        entity.fields.extend(field);
    }
    let typed = |entity: &RawEntity| entity.fields.iter().filter(|field| is_told(field)).count();
    if entities.iter().all(|entity| entity.fields.len() > 1 && typed(entity) * 2 >= entity.fields.len()) {
        entities
    } else {
        Vec::new()
    }
}

/// The entities of lines of running text: `Table orders:`, then lines with a name and a type.
pub(crate) fn paragraph(lines: &[Line]) -> Vec<RawEntity> {
    let mut entities = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(label) = table(&line.text) else { continue };
        let fields: Vec<RawField> = lines[at + 1..]
            .iter()
            .map_while(|line| field(line.text.trim(), line.line).filter(|read| read.iter().all(is_told)))
            .flatten()
            .collect();
        if fields.len() > 1 {
            entities.push(RawEntity { label, line: line.line, fields, ..RawEntity::default() });
        }
    }
    entities
}

/// The name behind a word for a table, before a colon: `Table orders:`.
fn table(text: &str) -> Option<String> {
    let bare = text.trim().strip_suffix([':', '：'])?;
    let (word, name) = bare.split_once(' ')?;
    let name = name.trim().trim_matches('`');
    (TABLE.contains(&fold(word).as_str()) && names::is_identifier(name)).then(|| openers::label(name)).flatten()
}

fn field(text: &str, line: u32) -> Option<Vec<RawField>> {
    let read = bullets::field(&[Line { text: text.to_owned(), line, ..Line::default() }], Dialect::default())?;
    read.fields.iter().all(|field| names::is_label(&field.label)).then_some(read.fields)
}

fn is_told(field: &RawField) -> bool {
    field.spec.is_some() || field.foreign_key || field.primary_key
}
