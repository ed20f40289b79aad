//! The response type of a route.

use std::rc::Rc;

use architect_model::{EndpointPart, Unknown};

use super::part::Unknowns;
use crate::interpret::{Kind, Machine, Route, Value, reason_of};

/// The response model: the one given, or else the return annotation. One that cannot be spelled is noted as unknown.
pub(super) fn model<'a>(
    machine: &mut Machine<'a>,
    route: &Rc<Route<'a>>,
    function: &Value<'a>,
    reads_returns: bool,
    unknowns: &mut Unknowns,
) -> Option<Value<'a>> {
    let annotated = match &function.kind {
        Kind::Function(function) => Some(Rc::clone(function)),
        Kind::Bound(bound) => Some(Rc::clone(&bound.1)),
        _ => None,
    };
    let (value, at) = match (route.arguments.keyword("response_model"), annotated) {
        (Some(given), _) => (given.clone(), None),
        (None, Some(function)) if reads_returns => {
            let returns = function.def.returns.as_deref()?;
            let value = machine.annotation(&function.scope, returns);
            let at = function.scope.file.at(returns);
            if let Some(path) = value.as_library().filter(|path| may_be_response(path)) {
                let reason = format!("whether `{path}` is a response or a model of one");
                return unknowns.add(EndpointPart::Response, &Unknown::new(at, reason), None);
            }
            if is_response(&value) {
                return None;
            }
            (value, Some(at))
        }
        (None, _) => return None,
    };
    if matches!(value.kind, Kind::None) {
        return None;
    }
    if spelled(&value).is_none() {
        let at = at.or_else(|| super::dependency::defined_at(function))?;
        let unknown = reason_of(&value, &at, "the response type could not be determined");
        unknowns.add(EndpointPart::Response, &unknown, ());
    }
    Some(value)
}

/// Whether a type is, derives from or contains a type of a library package.
pub(super) fn uses(value: &Value<'_>, package: &str) -> bool {
    match &value.kind {
        Kind::Library(path) => path.split('.').next() == Some(package),
        Kind::Class(class) => class
            .ancestors
            .iter()
            .any(|base| base.as_library().is_some_and(|path| path.split('.').next() == Some(package))),
        Kind::Subscript(subscript) => uses(&subscript.0, package) || subscript.1.iter().any(|part| uses(part, package)),
        Kind::Union(parts) => parts.iter().any(|part| uses(part, package)),
        Kind::Made(made) => uses(&made.callee, package),
        _ => false,
    }
}

/// Whether a library type may be a response class: its name says so, and only the library could tell.
pub(crate) fn may_be_response(path: &str) -> bool {
    path.ends_with("Response") && !is_library_response(path)
}

/// Whether a library class is a response of FastAPI or Starlette.
fn is_library_response(path: &str) -> bool {
    path == "fastapi.Response" || path.starts_with("fastapi.responses.") || path.starts_with("starlette.responses.")
}

/// Whether a type is a response itself, and so no model of one.
pub(crate) fn is_response(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Library(path) => is_library_response(path),
        Kind::Class(class) => class.ancestors.iter().any(|base| base.as_library().is_some_and(is_library_response)),
        Kind::Subscript(subscript) => {
            is_response(&subscript.0)
                || subscript.0.as_library() == Some("typing.Annotated") && subscript.1.first().is_some_and(is_response)
        }
        _ => false,
    }
}

/// A type as source text, names without their modules.
pub(super) fn spelled(value: &Value<'_>) -> Option<String> {
    Some(match &value.kind {
        Kind::None => "None".into(),
        Kind::Ellipsis => "...".into(),
        Kind::Str(text) => text.to_string(),
        Kind::Class(class) => class.def.name.to_string(),
        Kind::Library(path) => path.rsplit('.').next()?.to_owned(),
        Kind::Union(parts) => parts.iter().map(spelled).collect::<Option<Vec<_>>>()?.join(" | "),
        Kind::Subscript(subscript) if subscript.0.as_library() == Some("typing.Annotated") => {
            spelled(subscript.1.first()?)?
        }
        Kind::Subscript(subscript) => {
            let arguments = subscript.1.iter().map(spelled).collect::<Option<Vec<_>>>()?;
            format!("{}[{}]", spelled(&subscript.0)?, arguments.join(", "))
        }
        Kind::List(list) => {
            format!("[{}]", list.items.borrow().iter().map(spelled).collect::<Option<Vec<_>>>()?.join(", "))
        }
        _ => return None,
    })
}
