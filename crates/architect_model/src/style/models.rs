//! How tables and schemas are declared.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Observed, Symbol};

/// How tables are declared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct ModelStyle {
    /// Object-relational mapper.
    pub orm: Observed<Orm>,
    /// What the names of table classes end in, where the rest of the family lacks it: `Table` in `ItemTable`; mostly empty.
    pub class_suffix: Observed<String>,
    /// Class that tables extend beside their `Base` schema: `SQLModel`, or the project's declarative base.
    pub base: Option<Symbol>,
    /// Columns that this class brings.
    pub base_columns: Vec<String>,
    /// Whether tables are dataclasses (`MappedAsDataclass`): what has a default stands behind what has none.
    pub dataclasses: bool,
    /// Mixins that most tables extend, in order.
    pub mixins: Vec<Mixin>,
    /// Whether a table extends the entity's `Base` schema (SQLModel).
    pub extends_schema_base: Observed<bool>,
    /// Whether `__tablename__` is written out.
    pub explicit_names: Observed<bool>,
    /// Whether table names are plural.
    pub plural_names: Observed<bool>,
    /// Whether words of table names are joined with `_`.
    pub snake_names: Observed<bool>,
    /// Primary-key type.
    pub id: Observed<IdKind>,
    /// Name of the primary key: `id`, `{entity}_id`; empty where no code shows it.
    pub key_name: String,
    /// Declaration of the primary key as written, where tables write it themselves.
    pub id_line: Option<String>,
    /// Owner column: `owner_id`, `user_id`.
    pub owner_column: Observed<String>,
    /// Declaration of the owner column as written.
    pub owner_line: Option<String>,
    /// Timestamp columns that tables have: name and declaration as written; empty declaration where a mixin has it.
    pub timestamps: Vec<Observed<ColumnLine>>,
    /// Whether relationships are declared between entities.
    pub relationships: Observed<bool>,
    /// Whether enums are stored as native types.
    pub native_enums: Observed<bool>,
    /// Base class of enums: `StrEnum`, `str, Enum`.
    pub enum_bases: Observed<Vec<String>>,
    /// Whether enum members are upper case.
    pub upper_members: Observed<bool>,
    /// Naming convention of the metadata: kind (`ix`, `uq`, `ck`, `fk`, `pk`) and template.
    pub naming_convention: Vec<(String, String)>,
    /// Class used for zoned times where the project has its own type.
    pub datetime_type: Option<Symbol>,
}

/// A mixin and what it brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mixin {
    /// The class.
    pub class: Symbol,
    /// Columns it declares.
    pub columns: Vec<String>,
}

/// A column and its declaration as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnLine {
    /// Column name.
    pub name: String,
    /// Declaration as Python source text, or empty where a mixin has it.
    pub line: String,
    /// Whether it may be empty.
    pub optional: bool,
    /// Whether a row must be given a value when it is made from a schema: only the database fills it in.
    pub given: bool,
    /// Whether the database computes it anew with each change: `onupdate=func.now()`.
    pub by_database: bool,
}

/// Object-relational mapper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orm {
    /// SQLModel.
    #[default]
    SqlModel,
    /// SQLAlchemy with `Mapped` and `mapped_column`.
    SqlAlchemy,
    /// SQLAlchemy with `Column` attributes.
    SqlAlchemyLegacy,
}

/// Type of primary keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// `uuid.UUID`.
    #[default]
    Uuid,
    /// `int`.
    Integer,
    /// `str`.
    String,
}

/// How requests and responses are declared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaStyle {
    /// Class that schemas extend.
    pub base: Observed<Symbol>,
    /// Suffix of the class with the shared fields; none where there is none.
    pub base_suffix: Observed<Option<String>>,
    /// Suffix of the class for creation.
    pub create_suffix: Observed<String>,
    /// Suffix of the class for changes.
    pub update_suffix: Observed<String>,
    /// Suffix of the class of responses.
    pub output_suffix: Observed<String>,
    /// Whether responses carry `model_config = ConfigDict(from_attributes=True)` themselves.
    pub from_attributes: Observed<bool>,
    /// Whether constraints are written as `Annotated` (else as `= Field(...)`).
    pub annotated: Observed<bool>,
}

impl Default for SchemaStyle {
    fn default() -> Self {
        Self {
            base: Observed::assumed(Symbol::new("sqlmodel", "SQLModel")),
            base_suffix: Observed::assumed(Some("Base".into())),
            create_suffix: Observed::assumed("Create".into()),
            update_suffix: Observed::assumed("Update".into()),
            output_suffix: Observed::assumed("Public".into()),
            from_attributes: Observed::assumed(false),
            annotated: Observed::assumed(false),
        }
    }
}
