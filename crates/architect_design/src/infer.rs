//! What a document leaves to its reader: implied columns, values that stand elsewhere, missing types, defaults.

use architect_model::{FieldType, ImpliedRole};

use crate::classes::Classes;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::plurals;
use crate::raw::{Found, RawField, Scope, TypeSpec};
use crate::references::{self, stem};
use crate::typewords::{self, Word};
use crate::untyped;

/// Settles what a field of a loose form is; `class` is the entity's name.
pub(crate) fn field(class: &str, field: &mut RawField, found: &Found, classes: &Classes, notes: &mut Notes) {
    if let Some(role) = implied(class, field, classes.is_identified(class)) {
        field.role = Some(role);
        return;
    }
    named_enumeration(class, field, found, classes);
    references::settle(class, field, classes, notes);
    value_object(class, field, found, notes);
    unknown_class(class, field, classes, notes);
    if field.primary_key {
        field.primary_key = false;
        field.required = Some(true);
        if !matches!(field.spec, Some(TypeSpec::Named { .. })) && field.unique.is_none() {
            field.unique = Some(Scope::Table);
            notes.assume(field.line, format!("`{class}.{}` is unique; the primary key is `id`", field.label));
        }
    }
    let whole = matches!(field.spec, Some(TypeSpec::Known(FieldType::Integer { .. })));
    if whole
        && field.default.as_deref().is_some_and(|default| default.contains('.') && crate::types::is_number(default))
    {
        field.spec = Some(TypeSpec::Known(FieldType::Float));
    }
    let money = matches!(field.spec, Some(TypeSpec::Known(FieldType::Float))) && typewords::is_money(&field.label);
    if money {
        field.spec = Some(TypeSpec::Known(FieldType::Decimal { precision: 12, scale: 2, min: None, max: None }));
        notes.assume(
            field.line,
            format!("`{class}.{}` is money and no `float`: it becomes `decimal(12,2)`", field.label),
        );
    }
    if let Some(TypeSpec::Enum(values)) = &field.spec
        && values.is_empty()
    {
        notes.ask(
            field.line,
            format!("Which values does `{class}.{}` have?", field.label),
            "It is a text of up to 50 characters.",
        );
        field.spec = Some(TypeSpec::Known(FieldType::String { min: None, max: Some(50) }));
    }
    if let Some(TypeSpec::Enum(values)) = &field.spec
        && !values.iter().all(|value| field.type_text.contains(value.as_str()))
    {
        let values = crate::literals::list(values);
        notes.assume(field.line, format!("`{class}.{}` is one of {values}", field.label));
    }
    if field.spec.is_none() {
        untyped::settle(class, field, notes);
    }
    bounded(class, field, notes);
}

/// Narrows a type by the bounds that a description or a `CHECK` states; one that does not fit says something else.
fn bounded(class: &str, field: &mut RawField, notes: &mut Notes) {
    let Some(TypeSpec::Known(ty)) = &mut field.spec else { return };
    for bound in &field.bounds {
        let before = ty.clone();
        match bound.narrow(ty) {
            Ok(true) => {}
            Ok(false) => {
                let text = format!(
                    "The bound of `{class}.{}` is taken as `{}`, which allows {} itself",
                    field.label,
                    bound.inclusive(),
                    bound.limit()
                );
                notes.assume(field.line, text);
            }
            Err(_) => *ty = before,
        }
    }
}

/// A value object is stored as what its name says, or as JSON.
fn value_object(class: &str, field: &mut RawField, found: &Found, notes: &mut Notes) {
    let Some(TypeSpec::Named { name, .. }) = &field.spec else { return };
    if !found.values.iter().any(|value| names::key(value) == names::key(name)) {
        return;
    }
    notes.assume(field.line, format!("`{class}.{}` holds a `{name}`, which has no rows of its own", field.label));
    let ty = if typewords::find(name) == Some(Word::Email) { FieldType::Email } else { FieldType::Json };
    field.spec = Some(TypeSpec::Known(ty));
}

/// The name of a class that nothing describes is no type, unless a key points at it.
fn unknown_class(class: &str, field: &mut RawField, classes: &Classes, notes: &mut Notes) {
    let Some(TypeSpec::Named { name, many }) = &field.spec else { return };
    if field.foreign_key || classes.find(name).is_some() {
        return;
    }
    // `invoice: Invoice`, which the code may have.
    let named_so = names::is_identifier(name) && names::key(name) == names::key(&field.label);
    if named_so && !*many && name.chars().any(char::is_lowercase) {
        let question = format!("Does the code have `{name}`, which `{class}.{}` refers to?", field.label);
        notes.ask(field.line, question, "It does: the document does not describe it.");
        field.foreign_key = true;
        return;
    }
    if *many {
        let question = format!("What is `{}`, the type of `{class}.{}`?", field.type_text, field.label);
        notes.ask(field.line, question, "It is taken for `json`.");
        field.spec = Some(TypeSpec::Known(FieldType::Json));
    } else {
        field.spec = None;
    }
}

/// Takes the values of an enumeration that the document lists under a name of its own.
fn named_enumeration(class: &str, field: &mut RawField, found: &Found, classes: &Classes) {
    let own = names::key(&field.label);
    let full = format!("{}{own}", names::key(class));
    let wanted: Vec<String> = match &field.spec {
        Some(TypeSpec::Enum(values)) if values.is_empty() => vec![full, own],
        Some(TypeSpec::Named { name, .. }) if classes.find(name).is_some() => return,
        Some(TypeSpec::Named { name, many: false }) => vec![names::key(name)],
        Some(TypeSpec::Known(FieldType::String { .. } | FieldType::Text)) | None => {
            let type_word = names::key(&field.type_text);
            if type_word.is_empty() { vec![full] } else { vec![full, type_word] }
        }
        _ => return,
    };
    let by_default = field.default.as_deref().map(|default| default.trim_matches(['\'', '"', '`']).to_owned());
    let known = |name: &String| {
        let (entity, name) = name.rsplit_once('.').or_else(|| of_entity(name)).unwrap_or(("", name));
        if !entity.is_empty() {
            let same = plurals::stem(entity) == plurals::stem(class);
            return same && names::key(name) == names::key(&field.label);
        }
        let forms = plurals::singulars(&names::key(name));
        let values = |wanted: &String| plurals::singulars(wanted).iter().any(|form| forms.contains(form));
        wanted.iter().any(values)
    };
    // Values under the field's own name are its own where its default is one of them.
    // So they are where it is a name in code of several words: `apply_to`.
    let coded = names::is_identifier(&field.label) && names::snake(&field.label).contains('_');
    let named_so = |(name, values): &&(String, Vec<String>)| {
        names::key(name) == names::key(&field.label)
            && (coded && *name == field.label || by_default.as_ref().is_some_and(|value| values.contains(value)))
    };
    let values = found.enums.iter().find(|(name, _)| known(name)).or_else(|| found.enums.iter().find(named_so));
    if let Some((_, values)) = values {
        field.spec = Some(TypeSpec::Enum(values.clone()));
    }
}

/// Words between a field and its entity.
static OF: Words = Words("between a part and a name");

/// The entity and the field of `Status of the order`.
fn of_entity(name: &str) -> Option<(&str, &str)> {
    let gaps = name.match_indices(' ').map(|(at, _)| at);
    let (field, rest) = gaps
        .map(|at| (&name[..at], &name[at + 1..]))
        .find(|(_, rest)| OF.contains(&fold(rest.split(' ').next().unwrap_or_default()).as_str()))?;
    let words: Vec<&str> = rest.split(' ').skip(1).collect();
    let entity = *words.last().filter(|_| words.len() < 3)?;
    Some((entity, field))
}

static CREATED: Words = Words("created");

static UPDATED: Words = Words("updated");

/// What an implied column is recognised as; `identified` if the entity has a column `id` beside it.
fn implied(class: &str, field: &RawField, identified: bool) -> Option<ImpliedRole> {
    let snake = names::snake(&field.label);
    let own = names::snake(class);
    let timed = matches!(
        field.spec,
        None | Some(TypeSpec::Known(
            FieldType::DateTime | FieldType::Date | FieldType::String { .. } | FieldType::BigInteger { .. }
        ))
    );
    let says = |words: &[&str]| words.contains(&fold(&field.label).as_str());
    if ["timestamps", "unique_id", "unique_identifier", "identifier", "identificador", "identificador_unico"]
        .contains(&snake.as_str())
        && field.type_text.is_empty()
    {
        return Some(if snake == "timestamps" { ImpliedRole::CreatedAt } else { ImpliedRole::Id });
    }
    if ["id", "uuid", "pk", "guid"].contains(&snake.as_str()) && !field.foreign_key {
        return (snake == "id" || field.primary_key).then_some(ImpliedRole::Id);
    }
    let keyed = matches!(
        field.spec,
        None | Some(TypeSpec::Known(
            FieldType::Uuid
                | FieldType::Integer { .. }
                | FieldType::BigInteger { .. }
                | FieldType::String { .. }
                | FieldType::Text
        ))
    );
    let names_itself =
        !identified && [format!("{own}_id"), format!("id_{own}"), format!("{own}_uuid")].contains(&snake);
    let keys_itself = field.primary_key && keyed && (names_itself || stem(&field.label).is_some());
    if !field.foreign_key && (keys_itself || names_itself) {
        return Some(ImpliedRole::Id);
    }
    if timed
        && (CREATED.contains(&snake.as_str())
            || says(&["创建时间", "作成日時", "作成日", "생성일", "생성일시", "登録日時"]))
    {
        return Some(ImpliedRole::CreatedAt);
    }
    if timed && (UPDATED.contains(&snake.as_str()) || says(&["更新时间", "更新日時", "更新日", "수정일", "수정일시"]))
    {
        return Some(ImpliedRole::UpdatedAt);
    }
    None
}

/// Words for the current time, folded.
static NOW: Words = Words("now");

/// Words for the two values of a boolean.
static TRUE: Words = Words("true");
static FALSE: Words = Words("false");

/// Words that stand where a default would, and are none: the database makes the value, or there is none.
static NO_DEFAULT: Words = Words("no default");

/// A default as a literal of the format; `None` if it is none.
pub(crate) fn default(text: &str, ty: &FieldType) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', ';']).trim();
    let text = text.split("::").next().unwrap_or(text).trim();
    let bare = text.trim_matches(['\'', '"', '`', '“', '”']);
    let folded = fold(bare);
    let call = folded.split('(').next().unwrap_or_default().trim();
    if folded.is_empty() || NO_DEFAULT.contains(&call) {
        return None;
    }
    let is_time = matches!(ty, FieldType::DateTime | FieldType::Date | FieldType::Time);
    let now = NOW;
    if is_time && now.contains(&call) {
        return Some("now".to_owned());
    }
    Some(match ty {
        FieldType::Boolean if TRUE.contains(&call) => "true".to_owned(),
        FieldType::Boolean if FALSE.contains(&call) => "false".to_owned(),
        FieldType::Boolean => bare.to_owned(),
        FieldType::Enum { values, .. } => {
            let matching = values.iter().find(|value| names::key(value) == names::key(bare));
            crate::types::quote(matching.map_or(bare, String::as_str))
        }
        FieldType::String { .. } | FieldType::Text | FieldType::Email | FieldType::Url => crate::types::quote(bare),
        FieldType::Json | FieldType::Array { .. } => match folded.as_str() {
            "list" | "array[]" => "[]".to_owned(),
            "dict" => "{}".to_owned(),
            _ => bare.to_owned(),
        },
        _ => bare.to_owned(),
    })
}
