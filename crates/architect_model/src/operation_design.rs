//! The operations of a module's API, resolved: paths, access, scopes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EntityNames, EntityRef, IdKind, Literal, Location, Symbol};

/// A router: the operations of one file of endpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RouterDesign {
    /// Value of `{module}` in the layout of endpoints: the module's name, or the entity's in a flat house.
    pub module: String,
    /// The entity it is named after: values of `{entity}` and `{entities}`.
    pub names: EntityNames,
    /// Prefix that all its paths share, without a slash at the end: `/projects`; empty where they share none.
    pub prefix: String,
    /// Tag by the house's habit.
    pub tag: String,
    /// Operations in order: fixed paths before those with parameters that would swallow them.
    pub operations: Vec<OperationDesign>,
}

/// One operation of the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OperationDesign {
    /// What it does.
    pub kind: OperationKind,
    /// Class of the entity whose rows it works on.
    pub entity: String,
    /// HTTP method.
    pub method: String,
    /// Path below the API prefix, in the house's style, with the router's prefix: `/projects/{project_id}/tasks`.
    pub path: String,
    /// Parameters of the path, in order.
    pub parameters: Vec<PathParameter>,
    /// Handler and method name, unique in its router where the house's own name for the operation is not enough:
    /// `archive_project`; none for the five standard operations of an entity, which the house names.
    pub name: Option<String>,
    /// Who may call it.
    pub access: AccessDesign,
    /// Identifiers of the requirements it satisfies.
    pub satisfies: Vec<String>,
    /// What the document says of it.
    pub description: Option<String>,
    /// Where it stands in the document.
    pub at: Location,
}

impl OperationDesign {
    /// The path behind the router's prefix: `/{project_id}`; may be empty.
    pub fn path_behind<'a>(&'a self, prefix: &str) -> &'a str {
        self.path.strip_prefix(prefix).unwrap_or(&self.path)
    }

    /// The parameter that names the row worked on.
    pub fn item(&self) -> Option<&PathParameter> {
        self.parameters.iter().find(|parameter| parameter.role == ParameterRole::Item)
    }

    /// What its rows refer to, where it lists those that refer to the row in the path.
    pub fn within(&self) -> Option<&WithinDesign> {
        match &self.kind {
            OperationKind::List { within, .. } => within.as_deref(),
            _ => None,
        }
    }

    /// The parameter that names the parent.
    pub fn parent(&self) -> Option<&PathParameter> {
        self.parameters.iter().find(|parameter| parameter.role == ParameterRole::Parent)
    }
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OperationKind {
    /// A page of rows.
    List {
        /// Which rows the caller sees; part of the query, never applied afterwards.
        scope: ListScope,
        /// Columns that a query parameter of the same name filters by, for equality.
        filters: Vec<String>,
        /// Order, ending in a unique column.
        order: Vec<OrderBy>,
        /// Conditions that always hold: column and value.
        only: Vec<(String, Literal)>,
        /// The row in the path that all of them refer to; none for a list of all rows, or of those of a parent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<Box<WithinDesign>>,
    },
    /// One row.
    Read,
    /// A new row.
    Create,
    /// Changes the given columns of a row.
    Update,
    /// Deletes a row.
    Delete,
    /// Sets columns of a row to fixed values.
    Set {
        /// Column and value.
        values: Vec<(String, Literal)>,
        /// Values that the row must have before, or 409.
        when: Vec<(String, Vec<Literal>)>,
    },
    /// A page of the rows linked to one row: `GET /notes/{note_id}/tags`. `entity` is the left side.
    ListLinked {
        /// Class of the link table.
        link: String,
        /// Order, ending in a unique column of the right side.
        order: Vec<OrderBy>,
    },
    /// Links two rows; again: nothing happens, 204: `PUT /notes/{note_id}/tags/{tag_id}`.
    Link {
        /// Class of the link table.
        link: String,
    },
    /// Unlinks two rows, 204; 404 where they were not linked: `DELETE /notes/{note_id}/tags/{tag_id}`.
    Unlink {
        /// Class of the link table.
        link: String,
    },
}

/// Which rows a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListScope {
    /// Those that the caller owns, through the owner chain.
    Owner,
    /// Those of the parent in the path; whether the caller may see that parent is checked first.
    Parent,
    /// All.
    All,
}

/// A row that the rows of a list refer to without belonging to it: `GET /milestones/{milestone_id}/tasks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithinDesign {
    /// Foreign-key column of the rows, or of the link table: `milestone_id`.
    pub column: String,
    /// Name of the reference: `milestone`.
    pub reference: String,
    /// Class of the link table that has the column, where the rows are linked and do not refer themselves.
    pub link: Option<String>,
    /// Names of the entity referred to.
    pub names: EntityNames,
    /// The entity referred to.
    pub target: EntityRef,
    /// Kind of its key.
    pub id: IdKind,
    /// Whether the row must be the caller's own; otherwise it must exist.
    pub owned: bool,
}

/// A column that a list is ordered by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderBy {
    /// Column.
    pub column: String,
    /// Descending.
    pub descending: bool,
}

/// A parameter of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PathParameter {
    /// Name by the house's habit: `project_id`.
    pub name: String,
    /// Class of the entity it names.
    pub class: String,
    /// Kind of its key.
    pub id: IdKind,
    /// What it is for.
    pub role: ParameterRole,
}

/// What a path parameter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterRole {
    /// The row worked on.
    Item,
    /// The parent of the rows worked on.
    Parent,
    /// A parent of the parent, or the parent of an item that is named itself: must match the row.
    Ancestor,
    /// The row that listed rows refer to: [`WithinDesign`].
    Within,
    /// The row of the other side of a link.
    Linked,
}

/// Who may call an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AccessDesign {
    /// The owner of the row, of the parent in the path or body; a list is scoped to what the caller owns.
    Owner,
    /// Owners who have a role among the members of the group.
    Member {
        /// The group, for people: `team`.
        group: String,
        /// The role: `admin`.
        role: String,
        /// Its place among [`MemberRoles::values`](crate::MemberRoles::values).
        nth: usize,
    },
    /// Users with a role.
    Role {
        /// Attribute of the user: `role`.
        attribute: String,
        /// Its value: `editor`.
        value: String,
        /// Enumeration member that stands for it: class and member; none where the attribute is a plain string.
        member: Option<(Symbol, String)>,
    },
    /// Administrators, by the house's attribute or dependency.
    Superuser,
    /// Any signed-in user.
    SignedIn,
    /// Everybody.
    Public,
}

impl AccessDesign {
    /// Whether it is for owners, with a role or without.
    pub fn is_owner(&self) -> bool {
        matches!(self, Self::Owner | Self::Member { .. })
    }

    /// The role that it asks of a member, by its place among the roles.
    pub fn member_role(&self) -> Option<usize> {
        match self {
            Self::Member { nth, .. } => Some(*nth),
            _ => None,
        }
    }
}
