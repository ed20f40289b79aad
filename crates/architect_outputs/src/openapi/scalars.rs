//! Schemas of single values: numbers, texts, times, literals.

use architect_model::Known;
use architect_model::contract::TypeKind;
use serde_json::{Number, Value};

use super::decimals;
use super::generator::Generator;
use super::schema::{Keywords, Schema, keywords, typed};

/// ```python
/// numeric = {'multiple_of': 'multipleOf', 'le': 'maximum', 'ge': 'minimum', 'lt': 'exclusiveMaximum', ...}
/// ```
const NUMERIC: [(&str, &str); 5] = [
    ("multiple_of", "multipleOf"),
    ("le", "maximum"),
    ("ge", "minimum"),
    ("lt", "exclusiveMaximum"),
    ("gt", "exclusiveMinimum"),
];

const TEXT: [(&str, &str); 3] = [("min_length", "minLength"), ("max_length", "maxLength"), ("pattern", "pattern")];

impl Generator<'_> {
    pub(super) fn scalar(&mut self, kind: &TypeKind, constraints: &[(String, Known<Value>)]) -> Schema {
        Ok(match kind {
            TypeKind::Null => typed("null"),
            TypeKind::Boolean => typed("boolean"),
            TypeKind::Integer => self.number("integer", constraints),
            TypeKind::Float => {
                let mut schema = self.number("number", constraints);
                if self.rules.converts_limits() {
                    as_floats(&mut schema);
                }
                schema
            }
            TypeKind::Decimal => self.decimal(constraints),
            TypeKind::Complex => typed("string"),
            TypeKind::Text => self.text(constraints),
            TypeKind::Bytes => self.bytes(constraints),
            TypeKind::Date => self.temporal("date", false),
            TypeKind::DateTime => self.temporal("date-time", false),
            TypeKind::Time => self.temporal("time", false),
            TypeKind::Duration => self.temporal("duration", true),
            TypeKind::Uuid { version } => match version {
                Some(version) => formatted(&format!("uuid{version}")),
                None => formatted("uuid"),
            },
            TypeKind::Url { multi_host } => self.url(*multi_host, constraints),
            TypeKind::Secret { .. } => self.secret(constraints),
            TypeKind::Upload => self.upload(),
            TypeKind::Fixed { taken, answered } => return self.fixed(taken.as_ref(), answered.as_ref()),
            TypeKind::Literal { values } => self.literal(values),
            _ => Keywords::new(),
        })
    }

    /// Puts constraints under their names in JSON Schema.
    pub(super) fn limit(
        &mut self,
        schema: &mut Keywords,
        constraints: &[(String, Known<Value>)],
        names: &[(&str, &str)],
    ) {
        for (python, name) in names {
            for (_, value) in constraints.iter().filter(|(constraint, _)| constraint == python) {
                if let Some(value) = self.known(value).filter(|value| !value.is_null()) {
                    schema.insert((*name).to_owned(), value.clone());
                }
            }
        }
    }

    fn number(&mut self, name: &str, constraints: &[(String, Known<Value>)]) -> Keywords {
        let mut schema = typed(name);
        self.limit(&mut schema, constraints, &NUMERIC);
        schema
    }

    fn text(&mut self, constraints: &[(String, Known<Value>)]) -> Keywords {
        let mut schema = typed("string");
        self.limit(&mut schema, constraints, &TEXT);
        if self.rules.pydantic(14) {
            self.limit_text_by_config(&mut schema);
        }
        schema
    }

    /// `str_min_length` and `str_max_length` of configurations are said since Pydantic 2.14.
    ///
    /// ```python
    /// if 'minLength' not in json_schema and self._config.str_min_length:
    ///     json_schema['minLength'] = self._config.str_min_length
    /// ```
    fn limit_text_by_config(&mut self, schema: &mut Keywords) {
        let config = self.config();
        if let Some(length) = config.text_at_least.filter(|length| *length > 0) {
            schema.entry("minLength").or_insert(Value::from(length));
        }
        if let Some(length) = config.text_at_most {
            schema.entry("maxLength").or_insert(Value::from(length));
        }
    }

    /// FastAPI has its own description of `bytes` since 0.129.1.
    ///
    /// ```python
    /// json_schema = {"type": "string", "contentMediaType": "application/octet-stream"}
    /// if bytes_mode == "base64":
    ///     json_schema["contentEncoding"] = "base64"
    /// ```
    fn bytes(&mut self, constraints: &[(String, Known<Value>)]) -> Keywords {
        let config = self.config();
        let mut schema = match self.rules.bytes_have_media() {
            true => {
                let mut schema = typed("string");
                schema.insert("contentMediaType".to_owned(), Value::from("application/octet-stream"));
                if if self.answers() { config.answers_base64 } else { config.takes_base64 } {
                    schema.insert("contentEncoding".to_owned(), Value::from("base64"));
                }
                schema
            }
            false if config.answers_base64 && self.rules.pydantic(4) => formatted("base64url"),
            false => formatted("binary"),
        };
        self.limit(&mut schema, constraints, &TEXT[..2]);
        schema
    }

    /// An upload is described as FastAPI describes `bytes`.
    fn upload(&self) -> Keywords {
        match self.rules.bytes_have_media() {
            true => keywords([
                ("type", Value::from("string")),
                ("contentMediaType", Value::from("application/octet-stream")),
            ]),
            false => formatted("binary"),
        }
    }

    /// ```python
    /// if self.mode == 'serialization' and temporal_format != 'iso8601':
    ///     return {'type': 'number'}
    /// return {'type': 'string', 'format': format}
    /// ```
    fn temporal(&self, format: &str, is_duration: bool) -> Keywords {
        let config = self.config();
        let times = config.times_as_numbers && self.rules.pydantic(14) && self.answers();
        let duration = is_duration
            && config.durations_as_numbers
            && self.rules.pydantic(4)
            && (self.answers() || !self.rules.pydantic(14));
        if times || duration { typed("number") } else { formatted(format) }
    }

    fn url(&mut self, multi_host: bool, constraints: &[(String, Known<Value>)]) -> Keywords {
        let mut schema = formatted(if multi_host { "multi-host-uri" } else { "uri" });
        schema.insert("minLength".to_owned(), Value::from(1));
        self.limit(&mut schema, constraints, &TEXT[1..2]);
        schema
    }

    /// ```python
    /// json_schema.update(type='string', writeOnly=True, format='password')
    /// ```
    fn secret(&mut self, constraints: &[(String, Known<Value>)]) -> Keywords {
        let mut schema = formatted("password");
        schema.insert("writeOnly".to_owned(), Value::from(true));
        self.limit(&mut schema, constraints, &TEXT[..2]);
        schema
    }

    /// A number or a text is taken; a text is answered.
    fn decimal(&mut self, constraints: &[(String, Known<Value>)]) -> Keywords {
        let mut text = typed("string");
        if self.rules.pydantic(12) && !self.rules.pydantic(14) {
            let mut whole = |name: &str| {
                let value = constraints.iter().rev().find(|(constraint, _)| constraint == name);
                value.and_then(|(_, value)| self.known(value)).and_then(Value::as_u64)
            };
            let (digits, places) = (whole("max_digits"), whole("decimal_places"));
            text.insert("pattern".to_owned(), Value::from(decimals::pattern(digits, places)));
        }
        if self.answers() {
            return text;
        }
        let mut number = self.number("number", constraints);
        as_floats(&mut number);
        keywords([("anyOf", Value::from(vec![Value::Object(number), Value::Object(text)]))])
    }

    fn fixed(&self, taken: Option<&Value>, answered: Option<&Value>) -> Schema {
        match if self.answers() { answered } else { taken } {
            Some(Value::Object(schema)) => Ok(schema.clone()),
            Some(_) => Ok(Keywords::new()),
            None => Err(super::schema::Absent::Omitted),
        }
    }

    /// One value is `const`; versions 2.7 to 2.9 say it in `enum`, too, and those before 2.7 say no type then.
    pub(super) fn literal(&self, values: &[Value]) -> Keywords {
        let mut schema = Keywords::new();
        if let [only] = values {
            schema.insert("const".to_owned(), only.clone());
            if !self.rules.pydantic(7) {
                return schema;
            }
        }
        if values.len() != 1 || !self.rules.pydantic(10) {
            schema.insert("enum".to_owned(), Value::Array(values.to_vec()));
        }
        if let Some(name) = common_type(values) {
            let allowed = self.rules.pydantic(10) || !matches!(name, "array" | "null");
            if allowed {
                schema.insert("type".to_owned(), Value::from(name));
            }
        }
        schema
    }
}

fn formatted(format: &str) -> Keywords {
    keywords([("type", Value::from("string")), ("format", Value::from(format))])
}

/// Limits of `float` are `float`.
fn as_floats(schema: &mut Keywords) {
    for (name, value) in schema.iter_mut() {
        if name != "type"
            && let Some(float) = as_number(value).and_then(Number::from_f64)
        {
            *value = Value::Number(float);
        }
    }
}

fn as_number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// The type that all values have.
///
/// ```python
/// types = {type(e) for e in expected}
/// if types == {str}:
///     result['type'] = 'string'
/// ```
pub(super) fn common_type(values: &[Value]) -> Option<&'static str> {
    let name = |value: &Value| match value {
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::Array(_) => "array",
        Value::Null => "null",
        Value::Object(_) => "object",
    };
    let first = name(values.first()?);
    (first != "object" && values.iter().all(|value| name(value) == first)).then_some(first)
}
