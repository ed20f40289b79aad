//! In which order functions take their parameters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a parameter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterPart {
    /// The database session, or the unit of work.
    Session,
    /// The signed-in user.
    User,
    /// A key: in the path of a handler, of the row that a service works on.
    Path,
    /// The body.
    Body,
    /// The service.
    Service,
    /// The page.
    Page,
    /// A filter, or what else may be left out.
    Filter,
}

/// The order of parameters, and from where on they are passed by keyword only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParameterOrder {
    /// All parts in order; where no code shows it, the brief's order.
    pub parts: Vec<ParameterPart>,
    /// The first part behind `*`, where there is one.
    pub keyword_from: Option<ParameterPart>,
}

impl Default for ParameterOrder {
    fn default() -> Self {
        use ParameterPart::{Body, Filter, Page, Path, Service, Session, User};
        Self { parts: vec![Session, Path, Body, Page, User, Service, Filter], keyword_from: None }
    }
}

impl ParameterOrder {
    /// The place of a part.
    pub fn rank(&self, part: ParameterPart) -> usize {
        self.parts.iter().position(|known| *known == part).unwrap_or(self.parts.len())
    }

    /// Whether a part stands behind `*`.
    pub fn is_keyword(&self, part: ParameterPart) -> bool {
        self.keyword_from.is_some_and(|from| self.rank(part) >= self.rank(from))
    }
}
