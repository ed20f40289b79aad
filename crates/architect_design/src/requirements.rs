//! Requirements: identifiers in their shapes, texts and priorities.

use std::collections::HashMap;

use architect_model::{Priority, Requirement};

use crate::blocks::{Block, Line, Row, Table, join};
use crate::lexicon::Words;
use crate::names::fold;
use crate::notes::Notes;
use crate::priorities::{SAID, Scale, priority};
use crate::ranks;
use crate::sections::Section;
use crate::tables::Columns;
use crate::words::Column;

/// The requirements that a document defines, each once, where it is defined first.
pub(crate) fn read_all(sections: &[Section], notes: &mut Notes) -> Vec<Requirement> {
    let scale = Scale::of(sections);
    let mut all: Vec<Requirement> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    // The requirement that the last heading opened, and the level of that heading.
    let mut opened: Option<(u8, String)> = None;
    for section in sections {
        if let Some((_, id)) = opened.as_ref().filter(|(level, _)| section.level > *level)
            && let Some(stated) = priority_section(section, scale)
        {
            let place = places.get(id).copied();
            place.into_iter().for_each(|at| all[at].priority = all[at].priority.or(Some(stated)));
            continue;
        }
        if let Some((id, _)) = definition(&section.heading, false).filter(|_| (1..7).contains(&section.level)) {
            opened = Some((section.level, id));
        }
        for found in read_section(section, scale, notes) {
            match places.get(&found.id).copied() {
                Some(at) => {
                    all[at].priority = all[at].priority.or(found.priority);
                    if all[at].text.is_empty() {
                        all[at].text = found.text;
                    }
                }
                None => {
                    places.insert(found.id.clone(), all.len());
                    all.push(found);
                }
            }
        }
    }
    for (id, stated) in sections.iter().flat_map(|section| ranks::read(section, scale)) {
        let place = places.get(&id).copied();
        place.into_iter().for_each(|at| all[at].priority = all[at].priority.or(Some(stated)));
    }
    all
}

/// The priority that a section of its own states: `### Priority` with a line `High` below.
fn priority_section(section: &Section, scale: Scale) -> Option<Priority> {
    let said = SAID.contains(&fold(&section.heading).trim_end_matches(':').trim());
    let first = section.blocks.first().filter(|_| said)?;
    block_texts(first).first().and_then(|text| priority(text, scale))
}

/// Whether a section defines requirements.
pub(crate) fn defines_any(section: &Section, notes: &mut Notes) -> bool {
    !read_section(section, Scale::default(), notes).is_empty()
}

/// Whether a heading is that of a requirement: `RF-001 — Title`; where the text is not `about` data, unknown letters
/// count.
pub(crate) fn opens(heading: &str, about: bool) -> bool {
    definition(heading, about).is_some_and(|(id, _)| id.len() > 2)
}

fn read_section(section: &Section, scale: Scale, notes: &mut Notes) -> Vec<Requirement> {
    let mut found: Vec<Requirement> = Vec::new();
    let about = section.above.iter().chain([&section.heading]).any(|heading| is_about(heading));
    let inherited = section.above.iter().chain([&section.heading]).rev().find_map(|heading| priority(heading, scale));
    let opened = definition(&section.heading, about).or_else(|| trailing(&section.heading));
    let opened = opened.or_else(|| before_remark(&section.heading));
    if let Some((id, text)) = opened.filter(|_| section.level > 0) {
        let (text, trailing) = match trailing_priority(&text, scale) {
            Some((before, found)) => (before.to_owned(), Some(found)),
            None => (text, None),
        };
        let inline = inline_priority(&section.heading, scale).or(trailing);
        found.push(Requirement {
            id,
            text: without_priority(&text, scale),
            priority: inline,
            at: notes.at(section.line),
        });
    }
    for block in &section.blocks {
        match block {
            Block::Table(table) => {
                let more = rows(table, scale, about, found.last_mut(), notes);
                found.extend(more);
            }
            Block::Paragraph { lines } | Block::Item { lines, .. } => {
                self::lines(lines, scale, about, &mut found, notes)
            }
            Block::Code { lang, text, line } if lang.is_empty() || lang == "text" => {
                let lines: Vec<Line> = text
                    .lines()
                    .zip(*line..)
                    .map(|(text, line)| Line { text: text.trim().to_owned(), line, ..Line::default() })
                    .collect();
                self::lines(&lines, scale, about, &mut found, notes);
            }
            _ => {}
        }
    }
    for requirement in &mut found {
        requirement.priority = requirement.priority.or(inherited);
    }
    found
}

/// Definitions at the beginning of lines; a line of priority belongs to the requirement before it.
fn lines(lines: &[Line], scale: Scale, about: bool, found: &mut Vec<Requirement>, notes: &mut Notes) {
    let mut open = false;
    for line in lines {
        if let Some((id, text)) = definition(&line.text, about) {
            let priority = inline_priority(&line.text, scale);
            found.push(Requirement { id, text: without_priority(&text, scale), priority, at: notes.at(line.line) });
            open = true;
        } else if let Some(stated) = stated_priority(&line.text, scale) {
            if let Some(last) = found.last_mut() {
                last.priority = last.priority.or(Some(stated));
            }
        } else if open && let Some(last) = found.last_mut() {
            last.text = format!("{} {}", last.text, line.text).trim().to_owned();
        }
    }
}

/// A table with a column of identifiers; a table of two columns may describe one requirement.
fn rows(
    table: &Table,
    scale: Scale,
    about: bool,
    open: Option<&mut Requirement>,
    notes: &mut Notes,
) -> Vec<Requirement> {
    let columns = Columns::of(table);
    if columns.has(Column::Method) {
        return Vec::new();
    }
    if let Some(card) = card(table, scale, open, notes) {
        return card;
    }
    let wanted = if columns.has(Column::Requirement) { Column::Requirement } else { Column::Description };
    let mut found = Vec::new();
    let mut others = 0;
    for row in &table.rows {
        let cell = if columns.has(Column::Id) {
            columns.cell(row, Column::Id)
        } else {
            row.cells.first().map_or("", String::as_str)
        };
        let named = columns.has(Column::Requirement) && columns.has(Column::Id);
        let about = about || columns.has(Column::Requirement) || columns.has(Column::Priority);
        let Some(id) = only_id(cell, named, about) else {
            others += usize::from(leading_id(cell).is_some_and(|(id, _)| !is_other(&id)));
            continue;
        };
        let mut text = columns.cell(row, wanted).to_owned();
        if !columns.has(wanted) {
            text = row.cells.iter().skip(1).max_by_key(|cell| cell.len()).cloned().unwrap_or_default();
        }
        let stated = columns.cell(row, Column::Priority);
        found.push(Requirement { id, text, priority: priority(stated, scale), at: notes.at(row.line) });
    }
    // Codes of something else, some of which look like identifiers: `E20`, `F20`.
    if others >= found.len() { Vec::new() } else { found }
}

/// `Campo | Descripción` with rows `ID`, `Nombre`, `Prioridad`: one requirement.
fn card(table: &Table, scale: Scale, open: Option<&mut Requirement>, notes: &mut Notes) -> Option<Vec<Requirement>> {
    if table.header.len() != 2 {
        return None;
    }
    let header = Row { cells: table.header.clone(), line: table.line };
    let rows: Vec<&Row> = [&header].into_iter().chain(&table.rows).collect();
    let find = |words: &[&str]| {
        rows.iter()
            .find(|row| row.cells.first().is_some_and(|cell| words.contains(&fold(cell).trim_matches([':', ' ']))))
    };
    let stated = find(&["prioridad", "priority", "prioridade", "priorite", "prioritat", "优先级", "優先度"])
        .and_then(|row| priority(row.cells.get(1)?, scale));
    let Some((row, id)) =
        find(&["id", "codigo", "code", "identificador", "identifier", "kennung", "ref", "n°", "id requisito", "编号"])
            .and_then(|row| Some((row, only_id(row.cells.get(1)?, false, true)?)))
    else {
        if let (Some(open), Some(stated)) = (open, stated) {
            open.priority = open.priority.or(Some(stated));
        }
        return stated.map(|_| Vec::new());
    };
    let named = find(&["nombre", "name", "titulo", "title", "nome", "nom", "titre", "titel"]);
    let text = find(&["descripcion", "description", "descricao", "beschreibung", "说明", "描述"]).or(named);
    let text = text.and_then(|row| row.cells.get(1)).cloned().unwrap_or_default();
    Some(vec![Requirement { id, text, priority: stated, at: notes.at(row.line) }])
}

/// Letters of identifiers that are requirements, not rules, criteria, errors or questions.
static PREFIXES: Words = Words("prefix");

/// Letters of identifiers that are something else.
/// Words of headings above requirements.
static ABOUT: Words = Words("about requirements");

/// Letters of rules, criteria and goals, whatever the table is about.
static RULES: Words = Words("rule prefix");

static OTHERS: Words = Words("other prefix");

/// An identifier at the start of a text, normal in no way: `FR-1`, `RF01`, `US-3`, `Requirement 1`.
pub(crate) fn leading_id(text: &str) -> Option<(String, &str)> {
    for word in [
        "Requirement ",
        "Requisito ",
        "User Story ",
        "Historia de usuario ",
        "Exigence ",
        "Anforderung ",
        "Use Case ",
        "Caso de uso ",
    ] {
        let Some(rest) = text.strip_prefix(word) else {
            continue;
        };
        let digits: String = rest.chars().take_while(|c| c.is_ascii_digit()).collect();
        if !digits.is_empty() {
            return Some((format!("{word}{digits}"), &rest[digits.len()..]));
        }
    }
    let letters = text.chars().take_while(char::is_ascii_uppercase).count();
    let mut rest = &text[letters..];
    // `RNF-SEG-01`
    while let Some(inner) = rest.strip_prefix(['-', '_']) {
        let more = inner.chars().take_while(char::is_ascii_uppercase).count();
        if more == 0 {
            break;
        }
        rest = &inner[more..];
    }
    let number = rest.strip_prefix(['-', '_', ' ', '.']).unwrap_or(rest);
    let digits = number.chars().take_while(|c| c.is_ascii_digit() || *c == '.').count();
    let digits = number[..digits].trim_end_matches('.').len();
    let spaced = rest.starts_with(' ');
    let version = spaced && number[..digits].contains('.');
    if !(1..=5).contains(&letters) || digits == 0 || spaced && letters < 2 || version {
        return None;
    }
    let end = text.len() - number.len() + digits;
    let suffix = text[end..].chars().take_while(char::is_ascii_lowercase).count();
    let end = if suffix == 1 { end + 1 } else { end };
    // `RF04-A`
    let part = text[end..].strip_prefix('-').filter(|rest| {
        let mut next = rest.chars();
        next.next().is_some_and(|c| c.is_ascii_uppercase()) && !next.next().is_some_and(char::is_alphanumeric)
    });
    let end = if part.is_some() { end + 2 } else { end };
    Some((text[..end].to_owned(), &text[end..]))
}

/// Whether a heading says that requirements follow.
pub(crate) fn is_about(heading: &str) -> bool {
    let folded = fold(heading);
    ABOUT.iter().any(|word| folded.contains(word))
}

/// An identifier in brackets at the end of a heading: `5.1 Camera (F001)`.
fn trailing(heading: &str) -> Option<(String, String)> {
    let inside = heading.trim().strip_suffix([')', '）', ']'])?;
    let at = inside.rfind(['(', '（', '['])?;
    let id = only_id(inside[at..].trim_start_matches(['(', '（', '[']), false, false)?;
    let text = inside[..at].trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '));
    (!id.contains(' ')).then(|| (id, text.trim().to_owned()))
}

/// The same before one more remark in brackets: `Camera (F001) (core)`.
fn before_remark(heading: &str) -> Option<(String, String)> {
    let heading = heading.trim().strip_suffix([')', '）', ']'])?;
    trailing(&heading[..heading.rfind(['(', '（', '['])?])
}

fn is_other(id: &str) -> bool {
    let mut parts = id.split(['-', '_']).map(str::to_lowercase);
    let first = parts.next().unwrap_or_default();
    let letters: String = first.chars().take_while(char::is_ascii_lowercase).collect();
    RULES.contains(&letters.as_str()) || parts.any(|part| part == "o" || RULES.contains(&part.as_str()))
}

/// Whether an identifier is that of a requirement; where the text is `about` requirements, unknown letters count.
fn is_wanted(id: &str, about: bool) -> bool {
    let letters: String = id.chars().take_while(char::is_ascii_uppercase).collect::<String>().to_lowercase();
    if is_other(id) {
        return false;
    }
    let worded = id.starts_with(|c: char| c.is_ascii_uppercase()) && id.contains(' ') && letters.len() == 1;
    worded || PREFIXES.contains(&letters.as_str()) || about && letters.len() > 1 && !OTHERS.contains(&letters.as_str())
}

/// A line that defines a requirement: the identifier, then a separator, then text.
fn definition(line: &str, about: bool) -> Option<(String, String)> {
    let text = line.trim().trim_start_matches(['*', '`', '[', '#', ' ', '•', '\t']);
    if let Some(slashed) = slashed(text) {
        return Some(slashed);
    }
    let text = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim_start();
    let (id, rest) = leading_id(if text.is_empty() { line.trim() } else { text })?;
    if !is_wanted(&id, about) {
        return None;
    }
    let rest = rest.trim_start_matches(['`', '*', ']']);
    // One letter and a number is too little before plain words, unless it is numbered within another: `R2.1 Admin`.
    let short = id.chars().take_while(char::is_ascii_uppercase).count() == 1 && !id.contains([' ', '.']);
    let separated = rest.trim_start().starts_with([':', '-', '—', '–', '.', '|', '(', ')', '：', '[', '（', '/']);
    let title = rest.starts_with(' ') && rest.trim_start().starts_with(|c: char| c.is_uppercase() || !c.is_ascii());
    let alone = rest.trim().is_empty();
    // `RF-001 a RF-004`, `FR-020/021` and `FR-1, FR-2` are references.
    let tail = rest.trim_start();
    let range = tail.starts_with('/')
        || leading_id(tail.trim_start_matches(['-', '–', ',', ' '])).is_some()
        || tail.starts_with(',');
    if range || !(separated || title || alone) || short && !separated {
        return None;
    }
    let text = rest.trim_start_matches([':', '-', '—', '–', '.', '|', ')', '：', ' ', '/', '`', '*']).trim();
    Some((id, text.to_owned()))
}

/// `/LF10/ text`, as German specifications number what they demand.
fn slashed(text: &str) -> Option<(String, String)> {
    let (id, rest) = text.strip_prefix('/')?.split_once('/')?;
    let id = only_id(id, true, true).filter(|id| id.len() == text[1..].find('/').unwrap_or(0))?;
    Some((id, rest.trim_start_matches([':', '-', '—', '–', ' ', '*', '`']).trim().to_owned()))
}

/// A cell that holds one identifier and nothing else; `any` if the column can hold nothing but requirements.
fn only_id(cell: &str, any: bool, about: bool) -> Option<String> {
    let cell = cell.trim().trim_matches(['`', '*', '[', ']']);
    let (id, rest) = leading_id(cell)?;
    (rest.trim().is_empty() && (any && !is_other(&id) || is_wanted(&id, about))).then_some(id)
}

/// Letters and a number: `FR-1`, `RF-001`, `US3`.
pub(crate) fn is_requirement_id(text: &str) -> bool {
    only_id(text, true, true).is_some()
}

/// `(Priority: P1)`, `[Must]`, `(Alta)` in the line of a requirement.
fn inline_priority(text: &str, scale: Scale) -> Option<Priority> {
    text.split(['(', '[', '（'])
        .skip(1)
        .filter_map(|part| part.split([')', ']', '）']).next())
        .find_map(|part| priority(part.rsplit([':', '：']).next().unwrap_or(part), scale))
}

/// `P0` in a code span at the end of a line.
fn trailing_priority(text: &str, scale: Scale) -> Option<(&str, Priority)> {
    let (before, last) = text.trim_end().strip_suffix('`')?.rsplit_once('`')?;
    let step = last.len() == 2 && last.starts_with('P');
    priority(last, scale).filter(|_| step).map(|found| (before.trim_end(), found))
}

/// A text without the remark on priority at its end.
fn without_priority(text: &str, scale: Scale) -> String {
    let cut = text.rfind(['(', '[', '（']).filter(|at| inline_priority(&text[*at..], scale).is_some());
    cut.map_or(text, |at| text[..at].trim_end()).to_owned()
}

/// `Prioridad: Alta` in a line of its own.
fn stated_priority(text: &str, scale: Scale) -> Option<Priority> {
    let (word, value) = text.split_once([':', '：'])?;
    SAID.contains(&fold(word).as_str()).then(|| priority(value, scale)).flatten()
}

/// The text of a block, for those who look for words.
pub(crate) fn block_texts(block: &Block) -> Vec<String> {
    match block {
        Block::Paragraph { lines } | Block::Item { lines, .. } => vec![join(lines)],
        Block::Table(table) => table.rows.iter().flat_map(|row| row.cells.clone()).collect(),
        _ => Vec::new(),
    }
}
