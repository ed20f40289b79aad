//! Values given to what declares a type: parameters, fields of classes, attributes.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::Flow;
use crate::resolve::{Class, Function, Resolution, Scope};
use crate::uses::findings::{Handed, Made};
use crate::uses::types::Type;

impl<'a> Flow<'_, '_, 'a> {
    /// Records the arguments of a call that may be values of the field, each with the type that takes it.
    pub(super) fn see_handed(&mut self, callee: &Type<'a>, call: &'a ExprCall) {
        if !self.is_recording() || self.world.field().is_none() {
            return;
        }
        for one in callee.each() {
            match one {
                Type::Function(function, receiver) => {
                    self.handed_to(*function, receiver.is_some() && function.class().is_some(), call);
                }
                Type::Class(class, _) => {
                    self.see_made(*class, call);
                    let init = self.world.index.member(*class, "__init__").and_then(|(_, init)| init.function());
                    match init.filter(|init| !init.file().installed) {
                        Some(init) => self.handed_to(init, true, call),
                        None => self.handed_to_fields(*class, call),
                    }
                }
                _ => {}
            }
        }
    }

    fn handed_to(&mut self, function: Function<'a>, is_bound: bool, call: &'a ExprCall) {
        let mut parameters = function.def.parameters.iter_non_variadic_params().skip(usize::from(is_bound));
        for value in call.arguments.args.iter().take_while(|value| !value.is_starred_expr()) {
            let Some(parameter) = parameters.next() else { break };
            self.hand(value, function.outer, parameter.annotation());
        }
        for keyword in &call.arguments.keywords {
            let Some(name) = &keyword.arg else { continue };
            let mut parameters = function.def.parameters.iter_non_variadic_params();
            if let Some(parameter) = parameters.find(|one| one.name().as_str() == name.as_str()) {
                self.hand(&keyword.value, function.outer, parameter.annotation());
            }
        }
    }

    /// `Item(name=…)`, where the class has the field.
    fn see_made(&mut self, class: Class<'a>, call: &'a ExprCall) {
        let gives = |keyword: &'a ruff_python_ast::Keyword| keyword.arg.as_ref().map(|name| name.as_str());
        let is_whole = call.arguments.args.is_empty() && call.arguments.keywords.iter().all(|one| one.arg.is_some());
        let field = self.world.field();
        let given = call.arguments.keywords.iter().any(|keyword| gives(keyword) == field);
        self.made(class, call, if given { Some(true) } else { is_whole.then_some(false) });
    }

    /// A row of a class that has the field is made, or asked to be.
    pub(super) fn made(&mut self, class: Class<'a>, call: &'a ExprCall, gives: Option<bool>) {
        if self.world.carriers.of(class).is_none() {
            return;
        }
        let (scope, range) = (self.scope, call.range());
        if let Some(seen) = &mut self.seen {
            seen.made.push(Made { scope, range, class, gives });
        }
    }

    /// Whether a dictionary has the field as a key; none where its keys are not all known.
    pub(super) fn gives(&mut self, value: &Type<'a>) -> Option<bool> {
        let mut known = true;
        for one in value.each() {
            let Type::Display(dict, scope) = one else {
                known = false;
                continue;
            };
            for item in &dict.items {
                match item.key.as_ref().map(Expr::as_string_literal_expr) {
                    Some(Some(key)) if Some(key.value.to_str()) == self.world.field() => return Some(true),
                    Some(Some(_)) => {}
                    Some(None) => known = false,
                    None => {
                        let here = std::mem::replace(&mut self.scope, *scope);
                        let spread = self.peek(&item.value);
                        self.scope = here;
                        match self.gives(&spread) {
                            Some(true) => return Some(true),
                            Some(false) => {}
                            None => known = false,
                        }
                    }
                }
            }
        }
        known.then_some(false)
    }

    fn handed_to_fields(&mut self, class: Class<'a>, call: &'a ExprCall) {
        for keyword in &call.arguments.keywords {
            let Some(name) = keyword.arg.as_ref().filter(|name| Some(name.as_str()) != self.world.field()) else {
                continue;
            };
            if let Some((_, Resolution::Variable(field))) = self.world.index.member(class, name.as_str()) {
                self.hand(&keyword.value, field.scope, field.annotation);
            }
        }
    }

    /// `owner.name = value`.
    pub(super) fn see_stored(&mut self, target: &'a Expr, value: &'a Expr) {
        let Some(attribute) = target.as_attribute_expr().filter(|_| self.is_recording() && self.may_be_field(value))
        else {
            return;
        };
        if Some(attribute.attr.as_str()) == self.world.field() {
            return;
        }
        let owner = self.peek(&attribute.value);
        for one in owner.each() {
            if let Type::Object(class, _) = one
                && let Some((_, Resolution::Variable(field))) = self.world.index.member(*class, attribute.attr.as_str())
            {
                self.hand(value, field.scope, field.annotation);
            }
        }
    }

    fn hand(&mut self, value: &'a Expr, scope: Scope<'a>, annotation: Option<&'a Expr>) {
        let Some(annotation) = annotation.filter(|_| self.may_be_field(value)) else { return };
        let file = self.scope.file;
        if let Some(seen) = &mut self.seen {
            seen.handed.push(Handed { file, range: value.range(), scope, annotation });
        }
    }

    /// Whether an expression may be the field: an attribute of its name, or a name that holds one.
    fn may_be_field(&self, value: &Expr) -> bool {
        match value {
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()) == self.world.field(),
            Expr::Name(_) => true,
            _ => false,
        }
    }
}
