//! Parameters by their place.

use serde_json::Value;

use super::javascript::held;
use super::join::Kind;
use super::writer::Writer;

impl<'a> Writer<'a> {
    /// `transform/parameters-array`: the member `parameters`.
    pub(super) fn parameters(&mut self, parameters: &[&'a Value]) {
        self.property("", "parameters", "");
        self.open();
        self.path.push("parameters".into());
        let resolved: Vec<_> = parameters.iter().map(|parameter| (*parameter, self.resolved(parameter))).collect();
        for place in ["query", "header", "path", "cookie"] {
            let here: Vec<(&'a Value, &'a Value)> = resolved
                .iter()
                .filter_map(|(original, resolved)| Some((*original, (*resolved)?)))
                .filter(|(_, resolved)| resolved.get("in").and_then(Value::as_str) == Some(place))
                .collect();
            self.place(place, &here);
        }
        self.path.pop();
        self.close();
        self.end_property();
    }

    fn place(&mut self, place: &'static str, parameters: &[(&'a Value, &'a Value)]) {
        if parameters.is_empty() {
            self.never(place);
            return;
        }
        let is_optional = |parameter: &Value| place != "path" && held(parameter.get("required")).is_none();
        let all = parameters.iter().all(|(_, resolved)| is_optional(resolved));
        self.property("", place, if all { "?" } else { "" });
        self.open();
        self.path.push(place.into());
        for (original, resolved) in parameters {
            let name = resolved.get("name").and_then(Value::as_str).unwrap_or("undefined");
            self.described(resolved, name, if is_optional(resolved) { "?" } else { "" }, |writer| {
                match original.get("$ref") {
                    Some(reference) => writer.parameter_reference(reference, resolved),
                    None => writer.at(name, |writer| writer.parameter(resolved)),
                }
            });
        }
        self.path.pop();
        self.close();
        self.end_property();
    }

    /// `transform/parameter-object`.
    pub(super) fn parameter(&mut self, parameter: &'a Value) -> Kind {
        match held(parameter.get("schema")) {
            Some(schema) => self.schema(schema),
            None => self.keyword(Kind::String),
        }
    }
}
