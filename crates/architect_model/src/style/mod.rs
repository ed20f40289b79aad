//! The house style: how this project writes each layer, learned from its code, with the evidence.

mod access;
mod api;
mod idioms;
mod layers;
mod layout;
mod models;
mod observed;
mod order;
mod reach;
mod surroundings;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use access::*;
pub use api::*;
pub use idioms::*;
pub use layers::*;
pub use layout::*;
pub use models::*;
pub use observed::*;
pub use order::*;
pub use reach::*;
pub use surroundings::*;

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
    /// How code comes by rows.
    pub reach: ReachStyle,
    /// Small habits of the code.
    pub idioms: IdiomStyle,
    /// How source is formatted.
    pub format: FormatStyle,
}
