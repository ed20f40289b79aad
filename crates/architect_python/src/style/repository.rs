//! How queries are written: the kind of the layer, its base class, how the session reaches it.

mod base_class;
pub(super) use base_class::is_interface;
pub(super) mod owned;
mod violations;

use architect_model::{Location, Observed, RepositoryKind, RepositoryStyle, SessionPassing};
use ruff_python_ast::Stmt;
use rustc_hash::FxHashSet;

use super::deletion::Mark;
use super::facts::{Facts, address};
use super::session::is_session;
use super::trace::{Layers, names};
use super::vote::{USUAL, Votes};
use super::words::with_placeholders;
use crate::read::layer::LayerClass;
use crate::resolve::{Class, Function, Resolution};

/// Reads how queries are written.
pub(super) fn read<'a>(facts: &Facts<'a>, layers: &Layers<'a>, mark: Option<&Mark<'a>>) -> RepositoryStyle {
    let found = &layers.repositories;
    let mut kind = Votes::default();
    let mut names_of = Votes::default();
    let mut instance = Votes::default();
    for layer in &found.classes {
        let (weight, at) = (facts.weight_of(&layer.class.file().path), layer.class.at());
        kind.add(RepositoryKind::Classes, weight, &at);
        names_of.extend_with(class_name(layer), weight, &at);
        instance.add(instance_name(facts, layer), weight, &at);
    }
    for layer in &found.files {
        let at = super::facts::start_of(layer.file);
        kind.add(RepositoryKind::Functions, facts.weight_of(&layer.file.path), &at);
    }
    let functions = functions(facts, layers);
    let (session, session_name) = passing(facts, layers, &functions);
    let base = base_class::read(facts, layers, mark);
    RepositoryStyle {
        kind: kind.winner().unwrap_or_else(|| none(facts)),
        class_name: names_of.or_assumed("{Entity}Repository".to_owned()),
        session,
        session_name,
        instance: instance.or_assumed(None),
        methods: names(facts, |handler| {
            let function = layers.query_of(facts, handler)?;
            Some((function, None))
        }),
        exemplar: exemplar(facts, &found.classes)
            .or_else(|| found.files.first().map(|file| super::facts::start_of(file.file))),
        base,
        ..RepositoryStyle::default()
    }
}

/// No such layer: as many places as there are handlers show it.
fn none(facts: &Facts<'_>) -> Observed<RepositoryKind> {
    let example = facts.handlers.first().map(|handler| handler.function.at());
    match example {
        Some(at) => Observed {
            value: RepositoryKind::None,
            count: facts.handlers.len(),
            of: facts.handlers.len(),
            example: Some(at),
        },
        None => Observed::assumed(RepositoryKind::Classes),
    }
}

/// The name of a class with a placeholder for the table class: `{Entity}Repository`, `CRUD{Entity}`.
fn class_name(layer: &LayerClass<'_>) -> Option<String> {
    let (name, one) = (layer.class.name(), layer.entity?.name());
    let many = super::words::plural(one);
    let before = |(word, placeholder): (&str, &str)| {
        let rest = name.strip_prefix(word).filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))?;
        Some(format!("{placeholder}{rest}"))
    };
    let behind = |(word, placeholder): (&str, &str)| {
        let front = name.strip_suffix(word).filter(|front| !front.is_empty())?;
        Some(format!("{front}{placeholder}"))
    };
    let words = [(many.as_str(), "{Entities}"), (one, "{Entity}")];
    words.into_iter().find_map(before).or_else(|| words.into_iter().find_map(behind))
}

/// What follows the table class in the name of a class: `Service`.
pub(super) fn class_suffix(layer: &LayerClass<'_>) -> Option<String> {
    let entity = layer.entity?;
    let name = layer.class.name();
    let many = super::words::plural(entity.name());
    let rest = name.strip_prefix(many.as_str()).or_else(|| name.strip_prefix(entity.name()));
    rest.filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase())).map(str::to_owned)
}

/// The name of the module-level instance of a class, with placeholders.
pub(super) fn instance_name<'a>(facts: &Facts<'a>, layer: &LayerClass<'a>) -> Option<String> {
    let (name, _) = instance(facts, layer.class)?;
    Some(match layer.entity {
        Some(entity) => with_placeholders(name, entity.name()),
        None => name.to_owned(),
    })
}

/// The statement that makes a module-level instance of a class, in its own file.
pub(super) fn instance<'a>(facts: &Facts<'a>, class: Class<'a>) -> Option<(&'a str, &'a Stmt)> {
    let file = class.file();
    file.body().iter().find_map(|stmt| {
        let name = super::facts::assigned(stmt)?;
        let value = match stmt {
            Stmt::Assign(assign) => Some(&*assign.value),
            Stmt::AnnAssign(assign) => assign.value.as_deref(),
            _ => None,
        }?;
        let call = value.as_call_expr()?;
        let made = facts.index.resolve(crate::resolve::Scope::module(file), &call.func).class();
        (made == Some(class)).then_some((name, stmt))
    })
}

/// The public functions of the layer, those of base classes once.
fn functions<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> Vec<Function<'a>> {
    let mut found: Vec<Function<'a>> =
        layers.repositories.files.iter().flat_map(|file| file.functions.clone()).collect();
    let mut seen = FxHashSet::default();
    for layer in &layers.repositories.classes {
        for class in facts.index.mro(layer.class).classes().filter(|class| !class.file().installed) {
            if seen.insert(address(class.def)) {
                found.extend(facts.index.methods(class));
            }
        }
    }
    found
}

/// How the session reaches functions, and what it is called there.
fn passing<'a>(
    facts: &Facts<'a>,
    layers: &Layers<'a>,
    functions: &[Function<'a>],
) -> (Observed<SessionPassing>, Observed<String>) {
    let mut votes = Votes::default();
    let mut names = Votes::default();
    for function in functions {
        let weight = facts.weight_of(&function.file().path);
        let Some((name, keyword_only)) = session_parameter(facts, layers, *function) else { continue };
        let how = match (function.name() == "__init__", keyword_only) {
            (true, _) => SessionPassing::Constructor,
            (false, true) => SessionPassing::Keyword,
            (false, false) => SessionPassing::FirstParameter,
        };
        // One constructor stands for all methods of its class.
        let weight = if how == SessionPassing::Constructor { weight * 8 } else { weight };
        votes.add(how, weight, &function.at());
        names.add(name.to_owned(), weight, &function.at());
    }
    if functions.is_empty() {
        // Without such a layer services say what a session is called.
        for function in super::service::methods(facts, layers) {
            let name = session_parameter(facts, layers, function).map(|(name, _)| name.to_owned());
            names.extend_with(name, facts.weight_of(&function.file().path), &function.at());
        }
    }
    (votes.or_assumed(SessionPassing::Constructor), names.or_assumed("session".to_owned()))
}

/// The parameter that is a session, and whether it is passed by keyword only.
pub(super) fn session_parameter<'a>(
    facts: &Facts<'a>,
    layers: &Layers<'a>,
    function: Function<'a>,
) -> Option<(&'a str, bool)> {
    let found = facts.parameters(function).iter().find(|parameter| {
        let class = parameter.class();
        let is_unit = || class.and_then(Resolution::class).is_some_and(|class| layers.is_unit_of_work(facts, class));
        match class {
            Some(class) => is_session(class) || is_unit(),
            None => super::operations::is_session_name(parameter.name),
        }
    })?;
    let keyword_only =
        function.def.parameters.kwonlyargs.iter().any(|parameter| parameter.name().as_str() == found.name);
    Some((found.name, keyword_only))
}

/// The class with the most methods among those of features.
pub(super) fn exemplar<'a>(facts: &Facts<'a>, classes: &[LayerClass<'a>]) -> Option<Location> {
    let size = |layer: &&LayerClass<'a>| facts.index.methods(layer.class).len();
    let usual = classes.iter().filter(|layer| facts.weight_of(&layer.class.file().path) == USUAL);
    let best = usual.rev().max_by_key(size).or_else(|| classes.iter().rev().max_by_key(size));
    best.map(|layer| layer.class.at())
}
