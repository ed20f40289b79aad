//! What the parameters of a function hold when its body runs.

use ruff_python_ast::{Expr, StmtFunctionDef};

use super::Flow;
use crate::resolve::{Frame, Function, Resolution};
use crate::style::handlers;
use crate::uses::types::{Bound, Type};
use crate::uses::world::as_object;

impl<'a> Flow<'_, '_, 'a> {
    /// Binds the parameters of the innermost function around the place. `receiver` is what `self` is.
    pub(in crate::uses) fn enter_parameters(&mut self, receiver: &Type<'a>, bound: &Bound<'a>) {
        let Some(Frame::Function(def)) = self.scope.frames().last() else { return };
        let function = Function { outer: self.outside(), def };
        let is_method = function.class().is_some() && !is_decorated(def, "staticmethod");
        let on_class = is_decorated(def, "classmethod") || is_validator(def);
        let generated = self.parametrized(def);
        for (number, parameter) in def.parameters.iter_non_variadic_params().enumerate() {
            let name = parameter.name().as_str();
            let value = match parameter.annotation() {
                Some(annotation) => self.world.annotated(function.outer, annotation, bound),
                None if number == 0 && is_method && on_class => match receiver {
                    Type::Object(class, bound) => Type::Class(*class, bound.clone()),
                    other => other.clone(),
                },
                None if number == 0 && is_method => receiver.clone(),
                None => self.passed_for(def, number),
            };
            let value = if is_weak(&value) { self.filled(&function, parameter, value, &generated) } else { value };
            self.locals.insert(name, value);
        }
        if let Some(rest) = &def.parameters.vararg {
            self.locals.insert(rest.name.as_str(), Type::many(Type::Unknown));
        }
        if let Some(rest) = &def.parameters.kwarg {
            self.locals.insert(rest.name.as_str(), Type::Unknown);
        }
    }

    fn outside(&self) -> crate::resolve::Scope<'a> {
        let frames: Vec<Frame<'a>> = self.scope.frames().collect();
        let outer = frames.split_last().map_or(&[][..], |(_, outer)| outer);
        outer.iter().fold(crate::resolve::Scope::module(self.scope.file), |scope, frame| scope.inside(*frame))
    }

    /// A parameter whose annotation says little: a fixture, a dependency, values of a parametrized test, a default.
    fn filled(
        &mut self,
        function: &Function<'a>,
        parameter: &'a ruff_python_ast::ParameterWithDefault,
        declared: Type<'a>,
        generated: &[(String, Type<'a>)],
    ) -> Type<'a> {
        let name = parameter.name().as_str();
        if let Some((_, value)) = generated.iter().find(|(known, _)| known == name) {
            return value.clone();
        }
        if self.takes_fixtures(function)
            && let Some(fixture) = self.world.fixture(self.scope.file, name)
            && !std::ptr::eq(fixture.def, function.def)
        {
            return match self.world.returned(fixture, None, &self.bound, self.depth) {
                Type::Many(item) => (*item).clone(),
                Type::Unknown | Type::Plain => declared,
                other => other,
            };
        }
        let Some(default) = parameter.default() else { return declared };
        if let Some(call) = handlers::depends_call(self.world.index, function.outer, default)
            && let Some(target) = call.arguments.find_argument_value("dependency", 0)
        {
            let target = self.world.index.resolve(function.outer, target);
            return self.depended(&target);
        }
        match self.peek(default) {
            Type::Unknown | Type::Plain => declared,
            other => other,
        }
    }

    /// The fixtures that a test or fixture runs.
    pub(super) fn see_fixtures(&mut self, def: &'a StmtFunctionDef) {
        let function = Function { outer: self.outside(), def };
        if !self.takes_fixtures(&function) {
            return;
        }
        for parameter in def.parameters.iter_non_variadic_params() {
            if let Some(fixture) = self.world.fixture(self.scope.file, parameter.name().as_str()) {
                self.see_called(&Type::Function(fixture, None));
            }
        }
    }

    fn depended(&self, target: &Resolution<'a>) -> Type<'a> {
        match target {
            Resolution::Function(function) => match self.world.returned(*function, None, &self.bound, self.depth) {
                Type::Many(item) => (*item).clone(),
                other => other,
            },
            other => as_object(self.world.of(other, self.depth)),
        }
    }

    fn takes_fixtures(&self, function: &Function<'a>) -> bool {
        crate::uses::layer::is_test(&self.scope.file.path)
            && (function.name().starts_with("test") || crate::uses::world::is_fixture(*function))
    }

    /// What `@pytest.mark.parametrize("name", [...])` fills parameters with.
    fn parametrized(&mut self, def: &'a StmtFunctionDef) -> Vec<(String, Type<'a>)> {
        let mut found = Vec::new();
        for decorator in &def.decorator_list {
            let Expr::Call(call) = &decorator.expression else { continue };
            if crate::style::walk::last_name(&call.func) != Some("parametrize") {
                continue;
            }
            let (Some(names), Some(values)) =
                (call.arguments.find_argument_value("argnames", 0), call.arguments.find_argument_value("argvalues", 1))
            else {
                continue;
            };
            let names: Vec<String> = match self.peek(names) {
                Type::Text(text) => text.split(',').map(|name| name.trim().to_owned()).collect(),
                Type::Tuple(items) => items.iter().filter_map(text_of).collect(),
                Type::Many(item) => text_of(&item).into_iter().collect(),
                _ => continue,
            };
            let item = self.peek(values).item();
            match names.as_slice() {
                [only] => found.push((only.clone(), item)),
                several => {
                    for (number, name) in several.iter().enumerate() {
                        let part = item.map(|one| match one {
                            Type::Tuple(items) => items.get(number).cloned().unwrap_or(Type::Unknown),
                            _ => Type::Unknown,
                        });
                        found.push((name.clone(), part));
                    }
                }
            }
        }
        found
    }
}

fn text_of(one: &Type<'_>) -> Option<String> {
    match one {
        Type::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Whether a declared type leaves open what the value is.
fn is_weak(value: &Type<'_>) -> bool {
    match value {
        Type::Unknown | Type::Plain => true,
        Type::Keyed(value) => is_weak(value),
        _ => false,
    }
}

pub(super) fn is_decorated(def: &StmtFunctionDef, name: &str) -> bool {
    def.decorator_list.iter().any(|decorator| crate::style::walk::last_name(&decorator.expression) == Some(name))
}

/// Whether the first parameter of a function is the class although no `@classmethod` says so.
fn is_validator(def: &StmtFunctionDef) -> bool {
    def.parameters.iter_non_variadic_params().next().is_some_and(|first| first.name().as_str() == "cls")
}
