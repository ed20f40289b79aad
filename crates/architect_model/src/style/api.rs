//! How endpoints, errors and pages are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Location, Method, Observed, ParameterOrder, Symbol};

/// How endpoints are written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointStyle {
    /// Whether handlers are `async`.
    pub is_async: Observed<bool>,
    /// Variable of the router: `router`, `{entity}_router`.
    pub router: Observed<String>,
    /// The variable of the application or of the router without a prefix that takes the handlers of all entities, where
    /// one file has them all: `app`.
    pub shared: Option<String>,
    /// Whether prefixes stand on `APIRouter(...)`.
    pub prefix_on_router: Observed<bool>,
    /// Whether tags stand on `APIRouter(...)`.
    pub tags_on_router: Observed<bool>,
    /// Whether collections end in `/`.
    pub trailing_slash: Observed<bool>,
    /// Whether FastAPI may take the annotation `-> None`, read from a text, for a body: before 0.119 it does.
    pub none_is_a_body: bool,
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
    /// Name of the parameter with the service: `{entities}`, `{entity}_service`, `service`.
    pub service_parameter: Observed<String>,
    /// Order of the parameters of handlers.
    pub order: ParameterOrder,
    /// Words of paths are joined with `-` (else `_`).
    pub kebab_paths: Observed<bool>,
    /// Tags as written: `{entities}`, `{Entities}`, `{entity}`.
    pub tag: Observed<String>,
    /// Whether handlers are annotated with `Any`.
    pub any_results: Observed<bool>,
    /// Function that gives the `responses` of a route for the exceptions that it may raise.
    pub responses: Option<Symbol>,
    /// In which order files define their handlers: `list`, `create`, `read`, `update`, `delete`.
    pub sequence: Observed<Vec<String>>,
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
        /// What neighbours give it beside the text: `success=True`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        constants: Vec<String>,
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
    /// Detail text of a denied access, with `{entity}` where it names what the row is.
    pub forbidden_text: Option<String>,
    /// Whether status codes are written as `status.HTTP_404_NOT_FOUND` (else numbers).
    pub named_status: Observed<bool>,
    /// Domain exception for somebody who is not signed in.
    pub unauthorized: Option<Symbol>,
    /// Context manager that answers a missing row as a conflict: for what a body refers to.
    pub as_conflict: Option<Symbol>,
    /// The exception that a module derives for its missing row, as a neighbour writes it.
    pub missing_row: Option<ErrorClass>,
    /// The exception that a module derives for somebody else's row, as a neighbour writes it.
    pub denied_row: Option<ErrorClass>,
    /// The exception that a module derives for a value that is taken, as a neighbour writes it, where that says more
    /// than the class above it.
    pub taken_row: Option<ErrorClass>,
    /// The one file with the exceptions of all modules, where they stand together.
    pub file: Option<String>,
    /// Name of the exception that a module derives for a value that is taken: `{Entity}{Field}TakenError`.
    pub taken_value: Option<String>,
    /// What a client is told of a taken value, with `{Entity}`, `{a_entity}`, `{Field}` and the like:
    /// `{Entity} {field} already in use`; none where no code shows it.
    pub taken_text: Option<Observed<String>>,
    /// Status of a taken value: 409, 400.
    pub taken_status: Observed<u16>,
    /// Whether a broken constraint is taken for the one that is expected: no `except IntegrityError` asks which.
    pub takes_any_violation: bool,
    /// Whether some `except IntegrityError` asks which constraint was broken.
    pub asks_violation: bool,
    /// Whether the project answers invalid requests by a handler of its own.
    #[serde(default)]
    pub answers_invalid: bool,
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
    /// Classes that extend it, where modules derive their own.
    pub derived: Vec<Symbol>,
    /// Whether it stands above exceptions of all kinds, so that only what modules derive of it says why.
    pub is_root: bool,
}

/// An exception class as a neighbour writes it, with placeholders for the words of its entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorClass {
    /// Python source, with `{Entity}`, `{entity}`, `{Label}` and `{label}`, and `{message}` for a text that names the
    /// entity in no word that is known.
    pub source: String,
    /// Name, with `{Entity}`.
    pub name: String,
    /// Whether its constructor takes the key of the missing row.
    pub takes_key: bool,
    /// Where the names that it uses come from, by the name as written.
    pub names: BTreeMap<String, Symbol>,
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
    /// Whether bounds stand in defaults, `= Query(0, ge=0)` (else in `Annotated`).
    pub in_defaults: Observed<bool>,
    /// The greatest start of a page that such a default allows, as written.
    pub last_start: Option<String>,
    /// Class of the parameters, where a dependency gives them as one object.
    pub parameters_class: Option<Symbol>,
    /// The object by which handlers are given the parameters, where there is one.
    pub object: Option<PageObject>,
    /// Object in a field of the page that holds what is not rows: `pagination` of `{items, pagination}`.
    pub nested: Option<NestedPage>,
}

/// How a page's parameters reach a handler as one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageObject {
    /// `PageParams`.
    pub class: Symbol,
    /// `PageDep`; none where handlers write `Annotated[PageParams, Depends()]`.
    pub alias: Option<Symbol>,
}

/// What a page says of itself in an object of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct NestedPage {
    /// Field of the page: `pagination`.
    pub field: String,
    /// Class of the object.
    pub class: Symbol,
    /// Its field of the total.
    pub total: Option<String>,
    /// Its further fields.
    pub others: Vec<String>,
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
