//! How code comes by rows: its own, and those that it only asks about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Observed;

/// How code comes by rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReachStyle {
    /// Whether handlers look the row in their path up themselves, in a house without services.
    pub in_handlers: Observed<bool>,
    /// Whether functions beside handlers take their arguments by keyword only.
    pub function_keywords: Observed<bool>,
    /// Whether services ask the services of other entities for rows of theirs, and not their repositories.
    pub through_services: Observed<bool>,
    /// Whether methods that only the class itself calls begin with `_`.
    pub private_helpers: Observed<bool>,
    /// How references in bodies are checked.
    pub references: Observed<ReferenceChecks>,
}

/// How references in bodies are checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceChecks {
    /// All in one method of their own.
    #[default]
    Together,
    /// Each in a method of its own: `_check_client(user, data.client_id)`.
    Each,
    /// Where the body is taken.
    InPlace,
}
