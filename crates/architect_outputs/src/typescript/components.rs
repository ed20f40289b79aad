//! Components by their kind.

use serde_json::{Map, Value};

use super::fields::filled;
use super::javascript::entries;
use super::writer::Writer;

/// The kinds of components that become types, in the order in which they are written.
const KINDS: [&str; 6] = ["schemas", "responses", "parameters", "requestBodies", "headers", "pathItems"];

impl<'a> Writer<'a> {
    /// `transform/components-object`.
    pub(super) fn components(&mut self, components: &'a Map<String, Value>) {
        for kind in KINDS {
            self.property("", kind, "");
            match filled(components.get(kind)) {
                Some(items) => {
                    self.open();
                    self.path.push(kind.into());
                    for (name, item) in entries(items) {
                        self.described(item, name, "", |writer| {
                            writer.at(name.as_str(), |writer| writer.component(kind, item));
                        });
                    }
                    self.path.pop();
                    self.close();
                }
                None => self.out.push_str("never"),
            }
            self.end_property();
        }
    }

    fn component(&mut self, kind: &str, item: &'a Value) {
        match kind {
            "schemas" => {
                self.schema(item);
            }
            "responses" => self.response(item),
            "parameters" => {
                self.parameter(item);
            }
            "requestBodies" => self.body(item),
            "headers" => {
                self.header(item);
            }
            _ => match item {
                Value::Object(map) => self.methods(map),
                _ => self.refuse(|| "a path is not an object".to_owned()),
            },
        }
    }
}
