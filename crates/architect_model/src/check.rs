//! A design document beside the code: whether the code still has what the document says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Location, Priority};

/// What checking documents found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Version of this format.
    pub format: u32,
    /// The documents, in the order in which they were named.
    pub documents: Vec<DocumentCheck>,
}

impl Check {
    /// Whether the code has all that the documents say.
    pub fn holds(&self) -> bool {
        self.documents.iter().all(|document| document.differences.is_empty())
    }
}

/// One document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentCheck {
    /// Its path.
    pub document: String,
    /// Where the code has something else, or lacks it.
    pub differences: Vec<Finding>,
    /// The requirements with what meets them, in the document's order.
    pub requirements: Vec<RequirementState>,
}

/// A difference, with both places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What differs, one sentence.
    pub text: String,
    /// Where the document says it.
    pub at: Location,
    /// Where the code has it.
    pub found_at: Option<Location>,
}

/// A requirement and what meets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RequirementState {
    /// Identifier.
    pub id: String,
    /// What is required.
    pub text: String,
    /// How much it matters, where the document says.
    pub priority: Option<Priority>,
    /// Whether the code meets it.
    pub state: Met,
    /// Entities whose rows its endpoints work on.
    pub entities: Vec<String>,
    /// Endpoints that the document names for it.
    pub endpoints: Vec<EndpointState>,
    /// Where it stands in the document.
    pub at: Location,
}

/// Whether the code meets a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// All endpoints that the document names for it are there, and tests call each of them.
    Tested,
    /// All of them are there, and no test calls some of them.
    Untested,
    /// The code lacks some of them.
    Unmet,
    /// The document names no endpoint for it: nothing can be told.
    Untraced,
}

/// An endpoint that a requirement rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointState {
    /// HTTP method.
    pub method: String,
    /// Full path.
    pub path: String,
    /// Where the code has it; none where it lacks it.
    pub found_at: Option<Location>,
    /// Test functions that call it.
    pub tests: Vec<TestCall>,
}

/// A test function that calls an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct TestCall {
    /// Name of the function.
    pub name: String,
    /// Where it is defined.
    pub at: Location,
}

/// A request that a test function makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TestRequest {
    /// The function.
    pub test: TestCall,
    /// HTTP method, upper case.
    pub method: String,
    /// URL as written, values that are not constants as `{expression}`.
    pub url: String,
}
