//! How business rules are written: the kind of the layer, how handlers get it, what its methods are called.

use architect_model::{LayerKind, Observed, ServiceHolds, ServiceKind, ServiceMaking, ServiceStyle, SessionPassing};
use ruff_python_ast::{Expr, ExprCall};

use super::entity::Entity;
use super::facts::{Facts, symbol_of};
use super::handlers::{Action, Handler};
use super::places::{Held, ModuleFolders};
use super::repository::{class_suffix, exemplar, instance_name, is_interface, session_parameter};
use super::session::is_session;
use super::trace::{Layers, names};
use super::user::User;
use super::vote::Votes;
use super::walk::each_expr;
use super::words::with_placeholders;
use crate::read::layer;
use crate::resolve::{Class, Function, Resolution};

/// Reads how business rules are written.
pub(super) fn read<'a>(
    facts: &Facts<'a>,
    layers: &Layers<'a>,
    folders: &ModuleFolders,
    user: &User<'a>,
) -> ServiceStyle {
    let found = &layers.services;
    let mut kind = Votes::default();
    let mut suffix = Votes::default();
    let mut instance = Votes::default();
    let mut bases = Votes::default();
    for layer in &found.classes {
        let (weight, at) = (facts.weight_of(&layer.class.file().path), layer.class.at());
        kind.add(ServiceKind::Classes, weight, &at);
        suffix.extend_with(class_suffix(layer), weight, &at);
        instance.add(instance_name(facts, layer), weight, &at);
        // An interface says what one service has to do: nobody says how another does it.
        let may_be_extended = |class| !is_interface(facts, class);
        let base = facts
            .index
            .bases(layer.class)
            .into_iter()
            .find(|base| base.resolution.class().is_some_and(may_be_extended));
        bases.add(base.and_then(|base| symbol_of(&base.resolution)), weight, &at);
    }
    for layer in &found.files {
        kind.add(ServiceKind::Functions, facts.weight_of(&layer.file.path), &super::facts::start_of(layer.file));
    }
    let kind = kind.winner().unwrap_or_else(|| none(facts));
    let making = Making::read(facts, layers, folders);
    let by_kind = if kind.value == ServiceKind::Functions { ServiceMaking::Static } else { ServiceMaking::Provider };
    let made = making.made.or_assumed(by_kind);
    let provided = matches!(made.value, ServiceMaking::Provider | ServiceMaking::ClassDependency);
    let exemplar =
        exemplar(facts, &found.classes).or_else(|| found.files.first().map(|file| super::facts::start_of(file.file)));
    ServiceStyle {
        suffix: suffix.or_assumed("Service".to_owned()),
        base: bases.winner().and_then(|won| won.value),
        made,
        constructor: constructor(facts, layers, exemplar.as_ref()).map(layer::method),
        holds: constructor(facts, layers, exemplar.as_ref()).and_then(|init| holds(facts, layers, init)),
        provider: making.provider.winner().filter(|_| provided).map(|won| won.value),
        alias: making.alias.winner().filter(|_| provided).and_then(|won| won.value),
        provider_file: making.file.winner().filter(|_| provided).and_then(|won| won.value),
        instance: instance.winner().and_then(|won| won.value),
        methods: names(facts, |handler| {
            let function = layers.called(facts, handler.function, LayerKind::Service)?;
            let reads = matches!(handler.action, Some(Action::List | Action::Read));
            (!reads || !adds_rows(function)).then_some((function, None))
        }),
        session: session(facts, layers),
        filter_defaults: filter_defaults(facts, layers),
        user_parameter: user_parameter(facts, layers, user),
        statics: statics(facts, layers),
        exemplar,
        kind,
        ..ServiceStyle::default()
    }
}

/// Whether a function makes rows: one that does so on the way of a `GET` is not what others read with.
fn adds_rows(function: Function<'_>) -> bool {
    let mut adds = false;
    each_expr(&function.def.body, &mut |expr| {
        let attribute = expr.as_call_expr().and_then(|call| call.func.as_attribute_expr());
        adds |= attribute.is_some_and(|attribute| {
            let on_session = super::walk::last_name(&attribute.value).is_some_and(super::operations::is_session_name);
            on_session && matches!(attribute.attr.as_str(), "add" | "add_all")
        });
    });
    adds
}

fn none(facts: &Facts<'_>) -> Observed<ServiceKind> {
    let example = facts.handlers.first().map(|handler| handler.function.at());
    match example {
        Some(at) => Observed {
            value: ServiceKind::None,
            count: facts.handlers.len(),
            of: facts.handlers.len(),
            example: Some(at),
        },
        None => Observed::assumed(ServiceKind::Classes),
    }
}

/// Votes for how handlers get their service.
#[derive(Default)]
struct Making {
    made: Votes<ServiceMaking>,
    provider: Votes<String>,
    alias: Votes<Option<String>>,
    file: Votes<Option<String>>,
}

impl Making {
    fn read<'a>(facts: &Facts<'a>, layers: &Layers<'a>, folders: &ModuleFolders) -> Self {
        let mut making = Self::default();
        for handler in &facts.handlers {
            if !making.by_parameter(facts, layers, folders, handler) {
                making.by_call(facts, layers, handler);
            }
        }
        making
    }

    /// The handler declares the service as a dependency.
    fn by_parameter<'a>(
        &mut self,
        facts: &Facts<'a>,
        layers: &Layers<'a>,
        folders: &ModuleFolders,
        handler: &Handler<'a>,
    ) -> bool {
        let mut found = false;
        for parameter in &handler.parameters {
            let class = parameter.class().and_then(Resolution::class);
            let Some(service) = class.and_then(|class| layers.service(class)) else { continue };
            let Some(depends) = &parameter.depends else { continue };
            found = true;
            let at = handler.function.at();
            let named = |name: &str| {
                service.entity.map_or_else(|| name.to_owned(), |entity| with_placeholders(name, entity.name()))
            };
            match &depends.target {
                Resolution::Function(provider) => {
                    self.made.add(ServiceMaking::Provider, handler.weight, &at);
                    self.provider.add(named(provider.name()), handler.weight, &at);
                    self.file.add(
                        provider_file(facts, folders, handler, *provider, service.entity),
                        handler.weight,
                        &at,
                    );
                }
                Resolution::Class(_) => self.made.add(ServiceMaking::ClassDependency, handler.weight, &at),
                _ => continue,
            }
            self.alias.add(depends.alias.as_ref().map(|alias| named(&alias.name)), handler.weight, &at);
        }
        found
    }

    /// The handler calls a service that it has in another way.
    fn by_call<'a>(&mut self, facts: &Facts<'a>, layers: &Layers<'a>, handler: &Handler<'a>) {
        let mut calls: Vec<&'a ExprCall> = Vec::new();
        each_expr(&handler.function.def.body, &mut |expr| {
            if let Expr::Call(call) = expr {
                calls.push(call);
            }
        });
        let scope = handler.function.scope();
        let made = calls.iter().find_map(|call| {
            let callee = facts.index.resolve(scope, &call.func);
            if let Resolution::Class(class) = callee {
                return layers.service(class).map(|_| ServiceMaking::InHandler);
            }
            let callee = callee.function()?;
            if layers.layer_of(callee) != Some(LayerKind::Service) {
                return None;
            }
            let Expr::Attribute(attribute) = &*call.func else { return Some(ServiceMaking::Static) };
            // `ItemService(session).create(…)`.
            if attribute.value.is_call_expr() {
                return Some(ServiceMaking::InHandler);
            }
            match facts.index.resolve(scope, &attribute.value) {
                Resolution::Variable(variable) if !variable.scope.is_local() => Some(ServiceMaking::Instance),
                Resolution::Variable(_) => Some(ServiceMaking::InHandler),
                Resolution::Class(_) | Resolution::Module(_) => Some(ServiceMaking::Static),
                _ => None,
            }
        });
        self.made.extend_with(made, handler.weight, &handler.function.at());
    }
}

/// The file of a provider, where that is not the file of its handlers.
fn provider_file<'a>(
    facts: &Facts<'a>,
    folders: &ModuleFolders,
    handler: &Handler<'a>,
    provider: Function<'a>,
    entity: Option<Entity<'a>>,
) -> Option<String> {
    let file = &provider.file().path;
    if *file == handler.function.file().path {
        return None;
    }
    let entities = entity.map(|entity| entity.name().to_owned()).into_iter().collect();
    let held =
        Held { layer: LayerKind::Dependencies, file: file.to_string(), entities, telling: true, at: provider.at() };
    let stem = super::path::stem(file);
    // `api/deps.py` is one file for all; only a name that speaks of the module has a placeholder.
    let placed = folders.place(facts, held);
    let fixed = placed.module.as_deref() == Some(stem)
        && entity.is_none_or(|entity| with_placeholders(stem, entity.name()) == stem);
    Some(if fixed { file.to_string() } else { placed.pattern })
}

/// `__init__` of the class that shows the style best.
fn constructor<'a>(
    facts: &Facts<'a>,
    layers: &Layers<'a>,
    exemplar: Option<&architect_model::Location>,
) -> Option<Function<'a>> {
    let class = layers.services.classes.iter().find(|layer| Some(&layer.class.at()) == exemplar)?.class;
    let (_, member) = facts.index.member(class, "__init__")?;
    member.function()
}

/// What a constructor is given to work with: the first parameter that is a unit of work, a repository or a session.
fn holds<'a>(facts: &Facts<'a>, layers: &Layers<'a>, init: Function<'a>) -> Option<ServiceHolds> {
    facts.parameters(init).iter().find_map(|parameter| {
        let name = parameter.name.to_owned();
        let resolved = parameter.class()?;
        if is_session(resolved) {
            return Some(ServiceHolds::Session { name });
        }
        let class = resolved.class()?;
        if layers.is_unit_of_work(facts, class) {
            return Some(ServiceHolds::UnitOfWork { name });
        }
        let repository = layers.repositories.classes.iter().find(|layer| layer.class == class)?;
        let name = repository.entity.map_or(name, |entity| with_placeholders(parameter.name, entity.name()));
        Some(ServiceHolds::Repository { name })
    })
}

pub(super) fn methods<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> Vec<Function<'a>> {
    let functions = layers.services.files.iter().flat_map(|file| file.functions.iter().copied());
    let classes = layers.services.classes.iter().flat_map(|layer| facts.index.methods(layer.class));
    classes.chain(functions).collect()
}

/// Whether what may be left out of the methods that handlers list with has a default.
fn filter_defaults<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> Observed<bool> {
    let mut votes = Votes::default();
    for handler in facts.handlers.iter().filter(|handler| handler.action == Some(Action::List)) {
        let Some(method) = layers.called(facts, handler.function, LayerKind::Service) else { continue };
        for parameter in facts.parameters(method) {
            if parameter.annotation.as_ref().is_some_and(|annotation| annotation.optional) {
                votes.add(parameter.default.is_some(), handler.weight, &method.at());
            }
        }
    }
    votes.or_assumed(true)
}

/// How session and user reach a method.
fn session<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> Observed<SessionPassing> {
    let mut votes = Votes::default();
    let has_constructor =
        |class: Class<'a>| facts.index.member(class, "__init__").is_some_and(|(owner, _)| !owner.file().installed);
    for layer in &layers.services.classes {
        let weight = facts.weight_of(&layer.class.file().path);
        let methods = facts.index.methods(layer.class);
        let public = methods.iter().filter(|method| !method.name().starts_with('_'));
        let mut how = public.filter_map(|method| session_parameter(facts, layers, *method)).map(|(_, keyword)| keyword);
        let passing = match how.next() {
            Some(true) => Some(SessionPassing::Keyword),
            Some(false) => Some(SessionPassing::FirstParameter),
            None => has_constructor(layer.class).then_some(SessionPassing::Constructor),
        };
        votes.extend_with(passing, weight, &layer.class.at());
    }
    for function in layers.services.files.iter().flat_map(|file| &file.functions) {
        if let Some((_, keyword)) = session_parameter(facts, layers, *function) {
            let passing = if keyword { SessionPassing::Keyword } else { SessionPassing::FirstParameter };
            votes.add(passing, facts.weight_of(&function.file().path), &function.at());
        }
    }
    votes.or_assumed(SessionPassing::Constructor)
}

/// Whether the public methods of most service classes are static.
fn statics<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> Observed<bool> {
    let mut votes = Votes::default();
    for layer in &layers.services.classes {
        let methods = facts.index.methods(layer.class);
        let public = || methods.iter().filter(|method| !method.name().starts_with('_'));
        let is_static = |method: &&Function<'a>| {
            let mut decorators = method.def.decorator_list.iter();
            decorators.any(|one| super::walk::last_name(&one.expression) == Some("staticmethod"))
        };
        if public().next().is_some() {
            let all = public().filter(is_static).count() * 2 > public().count();
            votes.add(all, facts.weight_of(&layer.class.file().path), &layer.class.at());
        }
    }
    votes.or_assumed(false)
}

/// What the signed-in user is called in methods: the row, or its key alone.
fn user_parameter<'a>(facts: &Facts<'a>, layers: &Layers<'a>, signed_in: &User<'a>) -> Observed<String> {
    let user = signed_in.class;
    // What handlers are given may be handed on as it is: an object that carries the row.
    let given = signed_in.parameter.value.class.as_ref().filter(|class| class.module != "builtins");
    let owners = user.map(|user| super::user::owner_columns(facts, user)).unwrap_or_default();
    let mut votes = Votes::default();
    let all = methods(facts, layers);
    for method in &all {
        // A service of users takes the key of the row it works on, which is no caller.
        if facts.is_of_users(&method.file().path) {
            continue;
        }
        for parameter in facts.parameters(*method) {
            let class = parameter.class().and_then(Resolution::class);
            let is_given = class.is_some_and(|class| Some(&class.symbol()) == given);
            let is_user = is_given || class.is_some() && class == user;
            let is_key = ["user_id", "owner_id", "current_user_id"].contains(&parameter.name)
                || owners.iter().any(|column| column == parameter.name && column.ends_with("_id"));
            let named = ["current_user", "user", "actor"].contains(&parameter.name)
                && class.is_none_or(|class| facts.entity_of_name(class.name()).map(|entity| entity.class) == user);
            if is_user || is_key || named {
                votes.add(parameter.name.to_owned(), facts.weight_of(&method.file().path), &method.at());
                break;
            }
        }
    }
    // Without any, handlers hand on what they are given: the key where that is all they have.
    let handed = Some(&signed_in.parameter.value.name).filter(|name| signed_in.gives_key() && !name.is_empty());
    votes.or_assumed(handed.cloned().unwrap_or_else(|| "user".to_owned()))
}
