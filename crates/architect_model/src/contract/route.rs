//! Routes: what FastAPI knows of an operation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Field, Type};
use crate::{Known, Location, ParameterPlace, Symbol, Unknown};

/// A route, which is one operation for each of its methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Route {
    /// Path with all prefixes, converters left out: `/items/{id}` for `/items/{id:int}`.
    pub path: Known<String>,
    /// Methods in upper case, in the order in which they are written.
    pub methods: Vec<String>,
    /// `name`, or the function's.
    pub name: String,
    /// `operation_id`, where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<Known<String>>,
    /// What `generate_unique_id_function` makes of it: names operations without an identifier, and bodies.
    pub unique_id: Known<String>,
    /// Tags, those of routers first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Known<String>>,
    /// `summary`; by default the name in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Known<String>>,
    /// `description`, or the docstring up to its form feed; none where it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Known<String>>,
    /// `deprecated`, of it or of a router around it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Whether it stands in the document.
    pub in_schema: Known<bool>,
    /// Parameters, those of dependencies first as FastAPI flattens them; those left out of the document too.
    pub parameters: Vec<Parameter>,
    /// What is sent beside them.
    pub body: Option<Body>,
    /// Who may call it.
    pub security: Vec<SecurityUse>,
    /// Status of success, where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Known<u16>>,
    /// What is answered; none where nothing is declared.
    pub response: Option<Type>,
    /// What is answered bit by bit, where the function yields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<Stream>,
    /// `response_description`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_description: Option<Known<String>>,
    /// The class of responses.
    pub response_class: ResponseClass,
    /// `responses` of applications, routers and the route, merged; in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<ExtraResponse>,
    /// Routes that the client is to have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub callbacks: Vec<Route>,
    /// `openapi_extra`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openapi_extra: Option<Known<Value>>,
    /// The function.
    pub handler: Symbol,
    /// What could not be followed: it may take, answer or demand more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknowns: Vec<Unknown>,
    /// Where the function is defined.
    pub at: Location,
}

/// A parameter outside the body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Parameter {
    /// Where it is sent.
    pub place: ParameterPlace,
    /// The field; its alias is the name under which it is sent.
    pub field: Field,
    /// Name under which it is sent, where it is not the alias: a header of a model, `x-token` for `x_token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_as: Option<Known<String>>,
    /// Whether it stands in the document.
    pub in_schema: bool,
    /// `example`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Known<Value>>,
    /// `openapi_examples`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openapi_examples: Option<Known<Value>>,
}

/// What is sent beside parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Body {
    /// `application/json`, `application/x-www-form-urlencoded`, `multipart/form-data`, or what `media_type` says.
    pub media: Known<String>,
    /// The fields of functions that are sent in it.
    pub fields: Vec<BodyField>,
    /// Whether each is a member of one object: there are several, one is embedded, or it is a form.
    pub embedded: bool,
}

/// A parameter of functions that is sent in the body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BodyField {
    /// What reads it.
    pub place: BodyPlace,
    /// The field.
    pub field: Field,
    /// `example`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Known<Value>>,
    /// `openapi_examples`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openapi_examples: Option<Known<Value>>,
}

/// What reads a parameter that is sent in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BodyPlace {
    /// `Body`, or a class without any.
    Json,
    /// `Form`.
    Form,
    /// `File`.
    File,
}

/// A security scheme that a dependency demands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SecurityUse {
    /// Name of the scheme in the document.
    pub name: Known<String>,
    /// The scheme as it stands in the document.
    pub scheme: Known<Value>,
    /// Scopes that are asked for, in order.
    pub scopes: Vec<Known<String>>,
}

/// A class of responses, as far as the document shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResponseClass {
    /// `media_type`.
    pub media: Known<Option<String>>,
    /// Whether its content is JSON, so that it has the schema of the response: `issubclass(…, JSONResponse)`.
    pub is_json: bool,
    /// The status that its constructor has by default.
    pub status: Option<u16>,
}

/// What a function that yields answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stream {
    /// Whether these are events (`EventSourceResponse`), or lines of JSON.
    pub events: bool,
    /// What each is; none where that is not said.
    pub item: Option<Type>,
}

/// A response of `responses`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExtraResponse {
    /// `404`, `4XX`, `default`.
    pub status: Known<String>,
    /// `model`.
    pub model: Option<Type>,
    /// The rest.
    pub rest: Known<Value>,
}
