//! The parameters of what FastAPI calls, as `inspect.signature` has them: types, metadata, defaults.

use std::rc::Rc;

use architect_model::Location;
use ruff_python_ast::{Expr, Stmt};

use super::shapes::{is_dataclass, is_model};
use crate::interpret::{Arguments, Class, Kind, Machine, Made, Value};
use crate::read::endpoint::dependency::{self, method, taken_apart};

/// A parameter.
pub(super) struct Taken<'a> {
    /// Its name.
    pub(super) name: String,
    /// Its type, `Annotated` taken off.
    pub(super) ty: Option<Value<'a>>,
    /// What `Annotated` adds.
    pub(super) metadata: Vec<Value<'a>>,
    /// Its default.
    pub(super) default: Option<Value<'a>>,
    /// Where it stands.
    pub(super) at: Location,
}

/// Keywords of `Field(…)` that stay with the type when Pydantic makes a signature of a model: `FieldInfo.metadata`.
const CONSTRAINTS: &[&str] = &[
    "default",
    "default_factory",
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
    "regex",
    "strict",
    "allow_inf_nan",
    "max_digits",
    "decimal_places",
    "discriminator",
];

/// The parameters of something callable.
pub(super) fn of<'a>(machine: &mut Machine<'a>, call: &Value<'a>, at: &Location) -> Vec<Taken<'a>> {
    if let Some(class) = made_of_fields(call) {
        return of_fields(machine, &class);
    }
    let parameters = dependency::parameters(call);
    parameters
        .into_iter()
        .map(|parameter| {
            let place = parameter.annotation.as_ref().map(|(expr, scope)| scope.file.at(*expr));
            let annotation = parameter.annotation.as_ref().map(|(expr, scope)| machine.annotation(scope, expr));
            let (ty, metadata) = annotation.as_ref().map_or_else(|| (None, Vec::new()), taken_apart);
            let at = place.unwrap_or_else(|| at.clone());
            Taken { name: parameter.name, ty, metadata, default: parameter.default, at }
        })
        .collect()
}

/// The class whose fields are the parameters of its constructor.
fn made_of_fields<'a>(call: &Value<'a>) -> Option<Rc<Class<'a>>> {
    match &call.kind {
        Kind::Class(class) if method(class, "__init__").is_none() => Some(Rc::clone(class)),
        Kind::Subscript(subscript) => made_of_fields(&subscript.0),
        _ => None,
    }
}

fn of_fields<'a>(machine: &mut Machine<'a>, class: &Rc<Class<'a>>) -> Vec<Taken<'a>> {
    let value: Value<'a> = Kind::Class(Rc::clone(class)).into();
    let model = is_model(&value);
    if !model && !is_dataclass(class) && class.opaque_signature.borrow().is_none() {
        return Vec::new();
    }
    let mut taken: Vec<Taken<'a>> = Vec::new();
    for class in class.project_classes().iter().rev() {
        for statement in &class.def.body {
            let Stmt::AnnAssign(field) = statement else { continue };
            let Expr::Name(name) = &*field.target else { continue };
            let annotation = machine.annotation(&class.scope, &field.annotation);
            if is_class_variable(&annotation) || model && name.id.starts_with('_') || name.id == "model_config" {
                continue;
            }
            let (ty, metadata) = taken_apart(&annotation);
            let default = field.value.as_ref().and_then(|_| class.scope.names.borrow().get(&name.id).cloned());
            let mut one = Taken { name: name.id.to_string(), ty, metadata, default, at: class.scope.file.at(field) };
            if model {
                as_signed(&mut one);
            }
            match taken.iter_mut().find(|other| other.name == one.name) {
                Some(other) => *other = one,
                None => taken.push(one),
            }
        }
    }
    taken
}

fn is_class_variable(annotation: &Value<'_>) -> bool {
    match &annotation.kind {
        Kind::Library(path) => path.as_ref() == "typing.ClassVar",
        Kind::Subscript(subscript) => is_class_variable(&subscript.0),
        _ => false,
    }
}

/// The parameter that Pydantic makes of a field: its constraints go into the annotation, what is said of it is lost.
///
/// ```python
/// def rebuild_annotation(self):  # pydantic.fields.FieldInfo
///     if not self.metadata: return self.annotation
///     return Annotated[(self.annotation, *self.metadata)]
/// ```
fn as_signed(taken: &mut Taken<'_>) {
    if let Some(alias) = taken.default.iter().chain(&taken.metadata).find_map(alias) {
        taken.name = alias;
    }
    if let Some(default) = taken.default.take() {
        taken.default = Some(constraints_of(default));
    }
    for value in &mut taken.metadata {
        *value = constraints_of(value.clone());
    }
}

/// The alias of a field, where it can be the name of a parameter.
fn alias(value: &Value<'_>) -> Option<String> {
    let (_, made) = value.made_by().filter(|(path, _)| is_field(path))?;
    let alias = made.arguments.keyword("validation_alias").or_else(|| made.arguments.keyword("alias"))?.as_str()?;
    let first = alias.chars().next()?;
    let fits = (first.is_alphabetic() || first == '_') && alias.chars().all(|c| c.is_alphanumeric() || c == '_');
    fits.then(|| alias.to_owned())
}

fn constraints_of<'a>(value: Value<'a>) -> Value<'a> {
    let Some((_, made)) = value.made_by().filter(|(path, _)| is_field(path)) else {
        return value;
    };
    let keywords = &made.arguments.keywords;
    let kept = keywords.iter().filter(|(name, _)| CONSTRAINTS.contains(&name.as_str())).cloned().collect();
    let arguments = Arguments {
        positional: made.arguments.positional.clone(),
        keywords: kept,
        unknown: made.arguments.unknown.clone(),
    };
    let callee = Value::library("pydantic.Field");
    Value { kind: Kind::Made(Rc::new(Made { callee, arguments, at: made.at.clone() })), doubt: value.doubt.clone() }
}

/// Whether a function makes a `FieldInfo`.
pub(super) fn is_field(path: &str) -> bool {
    matches!(path, "pydantic.Field" | "sqlmodel.Field") || is_parameter(path)
}

/// Whether a function says where a parameter is sent.
pub(super) fn is_parameter(path: &str) -> bool {
    matches!(
        path,
        "fastapi.Query"
            | "fastapi.Path"
            | "fastapi.Header"
            | "fastapi.Cookie"
            | "fastapi.Body"
            | "fastapi.Form"
            | "fastapi.File"
    )
}
