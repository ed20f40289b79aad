//! Where each layer lives, and how it is made known.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Location, Observed};

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
    /// Whether these say in a docstring what the module is about.
    pub init_docs: Observed<bool>,
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
