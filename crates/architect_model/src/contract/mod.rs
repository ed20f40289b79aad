//! What an application promises its clients: its operations, and the types of what they take and answer.
//!
//! The nouns follow the two programs that make an OpenAPI document of a FastAPI application, so that the same rules can be
//! carried out on them: [`Type`] is a core schema of Pydantic as far as `pydantic.json_schema.GenerateJsonSchema` looks at
//! it, [`Route`] is what `fastapi.openapi.utils.get_openapi` asks an `APIRoute`.

mod class;
mod field;
mod route;
mod types;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use class::*;
pub use field::*;
pub use route::*;
pub use types::*;

use crate::{Known, Unknown};

/// The contract of one application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contract {
    /// The application: `app.main:app`.
    pub app: String,
    /// The arguments of `FastAPI(…)` that stand in the document: `title`, `version`, `servers`, `openapi_tags`, … by their
    /// Python names; those left out have FastAPI's defaults.
    pub arguments: Vec<(String, Known<Value>)>,
    /// Its routes in order of registration, those left out of the document too.
    pub routes: Vec<Route>,
    /// Routes that it calls itself (`app.webhooks`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhooks: Vec<Route>,
    /// Classes that types name, by [`ClassId`].
    pub classes: Vec<ClassType>,
    /// What FastAPI and Pydantic it runs with.
    pub versions: ContractVersions,
    /// Set where no lock names these versions, so that the newest are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlocked: Option<Unknown>,
    /// What could not be followed beside what stands in routes and types: routes may be missing.
    pub unknowns: Vec<Unknown>,
}

impl Contract {
    /// The class of an identifier of this contract.
    pub fn class(&self, id: ClassId) -> Option<&ClassType> {
        self.classes.get(id.0)
    }
}

/// Versions of the libraries that make the document: major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContractVersions {
    /// FastAPI.
    pub fastapi: (u32, u32, u32),
    /// Pydantic.
    pub pydantic: (u32, u32, u32),
}

impl Default for ContractVersions {
    /// The newest that the rules were written from.
    fn default() -> Self {
        Self { fastapi: (0, 165, 0), pydantic: (2, 14, 4) }
    }
}
