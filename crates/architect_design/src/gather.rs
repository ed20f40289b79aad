//! Every form of a data model in a document, section by section.

use crate::blocks::{Block, Line, Table, join};
use crate::entities;
use crate::forms::{bullets, code, table};
use crate::lexicon::Words;
use crate::loose::Dialect;
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::openers;
use crate::raw::{Found, RawEntity};
use crate::relations;
use crate::requirements;
use crate::sections::Section;
use crate::tables;
use crate::words::Column;

/// Words of headings above a data model.
static DATA_MODEL: Words = Words("data model");

/// Headings that name a data model and no entity of it.
static TITLES: Words = Words("title of a data model");

fn is_title(heading: &str) -> bool {
    let folded = fold(heading);
    let plain = folded.trim_start_matches(|c: char| !c.is_alphabetic()).trim_end_matches([':', ' ']);
    TITLES.contains(&plain)
        || [
            "data model",
            "datamodel",
            "modelo de d",
            "modele de donn",
            "datenmodell",
            "veri modeli",
            "mo hinh du lieu",
            "base de datos",
            "banco de dados",
            "数据模型",
            "数据库",
            "データモデル",
            "データベース",
            "데이터",
        ]
        .iter()
        .any(|phrase| plain.starts_with(phrase))
}

/// Whether the title of a document says that all of it is a data model.
fn says_data_model(title: &str) -> bool {
    let folded = fold(title);
    let phrases = [
        "data model",
        "database design",
        "database schema",
        "data dictionary",
        "modelo de datos",
        "modelo de dados",
        "modele de donnees",
        "dictionnaire de donnees",
        "datenmodell",
        "数据库设计",
        "数据模型",
        "データモデル",
        "データベース設計",
    ];
    phrases.iter().any(|phrase| folded.contains(phrase))
}

/// Reads all sections; documents in the explicit format are read elsewhere.
pub(crate) fn read(sections: &[Section], notes: &mut Notes) -> Found {
    let mut found = Found::default();
    let about_data = sections
        .iter()
        .find(|section| section.level > 0)
        .is_some_and(|first| is_title(&first.heading) || says_data_model(&first.heading));
    for section in sections {
        let mut context = Context::of(section);
        context.in_data_model |= about_data;
        Reader { section, context, found: &mut found, notes: &mut *notes }.read();
    }
    found
}

/// What the headings say about a section.
struct Context {
    in_data_model: bool,
    excluded: bool,
    opener: Option<String>,
}

impl Context {
    fn of(section: &Section) -> Self {
        let mut headings = section.above.iter().chain([&section.heading]);
        let in_data_model = headings.any(|heading| {
            let folded = fold(heading);
            DATA_MODEL.iter().any(|word| folded.contains(word))
        });
        let requirement = section.above.iter().chain([&section.heading]).any(|heading| requirements::opens(heading));
        let excluded = openers::is_never(&section.heading) || requirement;
        let opener = if openers::is_part(&section.heading) {
            section
                .above
                .iter()
                .rev()
                .find(|heading| !openers::is_part(heading))
                .and_then(|heading| openers::label(heading))
        } else {
            openers::label(&section.heading)
        };
        Self { in_data_model, excluded, opener: opener.filter(|_| section.level > 0 && !is_title(&section.heading)) }
    }
}

struct Reader<'a> {
    section: &'a Section,
    context: Context,
    found: &'a mut Found,
    notes: &'a mut Notes,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut opener = self.context.opener.clone();
        let mut opener_line = self.section.line;
        // What is said before an entity's fields are listed.
        let mut said = RawEntity::default();
        let blocks = &self.section.blocks;
        let mut at = 0;
        while at < blocks.len() {
            match &blocks[at] {
                Block::Paragraph { lines } => {
                    if let Some(label) = opening_line(lines) {
                        opener_line = lines.last().map_or(opener_line, |line| line.line);
                        opener = Some(label);
                        said = RawEntity::default();
                    } else {
                        let prose = entities::statements(lines, &mut said);
                        if said.description.is_empty() && !prose.is_empty() {
                            said.description.push(prose);
                        }
                    }
                    self.sentences(lines);
                }
                Block::Table(table) => self.table(table, opener.as_deref(), opener_line, std::mem::take(&mut said)),
                Block::Code { lang, text, line } => {
                    let taken = opener.as_deref().is_some_and(|label| self.names_only(label, lang, text, *line, &said));
                    if !taken {
                        code::read(lang, text, *line, self.found);
                    }
                }
                Block::Item { .. } => {
                    let end = blocks[at..]
                        .iter()
                        .position(|block| !matches!(block, Block::Item { .. }))
                        .map_or(blocks.len(), |to| at + to);
                    self.list(&blocks[at..end], opener.as_deref(), opener_line, std::mem::take(&mut said));
                    at = end;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// A fence without a language that lists the names of fields, one per line.
    fn names_only(&mut self, label: &str, lang: &str, text: &str, line: u32, said: &RawEntity) -> bool {
        if !self.context.in_data_model || self.context.excluded || !["", "text"].contains(&lang) {
            return false;
        }
        let listed: Vec<(u32, &str)> = (line..)
            .zip(text.lines().map(|text| text.split(" #").next().unwrap_or_default().trim()))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let name = |text: &str| text.split([' ', ':', '(']).next().unwrap_or_default().to_owned();
        let names =
            listed.iter().all(|(_, text)| names::is_identifier(&name(text)) && text.split_whitespace().count() < 5);
        if listed.len() < 2 || !names || !listed.iter().any(|(_, text)| is_common(&name(text))) {
            return false;
        }
        let mut entity = self.entity(label, self.section.line, said.clone());
        for (line, text) in listed {
            entity.fields.extend(table::folded(text, line, Dialect::default()));
        }
        self.found.entities.push(entity);
        true
    }

    fn sentences(&mut self, lines: &[Line]) {
        for line in lines {
            self.found.relations.extend(relations::sentence(&line.text, line.line));
        }
    }

    fn table(&mut self, table: &Table, opener: Option<&str>, line: u32, said: RawEntity) {
        if tables::is_explicit(table) {
            return;
        }
        if let Some(relations) = relations::table(table) {
            self.found.relations.extend(relations);
            return;
        }
        if self.context.excluded {
            return;
        }
        match table::kind(table, self.context.in_data_model) {
            table::Kind::Fields => {
                let Some(label) = opener else { return };
                let mut entity = self.entity(label, line, said);
                table::read(table, &mut entity, Dialect::default(), self.notes);
                self.found.entities.push(entity);
            }
            table::Kind::GroupedFields => self.grouped(table),
            table::Kind::FoldedFields => self.folded(table),
            table::Kind::Entities => self.names(table),
            table::Kind::Other => self.values(table, opener),
        }
    }

    fn entity(&self, label: &str, line: u32, said: RawEntity) -> RawEntity {
        RawEntity { label: label.to_owned(), line, ..said }
    }

    /// `Entity | Field | Type`: the entity may be named in its first row only.
    fn grouped(&mut self, table: &Table) {
        let columns = tables::Columns::of(table);
        let mut entities: Vec<(RawEntity, Table)> = Vec::new();
        for row in &table.rows {
            let name = columns.cell(row, Column::Entity).replace('`', "");
            if !name.is_empty() && entities.last().is_none_or(|(entity, _)| entity.label != name) {
                let part = Table { header: table.header.clone(), rows: Vec::new(), line: table.line };
                entities.push((self.entity(&name, row.line, RawEntity::default()), part));
            }
            if let Some((_, part)) = entities.last_mut() {
                part.rows.push(row.clone());
            }
        }
        for (mut entity, part) in entities {
            table::read(&part, &mut entity, Dialect::default(), self.notes);
            self.found.entities.push(entity);
        }
    }

    /// `Entity | Fields`: all fields in one cell.
    fn folded(&mut self, table: &Table) {
        let columns = tables::Columns::of(table);
        for row in &table.rows {
            let Some(label) = openers::label(columns.cell(row, Column::Entity)) else {
                continue;
            };
            let mut entity = self.entity(&label, row.line, RawEntity::default());
            entity.description =
                columns.all(row, Column::Description).filter(|cell| !cell.is_empty()).map(str::to_owned).collect();
            entity.fields = table::folded(columns.cell(row, Column::Field), row.line, Dialect::default());
            self.found.entities.push(entity);
        }
    }

    /// `Entity | Description`: names alone.
    fn names(&mut self, table: &Table) {
        let columns = tables::Columns::of(table);
        for row in &table.rows {
            let Some(label) = openers::label(columns.cell(row, Column::Entity)) else {
                continue;
            };
            let description = Some(columns.cell(row, Column::Description).to_owned()).filter(|text| !text.is_empty());
            let entity = self.entity(
                &label,
                row.line,
                RawEntity { description: description.into_iter().collect(), ..RawEntity::default() },
            );
            self.found.entities.push(entity);
        }
    }

    /// A table that may list the values of an enumeration.
    fn values(&mut self, table: &Table, opener: Option<&str>) {
        let columns = tables::Columns::of(table);
        if columns.has(Column::Method) || columns.has(Column::Id) || table.header.len() > 3 {
            return;
        }
        let values: Vec<String> =
            table.rows.iter().filter_map(|row| row.cells.first()).filter_map(|cell| value(cell)).collect();
        if values.len() == table.rows.len() && values.len() > 1 {
            let names = opener.map(str::to_owned).into_iter().chain(table.header.first().cloned());
            for name in names {
                self.found.enums.push((name, values.clone()));
            }
        }
    }

    fn list(&mut self, items: &[Block], opener: Option<&str>, line: u32, said: RawEntity) {
        let items: Vec<(u8, &Vec<Line>)> = items
            .iter()
            .filter_map(|block| match block {
                Block::Item { depth, lines } => Some((*depth, lines)),
                _ => None,
            })
            .collect();
        for (_, lines) in &items {
            self.sentences(lines);
        }
        if self.context.excluded {
            return;
        }
        let top = items.iter().map(|(depth, _)| *depth).min().unwrap_or(1);
        let mut own: Vec<&Vec<Line>> = Vec::new();
        let mut at = 0;
        while at < items.len() {
            let lines = items[at].1;
            let end = items[at + 1..].iter().position(|(depth, _)| *depth <= top).map_or(items.len(), |to| at + 1 + to);
            let nested: Vec<&Vec<Line>> =
                items[at + 1..end].iter().filter(|(depth, _)| *depth == top + 1).map(|(_, lines)| *lines).collect();
            if nested.len() > 1
                && let Some(label) = openers::label(&join(lines))
                && self.fields(&nested, &label, lines[0].line, RawEntity::default())
            {
                at = end;
                continue;
            }
            own.push(lines);
            at = end;
        }
        if let Some(label) = opener
            && self.fields(&own, label, line, said)
        {
            return;
        }
        self.one_item_entities(&own, opener);
    }

    /// Takes items for the fields of an entity, if most of them look like it.
    fn fields(&mut self, items: &[&Vec<Line>], label: &str, line: u32, said: RawEntity) -> bool {
        let mut entity = self.entity(label, line, said);
        let (mut certain, mut read, mut typed) = (0, 0, 0);
        for lines in items {
            let row = crate::blocks::Row { cells: vec![join(lines)], line: lines[0].line };
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
        let enough = if self.context.in_data_model {
            certain * 10 >= wanted * 6 || read == wanted && identifiers && read > 1 && typed * 3 >= read
        } else {
            typed * 10 >= wanted * 6
        };
        if typed == 0 && !entity.fields.iter().any(|field| is_common(&field.label)) {
            // More likely the values of an enumeration.
            return false;
        }
        if !enough || read < 2 || !identifiers && typed * 10 < wanted * 5 {
            return false;
        }
        self.found.entities.push(entity);
        true
    }

    /// Items that state a whole entity each, or the values of an enumeration.
    fn one_item_entities(&mut self, items: &[&Vec<Line>], opener: Option<&str>) {
        let values: Vec<String> = items.iter().filter_map(|lines| value(&join(lines))).collect();
        if values.len() == items.len()
            && values.len() > 1
            && let Some(name) = opener
        {
            self.found.enums.push((name.to_owned(), values));
        }
        if !self.context.in_data_model {
            return;
        }
        for lines in items {
            let Some((label, fields)) = bullets::entity_with_fields(&join(lines)) else {
                continue;
            };
            let mut entity = self.entity(&label, lines[0].line, RawEntity::default());
            entity.fields = table::folded(&fields, lines[0].line, Dialect::default());
            self.found.entities.push(entity);
        }
    }
}

/// `Table: users`, `**users** table:` in a paragraph of its own.
fn opening_line(lines: &[Line]) -> Option<String> {
    let text = &lines.last()?.text;
    let words = text.split_whitespace().count();
    let first = fold(text.split([':', ' ', '：']).next().unwrap_or_default());
    let named = [
        "table",
        "tabla",
        "tabela",
        "entidad",
        "entidade",
        "entity",
        "entite",
        "tabelle",
        "entitat",
        "collection",
        "表",
        "表名",
        "tablo",
        "bang",
    ]
    .contains(&first.as_str());
    let opens = text.ends_with([':', '：']) && text.contains('`') || named;
    (opens && words <= 6).then(|| openers::label(text)).flatten()
}

/// One value of an enumeration: a code span or a short word, perhaps with an explanation.
fn value(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix('`') {
        return inside
            .split('`')
            .next()
            .map(str::to_owned)
            .filter(|value| !value.is_empty() && !value.contains(['/', ' ', '(']));
    }
    let end = text
        .find([':', '：'])
        .or_else(|| text.find(" - "))
        .or_else(|| text.find(" — "))
        .or_else(|| text.find(" – "))
        .or_else(|| text.find(" ("));
    let word = text[..end.unwrap_or(text.len())].trim();
    (!word.is_empty() && word.split_whitespace().count() <= 2 && word.chars().count() <= 30 && !word.ends_with('.'))
        .then(|| word.trim_matches('"').to_owned())
}

/// Names that hardly any value of an enumeration has.
fn is_common(label: &str) -> bool {
    let snake = names::snake(label);
    ["id", "name", "title", "email", "nombre", "titulo", "nome", "nom", "description", "created_at", "descripcion"]
        .contains(&snake.as_str())
        || snake.ends_with("_id")
        || snake.ends_with("_at")
}
