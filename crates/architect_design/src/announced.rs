//! What a heading, or a line that ends with a colon, says of the list, table or fence below it.

use crate::blocks::{Block, Line};
use crate::enumerations::{self, Likelihood};
use crate::forms::values;
use crate::gather::Reader;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::plurals;
use crate::raw::RawEntity;
use crate::stated::{self, Kind};
use crate::topics::{self, Topic};

/// Words for entities, several of them.
static ENTITIES: Words = Words("entities");

/// Words that a line begins with before the list of the fields of an entity.
static ANNOUNCE: Words = Words("a line before fields begins with");

/// What a heading, or a line that ends with a colon, says of what follows.
#[derive(Default)]
pub(crate) struct Announced {
    /// Its text, without the colon.
    pub text: String,
    /// The entity that it is said of.
    pub subject: Option<String>,
    /// What the next table, list or fence is about, if the line says so.
    pub topic: Option<Topic>,
    /// Whether it announces the fields of the entity, so that names of words alone are enough.
    pub fields: bool,
    /// Whether it announces the names of entities.
    pub entities: bool,
    /// The kind of thing of which it says what is kept of each, and its line.
    pub kind: Option<(Kind, u32)>,
}

impl Reader<'_> {
    /// Takes up a line that ends with a colon, or names what it lists before one.
    pub(crate) fn announce(&mut self, lines: &[Line], next: Option<&Block>) {
        self.announced = Announced::default();
        let Some((last, before)) = lines.split_last() else { return };
        for line in before {
            if let Some((name, listed)) = line.text.split_once([':', '：']).filter(|_| !line.lead.is_empty()) {
                self.inline_values(name, listed);
            }
        }
        let text = last.text.trim_end();
        if let Some((name, listed)) = text.split_once([':', '：']).filter(|(name, _)| name.split(' ').count() < 5) {
            if !listed.trim().is_empty() {
                self.inline_values(name, listed);
                return;
            }
            self.announced =
                Announced { text: name.to_owned(), subject: self.context.opener.clone(), ..Announced::default() };
        }
        self.announced.fields = matches!(next, Some(Block::Item { .. })) && self.says_fields(text);
        self.announced.entities = matches!(next, Some(Block::Item { .. })) && self.says_entities(text);
        self.announced.kind = stated::kind(text).map(|kind| (kind, last.line));
        let listed = matches!(next, Some(Block::Table(_) | Block::Item { .. } | Block::Code { .. }));
        if text.ends_with([':', '：']) && listed && text.split(' ').count() < 7 {
            self.announced.topic = match topics::of(text) {
                Topic::Entity | Topic::Unlikely if self.context.topic == Topic::Part => Some(Topic::Entity),
                Topic::Entity | Topic::Unlikely => None,
                Topic::Part if self.context.opener.is_none() || self.context.topic == Topic::Nothing => None,
                topic => Some(topic),
            };
        }
    }

    /// Whether a line below the heading of an entity announces its fields: `It holds:`, `Contains information such as:`.
    fn says_fields(&self, text: &str) -> bool {
        let folded = fold(text);
        let words = folded.trim_end_matches([':', '：']).trim();
        let opens = |word: &str| words.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        let entity = self.context.topic == Topic::Entity && self.context.opener.is_some();
        entity
            && self.context.in_data_model
            && text.ends_with([':', '：'])
            && words.split(' ').count() < 6
            && ANNOUNCE.iter().any(|word| opens(word))
    }

    /// Whether a line announces the names of entities: `There are four entities:`.
    fn says_entities(&self, text: &str) -> bool {
        let folded = fold(text);
        let says = |word: &&str| folded.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word);
        self.context.in_data_model && text.ends_with([':', '：']) && ENTITIES.iter().any(says)
    }

    /// Takes up the values behind the name of a field: `Kinds: cash, card`.
    fn inline_values(&mut self, name: &str, listed: &str) {
        if name.split(' ').count() > 4 {
            return;
        }
        self.announced =
            Announced { text: name.to_owned(), subject: self.context.opener.clone(), ..Announced::default() };
        self.values(enumerations::values(listed.trim(), Likelihood::Certain).filter(|values| values.len() > 1));
        self.announced = Announced::default();
    }

    /// Takes up the values behind the name of a field in an item: `Status: open, in progress, done`.
    pub(crate) fn values_behind(&mut self, text: &str) {
        let Some((name, listed)) = text.split_once([':', '：']).filter(|(name, _)| name.split(' ').count() < 4) else {
            return;
        };
        self.announced =
            Announced { text: name.to_owned(), subject: self.context.opener.clone(), ..Announced::default() };
        self.values(enumerations::values(listed.trim(), Likelihood::Named).filter(|values| values.len() > 1));
        self.announced = Announced::default();
    }

    /// Takes a list for the values of the field that the line before it names; whether it names one.
    pub(crate) fn values(&mut self, values: Option<Vec<String>>) -> bool {
        let (Some(subject), Some(values)) = (self.announced.subject.clone(), values) else { return false };
        let names = values::named_by(&self.announced.text);
        let of_subject = |entity: &&RawEntity| plurals::stem(&entity.label) == plurals::stem(&subject);
        let fields: Vec<String> = (self.found.entities.iter().filter(of_subject))
            .flat_map(|entity| entity.fields.iter().map(|field| names::key(&field.label)))
            .collect();
        let known =
            |name: &String| fields.contains(&names::key(name)) || enumerations::likelihood(name) == Likelihood::Named;
        if !names.iter().any(known) {
            return false;
        }
        self.found.enums.extend(names.into_iter().map(|name| (format!("{subject}.{name}"), values.clone())));
        !fields.is_empty()
    }
}
