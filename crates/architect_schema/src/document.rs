//! A schema as JSON, in the shape that a dump of SQLAlchemy's `MetaData` has.

use std::collections::BTreeMap;

use architect_model::{DefaultValue, FORMAT};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The schema of a database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaDocument {
    /// Version of this format.
    pub format: u32,
    /// Tables, by name with their schema.
    pub tables: BTreeMap<String, TableDocument>,
    /// Mapped classes.
    pub mappers: Vec<MapperDocument>,
    /// Values of PostgreSQL's enumeration types, by name.
    pub enums: BTreeMap<String, Vec<String>>,
    /// What could not be determined. The value that is not known is `null`, or is left out of its list.
    pub unknowns: Vec<UnknownPart>,
}

impl Default for SchemaDocument {
    fn default() -> Self {
        Self {
            format: FORMAT,
            tables: BTreeMap::new(),
            mappers: Vec::new(),
            enums: BTreeMap::new(),
            unknowns: Vec::new(),
        }
    }
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableDocument {
    /// Columns in order.
    pub columns: Vec<ColumnDocument>,
    /// Primary key.
    pub primary_key: KeyDocument,
    /// Foreign keys, by columns and table referred to.
    pub foreign_keys: Vec<ForeignKeyDocument>,
    /// Unique constraints, by columns.
    pub unique: Vec<UniqueDocument>,
    /// Checks and exclusions, by name.
    pub checks: Vec<CheckDocument>,
    /// Indexes, by name.
    pub indexes: Vec<IndexDocument>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Classes that are mapped to it: `app.models:Item`.
    pub classes: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnDocument {
    /// Name.
    pub name: String,
    /// Type as PostgreSQL gets it.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// Whether NULL is allowed.
    pub nullable: Option<bool>,
    /// Whether it is part of the primary key.
    pub primary_key: bool,
    /// Whether the database numbers the rows by it.
    pub autoincrement: bool,
    /// Default that Python fills in where a row is made.
    pub default: Option<DefaultValue>,
    /// SQL of the default that the database fills in.
    pub server_default: Option<String>,
    /// Value that Python fills in where a row is changed.
    pub onupdate: Option<DefaultValue>,
    /// The flag `unique=True` on the column.
    pub unique: bool,
    /// The flag `index=True` on the column.
    pub index: bool,
    /// Enumeration.
    #[serde(rename = "enum", default, skip_serializing_if = "Option::is_none")]
    pub enumeration: Option<EnumDocument>,
    /// Length of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// Digits of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<u32>,
    /// Digits behind the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    /// Whether it is a time with time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<bool>,
    /// Expression that the database computes it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<ComputedDocument>,
    /// Identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityDocument>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Columns that its foreign keys refer to: `user.id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fks: Vec<String>,
}

/// An enumeration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnumDocument {
    /// Name of the type, where it has one.
    pub name: Option<String>,
    /// Values as stored.
    pub values: Option<Vec<String>>,
    /// Whether PostgreSQL gets a type of its own.
    pub native: bool,
    /// The class: `app.models:Status`.
    pub class: Option<String>,
    /// Whether a check keeps to the values.
    pub create_constraint: bool,
}

/// A computed column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComputedDocument {
    /// Expression.
    pub sql: Option<String>,
    /// Whether it is stored.
    pub persisted: Option<bool>,
}

/// An identity column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IdentityDocument {
    /// `GENERATED ALWAYS`.
    pub always: bool,
    /// First number.
    pub start: Option<i64>,
}

/// A primary key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KeyDocument {
    /// Name, where one is given or the naming convention makes one.
    pub name: Option<String>,
    /// Columns.
    pub columns: Vec<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ForeignKeyDocument {
    /// Name, where one is given or the naming convention makes one.
    pub name: Option<String>,
    /// Columns of this table.
    pub columns: Vec<String>,
    /// Table referred to, with its schema.
    pub ref_table: String,
    /// Columns referred to.
    pub ref_columns: Vec<String>,
    /// `ON DELETE`, upper case.
    pub ondelete: Option<String>,
    /// `ON UPDATE`, upper case.
    pub onupdate: Option<String>,
    /// Whether it can be checked at the end of a transaction.
    pub deferrable: Option<bool>,
    /// When it is checked, upper case.
    pub initially: Option<String>,
    /// Whether it is made by `ALTER TABLE`.
    pub use_alter: bool,
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UniqueDocument {
    /// Name, where one is given or the naming convention makes one.
    pub name: Option<String>,
    /// Columns.
    pub columns: Vec<String>,
    /// Options of PostgreSQL.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub postgresql: BTreeMap<String, String>,
}

/// A check, or an exclusion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckDocument {
    /// Name, where one is given or the naming convention makes one.
    pub name: Option<String>,
    /// `ExcludeConstraint` for an exclusion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Condition; columns stand without their table.
    pub sql: Option<String>,
    /// Whether the type of a column makes it.
    pub from_type: bool,
}

/// An index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IndexDocument {
    /// Name.
    pub name: Option<String>,
    /// Columns and SQL of expressions; columns of these stand without their table.
    pub columns: Vec<Option<String>>,
    /// Unique index.
    pub unique: bool,
    /// `WHERE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgresql_where: Option<String>,
    /// `USING`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgresql_using: Option<String>,
    /// Operator classes, by column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub postgresql_ops: BTreeMap<String, String>,
    /// `INCLUDE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub postgresql_include: Vec<String>,
    /// `WITH`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub postgresql_with: BTreeMap<String, String>,
    /// `CONCURRENTLY`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub postgresql_concurrently: bool,
    /// `NULLS NOT DISTINCT`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub postgresql_nulls_not_distinct: bool,
}

/// A mapped class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MapperDocument {
    /// The class: `app.models:Item`.
    pub class: String,
    /// Its table, with schema.
    pub table: Option<String>,
    /// The mapped class that it derives from.
    pub inherits: Option<String>,
    /// `polymorphic_identity`.
    pub polymorphic_identity: Option<String>,
    /// Columns of attributes that are called otherwise.
    pub attr_to_column: BTreeMap<String, String>,
    /// Relationships.
    pub relationships: Vec<RelationshipDocument>,
}

/// A relationship.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RelationshipDocument {
    /// Attribute.
    pub name: String,
    /// Class it leads to: `app.models:User`, or as written where that is not found.
    pub target: Option<String>,
    /// Whether it holds several.
    pub uselist: bool,
    /// Table of a many-to-many relationship.
    pub secondary: Option<String>,
    /// The attribute at the other end.
    pub back_populates: Option<String>,
}

/// A part that could not be determined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnknownPart {
    /// Table, with its schema; none where that is not known either.
    pub table: Option<String>,
    /// Column.
    pub column: Option<String>,
    /// Which part of it: a key of this document. None: the whole, or more of its kind.
    pub part: Option<String>,
    /// File.
    pub file: String,
    /// Line.
    pub line: u32,
    /// Why: one sentence.
    pub reason: String,
}
