//! What the house calls things in functions: statements, and the query functions that handlers call.

use architect_model::Observed;
use rayon::prelude::*;
use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::facts::Facts;
use super::operations::is_session_name;
use super::trace::Layers;
use super::vote::Votes;
use super::walk::{each_expr, each_stmt};
use super::words::looks_plural;
use crate::resolve::{Frame, Function, Resolution, Scope};

/// What a variable with a query is called: `statement`, `query`, `stmt`.
pub(super) fn statement<'a>(facts: &Facts<'a>, functions: &[Function<'a>]) -> Observed<String> {
    let found: Vec<Vec<&'a str>> = functions.par_iter().map(|function| names(facts, *function)).collect();
    let mut votes = Votes::default();
    for (function, names) in functions.iter().zip(found) {
        // A name that speaks of an entity, or of what the query gives, is no name for others.
        let general = names.into_iter().filter(|name| facts.entity_in_words(name).is_none() && !looks_plural(name));
        for name in general {
            votes.add(name.to_owned(), facts.weight_of(&function.file().path), &function.at());
        }
    }
    votes.or_assumed("statement".to_owned())
}

/// Methods that add to a query.
const BUILDS: [&str; 6] = ["where", "filter", "filter_by", "order_by", "limit", "offset"];

/// The variables and parameters of a function that hold a query for rows: those that one is assigned to, and those that
/// are added to.
fn names<'a>(facts: &Facts<'a>, function: Function<'a>) -> Vec<&'a str> {
    let mut found = Vec::new();
    each_stmt(&function.def.body, &mut |stmt| {
        if let Stmt::Assign(assign) = stmt
            && let [Expr::Name(name)] = assign.targets.as_slice()
            && let Some(call) = innermost(&assign.value)
            // `select(func.count())` gives a number.
            && !call.arguments.args.first().is_some_and(Expr::is_call_expr)
            && (is_select(facts, function.scope(), call) || is_query(call))
        {
            found.push(name.id.as_str());
        }
    });
    let local = &facts.index.frame_names(Frame::Function(function.def)).by_name;
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(method) = &*call.func
            && let Expr::Name(name) = &*method.value
            && BUILDS.contains(&method.attr.as_str())
            && local.contains_key(name.id.as_str())
        {
            found.push(name.id.as_str());
        }
    });
    found
}

/// `select(Item)` in `select(Item).where(…).order_by(…)`.
fn innermost(expr: &Expr) -> Option<&ExprCall> {
    let mut call = expr.as_call_expr()?;
    while let Expr::Attribute(attribute) = &*call.func
        && let Expr::Call(inner) = &*attribute.value
    {
        call = inner;
    }
    Some(call)
}

/// `db.query(Item)`, as SQLAlchemy had it before `select`.
fn is_query(call: &ExprCall) -> bool {
    let Expr::Attribute(method) = &*call.func else { return false };
    method.attr.as_str() == "query" && super::walk::last_name(&method.value).is_some_and(is_session_name)
}

fn is_select<'a>(facts: &Facts<'a>, scope: Scope<'a>, call: &'a ExprCall) -> bool {
    // What is called otherwise is not resolved.
    super::walk::last_name(&call.func) == Some("select")
        && matches!(
            facts.index.resolve(scope, &call.func).library(),
            Some("sqlalchemy.select" | "sqlmodel.select" | "sqlalchemy.future.select")
        )
}

/// Whether handlers call query functions through their module: `crud.create_item(…)`.
pub(super) fn by_module<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> Observed<bool> {
    let is_layer = |path: &str| layers.repositories.files.iter().any(|found| &*found.file.path == path);
    let mut votes = Votes::default();
    if layers.repositories.files.is_empty() {
        return votes.or_assumed(false);
    }
    for handler in &facts.handlers {
        let scope = handler.function.scope();
        each_expr(&handler.function.def.body, &mut |expr| {
            let Expr::Call(call) = expr else { return };
            let through = match &*call.func {
                Expr::Attribute(attribute) => match facts.index.resolve(scope, &attribute.value) {
                    Resolution::Module(file) => Some(true).filter(|_| is_layer(&file.path)),
                    _ => None,
                },
                name @ Expr::Name(_) => {
                    let function = facts.index.resolve(scope, name).function();
                    function.filter(|function| is_layer(&function.file().path)).map(|_| false)
                }
                _ => None,
            };
            votes.extend_with(through, handler.weight, &handler.function.at());
        });
    }
    votes.or_assumed(false)
}

/// Verbs that most entities have a query function for: `create`.
pub(super) fn verbs(layers: &Layers<'_>) -> Vec<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let functions = layers.repositories.files.iter().flat_map(|file| &file.functions);
    for function in functions.filter(|function| !function.name().contains("_by_")) {
        let Some((verb, _)) = function.name().split_once('_') else { continue };
        match counts.iter_mut().find(|(known, _)| *known == verb) {
            Some((_, count)) => *count += 1,
            None => counts.push((verb, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let mut verbs: Vec<String> =
        counts.into_iter().filter(|(_, count)| count * 2 > most).map(|(verb, _)| verb.to_owned()).collect();
    verbs.sort_unstable();
    verbs
}
