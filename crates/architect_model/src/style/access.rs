//! How the database session and the signed-in user are had.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{IdKind, Location, Observed, Symbol};

/// How the database session is had.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionStyle {
    /// Whether sessions are asynchronous.
    pub is_async: Observed<bool>,
    /// Session class: `sqlmodel:Session`, `sqlalchemy.ext.asyncio:AsyncSession`.
    pub class: Option<Symbol>,
    /// Whether a commit empties what is known of rows: no session is made with `expire_on_commit=False`.
    pub expires: bool,
    /// How a handler declares it.
    pub parameter: Observed<DependencyParameter>,
    /// Where the transaction is committed.
    pub commit: Observed<CommitPlace>,
    /// Where `create`, `update` and `delete` are committed, followed from handlers; the same place in most houses.
    pub commits: Vec<(String, CommitPlace)>,
    /// Unit-of-work class, where handlers or services take one in the session's place.
    pub unit_of_work: Option<UnitOfWork>,
}

/// A unit-of-work class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnitOfWork {
    /// The class.
    pub class: Symbol,
    /// Attribute that holds the session: `session`.
    pub session_attribute: Option<String>,
    /// Attributes that hold repositories: name and class; where a new one has to be added.
    pub repositories: Vec<(String, Symbol)>,
    /// The last repository that is made when the unit is made or entered: a new one is made behind it.
    pub last_made: Option<MadeRepository>,
    /// Whether it has a method `commit` of its own; else it commits at its end.
    pub commits: bool,
    /// Where the class is defined.
    pub at: Location,
}

/// Where a unit of work makes a repository: `self.projects = ProjectRepository(self.session)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MadeRepository {
    /// Attribute that holds it: `projects`.
    pub attribute: String,
    /// Arguments as written: `self.session`.
    pub arguments: String,
    /// The statement.
    pub at: Location,
}

/// How a handler declares a dependency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Hash)]
pub struct DependencyParameter {
    /// Parameter name: `session`, `db`, `current_user`.
    pub name: String,
    /// `Annotated` alias: `SessionDep`.
    pub alias: Option<Symbol>,
    /// Dependency function or class inside `Depends(...)`.
    pub dependency: Option<Symbol>,
    /// Annotation class.
    pub class: Option<Symbol>,
    /// Whether it stands in the annotation, `Annotated[Session, Depends(get_session)]`, and not in the default.
    #[serde(default)]
    pub annotated: bool,
}

/// Where the transaction is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommitPlace {
    /// In the session dependency.
    #[default]
    Dependency,
    /// In the repository or the CRUD functions.
    Repository,
    /// In the service.
    Service,
    /// In the handler.
    Endpoint,
    /// In a unit of work.
    UnitOfWork,
}

/// How the signed-in user is had.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UserStyle {
    /// Table class of users.
    pub class: Option<Symbol>,
    /// Table name of users.
    pub table: Option<String>,
    /// Type of its primary key.
    pub id: IdKind,
    /// Attribute that holds the primary key.
    pub id_attribute: String,
    /// How a handler declares the user.
    pub parameter: Observed<DependencyParameter>,
    /// Type arguments of the class that it declares: `User` in `Subject[User]`.
    pub arguments: Vec<Symbol>,
    /// Attributes that lead from what the handler is given to the user's key: `id`; `subject` and `id` where an object
    /// carries the row; `["sub"]` for an item of a mapping; empty where it is the key itself. None where it has no key.
    pub key_path: Option<Vec<String>>,
    /// Boolean attribute of administrators: `is_superuser`.
    pub superuser_attribute: Option<String>,
    /// Dependency that demands an administrator.
    pub superuser_dependency: Option<Symbol>,
    /// Function that refuses whoever is no administrator: `require_superuser(user)`.
    pub require_superuser: Option<Symbol>,
    /// Attribute that holds a role, with the enum that types it: `role`.
    pub role_attribute: Option<String>,
    /// Whether administrators may do what owners may.
    pub superuser_sees_all: Observed<bool>,
}
