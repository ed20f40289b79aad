//! The values of an enumeration, wherever people write them: in a type, a description, a `CHECK`.

use crate::hints;
use crate::lexicon::Words;
use crate::names::fold;
use crate::typewords;

/// Lists beyond this length are no enumerations.
const MAX_VALUES: usize = 500;

/// Texts beyond this length are prose.
const MAX_TEXT: usize = 8_000;

/// Words before a list of values, folded.
static MARKERS: Words = Words("values follow");

/// Marks of a list that is not complete.
static OPEN_ENDED: Words = Words("open-ended");

/// The values that a text lists; `typed` if the field is known to be an enumeration.
pub(crate) fn values(text: &str, typed: bool) -> Option<Vec<String>> {
    let text = text.trim();
    if text.len() > MAX_TEXT {
        return None;
    }
    let folded = fold(text);
    if OPEN_ENDED.iter().any(|mark| hints::contains_word(&folded, mark)) && !folded.starts_with("enum") {
        return None;
    }
    if let Some(values) = membership(text) {
        return Some(values);
    }
    if let Some(tail) = after_marker(text) {
        return listed(&tail, true).or_else(|| listed(first_sentence(&tail), true));
    }
    quoted_run(text).or_else(|| {
        let sentence = first_sentence(text);
        let barred = listed_by(sentence, &['|', '/', '｜', '／']).filter(|values| typed || are_words(values));
        barred.or_else(|| if typed { listed(sentence, true) } else { None })
    })
}

/// Whether values without any mark look like values: one word each, and not two terms of prose in another script.
fn are_words(values: &[String]) -> bool {
    let latin = |value: &String| value.chars().all(|c| c < '\u{250}');
    values.len() > 1
        && values.iter().all(|value| !value.contains(char::is_whitespace))
        && (values.len() > 2 || values.iter().all(latin))
}

/// `x IN ('a', 'b')`
pub(crate) fn membership(text: &str) -> Option<Vec<String>> {
    let folded = fold(text);
    let at = folded.find(" in (").map(|at| at + 4).or_else(|| folded.find(" em (").map(|at| at + 4))?;
    let open: usize = folded[..=at].chars().count() - 1;
    let inside: String = text.chars().skip_while(|c| matches!(c, '`' | '*')).skip(open).collect();
    let inside = inside.trim_start_matches('(');
    let inside = &inside[..inside.find(')').unwrap_or(inside.len())];
    clean(inside.split(',').map(str::to_owned).collect())
}

/// A type cell that lists words instead of naming a type: `(Alerta, Info)`, `Propuesta, Emitida`.
pub(crate) fn word_list(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let inside = text.strip_prefix(['(', '（']).map_or(text, |rest| rest.trim_end_matches([')', '）']));
    if inside.contains(['(', '<', '[', '（']) {
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
    if all_types || values.iter().any(|value| value.split_whitespace().count() > 3) {
        return None;
    }
    clean(values)
}

/// What follows a marker like `Enum:` or `valores:`.
fn after_marker(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let folded: String = chars.iter().map(|c| fold(&c.to_string()).chars().next().unwrap_or(' ')).collect();
    let mut best: Option<usize> = None;
    for marker in MARKERS.iter() {
        let Some(at) = folded.find(marker) else {
            continue;
        };
        let start = folded[..at].chars().count();
        let before = start.checked_sub(1).and_then(|at| chars.get(at));
        if before.is_some_and(|c| c.is_alphanumeric()) && marker.is_ascii() {
            continue;
        }
        let mut end = start + marker.chars().count();
        while chars.get(end).is_some_and(|c| c.is_whitespace()) {
            end += 1;
        }
        let opens = chars.get(end).is_some_and(|c| matches!(c, ':' | '：' | '(' | '（' | '[' | '{' | '='));
        if opens {
            best = Some(best.map_or(end + 1, |known| known.min(end + 1)));
        }
    }
    best.map(|at| chars[at..].iter().collect::<String>().trim().to_owned())
}

fn first_sentence(text: &str) -> &str {
    let end = [". ", "; ", "。", "；"].iter().filter_map(|mark| text.find(mark)).min();
    text[..end.unwrap_or(text.len())].trim_end_matches(['.', '。'])
}

/// A list with any separator.
fn listed(text: &str, comma: bool) -> Option<Vec<String>> {
    if let Some(values) = quoted_run(text) {
        return Some(values);
    }
    let text = first_sentence(text);
    listed_by(text, &['|', '｜'])
        .or_else(|| listed_by(text, &['/', '／']))
        .or_else(|| if comma { listed_by(text, &[',', '，', '、', ';']) } else { None })
}

fn listed_by(text: &str, separators: &[char]) -> Option<Vec<String>> {
    let text = text.trim().trim_matches(['(', ')', '[', ']', '{', '}', '（', '）', '.']);
    let parts: Vec<String> = text.split(|c| separators.contains(&c)).map(str::to_owned).collect();
    if parts.len() < 2 || parts.iter().any(|part| part.split_whitespace().count() > 4) {
        return None;
    }
    clean(parts)
}

/// Values in backticks or quotes with nothing but separators between them.
fn quoted_run(text: &str) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut rest = text;
    let mut gap_ok = true;
    while let Some(open) = rest.find(['`', '\'', '"', '“', '«']) {
        let quote = rest[open..].chars().next()?;
        let gap = &rest[..open];
        if !values.is_empty() && !is_separator(gap) {
            gap_ok = false;
            break;
        }
        let inside = &rest[open + quote.len_utf8()..];
        let close = match quote {
            '“' => '”',
            '«' => '»',
            other => other,
        };
        let Some(end) = inside.find(close) else { break };
        values.push(inside[..end].to_owned());
        rest = &inside[end + close.len_utf8()..];
        // `draft` (borrador), `active` (activo)
        if rest.trim_start().starts_with('(')
            && let Some(end) = rest.find(')')
        {
            rest = &rest[end + 1..];
        }
    }
    if values.len() < 2 && !gap_ok || values.len() < 2 {
        return None;
    }
    clean(values)
}

fn is_separator(gap: &str) -> bool {
    let folded = fold(gap);
    let words =
        folded.split(|c: char| c.is_whitespace() || ",/|;、，()或和".contains(c)).filter(|word| !word.is_empty());
    words
        .into_iter()
        .all(|word| ["or", "o", "y", "e", "ou", "oder", "und", "et", "and", "u", "veya", "hoac", "và"].contains(&word))
        && !gap.trim().is_empty()
        || gap.trim().is_empty() && !gap.is_empty()
}

/// Values without quotes and explanations; `None` unless they look like values.
fn clean(parts: Vec<String>) -> Option<Vec<String>> {
    if parts.len() > MAX_VALUES {
        return None;
    }
    let mut values: Vec<String> = Vec::new();
    for part in parts {
        let mut value =
            part.trim().trim_matches(['`', '\'', '"', '“', '”', '*', '«', '»', '{', '}', '[', ']']).trim().to_owned();
        if let Some(at) = value.find([' ', '\u{a0}']).filter(|at| value[*at..].trim_start().starts_with(['(', '（'])) {
            value.truncate(at);
        }
        let value = value.trim_matches(['`', '\'', '"']).trim().to_owned();
        if value.is_empty() || value.chars().count() > 60 || value.contains(['{', '}', '<', '>']) {
            return None;
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    (!values.is_empty()).then_some(values)
}
