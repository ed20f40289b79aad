//! How tests are written: fixtures, clients, signed-in users, URLs.

mod fixtures;
mod names;
mod requests;
mod rows;
mod urls;

pub(crate) use requests::method;
pub(crate) use urls::url;

use architect_model::{Fixture, FixtureKind, Observed, Symbol, TestStyle};
use ruff_python_ast::{CmpOp, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::endpoints::status;
use super::vote::{USERS, USUAL, Votes};
use super::walk::{each_expr, functions};
use super::{File, path};

/// What the tests are read against.
#[derive(Default)]
pub(crate) struct TestContext {
    /// First parts of the modules' own paths: `items`, `users`.
    pub(crate) resources: Vec<String>,
    /// Name of the class of users.
    pub(crate) user_class: Option<String>,
    /// Names of the entities.
    pub(crate) entities: Vec<String>,
}

/// A test function.
struct Test<'a> {
    function: &'a StmtFunctionDef,
    in_class: bool,
    weight: u32,
    file: &'a File,
}

/// Whether pytest collects tests from a file.
pub(crate) fn is_test_file(file: &str) -> bool {
    let stem = path::stem(file);
    stem.starts_with("test_") || stem.ends_with("_test") || stem == "tests"
}

/// Reads how tests are written.
pub(crate) fn read(files: &[File], context: &TestContext) -> TestStyle {
    let tests = tests(files);
    let usage = usage(&tests);
    let all = fixtures::read(files, context);
    let client = most_used(&all, FixtureKind::Client, &usage);
    let users = users(&all, &usage);
    let api: Vec<&Test<'_>> = tests.iter().filter(|test| takes_any(test, client.iter().chain(&users))).collect();
    let mut is_async = Votes::default();
    let mut in_classes = Votes::default();
    for test in &api {
        let at = test.file.at(test.function.name.range());
        is_async.add(test.function.is_async, test.weight, &at);
        in_classes.add(test.in_class, test.weight, &at);
    }
    let is_async = is_async.or_assumed(false);
    let files = api_files(&api);
    let (prefix_expression, url_prefix) = urls::read(&files, context);
    let first = url_prefix.value.split_once('{').and_then(|(_, rest)| rest.split(['.', '}']).next());
    let rows = rows::read(&files);
    let said = names::read(&api, context);
    TestStyle {
        rows: rows.making,
        row_annotation: rows.annotation,
        row_decorator: rows.decorator,
        constants: rows.constants,
        response: said.response,
        page: said.page,
        names: said.names,
        annotated: said.annotated,
        marker: if is_async.value { marker(&api) } else { None },
        is_async,
        client,
        users,
        fixtures: all,
        prefix_import: first.and_then(|name| files.iter().find_map(|file| imported(file, name))),
        prefix_expression,
        url_prefix,
        expects_401: expects_401(&tests),
        in_classes: in_classes.or_assumed(false),
        exemplar: exemplar(&api),
    }
}

/// Where a file imports a name from, as written.
fn imported(file: &File, name: &str) -> Option<Symbol> {
    file.body().iter().find_map(|stmt| {
        let import = stmt.as_import_from_stmt().filter(|import| import.level == 0)?;
        let brings = import.names.iter().any(|alias| alias.name.as_str() == name && alias.asname.is_none());
        brings.then(|| Symbol::new(import.module.as_ref().map_or("", |module| module.as_str()), name))
    })
}

/// Whether some test compares with status 401.
fn expects_401(tests: &[Test<'_>]) -> bool {
    tests.iter().any(|test| {
        let mut found = false;
        each_expr(&test.function.body, &mut |expr| {
            if let Expr::Compare(compare) = expr {
                let is_equal = compare.ops.iter().all(|op| *op == CmpOp::Eq);
                found |= is_equal && compare.comparators.iter().any(|side| matches!(status(side), Some((401, _))));
            }
        });
        found
    })
}

/// All test functions, in the order of their files.
fn tests<'a>(files: &'a [File]) -> Vec<Test<'a>> {
    let test_files = files.iter().filter(|file| is_test_file(&file.path));
    test_files
        .flat_map(|file| {
            let weight = if is_about_users(&file.path) { USERS } else { USUAL };
            functions(file).into_iter().map(move |(class, function)| Test {
                function,
                in_class: class.is_some(),
                weight,
                file,
            })
        })
        .filter(|test| test.function.name.starts_with("test"))
        .collect()
}

/// Whether a file tests users or the login, which every project has and writes in its own way.
fn is_about_users(file: &str) -> bool {
    ["user", "login", "auth", "account", "register"].iter().any(|word| path::stem(file).contains(word))
}

/// How many tests take a fixture.
fn usage<'a>(tests: &[Test<'a>]) -> FxHashMap<&'a str, usize> {
    let mut usage = FxHashMap::default();
    for test in tests {
        for parameter in test.function.parameters.iter_non_variadic_params() {
            *usage.entry(parameter.name().as_str()).or_default() += 1;
        }
    }
    usage
}

fn most_used(fixtures: &[Fixture], kind: FixtureKind, usage: &FxHashMap<&str, usize>) -> Option<Fixture> {
    let of_kind = fixtures.iter().filter(|fixture| fixture.gives == kind);
    let uses = |fixture: &Fixture| usage.get(fixture.name.as_str()).copied().unwrap_or_default();
    of_kind.reduce(|best, next| if uses(next) > uses(best) { next } else { best }).cloned()
}

/// Headers, clients or tokens of users, whichever most tests take; administrators last.
fn users(fixtures: &[Fixture], usage: &FxHashMap<&str, usize>) -> Vec<Fixture> {
    let kinds = [FixtureKind::Headers, FixtureKind::SignedInClient, FixtureKind::Token];
    let uses = |kind| -> usize {
        let of_kind = fixtures.iter().filter(|fixture| fixture.gives == kind);
        of_kind.map(|fixture| usage.get(fixture.name.as_str()).copied().unwrap_or_default() + 1).sum()
    };
    let Some(kind) = kinds.into_iter().rev().max_by_key(|kind| uses(*kind)) else { return Vec::new() };
    let mut users: Vec<Fixture> = fixtures.iter().filter(|fixture| fixture.gives == kind).cloned().collect();
    users.sort_by_key(|fixture| fixture.admin);
    users
}

fn takes_any<'f>(test: &Test<'_>, mut fixtures: impl Iterator<Item = &'f Fixture>) -> bool {
    fixtures.any(|fixture| test.function.parameters.includes(&fixture.name))
}

fn api_files<'a>(tests: &[&Test<'a>]) -> Vec<&'a File> {
    let mut files: Vec<&File> = tests.iter().map(|test| test.file).collect();
    files.dedup_by_key(|file| &file.path);
    files
}

/// The decorator, or the `pytestmark` statement, that most asynchronous tests carry.
fn marker(tests: &[&Test<'_>]) -> Option<String> {
    let mut votes = Votes::default();
    for test in tests.iter().filter(|test| test.function.is_async) {
        let at = test.file.at(test.function.name.range());
        let decorator = test
            .function
            .decorator_list
            .iter()
            .find(|decorator| is_async_marker(test.file.text(&decorator.expression)));
        let written = decorator.map(|decorator| test.file.text(decorator)).or_else(|| module_marker(test.file));
        votes.add(written.map(str::to_owned), test.weight, &at);
    }
    votes.winner().and_then(|won| won.value)
}

fn is_async_marker(written: &str) -> bool {
    ["mark.asyncio", "mark.anyio", "mark.trio"].iter().any(|mark| written.contains(mark))
}

fn module_marker(file: &File) -> Option<&str> {
    file.body().iter().find_map(|stmt| match stmt {
        Stmt::Assign(assign) if matches!(assign.targets.first(), Some(Expr::Name(name)) if name.id == "pytestmark") => {
            Some(file.text(stmt)).filter(|written| is_async_marker(written))
        }
        _ => None,
    })
}

/// The file with the most tests of endpoints, users' own last.
fn exemplar(tests: &[&Test<'_>]) -> Option<architect_model::Location> {
    let mut votes = Votes::default();
    for test in tests {
        let at = test.file.at(test.function.name.range());
        votes.add(&*test.file.path, test.weight, &at);
    }
    votes.winner().and_then(|won: Observed<&str>| won.example)
}

#[cfg(test)]
mod unit {
    use architect_model::{FixtureKind, RowMaking};

    use super::super::testing::with_files;
    use super::TestContext;

    const CONFTEST: &str = r#"
import pytest
from fastapi.testclient import TestClient

@pytest.fixture
def db() -> Session:
    with Session(engine) as session:
        yield session

@pytest.fixture(scope="module")
def client(db):
    with TestClient(app) as c:
        yield c

@pytest.fixture
def superuser_token_headers(client: TestClient) -> dict[str, str]:
    return get_headers(client)

@pytest.fixture
def user_headers(client: TestClient) -> dict[str, str]:
    return {"Authorization": "Bearer x"}
"#;

    #[test]
    fn headers_and_settings_prefix() {
        let files = [
            ("tests/conftest.py", CONFTEST),
            (
                "tests/test_items.py",
                "def test_a(client, user_headers):\n    client.post(f\"{settings.API}/items/\")\n\ndef test_b(client):\n    client.get(f'{settings.API}/items/1')\n",
            ),
        ];
        with_files(files, |_, files| {
            let context = TestContext {
                resources: vec!["items".into()],
                user_class: Some("User".into()),
                ..TestContext::default()
            };
            let style = super::read(files, &context);
            assert_eq!(style.client.unwrap().name, "client");
            let users: Vec<_> = style.users.iter().map(|f| (f.name.as_str(), f.admin)).collect();
            assert_eq!(users, [("user_headers", false), ("superuser_token_headers", true)]);
            assert_eq!(style.fixtures[0].gives, FixtureKind::Session);
            assert_eq!(style.prefix_expression.as_deref(), Some("settings.API"));
            assert_eq!(style.url_prefix.value, "{settings.API}/");
            assert!(!style.is_async.value && style.is_async.of == 2 && !style.in_classes.value);
            assert_eq!(&*style.exemplar.unwrap().file, "tests/test_items.py");
        });
    }

    #[test]
    fn rows_names_and_variables() {
        let test = r#"
LOAN = {"borrower": "Ines"}

@pytest.fixture
def loan_id(client, user_headers) -> int:
    return int(client.post("/loans", headers=user_headers, json=LOAN).json()["id"])

def test_read_loan(client, user_headers, loan_id):
    r = client.get(f"/loans/{loan_id}", headers=user_headers)
    assert r.status_code == 200

def test_read_loans(client, user_headers):
    r = client.get("/loans", headers=user_headers)
    assert r.status_code == 200
    content = r.json()

def test_delete_loan_of_a_friend_by_phone(client, user_headers, loan_id):
    assert client.delete(f"/loans/{loan_id}", headers=user_headers).status_code == 204

def test_remove(client, user_headers, loan_id):
    assert client.delete(f"/loans/{loan_id}", headers=user_headers).status_code == 204
    assert client.get(f"/loans/{loan_id}", headers=user_headers).status_code == 404

def test_loans_of_other_user(client, user_headers, loan_id):
    assert client.get("/loans", headers=user_headers).status_code == 403
    assert client.delete(f"/loans/{loan_id}", headers=user_headers).status_code == 403
"#;
        with_files([("tests/conftest.py", CONFTEST), ("tests/test_loans.py", test)], |_, files| {
            let entities = ["User", "Loan"].map(str::to_owned).to_vec();
            let context = TestContext { user_class: Some("User".into()), entities, ..TestContext::default() };
            let style = super::read(files, &context);
            assert_eq!((style.rows.value, style.constants.value), (RowMaking::KeyFixture, true));
            assert_eq!(style.row_decorator, "pytest.fixture");
            assert_eq!((style.response.value.as_str(), style.page.value.as_str()), ("r", "content"));
            let mut names: Vec<_> = style.names.iter().map(|(kind, name)| (kind.as_str(), name.as_str())).collect();
            names.sort_unstable();
            let expected = [
                ("delete", "remove"),
                ("list", "read_{entities}"),
                ("read", "read_{entity}"),
                ("stranger", "{entities}_of_other_user"),
            ];
            assert_eq!(names, expected);
            assert!(!style.annotated.value);
        });
    }

    #[test]
    fn clients_of_users_and_async() {
        let conftest = "@pytest_asyncio.fixture\nasync def client() -> AsyncIterator[AsyncClient]:\n    yield 1\n\n@pytest.fixture\nasync def alice(client) -> AsyncClient:\n    return await sign_in(client, 'a')\n";
        let test = "pytestmark = pytest.mark.anyio\nURL = '/api/v1/items'\nclass TestItems:\n    async def test_a(self, alice):\n        await alice.get(URL)\n";
        with_files([("tests/conftest.py", conftest), ("tests/test_items.py", test)], |_, files| {
            let context = TestContext { resources: vec!["items".into()], ..TestContext::default() };
            let style = super::read(files, &context);
            assert_eq!(style.users[0].gives, FixtureKind::SignedInClient);
            assert!(style.is_async.value && style.in_classes.value);
            assert_eq!(style.marker.as_deref(), Some("pytestmark = pytest.mark.anyio"));
            assert_eq!(style.url_prefix.value, "/api/v1/");
            assert_eq!(style.prefix_expression, None);
        });
    }
}
