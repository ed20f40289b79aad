//! The forms in which people list values: with bars, commas, dots, arrows, behind a word.

use super::marks::{clean, quoted_run, unwrapped};
use super::{Likelihood, is_code};
use crate::lexicon::Words;
use crate::names::{self, fold};

/// Words before a list of values, folded.
static MARKERS: Words = Words("values follow");

/// Words between the last two of several values.
static OR_WORDS: Words = Words("or");

/// Those that join what holds together.
static AND_WORDS: Words = Words("and");

/// States that follow each other: `pending → in_progress → ready, or cancelled`.
pub(super) fn succession(text: &str) -> Option<Vec<String>> {
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
pub(super) fn dotted(text: &str) -> Option<Vec<String>> {
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
pub(super) fn bare(text: &str, likely: Likelihood) -> Option<Vec<String>> {
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

/// What follows a marker like `Enum:` or `valores:`.
pub(super) fn after_marker(text: &str) -> Option<String> {
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

pub(super) fn first_sentence(text: &str) -> &str {
    let end = [". ", "; ", "。", "；", " — ", " – "].iter().filter_map(|mark| text.find(mark)).min();
    text[..end.unwrap_or(text.len())].trim_end_matches(['.', '。'])
}

/// A list with any separator.
pub(super) fn listed(text: &str, comma: bool) -> Option<Vec<String>> {
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
