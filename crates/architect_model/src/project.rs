//! What the code of a project says: modules, tables, schemas, repositories, services, endpoints.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{App, Endpoint, Handler, HouseStyle, Location, Table, Unknown};

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
    /// Tables, by name; shared, as a plan keeps them as they were beside those that it makes.
    pub tables: Vec<Arc<Table>>,
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
    /// Functions that answer requests, by their form.
    #[serde(default)]
    pub handlers: Vec<Handler>,
    /// The house style.
    pub style: HouseStyle,
    /// What could not be understood.
    pub unknowns: Vec<Unknown>,
}

impl Project {
    /// The tables, by name.
    pub fn tables(&self) -> impl DoubleEndedIterator<Item = &Table> + Clone {
        self.tables.iter().map(Arc::as_ref)
    }
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

/// A class that describes a request or a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Schema {
    /// The class.
    pub class: Symbol,
    /// Direct bases, as resolved import paths where they resolve, as written otherwise.
    pub bases: Vec<String>,
    /// Own and inherited fields, in Pydantic's order.
    pub fields: Vec<SchemaField>,
    /// What could not be determined: bases whose source is not there.
    #[serde(default)]
    pub unknowns: Vec<Unknown>,
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
    /// What is demanded of its value beyond the type: `max_length`, `ge`, `pattern`, each with its value as Python source
    /// text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<(String, String)>,
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
    /// `Annotated` alias by which handlers are given it: `ItemServiceDep`.
    pub alias: Option<Symbol>,
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
