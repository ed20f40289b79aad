//! A session dependency that the project defines and that no handler declares: `get_session`, beside a unit of work.

use architect_model::{DependencyParameter, Observed, Symbol};
use ruff_python_ast::{Expr, Stmt};

use super::is_session;
use crate::resolve::{Function, Resolution};
use crate::style::facts::{Facts, symbol_of};
use crate::style::walk::{each_expr, each_stmt, keyword, last_name};

/// The function that gives a session to a request, where one is defined: a plain generator, or what returns one.
pub(super) fn find(facts: &Facts<'_>, wanted: Option<bool>) -> Option<Observed<DependencyParameter>> {
    let functions = facts.files.iter().flat_map(|file| facts.index.functions(file));
    // What is decorated is a context manager, which `Depends` does not enter.
    let plain = functions.filter(|function| function.def.decorator_list.is_empty());
    let mut found = plain.filter_map(|function| Some((function, given(facts, function)?)));
    let (function, class) = found.find(|(_, class)| wanted.is_none_or(|wanted| is_async(class) == wanted))?;
    let name = ["db", "session"].into_iter().find(|word| function.name().split('_').any(|part| part == *word));
    let value = DependencyParameter {
        name: name.unwrap_or("session").to_owned(),
        alias: None,
        dependency: Some(function.symbol()),
        class: Some(class),
        annotated: is_annotated(facts),
    };
    Some(Observed { value, count: 1, of: 1, example: Some(function.at()) })
}

/// Whether most dependencies of handlers stand in annotations.
fn is_annotated(facts: &Facts<'_>) -> bool {
    let given = facts.handlers.iter().flat_map(|handler| &handler.parameters);
    let dependencies: Vec<bool> = given.filter_map(|parameter| Some(parameter.depends.as_ref()?.annotated)).collect();
    dependencies.iter().filter(|annotated| **annotated).count() * 2 > dependencies.len()
}

/// Whether sessions of a class are asynchronous.
pub(super) fn is_async(class: &Symbol) -> bool {
    class.name.contains("Async")
}

/// The class of the session that a function yields, by its annotation or by how it is made.
fn given<'a>(facts: &Facts<'a>, function: Function<'a>) -> Option<Symbol> {
    let mut yielded = None;
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Yield(given) = expr {
            yielded = given.value.as_deref();
        }
    });
    let yielded = yielded?;
    let annotated = function.def.returns.as_deref().and_then(|returns| {
        let annotation = facts.index.annotation(function.outer, returns);
        let first = annotation.arguments.first()?;
        let inner = facts.index.annotation(annotation.scope, first).resolution;
        is_session(&inner).then(|| symbol_of(&inner)).flatten()
    });
    annotated.or_else(|| {
        let name = yielded.as_name_expr()?.id.as_str();
        made_as(function, name).and_then(|call| class_of(facts, function, call))
    })
}

/// The expression that `name` is bound to: `session = Session(engine)`, `with Session(engine) as session:`.
fn made_as<'a>(function: Function<'a>, name: &str) -> Option<&'a Expr> {
    let is_it = |target: &Expr| target.as_name_expr().is_some_and(|found| found.id.as_str() == name);
    let mut made = None;
    each_stmt(&function.def.body, &mut |stmt| match stmt {
        Stmt::Assign(assign) if assign.targets.first().is_some_and(is_it) => made = Some(&*assign.value),
        Stmt::AnnAssign(assign) if is_it(&assign.target) => made = assign.value.as_deref(),
        Stmt::With(with) => {
            let item = with.items.iter().find(|item| item.optional_vars.as_deref().is_some_and(is_it));
            made = item.map_or(made, |item| Some(&item.context_expr));
        }
        _ => {}
    });
    made
}

/// The class of the session that an expression makes: `Session(engine)`, or a call of what `sessionmaker` made.
fn class_of<'a>(facts: &Facts<'a>, function: Function<'a>, made: &'a Expr) -> Option<Symbol> {
    let call = made.as_call_expr()?;
    let target = facts.index.resolve(function.scope(), &call.func);
    if is_session(&target) {
        return symbol_of(&target);
    }
    let Resolution::Variable(variable) = target else { return None };
    let maker = variable.value?.as_call_expr()?;
    if let Some(class) = keyword(maker, "class_") {
        return symbol_of(&facts.index.resolve(variable.scope, class));
    }
    match last_name(&maker.func)? {
        "sessionmaker" => Some(Symbol::new("sqlalchemy.orm", "Session")),
        "async_sessionmaker" => Some(Symbol::new("sqlalchemy.ext.asyncio", "AsyncSession")),
        _ => None,
    }
}
