//! The values of an enumeration, wherever people write them: in a type, a description, a `CHECK`.

use architect_model::FieldType;

use crate::classes::Classes;
use crate::hints;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::raw::{RawEntity, RawField, TypeSpec};
use crate::typewords;

/// Lists beyond this length are no enumerations.
const MAX_VALUES: usize = 500;

/// Texts beyond this length are prose.
const MAX_TEXT: usize = 8_000;

/// Words before a list of values, folded.
static MARKERS: Words = Words("values follow");

/// Marks of a list that is not complete.
/// Names of fields that hold one of several values.
static ENUMERATED: Words = Words("enumerated");

/// Words between the last two of several values.
static OR_WORDS: Words = Words("or");

/// Those that join what holds together.
static AND_WORDS: Words = Words("and");

/// Words before the name of a field that has the same values.
static SAME: Words = Words("same values");

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

/// States that follow each other: `pending → in_progress → ready, or cancelled`.
fn succession(text: &str) -> Option<Vec<String>> {
    let text = text.replace("->", "→");
    let sentence = first_sentence(&text);
    let sentence = &sentence[..sentence.find('(').unwrap_or(sentence.len())];
    let (last, before) =
        sentence.split('→').map(str::trim).collect::<Vec<_>>().split_last().map(|(l, b)| (*l, b.to_vec()))?;
    let first = before.first()?.rsplit_once(": ").map_or(before[0], |(_, first)| first);
    let words = OR_WORDS.iter().fold(last.to_owned(), |last, word| last.replace(&format!(" {word} "), ","));
    let end = words.split([',', '/', '|']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned);
    let states: Vec<String> =
        [first].into_iter().chain(before.iter().skip(1).copied()).map(str::to_owned).chain(end).collect();
    let plain =
        |state: &String| names::is_label(state.trim_matches(['`', '"', '\'']).replace(['-', ' '], "_").as_str());
    (before.len() > 1 && states.iter().all(plain)).then(|| clean(states)).flatten()
}

/// `State • OPEN: may be booked • HELD: is being paid`
fn dotted(text: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = text.split(['•', '▪', '‣']).skip(1).map(str::trim).collect();
    let value = |part: &&str| {
        let (value, said) = part.split_once([':', '：'])?;
        let value = value.trim().trim_matches(['`', '"', '\'']);
        (names::is_label(value) && !said.trim().is_empty()).then(|| value.to_owned())
    };
    let values: Vec<String> = parts.iter().map(value).collect::<Option<_>>()?;
    (values.len() > 1).then_some(values)
}

/// Values without marks: the whole first sentence, what stands in brackets, or what follows a colon.
fn bare(text: &str, likely: Likelihood) -> Option<Vec<String>> {
    let sentence = first_sentence(text);
    let inside = bracketed(text);
    let tail = sentence.rsplit_once([':', '：']).map(|(_, tail)| tail.trim());
    let whole = barred(sentence, likely, true);
    let other = || inside.iter().copied().chain(tail).find_map(|part| barred(part, likely, false));
    let before = sentence.split(['(', '（', ',', '，', '、']).next().map(str::trim);
    let before = || before.filter(|part| *part != sentence).and_then(|part| barred(part, likely, false));
    let comma = || {
        let parts = [Some(sentence), tail].into_iter().flatten().chain(inside.iter().copied());
        parts.into_iter().find_map(|part| by_comma(part, likely))
    };
    whole.or_else(other).or_else(comma).or_else(before)
}

/// What stands in the brackets of a text, outermost ones, if the text has words of its own outside of them.
fn bracketed(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0_u32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' => {
                if depth == 0 {
                    start = at + c.len_utf8();
                }
                depth += 1;
            }
            ')' | '）' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    found.push(text[start..at].trim());
                }
            }
            _ => {}
        }
    }
    found
}

/// `a / b / c`, `A | B`; `whole` if nothing else stands in the text.
fn barred(text: &str, likely: Likelihood, whole: bool) -> Option<Vec<String>> {
    let spaced = text.contains(" / ") || text.contains('|');
    let joined = !text.contains(['|', '/', '｜', '／', '・', '·']) && text.contains([',', '，', '、']);
    if joined {
        return None;
    }
    let marked = text.contains(['|', '/', '｜', '／', '・', '·']);
    let alternative = |word: &&&str| !AND_WORDS.contains(word);
    let text = (OR_WORDS.iter().filter(alternative))
        .fold(text.to_owned(), |text, word| text.replace(&format!(" {word} "), " / "));
    let mut text = text.as_str();
    // `Flavour: low / high`
    if let Some(first) = text.find(" / ") {
        text = text[..first].rfind(": ").map_or(text, |at| &text[at + 2..]);
    }
    // `Kind：a | b | c，默认 a`
    if text.contains(['|', '｜']) {
        let bar = text.find(['|', '｜']).unwrap_or(0);
        text = text[..bar].rfind(['：', ':']).map_or(text, |at| text[at..].trim_start_matches(['：', ':']));
        let last = text.rfind(['|', '｜']).unwrap_or(0);
        text = text[last..].find(['，', ',', ';', '；', '。']).map_or(text, |at| &text[..last + at]);
    }
    let mut values = listed_by(text, &['|', '/', '｜', '／', '・', '·'])?;
    without_particle(&mut values);
    // `priority LOW/HIGH`
    if let Some((first, others)) = values.split_first_mut()
        && others.iter().all(|value| is_code(value))
        && let Some((_, last)) = first.rsplit_once(' ').filter(|(_, last)| is_code(last))
        && others.iter().all(|value| value.contains(char::is_lowercase) == last.contains(char::is_lowercase))
    {
        *first = last.to_owned();
    }
    // `Affected table/entity` says one thing in two words.
    let glued = text.contains('/') && !text.contains(" / ") && values.iter().any(|value| value.contains(' '));
    // `Title of the album or path` names two things in prose.
    let prose = !marked && values.len() == 2 && values.iter().any(|value| value.split(' ').count() > 2);
    let known = match likely {
        _ if glued || prose => false,
        Likelihood::Certain => true,
        Likelihood::Named => values.iter().all(|value| value.split_whitespace().count() < 4),
        Likelihood::Open => {
            let words = values.iter().all(|value| !value.contains(char::is_whitespace));
            let coded = values.iter().all(|value| is_code(value));
            words && (values.len() > 2 || coded && whole && spaced)
        }
    };
    (known && !values.iter().any(|value| value.starts_with(char::is_numeric) && value.contains('.'))).then_some(values)
}

/// Takes off what follows the last value where no spaces are written: `未完了／完了を保持`.
fn without_particle(values: &mut [String]) {
    let Some((last, before)) = values.split_last_mut() else { return };
    let particle = |c: char| matches!(c, 'を' | 'の' | 'が' | 'は' | 'に' | 'で' | 'か' | '等');
    if let Some(at) = last.find(particle).filter(|at| *at > 0 && !before.iter().any(|value| value.contains(particle))) {
        last.truncate(at);
    }
}

/// `A, B, C`
fn by_comma(text: &str, likely: Likelihood) -> Option<Vec<String>> {
    let folded = OR_WORDS.iter().fold(text.to_owned(), |text, word| text.replace(&format!(" {word} "), ", "));
    let values = listed_by(&folded, &[',', '，', '、', ';'])?;
    let capital = |value: &String| value.starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic());
    let single = |value: &String| !value.contains(char::is_whitespace);
    let short = values.iter().all(|value| value.split_whitespace().count() < 4)
        && (values.iter().all(single) || values.iter().all(capital));
    let written = text.contains([',', '，', '、', ';']);
    let capitals = |value: &String| value.len() > 2 && value.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let known = match likely {
        Likelihood::Certain => true,
        Likelihood::Named => short && values.len() > 1,
        Likelihood::Open => written && values.iter().all(capitals),
    };
    known.then_some(values)
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
    let end = [". ", "; ", "。", "；", " — ", " – "].iter().filter_map(|mark| text.find(mark)).min();
    text[..end.unwrap_or(text.len())].trim_end_matches(['.', '。'])
}

/// A list with any separator.
fn listed(text: &str, comma: bool) -> Option<Vec<String>> {
    if let Some(values) = quoted_run(text).filter(|values| values.len() > 1) {
        return Some(values);
    }
    let text = first_sentence(text);
    listed_by(text, &['|', '｜'])
        .or_else(|| listed_by(text, &['/', '／']))
        .or_else(|| if comma { listed_by(text, &[',', '，', '、', ';']).map(parted) } else { None })
}

/// Values of which the last is two: `a`, `b or c`.
fn parted(mut values: Vec<String>) -> Vec<String> {
    let last = values.last().cloned().unwrap_or_default();
    if let [one, word, other] = last.split_whitespace().collect::<Vec<_>>().as_slice()
        && OR_WORDS.contains(word)
    {
        values.pop();
        values.extend([(*one).to_owned(), (*other).to_owned()]);
    }
    values
}

fn listed_by(text: &str, separators: &[char]) -> Option<Vec<String>> {
    let text = unwrapped(text.trim().trim_end_matches('.'));
    let mut parts = vec![String::new()];
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' | '（' | '[' | '{' => depth += 1,
            ')' | '）' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match parts.last_mut() {
            Some(last) if depth > 0 || !separators.contains(&c) => last.push(c),
            _ => parts.push(String::new()),
        }
    }
    let words = |part: &String| part.split(['(', '（']).next().unwrap_or_default().split_whitespace().count();
    if parts.len() < 2 || parts.iter().any(|part| words(part) > 4) {
        return None;
    }
    clean(parts).filter(|values| values.len() > 1)
}

/// A text without the brackets around the whole of it; one that never closes counts.
fn unwrapped(text: &str) -> &str {
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
fn clean(parts: Vec<String>) -> Option<Vec<String>> {
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

/// Gives fields the values of others that they are said to have: `same values as status`.
pub(crate) fn share(named: &mut [(String, RawEntity)], classes: &Classes) {
    let mut shared: Vec<(usize, usize, Vec<String>)> = Vec::new();
    for (entity, (class, raw)) in named.iter().enumerate() {
        for (at, field) in raw.fields.iter().enumerate() {
            let open = match &field.spec {
                Some(TypeSpec::Enum(values)) => values.is_empty(),
                Some(TypeSpec::Known(ty)) => matches!(ty, FieldType::String { .. } | FieldType::Text),
                None => true,
                Some(TypeSpec::Named { .. }) => false,
            };
            let tail = same_as(&field.description).or_else(|| same_as(&field.type_text)).filter(|_| open);
            let Some(tail) = tail else { continue };
            let plain = tail.replace(['`', '"', '.', '('], " ");
            let words: Vec<&str> = plain.split_whitespace().take(6).collect();
            let of = words.iter().find_map(|word| classes.find(word)).unwrap_or(class);
            let key = names::key(&field.label);
            let other = named.iter().find(|(name, _)| name == of).and_then(|(_, raw)| {
                let says = |known: &&RawField| words.iter().any(|word| names::key(word) == names::key(&known.label));
                let listed =
                    |known: &&RawField| matches!(&known.spec, Some(TypeSpec::Enum(values)) if !values.is_empty());
                let mut fields = raw.fields.iter().filter(listed);
                fields.clone().find(says).or_else(|| fields.find(|known| names::key(&known.label) == key))
            });
            if let Some(TypeSpec::Enum(values)) = other.and_then(|field| field.spec.as_ref()) {
                shared.push((entity, at, values.clone()));
            }
        }
    }
    for (entity, at, values) in shared {
        named[entity].1.fields[at].spec = Some(TypeSpec::Enum(values));
    }
}

/// What follows words such as `same values as`.
fn same_as(text: &str) -> Option<&str> {
    let lower = text.to_lowercase();
    SAME.iter().find_map(|mark| {
        let at = lower.find(mark)?;
        let bounded = at == 0 || !lower[..at].ends_with(char::is_alphanumeric);
        text.get(at + mark.len()..).filter(|_| bounded && lower.len() == text.len())
    })
}
