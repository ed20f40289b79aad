//! Columns of tables, and what fills them in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ColumnType, Known, Location, Symbol, Unknown};

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
    /// The class whose members an enumeration stores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enum_class: Option<Symbol>,
    /// Whether NULL is allowed.
    pub nullable: Known<bool>,
    /// Whether it is (part of) the primary key.
    pub primary_key: bool,
    /// What `autoincrement` says; `None` where nothing does, so that SQLAlchemy's own rule holds:
    /// [`Table::is_autoincrement`](crate::Table::is_autoincrement).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoincrement: Option<bool>,
    /// The `unique=True` flag given on the column.
    pub unique: bool,
    /// The `index=True` flag given on the column.
    pub index: bool,
    /// Default that Python fills in where a row is made.
    pub default: Option<ColumnDefault>,
    /// Value that Python fills in where a row is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_update: Option<ColumnDefault>,
    /// Default that the database fills in.
    pub server_default: Option<ServerDefault>,
    /// Expression that the database computes it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<Computed>,
    /// How the database numbers it, where it is an identity column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Checks that stand in the definition of the column, which SQLAlchemy's `Table.constraints` has not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inline_checks: Vec<String>,
    /// Comment in the database.
    pub comment: Option<String>,
    /// Where it is declared, maybe in a mixin of another file.
    pub at: Location,
}

impl Column {
    /// A column with a type and nothing else said about it: NULL is allowed.
    pub fn new(name: impl Into<String>, ty: impl Into<Known<ColumnType>>, at: Location) -> Self {
        Self {
            name: name.into(),
            attribute: None,
            ty: ty.into(),
            enum_class: None,
            nullable: Known::Known(true),
            primary_key: false,
            autoincrement: None,
            unique: false,
            index: false,
            default: None,
            on_update: None,
            server_default: None,
            computed: None,
            identity: None,
            inline_checks: Vec::new(),
            comment: None,
            at,
        }
    }
}

/// A value that Python fills in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnDefault {
    /// Python source text.
    pub source: String,
    /// What it is.
    pub value: Known<DefaultValue>,
    /// Whether it is the current time or date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_now: bool,
}

/// What a value that Python fills in is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum DefaultValue {
    /// A value; one that JSON has no form for as Python's `repr` shows it: `Decimal('0')`.
    Scalar(serde_json::Value),
    /// A member of an enumeration: `Status.OPEN`.
    Enum(String),
    /// A function, by module and qualified name: `uuid.uuid4`.
    Callable(String),
    /// An expression of SQL, as PostgreSQL gets it.
    Sql(String),
    /// The next value of the sequence of this name.
    Sequence(String),
}

/// A value that the database fills in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerDefault {
    /// Python source text.
    pub source: String,
    /// SQL as PostgreSQL gets it: `'open'`, `now()`, `true`.
    pub sql: Known<String>,
    /// What the source makes it of.
    pub form: DefaultForm,
}

/// What a server default is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DefaultForm {
    /// A text of Python, a literal in the database: `server_default="open"`.
    Literal,
    /// SQL as it is written, on every database the same: `text("now()")`.
    Text,
    /// An expression of SQLAlchemy, which every database gets in its own words: `func.now()`.
    Expression,
}

/// A column that the database computes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Computed {
    /// SQL expression.
    pub sql: Known<String>,
    /// Whether it is stored; `None` where nothing says so (PostgreSQL stores it, SQLite does not).
    pub persisted: Option<bool>,
}

/// A column that the database numbers by `GENERATED … AS IDENTITY`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// `GENERATED ALWAYS`, not `BY DEFAULT`.
    pub always: bool,
    /// `START WITH`.
    pub start: Option<i64>,
    /// `INCREMENT BY`.
    pub increment: Option<i64>,
    /// `MINVALUE`.
    pub minimum: Option<i64>,
    /// `MAXVALUE`.
    pub maximum: Option<i64>,
    /// `CACHE`.
    pub cache: Option<i64>,
    /// `CYCLE`, `NO CYCLE`.
    pub cycle: Option<bool>,
    /// Set where more is said of it than could be determined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Unknown>,
}
