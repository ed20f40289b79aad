//! Types of columns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Known, Symbol};

/// The type of a column, in SQLAlchemy's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ColumnType {
    /// `VARCHAR(length)`; `auto` where it is SQLModel's `AutoString`.
    String {
        /// Length in characters.
        length: Option<u32>,
        /// Whether it is SQLModel's `AutoString`.
        auto: bool,
    },
    /// `TEXT`.
    Text,
    /// `INTEGER`.
    Integer,
    /// `SMALLINT`.
    SmallInteger,
    /// `BIGINT`.
    BigInteger,
    /// `BOOLEAN`.
    Boolean,
    /// `FLOAT`.
    Float,
    /// `DOUBLE PRECISION`.
    Double,
    /// `NUMERIC(precision, scale)`.
    Numeric {
        /// Digits in all.
        precision: Option<u32>,
        /// Digits behind the point.
        scale: Option<u32>,
    },
    /// `DATE`.
    Date,
    /// `TIME`.
    Time {
        /// With time zone.
        timezone: bool,
    },
    /// `TIMESTAMP`.
    DateTime {
        /// With time zone.
        timezone: bool,
    },
    /// `INTERVAL`.
    Interval,
    /// SQLAlchemy's `Uuid`.
    Uuid,
    /// `BYTEA`, `BLOB`.
    LargeBinary,
    /// Enumeration.
    Enum {
        /// Type name in the database, where it has one.
        name: Option<String>,
        /// Values as stored.
        values: Known<Vec<String>>,
        /// Whether PostgreSQL gets a type of its own.
        native: bool,
        /// Length of the `VARCHAR` where not native.
        length: Option<u32>,
        /// Schema of the type, where it has one of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schema: Option<String>,
    },
    /// `JSON`.
    Json,
    /// `ARRAY` of PostgreSQL.
    Array {
        /// What it holds.
        item: Box<ColumnType>,
        /// Dimensions, where they are given.
        dimensions: Option<u32>,
        /// Whether it is `sqlalchemy.ARRAY`, not that of the dialect.
        generic: bool,
    },
    /// A type that is kept as its Python source: dialect types (`JSONB()`), `TypeDecorator`s, third-party types.
    Other {
        /// Import path of the type.
        symbol: Symbol,
        /// The arguments as Python source text, parentheses left out.
        arguments: String,
        /// What it is in PostgreSQL's words, where it has them itself: `JSONB`, `VECTOR(3)`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        postgresql: Option<String>,
        /// What of its size the source says.
        #[serde(default, skip_serializing_if = "TypeSize::is_unsaid")]
        size: TypeSize,
        /// What a `TypeDecorator`, or a type with variants, stands for on PostgreSQL.
        implementation: Option<Box<ColumnType>>,
        /// What it stands for on databases that nothing is said of, where that is known and differs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Box<ColumnType>>,
        /// What it stands for on SQLite, where that is known and differs from both.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sqlite: Option<Box<ColumnType>>,
    },
}

/// What the source says of the size of a type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TypeSize {
    /// Length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// Digits in all, or of a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<u32>,
    /// Digits behind the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    /// With time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<bool>,
}

impl TypeSize {
    /// Whether nothing is said.
    pub fn is_unsaid(&self) -> bool {
        *self == Self::default()
    }
}

impl ColumnType {
    /// A type that is kept as its Python source, nothing else known.
    pub fn other(symbol: Symbol, arguments: impl Into<String>) -> Self {
        Self::Other {
            symbol,
            arguments: arguments.into(),
            postgresql: None,
            size: TypeSize::default(),
            implementation: None,
            base: None,
            sqlite: None,
        }
    }

    /// What a column of the type is on PostgreSQL: a `TypeDecorator` what it stands for, any other type itself.
    pub fn stored(&self) -> &Self {
        match self {
            Self::Other { implementation: Some(inner), .. } => inner.stored(),
            ty => ty,
        }
    }

    /// The same on SQLite.
    pub fn on_sqlite(&self) -> &Self {
        match self {
            Self::Other { sqlite: Some(inner), .. }
            | Self::Other { base: Some(inner), .. }
            | Self::Other { implementation: Some(inner), .. } => inner.on_sqlite(),
            ty => ty,
        }
    }
}
