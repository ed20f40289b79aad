//! Schemas of lists, sets, tuples and dictionaries, and of text that holds JSON.

use architect_model::Known;
use architect_model::contract::{Type, TypeKind};
use serde_json::Value;

use super::generator::Generator;
use super::schema::{Keywords, Schema, keywords, typed};

const ITEMS: [(&str, &str); 2] = [("min_length", "minItems"), ("max_length", "maxItems")];
const PROPERTIES: [(&str, &str); 2] = [("min_length", "minProperties"), ("max_length", "maxProperties")];

impl Generator<'_> {
    pub(super) fn collection(&mut self, kind: &TypeKind, constraints: &[(String, Known<Value>)]) -> Schema {
        let (mut schema, names) = match kind {
            TypeKind::List { items } => (self.list(items)?, ITEMS),
            TypeKind::Set { items } => {
                let unique = ("uniqueItems", Value::from(true));
                let items = Value::Object(self.inner(items)?);
                (keywords([("type", Value::from("array")), unique, ("items", items)]), ITEMS)
            }
            TypeKind::Tuple { items, rest } => (self.tuple(items, rest.as_deref())?, ITEMS),
            TypeKind::Map { keys, values } => (self.map(keys, values)?, PROPERTIES),
            _ => return Ok(Keywords::new()),
        };
        self.limit(&mut schema, constraints, &names);
        Ok(schema)
    }

    fn list(&mut self, items: &Type) -> Schema {
        let items = self.inner(items)?;
        Ok(keywords([("type", Value::from("array")), ("items", Value::Object(items))]))
    }

    /// ```python
    /// if variadic_item_index > 0:
    ///     json_schema['minItems'] = variadic_item_index
    ///     json_schema['prefixItems'] = [...]
    /// ```
    fn tuple(&mut self, items: &[Type], rest: Option<&Type>) -> Schema {
        let mut schema = typed("array");
        let fixed: Vec<Value> =
            items.iter().map(|item| self.inner(item).map(Value::Object)).collect::<Result<_, _>>()?;
        if rest.is_none() || !fixed.is_empty() {
            schema.insert("minItems".to_owned(), Value::from(fixed.len()));
        }
        match rest {
            Some(rest) => {
                let rest = self.inner(rest)?;
                schema.insert("items".to_owned(), Value::Object(rest));
            }
            None => {
                schema.insert("maxItems".to_owned(), Value::from(fixed.len()));
            }
        }
        if !fixed.is_empty() {
            schema.insert("prefixItems".to_owned(), Value::Array(fixed));
        }
        Ok(schema)
    }

    /// Patterns of keys stand in `patternProperties`, what else they must be in `propertyNames`.
    ///
    /// ```python
    /// keys_pattern = keys_schema.pop('pattern', None)
    /// values_schema.pop('title', None)
    /// if values_schema or keys_pattern is not None:
    ///     if keys_pattern is None:
    ///         json_schema['additionalProperties'] = values_schema
    ///     else:
    ///         json_schema['patternProperties'] = {keys_pattern: values_schema}
    /// ```
    fn map(&mut self, keys: &Type, values: &Type) -> Schema {
        let mut keys = self.inner(keys)?;
        let mut values = self.inner(values)?;
        let is_reference = keys.contains_key("$ref");
        let pattern = match is_reference && self.rules.says_names_of_properties() {
            true => None,
            false => keys.remove("pattern"),
        };
        if !is_reference {
            keys.remove("title");
        }
        values.remove("title");
        let mut schema = typed("object");
        match pattern {
            Some(pattern) => {
                let pattern = pattern.as_str().unwrap_or_default();
                let properties = Value::Object(keywords([(pattern, Value::Object(values))]));
                schema.insert("patternProperties".to_owned(), properties);
            }
            None if !values.is_empty() => {
                schema.insert("additionalProperties".to_owned(), Value::Object(values));
            }
            None if self.rules.says_any_values() => {
                schema.insert("additionalProperties".to_owned(), Value::from(true));
            }
            None => {}
        }
        let is_text = keys.get("type").and_then(Value::as_str) == Some("string");
        if self.rules.says_names_of_properties() && (is_reference || is_text && keys.len() > 1) {
            keys.remove("type");
            schema.insert("propertyNames".to_owned(), Value::Object(keys));
        }
        Ok(schema)
    }

    /// ```python
    /// if self.mode == 'validation':
    ///     return {'type': 'string', 'contentMediaType': 'application/json', 'contentSchema': content_json_schema}
    /// else:
    ///     return content_json_schema
    /// ```
    pub(super) fn json(&mut self, of: Option<&Type>) -> Schema {
        let content = match of {
            Some(of) => self.inner(of)?,
            None => Keywords::new(),
        };
        if self.answers() {
            return Ok(content);
        }
        let mut schema = typed("string");
        if self.rules.says_content_of_json() {
            schema.insert("contentMediaType".to_owned(), Value::from("application/json"));
            schema.insert("contentSchema".to_owned(), Value::Object(content));
        } else {
            schema.insert("format".to_owned(), Value::from("json-string"));
        }
        Ok(schema)
    }
}
