//! What the registration of a route says, beside the types of what it takes and answers.

use architect_model::{Known, Location, Unknown};

use super::responses;
use crate::interpret::{Arguments, Kind, Value, reason_of};
use crate::read::endpoint::dependency::defined_at;
use crate::read::endpoint::walk::Around;

/// What the registration of a route says.
pub(super) struct Said<'r, 'a> {
    /// Its arguments.
    pub(super) arguments: &'r Arguments<'a>,
    /// Where it stands.
    pub(super) at: &'r Location,
}

impl<'a> Said<'_, 'a> {
    /// An argument that is given: `None` counts for `response_model` only.
    pub(super) fn given(&self, name: &str) -> Option<&Value<'a>> {
        self.arguments.keyword(name).filter(|value| name == "response_model" || !matches!(value.kind, Kind::None))
    }

    /// A text that is given.
    pub(super) fn text(&self, name: &str) -> Option<Known<String>> {
        let value = self.given(name)?;
        Some(match value.text() {
            Some(text) => Known::Known(text),
            None => {
                let reason = format!("`{name}` could not be determined");
                Known::Unknown { unknown: reason_of(value, self.at, &reason) }
            }
        })
    }
}

/// Whether a text is not empty, as `or` in Python asks.
pub(super) fn is_written(text: &Known<String>) -> bool {
    text.known().is_none_or(|text| !text.is_empty())
}

/// The path behind what it begins with.
pub(super) fn path_of(prefix: &Known<String>, path: &Value<'_>, at: &Location) -> Known<String> {
    match (prefix, path.as_str()) {
        (Known::Known(prefix), Some(path)) => Known::Known(format!("{prefix}{path}")),
        (Known::Unknown { unknown }, _) => Known::Unknown { unknown: unknown.clone() },
        (_, None) => Known::Unknown { unknown: reason_of(path, at, "the path could not be determined") },
    }
}

/// Tags, an enumeration's members by their values.
pub(super) fn tags(values: &[Value<'_>], at: &Location) -> Vec<Known<String>> {
    let one = |value: &Value<'_>| match value.text() {
        Some(text) => Known::Known(text),
        None => Known::Unknown { unknown: reason_of(value, at, "a tag could not be determined") },
    };
    values.iter().map(one).collect()
}

/// The status of success, where it is given.
pub(super) fn status(said: &Said<'_, '_>) -> Option<Known<u16>> {
    let value = said.given("status_code")?;
    let number = match value.kind {
        Kind::Int(number) => u16::try_from(number).ok(),
        _ => None,
    };
    Some(match number {
        Some(number) => Known::Known(number),
        None => Known::Unknown { unknown: reason_of(value, said.at, "the status could not be determined") },
    })
}

/// The innermost value of an argument, which routers call otherwise than routes: `get_value_or_default`.
pub(super) fn innermost<'l, 'a>(
    layers: &'l [&Arguments<'a>],
    of_route: &str,
    of_router: &str,
) -> Option<&'l Value<'a>> {
    let (route, routers) = layers.split_last()?;
    let outer = routers.iter().rev().filter_map(|layer| layer.keyword(of_router));
    route.keyword(of_route).into_iter().chain(outer).next()
}

/// Notes what may have changed the route on the way.
pub(super) fn reworked(around: &Around<'_>, layers: &[&Arguments<'_>], unknowns: &mut Vec<Unknown>) {
    for (package, unknown) in &around.reworked {
        if package.is_none() {
            unknowns.push((**unknown).clone());
        }
    }
    // The router that a route is registered on makes it.
    let own = layers.iter().rev().nth(1).and_then(|layer| layer.keyword("route_class"));
    if let Some(class) = own.filter(|class| responses::makes_routes(class)) {
        let at = defined_at(class).unwrap_or_else(|| around_at(class, unknowns));
        unknowns.push(reason_of(class, &at, "routes are made by a class of their own"));
    }
}

fn around_at(class: &Value<'_>, unknowns: &[Unknown]) -> Location {
    let known = class.as_unknown().map(|unknown| unknown.at.clone());
    known.or_else(|| unknowns.first().map(|unknown| unknown.at.clone())).unwrap_or_else(|| Location::line("", 1))
}
