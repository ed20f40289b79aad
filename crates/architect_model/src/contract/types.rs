//! Types of values, as Pydantic sees them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ClassId, Documentation, FieldDefault};
use crate::{Known, Unknown};

/// A type, and what is demanded of its values beyond it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Type {
    /// What it is.
    #[serde(flatten)]
    pub kind: TypeKind,
    /// Constraints by their Python names, in the order in which they apply: `max_length`, `ge`, `pattern`, `multiple_of`,
    /// `max_digits`, `strict`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<(String, Known<Value>)>,
}

impl Type {
    /// A type of which nothing more is demanded.
    pub fn of(kind: TypeKind) -> Self {
        Self { kind, constraints: Vec::new() }
    }

    /// A type that is not known.
    pub fn unknown(unknown: Unknown) -> Self {
        Self::of(TypeKind::Unknown { unknown })
    }

    /// The same, `None` allowed.
    #[must_use]
    pub fn nullable(self) -> Self {
        Self::of(TypeKind::Nullable { of: Box::new(self) })
    }

    /// Calls `see` with it and every type within, classes not entered.
    pub fn each<'t>(&'t self, see: &mut dyn FnMut(&'t Self)) {
        see(self);
        self.kind.parts().into_iter().for_each(|part| part.each(see));
    }
}

/// What a type is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TypeKind {
    /// `Any`, `object`, a type variable without a bound.
    Any,
    /// `None`.
    Null,
    /// `bool`.
    Boolean,
    /// `int`.
    Integer,
    /// `float`.
    Float,
    /// `Decimal`.
    Decimal,
    /// `complex`.
    Complex,
    /// `str`.
    Text,
    /// `bytes`.
    Bytes,
    /// `date`.
    Date,
    /// `datetime`.
    DateTime,
    /// `time`.
    Time,
    /// `timedelta`.
    Duration,
    /// `UUID`, of a version where one is demanded.
    Uuid {
        /// 1 to 8.
        version: Option<u8>,
    },
    /// Pydantic's classes of URLs.
    Url {
        /// Whether several hosts are allowed (`PostgresDsn`): another format in JSON Schema.
        multi_host: bool,
    },
    /// Pydantic's `SecretStr`, `SecretBytes`.
    Secret {
        /// What it hides.
        of: Box<Type>,
    },
    /// FastAPI's `UploadFile`.
    Upload,
    /// A type whose schema is fixed (`EmailStr`, `IPv4Address`, `Path`), or written down in the code
    /// (`WithJsonSchema`).
    Fixed {
        /// JSON Schema of what is taken; none for what cannot be taken.
        taken: Option<Value>,
        /// JSON Schema of what is answered.
        answered: Option<Value>,
    },
    /// `Literal[…]`.
    Literal {
        /// Values as JSON.
        values: Vec<Value>,
    },
    /// `list`, and what is taken as one: `Sequence`, `Iterable`, `deque`.
    List {
        /// Its items.
        items: Box<Type>,
    },
    /// `set`, `frozenset`.
    Set {
        /// Its items.
        items: Box<Type>,
    },
    /// `tuple`.
    Tuple {
        /// Items at fixed places.
        items: Vec<Type>,
        /// Items after these: `tuple[int, ...]`.
        rest: Option<Box<Type>>,
    },
    /// `dict`, `Mapping`.
    Map {
        /// Its keys.
        keys: Box<Type>,
        /// Its values.
        values: Box<Type>,
    },
    /// A class of the code base, a `TypeAliasType`, or a class of a library that is read.
    Class {
        /// Which.
        class: ClassId,
    },
    /// `X | None`.
    Nullable {
        /// `X`.
        of: Box<Type>,
    },
    /// One of several.
    Union {
        /// They, in order.
        of: Vec<Type>,
    },
    /// A union that a field tells apart: `Field(discriminator="kind")`.
    Tagged {
        /// Name of the field as it is sent.
        discriminator: Known<String>,
        /// Values of the field, and the type that each means.
        choices: Vec<(Vec<Value>, Type)>,
    },
    /// `Annotated[X, Field(title=…)]` within another type.
    Documented {
        /// `X`.
        of: Box<Type>,
        /// What is said of it.
        documentation: Box<Documentation>,
    },
    /// A type with a default within another type.
    Defaulted {
        /// The type.
        of: Box<Type>,
        /// The default.
        default: FieldDefault,
    },
    /// `Json[X]`.
    Json {
        /// `X`.
        of: Option<Box<Type>>,
    },
    /// A validator that is a function.
    Validated {
        /// When it runs.
        when: ValidatorMode,
        /// The type that it stands at.
        of: Box<Type>,
        /// `json_schema_input_type`.
        input: Option<Box<Type>>,
    },
    /// A serializer that is a function.
    Serialized {
        /// The type that it stands at.
        of: Box<Type>,
        /// What it returns, where it says so.
        returns: Option<Box<Type>>,
        /// Whether it stands around the type's own (`WrapSerializer`), and does not write defaults.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        wraps: bool,
        /// `when_used`: `always`, `unless-none`, `json`, `json-unless-none`.
        when_used: String,
    },
    /// `SkipJsonSchema[X]`.
    Skipped {
        /// `X`.
        of: Box<Type>,
    },
    /// A type that has no JSON Schema: a function, an arbitrary class.
    Opaque {
        /// What it is.
        name: String,
    },
    /// Not known.
    Unknown {
        /// Where and why.
        unknown: Unknown,
    },
}

impl TypeKind {
    /// The types within it.
    pub fn parts(&self) -> Vec<&Type> {
        match self {
            Self::Secret { of }
            | Self::Nullable { of }
            | Self::Documented { of, .. }
            | Self::Defaulted { of, .. }
            | Self::Skipped { of } => vec![of],
            Self::List { items } | Self::Set { items } => vec![items],
            Self::Map { keys, values } => vec![keys, values],
            Self::Tuple { items, rest } => items.iter().chain(rest.as_deref()).collect(),
            Self::Union { of } => of.iter().collect(),
            Self::Tagged { choices, .. } => choices.iter().map(|(_, choice)| choice).collect(),
            Self::Json { of } => of.as_deref().into_iter().collect(),
            Self::Validated { of, input, .. } => std::iter::once(&**of).chain(input.as_deref()).collect(),
            Self::Serialized { of, returns, .. } => std::iter::once(&**of).chain(returns.as_deref()).collect(),
            _ => Vec::new(),
        }
    }
}

/// When a validator runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValidatorMode {
    /// Before the type's own.
    Before,
    /// After it.
    After,
    /// Around it.
    Wrap,
    /// Instead of it.
    Plain,
}
