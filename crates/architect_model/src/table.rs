//! Tables as the models declare them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Known, Location, Symbol, Unknown};

/// A table that the models declare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    /// Name in the database.
    pub name: Known<String>,
    /// Schema (namespace) in the database.
    pub schema: Option<String>,
    /// The class; none for a Core `Table`.
    pub class: Option<Symbol>,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Table constraints and indexes, those that columns imply included.
    pub constraints: Vec<TableConstraint>,
    /// Relationships of the class.
    pub relationships: Vec<Relationship>,
    /// The column that says to whom a row belongs, if one does.
    pub owner: Option<Owner>,
    /// Parts that could not be determined.
    pub unknowns: Vec<Unknown>,
    /// Where the class or table is defined.
    pub at: Location,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// Name in the database.
    pub name: String,
    /// Attribute of the class, where it differs from `name`.
    pub attribute: Option<String>,
    /// Type.
    #[serde(rename = "type")]
    pub ty: Known<ColumnType>,
    /// Whether NULL is allowed.
    pub nullable: Known<bool>,
    /// Whether it is (part of) the primary key.
    pub primary_key: bool,
    /// The `unique=True` flag given on the column.
    pub unique: bool,
    /// The `index=True` flag given on the column.
    pub index: bool,
    /// Default that Python fills in, as Python source text; `None` for none.
    pub default: Option<String>,
    /// Whether that default is the current time or date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub default_is_now: bool,
    /// Default that the database fills in, as Python source text; `None` for none.
    pub server_default: Option<String>,
    /// Comment in the database.
    pub comment: Option<String>,
    /// Where it is declared, maybe in a mixin of another file.
    pub at: Location,
}

/// A default that the database fills in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerDefault {
    /// As Python source: `"open"`, `func.now()`, `text("gen_random_uuid()")`.
    pub source: String,
    /// As SQL that PostgreSQL gets from SQLAlchemy: `'open'`, `now()`, `gen_random_uuid()`.
    pub sql: Known<String>,
}

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
    },
    /// `JSON`.
    Json,
    /// A type that is kept as its Python source: dialect types (`JSONB()`), `TypeDecorator`s, third-party types.
    Other {
        /// Import path of the type.
        symbol: Symbol,
        /// The arguments as Python source text, parentheses left out.
        arguments: String,
        /// What a `TypeDecorator` stands for in the database.
        implementation: Option<Box<ColumnType>>,
    },
}

/// A constraint or an index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TableConstraint {
    /// Primary key.
    PrimaryKey {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// Columns.
        columns: Vec<String>,
    },
    /// Foreign key.
    ForeignKey {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// Columns of this table.
        columns: Vec<String>,
        /// Table referred to, with its schema where it has one.
        ref_table: String,
        /// Columns referred to.
        ref_columns: Vec<String>,
        /// `ON DELETE`, upper case.
        on_delete: Option<String>,
        /// `ON UPDATE`, upper case.
        on_update: Option<String>,
    },
    /// Unique constraint.
    Unique {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// Columns.
        columns: Vec<String>,
    },
    /// Check constraint.
    Check {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// SQL expression as written.
        sql: Known<String>,
    },
    /// Index.
    Index {
        /// Name.
        name: Option<String>,
        /// Columns, or expressions as Python source text.
        columns: Vec<String>,
        /// Unique index.
        unique: bool,
        /// Further arguments (`postgresql_where=…`) as Python source text.
        options: Vec<String>,
    },
}

/// A relationship attribute of a mapped class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Relationship {
    /// Attribute.
    pub name: String,
    /// Class it leads to.
    pub target: Known<String>,
    /// Whether it holds several.
    pub many: bool,
    /// `back_populates`.
    pub back_populates: Option<String>,
    /// Link table of a many-to-many relationship: class or table name as written.
    pub secondary: Option<String>,
    /// Whether it says itself by which key it joins (`foreign_keys`, `primaryjoin`); otherwise there must be one key only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub joins_itself: bool,
    /// Where it is declared.
    pub at: Location,
}

/// The column that says to whom a row belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Owner {
    /// Foreign-key column of this table.
    pub column: String,
    /// Table it points at: the users' table, or a parent that is owned itself; of a group, the table of its memberships.
    pub table: String,
    /// Whether it points at the users' table directly.
    pub direct: bool,
    /// Set where rows are groups, whose members own them: how memberships refer to them, and to users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<MemberColumns>,
}

/// Columns of the rows that say who the members of groups are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MemberColumns {
    /// Foreign-key column to the group.
    pub group: String,
    /// Foreign-key column to the user.
    pub user: String,
}
