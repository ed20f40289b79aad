//! Schemas: Pydantic and SQLModel classes that are no tables.

use architect_model::{Project, Schema, SchemaField};
use rayon::prelude::*;
use ruff_python_ast::Expr;

use crate::resolve::{Class, Index, Resolution, Scope};

use super::bounds::bounds;
use super::fields::{Field, fields, unseen};
use super::versions::Versions;

/// Reads the classes that describe requests and responses, by file and place.
pub(super) fn read(index: &Index<'_>, versions: &Versions, project: &mut Project) {
    let pydantic_1 = versions.at_least("pydantic", &[2]) == Some(false);
    let of_file = |file| -> Vec<Schema> {
        let classes = index.classes(file).filter(|class| is_schema(index, *class));
        classes.map(|class| schema(index, class, pydantic_1)).collect()
    };
    project.schemas = index.files().project().par_iter().flat_map_iter(of_file).collect();
}

/// Adds classes that handlers take or answer, and whose bases are not there to read.
pub(crate) fn add<'a>(index: &Index<'a>, versions: &Versions, classes: &[Class<'a>], project: &mut Project) {
    if classes.is_empty() {
        return;
    }
    let pydantic_1 = versions.at_least("pydantic", &[2]) == Some(false);
    project.schemas.extend(classes.iter().map(|class| schema(index, *class, pydantic_1)));
    let place = |path: &str| index.files().project().iter().position(|file| *file.path == *path);
    project.schemas.sort_by_key(|schema| (place(&schema.at.file), schema.at.line));
}

fn is_schema<'a>(index: &Index<'a>, class: Class<'a>) -> bool {
    let mro = index.mro(class);
    let table =
        class.keyword("table").is_some_and(|expr| expr.as_boolean_literal_expr().is_some_and(|literal| literal.value));
    mro.has("pydantic.BaseModel") && !mro.has("pydantic_settings.BaseSettings") && !table
}

fn schema<'a>(index: &Index<'a>, class: Class<'a>, pydantic_1: bool) -> Schema {
    let bases = index
        .bases(class)
        .into_iter()
        .map(|base| base.resolution.path().unwrap_or_else(|| class.outer.text(base.expr).to_owned()));
    Schema {
        class: class.symbol(),
        bases: bases.collect(),
        fields: fields(index, class).iter().map(|field| schema_field(index, class, field, pydantic_1)).collect(),
        unknowns: unseen(index, class),
        at: class.at(),
    }
}

fn schema_field<'a>(index: &Index<'a>, class: Class<'a>, field: &Field<'a>, pydantic_1: bool) -> SchemaField {
    let scope = field.owner.scope();
    SchemaField {
        name: field.name.to_owned(),
        annotation: scope.text(field.annotation).to_owned(),
        required: is_required(index, scope, field) && !(pydantic_1 && is_optional(index, field)),
        inherited: field.owner != class,
        bounds: bounds(index, field),
    }
}

/// A field is required where neither its value nor a `Field` in `Annotated` gives a default.
fn is_required<'a>(index: &Index<'a>, scope: Scope<'a>, field: &Field<'a>) -> bool {
    match field.value {
        Some(value) => demands(index, scope, value),
        None => {
            let annotation = index.annotation(scope, field.annotation);
            annotation.metadata.iter().all(|(scope, extra)| match extra {
                Expr::Call(call) => match index.resolve(*scope, &call.func).library() {
                    Some("pydantic.Field" | "sqlmodel.Field") => demands(index, *scope, extra),
                    _ => true,
                },
                _ => true,
            })
        }
    }
}

/// Whether Pydantic 1 takes `None` for the default: `Optional[X]`, or `Any`, without `...`.
fn is_optional<'a>(index: &Index<'a>, field: &Field<'a>) -> bool {
    let annotation = index.annotation(field.owner.scope(), field.annotation);
    let demanded = match field.value {
        Some(Expr::Call(call)) => call.arguments.args.first().is_some_and(Expr::is_ellipsis_literal_expr),
        Some(value) => value.is_ellipsis_literal_expr(),
        None => false,
    };
    (annotation.optional || annotation.resolution.is("typing.Any")) && !demanded
}

/// Whether an assigned value leaves the field without a default: `...`, `Field(...)`, `Field(max_length=3)`.
fn demands<'a>(index: &Index<'a>, scope: Scope<'a>, value: &'a Expr) -> bool {
    match value {
        Expr::EllipsisLiteral(_) => true,
        Expr::Call(call) => {
            let callee = index.resolve(scope, &call.func);
            if !matches!(callee, Resolution::Library(ref path) if matches!(path.as_str(), "pydantic.Field" | "sqlmodel.Field"))
            {
                return false;
            }
            let arguments = index.arguments(scope, call);
            let default = arguments.get("default", 0).filter(|(_, expr)| !expr.is_ellipsis_literal_expr());
            default.is_none() && arguments.keyword("default_factory").is_none()
        }
        _ => false,
    }
}
