//! Examples of rows in JSON, where a document shows nothing else of an entity.

use architect_model::FieldType;
use serde_json::{Map, Value};

use crate::loose::{self, Dialect};
use crate::names::fold;
use crate::raw::{RawEntity, RawField, TypeSpec};
use crate::typewords::{self, Word};

/// What stands between values that are written as literals.
const QUOTED: &str = "' | '";

/// The entity that an example shows; its fields have the types of the values, or those that the values name.
pub(crate) fn read(text: &str, label: &str, line: u32) -> Option<RawEntity> {
    let plain: Vec<&str> = text.lines().map(|line| line.split(" //").next().unwrap_or_default()).collect();
    // `"a" | "b"` for a value that is one of them
    let plain = plain.join("\n").replace("\" | \"", QUOTED);
    let value: Value = serde_json::from_str(&plain).ok()?;
    let object = match &value {
        Value::Object(object) => object,
        Value::Array(rows) if rows.len() < 3 => rows.first()?.as_object()?,
        _ => return None,
    };
    let identified = ["id", "_id", "uuid"].iter().any(|key| object.contains_key(*key));
    let typed = names_types(object);
    if !(3..=100).contains(&object.len()) || !identified && !typed {
        return None;
    }
    let place = |key: &str| text.find(&format!("\"{key}\"")).unwrap_or(text.len());
    let mut keys: Vec<(&String, &Value)> = object.iter().collect();
    keys.sort_by_key(|(key, _)| place(key));
    let field = |(key, value): (&String, &Value)| {
        let mut field = RawField {
            label: key.clone(),
            line: line + u32::try_from(text[..place(key)].matches('\n').count()).unwrap_or(0),
            spec: spec(value),
            required: value.is_null().then_some(false),
            ..RawField::default()
        };
        if let Some(written) = value.as_str().filter(|written| typed || is_plain_type(written) || is_union(written)) {
            field.spec = None;
            if written.contains(QUOTED) {
                loose::enumeration(&mut field, written.split(QUOTED).map(str::to_owned).collect());
            } else {
                loose::read(&mut field, written, Dialect::default());
            }
        }
        field
    };
    let fields = keys.into_iter().map(field).collect();
    Some(RawEntity { label: label.to_owned(), line, fields, ..RawEntity::default() })
}

/// Whether each value of an example names the type of what stands there: `"string"`, `"date | null"`, `["string"]`.
fn names_types(object: &Map<String, Value>) -> bool {
    let named = |value: &Value| match value {
        Value::String(text) => type_word(text).is_some() || is_union(text),
        Value::Array(items) => items.first().and_then(Value::as_str).is_some_and(|text| type_word(text).is_some()),
        _ => false,
    };
    object.values().all(named) && object.values().filter_map(Value::as_str).any(|text| type_word(text).is_some())
}

/// The type that a text names before what is said of it: `string (dd/MM/yyyy) | null`.
fn type_word(text: &str) -> Option<Word> {
    typewords::find(text.split(['(', '|', ' ', '[', '?']).next().unwrap_or_default())
}

/// Whether a text among examples is the name of a type, and hardly a value.
fn is_plain_type(text: &str) -> bool {
    let plain = ["uuid", "string", "integer", "int", "number", "boolean", "datetime", "timestamp", "decimal", "float"];
    plain.contains(&fold(text).as_str())
}

/// `draft | sent | paid`
fn is_union(text: &str) -> bool {
    let short = |part: &str| !part.trim().is_empty() && part.split_whitespace().count() < 4;
    text.contains(" | ") && text.split('|').all(short)
}

fn spec(value: &Value) -> Option<TypeSpec> {
    Some(TypeSpec::Known(match value {
        Value::Null => return None,
        Value::Bool(_) => FieldType::Boolean,
        Value::Number(number) if number.is_f64() => FieldType::Float,
        Value::Number(_) => FieldType::Integer { min: None, max: None },
        Value::Array(items) => match items.first().and_then(spec) {
            Some(TypeSpec::Known(item)) if !matches!(item, FieldType::Json | FieldType::Array { .. }) => {
                FieldType::Array { items: Box::new(item) }
            }
            _ => FieldType::Json,
        },
        Value::Object(_) => FieldType::Json,
        Value::String(text) => text_type(text),
    }))
}

fn text_type(text: &str) -> FieldType {
    let digits =
        |from: usize, to: usize| text.get(from..to).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let dated = digits(0, 4) && text.get(4..5) == Some("-") && digits(5, 7);
    if text.starts_with("ISODate") || dated && text.len() > 10 && text.contains(['T', ':']) {
        FieldType::DateTime
    } else if dated && text.len() == 10 {
        FieldType::Date
    } else if text.starts_with("ObjectId") || text.len() == 36 && text.matches('-').count() == 4 {
        FieldType::Uuid
    } else if text.contains('@') && text.contains('.') && !text.contains(' ') {
        FieldType::Email
    } else {
        FieldType::String { min: None, max: None }
    }
}
