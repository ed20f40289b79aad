//! Entities in free sentences: `Each task has a title, a due date and an optional note.`, `An order is pending, paid or
//! shipped.`

use crate::hints;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::openers;
use crate::raw::{RawEntity, RawField};
use crate::topics::{self, Topic};
use crate::untyped;

static EACH: Words = Words("each");
static ARTICLES: Words = Words("article");
static HAS: Words = Words("includes");
static AND: Words = Words("and");
static OR: Words = Words("or");
static BE: Words = Words("is one of");
static MODAL: Words = Words("shall");
static WHOLES: Words = Words("no subject");
static STATUS: Words = Words("means: status");
static POSSESSIVES: Words = Words("possessive");
static OPTIONAL: Words = Words("optional");

/// Sentences beyond this length are not read.
const MAX_SENTENCE: usize = 400;

/// The words of a sentence that can stand for what it speaks of.
const MAX_SUBJECT: usize = 3;

/// The entity whose fields a sentence lists.
pub(crate) fn fields(sentence: &str, line: u32) -> Option<RawEntity> {
    let (subject, rest) = parts(sentence, HAS)?;
    let label = openers::label(&subject).filter(|label| topics::of(label) == Topic::Entity)?;
    let listed: Vec<&str> = split(rest, &[",", ";"], AND);
    let fields: Vec<RawField> = listed.iter().filter_map(|part| field(part, line)).collect();
    let told = fields.iter().filter(|field| untyped::is_told(&field.label)).count();
    let enough = fields.len() > 2 && fields.len() == listed.len() && told > 1 && told * 2 >= fields.len();
    enough.then(|| RawEntity { label, line, fields, summary: true, ..RawEntity::default() })
}

/// The states that a sentence gives to what it speaks of, with the names of the fields that may hold them.
pub(crate) fn states(sentence: &str, opener: Option<&str>) -> Vec<(String, Vec<String>)> {
    let Some((subject, rest)) = parts(sentence, BE) else { return Vec::new() };
    let alternatives = OR.iter().filter(|word| !AND.contains(word)).any(|word| contains(rest, word));
    let values: Vec<String> = split(rest, &[","], OR).into_iter().map(bare).collect();
    let plain = |value: &String| names::is_label(&value.replace('-', "_"));
    if !alternatives || values.len() < 3 || !values.iter().all(plain) {
        return Vec::new();
    }
    let named = STATUS.contains(&fold(&subject).as_str());
    let of = if named { opener.map(str::to_owned) } else { Some(subject) };
    let fields = STATUS.iter().map(|field| (of.as_ref().map(|of| format!("{of}.{field}")), values.clone()));
    fields.filter_map(|(name, values)| Some((name?, values))).collect()
}

/// The sentences of a text.
pub(crate) fn of(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.split(". ").map(|sentence| sentence.trim().trim_end_matches('.'));
    ends.filter(|sentence| sentence.len() < MAX_SENTENCE)
}

/// What a sentence speaks of, and what follows the verb: `task` and `a title and a note` of `Each task has …`.
fn parts(sentence: &str, verbs: Words) -> Option<(String, &str)> {
    let words: Vec<&str> = sentence.split_whitespace().take(MAX_SUBJECT + 3).collect();
    let first = fold(words.first()?);
    let article = EACH.contains(&first.as_str()) || ARTICLES.contains(&first.as_str());
    let from = usize::from(article);
    let at = (from + 1..words.len()).find(|at| verbs.contains(&fold(words[*at]).as_str()))?;
    // Only one of several is spoken of: `Each task has`, not `Tasks in a list have`.
    if at - from > MAX_SUBJECT || !article {
        return None;
    }
    let modal = |word: &&&str| !MODAL.contains(&fold(word).as_str());
    let subject: Vec<&str> = words[from..at].iter().filter(modal).copied().collect();
    let last = fold(subject.last()?);
    (!WHOLES.contains(&last.as_str())).then(|| (subject.join(" "), nth(sentence, at + 1)))
}

/// A text from its word of a number on.
fn nth(text: &str, number: usize) -> &str {
    let mut rest = text.trim_start();
    for _ in 0..number {
        rest = rest.find(char::is_whitespace).map_or("", |at| rest[at..].trim_start());
    }
    rest
}

fn contains(text: &str, word: &str) -> bool {
    fold(text).contains(&format!(" {word} "))
}

/// A list cut at its marks and at the words before its last part.
fn split<'a>(text: &'a str, marks: &[&str], words: Words) -> Vec<&'a str> {
    let mut parts = vec![text];
    for mark in marks {
        parts = parts.into_iter().flat_map(|part| part.split(mark)).collect();
    }
    for word in words.iter() {
        let mark = format!(" {word} ");
        parts = parts.into_iter().flat_map(|part| part.split(mark.as_str()).collect::<Vec<_>>()).collect();
    }
    let lead = |part: &'a str| {
        let part = part.trim();
        let first = part.split_whitespace().next().unwrap_or_default();
        if words.contains(&fold(first).as_str()) && part.len() > first.len() {
            part[first.len()..].trim_start()
        } else {
            part
        }
    };
    parts.into_iter().map(lead).filter(|part| !part.is_empty()).collect()
}

/// A word without the small words and the marks around it.
fn bare(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !["either", "be", "one", "of"].contains(&fold(word).as_str()));
    words.collect::<Vec<_>>().join(" ").trim_matches(['`', '"', '\'', '*', '“', '”']).to_owned()
}

/// The field that a part of a list names: `an optional note (text)`; `None` if it says something else.
fn field(part: &str, line: u32) -> Option<RawField> {
    let end = part.find(['(', '（']).unwrap_or(part.len());
    let (name, said) = (&part[..end], part[end..].trim_matches(['(', ')', '（', '）', ' ']));
    let mut required = None;
    let mut words: Vec<&str> = name.split_whitespace().collect();
    while let Some(first) = words.first().map(|word| fold(word)) {
        if OPTIONAL.contains(&first.as_str()) || first == "optionally" {
            required = Some(false);
        } else if !ARTICLES.contains(&first.as_str()) && !POSSESSIVES.contains(&first.as_str()) {
            break;
        }
        // What there are several of is no field.
        if ["many", "multiple", "several", "muchos", "muchas", "несколько", "wiele"].contains(&first.as_str())
        {
            return None;
        }
        words.remove(0);
    }
    let label = words.join(" ").trim_matches(['`', '"', '*']).to_owned();
    let plain = !words.is_empty() && words.len() < 4 && names::is_label(&label.replace([' ', '-', '/'], "_"));
    let mut field = RawField { label, line, required, ..RawField::default() };
    hints::describe(&mut field, said);
    plain.then_some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_list_fields() {
        let read = |text: &str| {
            let entity = fields(text, 1)?;
            Some((entity.label, entity.fields.into_iter().map(|field| field.label).collect::<Vec<_>>().join(", ")))
        };
        let pair = |label: &str, fields: &str| Some((label.to_owned(), fields.to_owned()));
        assert_eq!(
            read("Each task has a title, a due date and an optional description"),
            pair("task", "title, due date, description")
        );
        assert_eq!(
            read("Cada cliente tiene un nombre, un email y un teléfono"),
            pair("cliente", "nombre, email, teléfono")
        );
        assert_eq!(read("Every page has a fast response, a clear layout and no ads"), None);
        assert_eq!(read("A user has many orders, a cart and a profile"), None);
    }

    #[test]
    fn sentences_list_states() {
        let read = |text: &str| states(text, Some("Invoice")).into_iter().next();
        let values = |list: &[&str]| list.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            read("An order is pending, paid or shipped"),
            Some(("order.status".to_owned(), values(&["pending", "paid", "shipped"])))
        );
        assert_eq!(
            read("The status can be open, late or paid"),
            Some(("Invoice.status".to_owned(), values(&["open", "late", "paid"])))
        );
        assert_eq!(read("An order is created by a user, a guest or an admin of the shop"), None);
        assert_eq!(read("The system is fast, safe and cheap"), None);
    }
}
