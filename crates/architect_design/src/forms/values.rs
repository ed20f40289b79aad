//! Enumerations that stand under a name of their own: lists of their values, tables of names and values.

use crate::blocks::{Line, Table, join};
use crate::enumerations::{self, Likelihood};
use crate::forms::bullets;
use crate::forms::lists::Item;
use crate::language::Language;
use crate::lexicon::Words;
use crate::names;
use crate::plurals;
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
    if columns.has(Column::Entity) && columns.has(Column::Field) {
        for row in &table.rows {
            let cell = |column| columns.cell(row, column).replace(['`', '*'], "");
            let values = enumerations::values(columns.cell(row, Column::Values), Likelihood::Certain);
            let name = format!("{}.{}", cell(Column::Entity).trim(), cell(Column::Field).trim());
            found.enums.extend(values.map(|values| (name, values)));
        }
        return found.enums.len() > before;
    }
    for row in &table.rows {
        let Some(values) =
            columns.all(row, Column::Values).last().and_then(|cell| enumerations::values(cell, Likelihood::Certain))
        else {
            continue;
        };
        // Names of events, `order.paid`, are no values.
        if values.iter().all(|value| value.contains('.')) {
            continue;
        }
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
    items.iter().for_each(|item| line(&join(item.lines), found));
}

/// `name: a, b, c`
pub(crate) fn line(text: &str, found: &mut Found) {
    let Some((name, rest)) = text.split_once([':', '：']).or_else(|| text.split_once(" — ")) else { return };
    let Some(values) = enumerations::values(rest, Likelihood::Certain) else { return };
    let name = name.split(['(', '（']).next().unwrap_or(name);
    found.enums.extend(named(name).into_iter().map(|name| (name, values.clone())));
}

/// A table whose first column lists the values of what its heading or its header names.
pub(crate) fn of_first_column(table: &Table, opener: Option<&str>, found: &mut Found) {
    if let Some(values) = first_column(table) {
        let names = opener.map(str::to_owned).into_iter().chain(table.header.first().cloned());
        for name in names {
            found.enums.push((name, values.clone()));
        }
        // `Role | May`: where the roles are written as in code, they are those of the users.
        let headed = table.header.first().is_some_and(|cell| ROLE.contains(&names::fold(cell).as_str()));
        if headed && values.iter().all(|value| enumerations::is_code(value)) {
            found.enums.push(("User.role".to_owned(), values));
        }
    }
}

/// The values in the first column of a table.
pub(crate) fn first_column(table: &Table) -> Option<Vec<String>> {
    let columns = Columns::of(table);
    if columns.has(Column::Method) || columns.has(Column::Id) || table.header.len() > 3 {
        return None;
    }
    let values: Vec<String> =
        table.rows.iter().filter_map(|row| row.cells.first()).filter_map(|cell| value(cell)).collect();
    (values.len() == table.rows.len() && values.len() > 1).then_some(values)
}

/// A list of values under the name of an enumeration.
pub(crate) fn of_items(items: &[&[Line]], opener: Option<&str>, found: &mut Found) {
    if let (Some(name), Some(values)) = (opener, of_list(items)) {
        found.enums.push((name.to_owned(), values));
    }
}

/// The values that items list, one each.
pub(crate) fn of_list(items: &[&[Line]]) -> Option<Vec<String>> {
    let values: Vec<String> = items.iter().filter_map(|lines| value(bullets::unmarked(&join(lines)))).collect();
    (values.len() == items.len() && values.len() > 1).then_some(values)
}

/// The values that a fence lists, one in a line.
pub(crate) fn of_lines(lang: &str, text: &str) -> Option<Vec<String>> {
    let remarked = |line: &'_ str| line.split_once(" #").map_or(line.len(), |(value, _)| value.len());
    let lines: Vec<&str> =
        text.lines().map(|line| line[..remarked(line)].trim()).filter(|line| !line.is_empty()).collect();
    let single = |line: &&str| line.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let listed = ["", "text", "txt"].contains(&lang) && lines.len() > 1 && lines.iter().all(single);
    listed.then(|| lines.into_iter().map(str::to_owned).collect())
}

static EXAMPLE: Words = Words("column: example");
static STATUS: Words = Words("means: status");
static ROLE: Words = Words("means: role");
static TYPE: Words = Words("means: type");
static PRIORITY: Words = Words("means: priority");

/// The names of fields that a line before a list may mean: `Suggested statuses`, `Perfis previstos`.
pub(crate) fn named_by(text: &str) -> Vec<String> {
    let bare = crate::openers::unnumbered(text);
    let whole = names::snake(&bare);
    let shown = whole.split('_').any(|word| EXAMPLE.contains(&word));
    if shown || enumerations::is_open_ended(text) {
        return Vec::new();
    }
    let ends = whole.match_indices('_').map(|(at, _)| whole[at + 1..].to_owned());
    let mut found: Vec<String> = ends.chain([whole.clone()]).collect();
    for word in whole.split('_').filter(|word| word.len() > 2) {
        let others = [Language::Portuguese, Language::Spanish, Language::French, Language::German];
        let forms = others.into_iter().map(|language| plurals::singular(word, language));
        for form in plurals::singulars(word).into_iter().chain(forms) {
            for (field, words) in [("status", STATUS), ("role", ROLE), ("type", TYPE), ("priority", PRIORITY)] {
                if words.contains(&form.as_str()) {
                    found.push(field.to_owned());
                }
            }
            found.push(form);
        }
    }
    found.sort();
    found.dedup();
    found
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
