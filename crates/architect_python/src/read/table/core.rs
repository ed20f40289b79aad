//! Core tables: `Table("name", metadata, Column(...), ...)`.

use architect_model::Known;
use ruff_python_ast::{Expr, ExprCall};

use crate::resolve::{BindingKind, Index, Placed, Resolution, Scope};

use super::base::{Base, registry};
use super::build::Pending;
use super::constraints::TableArguments;
use super::draft::Draft;

/// The Core tables that a file binds to names at its top level.
pub(super) fn read<'a>(index: &Index<'a>, file: &'a crate::syntax::File) -> Vec<Pending<'a>> {
    let mut found = Vec::new();
    for binding in index.module_names(file).by_name.values().flatten() {
        if let BindingKind::Value { value: Some(Expr::Call(call)), element: None, .. } = binding.kind {
            found.extend(table(index, Scope::module(file), call));
        }
    }
    found
}

/// The table that a call makes, where it calls `Table`.
pub(super) fn table<'a>(index: &Index<'a>, scope: Scope<'a>, call: &'a ExprCall) -> Option<Pending<'a>> {
    if !index.resolve(scope, &call.func).is("sqlalchemy.Table") {
        return None;
    }
    let arguments = index.arguments(scope, call);
    let (name_scope, name) = arguments.get("name", 0)?;
    let mut pending = Pending::new(index.fixed_string(name_scope, name), scope.at(call));
    pending.unknowns.extend(arguments.unknown.clone());
    pending.base = arguments.get("metadata", 1).map(|metadata| base_of(index, metadata)).unwrap_or_default();
    let items: Vec<Placed<'a>> =
        arguments.positional.iter().skip(2).map(|(scope, item)| index.followed(*scope, item)).collect();
    for (scope, item) in &items {
        if let Expr::Call(column) = item
            && index.resolve(*scope, &column.func).is("sqlalchemy.Column")
        {
            pending.columns.push(column_of(index, *scope, column));
        }
    }
    let mut table_arguments = TableArguments::default();
    for (scope, item) in &items {
        let is_column =
            matches!(item, Expr::Call(column) if index.resolve(*scope, &column.func).is("sqlalchemy.Column"));
        if !is_column {
            table_arguments.item(index, *scope, item, &pending.columns);
        }
    }
    table_arguments.options(index, &arguments.keywords);
    pending.take(table_arguments);
    Some(pending)
}

fn column_of<'a>(index: &Index<'a>, scope: Scope<'a>, call: &'a ExprCall) -> Draft<'a> {
    let mut draft = Draft::new("", scope.at(call));
    draft.apply(index, &index.arguments(scope, call));
    match draft.name.clone() {
        Some(Known::Known(name)) => draft.attribute = name,
        Some(Known::Unknown { unknown }) => draft.unknowns.push(unknown),
        None => draft.unknowns.push(scope.file.unknown(call, "a column without a name")),
    }
    if draft.ty.is_none() && draft.foreign_keys.is_empty() {
        draft.ty = Some(Known::unknown(scope.at(call), "a column without a type"));
    }
    draft
}

/// The base whose `metadata` is given: `Base.metadata`, `metadata`, `MetaData()`.
fn base_of<'a>(index: &Index<'a>, (scope, expr): Placed<'a>) -> Base<'a> {
    if let Expr::Attribute(attribute) = expr
        && attribute.attr.as_str() == "metadata"
        && let Resolution::Class(class) = index.resolve(scope, &attribute.value)
    {
        return Base::of(index, class);
    }
    let of_registry = expr.as_attribute_expr().filter(|attribute| attribute.attr.as_str() == "metadata");
    let of_registry = of_registry.and_then(|attribute| registry(index, scope, &attribute.value));
    let mut base = Base::default();
    match of_registry {
        Some(arguments) => {
            if let Some((scope, expr)) = arguments.keyword("metadata") {
                base.read_metadata(index, scope, expr);
            }
        }
        None => base.read_metadata(index, scope, expr),
    }
    base
}
