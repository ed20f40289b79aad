//! How code comes by rows: who looks them up, whom services ask for rows of others, how references are checked.

use architect_model::{ReachStyle, ReferenceChecks};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use super::entity::Entity;
use super::facts::{Facts, address};
use super::handlers::{Action, Handler};
use super::operations::is_session_name;
use super::trace::Layers;
use super::vote::Votes;
use super::walk::{each_expr, each_expr_in, each_stmt, last_name};
use crate::resolve::{Class, Function, Resolution};

/// Reads how code comes by rows.
pub(super) fn read<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> ReachStyle {
    let reader = Reader { facts, layers };
    ReachStyle {
        in_handlers: reader.in_handlers().or_assumed(false),
        function_keywords: reader.function_keywords().or_assumed(false),
        through_services: reader.through_services().or_assumed(true),
        private_helpers: reader.private_helpers().or_assumed(false),
        references: reader.references().or_assumed(ReferenceChecks::Together),
    }
}

struct Reader<'r, 'a> {
    facts: &'r Facts<'a>,
    layers: &'r Layers<'a>,
}

impl<'a> Reader<'_, 'a> {
    /// Whether handlers look the row in their path up themselves.
    fn in_handlers(&self) -> Votes<bool> {
        let mut votes = Votes::default();
        let on_row = |handler: &&Handler<'a>| {
            matches!(handler.action, Some(Action::Read | Action::Update | Action::Delete)) && handler.entity.is_some()
        };
        for handler in self.facts.handlers.iter().filter(on_row) {
            let itself = self.looks_up(handler.function, handler.entity);
            let callees = self.layers.callees(self.facts, handler.function).iter();
            let by_function =
                callees.filter(|callee| callee.class().is_none()).any(|callee| self.looks_up(*callee, handler.entity));
            if itself || by_function {
                votes.add(itself, handler.weight, &handler.function.at());
            }
        }
        votes
    }

    /// Whether a function asks the session for a row of an entity: `session.get(Item, id)`, `session.exec(select(Item)…)`.
    fn looks_up(&self, function: Function<'a>, entity: Option<Entity<'a>>) -> bool {
        let is_it = |expr: &'a Expr| {
            let class = self.facts.index.resolve(function.scope(), expr).class();
            class.is_some_and(|class| entity.is_some_and(|entity| entity.class == class))
        };
        let mut found = false;
        each_expr(&function.def.body, &mut |expr| {
            let Some(call) = expr.as_call_expr() else { return };
            let on_session = call
                .func
                .as_attribute_expr()
                .is_some_and(|method| last_name(&method.value).is_some_and(is_session_name));
            let asks = match last_name(&call.func) {
                Some("get") => on_session,
                Some("select") => call.func.is_name_expr(),
                Some("query") => on_session,
                _ => false,
            };
            found |= asks && call.arguments.args.first().is_some_and(is_it);
        });
        found
    }

    /// Whether functions in the files of handlers, that are neither handlers nor dependencies, take keywords only.
    fn function_keywords(&self) -> Votes<bool> {
        let mut votes = Votes::default();
        let handlers: FxHashSet<usize> =
            self.facts.handlers.iter().map(|handler| address(handler.function.def)).collect();
        let mut called: FxHashSet<usize> = FxHashSet::default();
        for handler in &self.facts.handlers {
            for callee in self.layers.callees(self.facts, handler.function) {
                let beside = callee.class().is_none() && callee.file().path == handler.function.file().path;
                let parameters = &callee.def.parameters;
                let several = parameters.iter_non_variadic_params().count() > 1;
                if beside && several && !handlers.contains(&address(callee.def)) && called.insert(address(callee.def)) {
                    let by_keyword = parameters.args.is_empty() && parameters.posonlyargs.is_empty();
                    votes.add(by_keyword, handler.weight, &callee.at());
                }
            }
        }
        votes
    }

    /// Methods of services, with their class and its entity.
    fn methods(&self) -> impl Iterator<Item = (Class<'a>, Option<Entity<'a>>, Function<'a>)> {
        self.layers.services.classes.iter().flat_map(|layer| {
            let methods = self.facts.index.methods(layer.class);
            methods.into_iter().map(|method| (layer.class, layer.entity, method))
        })
    }

    /// Whether services ask services of other entities, or their repositories.
    fn through_services(&self) -> Votes<bool> {
        let mut votes = Votes::default();
        let by_class = |layers: &[crate::read::layer::LayerClass<'a>]| -> FxHashMap<usize, Option<Entity<'a>>> {
            layers.iter().map(|layer| (address(layer.class.def), layer.entity)).collect()
        };
        let (services, repositories) =
            (by_class(&self.layers.services.classes), by_class(&self.layers.repositories.classes));
        for (class, entity, method) in self.methods() {
            let weight = self.facts.weight_of(&class.file().path);
            for callee in self.layers.callees(self.facts, method) {
                let Some(called) = callee.class().filter(|_| callee.name() != "__init__") else { continue };
                let of = |layers: &FxHashMap<usize, Option<Entity<'a>>>| layers.get(&address(called.def)).copied();
                let is_other = |other: Option<Entity<'a>>| other.is_some() && entity.is_some() && other != entity;
                if of(&services).is_some_and(is_other) {
                    votes.add(true, weight, &method.at());
                } else if of(&repositories).is_some_and(is_other) {
                    votes.add(false, weight, &method.at());
                }
            }
        }
        votes
    }

    /// Whether methods that only their own class calls begin with `_`.
    fn private_helpers(&self) -> Votes<bool> {
        let mut outside: FxHashSet<usize> = FxHashSet::default();
        let handlers = self.facts.handlers.iter().map(|handler| (None, handler.function));
        let methods = self.methods().map(|(class, _, method)| (Some(class), method));
        for (class, function) in handlers.chain(methods) {
            let callees = self.layers.callees(self.facts, function).iter();
            let from_outside = callees.filter(|callee| class.is_none_or(|class| callee.class() != Some(class)));
            outside.extend(from_outside.map(|callee| address(callee.def)));
        }
        let mut votes = Votes::default();
        let mut seen: FxHashSet<usize> = FxHashSet::default();
        for (class, _, method) in self.methods() {
            for callee in self.layers.callees(self.facts, method) {
                let is_own = callee.class() == Some(class) && !callee.name().starts_with("__");
                if is_own && !outside.contains(&address(callee.def)) && seen.insert(address(callee.def)) {
                    votes.add(callee.name().starts_with('_'), self.facts.weight_of(&class.file().path), &callee.at());
                }
            }
        }
        votes
    }

    /// How references in bodies are checked: by what is done with `data.client_id`.
    fn references(&self) -> Votes<ReferenceChecks> {
        let mut votes = Votes::default();
        let methods = self.methods().map(|(_, entity, method)| (entity, method));
        let handlers = self.facts.handlers.iter().map(|handler| (handler.entity, handler.function));
        for (entity, function) in methods.chain(handlers) {
            let Some(entity) = entity else { continue };
            let keys: Vec<&str> = self
                .facts
                .columns(entity.class)
                .iter()
                .filter(|column| column.foreign_key.is_some())
                .map(|column| column.name)
                .collect();
            let bodies: Vec<&str> = self.bodies(function);
            if keys.is_empty() || bodies.is_empty() {
                continue;
            }
            if let Some(how) = self.checks(function, &bodies, &keys) {
                votes.add(how, self.facts.weight_of(&function.file().path), &function.at());
            }
        }
        votes
    }

    /// Parameters that take the body of a request.
    fn bodies(&self, function: Function<'a>) -> Vec<&'a str> {
        let is_body = |class: &Resolution<'a>| {
            let class = class.class();
            class.is_some_and(|class| {
                self.facts.index.derives_from(class, "pydantic.BaseModel") && !self.facts.is_table(class)
            })
        };
        let parameters = self.facts.parameters(function).iter();
        parameters.filter(|parameter| parameter.class().is_some_and(is_body)).map(|parameter| parameter.name).collect()
    }

    fn checks(&self, function: Function<'a>, bodies: &[&str], keys: &[&str]) -> Option<ReferenceChecks> {
        let is_key = |expr: &Expr| {
            expr.as_attribute_expr().is_some_and(|attribute| {
                let of_body = attribute.value.as_name_expr().is_some_and(|name| bodies.contains(&name.id.as_str()));
                of_body && keys.contains(&attribute.attr.as_str())
            })
        };
        let is_body = |expr: &Expr| expr.as_name_expr().is_some_and(|name| bodies.contains(&name.id.as_str()));
        let own = |call: &'a ExprCall| {
            let callee = self.facts.index.resolve(function.scope(), &call.func).function();
            let callee = callee
                .filter(|callee| callee.class() == function.class() && callee.file().path == function.file().path)?;
            // What gives nothing back only checks.
            callee.def.returns.as_deref().is_some_and(Expr::is_none_literal_expr).then_some(callee)
        };
        let mut found = None;
        each_stmt(&function.def.body, &mut |stmt| match stmt {
            Stmt::If(test) => {
                let mut asks = false;
                each_expr_in(&test.test, &mut |expr| asks |= is_key(expr));
                if asks && found.is_none() {
                    found = Some(ReferenceChecks::InPlace);
                }
            }
            Stmt::Expr(statement) => each_expr_in(&statement.value, &mut |expr| {
                let Some(call) = expr.as_call_expr() else { return };
                if found.is_some() || own(call).is_none() {
                    return;
                }
                if call.arguments.args.iter().any(is_key) {
                    found = Some(ReferenceChecks::Each);
                } else if call.arguments.args.iter().any(is_body) {
                    found = Some(ReferenceChecks::Together);
                }
            }),
            _ => {}
        });
        found
    }
}

#[cfg(test)]
mod tests;
