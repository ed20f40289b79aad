//! How migrations, tests and source text are kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Location, Observed, Symbol};

/// How migrations are kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MigrationStyle {
    /// `alembic.ini` or the `pyproject.toml` that configures Alembic.
    pub config: Option<String>,
    /// Folder of `env.py`.
    pub script_location: Option<String>,
    /// Folder of the revisions.
    pub versions: Option<String>,
    /// Further folders of revisions (`version_locations`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_versions: Vec<String>,
    /// Whether revisions stand in folders below too (`recursive_version_locations`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recursive: bool,
    /// `file_template`, as configured.
    pub file_template: Option<String>,
    /// Revisions that no other revision follows: identifier and file.
    pub heads: Vec<(String, String)>,
    /// Whether `env.py` sets `render_as_batch=True`.
    pub batch: bool,
    /// Whether the migrations may run on SQLite, as configuration, settings or `env.py` show.
    pub sqlite: bool,
    /// Whether SQLite enforces foreign keys on the connection that runs the migrations.
    pub sqlite_keys: bool,
    /// `script.py.mako`, where there is one.
    pub template: Option<String>,
    /// Whether revision identifiers are numbers in order: `0001`.
    pub sequential: Observed<bool>,
    /// Whether revisions stand as Alembic wrote them, unformatted.
    pub unformatted: Observed<bool>,
    /// Whether revisions carry Alembic's comments around the commands.
    pub commented: Observed<bool>,
    /// The verb that messages of revisions begin with, `add` or `create`; none where they only name what is new.
    pub message_verb: Observed<Option<String>>,
    /// Whether messages of revisions begin with a capital.
    pub capital_messages: Observed<bool>,
    /// Whether text columns are written as SQLModel's `AutoString`.
    pub auto_string: bool,
    /// Column types with a variant for one database, as revisions write them.
    pub variants: Vec<String>,
    /// Names that revisions give to the keys and unique constraints that they add to tables: SQLite keeps them.
    #[serde(default)]
    pub named_keys: Vec<String>,
}

/// How tests are written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestStyle {
    /// Whether tests are `async`.
    pub is_async: Observed<bool>,
    /// Marker of async tests as written: `@pytest.mark.anyio`; none where the configuration marks them.
    pub marker: Option<String>,
    /// Fixture of the HTTP client.
    pub client: Option<Fixture>,
    /// Fixtures with the headers, or the client, of a signed-in user; administrators last.
    pub users: Vec<Fixture>,
    /// All fixtures.
    pub fixtures: Vec<Fixture>,
    /// Whether paths start with a settings constant: `f"{settings.API_V1_STR}/items/"`.
    pub prefix_expression: Option<String>,
    /// What stands before the module's own path in URLs: `/api/v1/`, `{settings.API_V1_STR}/`; empty where the
    /// client's base URL has it.
    pub url_prefix: Observed<String>,
    /// What that expression starts with, as tests import it: `settings`.
    pub prefix_import: Option<Symbol>,
    /// Whether some test expects 401 of a request that nobody is signed in to.
    pub expects_401: bool,
    /// Whether tests are methods of classes.
    pub in_classes: Observed<bool>,
    /// A test file that shows the style best.
    pub exemplar: Option<Location>,
    /// How tests come by a row to work with.
    pub rows: Observed<RowMaking>,
    /// Annotation of fixtures that give rows, as written: `Any`; empty where there is none.
    pub row_annotation: String,
    /// Decorator of fixtures that give rows, without `@`: `pytest.fixture`; empty where there is none.
    pub row_decorator: String,
    /// Whether bodies of requests stand in constants: `ITEM = {…}`.
    pub constants: Observed<bool>,
    /// Variable that holds what a request answers: `response`, `r`.
    pub response: Observed<String>,
    /// Variable that holds the JSON of a list: `body`, `content`.
    pub page: Observed<String>,
    /// Names of tests that make one kind of request, without `test_` and with `{entity}` or `{entities}`: `create`,
    /// `read`, `missing`, `update`, `delete`, and `stranger` for what is somebody else's.
    pub names: Vec<(String, String)>,
    /// Whether test functions are annotated.
    pub annotated: Observed<bool>,
}

/// How tests come by a row to work with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowMaking {
    /// A function of the file makes a request.
    #[default]
    Function,
    /// A fixture of the file does, and gives the row.
    Fixture,
    /// A fixture of the file does, and gives the row's key.
    KeyFixture,
}

/// A pytest fixture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fixture {
    /// Name.
    pub name: String,
    /// Return or yield annotation as Python source text.
    pub returns: Option<String>,
    /// Names of the fixtures it takes.
    pub takes: Vec<String>,
    /// What it gives.
    pub gives: FixtureKind,
    /// Whether what it gives belongs to an administrator.
    pub admin: bool,
    /// `scope=` where it is given: `module`, `session`.
    pub scope: Option<String>,
    /// Texts and attributes in the body of a fixture of a signed-in user, roles among them.
    pub says: Vec<String>,
    /// Where it is defined.
    pub at: Location,
}

/// What a fixture gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FixtureKind {
    /// A client that nobody is signed in to.
    Client,
    /// A client of a signed-in user.
    SignedInClient,
    /// Headers of a signed-in user: `dict[str, str]`.
    Headers,
    /// A token of a signed-in user.
    Token,
    /// A user.
    User,
    /// A database session.
    Session,
    /// Something else.
    #[default]
    Other,
}

/// How source is formatted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FormatStyle {
    /// Greatest line length.
    pub line_length: u16,
    /// Double quotes (else single).
    pub double_quotes: bool,
    /// Spaces of indentation.
    pub indent: u8,
    /// Oldest Python supported: 3 and the minor version.
    pub python: (u8, u8),
    /// File that configures it; none where it was counted in the code.
    pub config: Option<String>,
    /// Whether `from __future__ import annotations` opens most files.
    pub future_annotations: bool,
    /// Packages that import sorting counts as first party.
    pub first_party: Vec<String>,
    /// Whether imports are sorted (isort, or ruff's `I`).
    pub sorted_imports: bool,
    /// Lines end in CRLF.
    pub crlf: bool,
    /// Whether functions of the layers carry docstrings.
    pub docstrings: bool,
    /// Whether docstrings open on a line of their own.
    pub open_docstrings: bool,
}

impl Default for FormatStyle {
    fn default() -> Self {
        Self {
            line_length: 88,
            double_quotes: true,
            indent: 4,
            python: (3, 11),
            config: None,
            future_annotations: false,
            first_party: Vec::new(),
            sorted_imports: true,
            crlf: false,
            docstrings: false,
            open_docstrings: false,
        }
    }
}
