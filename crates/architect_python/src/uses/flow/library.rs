//! What functions and methods of libraries give: SQLAlchemy, SQLModel, Pydantic, builtins.

use std::sync::Arc;

use ruff_python_ast::ExprCall;

use super::Flow;
use super::call::Given;
use crate::uses::types::{Type, row_of};
use crate::uses::world::as_object;

impl<'a> Flow<'_, '_, 'a> {
    /// What a function of a library gives.
    pub(super) fn of_symbol(&self, path: &str, call: &'a ExprCall, given: &Given<'a>) -> Type<'a> {
        let first = || given.positional.first().cloned().unwrap_or(Type::Unknown);
        let last = path.rsplit('.').next().unwrap_or(path);
        if let Some(name) = path.strip_prefix("builtins.") {
            return match name {
                "list" | "set" | "tuple" | "sorted" | "reversed" | "frozenset" | "iter" => Type::many(first().item()),
                "next" | "max" | "min" | "anext" => first().item(),
                "filter" => Type::many(given.positional.get(1).map_or(Type::Unknown, Type::item)),
                "map" => match given.positional.first() {
                    Some(Type::Method(value, "()")) => Type::many((**value).clone()),
                    Some(Type::Class(class, bound)) => Type::many(Type::Object(*class, Arc::clone(bound))),
                    _ => Type::many(Type::Unknown),
                },
                "enumerate" => Type::many(Type::Tuple(Arc::from([Type::Plain, first().item()]))),
                "zip" => Type::many(Type::Tuple(given.positional.iter().map(Type::item).collect())),
                "dict" => first(),
                "super" => self.locals.get("self").or_else(|| self.locals.get("cls")).cloned().unwrap_or(Type::Unknown),
                "type" => first().map(|one| match one {
                    Type::Object(class, bound) => Type::Class(*class, Arc::clone(bound)),
                    _ => Type::Unknown,
                }),
                "getattr" | "vars" | "setattr" | "__import__" => Type::Unknown,
                "str" => Type::Text(Arc::from("\0")),
                _ => Type::Plain,
            };
        }
        match last {
            "select" if path.starts_with("sql") => Type::Statement(given.positional.iter().map(selected).collect()),
            "insert" | "update" | "delete" if path.starts_with("sql") => {
                Type::Statement(Arc::from([selected(&first())]))
            }
            "aliased" | "with_polymorphic" | "col" | "column_property" | "undefer" => first(),
            "cast" if path.starts_with("typing") => match call.arguments.args.first() {
                Some(annotation) => self.world.annotated(self.scope, annotation, &self.bound),
                None => Type::Unknown,
            },
            "deepcopy" | "copy" | "replace" if path.starts_with("copy") || path.starts_with("dataclasses") => first(),
            "gather" => Type::Tuple(given.positional.iter().cloned().collect()),
            "run_in_threadpool" | "to_thread" | "run_sync" => match given.positional.first() {
                Some(Type::Function(function, receiver)) => {
                    self.world.returned(*function, receiver.as_deref(), &self.bound, self.depth)
                }
                _ => Type::Unknown,
            },
            "jsonable_encoder" => first().map(|one| match one {
                Type::Object(class, _) => Type::Dump(*class),
                other => other.clone(),
            }),
            "asdict" => first().map(|one| match one {
                Type::Object(class, _) => Type::Dump(*class),
                _ => Type::Unknown,
            }),
            _ if is_sessionmaker(path) => Type::Instance(Arc::from(path)),
            _ if path.starts_with("typing") => Type::Unknown,
            _ if last.starts_with(char::is_uppercase) => Type::Instance(Arc::from(path)),
            _ => Type::Unknown,
        }
    }

    /// What a method of a value gives, where the project does not define it.
    pub(super) fn of_method(&self, owner: &Type<'a>, name: &str, call: &'a ExprCall, given: &Given<'a>) -> Type<'a> {
        let first = || given.positional.first().cloned().unwrap_or(Type::Unknown);
        match owner {
            Type::Statement(row) => of_statement(row, name, given),
            Type::Rows(row, single) => of_rows(row, *single, name),
            Type::Instance(path) if is_session(path) => of_session(name, given, &first),
            Type::Instance(path) if name == "begin" => made_session(path).unwrap_or(Type::Unknown),
            Type::Object(class, bound) => match name {
                "model_dump" | "dict" | "_asdict" => Type::Dump(*class),
                "model_copy" | "copy" | "sqlmodel_update" => Type::Object(*class, Arc::clone(bound)),
                // A session of the project's own.
                _ if self.world.index.mro(*class).ancestors.iter().any(is_session_class) => {
                    of_session(name, given, &first)
                }
                _ => Type::Unknown,
            },
            Type::Class(class, bound) => match name {
                "model_validate"
                | "model_validate_json"
                | "model_construct"
                | "from_orm"
                | "parse_obj"
                | "validate"
                | "construct"
                | "parse_raw" => Type::Object(*class, Arc::clone(bound)),
                _ => Type::Unknown,
            },
            Type::Many(item) => match name {
                "pop" | "popleft" | "__getitem__" => (**item).clone(),
                "copy" => owner.clone(),
                _ => Type::Plain,
            },
            Type::Keyed(value) => match name {
                "get" | "pop" | "setdefault" => (**value).clone(),
                "values" => Type::Many(Arc::clone(value)),
                "items" => Type::many(Type::Tuple(Arc::from([Type::Plain, (**value).clone()]))),
                "copy" => owner.clone(),
                _ => Type::Plain,
            },
            Type::Dump(_) | Type::Display(..) | Type::Json(_) => match (name, call.arguments.args.first()) {
                ("get" | "pop" | "setdefault", Some(key)) => self.value_at(owner, key),
                ("copy" | "json", _) => owner.clone(),
                _ => Type::Plain,
            },
            Type::Response(endpoint) => match name {
                "json" => Type::Json(*endpoint),
                "raise_for_status" => owner.clone(),
                _ => Type::Plain,
            },
            Type::Tuple(items) => match name {
                "_asdict" | "_mapping" | "tuple" | "_tuple" | "t" => owner.clone(),
                _ => items.first().cloned().unwrap_or(Type::Unknown),
            },
            Type::Text(text) => match name {
                "lstrip" | "rstrip" | "strip" | "removesuffix" | "removeprefix" => owner.clone(),
                "format" => Type::Text(Arc::from(blanked(text))),
                _ => Type::Plain,
            },
            Type::Column(..) | Type::Columns(_) | Type::Table(_) | Type::Plain => Type::Plain,
            _ => Type::Unknown,
        }
    }
}

/// A text with what stands in braces left open.
fn blanked(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for character in text.chars() {
        match character {
            '{' => {
                inside = true;
                out.push('\0');
            }
            '}' => inside = false,
            other if !inside => out.push(other),
            _ => {}
        }
    }
    out
}

/// What one argument of `select(…)` puts into each row.
fn selected<'a>(one: &Type<'a>) -> Type<'a> {
    one.map(|one| as_object(one.clone()))
}

fn of_statement<'a>(row: &Arc<[Type<'a>]>, name: &str, given: &Given<'a>) -> Type<'a> {
    let single = row.len() == 1;
    match name {
        "all" => Type::many(row_of(row, single)),
        "first" | "one" | "one_or_none" | "scalar" | "get" => row_of(row, single),
        "with_only_columns" | "returning" => Type::Statement(given.positional.iter().map(selected).collect()),
        "add_columns" => Type::Statement(row.iter().cloned().chain(given.positional.iter().map(selected)).collect()),
        "subquery" | "cte" | "scalar_subquery" | "exists" => Type::Unknown,
        "count" => Type::Plain,
        "scalars" => Type::Rows(Arc::clone(row), true),
        "select_from" if row.is_empty() => Type::Statement(given.positional.iter().map(selected).collect()),
        _ => Type::Statement(Arc::clone(row)),
    }
}

fn of_rows<'a>(row: &Arc<[Type<'a>]>, single: bool, name: &str) -> Type<'a> {
    match name {
        "all" | "fetchall" | "fetchmany" | "partitions" => Type::many(row_of(row, single)),
        "first" | "one" | "one_or_none" | "fetchone" => row_of(row, single),
        "scalar" | "scalar_one" | "scalar_one_or_none" => row_of(row, true),
        "scalars" => Type::Rows(Arc::clone(row), true),
        "rowcount" | "close" => Type::Plain,
        _ => Type::Rows(Arc::clone(row), single),
    }
}

fn of_session<'a>(name: &str, given: &Given<'a>, first: &dyn Fn() -> Type<'a>) -> Type<'a> {
    let row = || match first() {
        Type::Statement(row) => row,
        _ => Arc::from([Type::Unknown]),
    };
    match name {
        "get" | "get_one" => as_object(first()),
        "merge" => first(),
        "exec" => {
            let row = row();
            let single = row.len() == 1;
            Type::Rows(row, single)
        }
        "execute" | "stream" => Type::Rows(row(), false),
        "scalars" | "stream_scalars" => Type::Rows(row(), true),
        "scalar" => row_of(&row(), true),
        "query" => Type::Statement(given.positional.iter().map(selected).collect()),
        "run_sync" => Type::Unknown,
        _ => Type::Plain,
    }
}

/// `sessionmaker(engine)`, `async_sessionmaker(engine)`: what is called for a session.
fn is_sessionmaker(path: &str) -> bool {
    matches!(path.rsplit('.').next(), Some("sessionmaker" | "async_sessionmaker"))
}

/// What a call of a value of a library's class gives, where that makes sessions.
pub(super) fn made_session<'a>(path: &str) -> Option<Type<'a>> {
    let class = if path.ends_with("async_sessionmaker") {
        "sqlalchemy.ext.asyncio.AsyncSession"
    } else {
        "sqlalchemy.orm.Session"
    };
    is_sessionmaker(path).then(|| Type::Instance(Arc::from(class)))
}

fn is_session(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    matches!(
        last,
        "Session" | "AsyncSession" | "scoped_session" | "async_scoped_session" | "Connection" | "AsyncConnection"
    )
}

fn is_session_class(ancestor: &crate::resolve::Ancestor<'_>) -> bool {
    matches!(ancestor, crate::resolve::Ancestor::Library(path) if is_session(path))
}
