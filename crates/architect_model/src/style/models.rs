//! How tables and schemas are declared.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ColumnType, Known, Observed, Symbol};

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
    /// What such a `Base` schema extends; none where the code has none.
    pub shared_base: Option<Symbol>,
    /// Whether such a `Base` schema stands in the file of the table.
    pub base_beside_table: Observed<bool>,
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
    /// The column that marks a row as deleted, where the house's deletions set it and its queries look at it.
    pub deletion: Option<Observed<DeletionMark>>,
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
    /// Whether unique constraints are given names.
    pub named_constraints: Observed<bool>,
    /// Whether constraints are imported from `sqlmodel` (else from `sqlalchemy`).
    pub constraints_from_sqlmodel: Observed<bool>,
    /// Whether `Field` takes `ondelete`: from SQLModel 0.0.21 on.
    pub field_has_ondelete: bool,
    /// Whether the library stores times with their zone by itself.
    pub zoned_by_library: bool,
    /// Whether digits of a decimal number that may be null stand with the number: before Pydantic 2.8 they must.
    pub digits_inside: bool,
    /// Whether the house writes `timezone.utc`, which older releases of Python have too.
    pub timezone_utc: bool,
    /// What relationships to rows that point here say of deletion, as written: `cascade_delete=True`.
    pub relation_keywords: Option<Vec<String>>,
    /// Where the names in `id_line` and in the lines of timestamps come from, by the name as written.
    pub names: BTreeMap<String, Symbol>,
    /// `type_annotation_map` of the base: annotations that need no column type.
    pub mapped_types: Vec<MappedType>,
    /// Function that gives the current time.
    pub now: Option<Symbol>,
    /// Function that makes the column type of an enumeration.
    pub enum_type: Option<EnumFunction>,
    /// In which order table classes declare their columns.
    pub order: Observed<Vec<ColumnPart>>,
    /// Whether foreign keys that must be there say `nullable=False`, though their annotation says it.
    pub keys_not_null: Observed<bool>,
    /// Whether other columns that must be there say so.
    pub values_not_null: Observed<bool>,
    /// Whether SQLModel's fields are given types that are made on the spot, `sa_type=DateTime(timezone=True)`, though type
    /// checkers refuse them; else they have a column of their own.
    pub types_made_in_field: Observed<bool>,
    /// Whether whole decimal numbers are made of text, `Decimal("0")`, and not of integers.
    pub decimals_of_text: Observed<bool>,
    /// Whether indexes over several columns leave their name to the naming convention: `Index(None, "user_id", "status")`.
    pub unnamed_indexes: Observed<bool>,
    /// Whether files of models that import classes for the type checker alone open with
    /// `from __future__ import annotations`.
    pub future_annotations: Observed<bool>,
}

/// An annotation that stands for a column type in every table: an entry of `type_annotation_map`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MappedType {
    /// Import path of the annotation: `decimal.Decimal`.
    pub annotation: String,
    /// The column type.
    pub ty: Known<ColumnType>,
}

/// A function that makes the column type of an enumeration: `def enum_column(kind: type[Enum]) -> Enum`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnumFunction {
    /// The function.
    pub symbol: Symbol,
    /// Whether it must be told the name of the type, as `name`.
    pub named: bool,
}

/// What a column is for, as far as its place among others depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnPart {
    /// The primary key.
    Key,
    /// A value of the row.
    Value,
    /// The foreign key to the owning user.
    Owner,
    /// Another foreign key.
    Reference,
    /// When the row was made or changed.
    Time,
}

impl ColumnPart {
    /// All of them, in the order in which the brief declares them.
    pub const ALL: [Self; 5] = [Self::Key, Self::Value, Self::Owner, Self::Reference, Self::Time];

    /// Its place in an order; behind all where the order lacks it.
    pub fn place_in(self, order: &[Self]) -> usize {
        order.iter().position(|part| *part == self).unwrap_or(order.len())
    }
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
    /// Whether it is filled in anew with each change, by Python or by the database.
    pub renewed: bool,
    /// Whether it is filled in when a row is made.
    pub made: bool,
}

/// A column that marks rows as deleted: they stay in the table, and no query shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeletionMark {
    /// Column name.
    pub column: String,
    /// What it holds.
    pub kind: MarkKind,
    /// Declaration as Python source text, or empty where a base or mixin has it.
    pub line: String,
    /// What a deletion sets it to, as Python source text; empty where only its own place can say it.
    pub value: String,
    /// Where the names in `value` come from, by the name as written.
    pub names: BTreeMap<String, Symbol>,
}

/// What a mark of deletion holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// When the row was deleted; nothing while it lives.
    Time,
    /// Whether the row is deleted.
    Deleted,
    /// Whether the row still lives.
    Alive,
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
    /// The greatest length of long texts that clients send, where the house bounds every text; none where it does not.
    pub text_bound: Observed<Option<u32>>,
    /// Whether references that clients send stand in the class with the shared fields, as a neighbour's foreign key does.
    pub references_shared: Observed<bool>,
    /// In which order classes of requests declare their fields.
    pub request_order: Observed<Vec<ColumnPart>>,
    /// In which order classes of responses declare their fields.
    pub response_order: Observed<Vec<ColumnPart>>,
    /// Columns that tables have by the house's habit and that most responses leave out: the owner, `updated_at`.
    pub hidden: Vec<String>,
    /// Types for what clients send, one of each kind, where several files share them.
    pub inputs: Vec<InputType>,
    /// Whether constrained types get names of their own: `FullName = Annotated[Text, Field(…)]`.
    pub named_types: bool,
    /// Metadata that makes an `int` a whole number and nothing else, after its bounds.
    pub whole: Option<Symbol>,
    /// Metadata with the digits of a decimal number: `Digits(12, 2)`.
    pub digits: Option<Symbol>,
    /// The value of what was not sent, in schemas of changes: `pydantic:MISSING`.
    pub unset: Option<Symbol>,
}

impl SchemaStyle {
    /// The house's own type for values of `kind`.
    pub fn input(&self, kind: InputKind) -> Option<&Symbol> {
        self.inputs.iter().find(|input| input.kind == kind).map(|input| &input.symbol)
    }
}

/// A type for what clients send: `Text = Annotated[str, StringConstraints(pattern=…)]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputType {
    /// What its values are.
    pub kind: InputKind,
    /// The alias.
    pub symbol: Symbol,
}

/// What the values of an input type are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// Text of any length.
    Text,
    /// E-mail addresses.
    Email,
    /// Positive whole numbers: keys.
    Key,
    /// Whole numbers that four bytes hold.
    Int32,
    /// Whole numbers that eight bytes hold.
    Int64,
    /// Numbers, without infinity.
    Float,
    /// Booleans.
    Boolean,
    /// Dates.
    Date,
    /// Times of the day.
    Time,
    /// Points in time.
    DateTime,
    /// JSON objects.
    Json,
    /// Whole numbers in the text of a query, that four bytes hold where it says so.
    QueryInteger,
    /// Whole numbers in the text of a query, that eight bytes hold.
    QueryBigInteger,
    /// Numbers in the text of a query, without infinity.
    QueryFloat,
    /// Booleans in the text of a query.
    QueryBoolean,
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
            text_bound: Observed::assumed(None),
            references_shared: Observed::assumed(false),
            request_order: Observed::assumed(ColumnPart::ALL.to_vec()),
            response_order: Observed::assumed(ColumnPart::ALL.to_vec()),
            hidden: Vec::new(),
            inputs: Vec::new(),
            named_types: false,
            whole: None,
            digits: None,
            unset: None,
        }
    }
}
