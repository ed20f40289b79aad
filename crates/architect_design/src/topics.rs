//! What a heading or a bold line announces: an entity, a part of one, relations, indexes, lists of values, or something
//! that has no data.

use crate::hints::contains_word;
use crate::lexicon::Words;
use crate::names::fold;
use crate::openers;

static PARTS: Words = Words("part of an entity");
static FILLERS: Words = Words("filler");
static RELATIONS: Words = Words("heading: relations");
static INDEXES: Words = Words("heading: indexes");
static ENUMERATIONS: Words = Words("heading: enumerations");
static NEVER: Words = Words("never an entity");
static HARDLY: Words = Words("hardly an entity");

/// What is said under a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Perhaps an entity of that name.
    Entity,
    /// An entity only if what follows is plainly a list of columns.
    Unlikely,
    /// The fields of the entity above.
    Part,
    /// How entities are related.
    Relations,
    /// Indexes and constraints of the entity above.
    Indexes,
    /// Names with their values.
    Enumerations,
    /// Something that is no data model: requests, errors, glossaries.
    Nothing,
}

/// What a heading announces.
pub(crate) fn of(heading: &str) -> Topic {
    let bare = openers::unnumbered(heading);
    if openers::is_marked(&bare) {
        return Topic::Entity;
    }
    let folded = fold(&bare);
    let folded = folded.trim_end_matches([':', '：', '.']).trim();
    let outside = folded.split(['(', '（']).next().unwrap_or(folded).trim();
    let says = |words: Words| [folded, outside].iter().any(|text| made_of(text, words));
    if is_nothing(folded) || NEVER.contains(&outside) {
        Topic::Nothing
    } else if says(ENUMERATIONS) || lists_values(folded) {
        Topic::Enumerations
    } else if says(RELATIONS) {
        Topic::Relations
    } else if says(PARTS) {
        Topic::Part
    } else if says(INDEXES) {
        Topic::Indexes
    } else if HARDLY.contains(&folded) || HARDLY.contains(&outside) {
        Topic::Unlikely
    } else {
        Topic::Entity
    }
}

/// Words of names of fields that hold one of several values.
static ENUMERATED: Words = Words("enumerated");

/// `Status Enums`, `Role values`
fn lists_values(folded: &str) -> bool {
    let tokens = || folded.split([' ', '-', '/']).filter(|token| !token.is_empty());
    let known = |token: &str| ENUMERATIONS.contains(&token) || ENUMERATED.contains(&token) || FILLERS.contains(&token);
    tokens().count() < 5 && tokens().all(known) && tokens().any(|token| ENUMERATIONS.contains(&token))
}

static SCREENS: Words = Words("part of a screen");

/// Whether a heading names something that is shown: a form, a page.
pub(crate) fn is_screen(heading: &str) -> bool {
    let folded = fold(heading);
    SCREENS.iter().any(|word| contains_word(&folded, word))
}

static SAID: Words = Words("column: description");

/// Whether a line begins with words for what is said of something: `Notes`, `表说明`.
pub(crate) fn is_remark(lead: &str) -> bool {
    let folded = fold(&openers::unnumbered(lead));
    SAID.contains(&folded.as_str()) || made_of(&folded, SAID)
}

fn is_nothing(folded: &str) -> bool {
    let ends = ["request", "response", "props", "payload", "query param", "parameter", "jwt", "environment", "dto"];
    NEVER.contains(&folded)
        || NEVER.iter().any(|word| !word.is_ascii() && word.chars().count() > 2 && folded.ends_with(word))
        || ["convention", "convencion", "convencoe", "konvention", "naming"].iter().any(|word| folded.starts_with(word))
        || ends.iter().any(|word| folded.ends_with(word) || folded.starts_with(word) && contains_word(folded, word))
}

/// Whether a text is made of some words, and others that may stand around them.
fn made_of(text: &str, words: Words) -> bool {
    let tokens: Vec<&str> = text.split(|c: char| c.is_whitespace() || "/&-–—,、・・:：".contains(c)).collect();
    let tokens: Vec<&str> = tokens.into_iter().filter(|token| !token.is_empty()).collect();
    if tokens.len() > 6 || tokens.is_empty() {
        return false;
    }
    let mut found = false;
    tokens.iter().all(|token| {
        let known = words.contains(token);
        found |= known;
        known || FILLERS.contains(token) || !token.is_ascii() && glued(token, words, &mut found)
    }) && found
}

/// The same for words that are written without spaces between them.
fn glued(token: &str, words: Words, found: &mut bool) -> bool {
    let mut rest = token;
    while !rest.is_empty() {
        let (known, filler) = (longest(words, rest), longest(FILLERS, rest));
        let word = if known.len() >= filler.len() { known } else { filler };
        if word.is_empty() {
            return false;
        }
        *found |= word == known;
        rest = &rest[word.len()..];
    }
    true
}

fn longest(words: Words, text: &str) -> &'static str {
    let fitting = words.list().iter().filter(|word| text.starts_with(**word));
    fitting.max_by_key(|word| word.len()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_announce_what_follows() {
        let cases = [
            ("Project", Topic::Entity),
            ("Table `permissions`", Topic::Entity),
            ("テーブル: events", Topic::Entity),
            ("Permissions", Topic::Unlikely),
            ("Champs principaux :", Topic::Part),
            ("Alanlar ve Türler", Topic::Part),
            ("主要字段", Topic::Part),
            ("カラム定義", Topic::Part),
            ("Relacionamentos", Topic::Relations),
            ("İlişkiler", Topic::Relations),
            ("Índices Estratégicos", Topic::Indexes),
            ("3. Enum değerleri", Topic::Enumerations),
            ("Enumeraciones", Topic::Enumerations),
            ("Request body", Topic::Nothing),
            ("Order", Topic::Entity),
        ];
        for (heading, wanted) in cases {
            assert_eq!(of(heading), wanted, "{heading}");
        }
    }
}
