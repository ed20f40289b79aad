//! Every form of a data model in a document, section by section, as facts.

use crate::announced::Announced;
use crate::blocks::{Block, Line, Row, Table, join};
use crate::context::{self, Context};
use crate::entities;
use crate::forms::{bullets, code, folded, lists, relational, table, values};
use crate::loose::Dialect;
use crate::members;
use crate::names;
use crate::notes::Notes;
use crate::openers;
use crate::raw::{Found, RawEntity, RawField};
use crate::relations;
use crate::remarks;
use crate::sections::Section;
use crate::tables;
use crate::topics::{self, Topic};

/// Reads all sections; documents in the explicit format are read elsewhere.
pub(crate) fn read(sections: &[Section], notes: &mut Notes) -> Found {
    let mut found = Found::default();
    let title = sections.iter().find(|section| section.level > 0);
    let about_data = title.is_some_and(|title| context::says_data_model(&title.heading));
    let repeated = context::Repeated::of(sections);
    for section in sections {
        let context = Context::of(section, about_data, &repeated);
        let line = section.line;
        let announced = Announced { text: section.heading.clone(), subject: context.above.clone(), topic: None };
        Reader { section, opener_line: line, context, announced, found: &mut found, notes: &mut *notes }.read();
    }
    found
}

/// Reads one section; what lines in it announce changes the context of those that follow.
pub(crate) struct Reader<'a> {
    section: &'a Section,
    pub(crate) context: Context,
    opener_line: u32,
    pub(crate) announced: Announced,
    pub(crate) found: &'a mut Found,
    notes: &'a mut Notes,
}

impl Reader<'_> {
    fn read(&mut self) {
        // What is said before an entity's fields are listed.
        let mut said = RawEntity::default();
        let blocks = &self.section.blocks;
        let mut at = 0;
        while at < blocks.len() {
            let topic = self.context.topic;
            if !matches!(blocks[at], Block::Paragraph { .. }) {
                self.context.topic = self.announced.topic.take().unwrap_or(topic);
            }
            match &blocks[at] {
                Block::Paragraph { lines } => {
                    self.paragraph(lines, blocks.get(at + 1), &mut said);
                    at += 1;
                    continue;
                }
                Block::Table(table) => self.table(table, std::mem::take(&mut said)),
                Block::Code { lang, text, line } => self.code(lang, text, *line, &said),
                Block::Item { .. } => {
                    let end = blocks[at..].iter().position(|block| !matches!(block, Block::Item { .. }));
                    let end = end.map_or(blocks.len(), |to| at + to);
                    self.list(&blocks[at..end], std::mem::take(&mut said));
                    at = end - 1;
                }
                _ => {}
            }
            self.context.topic = topic;
            self.announced = Announced::default();
            at += 1;
        }
    }

    fn paragraph(&mut self, lines: &[Line], next: Option<&Block>, said: &mut RawEntity) {
        if let Some((label, line)) = openers::opening(lines, next) {
            match topics::of(&label) {
                // `Table: orders` under `Order` says how the same thing is stored.
                Topic::Entity | Topic::Unlikely if self.is_alias(&label) => {}
                Topic::Entity | Topic::Unlikely => {
                    (self.context.opener, self.opener_line) = (Some(label), line);
                    self.context.topic = Topic::Entity;
                    *said = RawEntity::default();
                }
                topic => self.context.topic = topic,
            }
        } else if let Some(fields) = self.listed(lines) {
            let label = self.context.opener.clone().unwrap_or_default();
            self.found.entities.push(RawEntity { fields, ..self.entity(&label, self.opener_line, said.clone()) });
        } else {
            let prose = entities::statements(lines, said);
            if said.description.is_empty() && !prose.is_empty() {
                said.description.push(prose);
            }
        }
        self.announce(lines, next);
        for line in lines {
            self.line(line, false);
        }
        if self.context.in_data_model && !matches!(self.context.topic, Topic::Nothing | Topic::Relations) {
            self.found.entities.extend(relational::lines(lines));
        }
    }

    /// Whether a name that a paragraph opens stands right below a heading that is one name itself.
    fn is_alias(&self, label: &str) -> bool {
        let heading = self.context.opener.as_deref().filter(|_| self.opener_line == self.section.line);
        names::is_identifier(label) && heading.is_some_and(names::is_identifier) && self.section.level < 7
    }

    /// The fields that a paragraph under the name of an entity lists.
    fn listed(&self, lines: &[Line]) -> Option<Vec<RawField>> {
        let asked = self.context.in_data_model && matches!(self.context.topic, Topic::Entity | Topic::Part);
        self.context.opener.as_ref().filter(|_| asked).and_then(|_| lists::sentence(lines))
    }

    /// Relations, references and constraints that a line of prose or of a list states; whether it states one.
    fn line(&mut self, line: &Line, item: bool) -> bool {
        let subject = self.context.opener.clone();
        let relation = relations::sentence(&line.text, line.line).or_else(|| {
            let asked = item && (self.context.topic == Topic::Relations || line.text.contains(['→', '(']));
            subject.as_deref().filter(|_| asked).and_then(|name| relations::of_subject(&line.text, name, line.line))
        });
        let links = remarks::links(&line.text, subject.as_deref(), line.line);
        let opened = |field: &str| line.text.trim_start_matches(['`', '*']).starts_with(field);
        let stated = relation.is_some() && !line.text.starts_with('`')
            || links.iter().any(|link| opened(&link.field) || opened(&link.entity));
        self.found.relations.extend(relation);
        self.found.links.extend(links);
        self.found.shared.extend(members::said(&line.text).map(|(what, of)| (what, of, line.line)));
        let among_indexes = item && self.context.topic == Topic::Indexes;
        if let (Some(subject), false) = (subject, self.context.topic == Topic::Nothing)
            && let Some(constraint) = remarks::constraint(&line.text, among_indexes, line.line)
        {
            self.found.constraints.push((subject, constraint));
        }
        stated
    }

    fn code(&mut self, lang: &str, text: &str, line: u32, said: &RawEntity) {
        if self.values(values::of_lines(lang, text)) {
            return;
        }
        if let Some(label) = self.context.opener.clone()
            && self.context.in_data_model
            && matches!(self.context.topic, Topic::Entity | Topic::Part)
            && let Some(fields) = lists::of_names(lang, text, line)
        {
            self.found.entities.push(RawEntity { fields, ..self.entity(&label, self.section.line, said.clone()) });
            return;
        }
        let opener = self.context.opener.as_deref().filter(|_| self.context.in_data_model);
        let opener = opener.filter(|_| !matches!(self.context.topic, Topic::Nothing | Topic::Relations));
        code::read(lang, text, line, opener, self.found);
    }

    fn table(&mut self, table: &Table, said: RawEntity) {
        if tables::is_explicit(table) {
            return;
        }
        if let Some(relations) = relations::table(table) {
            self.found.relations.extend(relations);
            return;
        }
        match self.context.topic {
            Topic::Nothing => return,
            Topic::Enumerations if values::table(table, self.found) => return,
            Topic::Indexes | Topic::Relations => {
                self.rows_as_lines(table);
                return;
            }
            _ => {}
        }
        match table::kind(table, self.context.in_data_model) {
            table::Kind::Fields => {
                let Some(label) = self.context.opener.clone() else { return };
                if self.context.topic == Topic::Unlikely && !self.context.in_data_model && !table::has_key(table) {
                    return;
                }
                let mut entity = self.entity(&label, self.opener_line, said);
                table::read(table, &mut entity, Dialect::default(), self.notes);
                self.found.entities.push(entity);
            }
            table::Kind::GroupedFields => self.found.entities.extend(table::grouped(table, self.notes)),
            table::Kind::FoldedFields => self.found.entities.extend(table::folded_rows(table)),
            table::Kind::Entities => self.found.listed.extend(table::listed(table)),
            table::Kind::Other => {
                if !values::table(table, self.found) && !self.values(values::first_column(table)) {
                    values::of_first_column(table, self.context.opener.as_deref(), self.found);
                }
            }
        }
    }

    /// Indexes and relations in a table say what lines of a list would.
    fn rows_as_lines(&mut self, table: &Table) {
        for row in &table.rows {
            for cell in &row.cells {
                self.line(&Line { text: cell.clone(), line: row.line, ..Line::default() }, true);
            }
        }
    }

    fn entity(&self, label: &str, line: u32, said: RawEntity) -> RawEntity {
        let alias = openers::alias(&self.section.heading, label).filter(|_| line == self.section.line);
        RawEntity { label: label.to_owned(), alias, line, ..said }
    }

    fn list(&mut self, items: &[Block], said: RawEntity) {
        let items = lists::items(items);
        let stated: Vec<bool> = items.iter().map(|item| item.lines.iter().any(|line| self.line(line, true))).collect();
        if matches!(self.context.topic, Topic::Nothing | Topic::Relations | Topic::Indexes) {
            return;
        }
        if self.context.topic == Topic::Enumerations {
            values::items(&items, self.found);
            return;
        }
        let own = self.nested(&items, &stated);
        if own.is_empty() || self.context.topic != Topic::Part && self.values(values::of_list(&own)) {
            return;
        }
        if let Some(label) = self.context.opener.clone()
            && self.fields(&own, &label, self.opener_line, said)
        {
            return;
        }
        self.one_item_entities(&own);
    }

    /// Reads items with items below them, as entities or as a part of the entity above; gives the others.
    fn nested<'b>(&mut self, items: &[lists::Item<'b>], stated: &[bool]) -> Vec<&'b [Line]> {
        let mut own: Vec<&[Line]> = Vec::new();
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
        own
    }

    /// Takes items for the fields of an entity, if most of them look like it.
    fn fields(&mut self, items: &[&[Line]], label: &str, line: u32, said: RawEntity) -> bool {
        let mut entity = self.entity(label, line, said);
        let (mut certain, mut read, mut typed) = (0, 0, 0);
        for lines in items {
            let row = Row { cells: vec![join(lines)], line: lines[0].line };
            if table::constraint(&row.cells[0], &row, &mut entity) {
                continue;
            }
            let Some(bullet) = bullets::field(lines, Dialect::default()) else {
                continue;
            };
            read += 1;
            certain += usize::from(bullet.certain);
            typed += usize::from(bullet.typed);
            entity.fields.extend(bullet.fields);
        }
        let identifiers = entity.fields.iter().all(|field| names::is_identifier(field.label.trim_start_matches('_')));
        let wanted = items.len().max(1);
        let enough = if self.context.in_data_model && self.context.topic != Topic::Unlikely {
            certain * 10 >= wanted * 6 || read == wanted && identifiers && read > 1 && typed * 3 >= read
        } else {
            typed * 10 >= wanted * 6
        };
        let common = entity.fields.iter().filter(|field| lists::is_common(&field.label)).count();
        let names_alone = identifiers && read == items.len() && self.context.in_data_model;
        let part = self.context.topic == Topic::Part && (certain * 10 >= wanted * 5 || names_alone && common > 0)
            || names_alone && common > 1 && self.context.topic == Topic::Entity;
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
