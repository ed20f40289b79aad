//! Lists as they are nested, and fences that list the names of fields.

use crate::blocks::{Block, Line};
use crate::forms::table;
use crate::loose::Dialect;
use crate::names;
use crate::raw::RawField;

/// One item of a list, without those below it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub depth: u8,
    pub lines: &'a [Line],
}

/// The items among blocks.
pub(crate) fn items(blocks: &[Block]) -> Vec<Item<'_>> {
    blocks.iter().filter_map(item).collect()
}

fn item(block: &Block) -> Option<Item<'_>> {
    match block {
        Block::Item { depth, lines } => Some(Item { depth: *depth, lines }),
        _ => None,
    }
}

/// The items of the outermost level: where each is, and where the items below it end.
pub(crate) fn groups(items: &[Item<'_>]) -> Vec<(usize, usize)> {
    let top = items.iter().map(|item| item.depth).min().unwrap_or(1);
    let starts: Vec<usize> = (0..items.len()).filter(|at| *at == 0 || items[*at].depth <= top).collect();
    let ends = starts.iter().skip(1).copied().chain([items.len()]);
    starts.iter().copied().zip(ends).collect()
}

/// The fields of a fence without a language that lists the names of fields, one per line.
pub(crate) fn of_names(lang: &str, text: &str, line: u32) -> Option<Vec<RawField>> {
    if !["", "text"].contains(&lang) {
        return None;
    }
    let listed: Vec<(u32, &str)> = (line..)
        .zip(text.lines().map(|text| text.split(" #").next().unwrap_or_default().trim()))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let name = |text: &str| text.split([' ', ':', '(']).next().unwrap_or_default().to_owned();
    let names = listed.iter().all(|(_, text)| names::is_identifier(&name(text)) && text.split_whitespace().count() < 5);
    if listed.len() < 2 || !names || !listed.iter().any(|(_, text)| is_common(&name(text))) {
        return None;
    }
    Some(listed.into_iter().flat_map(|(line, text)| table::folded(text, line, Dialect::default())).collect())
}

/// Names that hardly any value of an enumeration has.
pub(crate) fn is_common(label: &str) -> bool {
    let snake = names::snake(label);
    ["id", "name", "title", "email", "nombre", "titulo", "nome", "nom", "description", "created_at", "descripcion"]
        .contains(&snake.as_str())
        || snake.ends_with("_id")
        || snake.ends_with("_at")
}

/// The fields of a sentence that lists nothing else: `id, owner_id (SET NULL), state, details JSONB.`
pub(crate) fn sentence(lines: &[Line]) -> Option<Vec<RawField>> {
    let text = crate::blocks::join(lines).replace('`', "");
    let text = text.split(". ").next().unwrap_or_default().trim_end_matches('.');
    let parts = crate::types::split(text, ',');
    let field = |part: &&str| -> bool {
        let outside = part.split('(').next().unwrap_or_default();
        let name = outside.split([' ', ':']).find(|word| !word.is_empty()).unwrap_or_default();
        names::is_identifier(name) && outside.split_whitespace().count() < 3 && !part.contains(". ")
    };
    let name = |part: &&str| part.trim().split([' ', '(', ':']).next().unwrap_or_default().to_owned();
    let listed = parts.len() > 2 && parts.iter().all(field) && parts.iter().any(|part| is_common(&name(part)));
    listed.then(|| table::folded(text, lines.first().map_or(1, |line| line.line), Dialect::default()))
}
