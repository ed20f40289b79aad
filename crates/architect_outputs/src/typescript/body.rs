//! Bodies of requests, and what any body holds by its media type.

use serde_json::Value;

use super::fields::filled;
use super::javascript::{entries, held};
use super::join::Kind;
use super::writer::Writer;

impl<'a> Writer<'a> {
    /// `transform/request-body-object`.
    pub(super) fn body(&mut self, body: &'a Value) {
        self.open();
        self.property("", "content", "");
        self.open();
        match filled(body.get("content")) {
            Some(content) => {
                self.path.push("content".into());
                for (media_type, media) in entries(content) {
                    self.described(media, media_type, "", |writer| {
                        writer.at(media_type.as_str(), |writer| writer.media_or_reference(media))
                    });
                }
                self.path.pop();
            }
            None => {
                self.margin();
                self.out.push_str("\"*/*\"?: never;\n");
            }
        }
        self.close();
        self.end_property();
        self.close();
    }

    pub(super) fn media_or_reference(&mut self, media: &'a Value) -> Kind {
        match media.get("$ref") {
            Some(reference) => self.reference(reference),
            None => self.media(media),
        }
    }

    /// `transform/media-type-object`.
    pub(super) fn media(&mut self, media: &'a Value) -> Kind {
        match held(media.get("schema")) {
            Some(schema) => self.schema(schema),
            None => self.keyword(Kind::Unknown),
        }
    }
}
