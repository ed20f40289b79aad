//! Reading a whole document: sections to facts, facts to a design.

use architect_model::{Design, FORMAT, Problem};

use crate::blocks::{self, Block};
use crate::notes::Notes;
use crate::raw::{Found, RawEntity};
use crate::sections::{self, Section};
use crate::{
    checks, endpoints, entities, gather, language, listed, merge, names, plurals, requirements, resolve, routes,
};

/// Documents beyond this size are refused: no PRD is as long.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Documents with more entities are refused: no module is as large.
const MAX_ENTITIES: usize = 500;

/// Documents with more endpoints are refused: no API of one module is as large.
const MAX_ENDPOINTS: usize = 2000;

/// Entities with more fields are refused: a table of PostgreSQL has at most as many columns.
const MAX_FIELDS: usize = 1600;

/// Quotes and lists are not nested deeper than this.
const MAX_DEPTH: usize = 100;

/// Reads a design document or PRD.
///
/// The design is usable as it is where there is no [`Problem`]; `file` only appears in locations.
pub fn read(file: &str, text: &str) -> (Design, Vec<Problem>) {
    let mut notes = Notes::new(file);
    let mut design = Design { format: FORMAT, ..Design::default() };
    if text.len() > MAX_BYTES {
        notes.problem(
            1,
            format!("the document has {} KB, more than the {} KB that are read", text.len() >> 10, MAX_BYTES >> 10),
            "Pass the part that describes the data model.",
        );
        return (design, notes.problems);
    }
    if let Some(line) = too_deep(text) {
        notes.problem(
            line,
            format!("quotes or lists are nested deeper than {MAX_DEPTH}"),
            "Remove the signs at the start of the line.",
        );
        return (design, notes.problems);
    }
    let sections = sections::sections(blocks::blocks(text));
    notes.language = language::of(&sections);
    listed::read(&sections, &mut notes);
    design.title = title(&sections);
    design.module = module(&sections, &mut notes);
    design.requirements = requirements::read_all(&sections, &mut notes);
    let raw_endpoints: Vec<_> = sections.iter().flat_map(routes::read).collect();
    let (raw_entities, found) = entities_of(&sections, &mut notes);
    if let Some((line, what)) = too_large(&raw_entities, raw_endpoints.len()) {
        notes.problem(line, what, "Pass the part that describes one module.");
        return (design, notes.problems);
    }
    let strict = raw_entities.iter().filter(|entity| entity.strict).map(|entity| entity.line).collect();
    design.entities = resolve::entities(raw_entities, &found, &mut notes);
    if design.entities.is_empty() && notes.problems.is_empty() {
        no_data_model(&design, &mut notes);
    }
    checks::cycles(&mut design.entities, &strict, &mut notes);
    if raw_endpoints.is_empty() && !design.entities.is_empty() {
        for line in sections.iter().filter_map(routes::unread) {
            let question = "Which endpoints does this table mean? No row gives a method and a path: `GET /tasks`.";
            notes.ask(line, question, "The table is not read.");
        }
    }
    if !(raw_endpoints.is_empty() && sections.iter().any(routes::lists_none)) {
        design.endpoints = endpoints::resolve(raw_endpoints, &design.entities, &mut notes);
    }
    notes.problems.sort_by_key(|problem| problem.at.line);
    notes.assumptions.sort_by_key(|assumption| assumption.at.line);
    notes.questions.sort_by_key(|question| question.at.line);
    design.assumptions = notes.assumptions;
    design.questions = notes.questions;
    (design, notes.problems)
}

/// The entities of all forms, each once, and what else the forms state.
fn entities_of(sections: &[Section], notes: &mut Notes) -> (Vec<RawEntity>, Found) {
    let mut raw_entities: Vec<RawEntity> =
        sections.iter().filter_map(|section| entities::explicit(section, notes)).collect();
    let mut found = gather::read(sections, notes);
    raw_entities.append(&mut found.entities);
    if raw_entities.is_empty() {
        raw_entities.extend(bare(&found));
    }
    let raw_entities = merge::merge(raw_entities, notes);
    merge::misspelt(&raw_entities, notes);
    for (label, _, line) in found.listed.iter().take(MAX_ENTITIES) {
        let stem = plurals::stem(label);
        let same = |entity: &RawEntity| plurals::stem(&entity.label) == stem || entity.label == *label;
        let account = names::is_account(label) && raw_entities.iter().any(|known| names::is_account(&known.label));
        if !account && !raw_entities.iter().any(same) {
            notes.ask(
                *line,
                format!("Which fields does `{label}` have? It is listed and not described."),
                "It is left out.",
            );
        }
    }
    (raw_entities, found)
}

/// What no module is as large as, with its line.
fn too_large(entities: &[RawEntity], endpoints: usize) -> Option<(u32, String)> {
    if entities.len() > MAX_ENTITIES {
        return Some((1, format!("the document describes {} entities, more than {MAX_ENTITIES}", entities.len())));
    }
    if endpoints > MAX_ENDPOINTS {
        return Some((1, format!("the document describes {endpoints} endpoints, more than {MAX_ENDPOINTS}")));
    }
    let wide = entities.iter().find(|entity| entity.fields.len() > MAX_FIELDS)?;
    Some((wide.line, format!("`{}` has {} fields; a table holds at most {MAX_FIELDS}", wide.label, wide.fields.len())))
}

/// A document of requirements alone is read, but says nothing to generate.
fn no_data_model(design: &Design, notes: &mut Notes) {
    match design.requirements.first() {
        Some(first) => notes.ask(
            first.at.line,
            "Which entities are there? The document has requirements and no data model.",
            "There are none, and nothing is generated.",
        ),
        None => notes.problem(
            1,
            "the document has no data model",
            "Add a section `## Data model` with a heading and a table `| Field | Type | Rules |` for each entity.",
        ),
    }
}

/// Entities of which the document gives no more than the name.
fn bare(found: &Found) -> Vec<RawEntity> {
    let listed = found.listed.iter().map(|(label, said, line)| (label, said.as_str(), line));
    let named = found.named.iter().map(|(label, line)| (label, "", line));
    let all = listed.chain(named).map(|(label, said, line)| RawEntity {
        label: label.clone(),
        line: *line,
        description: Some(said.to_owned()).filter(|said| !said.is_empty()).into_iter().collect(),
        ..RawEntity::default()
    });
    all.collect()
}

/// The first line that nests quotes or lists deeper than any document does; reading such lines takes long.
pub(crate) fn too_deep(text: &str) -> Option<u32> {
    let deep = |line: &str| {
        let signs = line.bytes().zip(line.bytes().skip(1).chain([b' ']));
        let opening = signs.take_while(|(sign, next)| match sign {
            b'>' | b' ' => true,
            b'-' | b'*' | b'+' => *next == b' ',
            _ => false,
        });
        opening.filter(|(sign, _)| *sign != b' ').count() > MAX_DEPTH
    };
    text.lines().zip(1..).find(|(line, _)| deep(line)).map(|(_, at)| at)
}

fn title(sections: &[Section]) -> Option<String> {
    let first = sections.iter().find(|section| (1..=6).contains(&section.level))?;
    (first.level == 1).then(|| first.heading.clone())
}

/// The module that the front matter or a `Module:` line names.
fn module(sections: &[Section], notes: &mut Notes) -> Option<String> {
    let (name, line) = sections.iter().take(2).flat_map(|section| &section.blocks).find_map(|block| match block {
        Block::FrontMatter { text, line } => text
            .lines()
            .zip(1..)
            .find_map(|(text, at)| Some((text.strip_prefix("module:")?.trim().to_owned(), line + at))),
        Block::Paragraph { lines } => {
            lines.iter().find_map(|line| Some((line.text.strip_prefix("Module:")?.trim().to_owned(), line.line)))
        }
        _ => None,
    })?;
    let name = name.trim_matches(['"', '\'', '`']).trim_end_matches('.').to_owned();
    let plain = names::is_identifier(&name) && !name.contains(char::is_uppercase);
    if !plain || names::field_clash(&name).is_some_and(|why| why.contains("keyword")) || name.len() > names::MAX_NAME {
        notes.problem(
            line,
            format!("`{name}` cannot be the name of a module"),
            "Use one plain Python name in lower case: `projects`.",
        );
        return None;
    }
    Some(name)
}

/// Whether a heading opens a part of the explicit format.
pub(crate) fn names_design_part(section: &Section) -> bool {
    ["Requirements", "Data model", "Endpoints", "Assumptions", "Questions"].contains(&section.heading.as_str())
}
