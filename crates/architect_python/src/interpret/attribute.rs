//! Attributes: of modules, classes, instances, libraries.

use std::rc::Rc;

use architect_model::{Location, Unknown};
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::call::because;
use super::define::origin;
use super::machine::{Machine, is_alembic};
use super::place::as_path;
use super::router::class_of;
use super::value::{Arguments, Class, Kind, Object, Value};
use crate::resolve::canonical;

impl<'a> Machine<'a> {
    /// The attribute `name` of a value.
    pub(crate) fn attribute(&mut self, owner: &Value<'a>, name: &str, at: &Location) -> Value<'a> {
        if let Some(dialect) = self.dialect(owner, name) {
            return dialect;
        }
        if let Some(known) = self.of_connection(owner, name) {
            return known;
        }
        match &owner.kind {
            Kind::Module(file) => self.member(file, name, at),
            Kind::Namespace(dotted) => self.namespace_member(dotted, name, at),
            Kind::Library(path) => library_member(path, name),
            Kind::Class(class) => self.class_attribute(class, owner, name, at),
            Kind::Object(object) => self.object_attribute(object, owner, name, at).doubted(owner.doubt.as_ref()),
            Kind::Subscript(_) => self.attribute(&origin(owner), name, at),
            Kind::Function(function) => match name {
                "__name__" => Value::str(&*function.def.name),
                "__qualname__" => Value::str(&function.qualname),
                "__module__" => Value::str(&function.scope.file.module),
                _ => self.unknown_at(at, format!("the attribute `{name}` of a function")),
            },
            Kind::Made(made) if matches!(owner.made_by(), Some(("builtins.super", _))) => {
                self.super_attribute(&made.arguments.clone(), name, at)
            }
            // `sa.Column("title", ...).name`
            Kind::Made(made) if name == "name" && self.record.is_some() && is_named(owner) => {
                let given = made.arguments.get(0, "name").cloned();
                given.unwrap_or_else(|| self.unknown_at(at, "a column or table without a name"))
            }
            // `column["type"].timezone`
            Kind::Made(made)
                if self.record.is_some() && is_type_class(owner) && made.arguments.keyword(name).is_some() =>
            {
                made.arguments.keyword(name).cloned().unwrap_or_else(Value::none)
            }
            Kind::Made(_) if as_path(owner).is_some() => {
                let path = as_path(owner).unwrap_or_default();
                let method = || Kind::Method(Rc::new((owner.clone(), name.into()))).into();
                self.path_attribute(&path, name, at).unwrap_or_else(method)
            }
            Kind::Str(_) | Kind::List(_) | Kind::Dict(_) | Kind::Made(_) | Kind::Method(_) => {
                Kind::Method(Rc::new((owner.clone(), name.into()))).into()
            }
            Kind::Unknown(_) => owner.clone(),
            Kind::Import(import) => {
                let owner = self.member(import.file, &import.name, &import.at);
                self.attribute(&owner, name, at)
            }
            Kind::Perhaps(perhaps) => Value::unknown(Rc::clone(&perhaps.1)),
            _ => self.unknown_at(at, format!("the attribute `{name}`")),
        }
    }

    fn namespace_member(&mut self, dotted: &str, name: &str, at: &Location) -> Value<'a> {
        let full = format!("{dotted}.{name}");
        if is_alembic(dotted, name) {
            return Value::library(full);
        }
        let file = self.file();
        match self.module(&full, file) {
            Value { kind: Kind::Library(_), .. } => self.unknown_at(at, format!("`{dotted}` has no `{name}`")),
            value => value,
        }
    }

    fn class_attribute(&mut self, class: &Rc<Class<'a>>, owner: &Value<'a>, name: &str, at: &Location) -> Value<'a> {
        if let Some(value) = class.lookup(name) {
            return match &value.kind {
                Kind::Function(function) if function.binding.get() == super::value::Binding::Class => {
                    self.bound(function, owner, at)
                }
                _ => value,
            };
        }
        match name {
            "__name__" => Value::str(&*class.def.name),
            "__qualname__" => Value::str(&class.qualname),
            "__module__" => Value::str(&class.scope.file.module),
            _ => self.unknown_at(at, format!("`{}` has no `{name}` that the source shows", class.def.name)),
        }
    }

    fn object_attribute(&mut self, object: &Rc<Object<'a>>, this: &Value<'a>, name: &str, at: &Location) -> Value<'a> {
        if let Some(value) = object.attributes.borrow().get(name) {
            return value.clone();
        }
        if let Kind::Class(class) = &origin(&object.class).kind {
            if let Some(value) = class.lookup(name) {
                return match &value.kind {
                    Kind::Function(function) => self.bound(function, this, at),
                    _ => self.field(class, name, value, at),
                };
            }
            if let Some(declared) = declared_at(class, name) {
                let what = if is_settings(class) { "the setting" } else { "the field" };
                return Value::unknown(because(&declared, &format!("{what} `{name}` has no default")));
            }
        }
        let is_app = object.router.borrow().as_ref().is_some_and(|router| router.is_app);
        if is_app && name == "webhooks" {
            return self.webhooks(object, at);
        }
        if let Some(value) = self.router_attribute(object, this, name) {
            return value;
        }
        match (name, &object.class.kind) {
            ("__class__", _) => object.class.clone(),
            (_, Kind::Class(class)) if class.ancestors.is_empty() => {
                self.unknown_at(at, format!("`{}` has no `{name}`", class.def.name))
            }
            _ => Kind::Method(Rc::new((this.clone(), name.into()))).into(),
        }
    }

    /// The value that an instance has of a field's default.
    fn field(&mut self, class: &Rc<Class<'a>>, name: &str, value: Value<'a>, at: &Location) -> Value<'a> {
        let value = match value.made_by() {
            Some(("pydantic.Field" | "dataclasses.field" | "sqlmodel.Field", made)) => {
                let default = made.arguments.get(0, "default").cloned();
                let factory = made.arguments.keyword("default_factory").cloned();
                match (default, factory) {
                    (Some(default), _) if !matches!(default.kind, Kind::Ellipsis) => default,
                    (_, Some(factory)) => self.call(&factory, Arguments::default(), at),
                    _ => self.unknown_at(&made.at, format!("`{name}` has no default")),
                }
            }
            _ => value,
        };
        if !is_settings(class) || matches!(value.kind, Kind::Object(_) | Kind::Function(_) | Kind::Class(_)) {
            return value;
        }
        let declared = declared_at(class, name).unwrap_or_else(|| at.clone());
        value.doubted(Some(&because(&declared, &format!("the setting `{name}`"))))
    }

    fn router_attribute(&mut self, object: &Rc<Object<'a>>, this: &Value<'a>, name: &str) -> Option<Value<'a>> {
        let router = object.router.borrow();
        let router = router.as_ref()?;
        Some(match name {
            "router" if router.is_app => this.clone(),
            "prefix" => router.arguments.keyword("prefix").cloned().unwrap_or_else(|| Value::str("")),
            "tags" | "dependencies" => match router.arguments.keyword(name) {
                Some(value) if !matches!(value.kind, Kind::None) => value.clone(),
                _ => Value::list(Vec::new()),
            },
            "title" | "version" | "description" | "openapi_url" | "docs_url" | "redoc_url" => {
                router.arguments.keyword(name).cloned().unwrap_or_else(Value::none)
            }
            "state" | "openapi_schema" | "dependency_overrides" | "user_middleware" | "exception_handlers" => {
                Kind::Method(Rc::new((Value::library("fastapi.FastAPI"), name.into()))).into()
            }
            _ => Kind::Method(Rc::new((this.clone(), name.into()))).into(),
        })
    }

    /// `super().name`.
    fn super_attribute(&mut self, arguments: &Arguments<'a>, name: &str, at: &Location) -> Value<'a> {
        let given = match &arguments.positional[..] {
            [Value { kind: Kind::Class(class), .. }, this] => Some((Rc::clone(class), this.clone())),
            _ => self.current_class(),
        };
        let Some((class, this)) = given else {
            return self.unknown_at(at, "`super()` outside a method");
        };
        let own = match &this.kind {
            Kind::Object(object) => origin(&object.class),
            _ => origin(&this),
        };
        let Kind::Class(own) = &own.kind else {
            return self.unknown_at(at, "`super()` of something unknown");
        };
        let behind = own.project_classes().into_iter().skip_while(|other| !Rc::ptr_eq(other, &class)).skip(1);
        for class in behind {
            let found = class.scope.names.borrow().get(name).cloned();
            match found.as_ref().map(|value| &value.kind) {
                Some(Kind::Function(function)) => return self.bound(function, &this, at),
                Some(_) => return found.unwrap_or_else(Value::none),
                None => {}
            }
        }
        Kind::Method(Rc::new((this, name.into()))).into()
    }

    /// Sets an attribute.
    pub(super) fn set_attribute(&mut self, owner: &Value<'a>, name: &Name, value: Value<'a>, node: impl Ranged) {
        let at = self.at(node);
        match &owner.kind {
            Kind::Object(object) => {
                let is_router = object.router.borrow().is_some();
                if is_router && name == "routes" {
                    return self.rework(object, &at);
                }
                let mut router = object.router.borrow_mut();
                if let (Some(router), "prefix" | "tags" | "dependencies") = (router.as_mut(), name.as_str()) {
                    let arguments = Rc::make_mut(&mut router.arguments);
                    arguments.keywords.retain(|(known, _)| known != name);
                    arguments.keywords.push((name.clone(), value));
                    return;
                }
                drop(router);
                let value = self.unless_doubted(object.attributes.borrow().get(name), value);
                object.attributes.borrow_mut().insert(name.clone(), value);
            }
            Kind::Class(class) if name == "__signature__" || name == "__init__" => {
                let mut opaque = class.opaque_signature.borrow_mut();
                opaque.get_or_insert_with(|| because(&at, "its signature is made by code"));
            }
            Kind::Function(function) if name == "__signature__" => {
                let mut opaque = function.opaque_signature.borrow_mut();
                opaque.get_or_insert_with(|| because(&at, "its signature is made by code"));
            }
            Kind::Class(class) => drop(class.scope.names.borrow_mut().insert(name.clone(), value)),
            Kind::Module(file) => {
                if let Some(scope) = self.modules.get(&std::ptr::from_ref(*file)) {
                    scope.names.borrow_mut().insert(name.clone(), value);
                }
            }
            _ => {}
        }
    }

    /// A value that may not be assigned in reality, over an older one.
    fn unless_doubted(&self, old: Option<&Value<'a>>, new: Value<'a>) -> Value<'a> {
        match (&self.doubt, old) {
            (Some(doubt), Some(old)) if !old.same(&new) => Value::unknown(Rc::clone(doubt)),
            (doubt, _) => new.doubted(doubt.as_ref()),
        }
    }
}

/// Whether a value is a column or table, whose first argument is its name.
fn is_named(value: &Value<'_>) -> bool {
    const NAMED: &[&str] =
        &["sqlalchemy.Column", "sqlalchemy.Table", "sqlalchemy.column", "sqlalchemy.table", "sqlalchemy.sql.table"];
    value.made_by().is_some_and(|(path, _)| NAMED.contains(&path))
}

/// Whether a value is a column type that was made by its class.
fn is_type_class(value: &Value<'_>) -> bool {
    value.made_by().is_some_and(|(path, _)| super::reflected::is_type(path, "").is_some())
}

/// Whether a class holds settings, which the environment overrides.
fn is_settings(class: &Class<'_>) -> bool {
    class.derives("pydantic_settings.BaseSettings") || class.derives("starlette.config.Config")
}

/// Where the fields of a class declare `name`.
fn declared_at(class: &Rc<Class<'_>>, name: &str) -> Option<Location> {
    class.project_classes().iter().find_map(|class| {
        class.def.body.iter().find_map(|statement| match statement {
            Stmt::AnnAssign(field) => match &*field.target {
                Expr::Name(target) if target.id == name => Some(class.scope.file.at(field)),
                _ => None,
            },
            Stmt::Assign(assign) => {
                let hit = assign.targets.iter().any(|target| matches!(target, Expr::Name(target) if target.id == name));
                hit.then(|| class.scope.file.at(assign))
            }
            _ => None,
        })
    })
}

/// A member of a library module or class.
fn library_member<'a>(path: &str, name: &str) -> Value<'a> {
    let full = canonical(format!("{path}.{name}"));
    if let Some(code) = status(&full) {
        return Kind::Int(code).into();
    }
    if class_of(path).is_some() {
        return Kind::Method(Rc::new((Value::library(path), name.into()))).into();
    }
    Value::library(full)
}

/// The number of a named HTTP status.
fn status(path: &str) -> Option<i64> {
    if let Some(name) = path.strip_prefix("http.HTTPStatus.") {
        return http_status(name);
    }
    let rest = path.strip_prefix("fastapi.status.HTTP_")?;
    rest.split('_').next()?.parse().ok()
}

fn http_status(name: &str) -> Option<i64> {
    Some(match name {
        "OK" => 200,
        "CREATED" => 201,
        "ACCEPTED" => 202,
        "NON_AUTHORITATIVE_INFORMATION" => 203,
        "NO_CONTENT" => 204,
        "RESET_CONTENT" => 205,
        "PARTIAL_CONTENT" => 206,
        "MULTI_STATUS" => 207,
        "MOVED_PERMANENTLY" => 301,
        "FOUND" => 302,
        "SEE_OTHER" => 303,
        "NOT_MODIFIED" => 304,
        "TEMPORARY_REDIRECT" => 307,
        "PERMANENT_REDIRECT" => 308,
        "BAD_REQUEST" => 400,
        "UNAUTHORIZED" => 401,
        "PAYMENT_REQUIRED" => 402,
        "FORBIDDEN" => 403,
        "NOT_FOUND" => 404,
        "METHOD_NOT_ALLOWED" => 405,
        "CONFLICT" => 409,
        "GONE" => 410,
        "REQUEST_ENTITY_TOO_LARGE" | "CONTENT_TOO_LARGE" => 413,
        "IM_A_TEAPOT" => 418,
        "UNPROCESSABLE_ENTITY" | "UNPROCESSABLE_CONTENT" => 422,
        "TOO_MANY_REQUESTS" => 429,
        "INTERNAL_SERVER_ERROR" => 500,
        "NOT_IMPLEMENTED" => 501,
        "BAD_GATEWAY" => 502,
        "SERVICE_UNAVAILABLE" => 503,
        "GATEWAY_TIMEOUT" => 504,
        _ => return None,
    })
}

/// An unknown that a value carries, or a new one.
pub(crate) fn reason_of(value: &Value<'_>, at: &Location, reason: &str) -> Unknown {
    value.as_unknown().map_or_else(|| Unknown::new(at.clone(), reason), |unknown| (**unknown).clone())
}
