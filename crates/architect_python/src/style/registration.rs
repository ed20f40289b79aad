//! Where routers are registered, and how a neighbour does it.

use architect_model::Registration;
use rayon::prelude::*;
use ruff_python_ast::{Expr, ExprCall};
use rustc_hash::FxHashMap;

use super::facts::Facts;
use super::handlers::Action;
use super::places::Placed;
use super::vote::USUAL;
use super::walk::{each_expr, keyword, last_name};
use crate::resolve::{Resolution, Scope, Variable};
use crate::syntax::File;

/// A call of `include_router`.
struct Include<'a> {
    file: &'a File,
    call: &'a ExprCall,
    target: &'a Expr,
    /// The router's variable.
    router: Variable<'a>,
}

impl<'a> Include<'a> {
    /// The router's expression as written: `items.router`.
    fn argument(&self) -> Option<&'a Expr> {
        self.call.arguments.find_argument_value("router", 0)
    }
}

/// Finds the file and variable that most modules are registered on.
pub(super) fn read(facts: &Facts<'_>, placed: &[Placed]) -> Option<Registration> {
    let includes = includes(facts);
    let features: Vec<&Include<'_>> =
        includes.iter().filter(|include| facts.has_handlers(include.router.scope.file)).collect();
    let mut groups: Vec<(&File, &str, Vec<&Include<'_>>)> = Vec::new();
    for include in features {
        let target = include.file.text(include.target);
        match groups.iter_mut().find(|(file, name, _)| file.path == include.file.path && *name == target) {
            Some((_, _, list)) => list.push(include),
            None => groups.push((include.file, target, vec![include])),
        }
    }
    let weight = |list: &[&Include<'_>]| -> u32 {
        list.iter().map(|include| facts.weight_of(&include.router.scope.file.path)).sum()
    };
    let most = groups.iter().map(|(_, _, list)| weight(list)).max()?;
    let (file, target, list) = groups.iter().find(|(_, _, list)| weight(list) == most)?;
    registration(facts, placed, &includes, file, target, list)
}

fn registration<'a>(
    facts: &Facts<'a>,
    placed: &[Placed],
    all: &[Include<'a>],
    file: &File,
    target: &str,
    list: &[&Include<'a>],
) -> Option<Registration> {
    let usual = || {
        list.iter()
            .rev()
            .filter(|include| facts.weight_of(&include.router.scope.file.path) == USUAL && import(include).is_some())
    };
    // A resource below another one (`prefix="/items/{item_id}/loans"`) is not the plainest neighbour.
    let plain = || usual().filter(|include| !file.text(include.call).contains('{'));
    let is_resource = |include: &&&Include<'a>| {
        let path = &include.router.scope.file.path;
        facts
            .handlers
            .iter()
            .any(|handler| handler.action == Some(Action::Create) && handler.function.file().path == *path)
    };
    let plain = plain().find(is_resource).or_else(|| plain().next());
    let neighbour =
        plain.or_else(|| usual().next()).or_else(|| list.iter().rev().find(|include| import(include).is_some()))?;
    let most =
        |fits: &dyn Fn(&Include<'a>) -> bool| list.iter().filter(|include| fits(include)).count() * 2 > list.len();
    // A prefix that all modules share (`prefix=API_PREFIX`) is no module's own.
    let shared = shared_prefix(facts, list).or_else(|| mount_prefix(facts, neighbour));
    let prefix_here = shared.is_none() && most(&|include| keyword(include.call, "prefix").is_some());
    let path = &neighbour.router.scope.file.path;
    let module = placed.iter().find(|one| one.held.file == **path).and_then(|one| one.module.clone());
    Some(Registration {
        file: file.path.to_string(),
        target: target.to_owned(),
        import: import(neighbour)?,
        call: file.text(neighbour.call).to_owned(),
        neighbour: module.unwrap_or_else(|| super::path::stem(path).to_owned()),
        prefix_here,
        tags_here: most(&|include| keyword(include.call, "tags").is_some()),
        mounted_at: mounted_at(facts, all, neighbour).unwrap_or_default() + &shared.unwrap_or_default(),
        at: list.last().map(|include| file.at(include.call))?,
    })
}

/// The prefix that most modules are given alike.
fn shared_prefix<'a>(facts: &Facts<'a>, list: &[&Include<'a>]) -> Option<String> {
    let mut votes = super::vote::Votes::default();
    for include in list {
        let prefix = keyword(include.call, "prefix");
        let prefix =
            prefix.and_then(|prefix| facts.index.string(scope_of(include.file, include.call), prefix).known().cloned());
        votes.add(prefix, USUAL, &include.file.at(include.call));
    }
    let won = votes.winner().filter(|won| won.count > 1 && won.count * 2 > won.of)?;
    won.value
}

/// The prefix that is put before a router with a prefix of its own: that of where it is mounted.
fn mount_prefix<'a>(facts: &Facts<'a>, include: &Include<'a>) -> Option<String> {
    let made = include.router.value.and_then(Expr::as_call_expr)?;
    keyword(made, "prefix")?;
    let prefix = keyword(include.call, "prefix")?;
    facts.index.string(scope_of(include.file, include.call), prefix).known().cloned()
}

/// All calls of `include_router` whose router is known.
fn includes<'a>(facts: &Facts<'a>) -> Vec<Include<'a>> {
    let naming = facts.files.par_iter().filter(|file| file.source().contains("include_router"));
    let of_file = |file: &&'a File| {
        let file = *file;
        let mut found = Vec::new();
        each_expr(file.body(), &mut |expr| {
            if let Expr::Call(call) = expr
                && let Expr::Attribute(attribute) = &*call.func
                && attribute.attr.as_str() == "include_router"
                && let Some(router) = call.arguments.find_argument_value("router", 0)
                && let Resolution::Variable(router) = facts.index.resolve(scope_of(file, call), router)
            {
                found.push(Include { file, call, target: &attribute.value, router });
            }
        });
        found
    };
    naming.flat_map_iter(of_file).collect()
}

/// The scope of a call: calls stand at the top of a file, or in a function that builds the application.
fn scope_of<'a>(file: &'a File, call: &ExprCall) -> Scope<'a> {
    let around = super::walk::functions(file).into_iter().map(|(_, function)| function);
    let inside = around.into_iter().find(|function| function.range.contains_range(ruff_text_size::Ranged::range(call)));
    let scope = Scope::module(file);
    inside.map_or(scope, |function| scope.inside(crate::resolve::Frame::Function(function)))
}

/// The import that brings a neighbour's router, reduced to that neighbour: `from app.api.routes import items`.
fn import(include: &Include<'_>) -> Option<String> {
    let name = first_name(include.argument()?)?;
    let mut found = None;
    super::walk::each_stmt(include.file.body(), &mut |stmt| {
        if found.is_none() {
            found = super::walk::import_of(include.file, stmt, name);
        }
    });
    found
}

/// `items` of `items.router`.
fn first_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => first_name(&attribute.value),
        _ => None,
    }
}

/// The prefix under which the target of a registration is mounted in the application.
fn mounted_at<'a>(facts: &Facts<'a>, all: &[Include<'a>], include: &Include<'a>) -> Option<String> {
    let mut target = target_variable(facts, include)?;
    let mut path = own_prefix(facts, target);
    for _ in 0..8 {
        let outer = all.iter().find(|other| same(other.router, target))?;
        let prefix = keyword(outer.call, "prefix");
        let prefix =
            prefix.and_then(|prefix| facts.index.string(scope_of(outer.file, outer.call), prefix).known().cloned());
        path = format!("{}{path}", prefix.unwrap_or_default());
        let Some(next) = target_variable(facts, outer) else { break };
        path = format!("{}{path}", own_prefix(facts, next));
        if all.iter().all(|other| !same(other.router, next)) {
            break;
        }
        target = next;
    }
    Some(path)
}

fn target_variable<'a>(facts: &Facts<'a>, include: &Include<'a>) -> Option<Variable<'a>> {
    facts.index.resolve(scope_of(include.file, include.call), include.target).variable()
}

fn same(a: Variable<'_>, b: Variable<'_>) -> bool {
    a.scope.file.path == b.scope.file.path && a.range == b.range
}

/// `prefix` in `APIRouter(prefix="/api")`.
fn own_prefix<'a>(facts: &Facts<'a>, router: Variable<'a>) -> String {
    let prefix = || {
        let call = router.value?.as_call_expr().filter(|call| last_name(&call.func) == Some("APIRouter"))?;
        facts.index.string(router.scope, keyword(call, "prefix")?).known().cloned()
    };
    prefix().unwrap_or_default()
}

/// The tags that registrations give to routers, by the router's file.
pub(super) fn tags_of_includes<'a>(facts: &Facts<'a>) -> FxHashMap<String, &'a Expr> {
    let tagged = includes(facts).into_iter();
    tagged
        .filter_map(|include| Some((include.router.scope.file.path.to_string(), keyword(include.call, "tags")?)))
        .collect()
}

/// The prefixes that registrations give to routers, by the router's file.
pub(super) fn prefixes_of_includes(facts: &Facts<'_>) -> FxHashMap<String, String> {
    let with_prefix = includes(facts).into_iter().filter_map(|include| {
        let prefix = keyword(include.call, "prefix")?;
        let prefix = facts.index.string(scope_of(include.file, include.call), prefix).known().cloned()?;
        Some((include.router.scope.file.path.to_string(), prefix))
    });
    with_prefix.collect()
}

/// All prefixes of routers, on the router or where it is registered.
pub(super) fn prefixes(facts: &Facts<'_>) -> Vec<String> {
    let mut found: Vec<String> = prefixes_of_includes(facts).into_values().collect();
    found.extend(includes(facts).into_iter().map(|include| own_prefix(facts, include.router)));
    found.retain(|prefix| !prefix.is_empty());
    found.sort_unstable();
    found
}
