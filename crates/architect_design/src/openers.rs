//! The lines that open an entity: headings and bold lines, with their numbers and words taken off.

use crate::lexicon::Words;
use crate::names::{self, fold};

/// Words before a name: `Tabla: users`, `Entity Project`.
static BEFORE: Words = Words("before a name");

/// Words behind a name: `users table`.
static AFTER: Words = Words("behind a name");

/// Headings that describe the entity in the heading above them.
static PARTS: Words = Words("part of an entity");

/// Words of headings that never name an entity.
static NEVER: Words = Words("no entity");

/// The name of the entity that a line opens; `None` if it cannot be one.
pub(crate) fn label(text: &str) -> Option<String> {
    let text = unnumbered(text);
    if let Some(code) = single_code(&text) {
        return Some(code);
    }
    let cut = [" - ", " — ", " – ", "：", " -- "].iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
    let (mut head, tail) = text.split_at(cut);
    if let Some((before, after)) = head.split_once(':') {
        head = if BEFORE.contains(&fold(before).as_str()) { after } else { before };
    } else if BEFORE.contains(&fold(head).as_str()) && !tail.is_empty() {
        head = tail.trim_start_matches(|c: char| !c.is_alphanumeric());
    }
    let name = without_words(head.trim());
    let outside = without_brackets(&name);
    let words = outside.split_whitespace().count();
    let folded = fold(&outside);
    let never = NEVER.contains(&folded.as_str()) || PARTS.contains(&folded.as_str());
    let inside = bracketed(&name).filter(|inside| names::is_identifier(inside));
    if let Some(inside) = inside
        && (!outside.is_ascii()
            || inside.contains('_')
            || inside.chars().all(|c| c.is_ascii_lowercase() || c == '_') && outside.contains(' '))
    {
        return Some(inside);
    }
    (words > 0 && words <= 5 && !never && outside.chars().any(char::is_alphabetic) && outside.chars().count() <= 60)
        .then_some(outside)
}

/// Whether a heading only names a part of the entity above it.
pub(crate) fn is_part(text: &str) -> bool {
    let text = unnumbered(text);
    let folded = fold(&text);
    PARTS.contains(&folded.trim_end_matches([':', '：']).trim())
}

/// Whether a line names something that is no entity.
pub(crate) fn is_never(text: &str) -> bool {
    let text = fold(&unnumbered(text));
    let text = text.trim_end_matches([':', '：']).trim();
    NEVER.contains(&text)
        || ["request", "response", "props", "payload", "query param", "parameter", "jwt", "environment", "dto"]
            .iter()
            .any(|word| text.starts_with(word) || text.ends_with(word))
}

/// A line without the number, the symbol or the letter that it begins with.
fn unnumbered(text: &str) -> String {
    let mut text = text.trim().trim_end_matches([':', '：', '.']).trim().to_owned();
    loop {
        let before = text.len();
        text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '（' | '`')).to_owned();
        let digits = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').count();
        let after = text.chars().nth(digits);
        if digits > 0
            && text.starts_with(|c: char| c.is_ascii_digit())
            && after.is_none_or(|c| c.is_whitespace() || ")-:、．".contains(c))
        {
            text = text
                .chars()
                .skip(digits)
                .collect::<String>()
                .trim_start_matches([')', ' ', '-', ':', '、', '．', '\u{a0}'])
                .to_owned();
        }
        if text.starts_with(['(', '（'])
            && let Some(end) = text.find([')', '）'])
            && text[..end].chars().skip(1).all(|c| c.is_ascii_digit())
        {
            text = text.chars().skip(text[..end].chars().count() + 1).collect();
        }
        if text.len() == before {
            return text.trim().to_owned();
        }
    }
}

/// The only code span of a line, if it is an identifier.
fn single_code(text: &str) -> Option<String> {
    let mut parts = text.split('`');
    let (_, code, rest) = (parts.next()?, parts.next()?, parts.next()?);
    (names::is_identifier(code) && (parts.next().is_none() || rest.trim().starts_with(['/', '('])))
        .then(|| code.to_owned())
}

fn without_words(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    while words.len() > 1 && BEFORE.contains(&fold(words[0]).trim_end_matches(':')) {
        words.remove(0);
    }
    while words.len() > 1 && AFTER.contains(&fold(words[words.len() - 1]).as_str()) {
        words.pop();
    }
    let mut name = words.join(" ");
    for suffix in ["テーブル", "表", "테이블", "エンティティ"] {
        if let Some(stem) = name.strip_suffix(suffix)
            && !stem.is_empty()
        {
            name = stem.to_owned();
        }
    }
    name
}

fn without_brackets(text: &str) -> String {
    let end = text.find(['(', '（', '[']).unwrap_or(text.len());
    let outside = text[..end].trim();
    (if outside.is_empty() { text } else { outside }).trim_matches(['`', '"', '\'', '*', '“', '”']).trim().to_owned()
}

fn bracketed(text: &str) -> Option<String> {
    let from = text.find(['(', '（'])?;
    let inside: String = text[from..].chars().skip(1).take_while(|c| !matches!(c, ')' | '）')).collect();
    Some(inside.trim().trim_matches(['`', '"']).to_owned())
}
