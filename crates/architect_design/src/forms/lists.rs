//! Lists as they are nested, and fences that list the names of fields.

use crate::blocks::{Block, Line};
use crate::forms::folded;
use crate::hints;
use crate::loose::{self, Dialect};
use crate::names;
use crate::raw::RawField;
use crate::topics::{self, Topic};
use crate::typewords;

/// One item of a list, without those below it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub depth: u8,
    pub lines: &'a [Line],
}

/// The items among blocks.
pub(crate) fn items(blocks: &[Block]) -> Vec<Item<'_>> {
    blocks.iter().filter_map(item).collect()
}

fn item(block: &Block) -> Option<Item<'_>> {
    match block {
        Block::Item { depth, lines } => Some(Item { depth: *depth, lines }),
        _ => None,
    }
}

/// The items of the outermost level: where each is, and where the items below it end.
pub(crate) fn groups(items: &[Item<'_>]) -> Vec<(usize, usize)> {
    let top = items.iter().map(|item| item.depth).min().unwrap_or(1);
    let starts: Vec<usize> = (0..items.len()).filter(|at| *at == 0 || items[*at].depth <= top).collect();
    let ends = starts.iter().skip(1).copied().chain([items.len()]);
    starts.iter().copied().zip(ends).collect()
}

/// The fields of a fence without a language that lists the names of fields, one per line.
pub(crate) fn of_names(lang: &str, text: &str, line: u32) -> Option<Vec<RawField>> {
    if !["", "text"].contains(&lang) {
        return None;
    }
    let listed: Vec<(u32, &str, &str)> = (line..)
        .zip(text.lines())
        .flat_map(|(line, text)| {
            let (text, said) = text.split_once(" #").unwrap_or((text, ""));
            // `x, y, width`
            let names: Vec<&str> = text.trim().trim_end_matches(',').split(", ").map(str::trim).collect();
            let several = names.len() > 1 && names.iter().all(|name| names::is_identifier(name));
            let parts = if several { names } else { vec![text.trim()] };
            parts.into_iter().map(move |part| (line, part, said.trim()))
        })
        .filter(|(_, text, _)| !text.is_empty())
        .collect();
    let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let inline: Vec<&str> = whole.trim_end_matches(',').split(',').map(str::trim).collect();
    if inline.len() > 2 && inline.iter().all(|name| names::is_identifier(name)) {
        return Some(folded::read(&inline.join(", "), line, Dialect::default()));
    }
    if let Some(fields) = in_columns(&listed) {
        return Some(fields);
    }
    let name = |text: &str| text.split([' ', ':', '(']).next().unwrap_or_default().to_owned();
    let names =
        listed.iter().all(|(_, text, _)| names::is_identifier(&name(text)) && text.split_whitespace().count() < 5);
    if listed.len() < 2 || !names || !listed.iter().any(|(_, text, _)| is_common(&name(text))) {
        return None;
    }
    let fields = |(line, text, said): (u32, &str, &str)| {
        let mut fields = folded::read(text, line, Dialect::default());
        for field in &mut fields {
            hints::describe(field, said);
        }
        fields
    };
    Some(listed.into_iter().flat_map(fields).collect())
}

/// Fields in columns that spaces make: `owner_id   FK → users.id, cascade`, `kind   VARCHAR(16), a | b, default a`.
fn in_columns(listed: &[(u32, &str, &str)]) -> Option<Vec<RawField>> {
    let cut = |text: &str| -> Option<(String, String)> {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let apart = rest.starts_with("  ") || rest.starts_with('\t') || rest.is_empty() || rest.trim().is_empty();
        let first = rest.split_whitespace().next().unwrap_or_default();
        let one = rest.split_whitespace().count() < 2
            || typewords::find(first).is_some()
            || ["FK", "PK", "PK/FK"].contains(&first);
        (names::is_identifier(name) && (apart || one)).then(|| (name.to_owned(), rest.trim().to_owned()))
    };
    let parts: Vec<(u32, String, String)> = (listed.iter())
        .map(|(line, text, said)| cut(text).map(|(name, rest)| (*line, name, format!("{rest}  {said}"))))
        .collect::<Option<_>>()?;
    let told = parts.iter().filter(|(_, _, rest)| rest.split_whitespace().count() > 1).count();
    if parts.len() < 2 || told == 0 || !parts.iter().any(|(_, name, _)| is_common(name)) {
        return None;
    }
    let field = |(line, name, rest): (u32, String, String)| {
        let mut field = RawField { label: name, line, ..RawField::default() };
        let cut = ["  ", " — ", ", ", "，", "；", "; "].iter().filter_map(|mark| rest.find(mark)).min();
        let (ty, said) = rest.split_at(cut.unwrap_or(rest.len()));
        let mut probe = field.clone();
        loose::read(&mut probe, ty.trim(), Dialect::default());
        if probe.spec.is_some() || probe.foreign_key || probe.primary_key {
            field = probe;
            hints::describe(&mut field, said.trim_start_matches([' ', ',', '，', '；', ';', '—']).trim());
        } else {
            hints::describe(&mut field, rest.trim());
        }
        field
    };
    Some(parts.into_iter().map(field).collect())
}

/// Names that hardly any value of an enumeration has.
pub(crate) fn is_common(label: &str) -> bool {
    let snake = names::snake(label);
    [
        "id",
        "name",
        "title",
        "email",
        "nombre",
        "titulo",
        "titre",
        "titel",
        "nome",
        "nom",
        "description",
        "created_at",
        "descripcion",
    ]
    .contains(&snake.as_str())
        || snake.ends_with("_id")
        || snake.ends_with("_at")
}

/// The fields that the only item of a list names, and not one field with what holds for it: `name: text, unique`.
pub(crate) fn alone(lines: &[Line]) -> Option<Vec<RawField>> {
    let whole = crate::blocks::join(lines);
    let holds = |part: &str| {
        let mut probe = RawField::default();
        crate::constraints::take(&mut probe, part).is_empty() || crate::bounds::read(part.trim()).is_some()
    };
    let one = crate::types::split(&whole, ',').into_iter().skip(1).any(holds);
    sentence(lines).filter(|_| !one)
}

/// The fields that a line lists behind a word for them: `Fields: title, due date (optional), tags`.
pub(crate) fn told(lines: &[Line]) -> Option<Vec<RawField>> {
    let whole = crate::blocks::join(lines);
    let (before, listed) = whole.split_once([':', '：'])?;
    let listed = listed.trim().trim_end_matches('.');
    let parts = crate::types::split(listed, ',');
    let short = |part: &&str| {
        let name = part.split('(').next().unwrap_or_default().trim();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '`' | '\'');
        name.split_whitespace().count() < 4
            && name.starts_with(|c: char| c.is_alphabetic() || c == '`')
            && name.chars().all(plain)
    };
    let fits = topics::of(before) == Topic::Part && !before.contains('`') && parts.len() > 2 && parts.iter().all(short);
    fits.then(|| folded::read(listed, lines.first().map_or(1, |line| line.line), Dialect::default()))
}

/// The fields of a sentence that lists nothing else: `id, owner_id (SET NULL), state, details JSONB.`
pub(crate) fn sentence(lines: &[Line]) -> Option<Vec<RawField>> {
    let whole = crate::blocks::join(lines);
    // `**Meta:** created_at, updated_at`
    let lead = lines.first().map_or("", |line| line.lead.trim());
    let whole = match whole.strip_prefix(lead).filter(|_| lead.ends_with([':', '：'])) {
        Some(rest) => rest.trim().to_owned(),
        None => whole,
    };
    let text = whole.replace('`', "");
    let first = text.split(". ").next().unwrap_or_default().trim_end_matches('.');
    // `Kinds of goods. `id`, `name`, `description?`.`
    let coded =
        whole.split(". ").find(|sentence| sentence.trim_start().starts_with('`') && sentence.matches('`').count() > 5);
    let coded = coded.map(|sentence| sentence.replace('`', ""));
    let text = coded.as_deref().unwrap_or(first).trim().trim_end_matches('.');
    let parts = crate::types::split(text, ',');
    let field = |part: &&str| -> bool {
        let outside = part.split('(').next().unwrap_or_default();
        let name = outside.split([' ', ':']).find(|word| !word.is_empty()).unwrap_or_default();
        names::is_identifier(name.trim_end_matches('?').trim_end_matches("[]"))
            && outside.split_whitespace().count() < 3
            && !part.contains(". ")
    };
    let name = |part: &&str| part.trim().split([' ', '(', ':']).next().unwrap_or_default().to_owned();
    let common = parts.iter().filter(|part| is_common(&name(part))).count();
    let listed = parts.iter().all(field) && (parts.len() > 2 && common > 0 || parts.len() == 2 && common == 2);
    listed.then(|| folded::read(text, lines.first().map_or(1, |line| line.line), Dialect::default()))
}
