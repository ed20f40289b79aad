//! Sentences that say what is kept of each thing of a kind, before the list of its fields: `Each booking shall
//! include:`, `For each city, the following is recorded:`, `Entity Order stores:`.

use crate::blocks::Line;
use crate::forms::bullets::{self, Bullet};
use crate::lexicon::Words;
use crate::loose::Dialect;
use crate::names::{self, fold};
use crate::openers;
use crate::topics::{self, Topic};
use crate::untyped;

/// Words before one of several: `each`, `cada`.
static EACH: Words = Words("each");

/// Words between a kind of thing and what it has: `shall`, `must`.
static MODAL: Words = Words("shall");

/// Verbs between a kind of thing and what it has: `include`, `has`.
static HAS: Words = Words("includes");

/// Beginnings of words that say that something is kept: `store`, `record`.
static KEEPS: Words = Words("is kept");

/// Words between what is kept and of what: `information about`.
static ABOUT: Words = Words("kept of");

/// Words that mean a table.
static TABLE: Words = Words("table");

/// A kind of thing, and how the sentence says what is kept of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What it is called.
    pub label: String,
    how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// `Entity Order stores`
    Named,
    /// `Each order shall include`, `Store for each order`
    Demanded,
    /// `Each order includes`, as replies are described as well
    Told,
}

/// The kind of thing that a line names, if it says that what is listed below it is kept of each.
pub(crate) fn kind(text: &str) -> Option<Kind> {
    let text = text.trim().strip_suffix([':', '：'])?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let folded: Vec<String> = words.iter().map(|word| plain(word)).collect();
    if words.len() > 16 {
        return None;
    }
    let kept = || of_each(&words, &folded).or_else(|| about(&words, &folded)).map(|label| (label, How::Demanded));
    let (label, how) = has(&words, &folded).or_else(kept)?;
    let label = openers::label(&label)?;
    (topics::of(&label) == Topic::Entity && label.split(' ').count() < 4).then_some(Kind { label, how })
}

fn plain(word: &str) -> String {
    fold(word).trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// `Each booking shall include`, behind an identifier or not; `Entity Order stores`.
fn has(words: &[&str], folded: &[String]) -> Option<(String, How)> {
    let first =
        folded.iter().take(3).position(|word| EACH.contains(&word.as_str()) || TABLE.contains(&word.as_str()))?;
    // An identifier before it: `R3.1`.
    let before = &words[..first];
    if !before.iter().all(|word| word.chars().any(|c| c.is_ascii_digit())) {
        return None;
    }
    let ends = |word: &String| MODAL.contains(&word.as_str()) || HAS.contains(&word.as_str()) || keeps(word);
    let length = folded[first + 1..].iter().position(ends)?;
    let behind = &folded[first + 1 + length..];
    let said = behind.iter().any(|word| HAS.contains(&word.as_str()) || keeps(word));
    let short = behind.len() < 4 || behind.iter().any(|word| keeps(word));
    let how = if TABLE.contains(&folded[first].as_str()) {
        How::Named
    } else if behind.iter().any(|word| MODAL.contains(&word.as_str()) || keeps(word)) {
        How::Demanded
    } else {
        How::Told
    };
    (said && short && (1..4).contains(&length)).then(|| (words[first + 1..=first + length].join(" "), how))
}

fn keeps(word: &str) -> bool {
    KEEPS.iter().any(|beginning| word.starts_with(beginning))
}

/// `For each city, the following is recorded`, `The system shall store, for each user`.
fn of_each(words: &[&str], folded: &[String]) -> Option<String> {
    if !folded.iter().any(|word| keeps(word)) {
        return None;
    }
    let at = folded.iter().position(|word| EACH.contains(&word.as_str())).filter(|at| *at > 0)?;
    let rest = &words[at + 1..];
    let end = rest.iter().position(|word| word.ends_with([',', ';'])).map_or(rest.len(), |at| at + 1);
    (1..4).contains(&end).then(|| rest[..end].join(" ").trim_end_matches([',', ';']).to_owned())
}

/// `The system should store the following information about customers`.
fn about(words: &[&str], folded: &[String]) -> Option<String> {
    if !folded.iter().any(|word| keeps(word)) {
        return None;
    }
    let text = folded.join(" ");
    let mark = ABOUT.iter().filter(|mark| text.contains(&format!(" {mark} "))).max_by_key(|mark| mark.len())?;
    let count = mark.split(' ').count();
    let at = (0..folded.len()).find(|at| folded[*at..].join(" ").starts_with(&format!("{mark} ")))?;
    let rest = &words[at + count..];
    (1..4).contains(&rest.len()).then(|| rest.join(" "))
}

impl Kind {
    /// Whether what is listed is fields of it: names in code, names with types, names that tell what they hold.
    pub fn has_fields(&self, items: &[&[Line]]) -> bool {
        let read: Vec<Bullet> = items.iter().filter_map(|lines| bullets::field(lines, Dialect::default())).collect();
        let told = |bullet: &&Bullet| {
            let short = |label: &str| label.split([' ', '_']).count() < 5;
            bullet.certain || bullet.fields.iter().any(|field| short(&field.label) && untyped::is_told(&field.label))
        };
        let fitting = read.iter().filter(told).count();
        // Names of a few words and nothing else, some of which tell what they hold.
        let named = |bullet: &Bullet| {
            bullet.fields.iter().all(|field| field.description.is_empty() && field.label.split(' ').count() < 5)
        };
        let names = || items.len() > 3 && read.len() == items.len() && read.iter().all(named);
        let keyed = || read.iter().flat_map(|bullet| &bullet.fields).any(|field| names::key(&field.label) == "id");
        match self.how {
            How::Named => fitting > 0,
            How::Demanded => fitting > 1 && (fitting * 2 >= items.len() || fitting * 4 >= items.len() && names()),
            How::Told => fitting > 1 && fitting * 2 >= items.len() && keyed(),
        }
    }
}
