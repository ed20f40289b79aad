//! The parts of a change of tables that run one after the other, so that a database stays in use meanwhile.

use std::fmt;
use std::sync::Arc;

use crate::{QualifiedName, ServerDefault, Table};

/// A part of a change of tables, which becomes a revision of its own.
///
/// It is one transaction, or a row of statements each of which may run again: so a stage that fails half-way is run again.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What it is for.
    pub kind: StageKind,
    /// All tables after each of its steps; the last ones are those that it leaves.
    pub states: Vec<Vec<Arc<Table>>>,
    /// Columns whose rows get a value where they have NULL.
    pub fills: Vec<(QualifiedName, String)>,
    /// Constraints whose rows are checked.
    pub validates: Vec<(QualifiedName, String)>,
    /// What has to be so before it runs: sentences.
    pub note: Option<String>,
}

/// What a stage is for, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StageKind {
    /// Objects get other names: code that runs fails.
    Rename,
    /// What old code does not mind: tables, columns, laxer rules.
    Expand,
    /// Rows get values, some at a time.
    Backfill,
    /// What writes tables anew, for which there is no other way.
    Rewrite,
    /// Indexes are built while the tables are in use.
    Index,
    /// Rules that hold for rows that come.
    Constrain,
    /// The same rules for rows that are there.
    Validate,
    /// Indexes go while the tables are in use.
    Unindex,
    /// What old code needs, and new code does not.
    Contract,
}

impl StageKind {
    /// Whether its statements stand in no transaction.
    pub fn is_autocommit(self) -> bool {
        matches!(self, Self::Backfill | Self::Index | Self::Validate | Self::Unindex)
    }
}

impl fmt::Display for StageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rename => "rename",
            Self::Expand => "expand",
            Self::Backfill => "backfill",
            Self::Rewrite => "rewrite",
            Self::Index => "index",
            Self::Constrain => "constrain",
            Self::Validate => "validate",
            Self::Unindex => "contract indexes",
            Self::Contract => "contract",
        })
    }
}

/// What rows that exist get in a column that comes to need a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDefault {
    /// Table, by its name after.
    pub table: QualifiedName,
    /// Column, by its name after.
    pub column: String,
    /// The same for all rows, as the database would fill it in; none where each row has its own.
    pub constant: Option<ServerDefault>,
}
