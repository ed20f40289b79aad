//! A design resolved against a project: modules complete in every detail, before any language or file is chosen.
//!
//! `architect_plan::resolve` makes it; the writers of `architect_python` turn it into source. Every name is final
//! (the house's singular or plural, its suffixes, its column for owners), every implied column is here, and every
//! endpoint says who may call it, what it is scoped to and what of its body must be checked. What depends on *how*
//! the house writes code (base classes, sessions, error style) is not here: that is [`HouseStyle`](crate::HouseStyle).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Assumption, FieldType, IdKind, Literal, Location, OnDelete, OperationDesign, Problem, Question, Risk, RouterDesign,
    Symbol,
};

/// A design resolved against a project.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Resolution {
    /// The modules as the code has them, where the design changes some of it; empty where all of it is new.
    #[serde(default)]
    pub before: Vec<ModuleDesign>,
    /// The modules, those first that others refer to.
    pub modules: Vec<ModuleDesign>,
    /// Columns that get another name, where the design changes existing modules.
    #[serde(default)]
    pub renamed: Vec<RenamedColumn>,
    /// Relationships of the code that have to say by which key they join, where the design adds a further one.
    #[serde(default)]
    pub joins: Vec<Join>,
    /// Relationships of the code whose only key the design takes away: they go with it.
    #[serde(default)]
    pub parted: Vec<Join>,
    /// Classes of the code that the modules refer to and whose rows a client can make.
    pub existing: Vec<ExistingEntity>,
    /// Why nothing can be planned; then `modules` must not be written.
    pub problems: Vec<Problem>,
    /// What may go wrong.
    pub risks: Vec<Risk>,
    /// What was taken for granted here, beyond what the document's reader assumed.
    pub assumptions: Vec<Assumption>,
    /// What is open, with the answer that was taken.
    pub questions: Vec<Question>,
    /// Which endpoints satisfy which requirement, in the document's order; none: unmet.
    pub traces: Vec<Trace>,
}

/// A column that gets another name and keeps its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RenamedColumn {
    /// Class of the entity.
    pub class: String,
    /// Its table, with its schema where it has one.
    pub table: String,
    /// Name as it is.
    pub from: String,
    /// Name as it will be.
    pub to: String,
}

/// A relationship of the code that has to say by which key it joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Join {
    /// Class that declares it.
    pub class: String,
    /// Its attribute.
    pub attribute: String,
    /// The key, as class and attribute: `Item.owner_id`.
    pub key: String,
    /// Where it is declared.
    pub at: Location,
}

/// A class of the code whose rows a client can make, as far as that takes: what creation must be given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExistingEntity {
    /// The class.
    pub class: Symbol,
    /// It as a design: names, owner, parent, and the columns that creation must be given.
    pub entity: EntityDesign,
    /// The endpoint that makes a row.
    pub create: OperationDesign,
}

/// A requirement and what satisfies it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// The requirement's identifier.
    pub requirement: String,
    /// `GET /projects/{project_id}` of the endpoints that satisfy it.
    pub endpoints: Vec<String>,
}

/// A module: a top-level entity, its children, and the link tables and enumerations that they need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModuleDesign {
    /// Folder name in the house's number: `projects`; the value of `{module}` in layouts.
    pub name: String,
    /// Entities; one that is referred to stands before the one that refers to it.
    pub entities: Vec<EntityDesign>,
    /// Enumerations that its columns use, in order of first use. Each is declared once, here.
    pub enums: Vec<EnumDesign>,
    /// Link tables of many-to-many relations, declared after the entities.
    pub links: Vec<LinkDesign>,
    /// Routers: one for the module; one for each entity in a house that keeps a file of endpoints per entity.
    pub routers: Vec<RouterDesign>,
    /// Where the document begins to speak of it.
    pub at: Location,
}

/// All spellings of an entity's name that writers need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntityNames {
    /// Class: `OrderLine`.
    pub class: String,
    /// Plural of the class: `OrderLines`.
    pub classes: String,
    /// `order_line`.
    pub snake: String,
    /// `order_lines`.
    pub snakes: String,
    /// For people, in lower case: `order line`.
    pub label: String,
    /// For people, plural: `order lines`.
    pub labels: String,
}

/// An entity: one table, one schema family, one repository, one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntityDesign {
    /// Its names.
    pub names: EntityNames,
    /// Table name by the house's habit, the schema left out.
    pub table: String,
    /// Whether the table name must be written out because the library would choose another.
    pub explicit_table: bool,
    /// What the document says of it, one paragraph.
    pub description: Option<String>,
    /// Every column in order of declaration: id, fields, owner or parent, references, timestamps.
    pub columns: Vec<ColumnDesign>,
    /// Unique constraints over several columns. Those over one column are [`ColumnDesign::unique`].
    pub uniques: Vec<UniqueDesign>,
    /// Indexes over several columns. Those over one column are [`ColumnDesign::index`].
    pub indexes: Vec<IndexDesign>,
    /// How the owning user is reached from a row.
    pub owner: OwnerChain,
    /// The parent, where rows belong to a row of another entity.
    pub parent: Option<ParentDesign>,
    /// Children: entities of this design that name this one as their parent.
    pub children: Vec<String>,
    /// Classes of requests and responses.
    pub schemas: SchemaFamily,
    /// Where it stands in the document.
    pub at: Location,
}

impl EntityDesign {
    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&ColumnDesign> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The primary key.
    pub fn id(&self) -> Option<&ColumnDesign> {
        self.columns.iter().find(|column| column.role == ColumnRole::Id)
    }

    /// Columns that clients set, in order.
    pub fn client_columns(&self) -> impl Iterator<Item = &ColumnDesign> {
        self.columns.iter().filter(|column| column.in_create || column.in_update)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnDesign {
    /// Attribute and column name: `name`, `assignee_id`, `owner_id`.
    pub name: String,
    /// What it is for.
    pub role: ColumnRole,
    /// Type. For a foreign key [`FieldType::Reference`], with all the rest in `reference`; for the id the
    /// [`IdKind`] is in `id`.
    #[serde(rename = "type")]
    pub ty: FieldType,
    /// Kind of key: of this column if it is the id, of the column pointed at if it is a foreign key.
    pub id: Option<IdKind>,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Default that Python fills in. For `nullable` columns without one it is NULL.
    pub default: Option<Literal>,
    /// Whether the column alone is unique, with the constraint's name in the database.
    pub unique: Option<String>,
    /// Whether the column alone has an index.
    pub index: bool,
    /// Foreign key.
    pub reference: Option<ReferenceDesign>,
    /// Whether clients give it on creation (in the body; a parent in the path is not here).
    pub in_create: bool,
    /// Whether clients may change it.
    pub in_update: bool,
    /// Whether responses show it.
    pub in_output: bool,
    /// What the document says of it.
    pub description: Option<String>,
    /// Where it stands in the document; for implied columns the entity's place.
    pub at: Location,
}

impl ColumnDesign {
    /// Whether a client must give a value on creation.
    pub fn required_in_create(&self) -> bool {
        self.in_create && !self.nullable && self.default.is_none()
    }
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// Primary key.
    Id,
    /// A value that the document gives.
    Value,
    /// Foreign key to the owning user.
    Owner,
    /// Foreign key to the parent.
    Parent,
    /// Foreign key to another row.
    Reference,
    /// When the row was made.
    CreatedAt,
    /// When the row was last changed.
    UpdatedAt,
    /// A further column that the house's tables all have.
    House,
    /// The mark of a row that is deleted.
    Deleted,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReferenceDesign {
    /// Name of the attribute that a relationship would have: `assignee`, `project`, `owner`.
    pub name: String,
    /// The entity it points at.
    pub target: EntityRef,
    /// Column pointed at: `id`.
    pub column: String,
    /// What happens to this row when that one is deleted; always explicit.
    pub on_delete: OnDelete,
    /// What must be true of a value that a client sends in a body.
    pub check: ReferenceCheck,
    /// Whether a change that makes a row its own ancestor must be refused: it refers to rows of the same table.
    pub acyclic: bool,
    /// Whether it closes a circle of entities: the service that checks it cannot be given that of what it points at, which
    /// needs it in its turn.
    pub closes: bool,
    /// Whether its table refers in a circle to the one that it points at, so that the key is added when both are there.
    pub deferred: Option<Deferred>,
}

/// A foreign key between tables that refer to each other: SQLAlchemy orders them where one key has a name and
/// `use_alter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deferred {
    /// The house's naming convention names it.
    Conventional,
    /// It needs this name.
    Named(String),
}

/// An entity, of this design or of the project's code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntityRef {
    /// Class: `Project`.
    pub class: String,
    /// Table, with its schema where it has one: `project`.
    pub table: String,
    /// Import path of a class that exists; none for one of this design, which stands in `module`.
    pub existing: Option<Symbol>,
    /// Module of this design that holds it; none for one that exists.
    pub module: Option<String>,
    /// How the owning user is reached from it.
    pub owner: OwnerChain,
}

/// What must be true of a reference in a body, or the request is refused as if the row did not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceCheck {
    /// Clients cannot set it: nothing to check.
    None,
    /// Such a row exists (users, and rows that nobody owns).
    Exists,
    /// Such a row exists and belongs to the caller.
    Own,
}

/// How the owning user is reached from a row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnerChain {
    /// Foreign keys to follow from the row's own table to the one that holds `user_column`; empty where the row's own does.
    pub steps: Vec<OwnerStep>,
    /// The rows that say who owns the last row of the chain, where that is a group; none where it names its owner itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Membership>,
    /// Column with the user's key, in the last table of the chain or in that of the memberships; none: nobody owns the row.
    pub user_column: Option<String>,
}

impl OwnerChain {
    /// Whether a user owns the row, through however many parents.
    pub fn is_owned(&self) -> bool {
        self.user_column.is_some()
    }

    /// Whether the row's own table holds the user's key.
    pub fn is_direct(&self) -> bool {
        self.is_owned() && self.steps.is_empty() && self.members.is_none()
    }

    /// The memberships, where the row is a group itself.
    pub fn group(&self) -> Option<&Membership> {
        self.members.as_ref().filter(|_| self.steps.is_empty())
    }
}

/// The rows that say who the members of a group are: each refers to the group and to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Membership {
    /// From the group to its memberships: `id`, `Membership`, `team_id`.
    pub step: OwnerStep,
    /// Class of the group: `Team`.
    pub group: String,
    /// What members may be, where that is told apart.
    pub role: Option<MemberRoles>,
}

/// The column with the role of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MemberRoles {
    /// Column: `role`.
    pub column: String,
    /// Class of the enumeration.
    pub class: String,
    /// Import path of the enumeration where it exists; none for one of this design.
    pub existing: Option<Symbol>,
    /// Its values, in order.
    pub values: Vec<String>,
    /// The value that whoever makes a group gets.
    pub founder: String,
}

/// One foreign key on the way to the owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnerStep {
    /// Foreign-key column: `project_id`.
    pub column: String,
    /// Class it leads to: `Project`.
    pub class: String,
    /// Column pointed at there: `id`.
    pub key: String,
    /// Import path of that class where it exists; none for one of this design.
    pub existing: Option<Symbol>,
    /// Module of this design that holds it; none for one that exists.
    pub module: Option<String>,
}

/// The parent of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParentDesign {
    /// Names of the parent.
    pub names: EntityNames,
    /// The parent.
    pub target: EntityRef,
    /// Foreign-key column of the child: `project_id`.
    pub column: String,
}

/// An enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnumDesign {
    /// Class: `ProjectStatus`.
    pub class: String,
    /// Name of the type in the database: `projectstatus`.
    pub type_name: String,
    /// Member names in the house's case, valid and distinct, with the values as stored and sent.
    pub members: Vec<(String, String)>,
    /// Where it stands in the document.
    pub at: Location,
}

impl EnumDesign {
    /// The member whose value is `value`.
    pub fn member(&self, value: &str) -> Option<&str> {
        self.members.iter().find(|(_, stored)| stored == value).map(|(name, _)| name.as_str())
    }
}

/// A unique constraint over several columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UniqueDesign {
    /// Name in the database, at most 63 bytes; the one that is translated into 409.
    pub name: String,
    /// Whether that name must be written out because no naming convention yields it.
    pub explicit_name: bool,
    /// Columns, the scope first: `owner_id`, `name`.
    pub columns: Vec<String>,
    /// The column that a person would call taken: `name`.
    pub subject: String,
}

/// An index over several columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexDesign {
    /// Name in the database, at most 63 bytes; always written out.
    pub name: String,
    /// Columns.
    pub columns: Vec<String>,
}

/// The link table of a many-to-many relation: two foreign keys that together are the primary key, both `CASCADE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkDesign {
    /// Class: `NoteTagLink`.
    pub class: String,
    /// Table.
    pub table: String,
    /// Whether the table name must be written out.
    pub explicit_table: bool,
    /// Attribute of the first side that holds the others: `tags`.
    pub field: String,
    /// The side that declares the relation (an entity of this module).
    pub left: LinkSide,
    /// The other side; its column gets an index of its own, because the key starts with the first.
    pub right: LinkSide,
    /// What must be true of a row of the other side to be linked.
    pub check: ReferenceCheck,
    /// Where the relation stands in the document.
    pub at: Location,
}

/// One side of a link table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkSide {
    /// Names of the entity.
    pub names: EntityNames,
    /// The entity.
    pub target: EntityRef,
    /// Foreign-key column: `tag_id`.
    pub column: String,
    /// Column pointed at: `id`.
    pub key: String,
    /// Kind of that key.
    pub id: IdKind,
}

/// Class names of requests and responses, and which columns each declares.
///
/// `base` holds what creation, rows and responses share in the same form: values that clients set. References, the
/// parent and what only the server sets are left out of it, so that the class can also be a base of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaFamily {
    /// `ProjectBase`; none where the house has no such class: then `create` and `output` are complete by themselves.
    pub base_class: Option<String>,
    /// `ProjectCreate`; none where no operation takes it.
    pub create_class: Option<String>,
    /// `ProjectUpdate`; none where no operation takes it.
    pub update_class: Option<String>,
    /// `ProjectPublic`.
    pub output_class: String,
    /// Columns of the base class.
    pub base: Vec<String>,
    /// Columns that creation takes beyond the base class.
    pub create: Vec<String>,
    /// Columns that an update takes; all are optional there.
    pub update: Vec<String>,
    /// Columns that responses show beyond the base class.
    pub output: Vec<String>,
    /// Whether the table extends the base class; none where no code shows it of this very table: then as the house does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<bool>,
    /// Classes of these that the code does without: other classes of it have their part, or nothing has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
}
