//! What the code of a project says: modules, tables, schemas, repositories, services, endpoints.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{HouseStyle, Known, Location, Unknown};

/// A name that can be imported: `app.api.deps` and `SessionDep`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Symbol {
    /// Dotted module path, as other files of the project import it.
    pub module: String,
    /// Name inside that module; dotted for nested classes.
    pub name: String,
}

impl Symbol {
    /// The symbol `name` of `module`.
    pub fn new(module: impl Into<String>, name: impl Into<String>) -> Self {
        Self { module: module.into(), name: name.into() }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.module, self.name)
    }
}

/// A whole project as read from its source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Project {
    /// Version of this format.
    pub format: u32,
    /// Folders that are on `sys.path`, relative to the project root; `""` is the root itself.
    pub source_roots: Vec<String>,
    /// Number of Python files read.
    pub files: usize,
    /// Versions of the packages that shape the result, as locked or installed: `fastapi`, `sqlmodel`, …
    pub versions: Vec<PackageVersion>,
    /// Feature modules (bounded contexts), by path.
    pub modules: Vec<Module>,
    /// Tables, by name.
    pub tables: Vec<Table>,
    /// Classes that describe requests and responses.
    pub schemas: Vec<Schema>,
    /// Enumerations that columns or schemas use.
    pub enums: Vec<Enumeration>,
    /// Repository classes, and files of query functions.
    pub repositories: Vec<Layer>,
    /// Service classes, and files of service functions.
    pub services: Vec<Layer>,
    /// FastAPI applications.
    pub apps: Vec<App>,
    /// Endpoints of all applications, in the order of registration.
    pub endpoints: Vec<Endpoint>,
    /// The house style.
    pub style: HouseStyle,
    /// What could not be understood.
    pub unknowns: Vec<Unknown>,
}

/// A package and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageVersion {
    /// Normalised package name.
    pub name: String,
    /// Version.
    pub version: String,
    /// File that says so.
    pub source: String,
}

/// A feature module: the files of one bounded context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Module {
    /// Its name: `projects`.
    pub name: String,
    /// Its folder, or its one file, relative to the project root.
    pub path: String,
    /// Layers found, with their files.
    pub layers: Vec<LayerFile>,
}

/// One file of a module and the layer it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LayerFile {
    /// Layer.
    pub layer: LayerKind,
    /// File, relative to the project root.
    pub file: String,
}

/// A layer of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LayerKind {
    /// Tables.
    Models,
    /// Request and response classes.
    Schemas,
    /// Queries.
    Repository,
    /// Business rules.
    Service,
    /// Endpoints.
    Endpoints,
    /// Dependencies.
    Dependencies,
    /// Exceptions.
    Errors,
    /// Tests.
    Tests,
}

/// A table that the models declare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    /// Name in the database.
    pub name: Known<String>,
    /// Schema (namespace) in the database.
    pub schema: Option<String>,
    /// The class; none for a Core `Table`.
    pub class: Option<Symbol>,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Table constraints and indexes, those that columns imply included.
    pub constraints: Vec<TableConstraint>,
    /// Relationships of the class.
    pub relationships: Vec<Relationship>,
    /// The column that says to whom a row belongs, if one does.
    pub owner: Option<Owner>,
    /// Parts that could not be determined.
    pub unknowns: Vec<Unknown>,
    /// Where the class or table is defined.
    pub at: Location,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// Name in the database.
    pub name: String,
    /// Attribute of the class, where it differs from `name`.
    pub attribute: Option<String>,
    /// Type.
    #[serde(rename = "type")]
    pub ty: Known<ColumnType>,
    /// Whether NULL is allowed.
    pub nullable: Known<bool>,
    /// Whether it is (part of) the primary key.
    pub primary_key: bool,
    /// The `unique=True` flag given on the column.
    pub unique: bool,
    /// The `index=True` flag given on the column.
    pub index: bool,
    /// Default that Python fills in, as Python source text; `None` for none.
    pub default: Option<String>,
    /// Default that the database fills in, as Python source text; `None` for none.
    pub server_default: Option<String>,
    /// Comment in the database.
    pub comment: Option<String>,
    /// Where it is declared, maybe in a mixin of another file.
    pub at: Location,
}

/// The type of a column, in SQLAlchemy's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ColumnType {
    /// `VARCHAR(length)`; `auto` where it is SQLModel's `AutoString`.
    String {
        /// Length in characters.
        length: Option<u32>,
        /// Whether it is SQLModel's `AutoString`.
        auto: bool,
    },
    /// `TEXT`.
    Text,
    /// `INTEGER`.
    Integer,
    /// `SMALLINT`.
    SmallInteger,
    /// `BIGINT`.
    BigInteger,
    /// `BOOLEAN`.
    Boolean,
    /// `FLOAT`.
    Float,
    /// `DOUBLE PRECISION`.
    Double,
    /// `NUMERIC(precision, scale)`.
    Numeric {
        /// Digits in all.
        precision: Option<u32>,
        /// Digits behind the point.
        scale: Option<u32>,
    },
    /// `DATE`.
    Date,
    /// `TIME`.
    Time {
        /// With time zone.
        timezone: bool,
    },
    /// `TIMESTAMP`.
    DateTime {
        /// With time zone.
        timezone: bool,
    },
    /// `INTERVAL`.
    Interval,
    /// SQLAlchemy's `Uuid`.
    Uuid,
    /// `BYTEA`, `BLOB`.
    LargeBinary,
    /// Enumeration.
    Enum {
        /// Type name in the database, where it has one.
        name: Option<String>,
        /// Values as stored.
        values: Known<Vec<String>>,
        /// Whether PostgreSQL gets a type of its own.
        native: bool,
        /// Length of the `VARCHAR` where not native.
        length: Option<u32>,
    },
    /// `JSON`.
    Json,
    /// A type that is kept as its Python source: dialect types (`JSONB()`), `TypeDecorator`s, third-party types.
    Other {
        /// Import path of the type.
        symbol: Symbol,
        /// The arguments as Python source text, parentheses left out.
        arguments: String,
        /// What a `TypeDecorator` stands for in the database.
        implementation: Option<Box<ColumnType>>,
    },
}

/// A constraint or an index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TableConstraint {
    /// Primary key.
    PrimaryKey {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// Columns.
        columns: Vec<String>,
    },
    /// Foreign key.
    ForeignKey {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// Columns of this table.
        columns: Vec<String>,
        /// Table referred to, with its schema where it has one.
        ref_table: String,
        /// Columns referred to.
        ref_columns: Vec<String>,
        /// `ON DELETE`, upper case.
        on_delete: Option<String>,
        /// `ON UPDATE`, upper case.
        on_update: Option<String>,
    },
    /// Unique constraint.
    Unique {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// Columns.
        columns: Vec<String>,
    },
    /// Check constraint.
    Check {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// SQL expression as written.
        sql: Known<String>,
    },
    /// Index.
    Index {
        /// Name.
        name: Option<String>,
        /// Columns, or expressions as Python source text.
        columns: Vec<String>,
        /// Unique index.
        unique: bool,
        /// Further arguments (`postgresql_where=…`) as Python source text.
        options: Vec<String>,
    },
}

/// A relationship attribute of a mapped class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Relationship {
    /// Attribute.
    pub name: String,
    /// Class it leads to.
    pub target: Known<String>,
    /// Whether it holds several.
    pub many: bool,
    /// `back_populates`.
    pub back_populates: Option<String>,
    /// Link table of a many-to-many relationship: class or table name as written.
    pub secondary: Option<String>,
}

/// The column that says to whom a row belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Owner {
    /// Foreign-key column of this table.
    pub column: String,
    /// Table it points at: the users' table, or a parent that is owned itself.
    pub table: String,
    /// Whether it points at the users' table directly.
    pub direct: bool,
}

/// A class that describes a request or a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Schema {
    /// The class.
    pub class: Symbol,
    /// Direct bases, as resolved import paths where they resolve, as written otherwise.
    pub bases: Vec<String>,
    /// Own and inherited fields, in Pydantic's order.
    pub fields: Vec<SchemaField>,
    /// Where it is defined.
    pub at: Location,
}

/// A field of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaField {
    /// Name.
    pub name: String,
    /// Annotation as Python source text.
    pub annotation: String,
    /// Whether a value must be given.
    pub required: bool,
    /// Whether it comes from a base class.
    pub inherited: bool,
}

/// An enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Enumeration {
    /// The class.
    pub class: Symbol,
    /// Member names and values (as Python source text where not a string).
    pub members: Vec<(String, String)>,
    /// Where it is defined.
    pub at: Location,
}

/// A repository or service: a class, or the functions of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Layer {
    /// The class, or for functions the module with an empty name.
    pub symbol: Symbol,
    /// Direct bases as written.
    pub bases: Vec<String>,
    /// Table class it serves, where that can be told.
    pub model: Option<String>,
    /// Methods or functions of its own.
    pub methods: Vec<Method>,
    /// Where it is defined.
    pub at: Location,
}

/// A method or function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Method {
    /// Name.
    pub name: String,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Parameters without `self` or `cls`.
    pub parameters: Vec<Parameter>,
    /// Return annotation as Python source text.
    pub returns: Option<String>,
    /// Where it is defined.
    pub at: Location,
}

/// A parameter of a method or function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// Annotation as Python source text.
    pub annotation: Option<String>,
    /// Default as Python source text.
    pub default: Option<String>,
    /// How it is passed.
    pub kind: ParameterKind,
}

/// How a parameter is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// By position or keyword.
    Normal,
    /// By position only.
    PositionalOnly,
    /// By keyword only.
    KeywordOnly,
    /// `*args`.
    Arguments,
    /// `**kwargs`.
    KeywordArguments,
}

/// A FastAPI application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct App {
    /// Variable or factory that makes it: `app.main:app`, `app.main:create_app()`.
    pub symbol: String,
    /// Function that makes it, where one does: `app.main:create_app`.
    #[serde(default)]
    pub factory: Option<String>,
    /// Other variables that hold it, or hold something that a library made around it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Application it is mounted on, where it is mounted.
    #[serde(default)]
    pub mounted: Option<Mount>,
    /// Registrations of routes that could not be followed.
    #[serde(default)]
    pub unknown_routes: Vec<UnknownRoutes>,
    /// Where it is made.
    pub at: Location,
}

/// Where an application is mounted on another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mount {
    /// Symbol of the other application.
    pub app: String,
    /// Full path of the mount.
    pub path: Known<String>,
}

/// A registration whose routes could not be told, so that endpoints may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnknownRoutes {
    /// Path that the missing endpoints begin with, as far as it is known.
    pub under: String,
    /// Where and why.
    pub unknown: Unknown,
}

/// An endpoint: one operation of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// HTTP methods, or `WEBSOCKET`.
    pub methods: Vec<String>,
    /// Full path with all prefixes.
    pub path: Known<String>,
    /// The function: `app.api.routes.items:read_item`.
    pub handler: Symbol,
    /// Application it belongs to; none where no application includes its router.
    pub app: Option<String>,
    /// Dependencies as functions or classes, those of routers and of dependencies included, outermost first.
    pub dependencies: Vec<Symbol>,
    /// Those of them that the endpoint and its routers name themselves, in the order in which FastAPI calls them.
    #[serde(default)]
    pub direct_dependencies: Vec<Symbol>,
    /// Response class, as Python source text.
    pub response: Option<String>,
    /// Success status, where given.
    pub status: Option<u16>,
    /// Whether it is in the OpenAPI document.
    pub in_schema: bool,
    /// Set where it is registered only under a condition that the source alone does not decide.
    #[serde(default)]
    pub condition: Option<Unknown>,
    /// Parts that could not be determined; the fields they concern hold what is known.
    #[serde(default)]
    pub unknowns: Vec<EndpointUnknown>,
    /// Who may call it.
    pub access: EndpointAccess,
    /// Tags.
    pub tags: Vec<String>,
    /// Where the function is defined.
    pub at: Location,
}

/// A part of an endpoint that could not be determined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointUnknown {
    /// The part.
    pub part: EndpointPart,
    /// Where and why.
    pub unknown: Unknown,
}

/// A part of an endpoint that may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointPart {
    /// `methods`.
    Methods,
    /// `handler`.
    Handler,
    /// `dependencies` and `direct_dependencies`.
    Dependencies,
    /// `response`.
    Response,
    /// `status`.
    Status,
    /// `in_schema`.
    InSchema,
    /// `tags`.
    Tags,
}

/// Who may call an endpoint, as far as its dependencies tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EndpointAccess {
    /// No dependency of it yields a user or demands credentials.
    Public,
    /// A dependency yields the signed-in user.
    SignedIn {
        /// That dependency.
        dependency: Symbol,
    },
    /// A dependency demands more than being signed in: a role, a permission.
    Role {
        /// That dependency.
        dependency: Symbol,
    },
    /// Something on the way could not be followed.
    Unknown {
        /// Where and why.
        unknown: Unknown,
    },
}
