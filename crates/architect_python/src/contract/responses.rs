//! What a route answers: its model, the class of its responses, and what else it declares.

use architect_model::contract::{ExtraResponse, ResponseClass, Type};
use architect_model::{Known, Location, Unknown};
use std::cell::RefCell;
use std::rc::Rc;

use super::types::Types;
use crate::interpret::{Arguments, Binding, Class, Kind, Value, reason_of};
use crate::read::endpoint::dependency::method;
use crate::read::endpoint::response::{is_response, may_be_response};

/// From this version of FastAPI on, a return annotation is a response model.
const READS_RETURNS: (u32, u32, u32) = (0, 89, 0);

/// What a function answers: the model given, or else what it says that it returns.
///
/// ```python
/// if isinstance(response_model, DefaultPlaceholder):
///     return_annotation = get_typed_return_annotation(endpoint)
///     if lenient_issubclass(return_annotation, Response): response_model = None
///     else: response_model = return_annotation
/// ```
pub(super) fn model<'a>(
    types: &mut Types<'_, 'a>,
    given: Option<&Value<'a>>,
    function: &Value<'a>,
    at: &Location,
) -> Result<Option<Type>, Unknown> {
    if let Some(given) = given {
        return Ok((!matches!(given.kind, Kind::None)).then(|| types.of(given, at)));
    }
    let function = match &function.kind {
        Kind::Function(function) => function,
        Kind::Bound(bound) => &bound.1,
        _ => return Ok(None),
    };
    let Some(returns) = function.def.returns.as_deref().filter(|_| types.versions.fastapi >= READS_RETURNS) else {
        return Ok(None);
    };
    let at = function.scope.file.at(returns);
    let value = types.machine.annotation(&function.scope, returns);
    if let Some(path) = value.as_library().filter(|path| may_be_response(path)) {
        return Err(Unknown::new(at, format!("whether `{path}` is a response or a model of one")));
    }
    if matches!(value.kind, Kind::None) || is_response(&value) {
        return Ok(None);
    }
    Ok(Some(types.of(&value, &at)))
}

/// The class of responses.
pub(super) fn class(value: Option<&Value<'_>>, at: &Location) -> ResponseClass {
    match value.map(|value| (value, &value.kind)) {
        None => of_library("fastapi.responses.JSONResponse", at),
        Some((_, Kind::Library(path))) => of_library(path, at),
        Some((_, Kind::Class(class))) => of_class(class, at),
        Some((value, _)) => {
            let unknown = reason_of(value, at, "the class of responses could not be determined");
            ResponseClass { media: Known::Unknown { unknown }, is_json: true, status: Some(200) }
        }
    }
}

fn of_library(path: &str, at: &Location) -> ResponseClass {
    let name = path.rsplit('.').next().unwrap_or(path);
    let is_own = path == "fastapi.Response" || path.starts_with("fastapi.responses.");
    let media = match name {
        "JSONResponse" | "ORJSONResponse" | "UJSONResponse" => Some("application/json"),
        "HTMLResponse" => Some("text/html"),
        "PlainTextResponse" => Some("text/plain"),
        "EventSourceResponse" => Some("text/event-stream"),
        "Response" | "RedirectResponse" | "StreamingResponse" | "FileResponse" if is_own => None,
        _ => {
            let reason = format!("the media type of `{path}`, a class of a library");
            return ResponseClass { media: Known::unknown(at.clone(), reason), is_json: false, status: Some(200) };
        }
    };
    let status = if name == "RedirectResponse" { 307 } else { 200 };
    ResponseClass {
        media: Known::Known(media.map(str::to_owned)),
        is_json: name.ends_with("JSONResponse"),
        status: Some(status),
    }
}

fn of_class(class: &Rc<Class<'_>>, at: &Location) -> ResponseClass {
    let base = class.ancestors.iter().find_map(Value::as_library);
    let mut answer = of_library(base.unwrap_or("fastapi.Response"), at);
    if let Some(media) = class.lookup("media_type") {
        answer.media = match &media.kind {
            Kind::None => Known::Known(None),
            Kind::Str(text) => Known::Known(Some(text.to_string())),
            _ => Known::Unknown { unknown: reason_of(&media, at, "the media type could not be determined") },
        };
    }
    if let Some(init) = method(class, "__init__") {
        answer.status = match init.defaults.get("status_code").map(|value| &value.kind) {
            Some(Kind::Int(status)) => u16::try_from(*status).ok(),
            _ => None,
        };
    }
    answer
}

/// `responses` of applications, routers and the route: an inner one replaces an outer one where that stood.
pub(super) fn extra<'a>(
    types: &mut Types<'_, 'a>,
    layers: &[&Arguments<'a>],
    at: &Location,
    unknowns: &mut Vec<Unknown>,
) -> Vec<ExtraResponse> {
    let mut merged: Vec<(Value<'a>, Value<'a>)> = Vec::new();
    for value in layers.iter().filter_map(|layer| layer.keyword("responses")) {
        match &value.kind {
            Kind::None => {}
            Kind::Dict(items) => {
                for (status, response) in items.borrow().iter() {
                    match merged.iter_mut().find(|(known, _)| known.same(status)) {
                        Some((_, known)) => *known = response.clone(),
                        None => merged.push((status.clone(), response.clone())),
                    }
                }
            }
            _ => unknowns.push(reason_of(value, at, "`responses` could not be determined")),
        }
    }
    merged.iter().map(|(status, response)| one(types, status, response, at)).collect()
}

fn one<'a>(types: &mut Types<'_, 'a>, status: &Value<'a>, response: &Value<'a>, at: &Location) -> ExtraResponse {
    let status = match &status.kind {
        Kind::Int(number) => Known::Known(number.to_string()),
        _ => match status.text().map(|text| text.to_uppercase()) {
            Some(text) if text == "DEFAULT" => Known::Known("default".to_owned()),
            Some(text) => Known::Known(text),
            None => Known::Unknown { unknown: reason_of(status, at, "a status of `responses`") },
        },
    };
    let Kind::Dict(items) = &response.kind else {
        let unknown = reason_of(response, at, "a response that could not be determined");
        return ExtraResponse { status, model: None, rest: Known::Unknown { unknown } };
    };
    let items = items.borrow();
    let model = items.iter().find(|(key, _)| key.as_str() == Some("model")).map(|(_, model)| model);
    let model = model.filter(|model| !matches!(model.kind, Kind::None)).map(|model| types.of(model, at));
    let rest = items.iter().filter(|(key, _)| key.as_str() != Some("model")).cloned().collect();
    let rest: Value<'a> = Kind::Dict(Rc::new(RefCell::new(rest))).into();
    ExtraResponse { status, model, rest: types.json(&rest, at) }
}

/// Whether a class makes its routes itself, so that they may be other ones than are asked for.
pub(super) fn makes_routes(class: &Value<'_>) -> bool {
    match &class.kind {
        Kind::Class(class) => method(class, "__init__").is_some_and(|init| init.binding.get() == Binding::Method),
        Kind::Unknown(_) => true,
        _ => false,
    }
}
