//! What clients of an API see: what each function that answers requests takes, answers and refuses, and the classes of
//! requests and responses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Known, Location, Symbol, Unknown};

/// The facts of a project that its clients see.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Api {
    /// Functions that answer requests.
    pub operations: Vec<ApiOperation>,
    /// Classes of requests and responses, and what those are made of.
    pub classes: Vec<ApiClass>,
    /// What is answered to a request that is not valid: 422.
    pub invalid: ErrorBody,
    /// Values of unique constraints that the code knows, with what it says of them.
    pub taken: Vec<TakenValue>,
}

/// A function that answers requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiOperation {
    /// The function.
    pub handler: Symbol,
    /// The first sentence of its docstring, or its `summary`.
    pub summary: Option<String>,
    /// Parameters in path, query, headers and cookies, those of its dependencies included.
    pub parameters: Vec<ApiParameter>,
    /// The body of requests.
    pub body: Option<ApiBody>,
    /// What is answered; none for a function that declares nothing.
    pub response: Option<ApiValue>,
    /// Why fields may be missing in the response: `exclude_none`, `exclude_unset`, `exclude_defaults`.
    pub omits: Vec<String>,
    /// How callers show who they are.
    pub schemes: Vec<SecurityScheme>,
    /// Scopes that it asks for: `Security(…, scopes=[…])`, as Python source text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// What it refuses, in itself and in what it calls.
    pub raises: Vec<ApiRaise>,
    /// Where it compares the owner of a row.
    pub owner: Vec<OwnerCheck>,
    /// Order of the rows that it lists, `-` before descending columns.
    pub order: Vec<String>,
    /// Whether it tells a field that is left out from one that is `null`: it asks for what was set.
    pub partial: bool,
    /// What could not be followed: it may take, answer or refuse more.
    pub unknowns: Vec<Unknown>,
    /// Where it is defined.
    pub at: Location,
}

/// A parameter outside the body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiParameter {
    /// Name as it is sent.
    pub name: String,
    /// Where it is sent.
    pub place: ParameterPlace,
    /// What may be sent.
    pub value: ApiValue,
    /// Whether it must be sent.
    pub required: bool,
    /// Default as JSON text.
    pub default: Option<Known<String>>,
    /// Where it is declared.
    pub at: Location,
}

/// Where a parameter is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterPlace {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

/// The body of requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiBody {
    /// `application/json`, `application/x-www-form-urlencoded`, `multipart/form-data`.
    pub media: String,
    /// What may be sent.
    pub value: ApiValue,
    /// Whether it must be sent.
    pub required: bool,
}

/// A value in a request or a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiValue {
    /// What it is.
    #[serde(flatten)]
    pub kind: ApiKind,
    /// Whether `null` is allowed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nullable: bool,
    /// What a request demands beyond the type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<ApiBound>,
    /// Functions of the project that check or change it beyond that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<ApiCheck>,
}

impl ApiValue {
    /// A value of a kind that nothing bounds.
    pub fn of(kind: ApiKind) -> Self {
        Self { kind, nullable: false, bounds: Vec::new(), checks: Vec::new() }
    }

    /// A value of which nothing is known.
    pub fn unknown(unknown: Unknown) -> Self {
        Self::of(ApiKind::Unknown { unknown })
    }

    /// The known value of a bound.
    pub fn bound(&self, name: &str) -> Option<&str> {
        self.bounds.iter().find(|bound| bound.name == name)?.value.known().map(String::as_str)
    }

    /// The class that it is.
    pub fn class(&self) -> Option<&str> {
        match &self.kind {
            ApiKind::Class { class } => Some(class),
            _ => None,
        }
    }

    /// Calls `see` with the identifier of every class in it.
    pub fn each_class(&self, see: &mut dyn FnMut(&str)) {
        match &self.kind {
            ApiKind::Class { class } => see(class),
            ApiKind::Array { items } | ApiKind::Map { values: items } => items.each_class(see),
            ApiKind::Tuple { items } | ApiKind::Union { of: items } => {
                items.iter().for_each(|item| item.each_class(see));
            }
            ApiKind::Object { fields } => fields.iter().for_each(|field| field.value.each_class(see)),
            _ => {}
        }
    }
}

/// What a value is in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ApiKind {
    /// Text.
    String {
        /// `uuid`, `date-time`, `date`, `time`, `duration`, `email`, `uri`, `binary`.
        format: Option<String>,
    },
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A decimal number: a number or text in requests, text in responses.
    Decimal {
        /// Whether requests may send it as text.
        text: bool,
        /// Whether responses hold it as text.
        answered_as_text: bool,
    },
    /// `true`, `false`.
    Boolean,
    /// `null` alone.
    Null,
    /// One of fixed values, as JSON texts.
    Constant {
        /// The values.
        values: Vec<String>,
    },
    /// A list.
    Array {
        /// Its items.
        items: Box<ApiValue>,
    },
    /// A list of fixed length.
    Tuple {
        /// Its items.
        items: Vec<ApiValue>,
    },
    /// An object with any keys.
    Map {
        /// Its values.
        values: Box<ApiValue>,
    },
    /// An object that no class describes.
    Object {
        /// Its fields.
        fields: Vec<ApiField>,
    },
    /// A class, by its identifier in [`Api::classes`].
    Class {
        /// The identifier.
        class: String,
    },
    /// One of several.
    Union {
        /// They.
        of: Vec<ApiValue>,
    },
    /// Anything.
    Any,
    /// Not known.
    Unknown {
        /// Where and why.
        unknown: Unknown,
    },
}

/// What is demanded of a value beyond its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiBound {
    /// `ge`, `gt`, `le`, `lt`, `multiple_of`, `min_length`, `max_length`, `pattern`, `max_digits`, `decimal_places`,
    /// `to_lower`, `to_upper`, `strip_whitespace`, `strict`.
    pub name: String,
    /// Its value.
    pub value: Known<String>,
}

/// A function of the project that checks or changes a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiCheck {
    /// It as the code names it: `only(r"\d+")`.
    pub name: String,
    /// Where it is defined.
    pub at: Location,
}

/// A class of requests or responses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiClass {
    /// What values name it by.
    pub id: String,
    /// Name in the OpenAPI document; identifiers of TypeScript.
    pub name: String,
    /// The class.
    pub symbol: Symbol,
    /// What it is.
    #[serde(flatten)]
    pub shape: ApiShape,
    /// Functions of the project that check it as a whole.
    pub checks: Vec<ApiCheck>,
    /// What of it could not be told.
    pub unknowns: Vec<Unknown>,
    /// Where it is defined.
    pub at: Location,
}

/// What a class is in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum ApiShape {
    /// An object.
    Object {
        /// Its fields.
        fields: Vec<ApiField>,
    },
    /// One of fixed values.
    Enumeration {
        /// The values as JSON texts, with the names of the members.
        members: Vec<(String, String)>,
    },
    /// Another value under a name.
    Root {
        /// The value.
        value: Box<ApiValue>,
    },
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiField {
    /// Name in requests.
    pub name: String,
    /// Name in responses, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_as: Option<String>,
    /// Its value.
    pub value: ApiValue,
    /// Its value in responses, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Box<ApiValue>>,
    /// Whether requests must hold it.
    pub required: bool,
    /// Default as JSON text.
    pub default: Option<Known<String>>,
    /// Whether requests without it differ from those with its default: it stays as it is.
    pub missing: bool,
    /// Whether only responses hold it.
    pub computed: bool,
}

/// How callers show who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecurityScheme {
    /// Class of FastAPI: `OAuth2PasswordBearer`, `HTTPBearer`, `APIKeyHeader`.
    pub class: String,
    /// Where a token is had, as given.
    pub token_url: Option<Known<String>>,
    /// Name of the header, cookie or query parameter of a key.
    pub name: Option<String>,
    /// Whether it refuses callers without credentials itself.
    pub demands: bool,
    /// Where it is made.
    pub at: Location,
}

/// Something that a function refuses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiRaise {
    /// Status of the answer.
    pub status: Known<u16>,
    /// What the client is told, with `{…}` for parts that are known at run time only.
    pub detail: Option<String>,
    /// Conditions under which it is raised, as Python source text, outermost first.
    pub when: Vec<String>,
    /// What it is about.
    pub about: RaiseReason,
    /// The body of the answer.
    pub body: ErrorBody,
    /// Where it is raised.
    pub at: Location,
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RaiseReason {
    /// The credentials: raised by what the function depends on.
    Caller,
    /// The row belongs to somebody else.
    Owner,
    /// The row belongs to somebody else, and the caller is no administrator.
    OwnerOrAdministrator,
    /// The caller is no administrator.
    Administrator,
    /// The row is in another state.
    State,
    /// A constraint of the database.
    Constraint,
    /// The row is gone since it was read.
    Stale,
    /// Something else.
    Other,
}

/// The body of an error.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ErrorBody {
    /// FastAPI's own: `{"detail": …}`.
    #[default]
    Detail,
    /// What a function of the project answers.
    Own {
        /// Its body.
        value: Box<ApiValue>,
        /// The function.
        at: Location,
    },
}

/// A comparison with the owner of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnerCheck {
    /// Table class of the row.
    pub table: Symbol,
    /// The column with the key of a user.
    pub column: String,
    /// Whether it stands in a query, so that other rows are not found.
    pub in_query: bool,
    /// Whether administrators pass it.
    pub administrators_pass: bool,
    /// Whether it is reached by everybody, or by all but administrators.
    pub always: bool,
    /// Where.
    pub at: Location,
}

/// A unique constraint with what the code says where it is violated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TakenValue {
    /// Name of the constraint.
    pub constraint: String,
    /// What the client is told.
    pub detail: String,
    /// Where.
    pub at: Location,
}

/// A column that a function sets to a fixed value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnSet {
    /// Table class.
    pub table: Symbol,
    /// The column.
    pub column: String,
    /// The value.
    pub value: SetValue,
    /// What the row must hold before; all of them.
    pub when: Vec<ColumnState>,
    /// Conditions that could not be told.
    pub unknowns: Vec<Unknown>,
    /// Where.
    pub at: Location,
}

/// A value that a column is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetValue {
    /// A fixed value as JSON text.
    Constant(String),
    /// The current time.
    Now,
    /// `null`.
    Null,
    /// What only running the code would tell.
    Computed,
}

/// Values that a column must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnState {
    /// The column.
    pub column: String,
    /// The values as JSON texts.
    pub values: Vec<String>,
}

/// A status that a route declares in its `responses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeclaredResponse {
    /// The status.
    pub status: u16,
    /// Class of the body, as Python source text.
    pub model: Option<String>,
    /// What it means.
    pub description: Option<String>,
}

impl ApiKind {
    /// The format of text.
    pub fn format(&self) -> Option<&str> {
        match self {
            Self::String { format } => format.as_deref(),
            _ => None,
        }
    }
}
