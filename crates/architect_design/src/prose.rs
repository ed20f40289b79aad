//! What a written document keeps of the prose around the data model.

use crate::blocks::{Block, blocks};
use crate::document::{MAX_BYTES, names_design_part, too_deep};
use crate::markdown::escape;
use crate::sections::{Section, sections};
use crate::{entities, notes::Notes, requirements, routes, tables};

/// The prose of a document.
#[derive(Debug, Default)]
pub(crate) struct Prose {
    /// Front matter and what stands before the first heading.
    pub before: String,
    /// What stands between the title and the next heading.
    pub intro: String,
    /// Sections that hold no design data, as they are.
    pub rest: String,
}

/// Takes the prose out of a document: all of it where the document is explicit already, because it may be replaced
/// by what is written; else the introduction, because the document stays.
pub(crate) fn keep(original: &str) -> Prose {
    if original.len() > MAX_BYTES || too_deep(original).is_some() {
        return Prose::default();
    }
    let all = sections(blocks(original));
    let explicit = all.iter().any(is_explicit_entity);
    let groups = groups(&all);
    let mut prose = Prose::default();
    let titled = all.get(1).is_some_and(|section| section.level == 1);
    for (at, group) in groups.iter().enumerate() {
        let first = group[0];
        let end = groups.get(at + 1).map_or(original.len(), |next| next[0].start);
        let raw = original.get(first.start..end).unwrap_or_default();
        let target = match first.level {
            0 => &mut prose.before,
            1 if titled && at == 1 => &mut prose.intro,
            _ => &mut prose.rest,
        };
        let holds_data = group.iter().any(|section| holds_data(section));
        if explicit && !holds_data {
            let body = if first.level == 1 && at == 1 { body(raw) } else { raw };
            target.push_str(body.trim());
            target.push_str("\n\n");
        } else if at < 2 && first.level < 2 && !is_explicit_entity(first) {
            target.push_str(&paragraphs(first));
        }
    }
    prose
}

/// Sections with the bold lines under them.
fn groups(all: &[Section]) -> Vec<Vec<&Section>> {
    let mut groups: Vec<Vec<&Section>> = Vec::new();
    for section in all {
        match groups.last_mut() {
            Some(group) if section.level == 7 => group.push(section),
            _ => groups.push(vec![section]),
        }
    }
    groups
}

fn is_explicit_entity(section: &Section) -> bool {
    section.blocks.iter().any(|block| matches!(block, Block::Table(table) if tables::is_explicit(table)))
}

fn holds_data(section: &Section) -> bool {
    let mut notes = Notes::new("");
    let title = section.level == 1 && section.above.is_empty();
    !title && names_design_part(section)
        || entities::explicit(section, &mut notes).is_some()
        || !routes::read(section).is_empty()
        || requirements::defines_any(section, &mut notes)
}

/// A section without its heading.
fn body(raw: &str) -> &str {
    let mut lines = raw.splitn(2, '\n');
    let heading = lines.next().unwrap_or_default();
    let rest = lines.next().unwrap_or_default();
    if heading.trim_start().starts_with('#') {
        return rest;
    }
    // A heading that is underlined.
    rest.split_once('\n').map_or("", |(_, rest)| rest)
}

fn paragraphs(section: &Section) -> String {
    let mut text = String::new();
    for block in &section.blocks {
        if let Block::Paragraph { lines } = block {
            for line in lines.iter().filter(|line| !line.text.starts_with("Module:")) {
                text.push_str(&escape(&line.text));
                text.push('\n');
            }
            text.push('\n');
        }
    }
    text
}
