//! What functions that yield answer: lines of JSON, or events.

use architect_model::Location;
use architect_model::contract::{Stream, Type, TypeKind};

use super::types::Types;
use crate::interpret::{Kind, Value, is_generator};

/// From this version of FastAPI on, what a function yields is sent bit by bit.
const STREAMS: (u32, u32, u32) = (0, 134, 0);
/// `fastapi.dependencies.utils._STREAM_ORIGINS`.
const ORIGINS: &[&str] = &["AsyncIterable", "AsyncIterator", "AsyncGenerator", "Iterable", "Iterator", "Generator"];

/// What a function that yields answers; whether its return annotation is that of the stream, and no response model.
///
/// ```python
/// route.is_sse_stream = is_generator and lenient_issubclass(response_class, EventSourceResponse)
/// route.is_json_stream = is_generator and isinstance(response_class, DefaultPlaceholder)
/// ```
pub(super) fn of<'a>(
    types: &mut Types<'_, 'a>,
    has_model: bool,
    class: Option<&Value<'a>>,
    function: &Value<'a>,
) -> (Option<Stream>, bool) {
    let Kind::Function(function) = &function.kind else { return (None, false) };
    if types.versions.fastapi < STREAMS || !is_generator(function.def) {
        return (None, false);
    }
    let events = class.is_some_and(is_events);
    let mut item = None;
    let mut is_annotated = false;
    if let Some(returns) = function.def.returns.as_deref().filter(|_| !has_model) {
        let at = function.scope.file.at(returns);
        let value = types.machine.annotation(&function.scope, returns);
        if let Some(found) = item_of(&value) {
            is_annotated = true;
            item = sent(types, found, &at);
        }
    }
    let streams = events || class.is_none();
    (streams.then_some(Stream { events, item }), is_annotated)
}

fn is_events(class: &Value<'_>) -> bool {
    match &class.kind {
        Kind::Library(path) => path.ends_with(".EventSourceResponse"),
        Kind::Class(class) => class
            .ancestors
            .iter()
            .any(|base| base.as_library().is_some_and(|path| path.ends_with(".EventSourceResponse"))),
        _ => false,
    }
}

/// The items of an annotation that is one of a stream; none given where it has no argument: any.
fn item_of<'v, 'a>(annotation: &'v Value<'a>) -> Option<Option<&'v Value<'a>>> {
    let is_origin = |value: &Value<'a>| {
        value.as_library().is_some_and(|path| {
            let (module, name) = path.rsplit_once('.').unwrap_or_default();
            matches!(module, "typing" | "collections.abc") && ORIGINS.contains(&name)
        })
    };
    match &annotation.kind {
        Kind::Subscript(subscript) if is_origin(&subscript.0) => Some(subscript.1.first()),
        // `typing.AsyncIterable` has an origin without arguments, `collections.abc.AsyncIterable` has none.
        Kind::Library(path) if path.starts_with("typing.") && is_origin(annotation) => Some(None),
        _ => None,
    }
}

fn sent<'a>(types: &mut Types<'_, 'a>, item: Option<&Value<'a>>, at: &Location) -> Option<Type> {
    match item {
        Some(item) if item.as_library().is_some_and(|path| path.ends_with(".ServerSentEvent")) => None,
        Some(item) => Some(types.of(item, at)),
        None => Some(Type::of(TypeKind::Any)),
    }
}
