//! Every form of a data model in a document, section by section, as facts.

use crate::announced::Announced;
use crate::blocks::{Block, Line, Table, join};
use crate::context::{self, Context};
use crate::entities;
use crate::forms::{code, lined, lists, relational, table, values};
use crate::lexicon::Words;
use crate::loose::Dialect;
use crate::members;
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::openers;
use crate::outlines;
use crate::raw::{Found, RawEntity, RawField, RawOwner};
use crate::relations;
use crate::remarks;
use crate::sections::Section;
use crate::sentences;
use crate::stated;
use crate::tables;
use crate::topics::{self, Topic};

/// Reads all sections; documents in the explicit format are read elsewhere.
pub(crate) fn read(sections: &[Section], notes: &mut Notes) -> Found {
    let mut found = Found::default();
    let title = sections.iter().find(|section| section.level > 0);
    let about_data = title.is_some_and(|title| context::says_data_model(&title.heading));
    let repeated = context::Repeated::of(sections);
    let outlined = outlines::is_one(sections);
    let mut apart: Option<u8> = None;
    // The entity that the last heading opened, for a heading `Fields` beside it.
    let mut last: Option<(u8, String)> = None;
    for section in sections {
        // What has no rows of its own, with all that stands below its heading.
        apart = apart.filter(|level| section.level > *level);
        if has_no_rows(section) && section.level > 0 {
            apart = apart.or(Some(section.level));
            found.values.extend(openers::label(&section.heading));
        }
        if apart.is_some() {
            continue;
        }
        let mut context = Context::of(section, about_data, &repeated);
        context.in_data_model |= outlined && section.level == 0;
        match (&context.topic, &context.opener) {
            (Topic::Part, None) => {
                let beside = last.as_ref().filter(|(level, _)| *level == section.level);
                context.opener = beside.map(|(_, label)| label.clone());
            }
            (Topic::Entity, Some(label)) => last = Some((section.level, label.clone())),
            _ => {}
        }
        let line = section.line;
        let names_alone = false;
        let announced = Announced {
            text: section.heading.clone(),
            subject: context.above.clone(),
            kind: stated::kind(&section.heading).map(|kind| (kind, line)),
            ..Announced::default()
        };
        Reader { section, opener_line: line, context, announced, names_alone, found: &mut found, notes: &mut *notes }
            .read();
    }
    found
}

/// Lines below a heading that say that what it names has no rows of its own.
static NO_ENTITY: Words = Words("no entity of its own");

/// Whether the first line below a heading says so.
fn has_no_rows(section: &Section) -> bool {
    let Some(Block::Paragraph { lines }) = section.blocks.first() else { return false };
    let [line] = lines.as_slice() else { return false };
    NO_ENTITY.contains(&fold(line.text.trim_matches(['_', ' ', '.', '(', ')', '«', '»', '<', '>'])).as_str())
}

/// Reads one section; what lines in it announce changes the context of those that follow.
pub(crate) struct Reader<'a> {
    pub(crate) section: &'a Section,
    pub(crate) context: Context,
    pub(crate) opener_line: u32,
    pub(crate) announced: Announced,
    /// Whether what is listed is known to be fields by where it stands, so that names of words alone are enough.
    pub(crate) names_alone: bool,
    pub(crate) found: &'a mut Found,
    pub(crate) notes: &'a mut Notes,
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
        } else if let Some(label) = self.outline(lines, next) {
            (self.context.opener, self.opener_line, self.names_alone) = (Some(label), lines[0].line, true);
            self.context.topic = Topic::Entity;
            *said = RawEntity::default();
        } else if let Some(fields) = self.listed(lines) {
            let label = self.context.opener.clone().unwrap_or_default();
            self.found.entities.push(RawEntity { fields, ..self.entity(&label, self.opener_line, said.clone()) });
        } else {
            let prose = entities::statements(lines, said);
            let announces = lines.len() == 1 && prose.ends_with([':', '：']);
            if said.description.is_empty() && !prose.is_empty() && !announces {
                said.description.push(prose);
            }
        }
        self.announce(lines, next);
        for line in lines {
            self.line(line, false);
            if self.context.topic == Topic::Enumerations {
                values::line(&line.text, self.found);
            }
        }
        self.sentences(&join(lines), lines.first().map_or(1, |line| line.line));
        if self.context.topic != Topic::Nothing {
            self.found.entities.extend(lined::paragraph(lines));
        }
        if self.context.in_data_model && !matches!(self.context.topic, Topic::Nothing | Topic::Relations) {
            self.found.entities.extend(relational::lines(lines));
        }
    }

    /// Takes up the states that sentences give, and in a data model the fields that they list.
    pub(crate) fn sentences(&mut self, text: &str, line: u32) {
        // The entity that `The status` of the next sentence is of.
        let mut subject = self.context.opener.clone();
        for sentence in sentences::of(text) {
            self.found.enums.extend(sentences::states(sentence, subject.as_deref()));
            if self.context.in_data_model && self.context.topic != Topic::Nothing {
                let entity = sentences::fields(sentence, line);
                subject = entity.as_ref().map(|entity| entity.label.clone()).or(subject);
                self.found.entities.extend(entity);
            }
        }
    }

    /// The entity that a line of its own names before the list of its fields, with no mark around it.
    fn outline(&self, lines: &[Line], next: Option<&Block>) -> Option<String> {
        let above = self.context.opener.is_none() || self.names_alone;
        let above = above && matches!(self.context.topic, Topic::Entity | Topic::Unlikely);
        if !self.context.in_data_model || !above || !matches!(next, Some(Block::Item { .. })) {
            return None;
        }
        outlines::name(lines)
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
    pub(crate) fn line(&mut self, line: &Line, item: bool) -> bool {
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
        if ["", "text"].contains(&lang) {
            let lines = text.lines().zip(line..).filter(|(text, _)| !text.trim().is_empty());
            let stated: Vec<_> = lines.clone().filter_map(|(text, at)| relations::sentence(text, at)).collect();
            if stated.len() * 2 > lines.count() {
                self.found.relations.extend(stated);
                return;
            }
        }
        if let Some(label) = self.context.opener.clone()
            && self.context.in_data_model
            && matches!(self.context.topic, Topic::Entity | Topic::Part)
            && let Some(fields) = lists::of_names(lang, text, line)
        {
            self.found.entities.push(RawEntity { fields, ..self.entity(&label, self.section.line, said.clone()) });
            return;
        }
        if self.context.in_data_model && self.context.topic != Topic::Nothing {
            let listed = lined::fence(lang, text, line);
            if !listed.is_empty() {
                self.found.entities.extend(listed);
                return;
            }
        }
        let shown = lang.starts_with("json") && openers::is_shape(&self.section.heading);
        let opener = self.context.opener.as_deref().filter(|_| self.context.in_data_model || shown);
        let opener = opener.filter(|_| !matches!(self.context.topic, Topic::Nothing | Topic::Relations));
        let before = self.found.entities.len();
        code::read(lang, text, line, opener, self.found);
        let parent = openers::path_parent(&self.section.heading);
        for entity in self.found.entities.iter_mut().skip(before) {
            entity.owner = entity.owner.take().or_else(|| parent.clone().map(RawOwner::Parent));
        }
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

    pub(crate) fn entity(&self, label: &str, line: u32, said: RawEntity) -> RawEntity {
        let alias = openers::alias(&self.section.heading, label).filter(|_| line == self.section.line);
        let parent = openers::path_parent(&self.section.heading).filter(|_| line == self.section.line);
        let owner = said.owner.clone().or_else(|| parent.map(RawOwner::Parent));
        let twin = alias.clone().filter(|_| self.section.heading.contains('`'));
        RawEntity { label: label.to_owned(), alias, twin, line, owner, ..said }
    }
}
