//! Values between marks, and values freed of them.

use crate::hints;
use crate::names::fold;

/// Lists beyond this length are no enumerations.
const MAX_VALUES: usize = 500;

/// A text without the brackets around the whole of it; one that never closes counts.
pub(super) fn unwrapped(text: &str) -> &str {
    let Some(inside) = text.strip_prefix(['(', '（', '[', '{']) else {
        return text;
    };
    match inside.find([')', '）', ']', '}']) {
        None => inside,
        Some(at) if inside[at..].chars().count() == 1 => &inside[..at],
        Some(_) => text,
    }
}

/// Values in backticks or quotes with nothing but separators between them.
pub(super) fn quoted_run(text: &str) -> Option<Vec<String>> {
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
    if values.is_empty() || values.len() < 2 && !gap_ok {
        return None;
    }
    clean(values)
}

fn is_separator(gap: &str) -> bool {
    let folded = fold(gap);
    let words =
        folded.split(|c: char| c.is_whitespace() || ",/|;、，()或和·•".contains(c)).filter(|word| !word.is_empty());
    words.into_iter().all(|word| {
        ["→", "->", "or", "o", "y", "e", "ou", "oder", "und", "et", "and", "u", "veya", "hoac", "và"].contains(&word)
    }) && !gap.trim().is_empty()
        || gap.trim().is_empty() && !gap.is_empty()
}

/// Values without quotes and explanations; `None` unless they look like values.
pub(super) fn clean(parts: Vec<String>) -> Option<Vec<String>> {
    if parts.len() > MAX_VALUES {
        return None;
    }
    let mut values: Vec<String> = Vec::new();
    for part in parts {
        let mut value =
            part.trim().trim_matches(['`', '\'', '"', '“', '”', '*', '«', '»', '{', '}', '[', ']']).trim().to_owned();
        if let Some(at) = value.find(['(', '（']).filter(|at| *at > 0 && value.ends_with([')', '）'])) {
            let shorter = value[..at].trim().to_owned();
            if !values.contains(&shorter) {
                value = shorter;
            }
        }
        let value = value.trim_matches(['`', '\'', '"']).trim().to_owned();
        if hints::is_remark(&value) || value.contains('`') {
            return None;
        }
        if value.is_empty() || value.chars().count() > 60 || value.contains(['{', '}', '<', '>']) {
            return None;
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    (!values.is_empty()).then_some(values)
}
