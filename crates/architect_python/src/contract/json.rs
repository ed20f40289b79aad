//! Values as JSON, in the way in which Pydantic writes defaults and enumerations.

use architect_model::contract::{FieldDefault, TypeKind};
use architect_model::{Known, Location, Unknown};
use ruff_python_ast::name::Name;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

use super::types::Types;
use crate::interpret::{Arguments, Kind, Made, Value, reason_of};

impl<'a> Types<'_, 'a> {
    /// A value as JSON (`pydantic_core.to_jsonable_python`).
    pub(super) fn json(&mut self, value: &Value<'a>, at: &Location) -> Known<Json> {
        self.doubts.extend(value.doubt.as_deref().cloned());
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
                let member = object.attributes.borrow().clone();
                if let Some(value) = member.get("value").filter(|_| member.contains_key("name")) {
                    return self.json(value, at);
                }
                match self.instance(&object.class.clone(), &member, at) {
                    Some(known) => return known,
                    None => return unknown("an object as a value"),
                }
            }
            Kind::Made(made) => match self.made_value(value, made, at) {
                Some(known) => return known,
                None => return unknown("a value that is made by a call"),
            },
            _ => return unknown("a value that is not written as JSON"),
        };
        Known::Known(known)
    }

    /// The JSON of what a call of a library made: `Decimal("1.50")`, `timedelta(hours=1)`, `set()`.
    fn made_value(&mut self, value: &Value<'a>, made: &Made<'a>, at: &Location) -> Option<Known<Json>> {
        let arguments = &made.arguments;
        let first = arguments.positional.first();
        let (path, _) = value.made_by()?;
        let numbers = || -> Option<Vec<i64>> {
            arguments
                .positional
                .iter()
                .map(|value| if let Kind::Int(number) = value.kind { Some(number) } else { None })
                .collect()
        };
        let text = match (path, first.map(|value| &value.kind)) {
            ("builtins.list" | "builtins.tuple" | "builtins.set" | "builtins.frozenset", None) => {
                return Some(Known::Known(Json::Array(Vec::new())));
            }
            ("builtins.dict", None) if arguments.keywords.is_empty() => {
                return Some(Known::Known(Json::Object(Map::new())));
            }
            ("builtins.tuple" | "builtins.set" | "builtins.frozenset" | "builtins.list", Some(Kind::List(_))) => {
                return Some(self.json(&first?.clone(), at));
            }
            ("decimal.Decimal" | "uuid.UUID" | "pathlib.Path", Some(Kind::Str(text))) => text.to_string(),
            ("decimal.Decimal", Some(Kind::Int(number))) => number.to_string(),
            ("pydantic.SecretStr", Some(Kind::Str(text))) if text.is_empty() => String::new(),
            ("pydantic.SecretStr", Some(_)) => "**********".to_owned(),
            ("datetime.timedelta", _) => duration(arguments)?,
            ("datetime.date", _) => match numbers()?.as_slice() {
                [year, month, day] => format!("{year:04}-{month:02}-{day:02}"),
                _ => return None,
            },
            ("datetime.datetime", _) if arguments.keywords.is_empty() => match numbers()?.as_slice() {
                [year, month, day, rest @ ..] if rest.len() < 4 => {
                    let part = |place: usize| rest.get(place).copied().unwrap_or_default();
                    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", part(0), part(1), part(2))
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(Known::Known(Json::String(text)))
    }

    /// The JSON of an instance of a model: its fields in order, by the names under which they are answered.
    fn instance(
        &mut self,
        class: &Value<'a>,
        attributes: &FxHashMap<Name, Value<'a>>,
        at: &Location,
    ) -> Option<Known<Json>> {
        let TypeKind::Class { class } = self.of(class, at).kind else { return None };
        let fields = self.fields_of(class);
        let mut object = Map::new();
        for field in fields.iter().filter(|field| !field.computed) {
            let json = match (attributes.get(field.name.as_str()), &field.default) {
                (Some(given), _) => self.json(given, at),
                (None, Some(FieldDefault::Value { value })) => value.clone(),
                (None, _) => return None,
            };
            let name = match &field.answered_as {
                Some(Known::Known(name)) => name.clone(),
                Some(Known::Unknown { unknown }) => return Some(Known::Unknown { unknown: unknown.clone() }),
                None => field.name.clone(),
            };
            match json {
                Known::Known(json) => object.insert(name, json),
                unknown => return Some(unknown),
            };
        }
        (!fields.is_empty()).then_some(Known::Known(Json::Object(object)))
    }

    /// A default as it stands in a schema.
    pub(super) fn default(&mut self, value: &Value<'a>, at: &Location) -> FieldDefault {
        FieldDefault::Value { value: self.json(value, at) }
    }

    /// A text.
    pub(super) fn text(&mut self, value: &Value<'a>, at: &Location) -> Known<String> {
        self.doubts.extend(value.doubt.as_deref().cloned());
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

/// `timedelta(days=1, minutes=90)` in ISO 8601 as Pydantic writes it: `P1DT1H30M`.
fn duration(arguments: &Arguments<'_>) -> Option<String> {
    const UNITS: [(&str, i64); 7] = [
        ("days", 86_400),
        ("seconds", 1),
        ("microseconds", 0),
        ("milliseconds", 0),
        ("minutes", 60),
        ("hours", 3_600),
        ("weeks", 604_800),
    ];
    let mut total = 0_i64;
    for (place, (name, seconds)) in UNITS.into_iter().enumerate() {
        match arguments.get(place, name).map(|value| &value.kind) {
            None | Some(Kind::Int(0)) => {}
            Some(Kind::Int(number)) if seconds > 0 => total += number * seconds,
            Some(_) => return None,
        }
    }
    if total <= 0 {
        return (total == 0).then(|| "PT0S".to_owned());
    }
    let (days, rest) = (total / 86_400, total % 86_400);
    let mut text = String::from("P");
    // A year has 365 days there.
    let parts = [(days / 365, "Y"), (days % 365, "D")];
    let clock = [(rest / 3_600, "H"), (rest % 3_600 / 60, "M"), (rest % 60, "S")];
    let written = |parts: &[(i64, &str)]| -> String {
        parts.iter().filter(|(amount, _)| *amount > 0).map(|(amount, unit)| format!("{amount}{unit}")).collect()
    };
    text.push_str(&written(&parts));
    if rest > 0 {
        text.push('T');
    }
    text.push_str(&written(&clock));
    Some(text)
}
