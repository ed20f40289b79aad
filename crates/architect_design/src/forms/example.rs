//! Examples of rows in JSON, where a document shows nothing else of an entity.

use architect_model::FieldType;
use serde_json::Value;

use crate::raw::{RawEntity, RawField, TypeSpec};

/// The entity that an example shows; its fields have the types of the values.
pub(crate) fn read(text: &str, label: &str, line: u32) -> Option<RawEntity> {
    let plain: Vec<&str> = text.lines().map(|line| line.split(" //").next().unwrap_or_default()).collect();
    let value: Value = serde_json::from_str(&plain.join("\n")).ok()?;
    let object = match &value {
        Value::Object(object) => object,
        Value::Array(rows) if rows.len() < 3 => rows.first()?.as_object()?,
        _ => return None,
    };
    let identified = ["id", "_id", "uuid"].iter().any(|key| object.contains_key(*key));
    if !(3..=100).contains(&object.len()) || !identified {
        return None;
    }
    let place = |key: &str| text.find(&format!("\"{key}\"")).unwrap_or(text.len());
    let mut keys: Vec<(&String, &Value)> = object.iter().collect();
    keys.sort_by_key(|(key, _)| place(key));
    let field = |(key, value): (&String, &Value)| RawField {
        label: key.clone(),
        line: line + u32::try_from(text[..place(key)].matches('\n').count()).unwrap_or(0),
        spec: spec(value),
        required: value.is_null().then_some(false),
        ..RawField::default()
    };
    let fields = keys.into_iter().map(field).collect();
    Some(RawEntity { label: label.to_owned(), line, fields, ..RawEntity::default() })
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
