//! Revisions of a migration history, and the operations that they consist of.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Column, ColumnType, EnumType, Known, Location, ServerDefault, Table, TableConstraint, Unknown};

/// The migration history of a project, as its revision files say it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct History {
    /// Revisions, by path.
    pub revisions: Vec<Revision>,
    /// Files among the revisions that could not be read as one, and why.
    pub unread: Vec<Unknown>,
}

/// A revision file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Revision {
    /// `revision`.
    pub id: String,
    /// `down_revision`: none for a first one, several for a merge.
    pub down: Vec<String>,
    /// `depends_on`.
    pub depends_on: Vec<String>,
    /// `branch_labels`.
    pub labels: Vec<String>,
    /// The first paragraph of its docstring.
    pub message: Option<String>,
    /// What `upgrade()` does, in order.
    pub upgrade: Vec<MigrationOperation>,
    /// What `downgrade()` does, in order; `None` where the file has no such function.
    pub downgrade: Option<Vec<MigrationOperation>>,
    /// Where `revision` is assigned.
    pub at: Location,
}

/// One operation of a revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MigrationOperation {
    /// What it does.
    pub kind: MigrationOperationKind,
    /// Whether it stands in a `batch_alter_table`, which copies the table on SQLite.
    pub batch: bool,
    /// Whether it runs outside of the transaction of the revision (`autocommit_block`).
    pub autocommit: bool,
    /// The databases that it runs on, as SQLAlchemy names their dialects; none for all.
    pub dialects: Option<Vec<String>>,
    /// Set where it is not certain that it runs: it hangs on a condition that static reading cannot decide.
    pub doubt: Option<Unknown>,
    /// Where it stands.
    pub at: Location,
}

/// The name of a table or type, with its schema (namespace) where one is given.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct QualifiedName {
    /// Schema.
    pub schema: Option<String>,
    /// Name.
    pub name: String,
}

impl QualifiedName {
    /// A name in a schema, if one is given.
    pub fn new(schema: Option<String>, name: impl Into<String>) -> Self {
        Self { schema, name: name.into() }
    }
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// What an operation does to the database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MigrationOperationKind {
    /// `CREATE TABLE`, with all that stands in its parentheses, and the indexes that its columns imply. Enumeration types
    /// of its columns are made with it where they do not exist yet.
    CreateTable {
        /// The table.
        table: Box<Table>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `DROP TABLE`.
    DropTable {
        /// The table.
        table: QualifiedName,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`: foreign keys of other tables that need it go with it.
        cascade: bool,
    },
    /// `ALTER TABLE … RENAME TO`.
    RenameTable {
        /// The table, under its old name.
        table: QualifiedName,
        /// Its new name, in the same schema.
        to: String,
    },
    /// `ALTER TABLE … SET SCHEMA`.
    MoveTable {
        /// The table, in its old schema.
        table: QualifiedName,
        /// Its new schema.
        schema: String,
    },
    /// `COMMENT ON TABLE`.
    CommentTable {
        /// The table.
        table: QualifiedName,
        /// The comment; none takes it away.
        comment: Option<String>,
    },
    /// `ALTER TABLE … ADD COLUMN`, with the constraints and indexes that come with the column.
    AddColumn {
        /// The table.
        table: QualifiedName,
        /// The column.
        column: Box<Column>,
        /// Keys, checks and indexes that are made with it.
        constraints: Vec<TableConstraint>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `ALTER TABLE … DROP COLUMN`.
    DropColumn {
        /// The table.
        table: QualifiedName,
        /// The column.
        column: String,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`: foreign keys of other tables that need it go with it.
        cascade: bool,
    },
    /// `ALTER TABLE … ALTER COLUMN`, `… RENAME COLUMN`, `COMMENT ON COLUMN`.
    AlterColumn {
        /// The table.
        table: QualifiedName,
        /// The column, under its old name.
        column: String,
        /// What changes.
        change: Box<ColumnChange>,
    },
    /// `ALTER TABLE … ADD CONSTRAINT`.
    AddConstraint {
        /// The table.
        table: QualifiedName,
        /// The constraint; not an index.
        constraint: Box<TableConstraint>,
        /// `NOT VALID`.
        not_valid: bool,
        /// `USING INDEX`: the index that becomes the constraint.
        using_index: Option<String>,
    },
    /// `ALTER TABLE … DROP CONSTRAINT`.
    DropConstraint {
        /// The table.
        table: QualifiedName,
        /// Its name; none where the file gives `None`, which Alembic takes for batches only.
        name: Option<String>,
        /// Which kind of constraint the file says that it is (`type_`): `foreignkey`, `primary`, `unique`, `check`.
        what: Option<String>,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`: foreign keys of other tables that need it go with it.
        cascade: bool,
    },
    /// `ALTER TABLE … VALIDATE CONSTRAINT`.
    ValidateConstraint {
        /// The table.
        table: QualifiedName,
        /// The constraint.
        name: String,
    },
    /// `ALTER TABLE … RENAME CONSTRAINT`.
    RenameConstraint {
        /// The table.
        table: QualifiedName,
        /// The constraint, under its old name.
        name: String,
        /// Its new name.
        to: String,
    },
    /// `CREATE INDEX`.
    CreateIndex {
        /// The table.
        table: QualifiedName,
        /// The index.
        index: Box<TableConstraint>,
        /// `CONCURRENTLY`.
        concurrently: bool,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `DROP INDEX`.
    DropIndex {
        /// The table, where the file names it.
        table: Option<QualifiedName>,
        /// The index, in the schema of its table.
        name: QualifiedName,
        /// `CONCURRENTLY`.
        concurrently: bool,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `ALTER INDEX … RENAME TO`.
    RenameIndex {
        /// The index, under its old name.
        name: QualifiedName,
        /// Its new name.
        to: String,
    },
    /// `CREATE TYPE … AS ENUM`.
    CreateType {
        /// The type.
        ty: EnumType,
        /// Whether it is left alone where it exists (`checkfirst=True`).
        if_not_exists: bool,
    },
    /// `DROP TYPE`.
    DropType {
        /// The type.
        name: QualifiedName,
        /// `IF EXISTS`, `checkfirst=True`.
        if_exists: bool,
    },
    /// `ALTER TYPE … RENAME TO`.
    RenameType {
        /// The type, under its old name.
        name: QualifiedName,
        /// Its new name.
        to: String,
    },
    /// `ALTER TYPE … ADD VALUE`.
    AddValue {
        /// The type.
        name: QualifiedName,
        /// The value.
        value: String,
        /// Where it stands among the others; none at the end.
        place: Option<ValuePlace>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `ALTER TYPE … RENAME VALUE`.
    RenameValue {
        /// The type.
        name: QualifiedName,
        /// The value, under its old name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// `SET lock_timeout`, `SET LOCAL statement_timeout`.
    SetTimeout {
        /// Name of the setting.
        setting: String,
        /// Its value, as written.
        value: String,
    },
    /// Rows are written: `INSERT`, `UPDATE`, `DELETE`, `op.bulk_insert`. The schema stays as it is.
    Rows {
        /// The table, where it is known.
        table: Option<QualifiedName>,
        /// What is done.
        verb: RowVerb,
        /// The statement, where it is SQL.
        sql: Option<String>,
    },
    /// SQL as text, which is yet to be read.
    Execute {
        /// The statement or statements.
        sql: String,
    },
    /// Something else that leaves tables, indexes and enumeration types as they are: an extension, a function, a trigger,
    /// a view, a schema, a privilege.
    Aside {
        /// What it is: two or three words.
        what: String,
    },
    /// Something that could not be determined.
    Unknown {
        /// What it may touch.
        touches: Touched,
        /// Why: one sentence.
        reason: String,
    },
}

/// What changes of a column; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnChange {
    /// New name.
    pub name: Option<String>,
    /// New type.
    #[serde(rename = "type")]
    pub ty: Option<Known<ColumnType>>,
    /// `USING`: how values become values of the new type.
    pub using: Option<String>,
    /// Whether NULL is allowed from now on.
    pub nullable: Option<Known<bool>>,
    /// New server default; `Some(None)` takes it away.
    pub server_default: Option<Option<ServerDefault>>,
    /// New comment; `Some(None)` takes it away.
    pub comment: Option<Option<String>>,
}

/// Where a new value of an enumeration stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValuePlace {
    /// Before this value.
    Before(String),
    /// After this value.
    After(String),
}

/// What is done with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowVerb {
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`, `TRUNCATE`.
    Delete,
    /// They are only read.
    Select,
}

/// An object of the database, or all of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "object", rename_all = "snake_case")]
pub enum Touched {
    /// Any object of the database.
    Everything,
    /// A table and all that belongs to it.
    Table {
        /// The table.
        table: QualifiedName,
    },
    /// A column.
    Column {
        /// The table.
        table: QualifiedName,
        /// The column.
        column: String,
    },
    /// The constraints and indexes of a table.
    Constraints {
        /// The table.
        table: QualifiedName,
    },
    /// A constraint or index of a table.
    Constraint {
        /// The table.
        table: QualifiedName,
        /// Its name.
        name: String,
    },
    /// An enumeration type.
    Type {
        /// The type.
        name: QualifiedName,
    },
}

impl Touched {
    /// The table that it is, or belongs to.
    pub fn table(&self) -> Option<&QualifiedName> {
        match self {
            Self::Table { table }
            | Self::Column { table, .. }
            | Self::Constraints { table }
            | Self::Constraint { table, .. } => Some(table),
            Self::Everything | Self::Type { .. } => None,
        }
    }

    /// The same, to be changed.
    pub fn table_mut(&mut self) -> Option<&mut QualifiedName> {
        match self {
            Self::Table { table }
            | Self::Column { table, .. }
            | Self::Constraints { table }
            | Self::Constraint { table, .. } => Some(table),
            Self::Everything | Self::Type { .. } => None,
        }
    }
}
