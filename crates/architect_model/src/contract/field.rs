//! Fields of classes, and parameters of operations: a type, a default, and what is said of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Type;
use crate::{Known, Location};

/// A field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Field {
    /// Name in Python.
    pub name: String,
    /// Name under which it is sent, where it is another one: `validation_alias`, `alias`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Known<String>>,
    /// Name under which it is answered, where it is another one: `serialization_alias`, `alias`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_as: Option<Known<String>>,
    /// Type, with the constraints and validators of the field.
    #[serde(rename = "of")]
    pub ty: Type,
    /// What it has where it is left out; none where it must be given.
    pub default: Option<FieldDefault>,
    /// What is said of it.
    pub documentation: Documentation,
    /// Whether it is left out of what is answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub excluded: bool,
    /// Whether it is computed: answered only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub computed: bool,
    /// Where it is declared.
    pub at: Location,
}

/// What is there where nothing is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "default", rename_all = "snake_case")]
pub enum FieldDefault {
    /// A value, as JSON in the way in which Pydantic writes it.
    Value {
        /// It.
        value: Known<Value>,
    },
    /// A value that is none of JSON's: Pydantic leaves it out of the schema, with a warning.
    Unwritable,
    /// What a function makes each time (`default_factory`): it does not stand in the schema.
    Made,
}

/// What is said of a field or a type within one, by the names of `Field(…)`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Documentation {
    /// `title`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Known<String>>,
    /// `description`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Known<String>>,
    /// `examples`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples: Option<Known<Value>>,
    /// `deprecated`, where it is set: of a text, true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Known<bool>>,
    /// `json_schema_extra`, and keywords that Pydantic keeps as such; an object, or unknown where a function makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Known<Value>>,
}

impl Documentation {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
