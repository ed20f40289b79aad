//! How queries and business rules are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Location, Method, Observed, ParameterOrder, Symbol};

use super::ModelImports;

/// How queries are written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RepositoryStyle {
    /// Kind of the layer.
    pub kind: Observed<RepositoryKind>,
    /// Name of the class with `{Entity}` or `{Entities}`: `{Entity}Repository`, `CRUD{Entity}`.
    pub class_name: Observed<String>,
    /// Base class.
    pub base: Option<BaseClass>,
    /// How the session reaches a method.
    pub session: Observed<SessionPassing>,
    /// Module-level instance: its name with `{entity}`: `{entity}_repository`; none where there is none.
    pub instance: Observed<Option<String>>,
    /// Package through which code reaches the instances; none where it imports them.
    pub package: Option<InstancePackage>,
    /// Name of the first session parameter of methods: `session`, `db`.
    pub session_name: Observed<String>,
    /// Names of what is called for list, read, create, update, delete, with `{entity}` and `{entities}`.
    pub methods: Vec<(String, String)>,
    /// Verbs that most entities have a query function for: `create`.
    pub functions: Vec<String>,
    /// Whether query functions are called through their module: `crud.create_item(…)`.
    pub by_module: Observed<bool>,
    /// What a variable with a query is called: `statement`, `query`, `stmt`.
    pub statement: Observed<String>,
    /// How queries are named that are about the rows of one owner.
    pub owned: OwnedQueries,
    /// A repository class or file that shows the style best.
    pub exemplar: Option<Location>,
}

/// A package that shows the instances of repositories: `crud` in `crud.item.get(…)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InstancePackage {
    /// Its import path: `app.crud`.
    pub module: String,
    /// How it imports a neighbour's instance.
    pub imports: ModelImports,
}

/// How queries are named that are about the rows of one owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnedQueries {
    /// One row: `get_for_{scope}`; none where services compare the owner themselves.
    pub get: Option<String>,
    /// Several rows: `list_by_{scope}`.
    pub list: String,
    /// Their number: `count_by_{scope}`.
    pub count: String,
    /// The word for the owner: `owner`, `user`.
    pub owner: String,
    /// Whether what follows the session is passed by keyword only.
    pub keywords: bool,
}

impl Default for OwnedQueries {
    fn default() -> Self {
        Self {
            get: None,
            list: "list_by_{scope}".into(),
            count: "count_by_{scope}".into(),
            owner: "owner".into(),
            keywords: false,
        }
    }
}

/// Kind of the query layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepositoryKind {
    /// Classes.
    #[default]
    Classes,
    /// Functions: `crud.py`.
    Functions,
    /// No such layer: queries stand in services or handlers.
    None,
}

/// How the session reaches a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionPassing {
    /// Given to the constructor.
    #[default]
    Constructor,
    /// First parameter of each method.
    FirstParameter,
    /// Keyword-only parameter of each method.
    Keyword,
}

/// A generic base class with its methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BaseClass {
    /// The class.
    pub class: Symbol,
    /// What its type parameters stand for, in order: `model`, `create`, `update`, `id`, `output` or the variable's name.
    pub type_parameters: Vec<String>,
    /// Names of these type parameters in the class, in the same order.
    pub type_variables: Vec<String>,
    /// Parameters of `__init__`, without `self`.
    pub constructor: Option<Method>,
    /// Class attribute that names the model, where subclasses set one: `model`.
    pub model_attribute: Option<String>,
    /// Methods, those of its own bases included.
    pub methods: Vec<BaseMethod>,
    /// How neighbours construct their subclasses: the class body's `__init__` or call as written.
    pub construction: Option<String>,
    /// Attribute that holds the session, where the constructor is given one.
    pub session_attribute: Option<String>,
    /// Class attribute with the answers to broken unique constraints, by the constraints' names.
    pub conflicts: Option<String>,
    /// Whether it answers a broken foreign key as a conflict.
    pub answers_foreign_keys: bool,
    /// Where the names in the signatures of its methods come from, by the name as written.
    pub names: BTreeMap<String, Symbol>,
    /// Whether it adds rows, and leaves it to others to send them to the database.
    pub only_adds: bool,
    /// Where it is defined.
    pub at: Location,
}

/// A method of a base class and what it was understood to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaseMethod {
    /// Signature.
    pub method: Method,
    /// What its body was seen to do; none where that is not certain.
    pub does: Option<Operation>,
    /// Whether its body commits.
    pub commits: bool,
    /// The parameter that is the table class: `model` in `get(self, model, id)`.
    pub model_parameter: Option<String>,
    /// Whether it gives something back.
    pub gives: bool,
    /// Whether it looks at the column that marks a row as deleted.
    pub sees_mark: bool,
}

/// What a base method does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Finds by primary key, or gives `None`.
    Get,
    /// Finds by primary key, or raises.
    GetOrRaise,
    /// A list, paged or not.
    List,
    /// Counts rows.
    Count,
    /// Inserts from a schema, with further column values as keywords.
    Create,
    /// Inserts a ready instance.
    Add,
    /// Changes a row from a schema or dictionary.
    Update,
    /// Deletes a row (given as an instance).
    Delete,
    /// Deletes a row by primary key.
    DeleteById,
}

/// How business rules are written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceStyle {
    /// Kind of the layer.
    pub kind: Observed<ServiceKind>,
    /// Class suffix: `Service`.
    pub suffix: Observed<String>,
    /// Base class.
    pub base: Option<Symbol>,
    /// How a handler gets it.
    pub made: Observed<ServiceMaking>,
    /// Parameters of `__init__` in a neighbour.
    pub constructor: Option<Method>,
    /// What the constructor of that neighbour is given to work with.
    pub holds: Option<ServiceHolds>,
    /// Whether its methods are static: they are called on the class.
    pub statics: Observed<bool>,
    /// Name of the provider function with `{entity}`: `get_{entity}_service`.
    pub provider: Option<String>,
    /// Name of the provider's `Annotated` alias with `{Entity}`: `{Entity}ServiceDep`.
    pub alias: Option<String>,
    /// File of providers where they are kept together or in a file of the module, with placeholders.
    pub provider_file: Option<String>,
    /// Module-level instance with `{entity}`: `{entity}_service`.
    pub instance: Option<String>,
    /// Method names for list, read, create, update, delete, with `{entity}` and `{entities}`.
    pub methods: Vec<(String, String)>,
    /// How session and user reach a method.
    pub session: Observed<SessionPassing>,
    /// Name of the user parameter: `current_user`, `user`; `user_id` where only the key is passed.
    pub user_parameter: Observed<String>,
    /// Whether there is any service beside those of the users themselves: else nothing shows what services are given.
    pub has_features: bool,
    /// Order of the parameters of methods.
    pub order: ParameterOrder,
    /// Whether filters of lists have a default in methods: `status: Status | None = None`.
    pub filter_defaults: Observed<bool>,
    /// Whether the method for one row stands above the one for many.
    pub finds_first: bool,
    /// A service that shows the style best.
    pub exemplar: Option<Location>,
}

/// What a service class is given when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServiceHolds {
    /// The repository.
    Repository {
        /// Parameter, with `{entity}` or `{entities}`.
        name: String,
    },
    /// The session.
    Session {
        /// Parameter.
        name: String,
    },
    /// The unit of work.
    UnitOfWork {
        /// Parameter.
        name: String,
    },
}

/// Kind of the service layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Classes.
    #[default]
    Classes,
    /// Functions.
    Functions,
    /// No such layer.
    None,
}

/// How a handler gets its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceMaking {
    /// A provider function and `Depends`.
    #[default]
    Provider,
    /// A module-level instance.
    Instance,
    /// Constructed in the handler.
    InHandler,
    /// `Depends(Class)`.
    ClassDependency,
    /// Static methods or plain functions.
    Static,
}
