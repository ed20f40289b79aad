//! Tables with one row per field: which column says what, and the fields they give.

use crate::blocks::{Row, Table};
use crate::bounds;
use crate::hints;
use crate::names;
use crate::notes::Notes;
use crate::raw::{RawField, TypeSpec};
use crate::rules;
use crate::types;
use crate::words::{Column, column};

/// Which column of a table holds what.
pub(crate) struct Columns(Vec<Column>);

impl Columns {
    /// Reads the header.
    pub fn of(table: &Table) -> Self {
        let marked = |at: usize| {
            let said = |row: &Row| row.cells.get(at).is_some_and(|cell| hints::yes_or_no(cell, true).is_some());
            table.rows.len() > 1 && table.rows.iter().all(said)
        };
        let read = |(at, cell): (usize, &String)| match column(cell) {
            // `N` for "may be null", where nothing but marks stands in the column.
            Column::Other if names::fold(cell) == "n" && marked(at) => Column::Nullable,
            column => column,
        };
        let mut columns: Vec<Column> = table.header.iter().enumerate().map(read).collect();
        // What is the role of a person elsewhere, `Rôle`, is that of a field beside its type.
        if columns.contains(&Column::Field) && columns.contains(&Column::Type) {
            let who = columns.iter_mut().filter(|column| **column == Column::Who);
            who.for_each(|column| *column = Column::Description);
        }
        Self(columns)
    }

    /// Whether there is such a column.
    pub fn has(&self, wanted: Column) -> bool {
        self.0.contains(&wanted)
    }

    /// The cell of a row, empty if there is none.
    pub fn cell<'a>(&self, row: &'a Row, wanted: Column) -> &'a str {
        self.0.iter().position(|column| *column == wanted).and_then(|at| row.cells.get(at)).map_or("", String::as_str)
    }

    /// All cells of a row that hold the same, in order.
    pub fn all<'a>(&self, row: &'a Row, wanted: Column) -> impl Iterator<Item = &'a str> {
        let columns = self.0.clone();
        row.cells
            .iter()
            .enumerate()
            .filter(move |(at, _)| columns.get(*at) == Some(&wanted))
            .map(|(_, cell)| cell.as_str())
    }

    /// The first cell whose header is no word that is known, or an identifier's.
    pub fn first_free<'a>(&self, row: &'a Row) -> &'a str {
        let at = self.0.iter().position(|column| matches!(column, Column::Other | Column::Id | Column::Requirement));
        at.and_then(|at| row.cells.get(at)).map_or("", String::as_str)
    }
}

/// Whether a table is written in the explicit format: `Field | Type | Rules`, or no other columns than the format has
/// and a type that only the format writes so (`text?`, `boolean = false`, `string(1..120)`).
pub(crate) fn is_explicit(table: &Table) -> bool {
    let header: Vec<String> = table.header.iter().map(|cell| names::fold(cell)).collect();
    let has = |word: &str| header.iter().any(|cell| cell == word);
    if !has("field") || !has("type") {
        return false;
    }
    let format = ["field", "type", "rules", "label", "description"];
    has("rules") || header.iter().all(|cell| format.contains(&cell.as_str())) && table.rows.iter().any(is_marked)
}

/// Whether the type of a row is one that only the format writes so.
fn is_marked(row: &Row) -> bool {
    row.cells.get(1).is_some_and(|cell| {
        let marked = cell.contains("..") || cell.ends_with('?') || cell.contains(" = ");
        marked && types::parse(&cell.replace('`', "")).is_ok()
    })
}

/// The fields of an entity's table in the explicit format; what is not understood is a problem.
pub(crate) fn explicit_fields(entity: &str, table: &Table, notes: &mut Notes) -> Vec<RawField> {
    let columns = Columns::of(table);
    let mut fields = Vec::new();
    for row in &table.rows {
        let label = columns.cell(row, Column::Field).replace('`', "");
        let type_text = without_code(columns.cell(row, Column::Type));
        if label.is_empty() && type_text.is_empty() {
            continue;
        }
        let mut field = RawField {
            name: Some(label.clone()),
            label: Some(columns.cell(row, Column::Label)).filter(|text| !text.is_empty()).unwrap_or(&label).to_owned(),
            line: row.line,
            description: columns.cell(row, Column::Description).to_owned(),
            type_text,
            ..RawField::default()
        };
        match types::parse(&field.type_text) {
            Ok(cell) => {
                field.spec = Some(cell.spec);
                field.required = Some(!cell.optional);
                field.default = cell.default;
            }
            Err(text) => {
                notes.problem(row.line, format!("`{label}`: {text}"), format!("Types are {}.", types::WORDS));
            }
        }
        for rule in columns.cell(row, Column::Rules).split([',', ';']) {
            self::rule(entity, &mut field, rule.trim().trim_matches('`'), notes);
        }
        fields.push(field);
    }
    fields
}

/// Applies a rule to a field; what is not understood is a problem.
fn rule(entity: &str, field: &mut RawField, rule: &str, notes: &mut Notes) {
    let (label, line) = (field.name.clone().unwrap_or_default(), field.line);
    let Some(bound) = bounds::read(rule) else {
        if !rules::apply(field, rule) {
            let help = format!("Rules are {}.", rules::RULES);
            notes.problem(line, format!("`{label}`: the rule `{rule}` is unknown"), help);
        }
        return;
    };
    let narrowed = match &mut field.spec {
        Some(TypeSpec::Known(ty)) => bound.narrow(ty),
        Some(_) => Err(format!("does not fit the type `{}`", field.type_text)),
        None => return,
    };
    match narrowed {
        Ok(true) => {}
        Ok(false) => {
            let text = format!(
                "`{rule}` for `{entity}.{label}` is taken as `{}`, which allows {} itself",
                bound.inclusive(),
                bound.limit()
            );
            notes.assume(line, text);
        }
        Err(why) => notes.problem(
            line,
            format!("`{label}`: the rule `{rule}` {why}"),
            "Bounds are for the values of `integer`, `bigint` and `decimal`, and for the length of `string`.",
        ),
    }
}

/// A cell without the marks of code, except in quoted text.
fn without_code(cell: &str) -> String {
    let mut quoted = false;
    let kept = cell.chars().filter(|c| {
        quoted ^= *c == '"';
        quoted || *c != '`'
    });
    kept.collect()
}
