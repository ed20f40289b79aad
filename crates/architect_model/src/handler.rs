//! Functions that answer requests, by their form: what each works on and takes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ColumnSet, Location, Parameter, Symbol};

/// A function that answers requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Handler {
    /// The function.
    pub symbol: Symbol,
    /// Which of the usual five operations it is, where its method, path and answer show one.
    pub operation: Option<StandardOperation>,
    /// Table class that it is about: that of its answer or its body, or the one that its name says.
    pub table: Option<Symbol>,
    /// Class of the request's body, where it is a class of the project.
    pub body: Option<Symbol>,
    /// Class of one row of the answer.
    pub answer: Option<Symbol>,
    /// Parameters as written.
    pub parameters: Vec<Parameter>,
    /// Names of those that are dependencies.
    pub dependencies: Vec<String>,
    /// The function or method of a service that does its work, where it calls one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Symbol>,
    /// Columns that it sets to fixed values, where it is none of the usual five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<ColumnSet>,
    /// Where it is defined.
    pub at: Location,
}

/// One of the operations that every resource has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandardOperation {
    /// Several rows.
    List,
    /// One row.
    Read,
    /// A new row.
    Create,
    /// A changed row.
    Update,
    /// One row less.
    Delete,
}
