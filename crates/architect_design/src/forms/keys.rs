//! What the cells beside the name of a field say of its keys and of its type in another language.

use crate::blocks::Row;
use crate::constraints;
use crate::hints;
use crate::loose::{self, Dialect};
use crate::names;
use crate::raw::{RawField, TypeSpec};
use crate::tables::Columns;
use crate::words::Column;

/// What the columns `PK`, `FK` and `References` say of a field.
pub(crate) fn keys(field: &mut RawField, columns: &Columns, row: &Row, crosses_mean_no: bool) {
    for (column, words) in [(Column::Primary, "pk"), (Column::Foreign, "fk")] {
        let cell = columns.cell(row, column).replace('`', "");
        match hints::yes_or_no(&cell, crosses_mean_no) {
            Some(true) => drop(constraints::take(field, words)),
            Some(false) => {}
            None => {
                let rest = constraints::take(field, &cell);
                pointed(field, &rest, column == Column::Foreign);
            }
        }
    }
    let target = columns.cell(row, Column::Target).replace('`', "");
    let rest = constraints::take(field, &target);
    pointed(field, &rest, field.foreign_key);
}

/// `users.id`, `users(id)`, `users`: what a key points at; a name alone counts where it is that of an entity.
fn pointed(field: &mut RawField, text: &str, is_key: bool) {
    let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let end = text.find(|c| !name(c)).unwrap_or(text.len());
    let (target, behind) = (text[..end].trim_matches('.'), text[end..].trim_start());
    let table = constraints::table_of(target);
    if !names::is_label(&table) || !behind.is_empty() && !behind.starts_with('(') {
        return;
    }
    if is_key || target.contains('.') || behind.starts_with('(') {
        field.foreign_key = true;
        field.references.get_or_insert(table);
    } else {
        field.hint = Some(table);
    }
}

/// Takes up the type in another language, `varchar(64)` beside `string`: it is the more exact one, but for classes.
pub(crate) fn second_type(field: &mut RawField, cell: &str, dialect: Dialect) {
    let mut other = RawField { label: field.label.clone(), ..RawField::default() };
    loose::read(&mut other, cell, dialect);
    field.foreign_key |= other.foreign_key;
    field.references = field.references.take().or(other.references);
    field.required = field.required.or(other.required);
    if !matches!(field.spec, Some(TypeSpec::Named { .. })) && matches!(other.spec, Some(TypeSpec::Known(_))) {
        (field.spec, field.type_text) = (other.spec, other.type_text);
    }
}

/// The name in a cell that also says what kind of key it is: `UserID (PK)`, `PK id`.
pub(crate) fn keyed(label: &str, field: &mut RawField) -> String {
    let bracketed =
        label.split_once(['(', '（']).map(|(name, inside)| (name, inside.trim_end_matches([')', '）', ' '])));
    let worded = || label.split_once(' ').map(|(key, name)| (name, key));
    for (name, key) in bracketed.into_iter().chain(worded()) {
        let mut probe = RawField { label: name.trim().to_owned(), ..RawField::default() };
        if names::is_label(name.trim()) && constraints::take(&mut probe, key).is_empty() {
            field.primary_key |= probe.primary_key;
            field.foreign_key |= probe.foreign_key;
            field.unique = field.unique.take().or(probe.unique);
            field.required = field.required.or(probe.required);
            return name.trim().to_owned();
        }
    }
    label.to_owned()
}
