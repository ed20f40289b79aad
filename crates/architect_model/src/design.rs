//! What a design document says: entities, access, endpoints, requirements, and what it leaves open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Location;

/// A design document as read; also the extraction that `design --format json` prints.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Design {
    /// Version of this format.
    pub format: u32,
    /// The document's first heading.
    pub title: Option<String>,
    /// The module that the document names for its entities (front matter `module:` or a `Module:` line), if it does.
    pub module: Option<String>,
    /// Requirements in document order.
    pub requirements: Vec<Requirement>,
    /// Entities in document order, each once.
    pub entities: Vec<Entity>,
    /// Endpoints in document order, as written; `CRUD` rows are not expanded here.
    pub endpoints: Vec<EndpointDesign>,
    /// What the reader inferred and the document does not say.
    pub assumptions: Vec<Assumption>,
    /// What is missing, each with the answer that is taken until somebody gives another.
    pub questions: Vec<Question>,
}

/// A requirement with its identifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Requirement {
    /// As written: `FR-1`, `RF-001`, `US-3`.
    pub id: String,
    /// What is required, as plain text.
    pub text: String,
    /// How much it matters, where the document says.
    pub priority: Option<Priority>,
    /// Where it stands in the document.
    pub at: Location,
}

/// MoSCoW priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Must have.
    Must,
    /// Should have.
    Should,
    /// Could have.
    Could,
    /// Will not have, this time.
    Wont,
}

/// An entity: what becomes a table, a schema family, a repository and a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// Class name in `PascalCase`, a valid Python identifier: `Project`.
    pub name: String,
    /// As the document writes it.
    pub label: String,
    /// What the document says of it, one paragraph of plain text.
    pub description: Option<String>,
    /// To whom rows belong.
    pub owner: Ownership,
    /// Fields that the document gives, without the implied ones (`id`, timestamps, `owner_id`).
    pub fields: Vec<Field>,
    /// Constraints over several fields.
    pub constraints: Vec<EntityConstraint>,
    /// Columns that the document lists and the conventions imply; they are not among `fields`.
    #[serde(default)]
    pub implied: Vec<Implied>,
    /// Whether this is the user account, which a project has already: nothing is generated for it.
    #[serde(default)]
    pub account: bool,
    /// Where it stands in the document.
    pub at: Location,
}

/// A column that a document lists although the conventions imply it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Implied {
    /// As the document writes it: `id`, `created_at`, `user_id`.
    pub label: String,
    /// What it is recognised as.
    pub role: ImpliedRole,
    /// Where it stands in the document.
    pub at: Location,
}

/// What an implied column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImpliedRole {
    /// The primary key.
    Id,
    /// When the row was made.
    CreatedAt,
    /// When the row was last changed.
    UpdatedAt,
    /// The user who owns the row.
    Owner,
    /// The row of the entity that this one belongs to.
    Parent,
}

/// To whom the rows of an entity belong; decides who may see and change them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ownership {
    /// A user: an `owner_id` column with its index and `ON DELETE CASCADE`.
    User,
    /// A row of another entity, whose owner owns this one too: a foreign key with `ON DELETE CASCADE`.
    Parent {
        /// Class name of the parent entity.
        entity: String,
    },
    /// The members of a group: the users whom rows of a membership name, which refer to the group and to a user.
    Members {
        /// Class name of the group that rows belong to; none: the rows are groups themselves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
        /// Class name of the membership, where the document names it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        through: Option<String>,
    },
    /// Nobody: shared by all; who may write is said by the endpoints' access.
    Nobody,
}

impl Ownership {
    /// Class name of the entity that rows belong to, whoever owns that.
    pub fn parent(&self) -> Option<&str> {
        match self {
            Self::Parent { entity } | Self::Members { of: Some(entity), .. } => Some(entity),
            _ => None,
        }
    }

    /// Whether rows are groups, which belong to their members.
    pub fn is_group(&self) -> bool {
        matches!(self, Self::Members { of: None, .. })
    }
}

/// A field of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Field {
    /// Identifier in `snake_case`; for a reference without the `_id`: `assignee`.
    pub name: String,
    /// As the document writes it.
    pub label: String,
    /// Type.
    #[serde(rename = "type")]
    pub ty: FieldType,
    /// Whether a value must be given: false for `text?`.
    pub required: bool,
    /// Value taken where none is given.
    pub default: Option<Literal>,
    /// Which values must differ.
    pub unique: Option<Unique>,
    /// Whether the column gets an index.
    pub index: bool,
    /// Whether lists can be filtered by it.
    pub filter: bool,
    /// Whether clients cannot set it (set by an action or by the server).
    pub read_only: bool,
    /// Whether rows may refer to each other in a circle; otherwise a reference to rows of the same table makes a tree.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub circular: bool,
    /// What the document says of it.
    pub description: Option<String>,
    /// Where it stands in the document.
    pub at: Location,
}

/// The type of a field, free of any database or language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldType {
    /// Text of bounded length, in characters.
    String {
        /// Least length.
        min: Option<u32>,
        /// Greatest length.
        max: Option<u32>,
    },
    /// Text without a bound that matters.
    Text,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// Whole number of 32 bits.
    Integer {
        /// Least value.
        min: Option<i64>,
        /// Greatest value.
        max: Option<i64>,
    },
    /// Whole number of 64 bits.
    BigInteger {
        /// Least value.
        min: Option<i64>,
        /// Greatest value.
        max: Option<i64>,
    },
    /// Exact decimal number.
    Decimal {
        /// Digits in all.
        precision: u32,
        /// Digits behind the point.
        scale: u32,
        /// Least value, as written.
        min: Option<String>,
        /// Greatest value, as written.
        max: Option<String>,
    },
    /// Floating-point number.
    Float,
    /// True or false.
    Boolean,
    /// Calendar date.
    Date,
    /// Point in time, with zone.
    DateTime,
    /// Time of day.
    Time,
    /// UUID that refers to nothing in the design.
    Uuid,
    /// Any JSON value.
    Json,
    /// One of several values.
    Enum {
        /// Class name of the enumeration: `ProjectStatus`.
        name: String,
        /// Values in order, as stored and sent.
        values: Vec<String>,
    },
    /// List of values in one column (JSON).
    Array {
        /// Type of the items.
        items: Box<FieldType>,
    },
    /// A row of another entity (many-to-one).
    Reference {
        /// Class name of the entity referred to; an existing table's class counts.
        entity: String,
        /// What happens to this row when that one is deleted.
        on_delete: Option<OnDelete>,
    },
    /// Rows of another entity (many-to-many), through a link table.
    Many {
        /// Class name of the entity referred to.
        entity: String,
    },
}

/// What a foreign key does when the row it points at is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// Delete this row too.
    Cascade,
    /// Empty the column.
    SetNull,
    /// Refuse the deletion.
    Restrict,
}

/// Scope within which a field's values must differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unique {
    /// In the whole table.
    Global,
    /// Among the rows of one owner.
    PerOwner,
    /// Among the rows of one parent.
    PerParent,
}

/// A constraint over several fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntityConstraint {
    /// The values of these fields together must differ.
    Unique {
        /// Field names; `owner` and the parent's name count.
        fields: Vec<String>,
    },
    /// These fields together get an index.
    Index {
        /// Field names; `owner` and the parent's name count.
        fields: Vec<String>,
    },
}

/// A literal value in a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number, as written, so that no digit is lost.
    Number {
        /// The digits as written: `12.50`.
        number: String,
    },
    /// Text, an enum value, a date.
    Text(String),
    /// The current time, the current date.
    Now {
        /// Always true.
        now: bool,
    },
    /// `[]` or `{}`.
    Empty {
        /// Always true.
        empty: bool,
    },
}

/// An endpoint as the document gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointDesign {
    /// `GET`, `POST`, …; `CRUD` stands for list, create, read, update, delete.
    pub method: String,
    /// Path with `{name}` parameters, without the API prefix: `/projects/{project_id}/archive`.
    pub path: String,
    /// What it does.
    pub action: Action,
    /// Who may call it.
    pub who: Access,
    /// Identifiers of the requirements it satisfies.
    pub satisfies: Vec<String>,
    /// What the document says of it.
    pub description: Option<String>,
    /// Where it stands in the document.
    pub at: Location,
}

/// What an endpoint does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// List, create, read, update and delete.
    Crud {
        /// Class name of the entity.
        entity: String,
        /// Order of the list, as for [`Action::List`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        order: Vec<String>,
        /// Conditions that always hold in the list: field and value.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        only: Vec<(String, Literal)>,
    },
    /// A page of rows.
    List {
        /// Class name of the entity.
        entity: String,
        /// Fields to order by, `-` before descending ones; empty: newest first.
        order: Vec<String>,
        /// Conditions that always hold: field and value.
        only: Vec<(String, Literal)>,
    },
    /// One row.
    Read {
        /// Class name of the entity.
        entity: String,
    },
    /// A new row.
    Create {
        /// Class name of the entity.
        entity: String,
    },
    /// Changes given fields of a row.
    Update {
        /// Class name of the entity.
        entity: String,
    },
    /// Deletes a row.
    Delete {
        /// Class name of the entity.
        entity: String,
    },
    /// Sets fields of a row to fixed values: `set status = archived`.
    Set {
        /// Class name of the entity.
        entity: String,
        /// Field and value.
        values: Vec<(String, Literal)>,
        /// Field values that the row must have before, or 409: `when status = active`.
        when: Vec<(String, Vec<Literal>)>,
    },
    /// Something the document says in words only; becomes a question.
    Other {
        /// The words.
        text: String,
    },
}

impl Action {
    /// The class of the entity whose rows it works on.
    pub fn entity(&self) -> Option<&str> {
        match self {
            Self::Crud { entity, .. }
            | Self::List { entity, .. }
            | Self::Read { entity }
            | Self::Create { entity }
            | Self::Update { entity }
            | Self::Delete { entity }
            | Self::Set { entity, .. } => Some(entity),
            Self::Other { .. } => None,
        }
    }
}

/// Who may call an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Access {
    /// The owner of the row, through any number of parents; any member where a group owns it.
    Owner,
    /// Members with this role in the group that owns the row.
    Member {
        /// Value of the membership's role: `admin`.
        role: String,
    },
    /// Users with a role: `admin`.
    Role {
        /// Name of the role.
        role: String,
    },
    /// Any signed-in user.
    SignedIn,
    /// Everybody.
    Public,
    /// Whoever the code lets call it: only endpoints that the code has are said so.
    Unsaid,
    /// `CRUD` rows only: who reads and who writes differ.
    ReadWrite {
        /// Who may list and read.
        read: Box<Access>,
        /// Who may create, update, delete.
        write: Box<Access>,
    },
}

/// Something the reader took for granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assumption {
    /// What was assumed, one sentence.
    pub text: String,
    /// The line it comes from.
    pub at: Location,
}

/// Something the document leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// The question, one sentence.
    pub text: String,
    /// What is done until it is answered.
    pub default: String,
    /// The line it comes from.
    pub at: Location,
}

/// Why a document cannot be used: exit code 2, nothing written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// What is wrong, one sentence.
    pub text: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where.
    pub at: Location,
}
