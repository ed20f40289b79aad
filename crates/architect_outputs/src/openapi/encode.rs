//! A document as FastAPI writes it at last: keys in the order of its models, and nothing that is `null`.

use serde_json::{Map, Number, Value};

use super::rules::Rules;
use super::shapes::{DOCUMENT, PATH, Part, Shape};
use super::urls;

/// ```python
/// return jsonable_encoder(OpenAPI(**output), by_alias=True, exclude_none=True)
/// ```
pub(super) fn encoded(document: Value, rules: &Rules) -> Value {
    let mut document = without_nulls(shaped(document, &DOCUMENT));
    if rules.servers_have_urls() {
        for server in document.get_mut("servers").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(Value::String(url)) = server.get_mut("url") {
                *url = urls::normalized(url);
            }
        }
    }
    document
}

/// Known keys in the order of a model, the others behind them.
fn shaped(value: Value, shape: &'static Shape) -> Value {
    let Value::Object(object) = value else { return value };
    let mut entries: Vec<(usize, String, Value)> = Vec::with_capacity(object.len());
    for (key, value) in object {
        let place = shape.keys.iter().position(|(known, _)| *known == key);
        let part = place.and_then(|place| shape.keys.get(place)).map(|(_, part)| *part);
        let value = parted(value, part.unwrap_or(Part::Plain));
        entries.push((place.unwrap_or(usize::MAX), key, value));
    }
    entries.sort_by_key(|(place, _, _)| *place);
    Value::Object(entries.into_iter().map(|(_, key, value)| (key, value)).collect())
}

fn parted(value: Value, part: Part) -> Value {
    match (part, value) {
        (Part::Float, Value::Number(number)) => {
            Value::Number(number.as_f64().and_then(Number::from_f64).unwrap_or(number))
        }
        (Part::Url, Value::String(url)) => Value::String(urls::normalized(&url)),
        (Part::One(shape), value) => shaped(value, shape),
        (Part::Each(shape), Value::Array(items)) => items.into_iter().map(|item| shaped(item, shape)).collect(),
        (Part::Named(shape), Value::Object(entries)) => named(entries, |value| shaped(value, shape)),
        (Part::NamedTwice(shape), Value::Object(entries)) => named(entries, |value| parted(value, Part::Named(shape))),
        (Part::Paths, Value::Object(entries)) => {
            named(entries, |path| if has_parameters(&path) { path } else { shaped(path, &PATH) })
        }
        (_, value) => value,
    }
}

/// Whether an operation of a path, or one that it calls back, has parameters.
fn has_parameters(path: &Value) -> bool {
    let operations = || path.as_object().into_iter().flat_map(Map::values);
    let entries = |value: &Value| value.as_object().into_iter().flat_map(Map::values).cloned().collect::<Vec<_>>();
    path.get("parameters").is_some()
        || operations().any(|operation| {
            let callbacks = operation.get("callbacks").map(&entries).unwrap_or_default();
            operation.get("parameters").is_some()
                || callbacks.iter().flat_map(&entries).any(|path| has_parameters(&path))
        })
}

fn named(entries: Map<String, Value>, shape: impl Fn(Value) -> Value) -> Value {
    Value::Object(entries.into_iter().map(|(key, value)| (key, shape(value))).collect())
}

/// Leaves out entries that are `None`, and what looks like SQLAlchemy's own.
///
/// ```python
/// # jsonable_encoder
/// if (not sqlalchemy_safe or not key.startswith("_sa")) and (value is not None or not exclude_none):
/// ```
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let kept = entries.into_iter().filter(|(key, value)| !value.is_null() && !key.starts_with("_sa"));
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
