//! Tables as the models declare them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Column, ColumnType, DefaultValue, Known, Location, Symbol, TableConstraint, Unknown};

/// A table that the models declare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    /// Name in the database.
    pub name: Known<String>,
    /// Schema (namespace) in the database.
    pub schema: Option<String>,
    /// The class; none for a Core `Table`.
    pub class: Option<Symbol>,
    /// Comment in the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Table constraints and indexes, those that columns imply included.
    pub constraints: Vec<TableConstraint>,
    /// The classes that are mapped to it, its own first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mappers: Vec<Mapper>,
    /// Relationships of the class.
    pub relationships: Vec<Relationship>,
    /// The column that says to whom a row belongs, if one does.
    pub owner: Option<Owner>,
    /// Parts that could not be determined.
    pub unknowns: Vec<Unknown>,
    /// Where the class or table is defined.
    pub at: Location,
}

impl Table {
    /// A table with a name and nothing else.
    pub fn new(name: impl Into<Known<String>>, at: Location) -> Self {
        Self {
            name: name.into(),
            schema: None,
            class: None,
            comment: None,
            columns: Vec::new(),
            constraints: Vec::new(),
            mappers: Vec::new(),
            relationships: Vec::new(),
            owner: None,
            unknowns: Vec::new(),
            at,
        }
    }

    /// Whether the database numbers the rows by this column, which SQLAlchemy makes `SERIAL` on PostgreSQL:
    ///
    /// ```python
    /// # sqlalchemy.sql.schema.PrimaryKeyConstraint._autoincrement_column, for a key of one column
    /// elif not isinstance(col.default, (type(None), Sequence)) and not autoinc_true:
    ///     return False
    /// elif col.server_default is not None and not isinstance(col.server_default, Identity) and not autoinc_true:
    ///     return False
    /// elif col.foreign_keys and col.autoincrement not in (True, "ignore_fk"):
    ///     return False
    /// ```
    pub fn is_autoincrement(&self, column: &Column) -> bool {
        if let Some(given) = column.autoincrement.filter(|_| column.primary_key) {
            return given;
        }
        let keys = self.columns.iter().filter(|column| column.primary_key).count();
        let refers = self.constraints.iter().any(|constraint| match constraint {
            TableConstraint::ForeignKey { columns, .. } => columns.contains(&column.name),
            _ => false,
        });
        let is_whole = column.ty.known().is_some_and(|ty| {
            matches!(ty.stored(), ColumnType::Integer | ColumnType::BigInteger | ColumnType::SmallInteger)
        });
        let is_free = column
            .default
            .as_ref()
            .is_none_or(|default| matches!(default.value, Known::Known(DefaultValue::Sequence(_))));
        is_whole && column.primary_key && keys == 1 && !refers && is_free && column.server_default.is_none()
    }
}

/// A class that is mapped to a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mapper {
    /// The class.
    pub class: Symbol,
    /// The mapped class that it derives from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inherits: Option<Symbol>,
    /// `polymorphic_identity`, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polymorphic_identity: Option<Known<String>>,
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
