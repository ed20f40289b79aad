//! Operations: parameters, body, responses.

use serde_json::Value;

use super::javascript::{entries, held};
use super::writer::Writer;

impl<'a> Writer<'a> {
    /// `transform/operation-object`.
    pub(super) fn operation(&mut self, operation: &'a Value, parameters: &[&'a Value]) {
        self.open();
        self.parameters(parameters);
        match held(operation.get("requestBody")) {
            Some(body) => self.request_body(body),
            None => self.never("requestBody"),
        }
        self.property("", "responses", "");
        self.responses(operation.get("responses"));
        self.end_property();
        self.close();
    }

    fn request_body(&mut self, body: &'a Value) {
        let required = self.resolved(body).is_some_and(|body| held(body.get("required")).is_some());
        self.described(body, "requestBody", if required { "" } else { "?" }, |writer| match body.get("$ref") {
            Some(reference) => {
                writer.reference(reference);
            }
            None => writer.at("requestBody", |writer| writer.body(body)),
        });
    }

    /// `transform/responses-object`.
    fn responses(&mut self, responses: Option<&'a Value>) {
        let Some(Value::Object(map)) =
            responses.filter(|responses| responses.as_object().is_some_and(|map| !map.is_empty()))
        else {
            self.out.push_str("never");
            return;
        };
        self.open();
        self.path.push("responses".into());
        for (code, response) in entries(map) {
            self.described(response, code, "", |writer| match response.get("$ref") {
                Some(reference) => {
                    writer.reference(reference);
                }
                None => writer.at(code.as_str(), |writer| writer.response(response)),
            });
        }
        self.path.pop();
        self.close();
    }
}
