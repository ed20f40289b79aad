//! What the items of a list state: fields, entities with their fields, values.

use crate::blocks::{Block, Line, Row, join};
use crate::context;
use crate::forms::{bullets, folded, lists, relational, table, values};
use crate::gather::Reader;
use crate::loose::Dialect;
use crate::names;
use crate::openers;
use crate::outlines;
use crate::raw::{RawEntity, RawField};
use crate::relations;
use crate::stated;
use crate::topics::{self, Topic};

impl Reader<'_> {
    pub(crate) fn list(&mut self, items: &[Block], said: RawEntity) {
        let items = self.said(&lists::items(items));
        if self.context.topic == Topic::Relations {
            self.found.relations.extend(items.iter().filter_map(|item| relations::of_item(item.lines)));
        }
        for item in &items {
            self.sentences(&join(item.lines), item.lines.first().map_or(1, |line| line.line));
        }
        let stated: Vec<bool> = items.iter().map(|item| item.lines.iter().any(|line| self.line(line, true))).collect();
        if let Some((kind, line)) = self.announced.kind.take() {
            let own: Vec<&[Line]> = items.iter().map(|item| item.lines).collect();
            if kind.has_fields(&own) && self.announced_fields(&own, &kind.label, line, said.clone()) {
                return;
            }
        }
        if matches!(self.context.topic, Topic::Nothing | Topic::Relations | Topic::Indexes) {
            return;
        }
        if self.context.topic == Topic::Enumerations {
            values::items(&items, self.found);
            return;
        }
        if self.announced.entities && items.iter().all(|item| outlines::name(item.lines).is_some()) {
            let names = items.iter().filter_map(|item| Some((outlines::name(item.lines)?, item.lines[0].line)));
            self.found.listed.extend(names.map(|(label, line)| (label, String::new(), line)));
            return;
        }
        let own = self.nested(&items, &stated);
        if own.is_empty() || self.context.topic != Topic::Part && self.values(values::of_list(&own)) {
            return;
        }
        if let Some(label) = self.context.opener.clone() {
            if let Some(fields) = self.in_one_item(&own) {
                self.found.entities.push(RawEntity { fields, ..self.entity(&label, self.opener_line, said) });
                return;
            }
            if self.fields(&own, &label, self.opener_line, said) {
                return;
            }
        }
        self.one_item_entities(&own);
    }

    /// Takes the items that say what is kept of each thing of a kind, with the fields below them; gives the others.
    fn said<'b>(&mut self, items: &[lists::Item<'b>]) -> Vec<lists::Item<'b>> {
        let mut others = Vec::new();
        let mut at = 0;
        while let Some(item) = items.get(at) {
            let Some(kind) = stated::kind(&join(item.lines)) else {
                others.push(*item);
                at += 1;
                continue;
            };
            let below = items[at + 1..].iter().take_while(|below| below.depth > item.depth).count();
            let nested = items[at + 1..=at + below].iter().filter(|below| below.depth == item.depth + 1);
            let own: Vec<&[Line]> = nested.map(|below| below.lines).collect();
            let line = item.lines[0].line;
            if kind.has_fields(&own) && self.announced_fields(&own, &kind.label, line, RawEntity::default()) {
                at += 1 + below;
                continue;
            }
            others.push(*item);
            at += 1;
        }
        others
    }

    /// Takes items that a sentence announces for the fields of an entity.
    fn announced_fields(&mut self, items: &[&[Line]], label: &str, line: u32, said: RawEntity) -> bool {
        let before = std::mem::replace(&mut self.announced.fields, true);
        let taken = self.fields(items, label, line, said);
        self.announced.fields = before;
        if taken {
            self.notes.assume(line, format!("`{label}` is an entity: a sentence says what is kept of each"));
        }
        taken
    }

    /// Reads items with items below them, as entities or as a part of the entity above; gives the others.
    fn nested<'b>(&mut self, items: &[lists::Item<'b>], stated: &[bool]) -> Vec<&'b [Line]> {
        let mut own: Vec<&[Line]> = Vec::new();
        let before = self.names_alone;
        self.names_alone = self.context.in_data_model && outlines::has_fields(items);
        for (at, end) in lists::groups(items) {
            let lines = items[at].lines;
            let nested: Vec<&[Line]> = items[at + 1..end]
                .iter()
                .filter(|item| item.depth == items[at].depth + 1)
                .map(|item| item.lines)
                .collect();
            let text = join(lines);
            let head = if lines[0].lead.is_empty() { text.as_str() } else { lines[0].lead.trim() };
            let label = match topics::of(head) {
                Topic::Part => self.context.opener.clone().map(|label| (label, self.opener_line)),
                Topic::Entity => openers::label(&text).map(|label| (label, lines[0].line)),
                _ => None,
            };
            let taken = nested.len() > 1
                && label.is_some_and(|(label, line)| self.fields(&nested, &label, line, RawEntity::default()));
            if !taken && !stated[at] {
                own.push(lines);
            }
        }
        self.names_alone = before;
        own
    }

    /// The fields that one item lists: all of them where it is alone, else behind a word for them, `Fields: a, b, c`;
    /// the values of fields that others list count as well.
    fn in_one_item(&mut self, items: &[&[Line]]) -> Option<Vec<RawField>> {
        let topic = matches!(self.context.topic, Topic::Entity | Topic::Part);
        if let ([only], true) = (items, topic && self.context.in_data_model) {
            return lists::alone(only);
        }
        let named = self.context.topic == Topic::Entity && !topics::is_screen(&self.section.heading);
        let fields = items.iter().filter(|_| named).find_map(|lines| lists::told(lines))?;
        for line in items.iter().filter_map(|lines| lines.first()) {
            self.values_behind(&line.text);
        }
        Some(fields)
    }

    /// Takes items for the fields of an entity, if most of them look like it.
    fn fields(&mut self, items: &[&[Line]], label: &str, line: u32, said: RawEntity) -> bool {
        let mut entity = self.entity(label, line, said);
        let (mut certain, mut read, mut typed) = (0, 0, 0);
        let mut unread: Vec<&[Line]> = Vec::new();
        for lines in items {
            let row = Row { cells: vec![join(lines)], line: lines[0].line };
            if table::constraint(&row.cells[0], &row, &mut entity) {
                continue;
            }
            let Some(bullet) = bullets::field(lines, Dialect::default()) else {
                unread.push(*lines);
                continue;
            };
            read += 1;
            certain += usize::from(bullet.certain);
            typed += usize::from(bullet.typed);
            entity.fields.extend(bullet.fields);
        }
        let identifiers = entity.fields.iter().all(|field| names::is_label(field.label.trim_start_matches('_')));
        let wanted = items.len().max(1);
        let enough = if self.context.in_data_model && self.context.topic != Topic::Unlikely {
            certain * 10 >= wanted * 6 || read == wanted && identifiers && read > 1 && typed * 3 >= read
        } else {
            typed * 10 >= wanted * 6
        };
        let common = entity.fields.iter().filter(|field| lists::is_common(&field.label)).count();
        let keyed = entity.fields.first().is_some_and(|field| names::key(&field.label) == "id") && read > 2;
        let names_alone = identifiers && read == items.len() && self.context.in_data_model;
        let told =
            typed > 0 || common > 0 || entity.fields.iter().any(|field| field.spec.is_some() || field.unique.is_some());
        if self.names_alone || self.announced.fields {
            let silent = |field: &&mut RawField| field.spec.is_none() && field.type_text.is_empty();
            entity.fields.iter_mut().filter(silent).for_each(|field| field.hint = Some(field.label.clone()));
        }
        if (self.announced.fields || self.names_alone && told) && read * 10 >= wanted * 6 && read > 1 {
            for lines in unread {
                let what = join(lines);
                let question = format!("What is `{what}` of `{label}`?");
                self.notes.ask(lines[0].line, question, "It is left out.");
            }
            self.found.entities.push(entity);
            return true;
        }
        let part = self.context.topic == Topic::Part && (certain * 10 >= wanted * 5 || names_alone && common > 0)
            || names_alone && (common > 1 || keyed) && self.context.topic == Topic::Entity;
        if typed == 0 && !part && common == 0 {
            // More likely the values of an enumeration.
            return false;
        }
        // One item under a heading that names an entity is its only field, where it says its type.
        let alone = items.len() == 1 && typed == 1 && self.context.in_data_model;
        let headed = self.context.topic == Topic::Entity && line == self.section.line && self.section.level < 7;
        let enough = enough && (read > 1 || alone && headed) || part;
        if !enough || !identifiers && typed * 10 < wanted * 5 {
            return false;
        }
        self.found.entities.push(entity);
        true
    }

    /// Items that state a whole entity each, or the values of an enumeration.
    fn one_item_entities(&mut self, items: &[&[Line]]) {
        if self.context.topic == Topic::Part {
            return;
        }
        values::of_items(items, self.context.opener.as_deref(), self.found);
        if !self.context.in_data_model {
            return;
        }
        for lines in items {
            let stated = relational::lines(lines);
            if !stated.is_empty() {
                self.found.entities.extend(stated);
                continue;
            }
            let titled = context::lists_entities(self.section);
            let described = || titled.then(|| bullets::described_entity(lines)).flatten();
            let Some((label, fields)) = bullets::entity_with_fields(&join(lines)).or_else(described) else {
                if let Some((label, said)) = titled.then(|| bullets::named_entity(lines)).flatten() {
                    self.found.listed.push((label, said, lines[0].line));
                }
                continue;
            };
            let mut entity = self.entity(&label, lines[0].line, RawEntity::default());
            entity.fields = folded::read(&fields, lines[0].line, Dialect::default());
            entity.summary = true;
            self.found.entities.push(entity);
        }
    }
}
