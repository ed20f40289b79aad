//! Fields that are listed in one cell or one sentence.

use crate::constraints;
use crate::hints;
use crate::loose::{self, Dialect};
use crate::names;
use crate::raw::RawField;
use crate::typewords;

/// Fields listed in one cell or sentence: `id, name, email (unique), status: enum(a, b)`.
pub(crate) fn read(text: &str, line: u32, dialect: Dialect) -> Vec<RawField> {
    let text = text.replace('`', "").replace(['、', '，'], ", ");
    let separator = if text.contains(';') { ';' } else { ',' };
    crate::types::split(&text, separator)
        .into_iter()
        .filter_map(|part| one_folded(part.trim(), line, dialect))
        .collect()
}

/// The end of a name of several words: what follows its first one is no type and no rule.
fn phrase(part: &str) -> Option<usize> {
    let end = part.find([':', '(', '=', '[']).unwrap_or(part.len());
    let words: Vec<&str> = part[..end].split_whitespace().collect();
    let plain = |word: &&str| word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '\''));
    let mut probe = RawField::default();
    let told = words
        .iter()
        .skip(1)
        .any(|word| typewords::find(word).is_some() || constraints::take(&mut probe, word).is_empty());
    ((2..5).contains(&words.len()) && words.iter().all(plain) && !told).then_some(end)
}

fn one_folded(part: &str, line: u32, dialect: Dialect) -> Option<RawField> {
    let end = part.find([':', '(', ' ', '=', '[']).unwrap_or(part.len());
    let end = if part[end..].starts_with(' ') { phrase(part).unwrap_or(end) } else { end };
    let (label, rest) = part.split_at(end);
    let label = label.trim().trim_end_matches(['?', '*']);
    if !names::is_label(&label.trim_start_matches('_').replace([' ', '-', '\''], "_")) {
        return None;
    }
    let mut field = RawField { label: label.to_owned(), line, ..RawField::default() };
    if part[..end].ends_with('?') {
        field.required = Some(false);
    }
    let inside = rest.trim_start_matches([':', ' ']).trim();
    let inside = inside.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(inside);
    if !inside.is_empty() {
        loose::read(&mut field, inside, dialect);
    }
    let words = inside.split_whitespace().count();
    if words <= 6 || typewords::find(inside.split_whitespace().next().unwrap_or_default()).is_some() {
        return Some(field);
    }
    // `supplier (free text, there is no such entity)`
    let mut said = RawField { label: field.label, line, required: field.required, ..RawField::default() };
    hints::describe(&mut said, inside);
    rest.trim_start().starts_with('(').then_some(said)
}
