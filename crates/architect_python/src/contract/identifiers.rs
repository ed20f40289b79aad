//! Names of operations: `APIRoute.name`, `unique_id`, summaries, and paths without converters.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{Known, Location};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashMap;

use super::classes::cleandoc;
use crate::interpret::{Arguments, Kind, Machine, Object, Value, reason_of};

/// The path with its converters left out, and the names in it.
///
/// ```python
/// PARAM_REGEX = re.compile("{([a-zA-Z_][a-zA-Z0-9_]*)(:[a-zA-Z_][a-zA-Z0-9_]*)?}")  # starlette.routing
/// ```
pub(super) fn path_format(path: &str) -> (String, Vec<String>) {
    let (mut format, mut names, mut rest) = (String::new(), Vec::new(), path);
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else { break };
        let inner = &rest[open + 1..open + length];
        let (name, converter) = inner.split_once(':').map_or((inner, None), |(name, c)| (name, Some(c)));
        format.push_str(&rest[..open]);
        if is_identifier(name) && converter.is_none_or(is_identifier) {
            format.push_str(&format!("{{{name}}}"));
            names.push(name.to_owned());
        } else {
            format.push_str(&rest[open..=open + length]);
            names.push(inner.to_owned());
        }
        rest = &rest[open + length + 1..];
    }
    format.push_str(rest);
    (format, names)
}

fn is_identifier(text: &str) -> bool {
    let starts = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    starts && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `fastapi.utils.generate_unique_id`.
///
/// ```python
/// operation_id = re.sub(r"\W", "_", f"{route.name}{route.path_format}")
/// operation_id = f"{operation_id}_{list(route.methods)[0].lower()}"
/// ```
pub(super) fn unique_id(name: &str, path: &str, methods: &[String]) -> String {
    let words = |text: &str| -> String {
        text.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect()
    };
    let method = methods.first().map(|method| method.to_lowercase()).unwrap_or_default();
    format!("{}{}_{method}", words(name), words(path))
}

/// What `generate_unique_id_function` makes of a route.
pub(super) fn made_unique_id<'a>(
    machine: &mut Machine<'a>,
    function: &Value<'a>,
    attributes: Vec<(&str, Value<'a>)>,
    at: &Location,
) -> Known<String> {
    let attributes: FxHashMap<_, _> = attributes.into_iter().map(|(name, value)| (name.into(), value)).collect();
    let route = Object {
        class: Value::library("fastapi.APIRoute"),
        attributes: RefCell::new(attributes),
        router: RefCell::default(),
        at: at.clone(),
    };
    let route: Value<'a> = Kind::Object(Rc::new(route)).into();
    let made = machine.call(function, Arguments::of(vec![route]), at);
    match made.as_str() {
        Some(text) => Known::Known(text.to_owned()),
        None => Known::Unknown { unknown: reason_of(&made, at, "what `generate_unique_id_function` makes of it") },
    }
}

/// `str.title` of the name: `read_users_me` is `Read Users Me`.
pub(super) fn summary(name: &str) -> String {
    let (mut title, mut inside) = (String::new(), false);
    for c in name.replace('_', " ").chars() {
        if inside {
            title.extend(c.to_lowercase());
        } else {
            title.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    title
}

/// The docstring of a function as `inspect.cleandoc` gives it, up to its form feed.
pub(super) fn description_of(function: &Value<'_>) -> Option<String> {
    let body = match &function.kind {
        Kind::Function(function) => match &*function.wrapped.borrow() {
            Some(inner) => return description_of(inner),
            None => &function.def.body,
        },
        Kind::Bound(bound) => &bound.1.def.body,
        Kind::Class(class) => &class.def.body,
        _ => return None,
    };
    let Some(Stmt::Expr(first)) = body.first() else { return None };
    let Expr::StringLiteral(text) = &*first.value else { return None };
    shown(&cleandoc(text.value.to_str()))
}

/// A description up to its form feed; none where it is empty.
pub(super) fn shown(text: &str) -> Option<String> {
    let text = text.split('\u{c}').next().unwrap_or_default();
    let text = text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c));
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{cleandoc, path_format, summary, unique_id};

    #[test]
    fn converters_are_left_out_of_paths() {
        assert_eq!(path_format("/files/{path:path}/{id}").0, "/files/{path}/{id}");
        assert_eq!(path_format("/files/{path:path}/{id}").1, ["path", "id"]);
    }

    #[test]
    fn names_are_made_as_fastapi_makes_them() {
        assert_eq!(unique_id("read_item", "/items/{id}", &["GET".into()]), "read_item_items__id__get");
        assert_eq!(summary("read_users2fa_me"), "Read Users2Fa Me");
    }

    #[test]
    fn docstrings_are_cleaned() {
        assert_eq!(cleandoc("First.\n\n    Second\n      third.\n    "), "First.\n\nSecond\n  third.");
    }
}
