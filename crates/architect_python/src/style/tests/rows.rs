//! How tests come by a row to work with: a fixture or a function of their file, and where the body of the request stands.

use architect_model::{Observed, RowMaking};
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};

use super::super::File;
use super::super::vote::{USERS, USUAL, Votes};
use super::super::walk::{each_stmt, functions, last_name};
use super::requests::Asked;

/// How rows are made.
pub(super) struct Rows {
    pub(super) making: Observed<RowMaking>,
    /// Annotation of fixtures that give rows.
    pub(super) annotation: String,
    /// Decorator of fixtures, without `@`.
    pub(super) decorator: String,
    pub(super) constants: Observed<bool>,
}

/// Reads it from the files of tests.
pub(super) fn read(files: &[&File]) -> Rows {
    let (mut making, mut decorators, mut constants) = (Votes::default(), Votes::default(), Votes::default());
    let mut annotations = Votes::default();
    for file in files {
        let weight = if super::is_about_users(&file.path) { USERS } else { USUAL };
        let mut posts = false;
        for (_, function) in functions(file) {
            if !Asked::read(&function.body).makes(&["post"]) {
                continue;
            }
            posts = true;
            let at = file.at(&function.name);
            match fixture(file, function) {
                Some(decorator) => {
                    let given = given(function);
                    making.add(given.unwrap_or(RowMaking::Fixture), weight, &at);
                    decorators.add(decorator, weight, &at);
                    let annotation = function.returns.as_deref().filter(|_| given == Some(RowMaking::Fixture));
                    annotations.extend_with(annotation.map(|given| file.text(given).to_owned()), weight, &at);
                }
                None if !function.name.starts_with("test") => making.add(RowMaking::Function, weight, &at),
                None => {}
            }
        }
        if posts {
            let constant = file.body().iter().find(|stmt| is_body(stmt));
            let at = constant.map_or_else(|| super::super::facts::start_of(file), |stmt| file.at(stmt));
            constants.add(constant.is_some(), weight, &at);
        }
    }
    Rows {
        making: making.or_assumed(RowMaking::Function),
        annotation: annotations.winner().map(|won| won.value).unwrap_or_default(),
        decorator: decorators.winner().map(|won| won.value).unwrap_or_default(),
        constants: constants.or_assumed(false),
    }
}

/// What a fixture gives: the JSON of its request, or the key in it; none where it gives something else.
fn given(function: &StmtFunctionDef) -> Option<RowMaking> {
    let mut found = None;
    each_stmt(&function.body, &mut |stmt| {
        let value = match stmt {
            Stmt::Return(given) => given.value.as_deref(),
            Stmt::Expr(given) => given.value.as_yield_expr().and_then(|given| given.value.as_deref()),
            _ => None,
        };
        found = value
            .and_then(|value| match value {
                Expr::Call(call) if last_name(&call.func) == Some("json") => Some(RowMaking::Fixture),
                Expr::Name(_) => Some(RowMaking::Fixture),
                Expr::Subscript(_) => Some(RowMaking::KeyFixture),
                // `int(response.json()["id"])`.
                Expr::Call(call) => call.arguments.args.first()?.as_subscript_expr().map(|_| RowMaking::KeyFixture),
                _ => None,
            })
            .or(found);
    });
    found
}

/// The decorator that makes a function a fixture, without its arguments.
fn fixture(file: &File, function: &StmtFunctionDef) -> Option<String> {
    let found = function.decorator_list.iter().find(|decorator| last_name(&decorator.expression) == Some("fixture"))?;
    let name = match &found.expression {
        Expr::Call(call) => &*call.func,
        expr => expr,
    };
    Some(file.text(name).to_owned())
}

/// `ITEM = {"name": "Drill"}`, or a list of such.
fn is_body(stmt: &Stmt) -> bool {
    let Stmt::Assign(assign) = stmt else { return false };
    let is_constant = assign
        .targets
        .first()
        .and_then(Expr::as_name_expr)
        .is_some_and(|name| name.id.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_'));
    let is_dict = |expr: &Expr| expr.as_dict_expr().is_some_and(|dict| !dict.is_empty());
    let is_list = assign.value.as_list_expr().is_some_and(|list| list.elts.first().is_some_and(is_dict));
    is_constant && (is_dict(&assign.value) || is_list)
}
