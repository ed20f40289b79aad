//! The schema of a database: what models declare, what revisions build, what a live database has.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{QualifiedName, Table, Touched, Unknown};

/// The schema of a database.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseSchema {
    /// Tables, by name.
    pub tables: Vec<Arc<Table>>,
    /// PostgreSQL's enumeration types, by name.
    pub enums: Vec<EnumType>,
    /// Objects of which it is not known whether or how they are, because what may touch them could not be determined.
    pub doubts: Vec<Doubt>,
}

/// An enumeration type of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnumType {
    /// Its name.
    pub name: QualifiedName,
    /// Its values, in order.
    pub values: Vec<String>,
}

/// Objects that may be otherwise than a [`DatabaseSchema`] says, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Doubt {
    /// The objects.
    pub touches: Touched,
    /// Where and why.
    pub unknown: Unknown,
}
