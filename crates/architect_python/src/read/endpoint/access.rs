//! Who may call an endpoint: decided by what its dependencies do, never by what they are called.

use std::rc::Rc;

use architect_model::{EndpointAccess, Symbol, Unknown};

use super::denial::Denial;
use super::dependency::{Dependency, method};
use super::route::Reader;
use crate::interpret::{Function, Kind, Value};

/// Security schemes of FastAPI: they demand credentials unless `auto_error` is false.
const SCHEMES: &[&str] = &[
    "HTTPBearer",
    "HTTPBasic",
    "HTTPDigest",
    "OAuth2",
    "OAuth2PasswordBearer",
    "OAuth2AuthorizationCodeBearer",
    "OAuth2ClientCredentials",
    "APIKeyHeader",
    "APIKeyQuery",
    "APIKeyCookie",
    "OpenIdConnect",
];

/// Attributes that say whether an account is in use; demanding that is no role.
const STATES: &[&str] = &[
    "is_active",
    "active",
    "disabled",
    "is_disabled",
    "is_verified",
    "verified",
    "email_verified",
    "is_email_verified",
    "deleted",
    "is_deleted",
    "deleted_at",
    "blocked",
    "is_blocked",
    "banned",
    "is_banned",
    "locked",
    "is_locked",
    "suspended",
];

/// Who may call an endpoint with these dependencies.
pub(super) fn of<'a>(
    reader: &mut Reader<'_, 'a>,
    dependencies: &[Dependency<'a>],
    middleware: &[Value<'a>],
    handler: &Value<'a>,
    unknown: Option<&Unknown>,
) -> EndpointAccess {
    if let Some(dependency) = dependencies.iter().find_map(|dependency| role(reader, dependency)) {
        return EndpointAccess::Role { dependency: dependency.symbol.clone() };
    }
    if let Some(dependency) = dependencies.iter().find_map(|dependency| guard(reader, dependency)) {
        return EndpointAccess::SignedIn { dependency: dependency.symbol.clone() };
    }
    let inner = dependencies.iter().find_map(first_unknown);
    let unknown = unknown
        .cloned()
        .or(inner)
        .or_else(|| dependencies.iter().find_map(|dependency| unclear(reader, dependency)))
        .or_else(|| guarding_handler(reader, dependencies, handler))
        .or_else(|| guarding_middleware(reader, middleware));
    match unknown {
        Some(unknown) => EndpointAccess::Unknown { unknown },
        None => EndpointAccess::Public,
    }
}

/// A dependency that sees credentials and raises something whose status could not be told.
fn unclear<'a>(reader: &mut Reader<'_, 'a>, dependency: &Dependency<'a>) -> Option<Unknown> {
    let mut own = None;
    if reads_credentials(reader, dependency) {
        let denial = denial(reader, &dependency.call);
        let direct = receives_credentials(reader, dependency);
        let turns_away = denial.denies() && !denial.optional && direct;
        let at = super::dependency::defined_at(&super::dependency::unwrapped(&dependency.call));
        let known = at.filter(|_| turns_away).map(|at| Unknown::new(at, "it turns some callers away"));
        own = known.or(denial.unclear).or(denial.unfollowed.filter(|_| direct));
    }
    own.or_else(|| dependency.children.iter().find_map(|child| unclear(reader, child)))
}

/// A function that receives credentials, if any are given, and turns some callers away itself.
fn guarding_handler<'a>(
    reader: &mut Reader<'_, 'a>,
    dependencies: &[Dependency<'a>],
    handler: &Value<'a>,
) -> Option<Unknown> {
    let itself = Dependency {
        symbol: Symbol::new("", ""),
        call: handler.clone(),
        parameter: None,
        children: dependencies.to_vec(),
        unknowns: Vec::new(),
    };
    if !reads_credentials(reader, &itself) {
        return None;
    }
    let denial = denial(reader, handler);
    let at = super::dependency::defined_at(handler)?;
    if denial.denies() {
        return Some(Unknown::new(at, "the function itself turns some callers away"));
    }
    denial.unclear.filter(|_| has_scheme(&itself))
}

/// The dependency that demands a role: it answers 403 depending on the signed-in user, or on arguments it was made with.
fn role<'d, 'a>(reader: &mut Reader<'_, 'a>, dependency: &'d Dependency<'a>) -> Option<&'d Dependency<'a>> {
    let denial = denial(reader, &dependency.call);
    if denial.forbidden {
        let children = dependency.children.iter().filter(|child| scheme(&child.call).is_none());
        let users: Vec<&Dependency<'a>> = children.filter(|child| guard(reader, child).is_some()).collect();
        let reads = |user: &&Dependency<'a>| {
            denial.conditions.iter().any(|(name, attribute)| {
                user.parameter.as_deref() == Some(name)
                    && attribute.as_deref().is_some_and(|attribute| !STATES.contains(&attribute))
            })
        };
        if !users.is_empty() && (is_parametrised(&dependency.call) || users.iter().any(reads)) {
            return Some(dependency);
        }
    }
    dependency.children.iter().find_map(|child| role(reader, child))
}

/// Whether something callable was made with arguments: a function inside a function, or an instance.
fn is_parametrised(call: &Value<'_>) -> bool {
    match &call.kind {
        Kind::Function(function) => function.qualname.contains("<locals>"),
        Kind::Object(_) => true,
        _ => call.made_by().is_some(),
    }
}

/// The outermost dependency that turns away whoever shows no valid credentials.
fn guard<'d, 'a>(reader: &mut Reader<'_, 'a>, dependency: &'d Dependency<'a>) -> Option<&'d Dependency<'a>> {
    if is_guard(reader, dependency) {
        return Some(dependency);
    }
    dependency.children.iter().find_map(|child| guard(reader, child))
}

fn is_guard<'a>(reader: &mut Reader<'_, 'a>, dependency: &Dependency<'a>) -> bool {
    if scheme(&dependency.call) == Some(true)
        || dependency.children.iter().any(|child| scheme(&child.call) == Some(true))
    {
        return true;
    }
    if !reads_credentials(reader, dependency) {
        return false;
    }
    let denial = denial(reader, &dependency.call);
    if denial.optional || yields_optionally(reader, &dependency.call) {
        return false;
    }
    let has_scheme = has_scheme(dependency);
    denial.unauthenticated || has_scheme && (denial.forbidden || yields_row(reader, &dependency.call))
}

/// Whether it can see credentials: a scheme, a header, a cookie or the request, itself or through what it depends on.
fn reads_credentials<'a>(reader: &mut Reader<'_, 'a>, dependency: &Dependency<'a>) -> bool {
    receives_credentials(reader, dependency)
        || has_scheme(dependency)
        || dependency.children.iter().any(|child| reads_credentials(reader, child))
}

/// Whether its own parameters are credentials: a scheme, a header, a cookie or the request.
fn receives_credentials<'a>(reader: &mut Reader<'_, 'a>, dependency: &Dependency<'a>) -> bool {
    let Some(function) = callable(&dependency.call) else {
        return false;
    };
    function.def.parameters.iter_non_variadic_params().any(|parameter| {
        let annotation =
            parameter.annotation().map(|annotation| reader.machine.annotation(&function.scope, annotation));
        annotation.is_some_and(|value| carries_credentials(&value))
            || function.defaults.get(&parameter.name().id).is_some_and(carries_credentials)
    }) || dependency.children.iter().any(|child| scheme(&child.call).is_some())
}

fn carries_credentials(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Library(path) => {
            matches!(&**path, "fastapi.Request" | "starlette.requests.HTTPConnection" | "fastapi.WebSocket")
        }
        Kind::Subscript(subscript) => subscript.1.iter().any(carries_credentials),
        _ => matches!(value.made_by(), Some(("fastapi.Header" | "fastapi.Cookie", _))),
    }
}

fn has_scheme(dependency: &Dependency<'_>) -> bool {
    scheme(&dependency.call).is_some() || dependency.children.iter().any(has_scheme)
}

/// Whether something is a security scheme, and if so whether it turns callers without credentials away.
fn scheme(call: &Value<'_>) -> Option<bool> {
    let is_scheme = |path: &str| path.strip_prefix("fastapi.security.").is_some_and(|name| SCHEMES.contains(&name));
    match &call.kind {
        Kind::Object(object) => {
            let Kind::Class(class) = &object.class.kind else {
                return None;
            };
            class.ancestors.iter().any(|base| base.as_library().is_some_and(is_scheme)).then(|| {
                !matches!(
                    object.attributes.borrow().get("auto_error").map(|value| &value.kind),
                    Some(Kind::Bool(false))
                ) && method(class, "__call__").is_none()
            })
        }
        _ => {
            let (path, made) = call.made_by()?;
            is_scheme(path).then(|| {
                !matches!(made.arguments.keyword("auto_error").map(|value| &value.kind), Some(Kind::Bool(false)))
            })
        }
    }
}

/// The function that a dependency runs.
fn callable<'a>(call: &Value<'a>) -> Option<Rc<Function<'a>>> {
    match super::dependency::unwrapped(call).kind {
        Kind::Function(function) => Some(function),
        Kind::Bound(bound) => Some(Rc::clone(&bound.1)),
        Kind::Class(class) => method(&class, "__init__"),
        Kind::Object(object) => match &object.class.kind {
            Kind::Class(class) => method(class, "__call__"),
            _ => None,
        },
        _ => None,
    }
}

fn denial<'a>(reader: &mut Reader<'_, 'a>, call: &Value<'a>) -> Denial {
    callable(call).map_or_else(Denial::default, |function| reader.denials.of(reader.machine, &function))
}

/// The type that a dependency declares to return.
fn returned<'a>(reader: &mut Reader<'_, 'a>, call: &Value<'a>) -> Option<Value<'a>> {
    let function = callable(call)?;
    let returns = function.def.returns.as_deref()?;
    Some(reader.machine.annotation(&function.scope, returns))
}

/// Whether a function returns a row of a table, and never `None`.
fn yields_row<'a>(reader: &mut Reader<'_, 'a>, call: &Value<'a>) -> bool {
    match returned(reader, call).map(|value| value.kind) {
        Some(Kind::Class(class)) => reader.is_table(&class.symbol()),
        _ => false,
    }
}

/// Whether a function may return `None` instead of a user.
fn yields_optionally<'a>(reader: &mut Reader<'_, 'a>, call: &Value<'a>) -> bool {
    match returned(reader, call).map(|value| value.kind) {
        Some(Kind::Union(parts)) => parts.iter().any(|part| matches!(part.kind, Kind::None)),
        _ => false,
    }
}

fn first_unknown(dependency: &Dependency<'_>) -> Option<Unknown> {
    dependency.unknowns.first().cloned().or_else(|| dependency.children.iter().find_map(first_unknown))
}

/// Middleware of the project that turns callers away: which ones, only running it would tell.
fn guarding_middleware<'a>(reader: &mut Reader<'_, 'a>, middleware: &[Value<'a>]) -> Option<Unknown> {
    for value in middleware {
        let functions: Vec<Rc<Function<'a>>> = match &value.kind {
            Kind::Function(function) => vec![Rc::clone(function)],
            Kind::Class(class) => ["dispatch", "__call__"].iter().filter_map(|name| method(class, name)).collect(),
            _ => Vec::new(),
        };
        for function in functions {
            let denial = reader.denials.of(reader.machine, &function);
            if denial.denies() {
                let at = function.scope.file.at(&function.def.name);
                return Some(Unknown::new(at, "middleware turns some callers away"));
            }
        }
    }
    None
}
