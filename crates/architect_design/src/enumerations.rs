//! The values of an enumeration, wherever people write them: in a type, a description, a `CHECK`.

mod lists;
mod marks;
mod same;

use crate::hints;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::typewords;

pub(crate) use same::share;

use lists::{after_marker, bare, dotted, first_sentence, listed, succession};
use marks::{clean, quoted_run};

/// Texts beyond this length are prose.
const MAX_TEXT: usize = 8_000;

/// Names of fields that hold one of several values.
static ENUMERATED: Words = Words("enumerated");

/// Marks of a list that is not complete.
static OPEN_ENDED: Words = Words("open-ended");

/// How likely a field is to hold one of several values, before its description is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Likelihood {
    /// Its type says so, or the column of the table.
    Certain,
    /// It is named like one: `status`, `tipo`.
    Named,
    /// Nothing says so.
    Open,
}

/// Whether a field is named like one that holds one of several values.
pub(crate) fn likelihood(label: &str) -> Likelihood {
    let snake = names::snake(label);
    let words: Vec<&str> = snake.split('_').collect();
    let told = [words.first(), words.last()].into_iter().flatten().any(|word| ENUMERATED.contains(word));
    let folded = fold(label);
    let foreign = ENUMERATED.iter().any(|word| !word.is_ascii() && folded.ends_with(word));
    if told || foreign { Likelihood::Named } else { Likelihood::Open }
}

/// Whether a text says that what it lists are examples.
pub(crate) fn is_open_ended(text: &str) -> bool {
    let folded = fold(text);
    OPEN_ENDED.iter().any(|mark| hints::contains_word(&folded, mark))
}

/// The values that a text lists.
pub(crate) fn values(text: &str, likely: Likelihood) -> Option<Vec<String>> {
    let text = text.trim();
    if text.len() > MAX_TEXT || is_open_ended(text) && !fold(text).starts_with("enum") {
        return None;
    }
    if let Some(values) = membership(text) {
        return Some(values);
    }
    if let Some(values) = succession(text).filter(|_| likely != Likelihood::Open) {
        return Some(values);
    }
    let coded = |value: &String| value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if let Some(values) = dotted(text).filter(|values| likely != Likelihood::Open || values.iter().all(coded)) {
        return Some(values);
    }
    if let Some(tail) = after_marker(text) {
        return listed(&tail, true).or_else(|| listed(first_sentence(&tail), true));
    }
    let least = if likely == Likelihood::Certain { 1 } else { 2 };
    quoted_run(text).filter(|values| values.len() >= least).or_else(|| bare(text, likely))
}
/// Whether a value is written like code: `in_progress`, `ACTIVE`.
pub(crate) fn is_code(value: &str) -> bool {
    let lower = value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    let upper = value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    (lower || upper) && value.chars().any(|c| c.is_ascii_alphabetic())
}

/// `x IN ('a', 'b')`
pub(crate) fn membership(text: &str) -> Option<Vec<String>> {
    let lower = text.to_ascii_lowercase();
    let at = [" in (", " em ("].iter().find_map(|word| Some(lower.find(word)? + word.len()))?;
    let inside = &text[at..];
    let inside = &inside[..inside.find(')').unwrap_or(inside.len())];
    clean(inside.split(',').map(str::to_owned).collect())
}

/// A type cell that lists words instead of naming a type: `(Alerta, Info)`, `Propuesta, Emitida`.
pub(crate) fn word_list(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let inside = text.strip_prefix(['(', '（']).map_or(text, |rest| rest.trim_end_matches([')', '）']));
    if inside.contains(['(', '<', '[', '（']) || is_open_ended(inside) {
        return None;
    }
    let values = [',', '|', '/', '、', '，'].iter().find_map(|separator| {
        let parts: Vec<String> = inside.split(*separator).map(|part| part.trim().to_owned()).collect();
        (parts.len() > 1).then_some(parts)
    })?;
    let all_types = values.iter().any(|value| {
        typewords::find(value).is_some()
            || value.split_whitespace().next().is_some_and(|word| typewords::find(word).is_some())
    });
    let path = inside.contains('/') && values.last().is_some_and(|last| is_file(last));
    if all_types || path || values.iter().any(|value| value.split_whitespace().count() > 3) {
        return None;
    }
    clean(values)
}

/// Whether a word is the name of a file: `home.css`.
fn is_file(word: &str) -> bool {
    let ending = word.rsplit_once('.').map_or("", |(_, ending)| ending.trim_end_matches(['`', ')']));
    (2..5).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_lowercase())
}
