//! Which dependencies see who is asking: those that take a security scheme, a header, a cookie or the request itself.

use ruff_python_ast::Expr;

use super::super::facts::Facts;
use super::super::handlers::Param;
use super::super::walk::each_expr;
use super::given::{self, Given};
use crate::resolve::{Ancestor, Class, Function, Resolution};

/// How deep dependencies of dependencies are followed.
const DEPTH: u8 = 6;

/// Whether a dependency sees credentials, itself or through what it depends on; `None` where it cannot be followed.
///
/// FastAPI's security schemes are dependencies: `Depends(OAuth2PasswordBearer(tokenUrl="login"))` gives the token.
pub(super) fn sees<'a>(facts: &Facts<'a>, target: &Resolution<'a>) -> Option<bool> {
    follow(facts, target, DEPTH)
}

fn follow<'a>(facts: &Facts<'a>, target: &Resolution<'a>, depth: u8) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    match target {
        Resolution::Library(path) => is_scheme(path).then_some(true),
        Resolution::Variable(variable) => {
            let made = facts.index.instance(variable.scope, variable.value?);
            match &made {
                Resolution::Class(class) => of_instance(facts, *class, depth),
                Resolution::Library(path) => is_scheme(path).then_some(true),
                _ => None,
            }
        }
        Resolution::Class(class) => match facts.index.member(*class, "__init__")?.1.function() {
            Some(made) => of_function(facts, made, depth),
            None => of_instance(facts, *class, depth),
        },
        Resolution::Function(function) => of_function(facts, *function, depth),
        _ => None,
    }
}

fn is_scheme(path: &str) -> bool {
    path.starts_with("fastapi.security.")
}

fn of_instance<'a>(facts: &Facts<'a>, class: Class<'a>, depth: u8) -> Option<bool> {
    let mro = facts.index.mro(class);
    if mro.ancestors.iter().any(|ancestor| matches!(ancestor, Ancestor::Library(path) if is_scheme(path))) {
        return Some(true);
    }
    // What is made for a route may have a signature that only running it shows.
    let call = facts.index.member(class, "__call__")?.1.function()?;
    of_function(facts, call, depth).filter(|sees| *sees)
}

fn of_function<'a>(facts: &Facts<'a>, function: Function<'a>, depth: u8) -> Option<bool> {
    let mut all = Some(false);
    for parameter in facts.parameters(function) {
        let is_request = parameter.class().and_then(Resolution::library).is_some_and(|path| {
            matches!(path.rsplit('.').next(), Some("Request" | "HTTPConnection" | "WebSocket"))
                && (path.starts_with("fastapi.") || path.starts_with("starlette."))
        });
        if is_request && reads_of_request(function, parameter.name) || is_header(facts, function, parameter) {
            return Some(true);
        }
        let Some(depends) = &parameter.depends else { continue };
        match follow(facts, &depends.target, depth) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => all = None,
        }
    }
    all
}

/// `request.headers`, `request.cookies`, `request.session`, and what middleware left there.
fn reads_of_request(function: Function<'_>, name: &str) -> bool {
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Attribute(attribute) = expr {
            let of_request = attribute.value.as_name_expr().is_some_and(|value| value.id.as_str() == name);
            let telling = ["headers", "cookies", "session", "state", "user", "auth", "scope"];
            found |= of_request && telling.contains(&attribute.attr.as_str());
        }
    });
    found
}

/// `authorization: str = Header()`, `Annotated[str, Header()]`.
fn is_header<'a>(facts: &Facts<'a>, function: Function<'a>, parameter: &Param<'a>) -> bool {
    let metadata = parameter.annotation.iter().flat_map(|annotation| annotation.metadata.iter().copied());
    let mut calls = parameter.default.map(|default| (function.outer, default)).into_iter().chain(metadata);
    calls.any(|(scope, expr)| {
        let called = expr.as_call_expr().map(|call| facts.index.resolve(scope, &call.func));
        called.is_some_and(|called| called.is("fastapi.Header") || called.is("fastapi.Cookie"))
    })
}

/// The table that the innermost dependency gives that makes a row of credentials: the user, of whom everything else
/// that a request is given follows (`get_current_tenant(user: User = Depends(get_current_user))`).
pub(super) fn first_row<'a>(facts: &Facts<'a>, target: &Resolution<'a>, depth: u8) -> Option<Class<'a>> {
    let depth = depth.checked_sub(1)?;
    let function = target.function()?;
    facts.parameters(function).iter().find_map(|parameter| {
        let depends = parameter.depends.as_ref()?;
        if let Some(inner) = first_row(facts, &depends.target, depth) {
            return Some(inner);
        }
        match given::of(facts, parameter)? {
            Given::Row(table) if sees(facts, &depends.target) == Some(true) => Some(table),
            _ => None,
        }
    })
}
