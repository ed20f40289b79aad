//! What would change: shown before anything is written, saved as `plan.json`, carried out by `apply`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Assumption, Location, Problem, Question};

/// A plan: every file as it will be, and what it rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Version of this format.
    pub format: u32,
    /// What the plan does, in the brief's workflow order.
    pub changes: Vec<Change>,
    /// Files that are created or edited; each belongs to a step.
    pub files: Vec<FileChange>,
    /// Files that were read to make the plan, with a digest of what was read: `apply` refuses if one differs now.
    pub inputs: Vec<Input>,
    /// What may go wrong, and how to see to it.
    pub risks: Vec<Risk>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
    /// What is open, with the answer that was taken.
    pub questions: Vec<Question>,
    /// Edits that belong to the change and could not be made safely: a person makes them.
    pub open_edits: Vec<OpenEdit>,
    /// Commands to run after `apply`, in order: migration, types, tests.
    pub next: Vec<NextStep>,
    /// Why nothing can be planned; then there are no files.
    pub problems: Vec<Problem>,
}

/// An edit that is left to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenEdit {
    /// What is to be done, and why the plan does not do it.
    pub text: String,
    /// Where.
    pub at: Location,
}

/// A step of the brief's workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Database models.
    Models,
    /// Request and response schemas.
    Schemas,
    /// Queries.
    Repository,
    /// Business rules and authorization.
    Service,
    /// API endpoints, their registration included.
    Endpoints,
    /// Tests.
    Tests,
    /// Migration.
    Migration,
    /// TypeScript types.
    Types,
}

/// One thing that a plan does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Step it belongs to.
    pub step: Step,
    /// What it is.
    #[serde(flatten)]
    pub kind: ChangeKind,
}

/// The vocabulary of changes, shared by plans and by fixes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ChangeKind {
    /// A new table.
    AddTable {
        /// Its class.
        class: String,
        /// Its name.
        table: String,
    },
    /// A further column.
    AddColumn {
        /// Class of its table.
        class: String,
        /// Its name.
        column: String,
    },
    /// A column of another type, or with other rules.
    ChangeColumn {
        /// Class of its table.
        class: String,
        /// Its name.
        column: String,
        /// What becomes of it, in words.
        what: String,
    },
    /// Another name of a column, whose values stay.
    RenameColumn {
        /// Class of its table.
        class: String,
        /// Name as it is.
        from: String,
        /// Name as it will be.
        to: String,
    },
    /// One column less, with its values.
    RemoveColumn {
        /// Class of its table.
        class: String,
        /// Its name.
        column: String,
    },
    /// Other constraints or indexes of a table.
    ChangeConstraints {
        /// Class of the table.
        class: String,
        /// What becomes of them, in words.
        what: String,
    },
    /// Other values of an enumeration.
    ChangeEnum {
        /// Its class.
        class: String,
        /// Values that are new.
        added: Vec<String>,
        /// Values that are gone.
        removed: Vec<String>,
    },
    /// An endpoint that does something else, or for others.
    ChangeEndpoint {
        /// HTTP method.
        method: String,
        /// Full path.
        path: String,
        /// What becomes of it, in words.
        what: String,
    },
    /// One endpoint less.
    RemoveEndpoint {
        /// HTTP method.
        method: String,
        /// Full path.
        path: String,
    },
    /// A new enumeration.
    AddEnum {
        /// Its class.
        class: String,
    },
    /// A new schema family.
    AddSchemas {
        /// Its classes.
        classes: Vec<String>,
    },
    /// A new repository.
    AddRepository {
        /// Its class, or the functions.
        name: String,
    },
    /// A new service.
    AddService {
        /// Its class, or the functions.
        name: String,
    },
    /// A new endpoint.
    AddEndpoint {
        /// HTTP method.
        method: String,
        /// Full path.
        path: String,
        /// Who may call it, in words.
        who: String,
    },
    /// A router is registered.
    RegisterRouter {
        /// Module whose router it is.
        module: String,
    },
    /// Models are imported where Alembic looks.
    ImportModels {
        /// Module whose models they are.
        module: String,
    },
    /// New tests.
    AddTests {
        /// How many test functions.
        count: usize,
    },
    /// A new revision.
    AddRevision {
        /// Its identifier.
        revision: String,
        /// SQL of `upgrade` for PostgreSQL, one statement an item.
        sql: Vec<String>,
    },
}

/// A file that is created or edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileChange {
    /// Path relative to the project root.
    pub path: String,
    /// Step it belongs to.
    pub step: Step,
    /// Text before; none for a new file.
    pub before: Option<String>,
    /// Text after.
    pub after: String,
}

/// A file that was read to make the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// Path relative to the project root.
    pub path: String,
    /// SHA-256 of the bytes read, in hexadecimal; none where the file must not exist.
    pub sha256: Option<String>,
}

/// Something that may go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Risk {
    /// What, in one sentence.
    pub text: String,
    /// Where, if it has a place.
    pub at: Option<Location>,
}

/// A command to run after `apply`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextStep {
    /// What it does.
    pub text: String,
    /// Folder to run it in, relative to the project root.
    pub folder: String,
    /// The command.
    pub command: String,
}
