//! Entities of the explicit format: a heading, sentences on ownership, a table of fields.

use crate::blocks::{Block, Line};
use crate::members;
use crate::names;
use crate::notes::Notes;
use crate::raw::{RawConstraint, RawEntity, RawOwner};
use crate::sections::Section;
use crate::tables;

/// The entity that a section states in the explicit format, if it does.
pub(crate) fn explicit(section: &Section, notes: &mut Notes) -> Option<RawEntity> {
    if section.level == 0 || section.level > 6 {
        return None;
    }
    let table = section.blocks.iter().find_map(|block| match block {
        Block::Table(table) if tables::is_explicit(table) => Some(table),
        _ => None,
    });
    let mut entity = RawEntity {
        label: section.heading.replace('`', "").trim().to_owned(),
        name: Some(section.heading.replace('`', "").trim().to_owned()),
        line: section.line,
        strict: true,
        ..RawEntity::default()
    };
    let mut described = false;
    for block in &section.blocks {
        match block {
            Block::Paragraph { lines } => {
                let prose = statements(lines, &mut entity);
                if !described && !prose.is_empty() {
                    entity.description.push(prose);
                    described = true;
                }
            }
            Block::Item { lines, .. } => {
                statements(lines, &mut entity);
            }
            _ => {}
        }
    }
    if let Some(table) = table {
        entity.fields = tables::explicit_fields(entity.name.as_deref().unwrap_or_default(), table, notes);
        return Some(entity);
    }
    let bare = section.blocks.iter().all(|block| matches!(block, Block::Paragraph { .. }));
    (section.level > 2 && entity.owner.is_some() && bare).then_some(entity)
}

/// Takes what sentences state about an entity; returns the prose that is left.
pub(crate) fn statements(lines: &[Line], entity: &mut RawEntity) -> String {
    let mut prose: Vec<String> = Vec::new();
    for line in lines {
        let mut rest = line.text.trim();
        while !rest.is_empty() {
            rest = statement(rest, line.line, entity).unwrap_or_else(|| {
                let end = rest.find(". ").map_or(rest.len(), |at| at + 1);
                prose.push(rest[..end].to_owned());
                &rest[end..]
            });
            rest = rest.trim_start();
        }
    }
    prose.join(" ")
}

/// Takes one statement from the start of a text; returns what follows it.
fn statement<'a>(text: &'a str, line: u32, entity: &mut RawEntity) -> Option<&'a str> {
    for (opening, unique) in [("Unique:", true), ("Index:", false)] {
        if let Some(rest) = text.strip_prefix(opening) {
            let fields = rest.trim_end_matches('.').split(',').map(|name| name.trim().trim_matches('`').to_owned());
            let fields = fields.filter(|name| !name.is_empty()).collect();
            entity.constraints.push(RawConstraint { unique, fields, line });
            return Some("");
        }
    }
    if let Some(rest) = text.strip_prefix("Labelled \"") {
        let end = rest.rfind("\".")?;
        entity.label = rest[..end].to_owned();
        return Some(&rest[end + 2..]);
    }
    let (sentence, rest) = match text.find(". ").or_else(|| text.strip_suffix('.').map(str::len)) {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, ""),
    };
    let owner = owner(sentence)?;
    entity.owner = Some(owner);
    Some(rest)
}

/// `Owned by User`, `Belongs to Project`, `Owned by members of Team`, `Shared`.
fn owner(sentence: &str) -> Option<RawOwner> {
    let name = |text: &str| {
        let text = text.trim().trim_matches('`');
        let text = text.strip_prefix("a ").or_else(|| text.strip_prefix("the ")).unwrap_or(text);
        (!text.is_empty() && !text.contains(char::is_whitespace)).then(|| text.to_owned())
    };
    if let Some(owner) = members::sentence(sentence) {
        return Some(owner);
    }
    let named = |name: String| if names::is_account(&name) { RawOwner::User } else { RawOwner::Parent(name) };
    if let Some(whose) = ["Owned by ", "Belongs to "].iter().find_map(|opening| sentence.strip_prefix(opening)) {
        let is_nobody = NOBODY.contains(&whose.trim().to_lowercase().as_str());
        return if is_nobody { Some(RawOwner::Nobody) } else { name(whose).map(named) };
    }
    ["Shared", "Shared by all", "Not owned", "No owner"].contains(&sentence).then_some(RawOwner::Nobody)
}

/// Who owns what nobody owns.
const NOBODY: [&str; 7] = ["nobody", "no one", "no user", "everybody", "everyone", "anyone", "all"];
