//! What a parameter of a function is to FastAPI: `fastapi.dependencies.utils.analyze_param`.

use std::rc::Rc;

use architect_model::contract::{BodyField, BodyPlace, Field, Parameter};
use architect_model::{Known, ParameterPlace, Unknown};

use super::fields::{Declared, field_info};
use super::shapes::{is_model, is_scalar, is_security_scopes, is_special, is_upload};
use super::signature::{Taken, is_parameter};
use super::types::Types;
use crate::interpret::{Made, Value, reason_of};

/// What a parameter is.
pub(super) enum Analyzed<'a> {
    /// What another function returns; the scopes that it is asked with.
    Dependency(Value<'a>, Option<Rc<Made<'a>>>),
    /// Something that FastAPI has itself; whether it is `SecurityScopes`.
    Special(bool),
    /// A parameter outside the body; whether it is a model whose fields are the parameters.
    Parameter(Box<Parameter>, bool),
    /// A part of the body.
    Body(Box<BodyPart>),
    /// It could not be told.
    Unknown(Unknown),
}

/// A parameter that is sent in the body.
#[derive(Clone)]
pub(super) struct BodyPart {
    /// The field.
    pub(super) field: BodyField,
    /// `embed`.
    pub(super) embed: bool,
    /// `media_type`.
    pub(super) media: Option<Known<String>>,
    /// Whether it is one of Pydantic's models.
    pub(super) is_model: bool,
}

/// Libraries whose values in a signature are no dependencies of their own making.
const PLAIN: &[&str] = &["fastapi", "pydantic", "builtins", "typing", "annotated_types", "sqlmodel"];

/// What `parameter` is to a function of a path with these names.
pub(super) fn analyze<'a>(types: &mut Types<'_, 'a>, taken: &Taken<'a>, path_names: &[String]) -> Analyzed<'a> {
    let stated = match stated(taken) {
        Ok(stated) => stated,
        Err(unknown) => return Analyzed::Unknown(unknown),
    };
    if let Some(made) = stated.filter(|made| made_by(made, "Depends") || made_by(made, "Security")) {
        let given = made.arguments.get(0, "dependency").filter(|value| !is_none(value)).or(taken.ty.as_ref());
        return match given {
            Some(call) => Analyzed::Dependency(call.clone(), Some(Rc::clone(made))),
            None => Analyzed::Unknown(Unknown::new(made.at.clone(), "a dependency without a function")),
        };
    }
    if let Some(ty) = taken.ty.as_ref().filter(|ty| is_special(ty)) {
        return Analyzed::Special(is_security_scopes(ty));
    }
    let in_path = path_names.contains(&taken.name);
    let place = match stated {
        Some(made) => made.callee.as_library().unwrap_or_default().trim_start_matches("fastapi.").to_owned(),
        None if in_path => "Path".to_owned(),
        None => match inferred(taken) {
            Ok(place) => place.to_owned(),
            Err(unknown) => return Analyzed::Unknown(unknown),
        },
    };
    // ```python
    // if is_path_param:
    //     field_info = params.Path(annotation=use_annotation)
    // ```
    // A path has no default, whatever the function says.
    let forgets_default = in_path && stated.is_none();
    let default = taken.default.as_ref().filter(|_| !forgets_default);
    // ```python
    // elif isinstance(value, FieldInfo):
    //     field_info = value
    //     field_info.annotation = type_annotation
    // ```
    // What `Annotated` adds to the type is dropped beside `= Query(…)`.
    let is_default = default.is_some_and(|default| field_info(default).is_some());
    let field = types.field(&Declared {
        name: &taken.name,
        ty: taken.ty.as_ref(),
        metadata: if is_default { &[] } else { &taken.metadata },
        default,
        at: &taken.at,
    });
    sent(types, taken, &place, stated, field)
}

/// A parameter that is sent at a place.
fn sent<'a>(
    types: &mut Types<'_, 'a>,
    taken: &Taken<'a>,
    place: &str,
    stated: Option<&Rc<Made<'a>>>,
    mut field: Field,
) -> Analyzed<'a> {
    let argument = |name: &str| stated.and_then(|made| made.arguments.keyword(name)).filter(|value| !is_none(value));
    let mut json = |name: &str| argument(name).map(|value| types.json(value, &taken.at));
    let (example, openapi_examples) = (json("example"), json("openapi_examples"));
    let body = match place {
        "Body" => Some(BodyPlace::Json),
        "Form" => Some(BodyPlace::Form),
        "File" => Some(BodyPlace::File),
        _ => None,
    };
    if let Some(place) = body {
        let media = argument("media_type").map(|value| match value.as_str() {
            Some(text) => Known::Known(text.to_owned()),
            None => Known::Unknown { unknown: reason_of(value, &taken.at, "a media type that is not known") },
        });
        let embed = argument("embed").is_some_and(|value| types.machine.is_true(value) == Some(true));
        let is_model = taken.ty.as_ref().is_some_and(is_model);
        let field = BodyField { place, field, example, openapi_examples };
        return Analyzed::Body(Box::new(BodyPart { field, embed, media, is_model }));
    }
    let place = match place {
        "Path" => ParameterPlace::Path,
        "Header" => ParameterPlace::Header,
        "Cookie" => ParameterPlace::Cookie,
        _ => ParameterPlace::Query,
    };
    let converts = argument("convert_underscores").is_none_or(|value| types.machine.is_true(value) != Some(false));
    if place == ParameterPlace::Header && field.alias.is_none() && converts {
        field.alias = Some(Known::Known(taken.name.replace('_', "-")));
    }
    let shown = argument("include_in_schema").is_none_or(|value| types.machine.is_true(value) != Some(false));
    let is_model = stated.is_some() && place != ParameterPlace::Path && taken.ty.as_ref().is_some_and(is_model);
    Analyzed::Parameter(
        Box::new(Parameter { place, field, sent_as: None, in_schema: shown, example, openapi_examples }),
        is_model,
    )
}

/// The `Query(…)`, `Depends(…)` and so on that says what a parameter is.
fn stated<'t, 'a>(taken: &'t Taken<'a>) -> Result<Option<&'t Rc<Made<'a>>>, Unknown> {
    if let Some((path, made)) = taken.default.as_ref().and_then(Value::made_by) {
        if is_parameter(path) || is_dependency(path) {
            return Ok(Some(made));
        }
        if !PLAIN.contains(&path.split('.').next().unwrap_or_default()) && is_declaration(path) {
            return Err(Unknown::new(made.at.clone(), format!("what `{path}` of a library declares")));
        }
    }
    for value in taken.metadata.iter().rev() {
        match value.made_by() {
            Some((path, made)) if is_parameter(path) || is_dependency(path) => return Ok(Some(made)),
            _ => {}
        }
        if let Some(unknown) = value.as_unknown() {
            return Err((**unknown).clone());
        }
    }
    Ok(None)
}

/// Whether what a library makes may declare a dependency, and not just a value: values of the standard library do not.
fn is_declaration(path: &str) -> bool {
    let top = path.split('.').next().unwrap_or(path);
    !crate::syntax::stdlib::is_stdlib(top)
}

fn is_dependency(path: &str) -> bool {
    matches!(path, "fastapi.Depends" | "fastapi.Security")
}

fn made_by(made: &Made<'_>, name: &str) -> bool {
    made.callee.as_library().and_then(|path| path.strip_prefix("fastapi.")) == Some(name)
}

fn is_none(value: &Value<'_>) -> bool {
    matches!(value.kind, crate::interpret::Kind::None)
}

/// Where a parameter is sent that says nothing of it.
///
/// ```python
/// elif is_uploadfile_or_nonable_uploadfile_annotation(type_annotation) or ...:
///     field_info = params.File(annotation=use_annotation, default=default_value)
/// elif not field_annotation_is_scalar(annotation=type_annotation):
///     field_info = params.Body(annotation=use_annotation, default=default_value)
/// else:
///     field_info = params.Query(annotation=use_annotation, default=default_value)
/// ```
fn inferred(taken: &Taken<'_>) -> Result<&'static str, Unknown> {
    let Some(ty) = &taken.ty else { return Ok("Query") };
    if is_upload(ty) {
        return Ok("File");
    }
    match is_scalar(ty) {
        Some(true) => Ok("Query"),
        Some(false) => Ok("Body"),
        None => {
            let reason = format!("whether `{}` is sent in the query or in the body", taken.name);
            Err(reason_of(ty, &taken.at, &reason))
        }
    }
}
