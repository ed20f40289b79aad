//! Priorities that stand apart from the requirements: `Must have: FR-1, FR-2`, a table with a column or a row for each.

use architect_model::Priority;

use crate::blocks::{Block, Table};
use crate::priorities::{Scale, priority};
use crate::requirements::{block_texts, leading_id};
use crate::sections::Section;

/// Ranges beyond this length are none.
const MAX_RANGE: u32 = 200;

/// The identifiers of a section that stand under or behind a priority.
pub(crate) fn read(section: &Section, scale: Scale) -> Vec<(String, Priority)> {
    section.blocks.iter().flat_map(|block| of_block(block, scale)).collect()
}

fn of_block(block: &Block, scale: Scale) -> Vec<(String, Priority)> {
    match block {
        Block::Table(table) => of_table(table, scale),
        Block::Paragraph { .. } | Block::Item { .. } => {
            let texts = block_texts(block);
            texts.iter().flat_map(|text| of_line(text, scale)).collect()
        }
        _ => Vec::new(),
    }
}

/// `Must have: FR-1, FR-2`
fn of_line(text: &str, scale: Scale) -> Vec<(String, Priority)> {
    let Some((before, behind)) = text.split_once([':', '：']) else { return Vec::new() };
    priority(before, scale).map(|stated| ranked(behind, stated)).unwrap_or_default()
}

/// A table with a column for each priority, or with a row for each.
fn of_table(table: &Table, scale: Scale) -> Vec<(String, Priority)> {
    let columns: Vec<Option<Priority>> = table.header.iter().map(|cell| priority(cell, scale)).collect();
    if columns.iter().flatten().count() > 1 {
        let cells = table.rows.iter().flat_map(|row| row.cells.iter().zip(&columns));
        return cells.filter_map(|(cell, stated)| Some(ranked(cell, (*stated)?))).flatten().collect();
    }
    let of_row = |cells: &[String]| {
        let stated = cells.first().and_then(|cell| priority(cell, scale))?;
        Some(cells[1..].iter().flat_map(move |cell| ranked(cell, stated)).collect::<Vec<_>>())
    };
    table.rows.iter().filter_map(|row| of_row(&row.cells)).flatten().collect()
}

/// The identifiers of a text that holds nothing else, each with the priority.
fn ranked(text: &str, stated: Priority) -> Vec<(String, Priority)> {
    identifiers(text).unwrap_or_default().into_iter().map(|id| (id, stated)).collect()
}

/// The identifiers of a text that holds nothing else: `FR-1, FR-2`, `FR-1 to FR-4`.
fn identifiers(text: &str) -> Option<Vec<String>> {
    let text = text.replace("<br>", " ").replace("<br/>", " ").replace(['–', '—', '~', '→'], " to ");
    let mut found: Vec<String> = Vec::new();
    let mut range = false;
    for word in text.split([',', ';', ' ', '\n', '、', '，']).map(|word| word.trim_matches(['`', '*', '.', '[', ']']))
    {
        if word.is_empty() || ["and", "y", "e", "et", "und", "&", "+"].contains(&word) {
            continue;
        }
        if ["to", "a", "al", "bis", "au", "-", "..", "至"].contains(&word) && !found.is_empty() {
            range = true;
            continue;
        }
        let (id, rest) = leading_id(word)?;
        if !rest.is_empty() {
            return None;
        }
        if std::mem::take(&mut range) {
            let from = found.last().cloned().unwrap_or_default();
            found.extend(between(&from, &id));
        }
        found.push(id);
    }
    Some(found)
}

/// The identifiers between two: `FR-02` of `FR-01 to FR-03`.
fn between(from: &str, to: &str) -> Vec<String> {
    let cut = |id: &str| {
        let stem = id.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        let digits = id[stem.len()..].to_owned();
        digits.parse::<u32>().ok().map(|number| (stem, digits.len(), number))
    };
    match (cut(from), cut(to)) {
        (Some((stem, width, first)), Some((other, _, last)))
            if stem == other && last.saturating_sub(first) < MAX_RANGE =>
        {
            (first + 1..last).map(|number| format!("{stem}{number:0width$}")).collect()
        }
        _ => Vec::new(),
    }
}
