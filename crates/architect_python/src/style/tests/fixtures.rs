//! The fixtures that tests share, and what each gives.

use architect_model::{Fixture, FixtureKind};
use ruff_python_ast::{Expr, ExprCall, Parameters, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use super::super::walk::{each_expr, each_stmt, functions, last_name};
use super::super::{File, path};
use super::TestContext;

/// Reads the fixtures of `conftest.py` files and of the files beside tests that hold some.
pub(super) fn read(files: &[File], context: &TestContext) -> Vec<Fixture> {
    let sent = sent_as_headers(files);
    let shared = files.iter().filter(|file| is_shared(&file.path));
    shared
        .flat_map(|file| functions(file).into_iter().map(move |(_, function)| (file, function)))
        .filter(|(_, function)| is_fixture(function))
        .map(|(file, function)| fixture(file, function, context, &sent))
        .collect()
}

/// The parameters of tests that are sent as they are: `client.get(url, headers=cabeceras)`.
fn sent_as_headers(files: &[File]) -> FxHashSet<&str> {
    let tests = files.iter().filter(|file| super::is_test_file(&file.path)).flat_map(functions);
    let mut sent = FxHashSet::default();
    for (_, test) in tests {
        each_expr(&test.body, &mut |expr| {
            let headers = expr.as_call_expr().and_then(|call| super::super::walk::keyword(call, "headers"));
            let name = headers.and_then(Expr::as_name_expr).map(|name| name.id.as_str());
            sent.extend(name.filter(|name| test.parameters.includes(name)));
        });
    }
    sent
}

fn is_shared(file: &str) -> bool {
    let in_tests = file.split('/').any(|part| part == "tests" || part == "test");
    path::name(file) == "conftest.py" || (in_tests && !super::is_test_file(file))
}

fn is_fixture(function: &StmtFunctionDef) -> bool {
    function.decorator_list.iter().any(|decorator| last_name(&decorator.expression) == Some("fixture"))
}

fn fixture(file: &File, function: &StmtFunctionDef, context: &TestContext, sent: &FxHashSet<&str>) -> Fixture {
    let body = Body::read(function);
    let returns = function.returns.as_deref().map(|annotation| file.text(annotation));
    let name = given_name(function).unwrap_or_else(|| function.name.to_string());
    let gives = match kind(function, returns.unwrap_or_default(), &body, context) {
        FixtureKind::Other if sent.contains(name.as_str()) => FixtureKind::Headers,
        kind => kind,
    };
    Fixture {
        name,
        returns: returns.map(str::to_owned),
        takes: names(&function.parameters),
        gives,
        admin: body.mentions(&function.name, &["superuser", "admin", "superadmin"]),
        scope: scope(function),
        says: if signs_in(gives) { said_of(function) } else { Vec::new() },
        at: file.at(function.name.range()),
    }
}

/// Whether it gives what somebody is signed in to.
fn signs_in(gives: FixtureKind) -> bool {
    matches!(gives, FixtureKind::SignedInClient | FixtureKind::Headers | FixtureKind::Token)
}

/// `@pytest.fixture(scope="module")`.
fn scope(function: &StmtFunctionDef) -> Option<String> {
    function.decorator_list.iter().find_map(|decorator| {
        let call = decorator.expression.as_call_expr()?;
        let scope = super::super::walk::keyword(call, "scope")?.as_string_literal_expr()?;
        Some(scope.value.to_str().to_owned())
    })
}

/// The texts and attributes that a fixture names: `"editor"`, `EDITOR` of `Role.EDITOR`.
fn said_of(function: &StmtFunctionDef) -> Vec<String> {
    let mut said = Vec::new();
    each_expr(&function.body, &mut |expr| match expr {
        Expr::StringLiteral(literal) => said.push(literal.value.to_str().to_owned()),
        Expr::Attribute(attribute) => said.push(attribute.attr.to_string()),
        _ => {}
    });
    said.sort_unstable();
    said.dedup();
    said
}

/// `@pytest.fixture(name="client")`.
fn given_name(function: &StmtFunctionDef) -> Option<String> {
    function.decorator_list.iter().find_map(|decorator| {
        let call = decorator.expression.as_call_expr()?;
        let name = super::super::walk::keyword(call, "name")?.as_string_literal_expr()?;
        Some(name.value.to_str().to_owned())
    })
}

fn names(parameters: &Parameters) -> Vec<String> {
    parameters.iter_non_variadic_params().map(|parameter| parameter.name().to_string()).collect()
}

/// The words of a fixture's body, and what it makes and gives.
struct Body {
    words: Vec<String>,
    gives_client: bool,
    gives_dict: bool,
}

impl Body {
    fn read(function: &StmtFunctionDef) -> Self {
        let mut words = Vec::new();
        let mut makes_client = false;
        each_expr(&function.body, &mut |expr| {
            match expr {
                Expr::Name(name) => words.push(name.id.to_lowercase()),
                Expr::Attribute(attribute) => words.push(attribute.attr.to_lowercase()),
                Expr::StringLiteral(literal) => words.push(literal.value.to_str().to_lowercase()),
                Expr::Call(call) => {
                    makes_client |= matches!(last_name(&call.func), Some("TestClient" | "AsyncClient"));
                    words.extend(said(call));
                }
                _ => {}
            };
        });
        let mut gives_dict = false;
        let mut gives_name = false;
        each_stmt(&function.body, &mut |stmt| {
            let given = match stmt {
                Stmt::Return(given) => given.value.as_deref(),
                Stmt::Expr(given) => given.value.as_yield_expr().and_then(|given| given.value.as_deref()),
                _ => None,
            };
            gives_dict |= given.is_some_and(Expr::is_dict_expr);
            gives_name |= given.is_some_and(|given| given.is_name_expr() || given.is_call_expr());
        });
        Self { words, gives_client: makes_client && gives_name && !gives_dict, gives_dict }
    }

    /// Whether the name of the fixture, or a word of its body, holds one of the words.
    fn mentions(&self, name: &str, any: &[&str]) -> bool {
        let in_name = any.iter().any(|word| name.to_lowercase().contains(word));
        in_name || self.words.iter().any(|found| any.iter().any(|word| found.contains(word)))
    }
}

/// Names of the keyword arguments of a call; `is_superuser=False` says the opposite, and is left out.
fn said(call: &ExprCall) -> impl Iterator<Item = String> {
    let is_false = |expr: &Expr| matches!(expr, Expr::BooleanLiteral(literal) if !literal.value);
    call.arguments
        .keywords
        .iter()
        .filter(move |keyword| !is_false(&keyword.value))
        .filter_map(|keyword| Some(keyword.arg.as_ref()?.to_lowercase()))
}

const SIGNS_IN: [&str; 9] =
    ["authorization", "token", "login", "sign_in", "signin", "authenticat", "current_user", "bearer", "authed"];

fn kind(function: &StmtFunctionDef, returns: &str, body: &Body, context: &TestContext) -> FixtureKind {
    let name = function.name.as_str();
    let given = given_class(returns);
    let signs_in = || body.mentions(name, &SIGNS_IN) || name.contains("auth");
    if given.contains("TestClient") || given.contains("AsyncClient") || (given.is_empty() && body.gives_client) {
        return if signs_in() { FixtureKind::SignedInClient } else { FixtureKind::Client };
    }
    let is_dict = given.to_lowercase().starts_with("dict") || (given.is_empty() && body.gives_dict);
    if (is_dict || given.is_empty())
        && (name.contains("header") || (is_dict && body.mentions(name, &["authorization"])))
    {
        return FixtureKind::Headers;
    }
    if name.contains("token") && (given == "str" || given.is_empty()) {
        return FixtureKind::Token;
    }
    let is_user =
        context.user_class.as_deref().is_some_and(|user| given == user || given.ends_with(&format!(".{user}")));
    if is_user || (given.is_empty() && (name == "user" || name.ends_with("_user"))) {
        return FixtureKind::User;
    }
    if given.ends_with("Session") || (given.is_empty() && (name.ends_with("session") || name == "db")) {
        return FixtureKind::Session;
    }
    FixtureKind::Other
}

/// What a fixture gives: the annotation, or what its generator yields.
fn given_class(returns: &str) -> &str {
    let generators = ["Generator[", "AsyncGenerator[", "Iterator[", "AsyncIterator[", "Iterable[", "AsyncIterable["];
    let Some(inner) = generators.iter().find_map(|generator| {
        let start = returns.find(generator)?;
        returns.get(start + generator.len()..)
    }) else {
        return returns.trim_matches(['"', '\'']);
    };
    let end = inner.find([',', ']']).unwrap_or(inner.len());
    inner.get(..end).unwrap_or_default().trim()
}
