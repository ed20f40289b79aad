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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Known<Value>>,
    /// What changes its schema and is not followed: a metaclass, `__get_pydantic_json_schema__`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknowns: Vec<Unknown>,
    /// Where it is defined.
    pub at: Location,
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
    /// A dataclass.
    Dataclass,
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
