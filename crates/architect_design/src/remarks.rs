//! What lines beside the fields of an entity state: references, constraints over several fields.

use crate::constraints;
use crate::hints::contains_word;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::raw::{RawConstraint, RawField, RawLink};

static UNIQUE: Words = Words("line says: unique");
static REFERENCES: Words = Words("reference word");
static INDEX: Words = Words("line says: index");

/// Lines beyond this length are prose.
const MAX_LINE: usize = 600;

/// The references in a line: `orders.user_id → users.id`, under an entity also `user_id → users.id`.
pub(crate) fn links(text: &str, subject: Option<&str>, line: u32) -> Vec<RawLink> {
    let plain = text.replace(['`', '*', '"'], "");
    if text.len() > MAX_LINE || !["→", "->", "=>", "⟶"].iter().any(|arrow| plain.contains(arrow)) {
        return Vec::new();
    }
    let plain = plain.replace("->", "→").replace("=>", "→").replace('⟶', "→").replace("-→", "→");
    let parts: Vec<&str> = plain.split('→').collect();
    parts.windows(2).filter_map(|pair| link(pair[0], pair[1], subject, line)).collect()
}

fn link(before: &str, after: &str, subject: Option<&str>, line: u32) -> Option<RawLink> {
    let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let left = before.trim_end().rsplit(|c: char| !name(c)).next()?;
    let after = after.trim_start();
    let right: String = after.chars().take_while(|c| name(*c)).collect();
    let called = after[right.len()..].trim_start().starts_with('(');
    let (target, _) = match right.trim_matches('.').rsplit_once('.') {
        Some(split) => split,
        None if called => (right.as_str(), ""),
        None => return None,
    };
    let (entity, field) = left.rsplit_once('.').or_else(|| Some((subject?, left)))?;
    // `users.id → orders.user_id`, drawn from the side of one.
    let key = |name: &str| names::key(name) == "id";
    let ((entity, field), target) = match right.trim_matches('.').rsplit_once('.') {
        Some((holder, column)) if key(field) && !key(column) => ((holder, column), entity),
        _ => ((entity, field), target),
    };
    let target = target.rsplit('.').next().unwrap_or(target);
    let known = names::is_label(field)
        && names::is_label(target)
        && !entity.is_empty()
        && !REFERENCES.contains(&fold(field).as_str());
    let mut probe = RawField::default();
    constraints::take(&mut probe, after);
    known.then(|| RawLink {
        entity: entity.rsplit('.').next().unwrap_or(entity).to_owned(),
        field: field.to_owned(),
        target: target.to_owned(),
        on_delete: probe.on_delete,
        line,
    })
}

/// A constraint that a line states: `Unique: (a, b)`, `UNIQUE(a, b)`, `Primary key: (a, b)`; in a list of indexes
/// also `a, b (UNIQUE)`.
pub(crate) fn constraint(text: &str, among_indexes: bool, line: u32) -> Option<RawConstraint> {
    if text.len() > MAX_LINE {
        return None;
    }
    let folded = fold(text);
    let unique = UNIQUE.iter().any(|word| contains_word(&folded, word));
    let said = unique || INDEX.iter().any(|word| contains_word(&folded, word));
    if !said && !among_indexes || folded.contains(" where ") {
        return None;
    }
    let fields = bracketed(text).or_else(|| among_indexes.then(|| leading(text)).flatten())?;
    (fields.len() > 1 || unique).then_some(RawConstraint { unique, fields, line })
}

/// The names in the first brackets that hold nothing but names.
fn bracketed(text: &str) -> Option<Vec<String>> {
    text.split(['(', '（', '[']).skip(1).find_map(|part| {
        let (inside, _) = part.split_once([')', '）', ']'])?;
        listed(inside)
    })
}

/// The code span at the start of a line: `` `a, b` (UNIQUE) ``.
fn leading(text: &str) -> Option<Vec<String>> {
    let (inside, _) = text.trim().strip_prefix('`')?.split_once('`')?;
    listed(inside)
}

fn listed(text: &str) -> Option<Vec<String>> {
    let fields: Vec<String> = text
        .split([',', '+', '、'])
        .map(|part| part.trim().trim_matches(['`', '"']).split(' ').next().unwrap_or_default().to_owned())
        .collect();
    let named = fields.iter().all(|field| names::is_identifier(field.trim_start_matches('_')));
    (named && !fields.is_empty() && fields.len() < 9).then_some(fields)
}
