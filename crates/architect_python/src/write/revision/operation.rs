//! The operations of a revision.

use architect_model::{Column, Identity, Index, Table, TableConstraint};

use super::value::Value;

/// One operation. Tables are given as they are at the other end of the change, unless said otherwise.
#[derive(Debug, Clone)]
pub(super) enum Operation<'a> {
    /// `CREATE SCHEMA`, for tables that come into one which no table was in.
    CreateSchema(&'a str),
    /// The comment of a table.
    CommentTable { from: &'a Table, to: &'a Table },
    /// `CREATE TYPE`, for a column that is added: `op.add_column` does not make the type, `op.create_table` does.
    CreateType { name: &'a str, values: &'a [String] },
    /// `ALTER TYPE … ADD VALUE`.
    AddValues { name: &'a str, values: Vec<NewValue<'a>> },
    /// A new type in place of one of that name, because PostgreSQL cannot take a value from a type. The former one goes
    /// by another name until nothing is of it.
    ReplaceType { name: &'a str, values: &'a [String] },
    /// The columns of a table that stay of a replaced type.
    TakeReplaced { table: &'a Table, columns: Vec<ReplacedColumn<'a>> },
    /// `DROP TYPE` of what was replaced.
    DropReplaced { name: &'a str },
    /// `DROP TYPE`: PostgreSQL keeps the type of an enumeration when its table is dropped.
    DropType { name: &'a str },
    /// `op.rename_table`.
    RenameTable { from: &'a Table, to: &'a Table },
    /// A table whose name another one gets, and that gets the name of that one: `op.rename_table` to a name for a while.
    SetAside { table: &'a Table },
    /// `op.rename_table` from that name.
    TakeBack { from: &'a Table, to: &'a Table },
    /// `ALTER TABLE … RENAME CONSTRAINT`, of PostgreSQL: names that follow from the names of table and columns.
    RenameConstraint { table: &'a Table, from: String, to: String },
    /// `op.create_table`, without the keys that have to wait.
    CreateTable { table: &'a Table, late: Vec<&'a TableConstraint> },
    /// The indexes of a new table.
    CreateIndexes(&'a Table),
    /// A key between new tables that refer to each other.
    AddLateKey { table: &'a Table, key: &'a TableConstraint },
    /// The indexes of a table that goes.
    DropIndexes(&'a Table),
    /// A key between tables that go and refer to each other.
    DropLateKey { table: &'a Table, key: &'a TableConstraint },
    /// `op.drop_table`.
    DropTable(&'a Table),
    /// Changes of one table, in one batch where the project uses batches.
    Alter(Alteration<'a>),
    /// A key that PostgreSQL numbers from now on.
    Number { table: &'a Table, column: &'a Column },
    /// A column that PostgreSQL numbers otherwise from now on, or no more.
    Renumber { table: &'a Table, column: &'a Column, from: Numbering<'a>, to: Numbering<'a> },
    /// What the copy of a table would lose on SQLite goes before it, and comes again after it.
    Lose { table: &'a Table, columns: Vec<&'a Column>, indexes: Vec<&'a TableConstraint> },
    /// The same when all is done.
    Regain { table: &'a Table, columns: Vec<&'a Column>, indexes: Vec<&'a TableConstraint> },
    /// `UPDATE`: the rows that are there are numbered.
    NumberRows { table: &'a Table, column: &'a Column },
    /// `UPDATE` on SQLite, where PostgreSQL has `USING`: values of which no cast makes the new type.
    Rewrite { table: &'a Table, column: &'a Column, value: Value },
    /// `UPDATE`: rows get a value before they must have one.
    Fill(Filling<'a>),
    /// `SET LOCAL lock_timeout`: a statement that waits for a lock lets all others wait behind it.
    Timeout,
    /// Indexes that are built and dropped while their tables are in use, outside of a transaction.
    Concurrently(Vec<Concurrent<'a>>),
    /// `ADD CONSTRAINT … UNIQUE USING INDEX`.
    UniqueByIndex { table: &'a Table, constraint: &'a TableConstraint, index: String },
    /// `ALTER INDEX … RENAME TO`.
    RenameIndex { table: &'a Table, from: String, to: String },
    /// Rows get values some at a time, each time in a transaction of its own.
    Backfill(Vec<Filling<'a>>),
    /// Rows that a backfill has missed get their values, and constraints are checked, outside of a transaction.
    Validate { fills: Vec<Filling<'a>>, constraints: Vec<(&'a Table, String)> },
    /// One way on PostgreSQL, the other one on SQLite.
    Either { postgresql: Vec<Operation<'a>>, sqlite: Vec<Operation<'a>> },
}

impl Operation<'_> {
    /// Whether it runs outside of a transaction, and ends the one before it.
    pub(super) fn is_autocommit(&self) -> bool {
        matches!(self, Self::AddValues { .. } | Self::Concurrently(_) | Self::Backfill(_) | Self::Validate { .. })
    }
}

/// What is done with an index while its table is in use.
#[derive(Debug, Clone)]
pub(super) enum Concurrent<'a> {
    /// It is built under its name, which nothing else has.
    Build { table: &'a Table, index: Box<Index> },
    /// It goes, if it is there; `declared` is the table as it was.
    Drop { declared: &'a Table, table: &'a Table, index: &'a TableConstraint },
}

/// How PostgreSQL numbers a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Numbering<'a> {
    /// Not at all.
    None,
    /// By a sequence, as SQLAlchemy has it of the only whole number in a primary key.
    Serial,
    /// `GENERATED … AS IDENTITY`.
    Identity(&'a Identity),
}

/// A value that is added to an enumeration type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewValue<'a> {
    pub(super) value: &'a str,
    /// The value that it stands before; none at the end.
    pub(super) before: Option<&'a str>,
}

/// A column whose enumeration type gets other values, as it is before.
#[derive(Debug, Clone)]
pub(super) struct ReplacedColumn<'a> {
    pub(super) column: &'a Column,
    pub(super) name: &'a str,
    pub(super) values: &'a [String],
    /// What rows get whose value the type has no more.
    pub(super) fill: Option<Value>,
}

/// Changes of one table.
#[derive(Debug, Clone)]
pub(super) struct Alteration<'a> {
    /// The table as it is before, under the name it has afterwards.
    pub(super) from: &'a Table,
    pub(super) to: &'a Table,
    pub(super) steps: Vec<Step<'a>>,
}

/// One change of a table.
#[derive(Debug, Clone)]
pub(super) enum Step<'a> {
    DropIndex(&'a TableConstraint),
    DropConstraint(&'a TableConstraint),
    /// `column` is the one before; one whose new name another one has goes by a third one for a while.
    RenameColumn {
        column: &'a Column,
        old: String,
        new: String,
    },
    /// `default` and `nullable` are what it has while rows that exist are filled; a default of NULL is none.
    AddColumn {
        column: &'a Column,
        default: Option<Value>,
        nullable: bool,
    },
    AlterColumn(ColumnAlteration<'a>),
    AddConstraint(&'a TableConstraint),
    /// A constraint that holds for rows that come.
    AddNotValid(&'a TableConstraint),
    CreateIndex(&'a TableConstraint),
    DropColumn(&'a Column),
    /// A step that only SQLite needs.
    OnSqlite(Box<Step<'a>>),
    /// A step that SQLite has done already.
    OnPostgresql(Box<Step<'a>>),
}

impl Alteration<'_> {
    /// Whether SQLite has to copy the table: Alembic's `requires_recreate_in_batch`.
    pub(super) fn copies(&self) -> bool {
        self.steps.iter().any(|step| match step {
            Step::CreateIndex(_) | Step::DropIndex(_) | Step::OnPostgresql(_) | Step::RenameColumn { .. } => false,
            // An expression is no default that `ADD COLUMN` takes.
            Step::AddColumn { column, default, .. } => {
                !matches!(default, None | Some(Value::Null | Value::Text(_) | Value::Number(_)))
                    || column.server_default.is_some()
                    || column.computed.is_some()
            }
            _ => true,
        })
    }
}

/// What changes of a column.
#[derive(Debug, Clone)]
pub(super) struct ColumnAlteration<'a> {
    pub(super) from: &'a Column,
    pub(super) to: &'a Column,
    /// The type changes.
    pub(super) ty: bool,
    /// What values become, where PostgreSQL has no cast to the new type.
    pub(super) value: Option<Value>,
    /// What rows get that have no value, where it is of the new type and so cannot come before.
    pub(super) absent: Option<Value>,
    /// PostgreSQL numbers it no more.
    pub(super) unnumbered: bool,
    /// NULL is allowed or forbidden from now on.
    pub(super) nullable: bool,
    /// The server default changes.
    pub(super) default: bool,
    /// The comment changes.
    pub(super) comment: bool,
}

/// A value for the rows of a table.
#[derive(Debug, Clone)]
pub(super) struct Filling<'a> {
    pub(super) table: &'a Table,
    pub(super) column: &'a Column,
    pub(super) value: Value,
    pub(super) rows: Rows<'a>,
}

/// The rows that get a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Rows<'a> {
    All,
    /// Those that have NULL.
    Null,
    /// Those whose value the enumeration of the column has no more.
    Outside(&'a [String]),
    /// Those that a foreign key or check does not take.
    Against(&'a TableConstraint),
}
