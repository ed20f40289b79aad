//! The brief for whoever builds the UI: what a part of an API takes, answers and refuses, and who may do what.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ApiClass, ApiValue, Location, ParameterPlace, Unknown};

/// The brief for whoever builds the UI.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Handoff {
    /// Version of this format.
    pub format: u32,
    /// Module, class or table that it is about; none for all.
    pub subject: Option<String>,
    /// What it is for, in a line.
    pub purpose: String,
    /// What all paths begin with.
    pub base_path: String,
    /// How to sign in, where the code shows it.
    pub sign_in: Option<SignIn>,
    /// Operations, in the order in which they are registered.
    pub operations: Vec<HandoffOperation>,
    /// Fields with a set of values, and what changes them.
    pub states: Vec<StateField>,
    /// Classes of requests and responses, those that others use first.
    pub classes: Vec<ApiClass>,
    /// TypeScript types of the same; compiles under `tsc --strict`.
    pub typescript: String,
    /// Bodies of errors, as TypeScript types.
    pub error_bodies: Vec<ErrorType>,
    /// What could not be told.
    pub unknowns: Vec<Unknown>,
}

/// How to sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SignIn {
    /// Class of FastAPI: `OAuth2PasswordBearer`.
    pub scheme: String,
    /// What a signed-in request carries: `Authorization: Bearer TOKEN`.
    pub carries: String,
    /// Where a token is had; none where the code does not show it.
    pub token_url: Option<String>,
    /// The request that gives a token, where it is an operation of the project.
    pub example: Option<Example>,
    /// Where it is made.
    pub at: Location,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandoffOperation {
    /// HTTP method.
    pub method: String,
    /// Full path.
    pub path: String,
    /// The function that answers it.
    pub name: String,
    /// What it does.
    pub does: String,
    /// Entity whose rows it works on.
    pub entity: Option<String>,
    /// Who may do it.
    pub who: Who,
    /// Parameters outside the body.
    pub parameters: Vec<HandoffParameter>,
    /// The body of requests.
    pub body: Option<HandoffBody>,
    /// Status of success; none where it is not known.
    pub status: Option<u16>,
    /// What success answers as a TypeScript type; none for no body.
    pub answer: Option<String>,
    /// What success answers.
    pub answer_value: Option<ApiValue>,
    /// What it refuses.
    pub errors: Vec<HandoffError>,
    /// Order of the rows that it lists, `-` before descending columns.
    pub order: Vec<String>,
    /// Whether it tells a field that is left out from one that is `null`.
    pub partial: bool,
    /// How it answers in pages.
    pub page: Option<HandoffPage>,
    /// A request and its response.
    pub example: Option<Example>,
    /// What could not be told of it.
    pub unknowns: Vec<Unknown>,
    /// Where its function is defined.
    pub at: Location,
}

/// Who may do something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Who {
    /// In a word or two.
    pub text: String,
    /// The owner of the row.
    pub owner: Permission,
    /// Another signed-in user.
    pub other: Permission,
    /// An administrator.
    pub administrator: Permission,
    /// Nobody in particular.
    pub nobody: Permission,
}

/// Whether somebody may do something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Permission {
    /// Yes.
    Yes,
    /// Yes; sees own rows only.
    OwnRows,
    /// Yes, and owns what comes of it.
    BecomesOwner,
    /// No; the status of the answer, where it is known.
    No {
        /// The status.
        status: Option<u16>,
    },
    /// There is no such person here: rows have no owner, or the project has no administrators.
    None,
    /// Not known.
    Unknown {
        /// Where and why.
        unknown: Unknown,
    },
}

/// A parameter outside the body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandoffParameter {
    /// Name as it is sent.
    pub name: String,
    /// Where.
    pub place: ParameterPlace,
    /// TypeScript type.
    #[serde(rename = "type")]
    pub ty: String,
    /// What may be sent.
    pub value: ApiValue,
    /// Bounds in words.
    pub rules: Vec<String>,
    /// Whether it must be sent.
    pub required: bool,
    /// Default as JSON text; `?` where it is not known.
    pub default: Option<String>,
    /// Entity whose key it is.
    pub of: Option<String>,
}

/// The body of requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandoffBody {
    /// Media type.
    pub media: String,
    /// TypeScript type.
    #[serde(rename = "type")]
    pub ty: String,
    /// What may be sent.
    pub value: ApiValue,
    /// Whether it must be sent.
    pub required: bool,
}

/// An error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandoffError {
    /// Status; none where it is not known.
    pub status: Option<u16>,
    /// When, in words of the code.
    pub when: String,
    /// Name of its body among the error types.
    pub body: String,
    /// Where it is raised; none where FastAPI does.
    pub at: Option<Location>,
}

/// The body of errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorType {
    /// Name of the type.
    pub name: String,
    /// What it is.
    pub value: ApiValue,
    /// Function of the project that answers it; none for FastAPI's own.
    pub at: Option<Location>,
}

/// How rows are answered in pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandoffPage {
    /// Field with the rows; none for a bare list.
    pub rows: Option<String>,
    /// Further fields.
    pub others: Vec<String>,
    /// Parameters that choose the page.
    pub parameters: Vec<String>,
    /// Further parameters: they choose rows, or their order.
    pub filters: Vec<String>,
}

/// A field with a set of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StateField {
    /// Entity.
    pub entity: String,
    /// The field.
    pub field: String,
    /// Its values as JSON texts.
    pub values: Vec<String>,
    /// The value that new rows have.
    pub initial: Option<String>,
    /// What changes it.
    pub transitions: Vec<Transition>,
}

/// A change of a state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Transition {
    /// Method and path.
    pub operation: String,
    /// The values that the row must have before; none for any.
    pub from: Option<Vec<String>>,
    /// The value that it has after; none where the request says it.
    pub to: Option<String>,
    /// Conditions that could not be told.
    pub unknowns: Vec<Unknown>,
}

/// A request and its response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Example {
    /// HTTP method.
    pub method: String,
    /// Path with its parameters filled in, and the query.
    pub path: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body of the request.
    pub body: Option<serde_json::Value>,
    /// Status of the response.
    pub status: Option<u16>,
    /// Body of the response.
    pub response: Option<serde_json::Value>,
    /// Keys of rows that must be there before.
    pub needs: Vec<Need>,
}

/// A place in an example that holds the key of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Need {
    /// `path` and the name of the parameter, or `body` and the name of the field.
    pub place: String,
    /// Name of the parameter or field.
    pub name: String,
    /// Entity whose row it is.
    pub entity: String,
    /// Its value in the example.
    pub value: String,
}
