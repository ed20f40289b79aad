//! Requirements: identifiers in their shapes, texts and priorities.

use architect_model::{Priority, Requirement};

use crate::blocks::{Block, Table};
use crate::names::fold;
use crate::notes::Notes;
use crate::sections::Section;
use crate::tables::Columns;
use crate::words::Column;

/// The requirements that a section defines.
pub(crate) fn read(section: &Section, notes: &mut Notes) -> Vec<Requirement> {
    let mut found = Vec::new();
    for block in &section.blocks {
        if let Block::Table(table) = block {
            found.extend(rows(table, notes));
        }
    }
    found
}

/// A table with a column of identifiers.
fn rows(table: &Table, notes: &mut Notes) -> Vec<Requirement> {
    let columns = Columns::of(table);
    if columns.has(Column::Method) || !columns.has(Column::Id) {
        return Vec::new();
    }
    let wanted = if columns.has(Column::Requirement) {
        Column::Requirement
    } else {
        Column::Description
    };
    let mut found = Vec::new();
    for row in &table.rows {
        let id = columns.cell(row, Column::Id).trim_matches('`');
        if !is_requirement_id(id) {
            continue;
        }
        found.push(Requirement {
            id: id.to_owned(),
            text: columns.cell(row, wanted).to_owned(),
            priority: priority(columns.cell(row, Column::Priority)),
            at: notes.at(row.line),
        });
    }
    found
}

/// Letters and a number: `FR-1`, `RF-001`, `US3`.
pub(crate) fn is_requirement_id(text: &str) -> bool {
    let letters: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    let rest = &text[letters.len()..];
    let number = rest.strip_prefix(['-', '_', ' ']).unwrap_or(rest);
    let start = number.starts_with(|c: char| c.is_ascii_digit());
    (1..=6).contains(&letters.len())
        && start
        && number
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// `must`, `P1`, `Alta`: a priority in the words of several languages and scales.
pub(crate) fn priority(text: &str) -> Option<Priority> {
    let folded = fold(text);
    let word = folded.trim_matches(|c: char| !c.is_alphanumeric());
    const WORDS: &[(Priority, &[&str])] = &[
        (
            Priority::Must,
            &[
                "must",
                "must have",
                "p0",
                "p1",
                "alta",
                "high",
                "essencial",
                "esencial",
                "critica",
                "critical",
            ],
        ),
        (
            Priority::Should,
            &[
                "should",
                "should have",
                "p2",
                "media",
                "medium",
                "importante",
            ],
        ),
        (
            Priority::Could,
            &[
                "could",
                "could have",
                "p3",
                "baja",
                "low",
                "desejavel",
                "deseable",
            ],
        ),
        (
            Priority::Wont,
            &["wont", "won't", "won’t", "won't have", "wont have", "p4"],
        ),
    ];
    WORDS
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(priority, _)| *priority)
}

/// Whether a heading is that of a requirement: `RF-001 — Title`.
pub(crate) fn opens(heading: &str) -> bool {
    let first = heading
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .trim_matches(|c: char| !c.is_ascii_alphanumeric());
    first.contains(|c: char| c.is_ascii_digit()) && first.len() > 2 && is_requirement_id(first)
}
