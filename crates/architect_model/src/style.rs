//! The house style: how this project writes each layer, learned from its code, with the evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Location, Method, Symbol};

/// A choice that the code shows, and how clearly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Observed<T> {
    /// What most of the code does.
    pub value: T,
    /// How many places do it so.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// A place that shows it; none where nothing in the code does and the value is the brief's.
    pub example: Option<Location>,
}

impl<T> Observed<T> {
    /// A choice that no code shows: the brief's own.
    pub fn assumed(value: T) -> Self {
        Self { value, count: 0, of: 0, example: None }
    }

    /// Whether any code shows it.
    pub fn is_seen(&self) -> bool {
        self.count > 0
    }
}

impl<T: Default> Default for Observed<T> {
    fn default() -> Self {
        Self::assumed(T::default())
    }
}

/// How this project writes each layer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HouseStyle {
    /// Where each layer lives.
    pub layout: LayoutStyle,
    /// How tables are declared.
    pub models: ModelStyle,
    /// How requests and responses are declared.
    pub schemas: SchemaStyle,
    /// How the database session is had.
    pub session: SessionStyle,
    /// How the signed-in user is had.
    pub user: UserStyle,
    /// How queries are written.
    pub repository: RepositoryStyle,
    /// How business rules are written.
    pub service: ServiceStyle,
    /// How endpoints are written.
    pub endpoints: EndpointStyle,
    /// How errors are raised.
    pub errors: ErrorStyle,
    /// How lists are paged.
    pub pages: PageStyle,
    /// How migrations are kept.
    pub migrations: MigrationStyle,
    /// How tests are written.
    pub tests: TestStyle,
    /// How source is formatted.
    pub format: FormatStyle,
}

/// Where each layer lives. Paths are relative to the project root and may hold `{module}` (the module's folder
/// name), `{entity}` and `{entities}` (snake case, singular and plural).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LayoutStyle {
    /// Folder on `sys.path` that holds the application package: `backend`.
    pub source_root: String,
    /// Models: `backend/app/modules/{module}/models.py`; without a placeholder, one file for all.
    pub models: Observed<String>,
    /// Schemas.
    pub schemas: Observed<String>,
    /// Repository; none where the house has no such layer.
    pub repository: Observed<Option<String>>,
    /// Service; none where the house has no such layer.
    pub service: Observed<Option<String>>,
    /// Endpoints.
    pub endpoints: Observed<String>,
    /// Tests of endpoints.
    pub tests: Observed<Option<String>>,
    /// Whether modules are named in the plural (`projects`) or the singular (`project`).
    pub plural_modules: Observed<bool>,
    /// Whether folders of modules hold an `__init__.py`.
    pub init_files: Observed<bool>,
    /// Exceptions of a module (`exceptions.py`), where modules keep their own.
    pub errors: Observed<Option<String>>,
    /// Where routers are registered.
    pub registration: Option<Registration>,
    /// Where models are imported for Alembic.
    pub model_imports: Option<ModelImports>,
}

/// How routers are registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Registration {
    /// File of the calls.
    pub file: String,
    /// Variable on which `include_router` is called: `api_router`.
    pub target: String,
    /// Import statement of a neighbour as written: `from app.api.routes import items`.
    pub import: String,
    /// Call of the same neighbour as written: `api_router.include_router(items.router)`.
    pub call: String,
    /// Module name of that neighbour: `items`.
    pub neighbour: String,
    /// Whether the prefix is given in `include_router` (else on `APIRouter`).
    pub prefix_here: bool,
    /// Whether the tags are given in `include_router` (else on `APIRouter`).
    pub tags_here: bool,
    /// Prefix under which `target` is mounted in the application: `/api/v1`.
    pub mounted_at: String,
    /// Where the last call stands.
    pub at: Location,
}

/// Where models are imported so that Alembic sees them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelImports {
    /// File of the imports: `env.py`, or what it imports.
    pub file: String,
    /// How a neighbour is imported, as written: `from app.modules.items.models import Item  # noqa: F401`.
    pub import: String,
    /// Module name of that neighbour.
    pub neighbour: String,
    /// Class name imported, where classes are named.
    pub class: Option<String>,
    /// Whether the file lists the class in `__all__` as well.
    pub in_all: bool,
    /// Where the last import stands.
    pub at: Location,
}

/// How tables are declared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct ModelStyle {
    /// Object-relational mapper.
    pub orm: Observed<Orm>,
    /// What the names of table classes end in, where the rest of the family lacks it: `Table` in `ItemTable`; mostly empty.
    pub class_suffix: Observed<String>,
    /// Class that tables extend beside their `Base` schema: `SQLModel`, or the project's declarative base.
    pub base: Option<Symbol>,
    /// Mixins that most tables extend, in order.
    pub mixins: Vec<Mixin>,
    /// Whether a table extends the entity's `Base` schema (SQLModel).
    pub extends_schema_base: Observed<bool>,
    /// Whether `__tablename__` is written out.
    pub explicit_names: Observed<bool>,
    /// Whether table names are plural.
    pub plural_names: Observed<bool>,
    /// Whether words of table names are joined with `_`.
    pub snake_names: Observed<bool>,
    /// Primary-key type.
    pub id: Observed<IdKind>,
    /// Declaration of the primary key as written, where tables write it themselves.
    pub id_line: Option<String>,
    /// Owner column: `owner_id`, `user_id`.
    pub owner_column: Observed<String>,
    /// Declaration of the owner column as written.
    pub owner_line: Option<String>,
    /// Timestamp columns that tables have: name and declaration as written; empty declaration where a mixin has it.
    pub timestamps: Vec<Observed<ColumnLine>>,
    /// Whether relationships are declared between entities.
    pub relationships: Observed<bool>,
    /// Whether enums are stored as native types.
    pub native_enums: Observed<bool>,
    /// Base class of enums: `StrEnum`, `str, Enum`.
    pub enum_bases: Observed<Vec<String>>,
    /// Whether enum members are upper case.
    pub upper_members: Observed<bool>,
    /// Naming convention of the metadata: kind (`ix`, `uq`, `ck`, `fk`, `pk`) and template.
    pub naming_convention: Vec<(String, String)>,
    /// Class used for zoned times where the project has its own type.
    pub datetime_type: Option<Symbol>,
}

/// A mixin and what it brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mixin {
    /// The class.
    pub class: Symbol,
    /// Columns it declares.
    pub columns: Vec<String>,
}

/// A column and its declaration as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnLine {
    /// Column name.
    pub name: String,
    /// Declaration as Python source text, or empty where a mixin has it.
    pub line: String,
}

/// Object-relational mapper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orm {
    /// SQLModel.
    #[default]
    SqlModel,
    /// SQLAlchemy with `Mapped` and `mapped_column`.
    SqlAlchemy,
    /// SQLAlchemy with `Column` attributes.
    SqlAlchemyLegacy,
}

/// Type of primary keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// `uuid.UUID`.
    #[default]
    Uuid,
    /// `int`.
    Integer,
    /// `str`.
    String,
}

/// How requests and responses are declared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaStyle {
    /// Class that schemas extend.
    pub base: Observed<Symbol>,
    /// Suffix of the class with the shared fields; none where there is none.
    pub base_suffix: Observed<Option<String>>,
    /// Suffix of the class for creation.
    pub create_suffix: Observed<String>,
    /// Suffix of the class for changes.
    pub update_suffix: Observed<String>,
    /// Suffix of the class of responses.
    pub output_suffix: Observed<String>,
    /// Whether responses carry `model_config = ConfigDict(from_attributes=True)` themselves.
    pub from_attributes: Observed<bool>,
    /// Whether constraints are written as `Annotated` (else as `= Field(...)`).
    pub annotated: Observed<bool>,
}

impl Default for SchemaStyle {
    fn default() -> Self {
        Self {
            base: Observed::assumed(Symbol::new("sqlmodel", "SQLModel")),
            base_suffix: Observed::assumed(Some("Base".into())),
            create_suffix: Observed::assumed("Create".into()),
            update_suffix: Observed::assumed("Update".into()),
            output_suffix: Observed::assumed("Public".into()),
            from_attributes: Observed::assumed(false),
            annotated: Observed::assumed(false),
        }
    }
}

/// How the database session is had.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionStyle {
    /// Whether sessions are asynchronous.
    pub is_async: Observed<bool>,
    /// Session class: `sqlmodel:Session`, `sqlalchemy.ext.asyncio:AsyncSession`.
    pub class: Option<Symbol>,
    /// How a handler declares it.
    pub parameter: Observed<DependencyParameter>,
    /// Where the transaction is committed.
    pub commit: Observed<CommitPlace>,
    /// Where `create`, `update` and `delete` are committed, followed from handlers; the same place in most houses.
    pub commits: Vec<(String, CommitPlace)>,
    /// Unit-of-work class, where handlers or services take one in the session's place.
    pub unit_of_work: Option<UnitOfWork>,
}

/// A unit-of-work class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnitOfWork {
    /// The class.
    pub class: Symbol,
    /// Attribute that holds the session: `session`.
    pub session_attribute: Option<String>,
    /// Attributes that hold repositories: name and class; where a new one has to be added.
    pub repositories: Vec<(String, Symbol)>,
    /// Where the class is defined.
    pub at: Location,
}

/// How a handler declares a dependency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DependencyParameter {
    /// Parameter name: `session`, `db`, `current_user`.
    pub name: String,
    /// `Annotated` alias: `SessionDep`.
    pub alias: Option<Symbol>,
    /// Dependency function or class inside `Depends(...)`.
    pub dependency: Option<Symbol>,
    /// Annotation class.
    pub class: Option<Symbol>,
}

/// Where the transaction is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommitPlace {
    /// In the session dependency.
    #[default]
    Dependency,
    /// In the repository or the CRUD functions.
    Repository,
    /// In the service.
    Service,
    /// In the handler.
    Endpoint,
    /// In a unit of work.
    UnitOfWork,
}

/// How the signed-in user is had.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UserStyle {
    /// Table class of users.
    pub class: Option<Symbol>,
    /// Table name of users.
    pub table: Option<String>,
    /// Type of its primary key.
    pub id: IdKind,
    /// Attribute that holds the primary key.
    pub id_attribute: String,
    /// How a handler declares the user.
    pub parameter: Observed<DependencyParameter>,
    /// Boolean attribute of administrators: `is_superuser`.
    pub superuser_attribute: Option<String>,
    /// Dependency that demands an administrator.
    pub superuser_dependency: Option<Symbol>,
    /// Attribute that holds a role, with the enum that types it: `role`.
    pub role_attribute: Option<String>,
    /// Whether administrators may do what owners may.
    pub superuser_sees_all: Observed<bool>,
}

/// How queries are written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RepositoryStyle {
    /// Kind of the layer.
    pub kind: Observed<RepositoryKind>,
    /// Class suffix: `Repository`.
    pub suffix: Observed<String>,
    /// Base class.
    pub base: Option<BaseClass>,
    /// How the session reaches a method.
    pub session: Observed<SessionPassing>,
    /// Module-level instance: its name with `{entity}`: `{entity}_repository`; none where there is none.
    pub instance: Observed<Option<String>>,
    /// Name of the first session parameter of methods: `session`, `db`.
    pub session_name: Observed<String>,
    /// Names of what is called for list, read, create, update, delete, with `{entity}` and `{entities}`.
    pub methods: Vec<(String, String)>,
    /// A repository class or file that shows the style best.
    pub exemplar: Option<Location>,
}

/// Kind of the query layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepositoryKind {
    /// Classes.
    #[default]
    Classes,
    /// Functions: `crud.py`.
    Functions,
    /// No such layer: queries stand in services or handlers.
    None,
}

/// How the session reaches a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionPassing {
    /// Given to the constructor.
    #[default]
    Constructor,
    /// First parameter of each method.
    FirstParameter,
    /// Keyword-only parameter of each method.
    Keyword,
}

/// A generic base class with its methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BaseClass {
    /// The class.
    pub class: Symbol,
    /// What its type parameters stand for, in order: `model`, `create`, `update`, `id`, `output` or the variable's name.
    pub type_parameters: Vec<String>,
    /// Parameters of `__init__`, without `self`.
    pub constructor: Option<Method>,
    /// Class attribute that names the model, where subclasses set one: `model`.
    pub model_attribute: Option<String>,
    /// Methods, those of its own bases included.
    pub methods: Vec<BaseMethod>,
    /// How neighbours construct their subclasses: the class body's `__init__` or call as written.
    pub construction: Option<String>,
    /// Where it is defined.
    pub at: Location,
}

/// A method of a base class and what it was understood to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaseMethod {
    /// Signature.
    pub method: Method,
    /// What its body was seen to do; none where that is not certain.
    pub does: Option<Operation>,
    /// Whether its body commits.
    pub commits: bool,
}

/// What a base method does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Finds by primary key, or gives `None`.
    Get,
    /// Finds by primary key, or raises.
    GetOrRaise,
    /// A list, paged or not.
    List,
    /// Counts rows.
    Count,
    /// Inserts from a schema, with further column values as keywords.
    Create,
    /// Inserts a ready instance.
    Add,
    /// Changes a row from a schema or dictionary.
    Update,
    /// Deletes a row (given as an instance).
    Delete,
    /// Deletes a row by primary key.
    DeleteById,
}

/// How business rules are written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceStyle {
    /// Kind of the layer.
    pub kind: Observed<ServiceKind>,
    /// Class suffix: `Service`.
    pub suffix: Observed<String>,
    /// Base class.
    pub base: Option<Symbol>,
    /// How a handler gets it.
    pub made: Observed<ServiceMaking>,
    /// Parameters of `__init__` in a neighbour.
    pub constructor: Option<Method>,
    /// Name of the provider function with `{entity}`: `get_{entity}_service`.
    pub provider: Option<String>,
    /// Name of the provider's `Annotated` alias with `{Entity}`: `{Entity}ServiceDep`.
    pub alias: Option<String>,
    /// File of providers where they are kept together or in a file of the module, with placeholders.
    pub provider_file: Option<String>,
    /// Module-level instance with `{entity}`: `{entity}_service`.
    pub instance: Option<String>,
    /// Method names for list, read, create, update, delete, with `{entity}` and `{entities}`.
    pub methods: Vec<(String, String)>,
    /// How session and user reach a method.
    pub session: Observed<SessionPassing>,
    /// Name of the user parameter: `current_user`, `user`; `user_id` where only the key is passed.
    pub user_parameter: Observed<String>,
    /// A service that shows the style best.
    pub exemplar: Option<Location>,
}

/// Kind of the service layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Classes.
    #[default]
    Classes,
    /// Functions.
    Functions,
    /// No such layer.
    None,
}

/// How a handler gets its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceMaking {
    /// A provider function and `Depends`.
    #[default]
    Provider,
    /// A module-level instance.
    Instance,
    /// Constructed in the handler.
    InHandler,
    /// `Depends(Class)`.
    ClassDependency,
    /// Static methods or plain functions.
    Static,
}

/// How endpoints are written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointStyle {
    /// Whether handlers are `async`.
    pub is_async: Observed<bool>,
    /// Variable of the router: `router`, `{entity}_router`.
    pub router: Observed<String>,
    /// Whether prefixes stand on `APIRouter(...)`.
    pub prefix_on_router: Observed<bool>,
    /// Whether tags stand on `APIRouter(...)`.
    pub tags_on_router: Observed<bool>,
    /// Whether collections end in `/`.
    pub trailing_slash: Observed<bool>,
    /// How the response type is declared.
    pub response: Observed<ResponseDeclaration>,
    /// Handler names for list, read, create, update, delete, with `{entity}` and `{entities}`.
    pub names: Vec<(String, String)>,
    /// Method of updates: `PATCH`, `PUT`.
    pub update_method: Observed<String>,
    /// Status of creation: 201, 200.
    pub create_status: Observed<u16>,
    /// What deletion answers.
    pub delete: Observed<DeleteAnswer>,
    /// How path parameters are named: `{entity}_id`, `id`.
    pub id_parameter: Observed<String>,
    /// Name of the body parameter: `{entity}_in`, `data`, `payload`.
    pub body_parameter: Observed<String>,
    /// Words of paths are joined with `-` (else `_`).
    pub kebab_paths: Observed<bool>,
    /// Tags as written: `{entities}`, `{Entities}`, `{entity}`.
    pub tag: Observed<String>,
    /// A file of endpoints that shows the style best.
    pub exemplar: Option<Location>,
}

/// How the response type is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResponseDeclaration {
    /// `response_model=`, with `-> Any` or the table class.
    #[default]
    ResponseModel,
    /// The return annotation.
    Annotation,
}

/// What deletion answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeleteAnswer {
    /// 204 and nothing.
    #[default]
    NoContent,
    /// 200 and a message.
    Message {
        /// Class of the message.
        class: Symbol,
        /// Its text field: `message`.
        field: String,
    },
    /// 200 and the deleted row.
    Row,
}

/// How errors are raised.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorStyle {
    /// Kind.
    pub kind: Observed<ErrorKind>,
    /// Layer that raises them.
    pub raised_in: Observed<Option<crate::LayerKind>>,
    /// Domain exception for a missing row, with how it is raised as written.
    pub not_found: Option<DomainError>,
    /// Domain exception for a denied access.
    pub forbidden: Option<DomainError>,
    /// Domain exception for a conflict.
    pub conflict: Option<DomainError>,
    /// Status of a row that is somebody else's: 404, 403.
    pub denied_status: Observed<u16>,
    /// Detail text of a missing row, with `{Entity}`: `{Entity} not found`.
    pub not_found_text: Observed<String>,
    /// Detail text of a denied access.
    pub forbidden_text: Option<String>,
    /// Whether status codes are written as `status.HTTP_404_NOT_FOUND` (else numbers).
    pub named_status: Observed<bool>,
}

/// Kind of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// `HTTPException`.
    #[default]
    HttpException,
    /// Domain exceptions with a handler.
    Domain,
}

/// A domain exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DomainError {
    /// The class.
    pub class: Symbol,
    /// Constructor.
    pub constructor: Option<Method>,
    /// A `raise` of it as written.
    pub raised: Option<String>,
    /// Status its handler answers.
    pub status: Option<u16>,
    /// Whether modules derive their own class from it: `ProjectNotFound(NotFoundError)`.
    pub derived_per_module: bool,
}

/// How lists are paged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PageStyle {
    /// Shape of a page.
    pub shape: Observed<PageShape>,
    /// Parameters.
    pub parameters: Observed<PageParameters>,
    /// Greatest page size, where one is set.
    pub max: Option<u32>,
    /// Default page size.
    pub default: Option<u32>,
    /// Whether the bound is declared in `Query(...)` of each handler.
    pub parameters_class: Option<Symbol>,
}

/// Shape of a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PageShape {
    /// A class for each entity: `ItemsPublic` with `data` and `count`.
    PerEntity {
        /// Class name with `{Entity}` and `{Entities}`: `{Entities}Public`.
        name: String,
        /// Field of the rows.
        rows: String,
        /// Field of the total.
        total: Option<String>,
        /// Further fields: `page`, `size`, …
        others: Vec<String>,
    },
    /// A generic class: `Page[ItemRead]`.
    Generic {
        /// The class.
        class: Symbol,
        /// Field of the rows.
        rows: String,
        /// Field of the total.
        total: Option<String>,
        /// Further fields: `page`, `size`, …
        others: Vec<String>,
    },
    /// `list[ItemPublic]`.
    #[default]
    Bare,
}

/// Parameters of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageParameters {
    /// `skip`, `limit`.
    #[default]
    SkipLimit,
    /// `offset`, `limit`.
    OffsetLimit,
    /// `page`, `size`.
    PageSize,
    /// `page`, `page_size`.
    PagePageSize,
    /// `page`, `limit`.
    PageLimit,
    /// `page`, `per_page`.
    PagePerPage,
}

/// How migrations are kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MigrationStyle {
    /// `alembic.ini` or the `pyproject.toml` that configures Alembic.
    pub config: Option<String>,
    /// Folder of `env.py`.
    pub script_location: Option<String>,
    /// Folder of the revisions.
    pub versions: Option<String>,
    /// `file_template`, as configured.
    pub file_template: Option<String>,
    /// Revisions that no other revision follows: identifier and file.
    pub heads: Vec<(String, String)>,
    /// Whether `env.py` sets `render_as_batch=True`.
    pub batch: bool,
    /// `script.py.mako`, where there is one.
    pub template: Option<String>,
    /// Whether revision identifiers are numbers in order: `0001`.
    pub sequential: Observed<bool>,
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
    /// Whether tests are methods of classes.
    pub in_classes: Observed<bool>,
    /// A test file that shows the style best.
    pub exemplar: Option<Location>,
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
        }
    }
}
