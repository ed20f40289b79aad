//! What an annotation is to FastAPI: a scalar, a sequence, a model, a file, or something that it hands over itself.
//!
//! Answers are `None` where a class of a library decides and its source is not read.

use crate::interpret::{Class, Kind, Value};
use crate::resolve::is_known;
use crate::syntax::stdlib::is_stdlib;

/// `fastapi._compat.sequence_types`, and what is a subclass of them.
const SEQUENCES: &[&str] = &[
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.frozenset",
    "typing.List",
    "typing.Tuple",
    "typing.Set",
    "typing.FrozenSet",
    "typing.Sequence",
    "typing.MutableSequence",
    "typing.Deque",
    "typing.NamedTuple",
    "collections.deque",
    "collections.abc.Sequence",
    "collections.abc.MutableSequence",
    "pydantic.conlist",
    "pydantic.conset",
    "pydantic.confrozenset",
];

/// Subclasses of `collections.abc.Mapping`.
const MAPPINGS: &[&str] = &[
    "builtins.dict",
    "typing.Dict",
    "typing.Mapping",
    "typing.MutableMapping",
    "typing.DefaultDict",
    "typing.OrderedDict",
    "typing.Counter",
    "typing.TypedDict",
    "collections.OrderedDict",
    "collections.defaultdict",
    "collections.Counter",
    "collections.abc.Mapping",
    "collections.abc.MutableMapping",
];

/// Types of which FastAPI hands over what it has itself (`add_non_field_param_to_dependency`).
const SPECIAL: &[&str] = &[
    "fastapi.Request",
    "fastapi.WebSocket",
    "starlette.requests.HTTPConnection",
    "fastapi.HTTPConnection",
    "fastapi.Response",
    "fastapi.BackgroundTasks",
    "fastapi.security.SecurityScopes",
];

/// Whether a value of this type is handed over by FastAPI.
pub(super) fn is_special(value: &Value<'_>) -> bool {
    let special = |path: &str| SPECIAL.contains(&path) || path.starts_with("fastapi.responses.");
    match &value.kind {
        Kind::Library(path) => special(path),
        Kind::Class(class) => class.ancestors.iter().any(|base| base.as_library().is_some_and(special)),
        _ => false,
    }
}

/// Whether it is `SecurityScopes`: then the scopes count for what is the same dependency.
pub(super) fn is_security_scopes(value: &Value<'_>) -> bool {
    value.as_library() == Some("fastapi.security.SecurityScopes")
}

/// Whether it is one of Pydantic's models; `None | Model` too, as `_get_model_type` takes it apart.
pub(super) fn is_model(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Library(path) => path.as_ref() == "pydantic.BaseModel",
        Kind::Class(class) => class.derives("pydantic.BaseModel"),
        Kind::Subscript(subscript) => matches!(subscript.0.kind, Kind::Class(_)) && is_model(&subscript.0),
        _ => false,
    }
}

/// Whether a class is a dataclass.
pub(super) fn is_dataclass(class: &Class<'_>) -> bool {
    use ruff_python_ast::Expr;
    fn name(expr: &Expr) -> Option<&str> {
        match expr {
            Expr::Name(name) => Some(name.id.as_str()),
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            Expr::Call(call) => name(&call.func),
            _ => None,
        }
    }
    let own = class.def.decorator_list.iter().any(|one| name(&one.expression) == Some("dataclass"));
    own || class.ancestors.iter().any(|base| matches!(&base.kind, Kind::Class(base) if is_dataclass(base)))
}

/// `field_annotation_is_sequence`.
pub(super) fn is_sequence(value: &Value<'_>) -> Option<bool> {
    match &value.kind {
        Kind::Union(parts) => any(parts, is_sequence),
        Kind::Subscript(subscript) => match subscript.0.as_library() {
            Some("typing.Annotated") => is_sequence(subscript.1.first()?),
            _ => is_sequence(&subscript.0),
        },
        Kind::Library(path) => Some(SEQUENCES.contains(&path.as_ref())),
        Kind::Class(class) => of_class(class, SEQUENCES),
        Kind::Made(_) => Some(SEQUENCES.contains(&value.made_by()?.0)),
        Kind::Unknown(_) => None,
        _ => Some(false),
    }
}

/// `field_annotation_is_scalar`.
///
/// ```python
/// def field_annotation_is_complex(annotation):
///     origin = get_origin(annotation)
///     if origin is Union or origin is UnionType:
///         return any(field_annotation_is_complex(arg) for arg in get_args(annotation))
/// ```
pub(super) fn is_scalar(value: &Value<'_>) -> Option<bool> {
    is_complex(value).map(|complex| !complex)
}

fn is_complex(value: &Value<'_>) -> Option<bool> {
    match &value.kind {
        Kind::Union(parts) => any(parts, is_complex),
        Kind::Subscript(subscript) => match subscript.0.as_library() {
            Some("typing.Annotated") => is_complex(subscript.1.first()?),
            Some("typing.Literal") => Some(false),
            _ => is_complex(&subscript.0),
        },
        Kind::Library(path) => {
            let complex = [SEQUENCES, MAPPINGS].iter().any(|all| all.contains(&path.as_ref()))
                || matches!(path.as_ref(), "pydantic.BaseModel" | "fastapi.UploadFile" | "pydantic.RootModel")
                || path.ends_with(".datastructures.UploadFile");
            (complex || is_open(path)).then_some(complex)
        }
        Kind::Class(class) if is_model(value) || is_dataclass(class) => Some(true),
        Kind::Class(class) => {
            let complex = of_class(class, SEQUENCES)? || of_class(class, MAPPINGS)?;
            Some(complex || class.derives("fastapi.UploadFile"))
        }
        Kind::Made(_) => Some(is_sequence(value)?),
        Kind::Unknown(_) => None,
        _ => Some(false),
    }
}

/// Whether it is `UploadFile`, one or none, or several of them.
pub(super) fn is_upload(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Library(path) => path.ends_with(".UploadFile"),
        Kind::Class(class) => {
            class.ancestors.iter().any(|base| base.as_library().is_some_and(|path| path.ends_with(".UploadFile")))
        }
        Kind::Union(parts) => parts.iter().any(is_upload),
        Kind::Subscript(subscript) if subscript.0.as_library() == Some("typing.Annotated") => {
            subscript.1.first().is_some_and(is_upload)
        }
        Kind::Subscript(subscript) => {
            is_sequence(&subscript.0) == Some(true) && !subscript.1.is_empty() && subscript.1.iter().all(is_upload)
        }
        _ => false,
    }
}

fn any<'a>(parts: &[Value<'a>], is: impl Fn(&Value<'a>) -> Option<bool>) -> Option<bool> {
    let answers: Vec<Option<bool>> = parts.iter().map(is).collect();
    if answers.contains(&Some(true)) {
        return Some(true);
    }
    answers.iter().all(Option::is_some).then_some(false)
}

/// Whether a class of the project derives from one of these.
fn of_class(class: &Class<'_>, wanted: &[&str]) -> Option<bool> {
    let bases = || class.ancestors.iter();
    if bases().any(|base| base.as_library().is_some_and(|path| wanted.contains(&path))) {
        return Some(true);
    }
    let known = |base: &Value<'_>| match &base.kind {
        Kind::Class(_) => true,
        Kind::Library(path) => is_open(path),
        _ => false,
    };
    bases().all(known).then_some(false)
}

/// Whether what a class of a library derives from is known.
fn is_open(path: &str) -> bool {
    let top = path.split('.').next().unwrap_or(path);
    !path.contains('.') || is_known(path) || is_stdlib(top) || top == "pydantic_extra_types"
}
