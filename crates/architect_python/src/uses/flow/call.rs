//! Calls: what is called, with which keywords, and what it gives.

use std::sync::Arc;

use ruff_python_ast::{Expr, ExprCall};

use super::Flow;
use super::library::made_session;
use crate::uses::types::Type;

/// Arguments with their types.
pub(super) struct Given<'a> {
    /// Positional ones.
    pub(super) positional: Vec<Type<'a>>,
    /// Keywords; none for `**…`.
    pub(super) keywords: Vec<(Option<&'a str>, Type<'a>)>,
}

impl<'a> Given<'a> {
    /// The argument at a position or by keyword.
    pub(super) fn get(&self, name: &str, position: usize) -> Option<&Type<'a>> {
        let by_name = self.keywords.iter().find(|(known, _)| *known == Some(name)).map(|(_, value)| value);
        by_name.or_else(|| self.positional.get(position))
    }
}

impl<'a> Flow<'_, '_, 'a> {
    pub(super) fn call(&mut self, call: &'a ExprCall) -> Type<'a> {
        let callee = self.expr(&call.func);
        let positional = self.positional(&callee, call);
        let key_item = match (&callee, positional.first()) {
            (Type::Symbol(path), Some(items)) if is_ordering(path) => Some(items.item()),
            (Type::Method(owner, "sort"), _) => Some(owner.item()),
            _ => None,
        };
        let mut keywords = Vec::new();
        for keyword in &call.arguments.keywords {
            let value = match (&keyword.value, &key_item) {
                (Expr::Lambda(lambda), Some(item)) => self.lambda(lambda, item),
                (value, _) => self.expr(value),
            };
            keywords.push((keyword.arg.as_ref().map(|name| name.as_str()), value));
        }
        let given = Given { positional, keywords };
        for keyword in &call.arguments.keywords {
            self.see_keyword(&callee, call, keyword, &given);
        }
        self.see_arguments(&callee, call, &given);
        self.note_passed(&callee, &given);
        self.see_handed(&callee, call);
        if let Some(endpoint) = self.request(call, &callee, &given) {
            return Type::Response(endpoint);
        }
        callee.map(|one| self.result(one, call, &given))
    }

    /// Positional arguments; the function of `map` and `filter` after what it is called with.
    fn positional(&mut self, callee: &Type<'a>, call: &'a ExprCall) -> Vec<Type<'a>> {
        let maps = matches!(callee, Type::Symbol(path) if matches!(&**path, "builtins.map" | "builtins.filter"));
        match &*call.arguments.args {
            [Expr::Lambda(lambda), rest @ ..] if maps => {
                let rest: Vec<Type<'a>> = rest.iter().map(|argument| self.expr(argument)).collect();
                let item = rest.first().map_or(Type::Unknown, Type::item);
                std::iter::once(self.lambda(lambda, &item)).chain(rest).collect()
            }
            arguments => arguments.iter().map(|argument| self.expr(argument)).collect(),
        }
    }

    /// What a call gives.
    pub(super) fn result(&self, callee: &Type<'a>, call: &'a ExprCall, given: &Given<'a>) -> Type<'a> {
        match callee {
            Type::Class(class, bound) => Type::Object(*class, Arc::clone(bound)),
            Type::Function(function, receiver) => {
                let bound = match receiver.as_deref().and_then(|receiver| self.world.filled(*function, receiver)) {
                    Some(bound) => bound,
                    None => self.inferred_bound(*function, given),
                };
                self.world.returned(*function, receiver.as_deref(), &bound, self.depth)
            }
            Type::Object(..) => match self.world.member(callee, "__call__", self.depth) {
                Type::Function(function, _) => self.world.returned(function, Some(callee), &self.bound, self.depth),
                _ => Type::Unknown,
            },
            Type::Method(value, "()") => (**value).clone(),
            Type::Instance(path) => made_session(path).unwrap_or(Type::Unknown),
            Type::Method(owner, name) => self.of_method(owner, name, call, given),
            Type::Symbol(path) => self.of_symbol(path, call, given),
            _ => Type::Unknown,
        }
    }

    /// The type variables of a generic function, as its arguments fill them: `def first(model: type[T]) -> T`.
    fn inferred_bound(
        &self,
        function: crate::resolve::Function<'a>,
        given: &Given<'a>,
    ) -> crate::uses::types::Bound<'a> {
        let mut found: Vec<(&'a str, Type<'a>)> = Vec::new();
        for (number, parameter) in function.def.parameters.iter_non_variadic_params().enumerate() {
            let Some(value) = given.get(parameter.name().as_str(), number) else { continue };
            match parameter.annotation() {
                Some(Expr::Name(name)) => found.push((name.id.as_str(), value.clone())),
                Some(Expr::Subscript(subscript)) => {
                    let Expr::Name(inner) = &*subscript.slice else { continue };
                    let outer = crate::style::walk::last_name(&subscript.value);
                    let value = match outer {
                        Some("type" | "Type") => crate::uses::world::as_object(value.clone()),
                        _ => value.item(),
                    };
                    found.push((inner.id.as_str(), value));
                }
                _ => {}
            }
        }
        found.into()
    }

    /// The endpoint that a call of a client's method goes to.
    fn request(&mut self, call: &'a ExprCall, callee: &Type<'a>, given: &Given<'a>) -> Option<usize> {
        let attribute = call.func.as_attribute_expr()?;
        let name = attribute.attr.as_str();
        let of_client = matches!(callee, Type::Unknown | Type::Method(..) | Type::Symbol(_));
        if !of_client || !crate::uses::layer::is_test(&self.scope.file.path) {
            return None;
        }
        let (method, url) = match name {
            "get" | "post" | "put" | "patch" | "delete" => (name.to_uppercase(), given.get("url", 0)?),
            "request" => {
                let method = match given.get("method", 0) {
                    Some(Type::Text(method)) => method.to_uppercase(),
                    _ => "*".to_owned(),
                };
                (method, given.get("url", 1)?)
            }
            _ => return None,
        };
        let texts = url.each().iter().filter_map(|one| match one {
            Type::Text(text) => Some(text),
            _ => None,
        });
        let endpoint = texts.into_iter().find_map(|text| self.world.routes.find(&method, text))?;
        self.see_request(endpoint, call, given);
        Some(endpoint)
    }
}

fn is_ordering(path: &str) -> bool {
    matches!(path, "builtins.sorted" | "builtins.max" | "builtins.min" | "itertools.groupby")
}
