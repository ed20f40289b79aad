//! Follows handlers into services and repositories: what is called for what, and where it is committed.

use architect_model::{CommitPlace, LayerKind};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use super::entity::Entity;
use super::facts::Facts;
use super::facts::{Layered, address};
use super::handlers::{Action, Handler};
use super::session;
use super::walk::{each_expr, each_stmt};
use crate::read::layer::{Found, LayerClass};
use crate::resolve::{Class, Function};
use crate::syntax::Memo;

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
    classes: FxHashMap<usize, LayerKind>,
    files: FxHashMap<&'a str, LayerKind>,
    handlers: FxHashSet<usize>,
    services_by_class: FxHashMap<usize, usize>,
    callees: Memo<usize, Vec<Function<'a>>>,
    commits: Memo<usize, Option<CommitPlace>>,
}

/// How deep calls are followed.
const DEPTH: u8 = 4;

impl<'a> Layers<'a> {
    /// The layers of a project.
    pub(crate) fn collect(facts: &Facts<'a>) -> Self {
        let (repositories, services) =
            rayon::join(|| Found::collect(facts, Layered::Repository), || Found::collect(facts, Layered::Service));
        let mut classes = FxHashMap::default();
        let mut files = FxHashMap::default();
        for (found, kind) in [(&services, LayerKind::Service), (&repositories, LayerKind::Repository)] {
            for layer in &found.classes {
                let ancestors = facts.index.mro(layer.class).classes();
                classes.extend(ancestors.map(|class| (address(class.def), kind)));
            }
            files.extend(found.files.iter().map(|layer| (&*layer.file.path, kind)));
        }
        let handlers = facts.handlers.iter().map(|handler| address(handler.function.def)).collect();
        let unit = session::find_unit_of_work(facts);
        let held = unit.map(|class| session::held_by_unit(facts, class)).unwrap_or_default();
        let numbered = services.classes.iter().enumerate();
        let services_by_class = numbered.map(|(number, layer)| (address(layer.class.def), number)).collect();
        let buckets = facts.files.len() * 8;
        Self {
            repositories,
            services,
            unit_of_work: unit,
            held,
            classes,
            files,
            handlers,
            services_by_class,
            callees: Memo::with_buckets(buckets),
            commits: Memo::with_buckets(buckets),
        }
    }

    /// The layer that a function belongs to.
    pub(crate) fn layer_of(&self, function: Function<'a>) -> Option<LayerKind> {
        let known = match function.class() {
            Some(class) => self.classes.get(&address(class.def)),
            None => self.files.get(&*function.file().path),
        };
        let handler = || self.handlers.contains(&address(function.def)).then_some(LayerKind::Endpoints);
        known.copied().or_else(handler)
    }

    /// The service of a class.
    pub(crate) fn service(&self, class: Class<'a>) -> Option<&LayerClass<'a>> {
        self.services_by_class.get(&address(class.def)).and_then(|number| self.services.classes.get(*number))
    }

    /// Whether a class is the unit of work, or derives from it.
    pub(crate) fn is_unit_of_work(&self, facts: &Facts<'a>, class: Class<'a>) -> bool {
        self.unit_of_work.is_some_and(|unit| facts.index.mro(class).classes().any(|ancestor| ancestor == unit))
    }

    /// The first function of a layer that a handler reaches.
    pub(crate) fn called(&self, facts: &Facts<'a>, function: Function<'a>, layer: LayerKind) -> Option<Function<'a>> {
        let callees = self.callees(facts, function);
        let wanted = |callee: &&Function<'a>| self.layer_of(**callee) == Some(layer);
        // What is called last does the work: what comes before it fetches and checks. Lists are counted after.
        // What makes a repository or hands out a service does no work either.
        let counts = |callee: &&Function<'a>| callee.name().contains("count") || makes(**callee);
        let of_layer = || callees.iter().rev().filter(wanted);
        of_layer().find(|callee| !counts(callee)).or_else(|| of_layer().find(|callee| !makes(**callee))).copied()
    }

    /// The project's functions that a function calls, in order.
    pub(crate) fn callees(&self, facts: &Facts<'a>, function: Function<'a>) -> &[Function<'a>] {
        self.callees.get_or(address(function.def), || self.find_callees(facts, function))
    }

    fn find_callees(&self, facts: &Facts<'a>, function: Function<'a>) -> Vec<Function<'a>> {
        calls(function)
            .into_iter()
            .filter_map(|call| self.callee(facts, function, call))
            .filter(|callee| !std::ptr::eq(callee.def, function.def))
            .collect()
    }

    /// The project's function that a call in `function` calls.
    pub(crate) fn callee(&self, facts: &Facts<'a>, function: Function<'a>, call: &'a ExprCall) -> Option<Function<'a>> {
        let known = facts.index.resolve(function.scope(), &call.func).function();
        known.or_else(|| self.through_unit(facts, function, call)).filter(|callee| !callee.file().installed)
    }

    /// `self.uow.projects.add(…)`: the repository that an attribute of the unit of work holds.
    fn through_unit(&self, facts: &Facts<'a>, function: Function<'a>, call: &'a ExprCall) -> Option<Function<'a>> {
        let method = call.func.as_attribute_expr()?;
        let held = method.value.as_attribute_expr()?;
        let unit = facts.index.instance(function.scope(), &held.value).class()?;
        if !self.is_unit_of_work(facts, unit) {
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
        *self.commits.get_or(address(function.def), || self.commit_within(facts, function, DEPTH))
    }

    /// Whether a function runs a block in a unit of work, `with UnitOfWork() as uow:`, that commits when it is left.
    fn enters_unit(&self, facts: &Facts<'a>, function: Function<'a>) -> bool {
        let Some(unit) = self.unit_of_work.filter(|unit| commits_on_exit(facts, *unit)) else { return false };
        let mut entered = false;
        each_stmt(&function.def.body, &mut |stmt| {
            if let Stmt::With(with) = stmt {
                let mut items = with.items.iter();
                entered |= items.any(|item| {
                    let class = facts.index.instance(function.scope(), &item.context_expr).class();
                    class.is_some_and(|class| class == unit || self.is_unit_of_work(facts, class))
                });
            }
        });
        entered
    }

    fn commit_within(&self, facts: &Facts<'a>, function: Function<'a>, depth: u8) -> Option<CommitPlace> {
        if let Some(session) = commits(function) {
            let through = facts.index.instance(function.scope(), session).class();
            if through.is_some_and(|class| self.is_unit_of_work(facts, class)) {
                return Some(CommitPlace::UnitOfWork);
            }
            return match self.layer_of(function) {
                Some(LayerKind::Repository) => Some(CommitPlace::Repository),
                Some(LayerKind::Service) => Some(CommitPlace::Service),
                Some(_) => Some(CommitPlace::Endpoint),
                None => None,
            };
        }
        if self.enters_unit(facts, function) {
            return Some(CommitPlace::UnitOfWork);
        }
        let depth = depth.checked_sub(1)?;
        self.callees(facts, function).iter().find_map(|callee| self.commit_within(facts, *callee, depth))
    }
}

/// Whether a function gives an object to work with: a class method, `get_settings_service`.
fn makes(function: Function<'_>) -> bool {
    let is_class_method = function
        .def
        .decorator_list
        .iter()
        .any(|decorator| decorator.expression.as_name_expr().is_some_and(|name| name.id == "classmethod"));
    is_class_method || function.name().ends_with("_service") || function.name().ends_with("_repository")
}

/// The project's functions that a function calls, in order.
pub(crate) fn callees<'a>(facts: &Facts<'a>, function: Function<'a>) -> Vec<Function<'a>> {
    let known =
        calls(function).into_iter().filter_map(|call| facts.index.resolve(function.scope(), &call.func).function());
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

/// Whether leaving the block of a unit of work commits.
pub(crate) fn commits_on_exit<'a>(facts: &Facts<'a>, unit: Class<'a>) -> bool {
    ["__exit__", "__aexit__"].iter().any(|name| {
        let member = facts.index.member(unit, name).and_then(|(_, member)| member.function());
        member.is_some_and(|exit| commits(exit).is_some())
    })
}

/// The session that a function commits: `session.commit`, called there or handed on to be called, or a transaction
/// block that commits at its end.
pub(crate) fn commits(function: Function<'_>) -> Option<&Expr> {
    let mut found = None;
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Attribute(attribute) = expr
            && attribute.attr.as_str() == "commit"
        {
            found.get_or_insert(&*attribute.value);
        }
    });
    each_stmt(&function.def.body, &mut |stmt| {
        if let Stmt::With(with) = stmt {
            let blocks =
                with.items.iter().filter_map(|item| item.context_expr.as_call_expr()?.func.as_attribute_expr());
            let begun = blocks.into_iter().find(|block| block.attr.as_str() == "begin");
            found = found.or(begun.map(|block| &*block.value));
        }
    });
    found
}

/// Names of what handlers call for the usual five, by majority.
pub(crate) fn names<'a>(
    facts: &Facts<'a>,
    mut called: impl FnMut(&Handler<'a>) -> Option<(Function<'a>, Option<Entity<'a>>)>,
) -> Vec<(String, String)> {
    let named = Action::ALL.into_iter().filter_map(|action| {
        // What users do has names of its own (`sign_up`): features say how things are called, where there are any.
        let (mut features, mut users) = (super::vote::Votes::default(), super::vote::Votes::default());
        for handler in facts.handlers.iter().filter(|handler| handler.action == Some(action)) {
            let Some((function, entity)) = called(handler) else { continue };
            let entity = entity.or(handler.entity);
            let name = entity.map_or_else(
                || function.name().to_owned(),
                |entity| super::words::with_placeholders(function.name(), entity.name()),
            );
            let of_users = facts.is_of_users(&function.file().path);
            let votes = if of_users { &mut users } else { &mut features };
            votes.add(name, handler.weight, &function.at());
        }
        let named = |name: &String| name.contains('{') || !name.contains('_');
        let won = features.winner().map(|won| won.value).or_else(|| users.most(named));
        won.map(|name| (action.name().to_owned(), name))
    });
    named.collect()
}
