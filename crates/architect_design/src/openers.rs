//! The lines that open an entity: headings and bold lines, with their numbers and words taken off.

use crate::blocks::{Block, Line};
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::topics::{self, Topic};

/// Words before a name: `Tabla: users`, `Entity Project`.
static BEFORE: Words = Words("before a name");

/// Words behind a name: `users table`.
static TABLE: Words = Words("table");
static AFTER: Words = Words("behind a name");
static FILLERS: Words = Words("filler");
static OF: Words = Words("between a part and a name");

/// The name of the entity that a line opens; `None` if it cannot be one.
pub(crate) fn label(text: &str) -> Option<String> {
    // What is left of `~~Sessions~~ — given up`.
    if text.trim_start().starts_with(['—', '–']) {
        return None;
    }
    let text = of_path(&without_code(&unnumbered(text)));
    if let Some(code) = single_code(&text) {
        return Some(code);
    }
    let cut = [" - ", " — ", " – ", "：", " -- ", " / "]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min()
        .unwrap_or(text.len());
    let (mut head, tail) = text.split_at(cut);
    let inside = head.find(':').is_some_and(|at| head[..at].contains(['(', '（']) && head[at..].contains([')', '）']));
    if let Some((before, after)) = head.split_once(':').filter(|_| !inside) {
        // `Entity 1: Task`
        let word = fold(before);
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
        head = if BEFORE.contains(&word) { after } else { before };
    } else if BEFORE.contains(&fold(head).as_str()) && !tail.is_empty() {
        head = tail.trim_start_matches(|c: char| !c.is_alphanumeric());
    }
    let name = without_words(head.trim());
    // `Users collection (module A: accounts)`
    let outside = without_words(&without_brackets(&name));
    let words = outside.split_whitespace().count();
    let plain = name == head.trim();
    let never = plain && !matches!(topics::of(&outside), Topic::Entity | Topic::Unlikely);
    if let Some(name) = written_twice(&name) {
        return Some(name);
    }
    let inside = bracketed(&name).filter(|inside| names::is_identifier(inside));
    if let Some(inside) = inside
        && (!outside.is_ascii()
            || inside.contains('_')
            || inside.chars().all(|c| c.is_ascii_lowercase() || c == '_') && outside.contains(' '))
    {
        return Some(inside);
    }
    (words > 0
        && words <= 5
        && !never
        && !outside.contains(['`', '+', '=', '→', '|'])
        && outside.chars().any(char::is_alphabetic)
        && outside.chars().count() <= 60)
        .then_some(outside)
}

/// The last letter of Latin scripts, those with accents included.
const LAST_LATIN: char = '\u{24f}';

/// The name in code of a heading that gives a name in a script without Latin letters too: `用户表 users`.
fn written_twice(text: &str) -> Option<String> {
    let [one, other] = text.split_whitespace().collect::<Vec<_>>()[..] else { return None };
    let latin = |word: &str| names::is_identifier(word) && word.contains(char::is_lowercase);
    let foreign = |word: &str| word.chars().all(|c| c > LAST_LATIN) && word.contains(char::is_alphabetic);
    match (one, other) {
        (label, name) | (name, label) if foreign(label) && latin(name) => Some(name.to_owned()),
        _ => None,
    }
}

/// The other name that a heading gives beside a label: ``Projet — `projects` ``, `사용자(User)`.
pub(crate) fn alias(heading: &str, label: &str) -> Option<String> {
    let bare = unnumbered(heading);
    let mut parts = bare.split(|c: char| c.is_whitespace() || "`()（）—–-:：/".contains(c));
    let mut others = parts.by_ref().filter(|part| !part.is_empty() && *part != label);
    let (other, rest) = (others.next()?, others.next());
    let worded = BEFORE.contains(&fold(other).as_str()) || AFTER.contains(&fold(other).as_str());
    (rest.is_none() && names::is_label(other) && !worded).then(|| other.to_owned())
}

/// The collection that a path of documents ends in: `users/{id}/orders/{orderId}` is of orders.
fn of_path(text: &str) -> String {
    let bare = text.trim().trim_matches('`');
    let parts: Vec<&str> = bare.split('/').collect();
    let is_path = parts.len() > 1 && parts.iter().skip(1).step_by(2).all(|part| part.starts_with(['{', ':', '<']));
    let last = parts.iter().rev().find(|part| !part.starts_with(['{', ':', '<'])).copied().unwrap_or_default();
    if is_path && names::is_label(last) { last.to_owned() } else { text.to_owned() }
}

/// The collection that holds the one that a path of documents ends in: `users/{id}/orders/{orderId}` is of users.
pub(crate) fn path_parent(heading: &str) -> Option<String> {
    let bare = unnumbered(heading);
    let path = bare.split_whitespace().next().unwrap_or_default().trim_matches('`');
    let last = of_path(path);
    let before: Vec<&str> = path.split('/').filter(|part| !part.starts_with(['{', ':', '<'])).collect();
    let at = before.iter().rposition(|part| *part == last).filter(|_| last != path)?;
    before.get(at.checked_sub(1)?).map(|part| (*part).to_owned())
}

/// Words at the end of a heading that shows what a resource looks like: `Order shape`.
static SHAPE: Words = Words("shape of a resource");

/// Whether a heading says that an example of a resource follows.
pub(crate) fn is_shape(heading: &str) -> bool {
    let bare = unnumbered(heading);
    let words: Vec<&str> = bare.split_whitespace().collect();
    let said = |word: Option<&&str>| word.is_some_and(|word| SHAPE.contains(&fold(word).as_str()));
    (2..5).contains(&words.len()) && (said(words.last()) || said(words.first()))
}

/// The entity, or the part of one, that a paragraph opens: `Table: users`, `**orders** (placed by buyers)` before a
/// table or a list; with its line.
pub(crate) fn opening(lines: &[Line], next: Option<&Block>) -> Option<(String, u32)> {
    let last = lines.last()?;
    let text = last.text.trim();
    let words = text.split_whitespace().count();
    let first = fold(text.split([':', ' ', '：']).next().unwrap_or_default());
    let opens = text.ends_with([':', '：']) && text.contains('`') || TABLE.contains(&first.as_str());
    if opens && words <= 6 {
        return Some((label(text).or_else(|| announced(text))?, last.line));
    }
    let listed = matches!(next, Some(Block::Table(_) | Block::Item { .. } | Block::Code { .. }));
    if let Some(name) = named_table(text).or_else(|| of_part(text)).filter(|_| listed) {
        return Some((name, last.line));
    }
    let lead = last.lead.trim();
    if !listed || lead.is_empty() || lines.len() > 2 {
        return None;
    }
    let rest = text.get(lead.len()..).unwrap_or_default().trim();
    // `**Notes**: what the table is for`
    if rest.strip_prefix([':', '：']).is_some_and(|rest| !rest.trim().is_empty()) && topics::is_remark(lead) {
        return None;
    }
    let explained = rest.is_empty() || rest.starts_with(['(', '（', '—', '–', '-', ':', '：', '`', '/']);
    (explained && lead.split_whitespace().count() <= 5)
        .then(|| label(lead).or_else(|| announced(lead)))
        .flatten()
        .map(|label| (label, last.line))
}

/// ``New table `orders`, written by the importer.``, ``本轮新增 `payments` 支付记录表，…``
fn named_table(text: &str) -> Option<String> {
    let mut pieces = text.split('`');
    let (before, name, behind) = (pieces.next()?, pieces.next()?, pieces.next().unwrap_or_default());
    let words: Vec<&str> = before.split_whitespace().collect();
    let told = words.last().is_some_and(|word| TABLE.contains(&fold(word).as_str())) && words.len() < 4;
    // Where no spaces are written, the word ends what stands before the next sign.
    let end = behind.find(['，', ',', '。', '.', '：', ':', '（', '(', '、', '；']).unwrap_or(behind.len());
    let clause = fold(&behind[..end]);
    let glued = TABLE.iter().any(|word| !word.is_ascii() && clause.trim().ends_with(word));
    let only = pieces.next().is_none();
    (names::is_label(name) && (told || glued && only && clause.chars().count() < 16)).then(|| name.to_owned())
}

/// `Fields (Category):`
fn of_part(text: &str) -> Option<String> {
    let name = bracketed(text).filter(|name| text.ends_with([':', '：']) && name.starts_with(char::is_uppercase))?;
    let camel = names::is_identifier(&name) && name.chars().any(char::is_lowercase);
    (camel && topics::of(text) == Topic::Part).then_some(name)
}

/// A line that announces something else than an entity: `Fields:`.
fn announced(text: &str) -> Option<String> {
    (!matches!(topics::of(text), Topic::Entity)).then(|| text.to_owned())
}

fn words_of(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Whether a line says that it names an entity: `Table users`, a single code span.
pub(crate) fn is_marked(text: &str) -> bool {
    let bare = unnumbered(text);
    if single_code(&bare).is_some() {
        return true;
    }
    let (before, after) = bare.split_once([':', '：']).unwrap_or(("", &bare));
    let named = BEFORE.contains(&fold(before).as_str()) && names::is_label(after.trim());
    let first = bare.split_whitespace().next().unwrap_or_default();
    let last = bare.split_whitespace().next_back().unwrap_or_default();
    let table = |word: &str| TABLE.contains(&fold(word).trim_end_matches(':'));
    // `Table definition` names none.
    let plain = |word: &str| FILLERS.contains(&fold(word).as_str());
    if words_of(&bare) == 2 && (plain(first) || plain(last)) {
        return named;
    }
    named || words_of(&bare) == 2 && (table(first) && names::is_label(last) || table(last) && names::is_label(first))
}

/// A line without the number, the symbol or the letter that it begins with.
pub(crate) fn unnumbered(text: &str) -> String {
    let mut text = text.trim().trim_end_matches([':', '：', '.']).trim().to_owned();
    loop {
        let before = text.len();
        text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '（' | '`')).to_owned();
        let digits = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').count();
        // `15a. Name`
        let lettered = digits > 0
            && text.chars().nth(digits).is_some_and(|c| c.is_ascii_lowercase())
            && text.chars().nth(digits + 1).is_some_and(|c| matches!(c, '.' | ')'));
        let digits = if lettered { digits + 1 } else { digits };
        let after = text.chars().nth(digits);
        if digits > 0
            && text.starts_with(|c: char| c.is_ascii_digit())
            && after.is_none_or(|c| c.is_whitespace() || ")-:、．.".contains(c))
        {
            text = text
                .chars()
                .skip(digits)
                .collect::<String>()
                .trim_start_matches([')', ' ', '-', ':', '.', '、', '．', '\u{a0}'])
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

/// A line without the code that it begins with: `E-01 Customer`, `T02 – Orders`; `S3 Bucket` is a name.
fn without_code(text: &str) -> String {
    let letters = text.chars().take_while(char::is_ascii_uppercase).count();
    let rest = &text[letters..];
    let dashed = rest.starts_with(['-', '_', '.']);
    let number = rest.trim_start_matches(['-', '_', '.']);
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let after = &number[digits..];
    let name = after.trim_start_matches(|c: char| c.is_whitespace() || "-–—:.)：".contains(c));
    let apart = after.trim_start().starts_with(['-', '–', '—', ':', '.', ')', '：']);
    let fits = (1..=5).contains(&letters)
        && (1..=4).contains(&digits)
        && (dashed || digits > 1 || apart)
        && after.len() > name.len()
        && name.starts_with(|c: char| c.is_alphabetic() || c == '`');
    if fits { name.to_owned() } else { text.to_owned() }
}

/// The only code span of a line, if it is an identifier.
fn single_code(text: &str) -> Option<String> {
    let mut parts = text.split('`');
    let (_, code, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let code =
        code.rsplit_once('.').filter(|(schema, _)| names::is_identifier(schema)).map_or(code, |(_, table)| table);
    (names::is_identifier(code) && (parts.next().is_none() || rest.trim().starts_with(['/', '('])))
        .then(|| code.to_owned())
}

fn without_words(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    // `Datenfelder je Kunde`, `Campos de Cliente`
    if let [part, of, _, ..] = words.as_slice()
        && matches!(topics::of(part), Topic::Part)
        && OF.contains(&fold(of).as_str())
    {
        words.drain(..2);
    }
    while words.len() > 1 && BEFORE.contains(&fold(words[0]).trim_end_matches(':')) {
        words.remove(0);
    }
    while words.len() > 1 && AFTER.contains(&fold(words[words.len() - 1]).as_str()) {
        words.pop();
    }
    let mut name = words.join(" ");
    for suffix in ["テーブル", "表", "테이블", "エンティティ", "管理機能", "管理功能", "管理"] {
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
    if text.matches(['(', '（']).count() > 1 {
        return None;
    }
    let from = text.find(['(', '（'])?;
    let inside: String = text[from..].chars().skip(1).take_while(|c| !matches!(c, ')' | '）')).collect();
    Some(inside.trim().trim_matches(['`', '"']).to_owned())
}
