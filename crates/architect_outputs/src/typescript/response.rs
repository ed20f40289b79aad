//! Responses: headers and content.

use serde_json::Value;

use super::fields::filled;
use super::javascript::{entries, held};
use super::join::Kind;
use super::writer::Writer;

impl<'a> Writer<'a> {
    /// `transform/response-object`.
    pub(super) fn response(&mut self, response: &'a Value) {
        self.open();
        self.property("", "headers", "");
        self.headers(response);
        self.end_property();
        match response.get("content") {
            Some(Value::Object(content)) if !content.is_empty() => {
                self.property("", "content", "");
                self.open();
                self.path.push("content".into());
                for (media_type, media) in entries(content) {
                    self.described(media, media_type, "", |writer| {
                        writer.at(media_type.as_str(), |writer| writer.media(media))
                    });
                }
                self.path.pop();
                self.close();
                self.end_property();
            }
            _ => self.never("content"),
        }
        self.close();
    }

    fn headers(&mut self, response: &'a Value) {
        self.open();
        self.path.push("headers".into());
        for (name, header) in filled(response.get("headers")).map(entries).into_iter().flatten() {
            let reference = header.get("$ref");
            let is_there = reference.is_some() || held(header.get("required")).is_some();
            self.described(header, name, if is_there { "" } else { "?" }, |writer| match reference {
                Some(reference) => writer.reference(reference),
                None => writer.at(name.as_str(), |writer| writer.header(header)),
            });
        }
        self.path.pop();
        self.margin();
        self.out.push_str("[name: string]: unknown;\n");
        self.close();
    }

    /// `transform/header-object`.
    pub(super) fn header(&mut self, header: &'a Value) -> Kind {
        if let Some(schema) = held(header.get("schema")) {
            return self.schema(schema);
        }
        let Some(Value::Object(content)) = header.get("content") else {
            return self.keyword(Kind::Unknown);
        };
        if content.is_empty() {
            self.out.push_str("{}");
            return Kind::Object;
        }
        self.open();
        for (media_type, media) in entries(content) {
            self.described(media, media_type, "", |writer| {
                writer.at(media_type.as_str(), |writer| writer.media_or_reference(media))
            });
        }
        self.close();
        Kind::Object
    }
}
