//! `model_config` of models, `class Config`, and keywords of `class` statements.

use std::rc::Rc;

use architect_model::contract::{ClassConfig, ExtraFields, SchemaMode};
use architect_model::{Known, Location, Unknown};
use serde_json::Value as Json;

use super::lineage::Lineage;
use super::types::Types;
use crate::interpret::{Class, Kind, Value};

/// What the configuration of a class says of its schema.
pub(super) struct Configuration<'a> {
    pub(super) title: Option<Known<String>>,
    pub(super) json_schema_extra: Option<Known<Json>>,
    pub(super) extra: ExtraFields,
    pub(super) answers_all: bool,
    pub(super) alias_generator: Option<Value<'a>>,
    pub(super) attribute_docstrings: bool,
    /// How values are taken and written.
    pub(super) values: ClassConfig,
    /// Why it may say more.
    pub(super) unknown: Option<Unknown>,
}

impl<'a> Types<'_, 'a> {
    /// The configuration of a class: its ancestors' first, what a class says itself stands.
    pub(super) fn configuration(&mut self, lineage: &Lineage<'a>) -> Configuration<'a> {
        let mut found = Configuration {
            title: None,
            json_schema_extra: None,
            extra: ExtraFields::Ignored,
            answers_all: false,
            alias_generator: None,
            attribute_docstrings: false,
            values: ClassConfig::default(),
            unknown: None,
        };
        for (ancestor, _) in lineage.classes.iter().rev() {
            let at = ancestor.scope.file.at(&ancestor.def.name);
            for (name, value) in self.settings(ancestor, &mut found) {
                self.set(&mut found, &name, &value, &at);
            }
        }
        found
    }

    /// What a class itself sets.
    fn settings(&mut self, class: &Rc<Class<'a>>, found: &mut Configuration<'a>) -> Vec<(String, Value<'a>)> {
        let mut settings = Vec::new();
        let given = |name: &str| class.scope.names.borrow().get(name).cloned();
        match given("Config").map(|value| value.kind) {
            Some(Kind::Class(config)) => {
                let names = config.scope.names.borrow();
                settings.extend(names.iter().map(|(name, value)| (name.to_string(), value.clone())));
            }
            Some(Kind::Unknown(unknown)) => found.unknown = Some((*unknown).clone()),
            _ => {}
        }
        let declared = given("model_config").or_else(|| given("__pydantic_config__"));
        match declared.as_ref().map(|value| &value.kind) {
            Some(Kind::Dict(pairs)) => {
                let pairs = pairs.borrow();
                settings
                    .extend(pairs.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.clone()))));
            }
            Some(Kind::Made(made)) => {
                for value in &made.arguments.positional {
                    if let Kind::Dict(pairs) = &value.kind {
                        let pairs = pairs.borrow();
                        let named =
                            pairs.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.clone())));
                        settings.extend(named);
                    }
                }
                let keywords = made.arguments.keywords.iter();
                settings.extend(keywords.map(|(name, value)| (name.to_string(), value.clone())));
                found.unknown = made.arguments.unknown.as_deref().cloned().or_else(|| found.unknown.take());
            }
            Some(Kind::Unknown(unknown)) => found.unknown = Some((**unknown).clone()),
            _ => {}
        }
        let keywords = class.def.arguments.iter().flat_map(|arguments| &arguments.keywords);
        for keyword in keywords {
            let Some(name) = &keyword.arg else { continue };
            if matches!(name.as_str(), "extra" | "title" | "alias_generator" | "json_schema_extra") {
                let value = self.machine.evaluate(&class.scope, &keyword.value);
                settings.push((name.to_string(), value));
            }
        }
        settings
    }

    fn set(&mut self, found: &mut Configuration<'a>, name: &str, value: &Value<'a>, at: &Location) {
        match name {
            "title" => found.title = Some(self.text(value, at)).filter(|title| *title != Known::Known(String::new())),
            "json_schema_extra" => found.json_schema_extra = Some(self.extra(value, at)),
            "extra" => {
                found.extra = match value.text().as_deref() {
                    Some("forbid") => ExtraFields::Refused,
                    Some("allow") => ExtraFields::Taken { of: None },
                    Some(_) => ExtraFields::Ignored,
                    None => match value.as_library().and_then(|path| path.rsplit('.').next()) {
                        Some("forbid") => ExtraFields::Refused,
                        Some("allow") => ExtraFields::Taken { of: None },
                        Some("ignore") => ExtraFields::Ignored,
                        _ => {
                            found.unknown = Some(Unknown::new(at.clone(), "what `extra` is set to"));
                            ExtraFields::Ignored
                        }
                    },
                };
            }
            "json_schema_serialization_defaults_required" => {
                found.answers_all = self.machine.is_true(value) == Some(true);
            }
            "alias_generator" => {
                found.alias_generator = Some(value.clone()).filter(|value| !matches!(value.kind, Kind::None));
            }
            "use_attribute_docstrings" => found.attribute_docstrings = self.machine.is_true(value) == Some(true),
            "val_json_bytes" => found.values.takes_base64 = value.as_str() == Some("base64"),
            "ser_json_bytes" => found.values.answers_base64 = value.as_str() == Some("base64"),
            "ser_json_timedelta" => found.values.durations_as_numbers = value.as_str() == Some("float"),
            "ser_json_temporal" => found.values.times_as_numbers = value.as_str() != Some("iso8601"),
            "validate_by_alias" => found.values.taken_by_name = self.machine.is_true(value) == Some(false),
            "str_min_length" => found.values.text_at_least = whole(value),
            "str_max_length" => found.values.text_at_most = whole(value),
            "json_schema_mode_override" => {
                found.values.mode = match value.as_str() {
                    Some("validation") => Some(SchemaMode::Taken),
                    Some("serialization") => Some(SchemaMode::Answered),
                    _ => None,
                };
            }
            "field_title_generator" | "model_title_generator" | "schema_generator" => {
                found.unknown = Some(Unknown::new(at.clone(), format!("`{name}` changes its schema")));
            }
            _ => {}
        }
    }

    /// The name that `alias_generator` makes of a field's.
    pub(super) fn generated(
        &mut self,
        generator: &Value<'a>,
        name: &str,
        is_sent: bool,
        at: &Location,
    ) -> Option<Known<String>> {
        match &generator.kind {
            Kind::Library(path) => {
                let made = match &**path {
                    "pydantic.alias_generators.to_camel" => to_camel(name),
                    "pydantic.alias_generators.to_pascal" => to_pascal(name),
                    other => {
                        let reason = format!("the name that `{other}` makes of `{name}`");
                        return Some(Known::unknown(at.clone(), reason));
                    }
                };
                Some(Known::Known(made))
            }
            Kind::Made(made) => {
                let specific = if is_sent { "validation_alias" } else { "serialization_alias" };
                let given = |name: &str| {
                    made.arguments.keyword(name).filter(|value| !matches!(value.kind, Kind::None)).cloned()
                };
                let inner = given(specific).or_else(|| given("alias"));
                inner.and_then(|inner| self.generated(&inner, name, is_sent, at))
            }
            _ => {
                let arguments = crate::interpret::Arguments::of(vec![Value::str(name)]);
                let made = self.machine.call(generator, arguments, at);
                Some(self.text(&made, at))
            }
        }
    }
}

fn whole(value: &Value<'_>) -> Option<u64> {
    match value.kind {
        Kind::Int(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

/// ```python
/// # pydantic.alias_generators.to_pascal
/// camel = snake.title()
/// return re.sub('([0-9A-Za-z])_(?=[0-9A-Z])', lambda m: m.group(1), camel)
/// ```
fn to_pascal(name: &str) -> String {
    let mut titled = String::with_capacity(name.len());
    let mut begins = true;
    for letter in name.chars() {
        match letter.is_alphabetic() {
            true if begins => titled.extend(letter.to_uppercase()),
            true => titled.extend(letter.to_lowercase()),
            false => titled.push(letter),
        }
        begins = !letter.is_alphabetic();
    }
    let letters: Vec<char> = titled.chars().collect();
    let is_between = |at: usize| {
        letters[at] == '_'
            && at.checked_sub(1).and_then(|before| letters.get(before)).is_some_and(char::is_ascii_alphanumeric)
            && letters.get(at + 1).is_some_and(|after| after.is_ascii_digit() || after.is_ascii_uppercase())
    };
    (0..letters.len()).filter(|at| !is_between(*at)).map(|at| letters[at]).collect()
}

/// ```python
/// # pydantic.alias_generators.to_camel
/// if re.match('^[a-z]+[A-Za-z0-9]*$', snake) and not re.search(r'\d(?=[a-z])', snake):
///     return snake
/// camel = to_pascal(snake)
/// return re.sub('(^_*[A-Z])', lambda m: m.group(1).lower(), camel)
/// ```
fn to_camel(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let is_camel = letters.first().is_some_and(char::is_ascii_lowercase)
        && letters.iter().all(char::is_ascii_alphanumeric)
        && !letters.windows(2).any(|pair| pair[0].is_ascii_digit() && pair[1].is_ascii_lowercase());
    if is_camel {
        return name.to_owned();
    }
    let pascal = to_pascal(name);
    let begin = pascal.chars().take_while(|letter| *letter == '_').count();
    let mut found = String::with_capacity(pascal.len());
    for (number, letter) in pascal.chars().enumerate() {
        match number == begin && letter.is_ascii_uppercase() {
            true => found.extend(letter.to_lowercase()),
            false => found.push(letter),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Pydantic 2.14 has them.
    #[test]
    fn names_in_camel_case() {
        let all =
            [("created_at", "createdAt"), ("id", "id"), ("_a_b", "_aB"), ("x_1_y", "x1Y"), ("camelCase", "camelCase")];
        for (name, camel) in all {
            assert_eq!(to_camel(name), camel);
        }
        assert_eq!(to_pascal("created_at"), "CreatedAt");
    }
}
