//! JSON Schemas as they are put together: objects of keywords, and reasons for having none.

use serde_json::{Map, Value};

/// The keywords of a schema.
pub(super) type Keywords = Map<String, Value>;

/// Why there is no schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Absent {
    /// It is to be left out (`PydanticOmit`).
    Omitted,
    /// Pydantic cannot describe it (`PydanticInvalidForJsonSchema`).
    Undescribable(String),
}

/// A schema, or why there is none.
pub(super) type Schema = Result<Keywords, Absent>;

/// An object of some keys and values.
pub(super) fn keywords<const N: usize>(pairs: [(&str, Value); N]) -> Keywords {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// `{"type": …}`.
pub(super) fn typed(name: &str) -> Keywords {
    keywords([("type", Value::from(name))])
}

/// Where definitions stand.
pub(super) const DEFINITIONS: &str = "#/components/schemas/";

/// `{"$ref": …}`.
pub(super) fn reference(name: &str) -> Keywords {
    keywords([("$ref", Value::from(format!("{DEFINITIONS}{name}")))])
}

/// Moves a reference that has company into `allOf`, as versions before 2.9 do.
///
/// ```python
/// if '$ref' in json_schema and len(json_schema.keys()) > 1:
///     json_schema = {'allOf': [{'$ref': ref}], **json_schema}
/// ```
pub(super) fn all_of(mut schema: Keywords) -> Keywords {
    if schema.len() > 1
        && let Some(target) = schema.remove("$ref")
    {
        let mut moved = keywords([("allOf", Value::from(vec![Value::Object(keywords([("$ref", target)]))]))]);
        moved.append(&mut schema);
        return moved;
    }
    schema
}

/// `anyOf` of several schemas, unions within it opened, equal ones once.
///
/// ```python
/// for schema in schemas:
///     if len(schema) == 1 and 'anyOf' in schema:
///         members.extend(schema['anyOf'])
/// members = _deduplicate_schemas(members)
/// if len(members) == 1:
///     return members[0]
/// ```
pub(super) fn any_of(schemas: Vec<Keywords>) -> Keywords {
    let mut members: Vec<Value> = Vec::new();
    for mut schema in schemas {
        match schema.get_mut("anyOf").map(Value::take) {
            Some(Value::Array(inner)) if schema.len() == 1 => members.extend(inner),
            Some(taken) => {
                schema.insert("anyOf".to_owned(), taken);
                members.push(Value::Object(schema));
            }
            None => members.push(Value::Object(schema)),
        }
    }
    let mut members = distinct(members);
    match (members.len(), members.pop()) {
        (1, Some(Value::Object(only))) => only,
        (_, last) => {
            members.extend(last);
            keywords([("anyOf", Value::Array(members))])
        }
    }
}

/// The values, equal ones once, at their first place.
pub(super) fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut seen: Vec<Value> = Vec::with_capacity(values.len());
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen
}

/// Sorts the keys of everything but properties and defaults.
///
/// ```python
/// # GenerateJsonSchema.sort
/// if parent_key not in ('properties', 'default'):
///     keys = sorted(keys)
/// ```
pub(super) fn sorted(value: Value, parent: Option<&str>) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<(String, Value)> = object.into_iter().collect();
            if !matches!(parent, Some("properties" | "default")) {
                entries.sort_by(|one, other| one.0.cmp(&other.0));
            }
            let sort = |(key, value): (String, Value)| {
                let value = sorted(value, Some(&key));
                (key, value)
            };
            Value::Object(entries.into_iter().map(sort).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|item| sorted(item, parent)).collect()),
        other => other,
    }
}

/// Python's `str.title()`, which capitalizes after everything that is no letter, underscores as blanks.
pub(super) fn title_of(name: &str) -> String {
    let mut title = String::with_capacity(name.len());
    let mut within = false;
    for letter in name.chars() {
        match within {
            true => title.extend(letter.to_lowercase()),
            false => title.extend(letter.to_uppercase()),
        }
        within = letter.is_alphabetic();
    }
    title.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn titles_are_those_of_python() {
        // "oauth2_url_v1beta it's".title().replace("_", " ")
        assert_eq!(title_of("oauth2_url_v1beta it's"), "Oauth2 Url V1Beta It'S");
        assert_eq!(title_of("HTTPStatus"), "Httpstatus");
    }

    #[test]
    fn unions_open_unions_and_hold_equal_members_once() {
        let text = typed("string");
        let inner = any_of(vec![typed("integer"), typed("null")]);
        let whole = any_of(vec![inner, text.clone(), typed("null")]);
        assert_eq!(Value::Object(whole), json!({"anyOf": [{"type": "integer"}, {"type": "null"}, {"type": "string"}]}));
        assert_eq!(any_of(vec![text.clone(), text.clone()]), text);
    }

    #[test]
    fn references_with_company_move() {
        let mut schema = reference("B");
        assert_eq!(all_of(schema.clone()), reference("B"));
        schema.insert("title".to_owned(), json!("x"));
        let expected = json!({"allOf": [{"$ref": "#/components/schemas/B"}], "title": "x"});
        assert_eq!(Value::Object(all_of(schema)), expected);
    }
}
