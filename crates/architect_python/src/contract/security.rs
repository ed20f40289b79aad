//! Security schemes: the classes of `fastapi.security`, and classes of the project that derive from them.

use architect_model::{Known, Location, Unknown};
use serde_json::{Map, Value as Json, json};

use super::types::Types;
use crate::interpret::{Kind, Value, reason_of};

/// A scheme, as it stands in the document.
#[derive(Clone)]
pub(super) struct Scheme {
    /// `scheme_name`, by default the name of its class.
    pub(super) name: Known<String>,
    /// Its model.
    pub(super) model: Known<Json>,
    /// Whether older versions of FastAPI say with which scopes it is used: `isinstance(dependency, (OAuth2,
    /// OpenIdConnect))`.
    pub(super) takes_scopes: bool,
}

/// Classes of `fastapi.security`, and the names of the arguments that may be given by position.
const SCHEMES: &[(&str, &[&str])] = &[
    ("HTTPBase", &[]),
    ("HTTPBasic", &[]),
    ("HTTPBearer", &[]),
    ("HTTPDigest", &[]),
    ("APIKeyQuery", &[]),
    ("APIKeyHeader", &[]),
    ("APIKeyCookie", &[]),
    ("OAuth2", &[]),
    ("OAuth2PasswordBearer", &["tokenUrl", "scheme_name", "scopes", "description", "auto_error", "refreshUrl"]),
    (
        "OAuth2AuthorizationCodeBearer",
        &["authorizationUrl", "tokenUrl", "refreshUrl", "scheme_name", "scopes", "description", "auto_error"],
    ),
    ("OpenIdConnect", &[]),
];

/// The arguments of a scheme by name.
struct Given<'v, 'a> {
    class: &'static str,
    own_name: String,
    values: Vec<(String, Value<'a>)>,
    at: &'v Location,
}

impl<'a> Given<'_, 'a> {
    fn get(&self, name: &str) -> Option<&Value<'a>> {
        let found = self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        found.filter(|value| !matches!(value.kind, Kind::None))
    }

    fn text(&self, name: &str) -> Result<Option<String>, Unknown> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.text() {
            Some(text) => Ok(Some(text)),
            None => Err(reason_of(value, self.at, &format!("`{name}` of a security scheme could not be determined"))),
        }
    }
}

/// The scheme that something callable is.
pub(super) fn scheme<'a>(types: &mut Types<'_, 'a>, call: &Value<'a>) -> Option<Scheme> {
    if let Some((path, made)) = call.made_by() {
        let (class, positional) = known(path)?;
        let mut values: Vec<(String, Value<'a>)> =
            positional.iter().map(ToString::to_string).zip(made.arguments.positional.iter().cloned()).collect();
        values.extend(made.arguments.keywords.iter().map(|(name, value)| (name.to_string(), value.clone())));
        let given = Given { class, own_name: class.to_owned(), values, at: &made.at.clone() };
        return Some(described(types, &given));
    }
    let Kind::Object(object) = &call.kind else { return None };
    let Kind::Class(class) = &object.class.kind else { return None };
    let mut bases = class.ancestors.iter().filter_map(Value::as_library);
    let found = bases.clone().find_map(known);
    let values: Vec<(String, Value<'a>)> =
        object.attributes.borrow().iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let own_name = class.def.name.to_string();
    match found {
        Some((base, _)) => Some(described(types, &Given { class: base, own_name, values, at: &object.at })),
        None if bases.any(|path| path == "fastapi.security.SecurityBase") => {
            let given = Given { class: "SecurityBase", own_name, values, at: &object.at };
            Some(described(types, &given))
        }
        None => None,
    }
}

fn known(path: &str) -> Option<(&'static str, &'static [&'static str])> {
    let name = path.strip_prefix("fastapi.security.")?;
    SCHEMES.iter().find(|(class, _)| *class == name).copied()
}

fn described<'a>(types: &mut Types<'_, 'a>, given: &Given<'_, 'a>) -> Scheme {
    let name = match given.text("scheme_name") {
        Ok(Some(name)) if !name.is_empty() => Known::Known(name),
        Ok(_) => Known::Known(given.own_name.clone()),
        Err(unknown) => Known::Unknown { unknown },
    };
    let model = match model(types, given) {
        Ok(model) => Known::Known(model),
        Err(unknown) => Known::Unknown { unknown },
    };
    let takes_scopes = given.class.starts_with("OAuth2") || given.class == "OpenIdConnect";
    Scheme { name, model, takes_scopes }
}

fn model<'a>(types: &mut Types<'_, 'a>, given: &Given<'_, 'a>) -> Result<Json, Unknown> {
    if given.class == "SecurityBase" || given.get("model").is_some() {
        return own_model(types, given);
    }
    let mut all = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(text) = value {
            all.insert(name.to_owned(), Json::String(text));
        }
    };
    put("description", given.text("description")?);
    let kind = if given.class.starts_with("HTTP") {
        "http"
    } else if given.class.starts_with("APIKey") {
        "apiKey"
    } else if given.class.starts_with("OAuth2") {
        "oauth2"
    } else {
        "openIdConnect"
    };
    put("type", Some(kind.to_owned()));
    match given.class {
        "HTTPBearer" => {
            put("scheme", Some("bearer".into()));
            put("bearerFormat", given.text("bearerFormat")?);
        }
        "HTTPBasic" => put("scheme", Some("basic".into())),
        "HTTPDigest" => put("scheme", Some("digest".into())),
        "HTTPBase" => put("scheme", given.text("scheme")?),
        "OpenIdConnect" => put("openIdConnectUrl", given.text("openIdConnectUrl")?),
        class if class.starts_with("APIKey") => {
            put("in", Some(class.trim_start_matches("APIKey").to_lowercase()));
            put("name", given.text("name")?);
        }
        _ => {
            let flows = flows(types, given)?;
            all.insert("flows".to_owned(), flows);
        }
    }
    Ok(Json::Object(all))
}

/// The flows of an OAuth2 scheme.
fn flows<'a>(types: &mut Types<'_, 'a>, given: &Given<'_, 'a>) -> Result<Json, Unknown> {
    if let Some(flows) = given.get("flows") {
        let json = written(types, flows, given.at)?;
        return Ok(with_scopes(json));
    }
    let kind = match given.class {
        "OAuth2PasswordBearer" => "password",
        "OAuth2AuthorizationCodeBearer" => "authorizationCode",
        _ => return Ok(json!({})),
    };
    let mut flow = Map::new();
    for name in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
        if let Some(text) = given.text(name)? {
            flow.insert(name.to_owned(), Json::String(text));
        }
    }
    let scopes = match given.get("scopes") {
        Some(value) => written(types, value, given.at)?,
        None => json!({}),
    };
    flow.insert("scopes".to_owned(), scopes);
    Ok(json!({ kind: flow }))
}

/// `OAuthFlow.scopes` is an empty object where it is not given.
fn with_scopes(mut flows: Json) -> Json {
    for flow in flows.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Some(flow) = flow.as_object_mut() {
            flow.entry("scopes").or_insert_with(|| json!({}));
        }
    }
    flows
}

/// The model that a class of the project sets itself: `self.model = APIKey(**{"in": APIKeyIn.header}, name=…)`.
fn own_model<'a>(types: &mut Types<'_, 'a>, given: &Given<'_, 'a>) -> Result<Json, Unknown> {
    let Some(value) = given.get("model") else {
        return Err(Unknown::new(given.at.clone(), "a security scheme without a model that the source shows"));
    };
    let mut json = written(types, value, given.at)?;
    let kind = match value.made_by().map(|(path, _)| path.rsplit('.').next().unwrap_or_default()) {
        Some("APIKey") => "apiKey",
        Some("HTTPBase" | "HTTPBearer") => "http",
        Some("OAuth2") => "oauth2",
        Some("OpenIdConnect") => "openIdConnect",
        _ => return Err(Unknown::new(given.at.clone(), "the model of a security scheme could not be determined")),
    };
    if let Some(all) = json.as_object_mut() {
        all.entry("type").or_insert_with(|| Json::String(kind.to_owned()));
    }
    Ok(json)
}

/// A model of `fastapi.openapi.models`, or a plain value, as JSON.
fn written<'a>(types: &mut Types<'_, 'a>, value: &Value<'a>, at: &Location) -> Result<Json, Unknown> {
    match (&value.kind, value.made_by()) {
        (_, Some((path, made))) if path.starts_with("fastapi.openapi.models.") => {
            let mut all = Map::new();
            for (name, value) in &made.arguments.keywords {
                if !matches!(value.kind, Kind::None) {
                    all.insert(name.to_string(), written(types, value, at)?);
                }
            }
            Ok(Json::Object(all))
        }
        (Kind::Dict(items), _) => {
            let mut all = Map::new();
            for (key, value) in items.borrow().iter() {
                let Some(key) = key.text() else {
                    return Err(reason_of(key, at, "a key that could not be determined"));
                };
                if !matches!(value.kind, Kind::None) {
                    all.insert(key, written(types, value, at)?);
                }
            }
            Ok(Json::Object(all))
        }
        (Kind::Library(path), _) if path.starts_with("fastapi.openapi.models.APIKeyIn.") => {
            Ok(Json::String(path.rsplit('.').next().unwrap_or_default().trim_end_matches('_').to_owned()))
        }
        _ => match value.text() {
            Some(text) => Ok(Json::String(text)),
            None => match types.json(value, at) {
                Known::Known(json) => Ok(json),
                Known::Unknown { unknown } => Err(unknown),
            },
        },
    }
}
