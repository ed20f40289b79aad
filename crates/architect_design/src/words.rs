//! The words of table headers and sections, in the languages that documents are written in.

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
    Nullable,
    Default,
    Values,
    Description,
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
    Other,
}

/// Sections of the lexicon by what their words stand for; the first column that lists a word wins.
const HEADERS: &[(Column, Words)] = &[
    (Column::Field, Words("column: field")),
    (Column::Label, Words("column: label")),
    (Column::Type, Words("column: type")),
    (Column::Rules, Words("column: rules")),
    (Column::Required, Words("column: required")),
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
    (Column::Entity, Words("column: entity")),
    (Column::Value, Words("column: value")),
];

/// What a header cell says.
pub(crate) fn column(header: &str) -> Column {
    let folded = fold(header);
    let word = folded.trim_matches([':', ' ']);
    HEADERS.iter().find(|(_, words)| words.contains(&word)).map_or(Column::Other, |(column, _)| *column)
}
