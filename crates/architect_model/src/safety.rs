//! What revisions do that locks, breaks or loses on a database that is in use.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Location, Problem};

/// Something that a revision does which is not safe on a PostgreSQL that is in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SafetyFinding {
    /// What kind of thing it is.
    pub kind: SafetyKind,
    /// What it does, and what it locks or breaks.
    pub text: String,
    /// For how long that matters.
    pub lasts: String,
    /// The safe way, step by step.
    pub recipe: Vec<String>,
    /// Where the operation stands.
    pub at: Location,
}

/// What revisions do that is not safe.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SafetyReport {
    /// Version of this format.
    pub format: u32,
    /// The revisions that were judged, in the order of upgrade.
    pub revisions: Vec<RevisionSafety>,
    /// Revisions that are on the main branch and were edited.
    pub edited: Vec<Problem>,
}

/// What one revision does that is not safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RevisionSafety {
    /// Its identifier.
    pub revision: String,
    /// Its message.
    pub message: Option<String>,
    /// What is not safe, in the order of its operations.
    pub findings: Vec<SafetyFinding>,
    /// Where it is.
    pub at: Location,
}

/// Whether revisions can be taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerifyReport {
    /// Version of this format.
    pub format: u32,
    /// How many revisions were replayed up and down.
    pub checked: usize,
    /// What `downgrade()` leaves over or does not bring back.
    pub unreturned: Vec<Unreturned>,
    /// What could not be told.
    pub uncertain: Vec<Unreturned>,
}

/// Something that a revision does not take back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unreturned {
    /// The revision.
    pub revision: String,
    /// What is left over, missing or different.
    pub text: String,
    /// The operation that it has to do with.
    pub at: Location,
}

/// A kind of thing that is not safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SafetyKind {
    /// An index is built while nobody can write.
    IndexNotConcurrent,
    /// An index is dropped while nobody can read.
    IndexDropNotConcurrent,
    /// `CONCURRENTLY` in a transaction, which PostgreSQL refuses.
    ConcurrentlyInTransaction,
    /// A foreign key is checked while nobody can write.
    ForeignKeyCheckedAtOnce,
    /// A check is checked while nobody can read.
    CheckCheckedAtOnce,
    /// A constraint is validated in the transaction that adds it.
    ValidatedInSameTransaction,
    /// A unique constraint or key builds its index while nobody can read.
    UniqueNotFromIndex,
    /// An exclusion constraint builds its index while nobody can read.
    ExcludeBuildsIndex,
    /// `NOT NULL` is checked while nobody can read.
    NotNullInPlace,
    /// A column that needs a value, and gives rows that exist none.
    RequiredColumnWithoutDefault,
    /// A column whose default is computed for each row: the table is written anew.
    VolatileDefault,
    /// A change of type by which the table is written anew.
    TypeChangeRewrites,
    /// A key that is numbered by a sequence of its own, and runs out.
    SerialKey,
    /// A column gets another name.
    ColumnRename,
    /// A table gets another name, or moves.
    TableRename,
    /// A column goes.
    ColumnDrop,
    /// A table goes.
    TableDrop,
    /// Foreign keys of other tables go by `CASCADE` with what they refer to.
    ReferenceDrop,
    /// Rows are written in a transaction that holds locks.
    BackfillInTransaction,
    /// A value of an enumeration gets another name.
    EnumValueRename,
    /// A new value of an enumeration is used in the transaction that adds it.
    NewValueInTransaction,
    /// A name that PostgreSQL cuts.
    IdentifierTooLong,
    /// No `lock_timeout` is set where locks are waited for.
    NoLockTimeout,
}

impl fmt::Display for SafetyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IndexNotConcurrent => "index-not-concurrent",
            Self::IndexDropNotConcurrent => "index-drop-not-concurrent",
            Self::ConcurrentlyInTransaction => "concurrently-in-transaction",
            Self::ForeignKeyCheckedAtOnce => "foreign-key-checked-at-once",
            Self::CheckCheckedAtOnce => "check-checked-at-once",
            Self::ValidatedInSameTransaction => "validated-in-same-transaction",
            Self::UniqueNotFromIndex => "unique-not-from-index",
            Self::ExcludeBuildsIndex => "exclude-builds-index",
            Self::NotNullInPlace => "not-null-in-place",
            Self::RequiredColumnWithoutDefault => "required-column-without-default",
            Self::VolatileDefault => "volatile-default",
            Self::TypeChangeRewrites => "type-change-rewrites",
            Self::SerialKey => "serial-key",
            Self::ColumnRename => "column-rename",
            Self::TableRename => "table-rename",
            Self::ColumnDrop => "column-drop",
            Self::TableDrop => "table-drop",
            Self::ReferenceDrop => "reference-drop",
            Self::BackfillInTransaction => "backfill-in-transaction",
            Self::EnumValueRename => "enum-value-rename",
            Self::NewValueInTransaction => "new-value-in-transaction",
            Self::IdentifierTooLong => "identifier-too-long",
            Self::NoLockTimeout => "no-lock-timeout",
        })
    }
}
