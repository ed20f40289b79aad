//! Applications and their endpoints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DeclaredResponse, Known, Location, Symbol, Unknown};

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
    /// Statuses that it and its routers declare in `responses`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<DeclaredResponse>,
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
    /// `responses`.
    Responses,
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
