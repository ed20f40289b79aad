//! What handlers of exceptions do: whether they ask which constraint was broken, and what they answer instead.

use architect_model::Symbol;
use rayon::prelude::*;
use ruff_python_ast::{ExceptHandler, ExceptHandlerExceptHandler, Expr, Stmt};

use super::super::facts::Facts;
use super::super::walk::each_stmt;
use super::domain::Statuses;
use crate::resolve::{Class, Function, Resolution};

/// Whether the house takes every broken constraint for the one that it expects, as no `except IntegrityError` asks which;
/// and whether some does ask.
pub(super) fn violations<'a>(facts: &Facts<'a>, functions: &[Function<'a>]) -> (bool, bool) {
    let counts = functions.par_iter().map(|function| {
        let handlers = handlers(*function).into_iter().filter(|handler| catches_violation(facts, *function, handler));
        handlers.fold((0, 0), |(asking, plain): (usize, usize), handler| {
            let raises = matches!(handler.body.last(), Some(Stmt::Raise(raise)) if raise.exc.is_some());
            let branches = handler.body.iter().any(|stmt| matches!(stmt, Stmt::If(_) | Stmt::Match(_)));
            (asking + usize::from(branches), plain + usize::from(!branches && raises))
        })
    });
    let (asking, plain) = counts.reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    (plain > 0 && asking == 0, asking > 0)
}

fn handlers<'a>(function: Function<'a>) -> Vec<&'a ExceptHandlerExceptHandler> {
    let mut found = Vec::new();
    each_stmt(&function.def.body, &mut |stmt| {
        if let Stmt::Try(attempt) = stmt {
            found.extend(attempt.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| handler));
        }
    });
    found
}

pub(super) fn catches_violation<'a>(
    facts: &Facts<'a>,
    function: Function<'a>,
    handler: &'a ExceptHandlerExceptHandler,
) -> bool {
    let Some(class) = handler.type_.as_deref() else { return false };
    facts.index.resolve(function.scope(), class).library().is_some_and(|path| path.ends_with(".IntegrityError"))
}

/// The context manager that answers a missing row as a conflict: for what a body refers to, 404 would be about the path.
pub(super) fn as_conflict<'a>(facts: &Facts<'a>, statuses: &Statuses, functions: &[Function<'a>]) -> Option<Symbol> {
    let is_one = |function: &&Function<'a>| {
        function.class().is_none()
            && !function.name().starts_with('_')
            && function.def.parameters.is_empty()
            && is_context_manager(facts, **function)
            && handlers(**function).into_iter().any(|handler| {
                let caught = handler.type_.as_deref().and_then(|class| class_of(facts, **function, class));
                caught.and_then(|class| statuses.of(facts, class)) == Some(404)
                    && raised(facts, **function, handler).and_then(|class| statuses.of(facts, class)) == Some(409)
            })
    };
    functions.iter().find(is_one).map(Function::symbol)
}

fn is_context_manager<'a>(facts: &Facts<'a>, function: Function<'a>) -> bool {
    function.def.decorator_list.iter().any(|decorator| {
        let decorator = facts.index.resolve(function.outer, &decorator.expression);
        decorator.is("contextlib.contextmanager") || decorator.is("contextlib.asynccontextmanager")
    })
}

/// The class of the exception that a handler raises at its end.
fn raised<'a>(facts: &Facts<'a>, function: Function<'a>, handler: &'a ExceptHandlerExceptHandler) -> Option<Class<'a>> {
    let exception = handler.body.last()?.as_raise_stmt()?.exc.as_deref()?;
    let class = exception.as_call_expr().map_or(exception, |call| &call.func);
    class_of(facts, function, class)
}

fn class_of<'a>(facts: &Facts<'a>, function: Function<'a>, expr: &'a Expr) -> Option<Class<'a>> {
    match facts.index.resolve(function.scope(), expr) {
        Resolution::Class(class) => Some(class),
        _ => None,
    }
}
