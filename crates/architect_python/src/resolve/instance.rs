//! Which class the value of an expression is an instance of, and what its attributes are.

use ruff_python_ast::{Expr, Stmt};

use super::lookup::STEPS;
use super::{Class, Frame, Function, Index, Resolution, Scope, Variable};

impl<'a> Index<'a> {
    /// The class that the value of an expression is an instance of: `Settings` for `settings`, `fastapi.APIRouter`
    /// for `router`, the class for `self`. [`Resolution::Unknown`] where it cannot be told.
    pub(crate) fn instance(&self, scope: Scope<'a>, expr: &'a Expr) -> Resolution<'a> {
        self.instance_in(scope, expr, STEPS)
    }

    fn instance_in(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Resolution<'a> {
        let unknown = |reason: &str| Resolution::Unknown(scope.file.unknown(expr, reason));
        let Some(steps) = steps.checked_sub(1) else {
            return unknown("its definition is circular");
        };
        match expr {
            Expr::Call(call) => match self.resolve_in(scope, &call.func, steps) {
                Resolution::Class(class) => Resolution::Class(class),
                Resolution::Library(path) if is_class_name(&path) => Resolution::Library(path),
                Resolution::Function(function) => self.returned(function, steps),
                Resolution::Unknown(unknown) => Resolution::Unknown(unknown),
                _ => unknown("the result of a call that is not followed"),
            },
            Expr::Await(awaited) => self.instance_in(scope, &awaited.value, steps),
            Expr::Named(named) => self.instance_in(scope, &named.value, steps),
            Expr::Name(_) | Expr::Attribute(_) => match self.resolve_in(scope, expr, steps) {
                Resolution::Variable(variable) => self.variable_in(variable, steps),
                Resolution::Parameter { scope, parameter, .. } => match parameter.annotation() {
                    Some(annotation) => self.annotation(scope, annotation).resolution,
                    None => self
                        .receiver(scope, &parameter.name)
                        .unwrap_or_else(|| unknown("a parameter without annotation")),
                },
                Resolution::Unknown(unknown) => Resolution::Unknown(unknown),
                _ => unknown("not an instance"),
            },
            _ => unknown("the type of this expression is not followed"),
        }
    }

    fn variable_in(&self, variable: Variable<'a>, steps: u8) -> Resolution<'a> {
        match (variable.annotation, variable.value) {
            (Some(annotation), _) => self.annotation(variable.scope, annotation).resolution,
            (None, Some(value)) if variable.element.is_none() => self.instance_in(variable.scope, value, steps),
            _ => Resolution::Unknown(architect_model::Unknown::new(variable.at(), "its type is not followed")),
        }
    }

    /// What a function returns: by its annotation, else by its only `return`.
    fn returned(&self, function: Function<'a>, steps: u8) -> Resolution<'a> {
        if let Some(annotation) = &function.def.returns {
            return self.annotation(function.outer, annotation).resolution;
        }
        let mut returns = function.def.body.iter().filter_map(|statement| match statement {
            Stmt::Return(result) => result.value.as_deref(),
            _ => None,
        });
        match (returns.next(), returns.next()) {
            (Some(value), None) => self.instance_in(function.scope(), value, steps),
            _ => Resolution::Unknown(function.file().unknown(&function.def.name, "its return type is not annotated")),
        }
    }

    /// The class that `self` is an instance of.
    fn receiver(&self, scope: Scope<'a>, name: &str) -> Option<Resolution<'a>> {
        let frames: Vec<Frame<'a>> = scope.frames().collect();
        let [outer @ .., Frame::Class(def), Frame::Function(method)] = frames.as_slice() else {
            return None;
        };
        let first = method.parameters.iter_non_variadic_params().next()?;
        if first.name().as_str() != name
            || method.decorator_list.iter().any(|d| is_named(&d.expression, "staticmethod"))
        {
            return None;
        }
        let outer = outer.iter().fold(Scope::module(scope.file), |scope, frame| scope.inside(*frame));
        Some(Resolution::Class(Class { outer, def }))
    }

    /// The member `name` of what `owner` stands for.
    pub(super) fn attribute(
        &self,
        scope: Scope<'a>,
        owner: Resolution<'a>,
        name: &str,
        expr: &'a Expr,
        steps: u8,
    ) -> Resolution<'a> {
        let missing = || Resolution::Unknown(scope.file.unknown(expr, format!("`{name}` is not found there")));
        match owner {
            Resolution::Module(file) => self.module_member(file, name).unwrap_or_else(missing),
            Resolution::Namespace(package) => self.module(&format!("{package}.{name}"), scope.file),
            Resolution::Library(path) => Resolution::Library(super::library::canonical(format!("{path}.{name}"))),
            Resolution::Class(class) => self.member(class, name).map_or_else(missing, |(_, member)| member),
            Resolution::Variable(variable) => {
                self.of_instance(self.variable_in(variable, steps), name).unwrap_or_else(missing)
            }
            Resolution::Parameter { scope: inner, parameter, .. } => {
                let class = match parameter.annotation() {
                    Some(annotation) => Some(self.annotation(inner, annotation).resolution),
                    None => self.receiver(inner, &parameter.name),
                };
                class.and_then(|class| self.of_instance(class, name)).unwrap_or_else(missing)
            }
            Resolution::Unknown(unknown) => Resolution::Unknown(unknown),
            Resolution::Function(_) | Resolution::Builtin(_) => missing(),
        }
    }

    /// What a call expression stands for as the owner of an attribute: an instance, looked at as its class.
    pub(super) fn attribute_owner(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Resolution<'a> {
        self.instance_in(scope, expr, steps)
    }

    fn of_instance(&self, class: Resolution<'a>, name: &str) -> Option<Resolution<'a>> {
        match class {
            Resolution::Class(class) => self
                .member(class, name)
                .map(|(_, member)| member)
                .or_else(|| self.instance_attribute(class, name).map(Resolution::Variable)),
            Resolution::Library(path) => Some(Resolution::Library(format!("{path}.{name}"))),
            _ => None,
        }
    }
}

/// Whether the last part of an import path is written like a class name.
fn is_class_name(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|name| name.starts_with(char::is_uppercase))
}

/// Whether an expression is the bare name `name`.
fn is_named(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(found) if found.id == name)
}
