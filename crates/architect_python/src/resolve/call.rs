//! Calls of project functions, followed: what a call returns, with its arguments in place of the parameters.

use std::sync::atomic::Ordering;

use ruff_python_ast::{Expr, ExprCall, Parameter, Stmt, StmtFunctionDef};

use super::lookup::{STEPS, address};
use super::symbols::CallId;
use super::{Class, Frame, Function, Index, Placed, Resolution, Scope, Variable};

impl<'a> Index<'a> {
    /// The expression that a call of a project function returns, to be read in a scope where the parameters stand for
    /// the arguments of this call: `Field(sa_column=...)` for `owner_field("user")`. `None` where that cannot be told.
    pub(crate) fn call_result(&self, scope: Scope<'a>, call: &'a ExprCall) -> Option<Placed<'a>> {
        self.call_result_in(scope, call, STEPS)
    }

    pub(super) fn call_result_in(&self, scope: Scope<'a>, call: &'a ExprCall, steps: u8) -> Option<Placed<'a>> {
        let steps = steps.checked_sub(1)?;
        let Resolution::Function(function) = self.resolve_in(scope, &call.func, steps) else {
            return None;
        };
        if function.def.is_async
            || !function.def.decorator_list.iter().all(|decorator| keeps_result(&decorator.expression))
        {
            return None;
        }
        let id = self.call_id((address(call), calling(scope)), Caller::Call(scope, call));
        let inside = function.outer.inside(Frame::Call(function.def, id));
        self.returned_from(inside, &function.def.body, steps)?
    }

    /// The expression that a class-level function such as a `declared_attr` returns for a class, to be read in a scope
    /// where its first parameter stands for that class.
    pub(crate) fn result_for(&self, function: Function<'a>, class: Class<'a>) -> Option<Placed<'a>> {
        self.returned_from(self.scope_for(function, class), &function.def.body, STEPS)?
    }

    /// The expression that a function returns, whatever it is given.
    pub(super) fn result_of(&self, function: Function<'a>) -> Option<Placed<'a>> {
        self.returned_from(function.scope(), &function.def.body, STEPS)?
    }

    /// The scope of a function in which its first parameter stands for a class.
    pub(crate) fn scope_for(&self, function: Function<'a>, class: Class<'a>) -> Scope<'a> {
        let id = self.call_id((address(class.def), None), Caller::Class(class));
        function.outer.inside(Frame::Call(function.def, id))
    }

    /// The number of a call: the same for the same call from the same place.
    fn call_id(&self, key: CallKey, caller: Caller<'a>) -> CallId {
        let id = *self.call_ids.get_or(key, || CallId(self.next_call.fetch_add(1, Ordering::Relaxed)));
        self.calls.get_or(id, || caller);
        id
    }

    /// What a block returns: `None` where that cannot be told, `Some(None)` where it goes on behind the block.
    fn returned_from(&self, scope: Scope<'a>, body: &'a [Stmt], steps: u8) -> Option<Option<Placed<'a>>> {
        for statement in body {
            match statement {
                Stmt::Return(result) => return Some(Some((scope, result.value.as_deref()?))),
                Stmt::If(test) => {
                    let clauses = test.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &clause.body));
                    let branches: Vec<_> = std::iter::once((Some(&*test.test), &test.body)).chain(clauses).collect();
                    if !branches.iter().any(|(_, body)| returns(body)) {
                        continue;
                    }
                    for (test, body) in branches {
                        let taken = match test {
                            Some(test) => self.truth(scope, test, steps)?,
                            None => true,
                        };
                        if taken {
                            match self.returned_from(scope, body, steps)? {
                                Some(placed) => return Some(Some(placed)),
                                None => break,
                            }
                        }
                    }
                }
                other if returns(std::slice::from_ref(other)) => return None,
                _ => {}
            }
        }
        Some(None)
    }

    /// The branch of `a if test else b` that constants decide for; any other expression as it is.
    pub(crate) fn taken(&self, (scope, expr): Placed<'a>) -> Placed<'a> {
        let Expr::If(choice) = expr else { return (scope, expr) };
        match self.truth(scope, &choice.test, STEPS) {
            Some(true) => self.taken((scope, &choice.body)),
            Some(false) => self.taken((scope, &choice.orelse)),
            None => (scope, expr),
        }
    }

    /// Whether a condition holds, where that rests on constants alone.
    pub(super) fn truth(&self, scope: Scope<'a>, test: &'a Expr, steps: u8) -> Option<bool> {
        let constant = self.evaluate(scope, test, steps);
        let constant = constant.known()?;
        if constant.setting.is_some() { None } else { constant.value.truth() }
    }

    /// What a parameter stands for in one call.
    pub(super) fn argument(
        &self,
        scope: Scope<'a>,
        id: CallId,
        parameter: &'a Parameter,
        default: Option<&'a Expr>,
        steps: u8,
    ) -> Option<Resolution<'a>> {
        let Some(Frame::Call(def, _)) = scope.frames().last() else {
            return None;
        };
        let (caller, call) = match *self.calls.get(&id)? {
            Caller::Call(caller, call) => (caller, call),
            Caller::Class(class) => {
                let first = def.parameters.args.first()?.name().as_str() == parameter.name.as_str();
                return first.then_some(Resolution::Class(class));
            }
        };
        if let Some(class) = self.receiving_class(def, caller, call, parameter, steps) {
            return Some(Resolution::Class(class));
        }
        let (scope, value) = match self.passed(def, caller, call, &parameter.name) {
            Some(placed) => placed,
            None => (outside(scope), default?),
        };
        if let Expr::Name(_) | Expr::Attribute(_) = value {
            let resolved = self.resolve_in(scope, value, steps);
            if !matches!(resolved, Resolution::Unknown(_)) {
                return Some(resolved);
            }
        }
        Some(Resolution::Variable(Variable {
            scope,
            name: parameter.name.as_str(),
            annotation: None,
            value: Some(value),
            element: None,
            range: parameter.range,
        }))
    }

    /// The class that `cls` stands for in `Color.names()`.
    fn receiving_class(
        &self,
        def: &'a StmtFunctionDef,
        caller: Scope<'a>,
        call: &'a ExprCall,
        parameter: &'a Parameter,
        steps: u8,
    ) -> Option<Class<'a>> {
        let first = def.parameters.args.first()?.name().as_str() == parameter.name.as_str();
        let is_class_method = |decorator: &Expr| matches!(decorator, Expr::Name(name) if name.id == "classmethod");
        let Expr::Attribute(method) = &*call.func else {
            return None;
        };
        if !first || !def.decorator_list.iter().any(|decorator| is_class_method(&decorator.expression)) {
            return None;
        }
        self.resolve_in(caller, &method.value, steps).class()
    }

    /// The argument that a call gives a parameter.
    fn passed(
        &self,
        def: &'a StmtFunctionDef,
        caller: Scope<'a>,
        call: &'a ExprCall,
        name: &str,
    ) -> Option<Placed<'a>> {
        let arguments = self.arguments(caller, call);
        let positional = def.parameters.posonlyargs.iter().chain(&def.parameters.args);
        let bound = matches!(&*call.func, Expr::Attribute(_))
            && def.parameters.args.first().is_some_and(|first| matches!(first.name().as_str(), "self" | "cls"));
        let position = positional.skip(usize::from(bound)).position(|parameter| parameter.name().as_str() == name);
        arguments.keyword(name).or_else(|| arguments.positional.get(position?).copied())
    }

    /// The keyword arguments of a call that go into `**kwargs`, where an expression names that parameter.
    pub(super) fn further_keywords(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<Vec<(&'a str, Placed<'a>)>> {
        let Expr::Name(name) = expr else { return None };
        let Some(Frame::Call(def, id)) = scope.frames().last() else {
            return None;
        };
        if def.parameters.kwarg.as_ref()?.name.id != name.id {
            return None;
        }
        let Caller::Call(caller, call) = *self.calls.get(&id)? else {
            return None;
        };
        let named =
            |key: &str| def.parameters.iter_non_variadic_params().any(|parameter| parameter.name().as_str() == key);
        let arguments = self.arguments(caller, call);
        match arguments.unknown {
            Some(_) => None,
            None => Some(arguments.keywords.into_iter().filter(|(key, _)| !named(key)).collect()),
        }
    }
}

/// Who runs a function.
#[derive(Clone, Copy)]
pub(super) enum Caller<'a> {
    /// A call, in the scope it stands in.
    Call(Scope<'a>, &'a ExprCall),
    /// SQLAlchemy, for a class.
    Class(Class<'a>),
}

/// A call site, by address, inside one call of the function around it.
pub(super) type CallKey = (usize, Option<CallId>);

/// The call inside which a scope stands.
fn calling(scope: Scope<'_>) -> Option<CallId> {
    scope.frames().rev().find_map(|frame| match frame {
        Frame::Call(_, id) => Some(id),
        _ => None,
    })
}

/// The scope around the innermost frame.
fn outside(scope: Scope<'_>) -> Scope<'_> {
    let frames: Vec<Frame<'_>> = scope.frames().collect();
    let around = frames.split_last().map_or(&[][..], |(_, around)| around);
    around.iter().fold(Scope::module(scope.file), |scope, frame| scope.inside(*frame))
}

/// Whether a decorator leaves what a function returns as it is.
fn keeps_result(decorator: &Expr) -> bool {
    let name = match decorator {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    let last = match name {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(last, "staticmethod" | "classmethod" | "cache" | "lru_cache")
}

/// Whether some statement of a block returns.
fn returns(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::Return(_) => true,
        Stmt::If(test) => returns(&test.body) || test.elif_else_clauses.iter().any(|clause| returns(&clause.body)),
        Stmt::For(repeat) => returns(&repeat.body) || returns(&repeat.orelse),
        Stmt::While(repeat) => returns(&repeat.body) || returns(&repeat.orelse),
        Stmt::With(with) => returns(&with.body),
        Stmt::Match(choice) => choice.cases.iter().any(|case| returns(&case.body)),
        Stmt::Try(attempt) => {
            let handled = attempt
                .handlers
                .iter()
                .any(|ruff_python_ast::ExceptHandler::ExceptHandler(handler)| returns(&handler.body));
            returns(&attempt.body) || returns(&attempt.orelse) || returns(&attempt.finalbody) || handled
        }
        _ => false,
    })
}
