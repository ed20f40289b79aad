//! Classes of FastAPI that projects depend on: the form of OAuth2's password flow.

use architect_model::contract::{BodyField, BodyPlace, Documentation, Field, FieldDefault, Type, TypeKind};
use architect_model::{Known, Location};
use serde_json::{Value as Json, json};

use super::parameters::BodyPart;
use crate::interpret::{Kind, Value};

/// From this version on, the pattern of the grant type holds from its beginning to its end.
const ANCHORS_PATTERN: (u32, u32, u32) = (0, 115, 8);
/// From this version on, the secret and the password say that they are passwords.
const SAYS_PASSWORD: (u32, u32, u32) = (0, 115, 13);

/// What `OAuth2PasswordRequestForm` and its strict sibling read.
pub(super) fn form_of(call: &Value<'_>, fastapi: (u32, u32, u32)) -> Option<Vec<BodyPart>> {
    let strict = is_form(call)?;
    let at = Location::line("fastapi/security/oauth2.py", 1);
    let pattern = if fastapi >= ANCHORS_PATTERN { "^password$" } else { "password" };
    let mut grant = Type::of(TypeKind::Text);
    grant.constraints.push(("pattern".into(), Known::Known(json!(pattern))));
    let text = || Type::of(TypeKind::Text);
    let password = fastapi >= SAYS_PASSWORD;
    let none = Some(Json::Null);
    let grant = if strict { (grant, None) } else { (grant.nullable(), none.clone()) };
    let parts = [
        ("grant_type", grant, false),
        ("username", (text(), None), false),
        ("password", (text(), None), password),
        ("scope", (text(), Some(json!(""))), false),
        ("client_id", (text().nullable(), none.clone()), false),
        ("client_secret", (text().nullable(), none), password),
    ];
    Some(parts.into_iter().map(|(name, (ty, default), secret)| part(name, ty, default, secret, &at)).collect())
}

fn is_form(call: &Value<'_>) -> Option<bool> {
    match &call.kind {
        Kind::Library(path) => match path.strip_prefix("fastapi.security.")? {
            "OAuth2PasswordRequestForm" => Some(false),
            "OAuth2PasswordRequestFormStrict" => Some(true),
            _ => None,
        },
        Kind::Class(class) if class.lookup("__init__").is_none() => class.ancestors.iter().find_map(is_form),
        _ => None,
    }
}

fn part(name: &str, ty: Type, default: Option<Json>, secret: bool, at: &Location) -> BodyPart {
    let extra = secret.then(|| Known::Known(json!({ "format": "password" })));
    let field = Field {
        name: name.to_owned(),
        alias: None,
        answered_as: None,
        ty,
        default: default.map(|value| FieldDefault::Value { value: Known::Known(value) }),
        documentation: Documentation { extra, ..Documentation::default() },
        excluded: false,
        computed: false,
        at: at.clone(),
    };
    let field = BodyField { place: BodyPlace::Form, field, example: None, openapi_examples: None };
    BodyPart { field, embed: false, media: None, is_model: false }
}
