//! Constraints and indexes of tables.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Known;

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
        /// `DEFERRABLE`, `NOT DEFERRABLE`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deferrable: Option<bool>,
        /// `INITIALLY`, upper case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        initially: Option<String>,
        /// `MATCH`, upper case.
        #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
        match_kind: Option<String>,
        /// Whether it is added by `ALTER TABLE` when the tables are there.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        use_alter: bool,
    },
    /// Unique constraint.
    Unique {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// Columns.
        columns: Vec<String>,
        /// `DEFERRABLE`, `NOT DEFERRABLE`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deferrable: Option<bool>,
        /// `INITIALLY`, upper case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        initially: Option<String>,
        /// `NULLS NOT DISTINCT`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        nulls_not_distinct: bool,
    },
    /// Check constraint.
    Check {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// SQL expression.
        sql: Known<String>,
        /// The column whose type makes it (`create_constraint=True`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of_type: Option<String>,
        /// Whether PostgreSQL has that type itself and needs the check not: `Boolean`, an enumeration that is not
        /// `native_enum=False`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        native: bool,
    },
    /// PostgreSQL's `EXCLUDE`.
    Exclude {
        /// Name, where one is given or follows from the naming convention.
        name: Option<String>,
        /// What is compared, and how.
        elements: Vec<ExcludeElement>,
        /// `USING`; SQLAlchemy's own is `gist`.
        method: Option<String>,
        /// `WHERE`, as SQL.
        predicate: Option<Known<String>>,
        /// `DEFERRABLE`, `NOT DEFERRABLE`.
        deferrable: Option<bool>,
        /// `INITIALLY`, upper case.
        initially: Option<String>,
    },
    /// Index.
    Index(Index),
}

/// An index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Index {
    /// Name.
    pub name: Option<String>,
    /// What it is over, in order.
    pub parts: Vec<IndexPart>,
    /// Unique index.
    pub unique: bool,
    /// `USING` (`postgresql_using`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// `WHERE` on PostgreSQL (`postgresql_where`), as SQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<Known<String>>,
    /// `WHERE` on SQLite (`sqlite_where`), as SQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlite_predicate: Option<Known<String>>,
    /// `INCLUDE` (`postgresql_include`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// `WITH` (`postgresql_with`): name and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub storage: Vec<(String, String)>,
    /// `NULLS NOT DISTINCT` (`postgresql_nulls_not_distinct`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// `CONCURRENTLY` (`postgresql_concurrently`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub concurrently: bool,
    /// Further arguments (`mysql_length=…`) as Python source text, and any that is not understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// A part of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexPart {
    /// Column or expression.
    #[serde(flatten)]
    pub key: IndexKey,
    /// `ASC`, `DESC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// `NULLS FIRST` (`true`), `NULLS LAST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls_first: Option<bool>,
    /// Operator class (`postgresql_ops`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_class: Option<String>,
}

/// What a part of an index is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum IndexKey {
    /// A column.
    Column {
        /// Its name.
        column: String,
    },
    /// An expression.
    Expression {
        /// SQL, as PostgreSQL gets it.
        expression: Known<String>,
        /// Python source text.
        source: String,
    },
}

/// Direction of a part of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// `ASC`.
    Ascending,
    /// `DESC`.
    Descending,
}

/// An element of an `EXCLUDE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExcludeElement {
    /// Column or expression.
    #[serde(flatten)]
    pub key: IndexKey,
    /// Operator: `=`, `&&`.
    pub operator: String,
}

impl IndexPart {
    /// A column, nothing else said.
    pub fn column(name: impl Into<String>) -> Self {
        Self::of(IndexKey::Column { column: name.into() })
    }

    /// A key, nothing else said.
    pub fn of(key: IndexKey) -> Self {
        Self { key, direction: None, nulls_first: None, operator_class: None }
    }
}

impl IndexKey {
    /// The column's name, or the SQL of the expression; where that is not known, its Python source.
    pub fn text(&self) -> &str {
        match self {
            Self::Column { column } => column,
            Self::Expression { expression: Known::Known(sql), .. } => sql,
            Self::Expression { source, .. } => source,
        }
    }

    /// The column, where it is one.
    pub fn as_column(&self) -> Option<&str> {
        match self {
            Self::Column { column } => Some(column),
            Self::Expression { .. } => None,
        }
    }
}

impl Index {
    /// Columns' names and expressions, in order.
    pub fn keys(&self) -> Vec<&str> {
        self.parts.iter().map(|part| part.key.text()).collect()
    }

    /// Whether it is over columns as they are, for all rows.
    pub fn is_plain(&self) -> bool {
        let plain = |part: &IndexPart| *part == IndexPart::of(part.key.clone()) && part.key.as_column().is_some();
        let bare = Self { name: self.name.clone(), parts: self.parts.clone(), unique: self.unique, ..Self::default() };
        *self == bare && self.parts.iter().all(plain)
    }
}

impl TableConstraint {
    /// A unique constraint over columns, nothing else said.
    pub fn unique(name: Option<String>, columns: Vec<String>) -> Self {
        Self::Unique { name, columns, deferrable: None, initially: None, nulls_not_distinct: false }
    }

    /// A check, nothing else said.
    pub fn check(name: Option<String>, sql: Known<String>) -> Self {
        Self::Check { name, sql, of_type: None, native: false }
    }

    /// The name, where one is given or follows from the naming convention.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::PrimaryKey { name, .. }
            | Self::ForeignKey { name, .. }
            | Self::Unique { name, .. }
            | Self::Check { name, .. }
            | Self::Exclude { name, .. } => name.as_deref(),
            Self::Index(index) => index.name.as_deref(),
        }
    }

    /// The place of the name.
    pub fn name_mut(&mut self) -> &mut Option<String> {
        match self {
            Self::PrimaryKey { name, .. }
            | Self::ForeignKey { name, .. }
            | Self::Unique { name, .. }
            | Self::Check { name, .. }
            | Self::Exclude { name, .. } => name,
            Self::Index(index) => &mut index.name,
        }
    }

    /// The columns it names itself, and the expressions of an index; nothing of a check.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::PrimaryKey { columns, .. } | Self::ForeignKey { columns, .. } | Self::Unique { columns, .. } => {
                columns.iter().map(String::as_str).collect()
            }
            Self::Index(index) => index.keys(),
            Self::Exclude { elements, .. } => elements.iter().map(|element| element.key.text()).collect(),
            Self::Check { .. } => Vec::new(),
        }
    }

    /// What may occur once only: the columns of a unique constraint, columns and expressions of a unique index.
    pub fn unique_columns(&self) -> Option<Vec<&str>> {
        match self {
            Self::Unique { .. } => Some(self.columns()),
            Self::Index(index) if index.unique => Some(index.keys()),
            _ => None,
        }
    }
}
