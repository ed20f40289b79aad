//! Lists with one item per field, and lists of entities with their fields in one item.

use crate::blocks::{Line, join};
use crate::enumerations;
use crate::hints;
use crate::lexicon::Words;
use crate::loose::{self, Dialect};
use crate::names::{self, fold};
use crate::raw::{RawField, TypeSpec};
use crate::references;
use crate::topics::{self, Topic};
use crate::typewords::{self, Word};

/// The field that an item states, and how sure that is.
pub(crate) struct Bullet {
    pub fields: Vec<RawField>,
    /// Whether a type word or a code span shows that this is a field.
    pub certain: bool,
    /// Whether a type or a key stands in it.
    pub typed: bool,
}

/// Reads an item as a field: `` `name`: string, required — text ``.
pub(crate) fn field(lines: &[Line], dialect: Dialect) -> Option<Bullet> {
    let text = unmarked(&join(lines)).to_owned();
    let line = lines.first()?.line;
    if let Some(parts) = several(&text) {
        let read = |part: &&str| field(&[Line { text: part.trim().to_owned(), line, ..Line::default() }], dialect);
        let read: Vec<Bullet> = parts.iter().map(read).collect::<Option<_>>()?;
        let (certain, typed) = (read.iter().all(|part| part.certain), read.iter().any(|part| part.typed));
        return Some(Bullet { fields: read.into_iter().flat_map(|part| part.fields).collect(), certain, typed });
    }
    let (written, rest, coded) = name(&text)?;
    if is_statement(&text, &written, &rest) {
        return None;
    }
    let labels: Vec<String> = written
        .split([',', '/', '&', '+'])
        .map(|part| part.trim().trim_matches('`').trim_end_matches(['?', '*']).to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    let label_ok = |label: &String| names::is_label(label.trim_start_matches('_')) || !coded && is_plain(label);
    if labels.is_empty() || !labels.iter().all(label_ok) {
        return None;
    }
    let (mut type_text, description) = split_type(&rest);
    // `int = 1`
    let mut default = None;
    if let Some((ty, value)) = type_text.split_once(" = ").filter(|(_, value)| value.split_whitespace().count() == 1) {
        (type_text, default) = (ty.to_owned(), Some(value.trim_matches(['`', '"', '\'']).to_owned()));
    }
    let bold = !lines[0].lead.is_empty() && lines[0].lead.trim().trim_end_matches([':', ' ']) == labels[0];
    let mut certain = (coded || bold) && names::is_identifier(labels[0].trim_start_matches('_'));
    let mut typed = false;
    let mut fields = Vec::new();
    for label in labels {
        let mut field = RawField { label, line, ..RawField::default() };
        if written.trim_end_matches('`').ends_with('?') {
            field.required = Some(false);
        }
        loose::read(&mut field, &type_text, dialect);
        field.default = field.default.take().or(default.clone());
        if field.spec.is_none() && !field.foreign_key && is_type(&description) {
            loose::read(&mut field, &description, dialect);
        }
        if type_text.split_whitespace().count() > 1 {
            hints::values(&mut field, &hints::without_remarks(&type_text));
        }
        typed |= is_told(&field);
        certain |= typed;
        if field.spec.is_none() && !field.foreign_key && type_text.split_whitespace().count() > 1 {
            hints::describe(&mut field, &type_text);
        }
        hints::describe(&mut field, &description);
        fields.push(field);
    }
    Some(Bullet { fields, certain, typed })
}

/// An item without the mark that ends it among others: `Brand;`, and the last one, `Price.`
pub(crate) fn unmarked(text: &str) -> &str {
    let text = text.trim_end();
    let bare = text.trim_end_matches([';', ',', '；', '，', '、']);
    let alone = !text.contains([':', '(', '—', '–', '：', '（', '`']) && text.matches('.').count() == 1;
    if alone && !enumerations::is_open_ended(text) { bare.trim_end_matches(['.', '。']) } else { bare }
}

/// The parts of an item that states several fields, each with what is said of it: `` `a` (int), `b` (int, default 4) ``.
fn several(text: &str) -> Option<Vec<&str>> {
    let parts = crate::types::split(text, ',');
    // `due_on (date), remark (text)`, and not `first_name, last_name (text)`
    let plain = |part: &&str| {
        let (name, rest) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
        names::is_label(name) && (rest.is_empty() || rest.starts_with('(') && rest.ends_with(')'))
    };
    let bracketed = parts.split_last().is_some_and(|(_, before)| before.iter().any(|part| part.contains('(')));
    if bracketed && parts.iter().all(plain) {
        return Some(parts);
    }
    let said = |part: &&str| {
        let mut pieces = part.trim().splitn(3, '`');
        let (before, _, after) = (pieces.next(), pieces.next(), pieces.next());
        (before == Some("") && after.is_some_and(|after| !after.contains('`')))
            .then(|| !after.unwrap_or_default().trim().is_empty())
    };
    let said: Vec<bool> = parts.iter().map(said).collect::<Option<_>>()?;
    let (_, before) = said.split_last()?;
    before.contains(&true).then_some(parts)
}

/// Whether an item states a condition or a transition: `` `a = 'b'` → 0 ``, `` `open` → `closed` ``.
fn is_statement(text: &str, written: &str, rest: &str) -> bool {
    let inside = text.trim().strip_prefix('`').and_then(|rest| rest.split('`').next()).unwrap_or_default();
    let compares = inside.split_whitespace().nth(1).is_some_and(|word| {
        ["=", "==", "!=", "<", ">", "<=", ">=", "IS", "IN", "AND", "+", "*", "→", "->"].contains(&word)
    });
    let turns = ["→", "->", "=>", "⇒"].iter().any(|arrow| rest.trim_start().starts_with(arrow));
    let called = inside.split_whitespace().next().is_some_and(|word| word.contains('('));
    let calls =
        rest.trim_start().strip_prefix('`').and_then(|rest| rest.split('`').next()).is_some_and(|code| {
            code.split_once('(').is_some_and(|(name, _)| name.contains('.') && !name.contains(' '))
        });
    queries(rest) || calls || compares || turns && references::stem(written.trim()).is_none() || called
}

/// Whether what is said of an item is a statement in SQL or a call: `` `SELECT * FROM tasks` ``, `` `GET /tasks` ``.
fn queries(rest: &str) -> bool {
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "GET /", "POST /", "PUT /", "PATCH /", "CREATE "];
    rest.split('`').skip(1).step_by(2).any(|code| verbs.iter().any(|verb| code.starts_with(verb)))
}

/// The name of an item, what follows it, and whether the name is a code span.
fn name(text: &str) -> Option<(String, String, bool)> {
    let text = text.trim();
    if text.starts_with('`') {
        // `a`, `b`: two names with one type.
        let mut end = 0;
        let mut rest = text;
        while let Some(inside) = rest.strip_prefix('`') {
            let close = inside.find('`')?;
            end += close + 2;
            rest = &text[end..];
            let gap = rest.len() - rest.trim_start_matches([',', '/', '&', '+', ' ']).len();
            if gap == 0 || !rest[gap..].starts_with('`') || !rest[..gap].contains([',', '/', '&', '+']) {
                break;
            }
            end += gap;
            rest = &text[end..];
        }
        let written = text[..end].replace('`', "");
        let (written, typed) = match written.split_once([':', ' ']) {
            Some((name, ty)) if !written.contains([',', '/', '&', '+']) => {
                (name.to_owned(), format!("{}, ", ty.trim()))
            }
            _ => (written, String::new()),
        };
        return Some((
            written,
            format!("{typed}{}", text[end..].trim_start_matches([':', ' ', '-', '—', '–', '：'])),
            true,
        ));
    }
    let end = text
        .find([':', '(', '：', '（'])
        .or_else(|| text.find(" — "))
        .or_else(|| text.find(" – "))
        .or_else(|| text.find(" - "));
    let end = end.unwrap_or(text.len());
    let rest = text[end..].trim_start_matches([':', ' ', '-', '—', '–', '：']);
    Some((text[..end].trim().to_owned(), rest.to_owned(), false))
}

/// Cuts `string, required — text` or `(uuid, PK): text` into type and description.
fn split_type(rest: &str) -> (String, String) {
    let rest = rest.trim();
    if let Some(inside) = rest.strip_prefix(['(', '（']) {
        let opening = format!("({inside}");
        let end =
            crate::constraints::closing(&opening.replace(['（'], "(").replace('）', ")")).unwrap_or(opening.len());
        let inner: String = opening
            .chars()
            .skip(1)
            .take(opening.get(..end).map_or(0, |text| text.chars().count()).saturating_sub(2))
            .collect();
        let after: String = opening.chars().skip(inner.chars().count() + 2).collect();
        return (inner, after.trim_start_matches([':', ' ', '-', '—', '–', '：']).to_owned());
    }
    for mark in [" — ", " – ", " - ", ". ", "；", "。"] {
        let cut = rest.match_indices(mark).map(|(at, _)| at).find(|at| !is_inside(&rest[..*at]));
        if let Some(at) = cut {
            return (rest[..at].to_owned(), rest[at + mark.len()..].to_owned());
        }
    }
    if is_type(rest) || rest.split_whitespace().count() == 1 {
        (rest.to_owned(), String::new())
    } else {
        (String::new(), rest.to_owned())
    }
}

/// Whether a text breaks off in brackets or behind an abbreviation.
fn is_inside(text: &str) -> bool {
    let opened = text.matches(['(', '（', '[']).count() > text.matches([')', '）', ']']).count();
    opened || enumerations::is_open_ended(text.rsplit(' ').next().unwrap_or_default())
}

/// Whether a text begins with a type, or says what a column says.
fn is_type(text: &str) -> bool {
    let first = text.split([',', ' ', '(', '[', '<', '|', '?', ';', '/']).next().unwrap_or_default();
    let mut probe = RawField::default();
    if text.split_whitespace().count() <= 5 {
        loose::read(&mut probe, text, Dialect::default());
    }
    typewords::find(first).is_some()
        || is_told(&probe)
        || probe.type_text.is_empty() && !text.is_empty() && probe != RawField::default()
}

/// Whether a field has a type or is a key; the name of a class alone says nothing yet.
fn is_told(field: &RawField) -> bool {
    let typed = match &field.spec {
        Some(TypeSpec::Known(_)) => true,
        Some(TypeSpec::Enum(values)) => {
            values.is_empty() || field.type_text.contains(['\'', '"', '|']) || says_enum(field)
        }
        Some(TypeSpec::Named { many, .. }) => *many,
        None => false,
    };
    typed || field.foreign_key || field.primary_key
}

fn says_enum(field: &RawField) -> bool {
    let folded = fold(&field.type_text);
    folded.split(|c: char| !c.is_alphanumeric()).next().is_some_and(|word| typewords::find(word) == Some(Word::Enum))
}

/// Small words in names of fields: `nombre del cliente para la factura`.
static PARTICLES: Words = Words("small words in names");

/// Whether a text is a name of a few plain words.
fn is_plain(label: &str) -> bool {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '(' | ')' | '°' | 'º' | '\'' | '’' | '.' | '#');
    // `date de mise à jour` has three words.
    let telling = |word: &&str| word.chars().count() > 2 && !PARTICLES.contains(&fold(word).as_str());
    label.split_whitespace().filter(telling).count() <= 4
        && label.split_whitespace().count() <= 6
        && label.starts_with(char::is_alphabetic)
        && label.chars().all(plain)
}

/// `User: id, name, email`: the entity and the text of its fields.
pub(crate) fn entity_with_fields(text: &str) -> Option<(String, String)> {
    let colon = text.split_once([':', '：']);
    // `1. **orders** — id, total, status`
    let dashed =
        [" — ", " – ", " - "].into_iter().filter_map(|dash| text.split_once(dash)).min_by_key(|(head, _)| head.len());
    let dashed = dashed.filter(|(head, rest)| {
        let short = |part: &&str| part.split(['(', '[']).next().unwrap_or_default().split_whitespace().count() < 4;
        !head.contains(['(', ' ', ':']) && crate::types::split(first_sentence(rest), ',').iter().all(short)
    });
    let bracketed = dashed.or(colon).is_none();
    let (head, rest) = dashed.or(colon).or_else(|| {
        let at = text.find('(')?;
        Some((&text[..at], text[at + 1..].trim_end_matches(['.', ')'])))
    })?;
    let label = crate::openers::label(head).filter(|_| !head.contains("[]"))?;
    let first = head.split_whitespace().next().unwrap_or_default();
    let mut probe = RawField::default();
    let kept = crate::constraints::take(&mut probe, head);
    // `Required fields: name, email`, `Campos de busca (nome, email)`
    let long = label.split_whitespace().count() > 3;
    let named =
        label.starts_with(char::is_lowercase) && enumerations::likelihood(&label) == enumerations::Likelihood::Named;
    if long || named || kept.len() < head.trim().len() || topics::of(first) == Topic::Part && head.contains(' ') {
        return None;
    }
    let rest = first_sentence(rest).trim().trim_end_matches('.');
    let rest = rest.strip_prefix(['(', '{', '[']).map_or(rest, |rest| rest.trim_end_matches([')', '}', ']']));
    let parts = crate::types::split(rest, ',');
    if parts.iter().any(|part| part.trim().trim_matches('`').ends_with(':')) {
        return None;
    }
    // Where the identifier is listed, what follows are fields, whatever they are called: `ID, Login-Name`.
    let keyed = parts.first().is_some_and(|part| names::key(part) == "id" || names::snake(part).ends_with("_id"));
    let named = parts.iter().filter(|part| {
        let name = part
            .trim()
            .trim_matches('`')
            .split([':', '(', ' ', '=', '['])
            .next()
            .unwrap_or_default()
            .trim_end_matches(['?', '`', '*']);
        let outside = part.split(['[', '(']).next().unwrap_or_default();
        let fits = names::is_identifier(name) || keyed && names::is_label(&name.replace('-', "_"));
        // `Group updates (name, colour, icon changes)` tells of changes.
        let most = if bracketed { 1 } else { 4 };
        fits && outside.split_whitespace().count() <= most
    });
    let told = rest.contains(['`', '_', ':'])
        || parts.iter().any(|part| super::lists::is_common(part.trim().split([' ', '(']).next().unwrap_or_default()));
    let enough = told && parts.len() >= 3 && named.count() == parts.len() && !is_typed(&parts);
    let prose = fold(rest).contains(" and ") && !rest.contains('_');
    (enough && !prose && !names::is_constraint(&label)).then(|| (label, rest.to_owned()))
}

/// A text up to the end of its first sentence, outside of brackets.
fn first_sentence(text: &str) -> &str {
    let balanced = |at: &usize| text[..*at].matches('(').count() == text[..*at].matches(')').count();
    let end = text.match_indices(". ").map(|(at, _)| at).find(balanced);
    &text[..end.unwrap_or(text.len())]
}

static ATTRIBUTES: Words = Words("fields follow");

/// `**Task**: Something to do. Attributes: title, due date`: the entity and the text of its fields.
pub(crate) fn described_entity(lines: &[Line]) -> Option<(String, String)> {
    let (label, said) = named_entity(lines)?;
    let lower = said.to_lowercase();
    let at = ATTRIBUTES.iter().filter_map(|word| Some(lower.find(&format!("{word}:"))? + word.len() + 1)).min()?;
    let listed = said.get(at..).filter(|_| lower.len() == said.len())?.trim();
    let listed = listed.split(". ").next().unwrap_or(listed).trim_end_matches('.');
    let parts: Vec<String> = crate::types::split(listed, ',').into_iter().map(as_name).collect();
    (parts.len() > 1).then(|| (label, parts.join(", ")))
}

/// A part of a sentence with its words joined to one name: `unique ID`, `owner (user ID)`.
fn as_name(part: &str) -> String {
    let end = part.find(['(', '（', ':']).unwrap_or(part.len());
    let words: Vec<&str> = part[..end].split_whitespace().collect();
    let words = words.strip_prefix(&["and"]).unwrap_or(&words);
    if words.len() > 4 {
        part.to_owned()
    } else {
        format!("{} {}", words.join("_").replace('-', "_"), &part[end..]).trim().to_owned()
    }
}

/// `**Task**: Something to do`: the entity and what is said of it.
pub(crate) fn named_entity(lines: &[Line]) -> Option<(String, String)> {
    let text = join(lines);
    let lead = lines.first()?.lead.trim().trim_end_matches([':', '：']).trim();
    if lead.is_empty() {
        return None;
    }
    let said = text.get(lead.len()..)?.trim_start_matches([':', '：', ' ', '—', '–', '-']);
    let label = crate::openers::label(lead)?;
    (topics::of(lead) == Topic::Entity && label.split_whitespace().count() < 4).then(|| (label, said.to_owned()))
}

/// Whether what is listed is the type of one field with what holds for it: `string, unique, max 40`.
fn is_typed(parts: &[&str]) -> bool {
    let [first, others @ ..] = parts else { return false };
    let holds = |part: &&str| {
        let mut probe = RawField::default();
        crate::constraints::take(&mut probe, part).is_empty() || crate::bounds::read(part.trim()).is_some()
    };
    typewords::find(first).is_some() && others.iter().any(holds)
}
