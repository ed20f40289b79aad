//! What a document says of its application.

use architect_model::Known;
use architect_model::contract::Contract;
use serde_json::{Map, Value};

use super::operations::{Writer, argument};
use super::rules::Rules;

/// The arguments of `FastAPI(…)` by their names in `info`.
const INFO: [(&str, &str); 7] = [
    ("title", "title"),
    ("version", "version"),
    ("summary", "summary"),
    ("description", "description"),
    ("terms_of_service", "termsOfService"),
    ("contact", "contact"),
    ("license_info", "license"),
];

/// ```python
/// # FastAPI.__init__
/// title: str = "FastAPI", version: str = "0.1.0"
/// ```
const DEFAULTS: [(&str, &str); 2] = [("title", "FastAPI"), ("version", "0.1.0")];

impl Writer<'_> {
    /// ```python
    /// info: dict[str, Any] = {"title": title, "version": version}
    /// if summary:
    ///     info["summary"] = summary
    /// ```
    pub(super) fn info(&mut self, contract: &Contract) -> Map<String, Value> {
        self.pointer = "/info".to_owned();
        let mut info = Map::new();
        for (name, key) in INFO {
            let default = DEFAULTS.iter().find(|(known, _)| *known == name).map(|(_, value)| Value::from(*value));
            let value = match argument(contract, name) {
                Some(value) => self.known(value).cloned(),
                None => default,
            };
            if let Some(value) = value.filter(is_said) {
                info.insert(key.to_owned(), value);
            }
        }
        info
    }

    /// What stands under a key of the document by an argument.
    pub(super) fn part(&mut self, contract: &Contract, name: &str, key: &str) -> Option<Value> {
        self.pointer = format!("/{key}");
        argument(contract, name).and_then(|value| self.known(value)).cloned().filter(is_said)
    }
}

/// Whether Python takes a value for true.
fn is_said(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        _ => true,
    }
}

/// Whether what is taken and what is answered have schemas of their own.
pub(super) fn separates(contract: &Contract, rules: &Rules) -> bool {
    let given = argument(contract, "separate_input_output_schemas").and_then(Known::known);
    !rules.separates_on_demand() || given.and_then(Value::as_bool) != Some(false)
}
