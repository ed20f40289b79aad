//! What a document says before it is resolved: entities, fields, relations and endpoints as written.

use architect_model::{FieldType, ImpliedRole, OnDelete};

use crate::bounds::Bound;

/// An entity as one form of the document states it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RawEntity {
    pub label: String,
    /// The class name that a written document gives beside the label.
    pub name: Option<String>,
    /// Another name that the heading gives beside the label: `Projet` of ``Projet — `projects` ``.
    pub alias: Option<String>,
    /// The alias, where the heading says that one of the two is the name in the database: both name one entity.
    pub twin: Option<String>,
    pub line: u32,
    pub description: Vec<String>,
    pub owner: Option<RawOwner>,
    pub fields: Vec<RawField>,
    pub constraints: Vec<RawConstraint>,
    /// Whether this is the explicit format, where what is not understood is an error.
    pub strict: bool,
    /// Whether the form only sums up what stands elsewhere: the main fields in a cell.
    pub summary: bool,
}

/// To whom rows belong, as a sentence says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RawOwner {
    /// `Owned by User.`
    User,
    /// `Belongs to Project.`
    Parent(String),
    /// `Owned by its members.`, `Owned by members of Team.`, `Owned by its members through Membership.`
    Members { of: Option<String>, through: Option<String> },
    /// `Shared.`
    Nobody,
}

/// `Unique: a, b` or `Index: a, b`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawConstraint {
    pub unique: bool,
    pub fields: Vec<String>,
    pub line: u32,
}

/// A field as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RawField {
    pub label: String,
    pub line: u32,
    /// The identifier that a written document gives beside the label.
    pub name: Option<String>,
    pub type_text: String,
    pub spec: Option<TypeSpec>,
    pub required: Option<bool>,
    pub default: Option<String>,
    pub unique: Option<Scope>,
    pub index: bool,
    pub filter: bool,
    pub read_only: bool,
    /// Whether rows may refer to each other in a circle.
    pub circular: bool,
    pub on_delete: Option<OnDelete>,
    pub primary_key: bool,
    /// Bounds that a form other than the explicit one states.
    pub bounds: Vec<Bound>,
    /// Name of the entity or table that the field points at, where the document says so.
    pub references: Option<String>,
    /// A name that stands where keys are told of; where it is that of an entity, the field points at it.
    pub hint: Option<String>,
    /// Whether the field points at something, named or not.
    pub foreign_key: bool,
    pub description: String,
    /// Whether it is part of a primary key of several columns.
    pub composite: bool,
    /// Whether the conventions imply the column.
    pub role: Option<ImpliedRole>,
}

/// Within which rows values differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// `unique`
    Table,
    /// `unique per owner`, `unique per project`
    Per(String),
}

/// A type before entities are known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TypeSpec {
    /// A plain type.
    Known(FieldType),
    /// An enumeration whose class has no name yet.
    Enum(Vec<String>),
    /// An entity, or an enumeration that is named elsewhere.
    Named { name: String, many: bool },
}

/// An endpoint as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RawEndpoint {
    pub method: String,
    pub path: String,
    pub does: String,
    pub who: String,
    pub satisfies: Vec<String>,
    pub description: String,
    pub line: u32,
    pub strict: bool,
}

/// A relation that a diagram or a sentence states.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawRelation {
    /// The entity on the side of one; the first one if there is no such side.
    pub one: String,
    /// The entity on the side of many.
    pub many: String,
    pub kind: RelationKind,
    /// What a diagram writes at the line between them.
    pub label: String,
    /// Whether a diagram draws it that also lists the keys.
    pub drawn: bool,
    pub line: u32,
}

/// How many rows stand on each side of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelationKind {
    OneToOne,
    OneToMany,
    ManyToMany,
}

/// What forms other than the explicit one have found.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Found {
    pub entities: Vec<RawEntity>,
    /// Enumerations with a name of their own.
    pub enums: Vec<(String, Vec<String>)>,
    pub relations: Vec<RawRelation>,
    /// Value objects, whose rows are a part of those of others.
    pub values: Vec<String>,
    /// Entities that a diagram names without their fields.
    pub named: Vec<(String, u32)>,
    /// Entities that a table or a list names without their fields, with what it says of them.
    pub listed: Vec<(String, String, u32)>,
    /// Sentences that say which rows belong to members: of what they speak, and the group if that is another.
    pub shared: Vec<(String, Option<String>, u32)>,
    /// References that stand outside of what lists the fields.
    pub links: Vec<RawLink>,
    /// Constraints that stand outside of what lists the fields, with the entity that they are about.
    pub constraints: Vec<(String, RawConstraint)>,
}

/// `orders.user_id → users.id`: a field and what it points at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawLink {
    pub entity: String,
    pub field: String,
    pub target: String,
    pub on_delete: Option<OnDelete>,
    pub line: u32,
}
