//! What the reader of revisions takes from the reader of tables: types and expressions as they are written, and naming
//! conventions.

use architect_model::{ColumnType, Known};
use ruff_python_ast::{Expr, Stmt};

use crate::resolve::{Arguments, Class, Index, Placed, Resolution, Scope};
use crate::syntax::File;

use super::base::Base;
use super::convention::Convention;
use super::expression::Sql;
use super::{decorator, enums, types};

/// The type that an expression in a `Column` stands for.
pub(crate) fn column_type<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Known<ColumnType> {
    types::column_type(index, scope, expr)
}

/// The SQL of an expression, as PostgreSQL gets it.
pub(crate) fn sql_expression<'a>(index: &Index<'a>, placed: Placed<'a>) -> Known<String> {
    Sql { index, columns: &[] }.expression(placed)
}

/// A type of a library that is given without a call.
pub(crate) fn bare_type(index: &Index<'_>, path: &str) -> Known<ColumnType> {
    let arguments = Arguments { positional: Vec::new(), keywords: Vec::new(), unknown: None };
    types::without_call(index, path, &arguments)
}

/// A type class of the project that is given without a call.
pub(crate) fn class_type<'a>(index: &Index<'a>, class: Class<'a>) -> Known<ColumnType> {
    let arguments = Arguments { positional: Vec::new(), keywords: Vec::new(), unknown: None };
    decorator::project_type(index, class, &arguments, String::new())
}

/// The type that `Enum(Status)` is for an enumeration class.
pub(crate) fn class_enumeration<'a>(index: &Index<'a>, class: Class<'a>) -> Known<ColumnType> {
    Known::Known(enums::implied(index, class))
}

/// An enumeration type.
pub(crate) fn enumeration_type(
    name: Option<String>,
    values: Known<Vec<String>>,
    native: bool,
    length: Option<u32>,
) -> ColumnType {
    enums::made(name, values, native, length)
}

/// The naming convention of the metadata that an expression of `env.py` stands for. A list of several has none.
pub(crate) fn convention_of<'a>(index: &Index<'a>, file: &'a File, expr: &'a Expr) -> Convention {
    let scope = Scope::module(file);
    let mut base = Base::default();
    let assigned = convention_assigned(file, expr);
    let (inner, metadata) = index.followed(scope, expr);
    match metadata {
        Expr::Attribute(attribute) if attribute.attr.as_str() == "metadata" => {
            let owner = index.resolve(inner, &attribute.value);
            if let Resolution::Class(class) = owner {
                base = Base::of(index, class);
            }
            if let Some((placed, value)) = owner.path().and_then(|path| set_outside(index, &path)) {
                base.read_convention(index, placed, value);
            }
        }
        _ => base.read_metadata(index, inner, metadata),
    }
    if let Some(value) = assigned {
        base.read_convention(index, scope, value);
    }
    base.convention
}

/// `target_metadata.naming_convention = {...}`, `SQLModel.metadata.naming_convention = {...}` in `env.py` itself.
fn convention_assigned<'a>(file: &'a File, metadata: &Expr) -> Option<&'a Expr> {
    let name = file.text(metadata);
    file.body().iter().find_map(|statement| {
        let Stmt::Assign(assign) = statement else { return None };
        let [Expr::Attribute(target)] = assign.targets.as_slice() else { return None };
        let of_metadata = file.text(&*target.value) == name || file.text(&*target.value).ends_with(".metadata");
        (target.attr.as_str() == "naming_convention" && of_metadata).then_some(&*assign.value)
    })
}

/// `SQLModel.metadata.naming_convention = {...}` in a file of the project.
fn set_outside<'a>(index: &Index<'a>, path: &str) -> Option<Placed<'a>> {
    index
        .files()
        .project()
        .iter()
        .filter(|file| file.may_declare.tables && file.source().contains(".naming_convention"))
        .find_map(|file| {
            let scope = Scope::module(file);
            file.body().iter().find_map(|statement| {
                let Stmt::Assign(assign) = statement else { return None };
                let [Expr::Attribute(target)] = assign.targets.as_slice() else { return None };
                let Expr::Attribute(metadata) = &*target.value else { return None };
                let is_it = target.attr.as_str() == "naming_convention"
                    && metadata.attr.as_str() == "metadata"
                    && index.resolve(scope, &metadata.value).is(path);
                is_it.then_some((scope, &*assign.value))
            })
        })
}
