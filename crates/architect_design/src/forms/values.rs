//! Enumerations that stand under a name of their own: lists of their values, tables of names and values.

use crate::blocks::{Line, Table, join};
use crate::enumerations::{self, Likelihood};
use crate::forms::lists::Item;
use crate::names;
use crate::raw::Found;
use crate::tables::Columns;
use crate::words::Column;

/// `Enum | Values`: a name in the first column, its values in another; whether the table is one.
pub(crate) fn table(table: &Table, found: &mut Found) -> bool {
    let columns = Columns::of(table);
    if !columns.has(Column::Values) || columns.has(Column::Type) || table.header.len() > 4 {
        return false;
    }
    let before = found.enums.len();
    for row in &table.rows {
        let Some(values) =
            columns.all(row, Column::Values).last().and_then(|cell| enumerations::values(cell, Likelihood::Certain))
        else {
            continue;
        };
        for name in named(row.cells.first().map_or("", String::as_str)) {
            found.enums.push((name, values.clone()));
        }
    }
    found.enums.len() > before
}

/// The names in a cell: `` `Users.Role`, `Requests.Role` ``.
fn named(cell: &str) -> Vec<String> {
    let plain = cell.replace(['`', '*'], "");
    let names = plain.split([',', '、']).map(|part| part.trim().to_owned());
    names.filter(|name| names::is_label(&name.replace(['.', ' '], ""))).collect()
}

/// `- name: a, b, c`
pub(crate) fn items(items: &[Item<'_>], found: &mut Found) {
    for item in items {
        let text = join(item.lines);
        let Some((name, rest)) = text.split_once([':', '：']).or_else(|| text.split_once(" — ")) else { continue };
        let Some(values) = enumerations::values(rest, Likelihood::Certain) else { continue };
        let name = name.split(['(', '（']).next().unwrap_or(name);
        found.enums.extend(named(name).into_iter().map(|name| (name, values.clone())));
    }
}

/// A table whose first column lists the values of what its heading or its header names.
pub(crate) fn of_first_column(table: &Table, opener: Option<&str>, found: &mut Found) {
    let columns = Columns::of(table);
    if columns.has(Column::Method) || columns.has(Column::Id) || table.header.len() > 3 {
        return;
    }
    let values: Vec<String> =
        table.rows.iter().filter_map(|row| row.cells.first()).filter_map(|cell| value(cell)).collect();
    if values.len() == table.rows.len() && values.len() > 1 {
        let names = opener.map(str::to_owned).into_iter().chain(table.header.first().cloned());
        for name in names {
            found.enums.push((name, values.clone()));
        }
    }
}

/// A list of values under the name of an enumeration.
pub(crate) fn of_items(items: &[&[Line]], opener: Option<&str>, found: &mut Found) {
    let values: Vec<String> = items.iter().filter_map(|lines| value(&join(lines))).collect();
    if values.len() == items.len()
        && values.len() > 1
        && let Some(name) = opener
    {
        found.enums.push((name.to_owned(), values));
    }
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
