//! The words of table headers and sections, in the languages that documents are written in.

use crate::hints::contains_word;
use crate::lexicon::Words;
use crate::names::fold;

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Field,
    Label,
    Type,
    Rules,
    Required,
    Unique,
    Length,
    Nullable,
    Default,
    Values,
    Description,
    Example,
    Id,
    Requirement,
    Priority,
    Method,
    Path,
    Does,
    Who,
    Satisfies,
    Entity,
    Value,
    Primary,
    Foreign,
    Target,
    Other,
}

/// Sections of the lexicon by what their words stand for; the first column that lists a word wins.
const HEADERS: &[(Column, Words)] = &[
    (Column::Field, Words("column: field")),
    (Column::Label, Words("column: label")),
    (Column::Type, Words("column: type")),
    (Column::Rules, Words("column: rules")),
    (Column::Primary, Words("column: primary key")),
    (Column::Foreign, Words("column: foreign key")),
    (Column::Target, Words("column: target")),
    (Column::Required, Words("column: required")),
    (Column::Unique, Words("column: unique")),
    (Column::Length, Words("column: length")),
    (Column::Nullable, Words("column: nullable")),
    (Column::Default, Words("column: default")),
    (Column::Values, Words("column: values")),
    (Column::Satisfies, Words("column: satisfies")),
    (Column::Method, Words("column: method")),
    (Column::Path, Words("column: path")),
    (Column::Who, Words("column: who")),
    (Column::Does, Words("column: does")),
    (Column::Id, Words("column: id")),
    (Column::Requirement, Words("column: requirement")),
    (Column::Priority, Words("column: priority")),
    (Column::Description, Words("column: description")),
    (Column::Example, Words("column: example")),
    (Column::Entity, Words("column: entity")),
    (Column::Value, Words("column: value")),
];

/// Words that say what a column holds wherever they stand in its header; the first column that has one wins.
const PARTS: &[(Column, Words)] = &[
    (Column::Required, Words("header says: required")),
    (Column::Nullable, Words("header says: nullable")),
    (Column::Unique, Words("header says: unique")),
    (Column::Default, Words("header says: default")),
    (Column::Type, Words("header says: type")),
    (Column::Length, Words("header says: length")),
    (Column::Primary, Words("header says: primary key")),
    (Column::Foreign, Words("header says: foreign key")),
    (Column::Values, Words("header says: values")),
    (Column::Rules, Words("header says: rules")),
    (Column::Field, Words("header says: field")),
    (Column::Description, Words("header says: description")),
];

/// What a header cell says: the whole of it, one of its parts (`Werte / Hinweis`, `Typ (SQL)`), or a word in it.
pub(crate) fn column(header: &str) -> Column {
    let folded = fold(header);
    let word = folded.trim_matches([':', ' ', '?', '*']);
    exact(&folded)
        .or_else(|| exact(word))
        .or_else(|| exact(word.split(['(', '（', '[']).next()?.trim()))
        .or_else(|| by_part(word))
        .or_else(|| PARTS.iter().find(|(_, words)| says(words, word)).map(|(column, _)| *column))
        .unwrap_or(Column::Other)
}

/// The first part of a header that says what the column holds; remarks are no values.
fn by_part(word: &str) -> Option<Column> {
    let parts = word.split(['/', '／', '|', '&', '、', '・']);
    let known: Vec<Column> = parts.filter_map(|part| exact(part.trim())).collect();
    let remarks = known.contains(&Column::Description) && known.first() == Some(&Column::Values);
    if remarks { Some(Column::Description) } else { known.first().copied() }
}

fn exact(word: &str) -> Option<Column> {
    HEADERS.iter().find(|(_, words)| words.contains(&word)).map(|(column, _)| *column)
}

fn says(words: &Words, text: &str) -> bool {
    text.chars().count() <= 30 && words.iter().any(|word| contains_word(text, word))
}
