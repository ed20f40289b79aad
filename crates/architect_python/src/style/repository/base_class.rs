//! The class that repositories extend: type parameters, constructor, methods and what each does.

use architect_model::{BaseClass, BaseMethod};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashSet;

use super::super::deletion::Mark;
use super::super::facts::{Facts, address};
use super::super::handlers::Action;
use super::super::operations;
use super::super::session::self_attribute;
use super::super::trace::Layers;
use super::super::vote::{USUAL, Votes};
use super::super::walk::{each_expr, each_stmt};
use super::super::written::{self, Origins};
use super::violations;
use crate::read::layer;
use crate::resolve::{Class, Resolution};

/// Reads the base class that most repositories extend.
pub(super) fn read<'a>(facts: &Facts<'a>, layers: &Layers<'a>, mark: Option<&Mark<'a>>) -> Option<BaseClass> {
    let base = most_extended(facts, layers)?;
    let subclasses: Vec<Class<'a>> = layers
        .repositories
        .classes
        .iter()
        .map(|layer| layer.class)
        .filter(|class| facts.index.mro(*class).classes().any(|ancestor| ancestor == base))
        .collect();
    let conflicts = conflicts(facts, base);
    Some(BaseClass {
        class: base.symbol(),
        type_parameters: type_parameters(facts, base, &subclasses),
        type_variables: facts.index.type_parameters(base).iter().map(|name| (*name).to_owned()).collect(),
        constructor: facts.index.member(base, "__init__").and_then(|(_, member)| member.function()).map(layer::method),
        model_attribute: model_attribute(facts, base, &subclasses),
        methods: methods(facts, base, mark),
        construction: construction(facts, &subclasses),
        session_attribute: session_attribute(facts, layers, base),
        answers_foreign_keys: conflicts.is_some() && violations::answers_foreign_keys(facts, base),
        conflicts,
        names: names(facts, base),
        only_adds: only_adds(facts, base),
        at: base.at(),
    })
}

/// The direct base of most repository classes that is a class of the project, or of an installed package.
fn most_extended<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> Option<Class<'a>> {
    let mut found: Vec<(Class<'a>, u32)> = Vec::new();
    for layer in &layers.repositories.classes {
        let weight = facts.weight_of(&layer.class.file().path);
        for base in facts.index.bases(layer.class) {
            let Resolution::Class(base) = base.resolution else { continue };
            if is_interface(facts, base) {
                continue;
            }
            match found.iter_mut().find(|(known, _)| *known == base) {
                Some((_, total)) => *total += weight,
                None => found.push((base, weight)),
            }
        }
    }
    let most = found.iter().map(|(_, weight)| *weight).max()?;
    found.into_iter().find(|(_, weight)| *weight == most).map(|(class, _)| class)
}

/// Whether a class has abstract methods: whoever extends it has to write them, and nobody says how.
pub(in crate::style) fn is_interface<'a>(facts: &Facts<'a>, class: Class<'a>) -> bool {
    let named = |expr: &ruff_python_ast::Expr, name: &str| super::super::walk::last_name(expr) == Some(name);
    facts.index.methods(class).iter().any(|method| {
        let decorated = |name: &str| method.def.decorator_list.iter().any(|one| named(&one.expression, name));
        decorated("abstractmethod") && !decorated("property")
    })
}

/// What each type parameter stands for: told by the arguments that subclasses give.
fn type_parameters<'a>(facts: &Facts<'a>, base: Class<'a>, subclasses: &[Class<'a>]) -> Vec<String> {
    let names = facts.index.type_parameters(base);
    let used = Used::collect(facts);
    names
        .iter()
        .map(|name| {
            let mut votes = Votes::default();
            for class in subclasses {
                let argument = facts.index.type_arguments(*class, base).into_iter().find(|(known, _, _)| known == name);
                let Some((_, scope, expr)) = argument else { continue };
                let meaning = meaning(facts, &used, &facts.index.resolve(scope, expr));
                votes.extend_with(meaning, facts.weight_of(&class.file().path), &class.at());
            }
            votes
                .winner()
                .map(|won| won.value.to_owned())
                .or_else(|| by_name(name))
                .unwrap_or_else(|| (*name).to_owned())
        })
        .collect()
}

/// What handlers use classes for, by address.
struct Used {
    create: FxHashSet<usize>,
    update: FxHashSet<usize>,
    answered: FxHashSet<usize>,
}

impl Used {
    fn collect(facts: &Facts<'_>) -> Self {
        let sent = |action: Action| {
            let handlers = facts.handlers.iter().filter(move |handler| handler.action == Some(action));
            let classes =
                handlers.flat_map(|handler| &handler.parameters).filter_map(|parameter| parameter.class()?.class());
            classes.map(|class| address(class.def)).collect()
        };
        let answered = facts.handlers.iter().filter_map(|handler| handler.response.item);
        let answered = answered.map(|class| address(class.def)).collect();
        Self { create: sent(Action::Create), update: sent(Action::Update), answered }
    }
}

fn meaning<'a>(facts: &Facts<'a>, used: &Used, argument: &Resolution<'a>) -> Option<&'static str> {
    match argument {
        Resolution::Builtin("int" | "str") => Some("id"),
        Resolution::Library(path) if path.ends_with("UUID") => Some("id"),
        Resolution::Class(class) if facts.is_table(*class) => Some("model"),
        Resolution::Class(class) => {
            let among = |classes: &FxHashSet<usize>| classes.contains(&address(class.def));
            if among(&used.create) || class.name().contains("Create") {
                Some("create")
            } else if among(&used.update) || class.name().contains("Update") {
                Some("update")
            } else {
                among(&used.answered).then_some("output")
            }
        }
        _ => None,
    }
}

/// Without subclasses that tell, the variable's own name does.
fn by_name(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let words = [
        ("create", "create"),
        ("update", "update"),
        ("model", "model"),
        ("table", "model"),
        ("id", "id"),
        ("key", "id"),
        ("read", "output"),
        ("public", "output"),
    ];
    words.iter().find(|(word, _)| lower.contains(word)).map(|(_, meaning)| (*meaning).to_owned())
}

/// The class attribute that subclasses set to their table class.
fn model_attribute<'a>(facts: &Facts<'a>, base: Class<'a>, subclasses: &[Class<'a>]) -> Option<String> {
    let mut votes = Votes::default();
    for class in subclasses {
        for stmt in &class.def.body {
            let value = match stmt {
                Stmt::Assign(assign) => Some(&*assign.value),
                Stmt::AnnAssign(assign) => assign.value.as_deref(),
                _ => None,
            };
            let is_table = value
                .and_then(|value| facts.index.resolve(class.scope(), value).class())
                .is_some_and(|model| facts.is_table(model));
            if let Some(name) = super::super::facts::assigned(stmt).filter(|_| is_table) {
                votes.add(name.to_owned(), facts.weight_of(&class.file().path), &class.at());
            }
        }
    }
    // Without subclasses yet, the declaration in the base: `model: type[ModelT]`.
    let declared = || {
        base.def.body.iter().find_map(|stmt| {
            let assign = stmt.as_ann_assign_stmt().filter(|assign| assign.value.is_none())?;
            let is_type =
                super::super::walk::last_name(&assign.annotation).is_some_and(|name| name.eq_ignore_ascii_case("type"));
            is_type.then(|| super::super::facts::assigned(stmt).map(str::to_owned)).flatten()
        })
    };
    votes.winner().map(|won| won.value).or_else(declared)
}

/// The public methods, those of the base's own bases included; what overrides comes first and counts.
fn methods<'a>(facts: &Facts<'a>, base: Class<'a>, mark: Option<&Mark<'a>>) -> Vec<BaseMethod> {
    let mut found: Vec<BaseMethod> = Vec::new();
    for owner in facts.index.mro(base).classes() {
        for method in facts.index.methods(owner).into_iter().filter(|method| !method.name().starts_with('_')) {
            if found.iter().any(|known| known.method.name == method.name()) {
                continue;
            }
            let (does, commits) = operations::of(facts, method, mark);
            let model_parameter = operations::model_parameter(method).map(str::to_owned);
            let gives = operations::gives(method);
            let sees_mark = operations::sees_mark(facts, method, mark);
            found.push(BaseMethod { method: layer::method(method), does, commits, model_parameter, gives, sees_mark });
        }
    }
    found
}

/// `self._session = session` in the constructor.
fn session_attribute<'a>(facts: &Facts<'a>, layers: &Layers<'a>, base: Class<'a>) -> Option<String> {
    let init = facts.index.member(base, "__init__").and_then(|(_, member)| member.function())?;
    let (session, _) = super::session_parameter(facts, layers, init)?;
    let mut found = None;
    each_stmt(&init.def.body, &mut |stmt| {
        if let Some((attribute, Expr::Name(value))) = self_attribute(stmt)
            && value.id == session
        {
            found.get_or_insert(attribute);
        }
    });
    found.map(str::to_owned)
}

/// Where the names in the signatures of the methods come from.
fn names<'a>(facts: &Facts<'a>, base: Class<'a>) -> Origins {
    let mut origins = Origins::new();
    for owner in facts.index.mro(base).classes() {
        for method in facts.index.methods(owner) {
            let parameters = method.def.parameters.iter().filter_map(|parameter| parameter.annotation());
            for annotation in parameters.chain(method.def.returns.as_deref()) {
                written::add(facts.index, owner.file(), annotation, &mut origins);
            }
        }
    }
    origins
}

/// `conflicts: ClassVar[Mapping[str, str]] = {}`.
fn conflicts<'a>(facts: &Facts<'a>, base: Class<'a>) -> Option<String> {
    base.def.body.iter().find_map(|stmt| {
        let assign = stmt.as_ann_assign_stmt()?;
        let annotation = facts.index.annotation(base.scope(), &assign.annotation);
        let is_map = match &annotation.resolution {
            Resolution::Builtin("dict") => true,
            Resolution::Library(path) => path.ends_with(".Mapping") || path.ends_with(".Dict"),
            _ => false,
        };
        let is_text = |argument: &&'a Expr| facts.index.resolve(annotation.scope, argument).is_builtin("str");
        let of_text = annotation.arguments.len() == 2 && annotation.arguments.iter().all(is_text);
        let is_empty = assign.value.as_deref()?.as_dict_expr()?.items.is_empty();
        let name = super::super::facts::assigned(stmt)?;
        (is_map && of_text && is_empty).then(|| name.to_owned())
    })
}

/// Whether the methods add rows, and neither flush nor commit.
fn only_adds<'a>(facts: &Facts<'a>, base: Class<'a>) -> bool {
    let (mut adds, mut sends) = (false, false);
    let own = facts.index.mro(base).classes().filter(|owner| !owner.file().installed);
    for method in own.flat_map(|owner| facts.index.methods(owner)) {
        each_expr(&method.def.body, &mut |expr| {
            if let Expr::Call(call) = expr
                && let Expr::Attribute(called) = &*call.func
            {
                adds |= called.attr.as_str() == "add";
                sends |= matches!(called.attr.as_str(), "flush" | "commit");
            }
        });
    }
    adds && !sends
}

/// How a neighbour is constructed: its own `__init__`, or the statement that makes its instance.
fn construction<'a>(facts: &Facts<'a>, subclasses: &[Class<'a>]) -> Option<String> {
    let usual = subclasses.iter().rev().filter(|class| facts.weight_of(&class.file().path) == USUAL);
    usual.chain(subclasses.iter().rev()).find_map(|class| {
        let methods = facts.index.methods(*class);
        let own = methods
            .iter()
            .find(|method| method.name() == "__init__")
            .map(|method| class.file().text(method.def).to_owned());
        own.or_else(|| super::instance(facts, *class).map(|(_, stmt)| class.file().text(stmt).to_owned()))
    })
}
