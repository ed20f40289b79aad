//! Values as JSON, in the way in which Pydantic writes defaults and enumerations.

use architect_model::contract::FieldDefault;
use architect_model::{Known, Location, Unknown};
use serde_json::{Map, Value as Json};

use super::types::Types;
use crate::interpret::{Kind, Value, reason_of};

impl<'a> Types<'_, 'a> {
    /// A value as JSON (`pydantic_core.to_jsonable_python`).
    pub(super) fn json(&mut self, value: &Value<'a>, at: &Location) -> Known<Json> {
        let unknown = |reason: &str| Known::Unknown { unknown: reason_of(value, at, reason) };
        let known = match &value.kind {
            Kind::None => Json::Null,
            Kind::Bool(flag) => Json::Bool(*flag),
            Kind::Int(number) => Json::from(*number),
            Kind::Float(number) => match serde_json::Number::from_f64(*number) {
                Some(number) => Json::Number(number),
                None => Json::Null,
            },
            Kind::Str(text) => Json::String(text.to_string()),
            Kind::List(list) => {
                if let Some(doubt) = &*list.doubt.borrow() {
                    return Known::Unknown { unknown: (**doubt).clone() };
                }
                let mut items = Vec::new();
                for item in list.items.borrow().iter() {
                    match self.json(item, at) {
                        Known::Known(json) => items.push(json),
                        unknown => return unknown,
                    }
                }
                Json::Array(items)
            }
            Kind::Dict(pairs) => {
                let mut object = Map::new();
                for (key, item) in pairs.borrow().iter() {
                    let key = match self.json(key, at) {
                        Known::Known(Json::String(key)) => key,
                        Known::Known(other) => other.to_string(),
                        unknown => return unknown,
                    };
                    match self.json(item, at) {
                        Known::Known(json) => object.insert(key, json),
                        unknown => return unknown,
                    };
                }
                Json::Object(object)
            }
            Kind::Object(object) => {
                let member = object.attributes.borrow();
                match member.get("value").filter(|_| member.contains_key("name")) {
                    Some(value) => return self.json(&value.clone(), at),
                    None => return unknown("an object as a value"),
                }
            }
            Kind::Made(made) => {
                let first = made.arguments.positional.first();
                match (value.made_by().map(|(path, _)| path), first) {
                    (Some("builtins.list" | "builtins.tuple" | "builtins.set" | "builtins.frozenset"), None) => {
                        Json::Array(Vec::new())
                    }
                    (Some("builtins.dict"), None) if made.arguments.keywords.is_empty() => Json::Object(Map::new()),
                    (
                        Some("builtins.tuple" | "builtins.set" | "builtins.frozenset" | "builtins.list"),
                        Some(Value { kind: Kind::List(_), .. }),
                    ) => return self.json(&first.cloned().unwrap_or_else(Value::none), at),
                    (
                        Some("decimal.Decimal" | "uuid.UUID" | "pathlib.Path"),
                        Some(Value { kind: Kind::Str(text), .. }),
                    ) => Json::String(text.to_string()),
                    (Some("decimal.Decimal"), Some(Value { kind: Kind::Int(number), .. })) => {
                        Json::String(number.to_string())
                    }
                    (Some("pydantic.SecretStr"), Some(_)) => Json::String("**********".to_owned()),
                    _ => return unknown("a value that is made by a call"),
                }
            }
            _ => return unknown("a value that is not written as JSON"),
        };
        Known::Known(known)
    }

    /// A default as it stands in a schema.
    pub(super) fn default(&mut self, value: &Value<'a>, at: &Location) -> FieldDefault {
        FieldDefault::Value { value: self.json(value, at) }
    }

    /// A text.
    pub(super) fn text(&mut self, value: &Value<'a>, at: &Location) -> Known<String> {
        match value.text() {
            Some(text) => Known::Known(text),
            None => Known::Unknown { unknown: reason_of(value, at, "a text that could not be determined") },
        }
    }

    /// A truth value.
    pub(super) fn flag(&mut self, value: &Value<'a>, at: &Location) -> Known<bool> {
        match self.machine.is_true(value) {
            Some(truth) => Known::Known(truth),
            None => Known::Unknown { unknown: Unknown::new(at.clone(), "a condition that could not be determined") },
        }
    }
}
