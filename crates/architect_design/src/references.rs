//! What a field points at: by what its cell says, by its name, by its description.

use architect_model::FieldType;

use crate::classes::Classes;
use crate::hints::contains_word;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::raw::{RawField, TypeSpec};

/// What a reference's name says beside that it is one: `project` of `project_id`, `id_project`, `fk_project`.
pub(crate) fn stem(label: &str) -> Option<String> {
    let snake = names::snake(label);
    for suffix in ["_id", "_uuid", "_fk", "_ids", "_oid"] {
        if let Some(stem) = snake.strip_suffix(suffix) {
            let stem = stem.strip_prefix("fk_").or_else(|| stem.strip_prefix("id_")).unwrap_or(stem);
            return Some(stem.to_owned());
        }
    }
    ["id_", "fk_"].iter().find_map(|prefix| snake.strip_prefix(prefix)).map(str::to_owned)
}

/// Names of the user that rows belong to, most telling first; without the `_id`.
static OWNERS: Words = Words("owner");

/// Those that need no type to mean a user.
static STRONG: Words = Words("owner for certain");

/// Endings of names of the user who did something.
static BY: Words = Words("by somebody");

/// Beginnings of names that point at the same entity.
static PARENTS: Words = Words("parent");

/// Beginnings of names of people.
static PEOPLE: Words = Words("somebody who");

/// Words of descriptions that say that a field points at something.
static POINTS: Words = Words("points at");

/// Words of descriptions that say that a field points at the same entity.
static SELF: Words = Words("self reference");

/// Whether a name without its `_id` means a user.
pub(crate) fn is_owner_word(stem: &str) -> bool {
    OWNERS.contains(&stem) || by_somebody(stem)
}

/// Roles of people who do something, and of those to whom it is done.
static DOERS: Words = Words("does something");
static OTHERS: Words = Words("has something done");

/// Whether a key without its `_id` names the role of a person: `seller`, `recipient`.
fn is_agent(base: &str) -> bool {
    DOERS.contains(&base) || OTHERS.contains(&base)
}

/// Whether a key names the person who does something: `bidder_id`.
pub(crate) fn is_doer(label: &str) -> bool {
    stem(label).is_some_and(|stem| DOERS.contains(&stem.as_str()))
}

fn by_somebody(stem: &str) -> bool {
    BY.iter().any(|ending| stem.ends_with(ending))
}

/// How telling a name is as that of the owner; less is more.
pub(crate) fn owner_rank(label: &str) -> Option<usize> {
    let snake = names::snake(label);
    let stem = stem(label).unwrap_or(snake);
    OWNERS.iter().position(|word| *word == stem)
}

/// The class that a field points at, and whether that was inferred.
pub(crate) fn target(class: &str, field: &RawField, classes: &Classes) -> Option<(String, bool)> {
    let many =
        matches!(field.spec, Some(TypeSpec::Named { many: true, .. } | TypeSpec::Known(FieldType::Array { .. })));
    if let Some(TypeSpec::Named { name, many: false }) = &field.spec
        && let Some(found) = classes.find(name)
    {
        return Some((found.to_owned(), false));
    }
    if let Some(target) = &field.references {
        return Some((named(class, field, target, classes), false));
    }
    if many {
        return None;
    }
    if let Some(found) = field.hint.as_deref().and_then(|hint| classes.find(hint)) {
        return Some((found.to_owned(), false));
    }
    let stem = stem(&field.label);
    let base = stem.clone().unwrap_or_else(|| names::snake(&field.label));
    let wordy = matches!(field.spec, Some(TypeSpec::Known(FieldType::String { .. } | FieldType::Text)));
    let keyed = matches!(
        field.spec,
        None | Some(TypeSpec::Known(FieldType::Uuid | FieldType::Integer { .. } | FieldType::BigInteger { .. }))
    );
    if wordy && !field.foreign_key {
        return stem.and_then(|stem| of_text(&stem, classes));
    }
    // `author` without a type may be a name as well.
    let told = field.spec.is_some() || STRONG.contains(&base.as_str());
    // `invoice UUID` beside an entity `Invoice`, and a key that is said to point at one
    let uuid = field.spec == Some(TypeSpec::Known(FieldType::Uuid)) && stem.is_none();
    if uuid
        && !field.foreign_key
        && let Some(found) = classes.find(&base).filter(|found| classes.describes(found))
    {
        return Some((found.to_owned(), true));
    }
    if uuid && POINTS.iter().any(|word| contains_word(&fold(&field.description), word)) {
        let found = classes.mentioned(&field.description).filter(|found| classes.describes(found));
        if let Some(found) = found {
            return Some((found.to_owned(), true));
        }
    }
    let wanted = field.foreign_key || stem.is_some() && keyed || is_owner_word(&base) && keyed && told;
    if !wanted {
        return None;
    }
    by_name(class, &base, classes).or_else(|| by_description(class, field, stem.is_some(), classes)).or_else(|| {
        let ends = base.match_indices('_').map(|(at, _)| &base[at + 1..]);
        let mut parts = [base.as_str()].into_iter().chain(ends).filter(|part| part.len() > 2);
        let found = parts.find_map(|part| classes.containing(part)).filter(|found| *found != class)?;
        Some((found.to_owned(), true))
    })
}

/// The class of a target that a cell names; one that nothing describes yields to what the field's name says.
fn named(class: &str, field: &RawField, target: &str, classes: &Classes) -> String {
    let known = classes.find(target).map(str::to_owned);
    let told = || {
        let stem = stem(&field.label)?;
        by_name(class, &stem, classes).filter(|(_, inferred)| !inferred || !target.is_ascii()).map(|(class, _)| class)
    };
    known.or_else(told).unwrap_or_else(|| names::pascal(target))
}

/// A text that holds an identifier points at an entity whose identifiers are texts too.
fn of_text(stem: &str, classes: &Classes) -> Option<(String, bool)> {
    match classes.find(stem) {
        Some(class) => (class == "User" || !classes.is_numbered(class)).then(|| (class.to_owned(), false)),
        None => (OWNERS.contains(&stem) || is_agent(stem)).then(|| ("User".to_owned(), true)),
    }
}

/// The class that a name means: the whole of it, its last words, itself for a parent, or the user.
fn by_name(class: &str, base: &str, classes: &Classes) -> Option<(String, bool)> {
    let parts: Vec<&str> = base.split('_').collect();
    if PEOPLE.iter().any(|word| base.starts_with(word)) && classes.find(base).is_none() {
        return Some(("User".to_owned(), true));
    }
    for from in 0..parts.len() {
        let name = parts[from..].join("_");
        let found = classes.find(&name).or_else(|| classes.find(name.trim_end_matches(|c: char| c.is_ascii_digit())));
        if let Some(found) = found {
            return Some((found.to_owned(), from > 0));
        }
    }
    let role = parts.iter().any(|part| names::is_account(part) || classes.is_role(part)) || classes.is_role(base);
    if is_owner_word(base) || role {
        return Some(("User".to_owned(), true));
    }
    if PARENTS.iter().any(|word| base.starts_with(word)) {
        return Some((class.to_owned(), true));
    }
    is_agent(base).then(|| ("User".to_owned(), true))
}

/// The class that the description of a key means: the only one it mentions, or the same one.
fn by_description(class: &str, field: &RawField, named: bool, classes: &Classes) -> Option<(String, bool)> {
    let folded = fold(&field.description);
    if folded.is_empty() || !field.foreign_key && !named {
        return None;
    }
    if SELF.iter().any(|word| contains_word(&folded, word)) {
        return Some((class.to_owned(), true));
    }
    let found = classes.mentioned(&field.description)?;
    let other = found != class || PARENTS.iter().any(|word| contains_word(&folded, word));
    other.then(|| (found.to_owned(), true))
}

/// Follows a reference to its entity.
pub(crate) fn settle(class: &str, field: &mut RawField, classes: &Classes, notes: &mut Notes) {
    let listed = matches!(&field.spec, Some(TypeSpec::Known(FieldType::Array { .. })));
    let many = listed || matches!(&field.spec, Some(TypeSpec::Named { many: true, .. }));
    if let Some(target) = field.references.as_deref().filter(|_| listed).and_then(|target| classes.find(target)) {
        field.spec = Some(TypeSpec::Named { name: target.to_owned(), many: true });
    } else if let Some((target, inferred)) = target(class, field, classes) {
        if inferred {
            notes.assume(field.line, format!("`{class}.{}` refers to `{target}`", field.label));
        }
        field.foreign_key = true;
        field.spec = Some(TypeSpec::Named { name: target, many: false });
    } else if field.foreign_key && !many {
        let known = matches!(field.spec, Some(TypeSpec::Known(_)));
        let default = if known {
            "It is a plain value without a foreign key."
        } else {
            "It is a plain `uuid` without a foreign key."
        };
        notes.ask(field.line, format!("What does `{class}.{}` refer to?", field.label), default);
        if !known {
            field.spec = Some(TypeSpec::Known(FieldType::Uuid));
        }
    } else if stem(&field.label).is_some()
        && (field.spec == Some(TypeSpec::Known(FieldType::Uuid)) || field.spec.is_none() && field.type_text.is_empty())
    {
        field.spec = Some(TypeSpec::Known(FieldType::Uuid));
        notes.ask(
            field.line,
            format!("What does `{class}.{}` refer to?", field.label),
            "It is a plain `uuid` without a foreign key.",
        );
    }
}
