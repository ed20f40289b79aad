//! What two schemas have differently.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Location, QualifiedName, Symbol, Touched, Unknown};

/// Something that a database and the models, or two databases, have differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaDifference {
    /// What becomes of the object, seen from the database.
    pub change: DifferenceKind,
    /// What kind of object it is.
    pub kind: ObjectKind,
    /// The object.
    pub object: Touched,
    /// What differs: one sentence.
    pub text: String,
    /// Where the models declare it; where they do not, what made it.
    pub at: Location,
}

/// A kind of object of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A column.
    Column,
    /// An index.
    Index,
    /// A unique constraint.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A primary key.
    PrimaryKey,
    /// A check.
    Check,
    /// PostgreSQL's `EXCLUDE`.
    Exclude,
    /// An enumeration type.
    EnumType,
}

/// Whether an object is compared at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inclusion {
    /// It is.
    Included,
    /// It is left out.
    Excluded,
    /// That is not known.
    Unknown(Unknown),
}

/// What becomes of an object that a database does not have as the models declare it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The models have it, the database does not.
    Added,
    /// Both have it, not alike.
    Changed,
    /// The database has it, the models do not.
    Removed,
}

/// What the models and the migrations have differently.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// Version of this format.
    pub format: u32,
    /// What differs.
    pub differences: Vec<SchemaDifference>,
    /// What may differ, and why that is not known.
    pub uncertain: Vec<UncertainDifference>,
    /// Tables that the models declare and `env.py` does not import: to Alembic they do not exist, and it would drop them.
    pub unimported: Vec<UnimportedTable>,
}

impl Drift {
    /// Whether the migrations make what the models declare, as far as that is known.
    pub fn is_none(&self) -> bool {
        self.differences.is_empty() && self.unimported.is_empty()
    }
}

/// A difference that may be none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UncertainDifference {
    /// What may differ.
    #[serde(flatten)]
    pub difference: SchemaDifference,
    /// Why that is not known, and where.
    pub because: Unknown,
}

/// A table whose class no import of `env.py` reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnimportedTable {
    /// Its name in the database.
    pub table: QualifiedName,
    /// Its class.
    pub class: Option<Symbol>,
    /// Whether the migrations make it.
    pub is_migrated: bool,
    /// Where it is declared.
    pub at: Location,
}

/// What models, migrations and a live database have differently.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LiveDrift {
    /// Version of this format.
    pub format: u32,
    /// Models and migrations.
    pub migrations: Drift,
    /// The revisions that the database says it is at; none where it has no table of versions.
    pub revisions: Option<Vec<String>>,
    /// Revisions of the project that the database has not run, in order.
    pub pending: Vec<String>,
    /// The database beside what the revisions build that it has run: what was changed by hand.
    pub database: Comparisons,
    /// The database beside the models.
    pub models: Comparisons,
}

impl LiveDrift {
    /// Whether all three are alike, as far as that is known.
    pub fn is_none(&self) -> bool {
        let is_same = |found: &Comparisons| found.differences.is_empty();
        self.migrations.is_none() && self.pending.is_empty() && is_same(&self.database) && is_same(&self.models)
    }
}

/// What two schemas have differently.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparisons {
    /// What differs.
    pub differences: Vec<SchemaDifference>,
    /// What may differ, and why that is not known.
    pub uncertain: Vec<UncertainDifference>,
}
