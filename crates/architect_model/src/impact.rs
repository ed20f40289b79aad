//! What a change to an entity, a field or a value reaches.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Location, Symbol};

/// What a change is about, found in the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// The table class.
    pub entity: Symbol,
    /// Name of its table, where it is known.
    pub table: Option<String>,
    /// Attribute of the class; none where the subject is the whole entity.
    pub field: Option<String>,
    /// Name of the column, where it differs from the attribute.
    pub column: Option<String>,
    /// One value of the field's enumeration: its member.
    pub member: Option<String>,
    /// That value as stored.
    pub value: Option<String>,
    /// Where it is declared.
    pub at: Location,
}

/// Everything that a change reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Impact {
    /// Version of this format.
    pub format: u32,
    /// What would change.
    pub subject: Subject,
    /// The places reached, by layer and place.
    pub uses: Vec<Use>,
}

/// A place that a change reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Use {
    /// Where it stands. Its byte range holds the name itself, without quotes, wherever `renaming` is not `untouched`.
    pub at: Location,
    /// Length of that name in characters.
    pub length: u32,
    /// Layer that the place belongs to.
    pub layer: UseLayer,
    /// What it is.
    pub kind: UseKind,
    /// Function or class that it stands in: `app.crud:ItemRepository.search`.
    pub inside: Option<Symbol>,
    /// Why a change reaches it: one sentence, for people.
    pub why: String,
    /// How certain that is.
    pub certain: Certainty,
    /// Whether a renaming may replace the name there.
    pub renaming: Renaming,
    /// The line of source that it stands in, without its indentation.
    pub text: String,
}

/// How certain it is that a change reaches a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "level", rename_all = "snake_case")]
pub enum Certainty {
    /// The code says so.
    Known,
    /// All that is known speaks for it.
    Probable {
        /// What is not known.
        reason: String,
    },
    /// The name is the same; what it belongs to could not be told.
    Possible {
        /// What is not known.
        reason: String,
    },
}

/// Whether a renaming may replace a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Renaming {
    /// The range holds the name, and replacing it is right.
    Edits,
    /// The range holds the name; a person decides whether it is replaced.
    Asks {
        /// Why.
        reason: String,
    },
    /// The name does not stand there.
    Untouched,
}

/// Layers, in the order in which a change is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UseLayer {
    /// Tables, their bases, enumerations.
    Models,
    /// Request and response classes.
    Schemas,
    /// Queries.
    Queries,
    /// Business rules.
    Service,
    /// Dependencies of endpoints.
    Dependencies,
    /// Endpoints.
    Endpoints,
    /// Application code of no layer.
    Other,
    /// Tests.
    Tests,
    /// Revisions.
    Migrations,
    /// TypeScript.
    Types,
}

/// What a use is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UseKind {
    /// The class, field or member is declared here.
    Declaration,
    /// A constraint or an index names the column.
    Constraint,
    /// A foreign key of another table points here.
    ForeignKey,
    /// A relationship leads here.
    Relationship,
    /// A class inherits the declaration.
    Inherited,
    /// A class holds values of a class that has it.
    Nested,
    /// A validator or serializer of the field.
    Validator,
    /// An attribute of the class: a column in a query.
    Column,
    /// An attribute of an object.
    Attribute,
    /// A keyword argument.
    Keyword,
    /// A parameter that carries it.
    Parameter,
    /// A keyword for such a parameter.
    Argument,
    /// A key of a dictionary.
    Key,
    /// A text that names it.
    Text,
    /// The name of a class.
    Reference,
    /// A value compared with it or given to it.
    Value,
    /// An endpoint that takes it, answers it, or runs code that uses it.
    Endpoint {
        /// HTTP methods.
        methods: Vec<String>,
        /// Full path, where it is known.
        path: Option<String>,
    },
    /// A test that calls endpoints which are reached.
    Test {
        /// These endpoints: `GET /items/{id}`.
        endpoints: Vec<String>,
    },
    /// An operation of a revision.
    Operation {
        /// Identifier of the revision, where it is known.
        revision: Option<String>,
    },
    /// A type or a use of it in TypeScript.
    Type,
}
