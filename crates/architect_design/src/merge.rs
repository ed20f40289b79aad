//! One entity from the several forms in which a document states it.

use std::collections::HashMap;

use crate::names;
use crate::notes::Notes;
use crate::plurals;
use crate::raw::{RawEntity, RawField, TypeSpec};

/// Merges entities that are the same; the first form that gives fields wins, the others fill gaps.
pub(crate) fn merge(entities: Vec<RawEntity>, notes: &mut Notes) -> Vec<RawEntity> {
    let mut merged: Vec<RawEntity> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for entity in entities {
        let forms = forms(&entity);
        let at = forms.iter().find_map(|form| known.get(form).copied());
        match at {
            Some(at) if !(merged[at].strict && entity.strict) => {
                for form in forms {
                    known.entry(form).or_insert(at);
                }
                join(&mut merged[at], entity, notes);
            }
            _ => {
                for form in forms {
                    known.entry(form).or_insert(merged.len());
                }
                merged.push(entity);
            }
        }
    }
    merged
}

/// The forms of an entity's name by which it is found again.
fn forms(entity: &RawEntity) -> Vec<String> {
    if names::is_account(&entity.label) {
        return vec!["user".to_owned()];
    }
    let mut forms = plurals::singulars(&names::key(&entity.label));
    forms.extend(entity.twin.iter().flat_map(|twin| plurals::singulars(&names::key(twin))));
    forms
}

/// As many entities are compared with each other as a module may have.
const COMPARED: usize = 500;

/// Asks whether entities with the same fields whose names differ by a letter or two are one.
pub(crate) fn misspelt(entities: &[RawEntity], notes: &mut Notes) {
    let labels = |entity: &RawEntity| -> Vec<String> {
        let mut keys: Vec<String> = entity.fields.iter().map(|field| names::key(&field.label)).collect();
        keys.sort();
        keys
    };
    let all: Vec<(String, Vec<String>)> =
        entities.iter().take(COMPARED).map(|entity| (names::key(&entity.label), labels(entity))).collect();
    for (at, (name, fields)) in all.iter().enumerate().filter(|(_, (name, fields))| name.len() > 3 && fields.len() > 2)
    {
        let twin = all[..at].iter().position(|(other, same)| same == fields && is_close(name, other));
        let Some(twin) = twin else { continue };
        let (one, other) = (&entities[at], &entities[twin]);
        let question = format!("Is `{}` the same as the entity `{}` of line {}?", one.label, other.label, other.line);
        notes.ask(one.line, question, "It is another one.");
    }
}

/// Whether two names have the same length, one letter more or less, and all but two letters in the same places.
fn is_close(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let same = short.iter().zip(long).take_while(|(one, other)| one == other).count();
    let behind =
        short[same..].iter().rev().zip(long[same..].iter().rev()).take_while(|(one, other)| one == other).count();
    long.len() - short.len() < 2 && one != other && long.len() - same - behind < 3
}

fn join(known: &mut RawEntity, other: RawEntity, notes: &mut Notes) {
    let (left, kept) = summed_up(known, &other);
    let bare = known.fields.is_empty();
    if bare {
        known.line = other.line;
    }
    known.owner = known.owner.take().or(other.owner);
    if known.description.is_empty() {
        known.description = other.description;
    }
    for constraint in other.constraints {
        if !known.constraints.iter().any(|have| have.fields == constraint.fields) {
            known.constraints.push(constraint);
        }
    }
    let label = known.label.clone();
    if !left.is_empty() {
        let names: Vec<String> = left.iter().map(|name| format!("`{name}`")).collect();
        let question =
            format!("Does `{label}` also have {}? Only the summary of its fields says so.", names.join(", "));
        notes.ask(other.line.max(known.line), question, "It does not.");
    }
    if !kept {
        known.fields.retain(|field| !left.contains(&field.label));
    }
    known.summary &= other.summary;
    for field in other.fields {
        if kept && left.contains(&field.label) {
            continue;
        }
        match known.fields.iter_mut().find(|have| same_field(have, &field)) {
            Some(have) => fill(have, field, &label, notes),
            None if known.strict => {}
            None => known.fields.push(field),
        }
    }
}

/// The fields that only a summary lists where another form lists them in full, and whether that is the known one.
fn summed_up(known: &RawEntity, other: &RawEntity) -> (Vec<String>, bool) {
    let full = |entity: &RawEntity| {
        let typed = entity.fields.iter().filter(|field| field.spec.is_some() || field.foreign_key).count();
        !entity.summary && typed > 2
    };
    let missing = |summary: &RawEntity, full: &RawEntity| {
        let listed = |field: &&RawField| !full.fields.iter().any(|have| same_field(have, field));
        summary.fields.iter().filter(listed).map(|field| field.label.clone()).collect()
    };
    match (known.summary, other.summary) {
        (false, true) if full(known) => (missing(other, known), true),
        (true, false) if full(other) => (missing(known, other), false),
        _ => (Vec::new(), true),
    }
}

fn same_field(one: &RawField, other: &RawField) -> bool {
    let bare = |field: &RawField| {
        let key = names::key(&field.label);
        key.strip_suffix("id").filter(|stem| !stem.is_empty()).map(str::to_owned).unwrap_or(key)
    };
    names::key(&one.label) == names::key(&other.label)
        || (bare(one) == bare(other) && (one.foreign_key || other.foreign_key))
}

/// Takes from another form what the first one leaves open; says where they disagree.
fn fill(have: &mut RawField, other: RawField, entity: &str, notes: &mut Notes) {
    if let (Some(first), Some(second)) = (&have.spec, &other.spec)
        && std::mem::discriminant(first) == std::mem::discriminant(second)
        && !alike(first, second)
    {
        notes.assume(
            other.line,
            format!(
                "`{entity}.{}` is `{}` in line {} and `{}` here; the first is taken",
                have.label, have.type_text, have.line, other.type_text
            ),
        );
    }
    let empty_enum = matches!(&have.spec, Some(TypeSpec::Enum(values)) if values.is_empty());
    let richer = matches!(&other.spec, Some(TypeSpec::Enum(values)) if !values.is_empty());
    if have.spec.is_none()
        || (empty_enum && other.spec.is_some())
        || (richer && !matches!(have.spec, Some(TypeSpec::Enum(_))))
    {
        have.spec = other.spec;
    }
    have.required = have.required.or(other.required);
    have.default = have.default.take().or(other.default);
    have.unique = have.unique.take().or(other.unique);
    have.references = have.references.take().or(other.references);
    have.on_delete = have.on_delete.or(other.on_delete);
    have.foreign_key |= other.foreign_key;
    have.primary_key |= other.primary_key;
    have.index |= other.index;
    if have.description.is_empty() {
        have.description = other.description;
    }
}

/// Whether two types differ in size only.
fn alike(one: &TypeSpec, other: &TypeSpec) -> bool {
    use architect_model::FieldType::{Reference, String, Text, Uuid};
    match (one, other) {
        (TypeSpec::Known(one), TypeSpec::Known(other)) => {
            let wordy = |ty| matches!(ty, &String { .. } | &Text | &Uuid | &Reference { .. });
            std::mem::discriminant(one) == std::mem::discriminant(other) || wordy(one) && wordy(other)
        }
        _ => true,
    }
}
