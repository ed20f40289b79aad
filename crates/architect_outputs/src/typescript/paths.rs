//! Paths and webhooks: what each method of a path does.

use serde_json::{Map, Value};

use super::javascript::{entries, held};
use super::writer::{Footer, Writer, pointer};

/// The methods in the order in which they are written.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl<'a> Writer<'a> {
    /// `transform/paths-object`.
    pub(super) fn paths(&mut self, paths: &'a Map<String, Value>) {
        for (url, item) in entries(paths) {
            let Value::Object(map) = item else { continue };
            if let Some(reference) = map.get("$ref") {
                self.described(item, url, "", |writer| writer.reference(reference));
                continue;
            }
            self.path_item(url, map);
        }
    }

    /// `transform/webhooks-object`.
    pub(super) fn webhooks(&mut self, webhooks: &'a Map<String, Value>) {
        for (name, item) in entries(webhooks) {
            if let Value::Object(map) = item {
                self.path_item(name, map);
            }
        }
    }

    /// A path by its name.
    fn path_item(&mut self, name: &'a str, item: &'a Map<String, Value>) {
        self.property("", name, "");
        self.at(name, |writer| writer.methods(item));
        self.end_property();
    }

    /// `transform/path-item-object`.
    pub(super) fn methods(&mut self, item: &'a Map<String, Value>) {
        let shared = super::fields::list(item.get("parameters"));
        self.open();
        self.at("parameters", |writer| writer.parameters(&shared.iter().collect::<Vec<_>>()));
        for method in METHODS {
            match held(item.get(method)) {
                Some(operation) => {
                    self.described(operation, method, "", |writer| {
                        writer.at(method, |writer| writer.method(operation, shared));
                    });
                }
                None => self.never(method),
            }
        }
        self.close();
    }

    /// One method: its operation, here where it has no id and else among `operations`.
    fn method(&mut self, operation: &'a Value, shared: &'a [Value]) {
        if let Some(reference) = operation.get("$ref") {
            self.reference(reference);
            return;
        }
        let parameters = self.merged(shared, super::fields::list(operation.get("parameters")));
        match held(operation.get("operationId")).and_then(Value::as_str) {
            Some(id) => {
                let id = id.replace('#', "/");
                self.indexed(&pointer(&["operations".into(), id.as_str().into()]), None);
                self.inject(&id, operation, &parameters);
            }
            None => self.operation(operation, &parameters),
        }
    }

    /// `transform/operation-object`, `injectOperationObject`.
    fn inject(&mut self, id: &str, operation: &'a Value, parameters: &[&'a Value]) {
        if !self.footer.contains(&Footer::Operations) {
            self.footer.push(Footer::Operations);
        }
        let indent = std::mem::replace(&mut self.indent, 1);
        std::mem::swap(&mut self.out, &mut self.operations);
        self.property("", id, "");
        self.operation(operation, parameters);
        self.end_property();
        std::mem::swap(&mut self.out, &mut self.operations);
        self.indent = indent;
    }

    /// The parameters of the path and of the operation, which replaces those of the same place and name.
    fn merged(&self, shared: &'a [Value], own: &'a [Value]) -> Vec<&'a Value> {
        let mut merged: Vec<((&str, &str), &'a Value)> = Vec::with_capacity(shared.len() + own.len());
        for parameter in shared.iter().chain(own) {
            let said = |key| self.resolved(parameter).and_then(|found| found.get(key)?.as_str()).unwrap_or("undefined");
            let name = (said("in"), said("name"));
            match merged.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = parameter,
                None => merged.push((name, parameter)),
            }
        }
        merged.into_iter().map(|(_, parameter)| parameter).collect()
    }
}
