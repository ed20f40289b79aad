//! The response type of a route.

use std::rc::Rc;

use architect_model::EndpointPart;

use super::route::Unknowns;
use crate::interpret::{Kind, Machine, Route, Value, reason_of};

/// The response model as Python source text: the one given, or else the return annotation.
pub(super) fn model<'a>(
    machine: &mut Machine<'a>,
    route: &Rc<Route<'a>>,
    function: &Value<'a>,
    unknowns: &mut Unknowns,
) -> Option<String> {
    let annotated = match &function.kind {
        Kind::Function(function) => Some(Rc::clone(function)),
        Kind::Bound(bound) => Some(Rc::clone(&bound.1)),
        _ => None,
    };
    let (value, at) = match (route.arguments.keyword("response_model"), annotated) {
        (Some(given), _) => (given.clone(), None),
        (None, Some(function)) => {
            let returns = function.def.returns.as_deref()?;
            let value = machine.annotation(&function.scope, returns);
            if is_response(&value) {
                return None;
            }
            (value, Some(function.scope.file.at(returns)))
        }
        (None, None) => return None,
    };
    if matches!(value.kind, Kind::None) {
        return None;
    }
    let text = spelled(&value);
    if text.is_none() {
        let at = at.or_else(|| super::dependency::defined_at(function))?;
        unknowns.add(
            EndpointPart::Response,
            &reason_of(&value, &at, "the response type could not be determined"),
            (),
        );
    }
    text
}

/// Whether a type is a response itself, and so no model of one.
fn is_response(value: &Value<'_>) -> bool {
    let is_library = |path: &str| {
        path == "fastapi.Response"
            || path.starts_with("fastapi.responses.")
            || path.starts_with("starlette.responses.")
    };
    match &value.kind {
        Kind::Library(path) => {
            is_library(path) || path.ends_with("Response") && !path.starts_with("builtins.")
        }
        Kind::Class(class) => class
            .ancestors
            .iter()
            .any(|base| base.as_library().is_some_and(is_library)),
        Kind::Subscript(subscript) => {
            is_response(&subscript.0)
                || subscript.0.as_library() == Some("typing.Annotated")
                    && subscript.1.first().is_some_and(is_response)
        }
        _ => false,
    }
}

/// A type as source text, names without their modules.
fn spelled(value: &Value<'_>) -> Option<String> {
    Some(match &value.kind {
        Kind::None => "None".into(),
        Kind::Ellipsis => "...".into(),
        Kind::Str(text) => text.to_string(),
        Kind::Class(class) => class.def.name.to_string(),
        Kind::Library(path) => path.rsplit('.').next()?.to_owned(),
        Kind::Union(parts) => parts
            .iter()
            .map(spelled)
            .collect::<Option<Vec<_>>>()?
            .join(" | "),
        Kind::Subscript(subscript) if subscript.0.as_library() == Some("typing.Annotated") => {
            spelled(subscript.1.first()?)?
        }
        Kind::Subscript(subscript) => {
            let arguments = subscript
                .1
                .iter()
                .map(spelled)
                .collect::<Option<Vec<_>>>()?;
            format!("{}[{}]", spelled(&subscript.0)?, arguments.join(", "))
        }
        Kind::List(list) => format!(
            "[{}]",
            list.items
                .borrow()
                .iter()
                .map(spelled)
                .collect::<Option<Vec<_>>>()?
                .join(", ")
        ),
        _ => return None,
    })
}
