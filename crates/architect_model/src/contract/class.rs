//! Classes of values: models, enumerations, dataclasses, typed dictionaries, and aliases that have a name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Field, Type};
use crate::{Known, Location, Symbol, Unknown};

/// The place of a class in the contract that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ClassId(pub usize);

/// A class; one that is generic stands once for each set of arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassType {
    /// `__module__` and `__qualname__`: of a generic one without its arguments.
    pub symbol: Symbol,
    /// `__name__`: `Page[Item]`.
    pub name: String,
    /// What it is.
    #[serde(flatten)]
    pub kind: ClassKind,
    /// `title` of its configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Known<String>>,
    /// Its docstring, cleaned as `inspect.cleandoc` does; none where it has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docstring: Option<String>,
    /// `json_schema_extra` of its configuration: an object, or unknown where a function makes it.
    #[serde(default, rename = "json_schema_extra", skip_serializing_if = "Option::is_none")]
    pub extra: Option<Known<Value>>,
    /// What its configuration says of how values are written.
    #[serde(default, skip_serializing_if = "ClassConfig::is_default")]
    pub config: ClassConfig,
    /// What changes its schema and is not followed: a metaclass, `__get_pydantic_json_schema__`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknowns: Vec<Unknown>,
    /// Where it is defined.
    pub at: Location,
}

/// What a configuration (`model_config`) says of how values are taken and written, where it changes schemas.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClassConfig {
    /// `val_json_bytes="base64"`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takes_base64: bool,
    /// `ser_json_bytes="base64"`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answers_base64: bool,
    /// `ser_json_timedelta="float"`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub durations_as_numbers: bool,
    /// `ser_json_temporal` other than `iso8601`: dates, times and durations.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub times_as_numbers: bool,
    /// `validate_by_alias=False`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_by_name: bool,
    /// `str_min_length`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_at_least: Option<u64>,
    /// `str_max_length`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_at_most: Option<u64>,
    /// `json_schema_mode_override`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<SchemaMode>,
}

impl ClassConfig {
    /// Whether nothing is said.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether a schema describes what is taken or what is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SchemaMode {
    /// `validation`: what is taken.
    Taken,
    /// `serialization`: what is answered.
    Answered,
}

/// What a class is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "class", rename_all = "snake_case")]
pub enum ClassKind {
    /// A Pydantic model, a dataclass, a typed dictionary: an object of fields.
    Object {
        /// Which of them.
        of: ObjectKind,
        /// Its fields in order, computed ones last.
        fields: Vec<Field>,
        /// What else may be sent.
        extra: ExtraFields,
        /// Whether fields with defaults count as required in answers (`json_schema_serialization_defaults_required`).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        answers_all: bool,
        /// What it is written as where a function does that (`@model_serializer`); none where that is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serializer: Option<Option<Box<Type>>>,
    },
    /// A `RootModel`.
    Root {
        /// The only field.
        root: Box<Field>,
    },
    /// An enumeration.
    Enumeration {
        /// Values of its members in order, as JSON.
        values: Vec<Known<Value>>,
        /// Whether its members are `str`, `int` or `float`.
        base: EnumerationBase,
    },
    /// A named tuple.
    NamedTuple {
        /// Its items.
        fields: Vec<Field>,
    },
    /// A `TypeAliasType`: `type Name = X`.
    Alias {
        /// `X`.
        of: Box<Type>,
    },
    /// Not known.
    Unknown {
        /// Where and why.
        unknown: Unknown,
    },
}

/// What makes an object of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// A Pydantic model, or one of SQLModel.
    Model,
    /// A dataclass of the standard library.
    Dataclass,
    /// A dataclass of `pydantic.dataclasses`.
    PydanticDataclass,
    /// A typed dictionary.
    TypedDict,
}

/// What is done with fields that a class does not declare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "extra", rename_all = "snake_case")]
pub enum ExtraFields {
    /// They are ignored: nothing is said in the schema.
    Ignored,
    /// They are refused: `additionalProperties` is false.
    Refused,
    /// They are taken: of a type, where `__pydantic_extra__` says so.
    Taken {
        /// It.
        of: Option<Box<Type>>,
    },
}

/// What the members of an enumeration are beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnumerationBase {
    /// Nothing.
    Plain,
    /// `str`: the schema says so.
    Text,
    /// `int`.
    Integer,
    /// `float`.
    Float,
}
