//! Follows handlers into services and repositories: what is called for what, and where it is committed.

use architect_model::{CommitPlace, LayerKind};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::facts::Facts;
use super::handlers::{Action, Handler};
use super::walk::{each_expr, each_stmt};
use crate::read::layer::Found;
use crate::resolve::{Class, Function};

/// The layers below the handlers.
pub(crate) struct Layers<'a> {
    /// Repositories.
    pub(crate) repositories: Found<'a>,
    /// Services.
    pub(crate) services: Found<'a>,
    /// The unit-of-work class.
    pub(crate) unit_of_work: Option<Class<'a>>,
    /// Attributes of the unit of work that hold repositories.
    pub(crate) held: Vec<(String, Class<'a>)>,
}

/// How deep calls are followed.
const DEPTH: u8 = 4;

impl<'a> Layers<'a> {
    /// The layer that a function belongs to.
    pub(crate) fn layer_of(&self, facts: &Facts<'a>, function: Function<'a>) -> Option<LayerKind> {
        let within = |found: &Found<'a>| match function.class() {
            Some(def) => found.classes.iter().any(|layer| facts.index.mro(layer.class).classes().any(|class| std::ptr::eq(class.def, def))),
            None => found.files.iter().any(|layer| layer.file.path == function.file().path),
        };
        if within(&self.repositories) {
            Some(LayerKind::Repository)
        } else if within(&self.services) {
            Some(LayerKind::Service)
        } else if facts.handlers.iter().any(|handler| std::ptr::eq(handler.function.def, function.def)) {
            Some(LayerKind::Endpoints)
        } else {
            None
        }
    }

    /// The first function of a layer that a handler reaches.
    pub(crate) fn called(&self, facts: &Facts<'a>, function: Function<'a>, layer: LayerKind) -> Option<Function<'a>> {
        let callees = self.callees(facts, function);
        let wanted = |callee: &&Function<'a>| self.layer_of(facts, **callee) == Some(layer);
        // What is called last does the work: what comes before it fetches and checks. Lists are counted after.
        let counts = |callee: &&Function<'a>| callee.name().contains("count");
        let of_layer = || callees.iter().rev().filter(wanted);
        of_layer().find(|callee| !counts(callee)).or_else(|| of_layer().next()).copied()
    }

    /// The project's functions that a function calls, in order.
    pub(crate) fn callees(&self, facts: &Facts<'a>, function: Function<'a>) -> Vec<Function<'a>> {
        calls(function)
            .into_iter()
            .filter_map(|call| {
                let known = facts.index.resolve(function.scope(), &call.func).function();
                known.or_else(|| self.through_unit(facts, function, call))
            })
            .filter(|callee| !std::ptr::eq(callee.def, function.def) && !callee.file().installed)
            .collect()
    }

    /// `self.uow.projects.add(…)`: the repository that an attribute of the unit of work holds.
    fn through_unit(&self, facts: &Facts<'a>, function: Function<'a>, call: &'a ExprCall) -> Option<Function<'a>> {
        let method = call.func.as_attribute_expr()?;
        let held = method.value.as_attribute_expr()?;
        let unit = facts.index.instance(function.scope(), &held.value).class()?;
        if Some(unit) != self.unit_of_work {
            return None;
        }
        let (_, repository) = self.held.iter().find(|(name, _)| name == held.attr.as_str())?;
        facts.index.member(*repository, &method.attr)?.1.function()
    }

    /// The function of the repository layer behind a handler, through the service.
    pub(crate) fn query_of(&self, facts: &Facts<'a>, handler: &Handler<'a>) -> Option<Function<'a>> {
        let direct = || self.called(facts, handler.function, LayerKind::Repository);
        let service = self.called(facts, handler.function, LayerKind::Service);
        service.and_then(|service| self.called(facts, service, LayerKind::Repository)).or_else(direct)
    }

    /// Where what a function does is committed: in itself, or in what it calls.
    pub(crate) fn commit_of(&self, facts: &Facts<'a>, function: Function<'a>) -> Option<CommitPlace> {
        self.commit_within(facts, function, DEPTH)
    }

    fn commit_within(&self, facts: &Facts<'a>, function: Function<'a>, depth: u8) -> Option<CommitPlace> {
        if let Some(call) = commit_call(function) {
            let through = facts.index.instance(function.scope(), receiver(call)?).class();
            if through.is_some() && through == self.unit_of_work {
                return Some(CommitPlace::UnitOfWork);
            }
            return match self.layer_of(facts, function) {
                Some(LayerKind::Repository) => Some(CommitPlace::Repository),
                Some(LayerKind::Service) => Some(CommitPlace::Service),
                Some(_) => Some(CommitPlace::Endpoint),
                None => None,
            };
        }
        let depth = depth.checked_sub(1)?;
        self.callees(facts, function).into_iter().find_map(|callee| self.commit_within(facts, callee, depth))
    }
}

/// The project's functions that a function calls, in order.
pub(crate) fn callees<'a>(facts: &Facts<'a>, function: Function<'a>) -> Vec<Function<'a>> {
    let known = calls(function).into_iter().filter_map(|call| facts.index.resolve(function.scope(), &call.func).function());
    known.filter(|callee| !std::ptr::eq(callee.def, function.def) && !callee.file().installed).collect()
}

/// The calls in a function, in the order in which they happen.
fn calls(function: Function<'_>) -> Vec<&ExprCall> {
    let mut found: Vec<&ExprCall> = Vec::new();
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Call(call) = expr {
            found.push(call);
        }
    });
    found.sort_by_key(|call| ruff_text_size::Ranged::end(*call));
    found
}

/// `session.commit()` in a function, or a transaction block that commits at its end.
pub(crate) fn commit_call(function: Function<'_>) -> Option<&ExprCall> {
    let mut found = None;
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(attribute) = &*call.func
            && attribute.attr.as_str() == "commit"
        {
            found.get_or_insert(call);
        }
    });
    each_stmt(&function.def.body, &mut |stmt| {
        if let Stmt::With(with) = stmt {
            let blocks = with.items.iter().filter_map(|item| item.context_expr.as_call_expr());
            let begun = blocks.into_iter().find(|call| matches!(&*call.func, Expr::Attribute(attribute) if attribute.attr.as_str() == "begin"));
            found = found.or(begun);
        }
    });
    found
}

/// `session` of `session.commit()`.
fn receiver(call: &ExprCall) -> Option<&Expr> {
    call.func.as_attribute_expr().map(|attribute| &*attribute.value)
}

/// Names of what handlers call for the usual five, by majority.
pub(crate) fn names<'a>(
    facts: &Facts<'a>,
    mut called: impl FnMut(&Handler<'a>) -> Option<(Function<'a>, Option<Class<'a>>)>,
) -> Vec<(String, String)> {
    let named = Action::ALL.into_iter().filter_map(|action| {
        let mut votes = super::vote::Votes::default();
        for handler in facts.handlers.iter().filter(|handler| handler.action == Some(action)) {
            let Some((function, entity)) = called(handler) else { continue };
            let entity = entity.or(handler.entity);
            let name = entity.map_or_else(|| function.name().to_owned(), |entity| super::words::with_placeholders(function.name(), entity.name()));
            votes.add(name, handler.weight, &function.at());
        }
        votes.winner().map(|won| (action.name().to_owned(), won.value))
    });
    named.collect()
}
