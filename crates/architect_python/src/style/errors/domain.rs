//! Which status an exception of the project is answered with.

use ruff_python_ast::{Expr, Stmt};

use super::super::endpoints::status;
use super::super::facts::{Facts, assigned};
use super::super::walk::{each_expr, keyword, last_name};
use crate::resolve::{Ancestor, Class, Function, Resolution, Scope};

/// Statuses that handlers of exceptions answer, by the import path of the class.
pub(crate) struct Statuses {
    handled: Vec<(String, Option<u16>)>,
}

impl Statuses {
    /// Reads the handlers: `@app.exception_handler(NotFound)`, `app.add_exception_handler(NotFound, answer)`.
    pub(crate) fn collect(facts: &Facts<'_>) -> Self {
        let mut handled = Vec::new();
        for file in facts.files.iter().filter(|file| file.source().contains("exception_handler")) {
            for (_, def) in super::super::walk::functions(file) {
                let function = Function { outer: Scope::module(file), def };
                handled.extend(decorated(facts, function));
                for inner in def.body.iter().filter_map(Stmt::as_function_def_stmt) {
                    handled.extend(decorated(facts, Function { outer: function.scope(), def: inner }));
                }
            }
            each_expr(file.body(), &mut |expr| {
                let Expr::Call(call) = expr else { return };
                if last_name(&call.func) != Some("add_exception_handler") {
                    return;
                }
                let [class, handler, ..] = &*call.arguments.args else { return };
                let scope = Scope::module(file);
                let answers = facts.index.resolve(scope, handler).function().and_then(answered);
                handled.extend(facts.index.resolve(scope, class).path().map(|path| (path, answers)));
            });
        }
        Self { handled }
    }

    /// Whether a handler answers what Pydantic refuses.
    pub(super) fn answers_invalid(&self) -> bool {
        let is_invalid = |path: &str| path.ends_with(".RequestValidationError") || path.ends_with(".ValidationError");
        self.handled.iter().any(|(path, _)| is_invalid(path))
    }

    /// The status that a class is answered with: its own or inherited attribute, its constructor's, its handler's.
    pub(crate) fn of<'a>(&self, facts: &Facts<'a>, class: Class<'a>) -> Option<u16> {
        for owner in facts.index.mro(class).classes() {
            if let Some(status) = attribute(owner).or_else(|| constructed(facts, owner)) {
                return Some(status);
            }
            let handled = self.handled.iter().find(|(path, _)| *path == owner.path());
            if let Some((_, Some(status))) = handled {
                return Some(*status);
            }
        }
        None
    }
}

/// Whether an ancestor makes a class an exception.
pub(super) fn is_exception(ancestor: &Ancestor<'_>) -> bool {
    match ancestor {
        Ancestor::Library(path) => {
            path == "Exception" || path == "ValueError" || path == "RuntimeError" || path.ends_with("HTTPException")
        }
        Ancestor::Class(_) | Ancestor::Variable(_) => false,
    }
}

fn decorated<'a>(facts: &Facts<'a>, function: Function<'a>) -> Option<(String, Option<u16>)> {
    let call = function.def.decorator_list.iter().find_map(|decorator| {
        let call = decorator.expression.as_call_expr()?;
        (last_name(&call.func) == Some("exception_handler")).then_some(call)
    })?;
    let class: Resolution<'a> = facts.index.resolve(function.outer, call.arguments.args.first()?);
    Some((class.path()?, answered(function)))
}

/// The one status that a function answers with.
fn answered(function: Function<'_>) -> Option<u16> {
    let mut found = None;
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Call(call) = expr
            && last_name(&call.func).is_some_and(|name| name.ends_with("Response"))
        {
            let given = keyword(call, "status_code").or_else(|| call.arguments.args.get(1));
            found = found.or(given.and_then(status).map(|(status, _)| status));
        }
    });
    found
}

/// `status_code = 404` in the body of a class.
fn attribute(class: Class<'_>) -> Option<u16> {
    class.def.body.iter().find_map(|stmt| {
        let value = match stmt {
            Stmt::Assign(assign) => Some(&*assign.value),
            Stmt::AnnAssign(assign) => assign.value.as_deref(),
            _ => None,
        };
        let is_status =
            matches!(assigned(stmt), Some("status_code" | "status" | "code" | "http_status" | "http_status_code"));
        value.filter(|_| is_status).and_then(status).map(|(status, _)| status)
    })
}

/// `super().__init__(status_code=404, …)` in the constructor, or its default.
fn constructed<'a>(facts: &Facts<'a>, class: Class<'a>) -> Option<u16> {
    let init = facts.index.methods(class).into_iter().find(|method| method.name() == "__init__")?;
    let mut found = None;
    each_expr(&init.def.body, &mut |expr| {
        if let Expr::Call(call) = expr
            && last_name(&call.func) == Some("__init__")
        {
            let given = keyword(call, "status_code").or_else(|| call.arguments.args.first());
            found =
                found.or(given.and_then(status).map(|(status, _)| status).filter(|status| (400..600).contains(status)));
        }
    });
    let by_default = || {
        let mut parameters = init.def.parameters.iter_non_variadic_params();
        let parameter = parameters.find(|parameter| parameter.name().as_str() == "status_code")?;
        parameter.default().and_then(status).map(|(status, _)| status)
    };
    found.or_else(by_default)
}
