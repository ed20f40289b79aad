//! Parts of an endpoint, each known or noted as unknown.

use architect_model::{DeclaredResponse, EndpointPart, EndpointUnknown, Known, Location, Unknown};

use crate::interpret::{Kind, Route, Value, reason_of};

/// What of an endpoint is unknown.
#[derive(Default)]
pub(super) struct Unknowns(pub(super) Vec<EndpointUnknown>);

impl Unknowns {
    /// Notes an unknown part, and hands back the value that stands for it.
    pub(super) fn add<T>(&mut self, part: EndpointPart, unknown: &Unknown, instead: T) -> T {
        let entry = EndpointUnknown { part, unknown: unknown.clone() };
        if !self.0.contains(&entry) {
            self.0.push(entry);
        }
        instead
    }

    /// The first unknown of a part.
    pub(super) fn first(&self, part: EndpointPart) -> Option<&Unknown> {
        self.0.iter().find(|entry| entry.part == part).map(|entry| &entry.unknown)
    }
}

/// The full path of a route.
pub(super) fn path(prefix: &Known<String>, path: &Value<'_>, at: &Location) -> Known<String> {
    match (prefix, path.as_str()) {
        (Known::Known(prefix), Some(path)) => Known::Known(format!("{prefix}{path}")),
        (Known::Unknown { unknown }, _) => Known::Unknown { unknown: unknown.clone() },
        (_, None) => Known::Unknown { unknown: reason_of(path, at, "the path could not be determined") },
    }
}

/// The success status of a route.
pub(super) fn status(route: &Route<'_>, at: &Location, unknowns: &mut Unknowns) -> Option<u16> {
    let value = route.arguments.keyword("status_code")?;
    match value.kind {
        Kind::Int(status) => u16::try_from(status).ok(),
        Kind::None => None,
        _ => unknowns.add(EndpointPart::Status, &reason_of(value, at, "the status could not be determined"), None),
    }
}

/// The tags of a route and its routers.
pub(super) fn tags(values: &[Value<'_>], at: &Location, unknowns: &mut Unknowns) -> Vec<String> {
    let mut tags = Vec::new();
    for value in values {
        match value.text() {
            Some(tag) => tags.push(tag),
            None => unknowns.add(EndpointPart::Tags, &reason_of(value, at, "a tag could not be determined"), ()),
        }
    }
    tags
}

/// The statuses that a route and its routers declare in `responses`; a route's own replace those of its routers.
pub(super) fn responses(values: &[Value<'_>], at: &Location, unknowns: &mut Unknowns) -> Vec<DeclaredResponse> {
    let mut found: Vec<DeclaredResponse> = Vec::new();
    for value in values {
        match &value.kind {
            Kind::None => {}
            Kind::Dict(items) => {
                for (status, described) in items.borrow().iter() {
                    let number = match &status.kind {
                        Kind::Int(number) => u16::try_from(*number).ok(),
                        Kind::Str(text) => text.parse().ok(),
                        _ => None,
                    };
                    let Some(status) = number else {
                        let reason = reason_of(status, at, "a status of `responses` could not be determined");
                        unknowns.add(EndpointPart::Responses, &reason, ());
                        continue;
                    };
                    let part = |name: &str| match &described.kind {
                        Kind::Dict(parts) => {
                            let parts = parts.borrow();
                            parts.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, part)| part.clone())
                        }
                        _ => None,
                    };
                    let model = part("model").and_then(|model| super::response::spelled(&model));
                    let description = part("description").and_then(|text| text.text());
                    found.retain(|known| known.status != status);
                    found.push(DeclaredResponse { status, model, description });
                }
            }
            _ => {
                let reason = reason_of(value, at, "`responses` could not be determined");
                unknowns.add(EndpointPart::Responses, &reason, ());
            }
        }
    }
    found
}
