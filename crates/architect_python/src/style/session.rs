//! How the database session is had, and where the transaction is committed.

mod offered;

use architect_model::{CommitPlace, DependencyParameter, MadeRepository, Observed, SessionStyle, Symbol, UnitOfWork};
use rayon::prelude::*;
use ruff_python_ast::{Expr, Stmt};

use super::facts::{Facts, symbol_of};
use super::handlers::{Action, Param};
use super::trace::Layers;
use super::vote::Votes;
use super::walk::{each_expr, each_stmt};
use crate::resolve::{Class, Function, Resolution};

/// Reads how sessions are had.
pub(super) fn read<'a>(facts: &Facts<'a>, layers: &Layers<'a>, functions: &[Function<'a>]) -> SessionStyle {
    let uses = uses(facts, layers, functions);
    // Where most declare a unit of work, they declare it in the session's place.
    let declared = |unit: bool| uses.iter().filter(|found| found.parameter.is_some() && found.is_unit == unit).count();
    let by_unit = declared(true) > declared(false);
    let mut is_async = Votes::default();
    let mut classes = Votes::default();
    let mut parameters = Votes::default();
    for found in &uses {
        let weight = facts.weight_of(&found.at.file);
        if let Some(class) = &found.session {
            is_async.add(class.name.contains("Async"), weight, &found.at);
            classes.add(class.clone(), weight, &found.at);
        }
        if let Some(parameter) = found.parameter.as_ref().filter(|_| found.is_unit == by_unit) {
            parameters.add(parameter.clone(), weight, &found.at);
        }
    }
    // One that is opened where it is used, `with UnitOfWork() as uow:`, stands in nobody's signature.
    let unit = layers.unit_of_work.filter(|_| uses.iter().any(|found| found.is_unit));
    let (mut commit, mut commits) = commits(facts, layers, &uses);
    if unit.is_none() {
        // New code is given a session then, and the unit of work that would commit is not entered.
        let instead = nowhere(layers);
        let places = commits.iter_mut().map(|(_, place)| place).chain([&mut commit.value]);
        places.filter(|place| **place == CommitPlace::UnitOfWork).for_each(|place| *place = instead);
    }
    let kind = is_async.winner();
    let parameter = parameters.winner().or_else(|| offered::find(facts, kind.as_ref().map(|kind| kind.value)));
    let offered = parameter.as_ref().and_then(|parameter| parameter.value.class.clone());
    let offered_kind = offered.as_ref().map(offered::is_async);
    SessionStyle {
        expires: !keeps_rows(facts),
        is_async: kind.unwrap_or_else(|| Observed::assumed(offered_kind.unwrap_or(false))),
        class: classes.winner().map(|won| won.value).or(offered),
        parameter: parameter.unwrap_or_else(|| {
            Observed::assumed(DependencyParameter { name: "session".into(), ..DependencyParameter::default() })
        }),
        commit,
        commits,
        unit_of_work: unit.map(|class| unit_of_work(facts, class, &layers.held)),
    }
}

/// Whether some session is made so that a commit leaves rows as they are: `async_sessionmaker(expire_on_commit=False)`.
fn keeps_rows(facts: &Facts<'_>) -> bool {
    facts.index.files().project().iter().filter(|file| file.source().contains("expire_on_commit")).any(|file| {
        let mut found = false;
        each_expr(file.body(), &mut |expr| {
            let keeps = expr.as_call_expr().and_then(|call| super::walk::keyword(call, "expire_on_commit"));
            found |= matches!(keeps, Some(Expr::BooleanLiteral(literal)) if !literal.value);
        });
        found
    })
}

/// A place that names a session.
struct Use<'a> {
    at: architect_model::Location,
    /// Class of the session.
    session: Option<Symbol>,
    /// Whether it is a unit of work.
    is_unit: bool,
    /// How a dependency declares it.
    parameter: Option<DependencyParameter>,
    /// The function that gives it.
    dependency: Option<Function<'a>>,
}

/// The sessions in the signatures of handlers, providers, repositories and services.
fn uses<'a>(facts: &Facts<'a>, layers: &Layers<'a>, functions: &[Function<'a>]) -> Vec<Use<'a>> {
    let of_function = |function: &Function<'a>| -> Vec<Use<'a>> {
        let parameters = facts.parameters(*function).iter();
        parameters.filter_map(|parameter| session_use(facts, layers, *function, parameter)).collect()
    };
    functions.par_iter().flat_map_iter(of_function).collect()
}

fn session_use<'a>(
    facts: &Facts<'a>,
    layers: &Layers<'a>,
    function: Function<'a>,
    parameter: &Param<'a>,
) -> Option<Use<'a>> {
    let class = parameter.class()?;
    let session = is_session(class).then(|| symbol_of(class)).flatten();
    let is_unit = class.class().is_some_and(|class| layers.is_unit_of_work(facts, class));
    if session.is_none() && !is_unit {
        return None;
    }
    let declared = parameter.depends.as_ref().map(|depends| DependencyParameter {
        name: parameter.name.to_owned(),
        alias: depends.alias.clone(),
        dependency: symbol_of(&depends.target),
        class: symbol_of(class),
        annotated: depends.annotated,
    });
    let dependency = parameter.depends.as_ref().and_then(|depends| depends.target.function());
    Some(Use { at: function.at(), session, is_unit, parameter: declared, dependency })
}

/// Whether a class is a database session.
pub(crate) fn is_session(class: &Resolution<'_>) -> bool {
    let named = |path: &str| {
        let name = path.rsplit('.').next().unwrap_or_default();
        let from = path.starts_with("sqlmodel.") || path.starts_with("sqlalchemy.");
        from && (name == "Session"
            || name == "AsyncSession"
            || name == "async_scoped_session"
            || name == "scoped_session")
    };
    match class {
        Resolution::Library(path) => named(path),
        Resolution::Class(class) => is_called_session(class.name()),
        // `AsyncSession = NewType("AsyncSession", sqlalchemy.ext.asyncio.AsyncSession)`
        Resolution::Variable(variable) => {
            let made = variable.value.and_then(Expr::as_call_expr);
            made.is_some_and(|call| super::walk::last_name(&call.func) == Some("NewType"))
                && is_called_session(variable.name)
        }
        _ => false,
    }
}

fn is_called_session(name: &str) -> bool {
    matches!(name, "AsyncSession" | "Session" | "DBSession" | "AsyncReadSession")
}

/// Where handlers' work is committed: followed from each handler that writes.
fn commits<'a>(
    facts: &Facts<'a>,
    layers: &Layers<'a>,
    uses: &[Use<'a>],
) -> (Observed<CommitPlace>, Vec<(String, CommitPlace)>) {
    let in_dependency =
        uses.iter().find_map(|found| found.dependency.filter(|function| super::trace::commits(*function).is_some()));
    let exits = layers.unit_of_work.is_some_and(|unit| super::trace::commits_on_exit(facts, unit));
    let on_exit = exits && uses.iter().any(|found| found.is_unit && found.parameter.is_some());
    let elsewhere =
        if on_exit { Some(CommitPlace::UnitOfWork) } else { in_dependency.map(|_| CommitPlace::Dependency) };
    let mut all = Votes::default();
    let mut each = Vec::new();
    for action in [Action::Create, Action::Update, Action::Delete] {
        let mut votes = Votes::default();
        for handler in facts.handlers.iter().filter(|handler| handler.action == Some(action)) {
            let place = layers.commit_of(facts, handler.function).or(elsewhere);
            if let Some(place) = place {
                votes.add(place, handler.weight, &handler.function.at());
                all.add(place, handler.weight, &handler.function.at());
            }
        }
        each.extend(votes.winner().map(|won| (action.name().to_owned(), won.value)));
    }
    let fallback = || {
        let function = in_dependency?;
        Some(Observed { value: CommitPlace::Dependency, count: 1, of: 1, example: Some(function.at()) })
    };
    let commit = all
        .winner()
        .or_else(fallback)
        .or_else(|| anywhere(facts, layers))
        .unwrap_or_else(|| Observed::assumed(nowhere(layers)));
    (commit, each)
}

/// Where new code commits when no code of the project shows a commit: a package does it, and nobody may forget it.
fn nowhere(layers: &Layers<'_>) -> CommitPlace {
    let has_services = !layers.services.classes.is_empty() || !layers.services.files.is_empty();
    if has_services { CommitPlace::Service } else { CommitPlace::Endpoint }
}

/// Where commits stand, when no handler could be followed to one.
fn anywhere<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> Option<Observed<CommitPlace>> {
    let mut votes = Votes::default();
    for file in &facts.files {
        let methods = facts.index.classes(file).flat_map(|class| facts.index.methods(class));
        for function in facts.index.functions(file).into_iter().chain(methods) {
            if super::trace::commits(function).is_some()
                && let Some(place) = layers.commit_of(facts, function)
            {
                votes.add(place, facts.weight_of(&file.path), &function.at());
            }
        }
    }
    votes.winner()
}

/// A class with `commit` that is entered like a context, or rolls back: a session in a wrapper.
pub(crate) fn find_unit_of_work<'a>(facts: &Facts<'a>) -> Option<Class<'a>> {
    let classes = facts.files.iter().flat_map(|file| facts.index.classes(file));
    let mut found: Vec<Class<'a>> = classes
        .filter(|class| {
            let name = class.name().to_lowercase();
            ["unitofwork", "uow", "unit_of_work"].iter().any(|word| name.contains(word))
        })
        .filter(|class| {
            let has = |name: &str| facts.index.member(*class, name).is_some();
            // A protocol or an abstract class only describes the one that is used.
            let mro = facts.index.mro(*class);
            let is_abstract = mro.has("typing.Protocol")
                || facts.index.bases(*class).iter().any(|base| base.resolution.is("abc.ABC"));
            !is_abstract && (has("__aenter__") || has("__enter__") || has("commit"))
        })
        .collect();
    let extended = |class: &Class<'a>| {
        found
            .iter()
            .filter(|other| *other != class && facts.index.mro(**other).classes().any(|base| base == *class))
            .count()
    };
    // One that each module extends is the one; else the one that is furthest from an abstract class.
    let shared = found.iter().find(|class| extended(class) > 1).copied();
    shared.or_else(|| {
        found.sort_by_key(|class| std::cmp::Reverse(facts.index.mro(*class).classes().count()));
        found.first().copied()
    })
}

fn unit_of_work<'a>(facts: &Facts<'a>, class: Class<'a>, held: &[(String, Class<'a>)]) -> UnitOfWork {
    let mut session_attribute = None;
    each_attribute(facts, class, &mut |method, name, value| {
        let called = value.as_call_expr().and_then(|call| super::walk::last_name(&call.func));
        let by_factory = called.is_some_and(|called| called.contains("session"));
        let instance = || facts.index.instance(method.scope(), value);
        if name.contains("session") && !name.contains("factory") && (by_factory || is_session(&instance())) {
            session_attribute.get_or_insert(name.to_owned());
        }
    });
    let repositories = held.iter().map(|(name, class)| (name.clone(), class.symbol())).collect();
    UnitOfWork {
        class: class.symbol(),
        session_attribute,
        repositories,
        last_made: last_made(facts, class, held),
        commits: facts.index.member(class, "commit").is_some_and(|(_, member)| member.function().is_some()),
        at: class.at(),
    }
}

/// Where the class itself makes its last repository, when it is made or entered; others make them on demand, and nothing
/// can be added to slots.
fn last_made<'a>(facts: &Facts<'a>, class: Class<'a>, held: &[(String, Class<'a>)]) -> Option<MadeRepository> {
    let has_slots = class.def.body.iter().any(|stmt| super::facts::assigned(stmt) == Some("__slots__"));
    let starts = |method: &Function<'a>| ["__init__", "__enter__", "__aenter__"].contains(&method.name());
    let mut last = None;
    for method in facts.index.methods(class).into_iter().filter(starts) {
        each_stmt(&method.def.body, &mut |stmt| {
            let Some((name, Expr::Call(call))) = self_attribute(stmt) else { return };
            let made = facts.index.resolve(method.scope(), &call.func).class();
            if held.iter().any(|(known, class)| known == name && made == Some(*class)) {
                last = Some((name, stmt, call));
            }
        });
    }
    let (name, stmt, call) = last.filter(|_| !has_slots)?;
    let inner = class.file().text(&call.arguments);
    let arguments = inner.strip_prefix('(')?.strip_suffix(')')?.to_owned();
    Some(MadeRepository { attribute: name.to_owned(), arguments, at: class.file().at(stmt) })
}

/// The attributes of a unit of work that hold instances of project classes made there: its repositories.
pub(crate) fn held_by_unit<'a>(facts: &Facts<'a>, class: Class<'a>) -> Vec<(String, Class<'a>)> {
    let mut held: Vec<(String, Class<'a>)> = Vec::new();
    each_attribute(facts, class, &mut |method, name, value| {
        if let Resolution::Class(made) = facts.index.instance(method.scope(), value)
            && value.is_call_expr()
            && !is_session(&Resolution::Class(made))
            && !held.iter().any(|(known, _)| known == name)
        {
            held.push((name.to_owned(), made));
        }
    });
    held
}

/// All statements `self.name = value` of a class and its bases, with the method that they stand in.
fn each_attribute<'a>(facts: &Facts<'a>, class: Class<'a>, see: &mut dyn FnMut(Function<'a>, &'a str, &'a Expr)) {
    for owner in facts.index.mro(class).classes() {
        for method in facts.index.methods(owner) {
            each_stmt(&method.def.body, &mut |stmt| {
                if let Some((name, value)) = self_attribute(stmt) {
                    see(method, name, value);
                }
            });
        }
    }
}

/// `self.name = value`.
pub(crate) fn self_attribute(stmt: &Stmt) -> Option<(&str, &Expr)> {
    let (target, value) = match stmt {
        Stmt::Assign(assign) => (assign.targets.first()?, &*assign.value),
        Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
        _ => return None,
    };
    let attribute = target.as_attribute_expr()?;
    let on_self = attribute.value.as_name_expr().is_some_and(|name| name.id == "self");
    on_self.then_some((attribute.attr.as_str(), value))
}
