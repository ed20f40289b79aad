//! Relational schemas in words, as Merise writes them: `ORDER (__id__, date, #customer_id)`.

use crate::blocks::Line;
use crate::loose::{self, Dialect};
use crate::names;
use crate::openers;
use crate::plurals;
use crate::raw::{RawEntity, RawField};
use crate::references;

/// Reads the entities of a text, each a name with its fields in brackets; lines between them are left out.
pub(crate) fn read(text: &str, first_line: u32) -> Vec<RawEntity> {
    let mut entities = Vec::new();
    let mut open = String::new();
    let (mut start, mut depth) = (first_line, 0_usize);
    for (raw, line) in text.lines().zip(first_line..) {
        if open.is_empty() {
            if !raw.contains('(') {
                continue;
            }
            start = line;
        }
        open.push_str(raw);
        open.push('\n');
        depth = (depth + raw.matches('(').count()).saturating_sub(raw.matches(')').count());
        if depth == 0 || open.len() > 4000 {
            depth = 0;
            entities.extend(entities_of(&std::mem::take(&mut open), start));
        }
    }
    entities
}

/// The entities of lines of prose.
pub(crate) fn lines(lines: &[Line]) -> Vec<RawEntity> {
    let bracketed = lines.iter().filter(|line| line.text.contains('('));
    let stated = |line: &Line| {
        let found = entities_of(&line.text, line.line);
        if found.is_empty() { named_in(&line.text, line.line) } else { found }
    };
    let found: Vec<RawEntity> = bracketed.flat_map(stated).collect();
    // A sentence that goes on in the next line.
    let first = lines.first().map_or(1, |line| line.line);
    let whole = named_in(&crate::blocks::join(lines), first);
    if whole.len() > found.len() { whole } else { found }
}

/// The entities that a sentence names in code spans with their fields behind them: ``the tables `A` (id PK, b) and …``.
fn named_in(text: &str, line: u32) -> Vec<RawEntity> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('`') {
        let Some((name, behind)) = after.split_once('`') else { break };
        rest = behind;
        if !behind.trim_start().starts_with('(') {
            continue;
        }
        let Some(length) = crate::constraints::closing(behind.trim_start()) else { break };
        let bracket = &behind.trim_start()[..length];
        if bracket.matches(',').count() > 0
            && let Some(entity) = entity(name, &bracket[1..length - 1], line)
            && entity
                .fields
                .iter()
                .any(|field| field.spec.is_some() || field.primary_key || names::key(&field.label) == "id")
        {
            found.push(entity);
            rest = &behind.trim_start()[length..];
        }
    }
    found
}

/// `A (x, y) B (z, #x)`: every name with brackets behind it.
fn entities_of(text: &str, line: u32) -> Vec<RawEntity> {
    let mut entities = Vec::new();
    let mut rest = text;
    let mut at = line;
    while let Some(open) = rest.find('(') {
        let head = &rest[..open];
        let Some(length) = crate::constraints::closing(&rest[open..]) else { break };
        let body = &rest[open + 1..open + length - 1];
        let begun = at + u32::try_from(head.matches('\n').count()).unwrap_or(0);
        match entity(head, body, begun) {
            Some(entity) => entities.push(entity),
            None => return Vec::new(),
        }
        at += u32::try_from(rest[..open + length].matches('\n').count()).unwrap_or(0);
        rest = rest[open + length..].trim_start_matches(['.', ';', ',', ' ', '\n', '`']);
    }
    if rest.trim().is_empty() { entities } else { Vec::new() }
}

fn entity(head: &str, body: &str, line: u32) -> Option<RawEntity> {
    let head = head.trim().trim_start_matches(['-', '*', '•', ' ']).trim_end_matches([':', '=', ' ']);
    let name = head.replace(['`', '*', '_'], if head.starts_with("__") { "" } else { "_" });
    let name = name.trim_matches('_');
    if head.split_whitespace().count() > 2 || !names::is_label(name) || names::is_constraint(name) {
        return None;
    }
    let label = openers::label(name)?;
    let plain = body.replace("<u>", "__").replace("</u>", "__");
    let mut fields = Vec::new();
    let mut marked = false;
    let mut at = line;
    let parts = crate::types::split(&plain, ',');
    let parts = parts.into_iter().flat_map(|part| several(part).unwrap_or_else(|| vec![part.to_owned()]));
    for part in parts {
        let part = part.as_str();
        let begun = at
            + u32::try_from(part.len() - part.trim_start().len()).map_or(0, |_| {
                u32::try_from(part[..part.len() - part.trim_start().len()].matches('\n').count()).unwrap_or(0)
            });
        at += u32::try_from(part.matches('\n').count()).unwrap_or(0);
        let (field, mark) = field(part.trim(), begun, fields.is_empty(), &label)?;
        marked |= mark;
        fields.push(field);
    }
    // Where others are marked as those of other tables, the first one is the key.
    let pointing = fields.iter().any(|field: &RawField| field.foreign_key);
    if let Some(first) = fields.first_mut().filter(|first| pointing && !first.foreign_key) {
        first.primary_key = true;
    }
    (fields.len() > 1 && marked).then(|| RawEntity { label, line, fields, ..RawEntity::default() })
}

/// `team_id + user_id PK`: the fields of a composite key, each with what is said of both.
fn several(part: &str) -> Option<Vec<String>> {
    let (before, last) = part.rsplit_once(" + ")?;
    let (name, said) = last.trim().split_once(' ').unwrap_or((last.trim(), ""));
    let names: Vec<&str> = before.split(" + ").map(str::trim).chain([name]).collect();
    names.iter().all(|name| names::is_label(name)).then(|| names.iter().map(|name| format!("{name} {said}")).collect())
}

/// One field, and whether it is marked as a key or has a type.
fn field(part: &str, line: u32, first: bool, entity: &str) -> Option<(RawField, bool)> {
    let underlined = part.starts_with('_') && part.contains("__");
    let mark = part.chars().next().filter(|c| matches!(c, '#' | '=' | '*'));
    let bare = part.trim_start_matches(['#', '=', '*', '_', '`', ' ']);
    let end = bare.find([':', ' ', '=', '→', '>', '<']).unwrap_or(bare.len());
    let name = bare[..end].trim_end_matches('-').trim_end_matches(['_', '`', '#', '*']);
    let rest = bare[end..].trim_start_matches([':', ' ', '=', '_']);
    if !names::is_label(name) || rest.split_whitespace().count() > 9 {
        return None;
    }
    let mut field = RawField { label: name.to_owned(), line, ..RawField::default() };
    if !rest.is_empty() {
        loose::read(&mut field, rest, Dialect::default());
    }
    let stem = references::stem(name);
    let own =
        names::key(name) == "id" || stem.as_ref().is_some_and(|stem| plurals::stem(stem) == plurals::stem(entity));
    let key = underlined || first && (mark.is_some() || own || stem.is_some());
    field.foreign_key |= matches!(mark, Some('#' | '=')) && !own && !underlined;
    field.primary_key |= key && (own || !field.foreign_key);
    let told = key || mark.is_some() || field.foreign_key || field.primary_key;
    Some((field, told))
}
