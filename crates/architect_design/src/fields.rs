//! One field: its name, its type, and whether the conventions imply it.

use architect_model::{Entity, Field, FieldType, Implied, ImpliedRole, OnDelete, Ownership, Unique};

use crate::classes::Classes;
use crate::infer;
use crate::literals;
use crate::names;
use crate::notes::Notes;
use crate::raw::{RawField, Scope, TypeSpec};

/// Settles a field; `None` if it is implied, or no field.
pub(crate) fn field(
    entity: &mut Entity,
    raw: &RawField,
    strict: bool,
    classes: &Classes,
    notes: &mut Notes,
) -> Option<Field> {
    if let Some(role) = raw.role {
        entity.implied.push(Implied { label: raw.label.clone(), role, at: notes.at(raw.line) });
        return None;
    }
    let name = name(entity, raw, strict, notes)?;
    let ty = field_type(raw, classes, notes);
    if let Some(role) = implied(entity, &name, ty.as_ref()) {
        if strict {
            notes.assume(raw.line, format!("`{}.{name}` is implied and not written", entity.name));
        }
        entity.implied.push(Implied { label: raw.label.clone(), role, at: notes.at(raw.line) });
        return None;
    }
    let ty = ty?;
    let name = match &ty {
        FieldType::Reference { entity: target, .. } => without_id(entity, name, target, strict),
        _ => name,
    };
    if name.ends_with(APART) && !strict && names::snake(&raw.label) != name {
        notes.assume(raw.line, format!("`{}.{}` is named `{name}` in code", entity.name, raw.label));
    }
    let refers = matches!(ty, FieldType::Reference { .. } | FieldType::Many { .. });
    let name = check_name(entity, name, (raw, refers), strict, notes);
    let ty = match ty {
        FieldType::Enum { values, .. } => {
            FieldType::Enum { name: format!("{}{}", entity.name, names::pascal(&name)), values }
        }
        ty => ty,
    };
    let many = matches!(ty, FieldType::Many { .. });
    let mut field = Field {
        label: names::one_line(&raw.label),
        required: raw.required.unwrap_or(true) && !many,
        default: None,
        unique: (raw.unique == Some(Scope::Table)).then_some(Unique::Global),
        index: raw.index,
        filter: raw.filter,
        read_only: raw.read_only,
        circular: raw.circular,
        description: Some(names::one_line(&raw.description)).filter(|text| !text.is_empty()),
        at: notes.at(raw.line),
        name,
        ty,
    };
    on_delete(&mut field, raw, strict, notes);
    default(entity, &mut field, raw, strict, notes);
    Some(field)
}

/// Behind the name of a reference whose own is that of another field.
const APART: &str = "_ref";

/// The name of a reference without what says that it is one: `project` for `project_id` and `id_project`, and
/// `project_ref` where there is a text `project` beside it; beside a reference to the same it is that one again.
fn without_id(entity: &Entity, name: String, target: &str, strict: bool) -> String {
    let prefix = || if strict { None } else { name.strip_prefix("id_").or_else(|| name.strip_prefix("fk_")) };
    let bare = name.strip_suffix("_id").or_else(prefix).filter(|bare| !bare.is_empty());
    let Some(bare) = bare else { return name };
    let same = |ty: &FieldType| matches!(ty, FieldType::Reference { entity, .. } if entity == target);
    match entity.fields.iter().find(|field| field.name == bare) {
        Some(taken) if !strict && !same(&taken.ty) => format!("{bare}{APART}"),
        _ => bare.to_owned(),
    }
}

/// An entity that the document does not describe is taken for one that exists.
pub(crate) fn assume_existing(class: &str, line: u32, notes: &mut Notes) {
    notes.assume(line, format!("`{class}` is not described here and taken for a table that exists"));
}

fn name(entity: &Entity, raw: &RawField, strict: bool, notes: &mut Notes) -> Option<String> {
    let written = raw.name.as_deref().unwrap_or(&raw.label);
    let name = names::snake(written);
    if name.is_empty() && !strict {
        notes.ask(raw.line, format!("What is the field `{written}` of `{}` called?", entity.name), "It is left out.");
        return None;
    }
    if strict && !names::is_label(written) {
        notes.problem(
            raw.line,
            format!("`{written}` cannot be the name of a field"),
            if name.is_empty() {
                "Use letters, digits and underscores.".to_owned()
            } else {
                format!("Write `{name}`.")
            },
        );
        return None;
    }
    if !written.is_ascii() {
        notes.assume(raw.line, format!("`{}.{written}` is named `{name}` in code", entity.name));
    }
    Some(name)
}

/// The name, or another one where it is taken and the document is not in the explicit format.
fn check_name(
    entity: &Entity,
    name: String,
    (raw, refers): (&RawField, bool),
    strict: bool,
    notes: &mut Notes,
) -> String {
    if name.len() + 3 > names::MAX_NAME && !strict {
        let short = shortened(&name);
        notes.assume(raw.line, format!("`{}.{}` is named `{short}` in code", entity.name, raw.label));
        return short;
    }
    if name.len() + 3 > names::MAX_NAME {
        notes.problem(
            raw.line,
            format!("the field name `{name}` is too long"),
            format!("PostgreSQL cuts names behind {} bytes; choose a shorter one.", names::MAX_NAME),
        );
    }
    let Some(why) = names::field_clash(&name).or_else(|| names::type_clash(&name).filter(|_| !refers)) else {
        return name;
    };
    let other = free_name(entity, &name, refers);
    if strict {
        notes.problem(raw.line, format!("the field name `{name}` {why}"), format!("Call it `{other}`, for example."));
        return name;
    }
    notes.assume(raw.line, format!("`{}.{name}` {why}, so the field is named `{other}`", entity.name));
    other
}

/// Another name for a field whose own is taken: with the entity before it, or with a word behind it.
fn free_name(entity: &Entity, name: &str, refers: bool) -> String {
    let before = format!("{}_{name}", names::snake(&entity.name));
    let taken = names::field_clash(&before).or_else(|| names::type_clash(&before).filter(|_| !refers));
    if taken.is_some() { format!("{name}_value") } else { before }
}

/// A name cut between its words to what PostgreSQL keeps, with room for `_id`.
fn shortened(name: &str) -> String {
    let mut short = String::new();
    for word in name.split('_') {
        if short.len() + word.len() + 4 > names::MAX_NAME {
            break;
        }
        short = if short.is_empty() { word.to_owned() } else { format!("{short}_{word}") };
    }
    if short.is_empty() { name.chars().take(names::MAX_NAME - 3).collect() } else { short }
}

/// The type with its references followed; an enumeration is named later.
fn field_type(raw: &RawField, classes: &Classes, notes: &mut Notes) -> Option<FieldType> {
    Some(match raw.spec.clone()? {
        TypeSpec::Known(ty) => ty,
        TypeSpec::Enum(mut values) => {
            let mut seen: Vec<String> = Vec::new();
            values.retain(|value| {
                !seen.contains(value) && {
                    seen.push(value.clone());
                    true
                }
            });
            FieldType::Enum { name: String::new(), values }
        }
        TypeSpec::Named { name: target, many } => {
            let target = match classes.find(&target) {
                Some(class) => class.to_owned(),
                None => {
                    let class = names::pascal(&target);
                    assume_existing(&class, raw.line, notes);
                    class
                }
            };
            if many {
                FieldType::Many { entity: target }
            } else {
                FieldType::Reference { entity: target, on_delete: raw.on_delete }
            }
        }
    })
}

/// What an implied column is recognised as.
fn implied(entity: &Entity, name: &str, ty: Option<&FieldType>) -> Option<ImpliedRole> {
    match name {
        "id" => return Some(ImpliedRole::Id),
        "created_at" => return Some(ImpliedRole::CreatedAt),
        "updated_at" => return Some(ImpliedRole::UpdatedAt),
        _ => {}
    }
    let bare = name.strip_suffix("_id").unwrap_or(name);
    match (&entity.owner, ty) {
        (Ownership::User, Some(FieldType::Reference { entity: target, .. })) if target == "User" => {
            ["owner", "user"].contains(&bare).then_some(ImpliedRole::Owner)
        }
        (Ownership::User, _) if name == "owner_id" || name == "user_id" => Some(ImpliedRole::Owner),
        (owner, ty) => {
            let parent = owner.parent()?;
            let refers = matches!(ty, Some(FieldType::Reference { entity: target, .. }) if target == parent);
            ((refers || name.ends_with("_id")) && bare == names::snake(parent)).then_some(ImpliedRole::Parent)
        }
    }
}

fn on_delete(field: &mut Field, raw: &RawField, strict: bool, notes: &mut Notes) {
    let Some(action) = raw.on_delete else { return };
    if !matches!(field.ty, FieldType::Reference { .. }) && strict {
        notes.problem(
            raw.line,
            format!("`{}`: `on delete` needs a reference to another entity", field.name),
            "Remove the rule, or make the type the name of an entity.",
        );
    }
    if action != OnDelete::SetNull || !field.required {
        return;
    }
    if strict {
        notes.problem(
            raw.line,
            format!("`{}` is required and cannot be set to null when what it points at is deleted", field.name),
            "Make it optional with `?`, or write `on delete cascade` or `on delete restrict`.",
        );
    } else {
        field.required = false;
    }
}

fn default(entity: &Entity, field: &mut Field, raw: &RawField, strict: bool, notes: &mut Notes) {
    let text = if strict {
        raw.default.clone()
    } else {
        raw.default.as_deref().and_then(|text| infer::default(text, &field.ty))
    };
    let Some(text) = text else { return };
    match literals::read(&field.ty, &text) {
        Ok(literal) => field.default = Some(literal),
        Err(why) if strict => notes.problem(
            raw.line,
            format!("the default of `{}` does not fit its type: {why}", field.name),
            "Correct the default or the type.",
        ),
        Err(_) => notes.ask(
            raw.line,
            format!("What is the default of `{}.{}`: {text}?", entity.name, field.label),
            "It has none.",
        ),
    }
}
