//! What a declarative base says for all its tables: `MetaData`, naming convention, schema, `type_annotation_map`.

use architect_model::{ColumnType, Known, MappedType, Unknown};
use ruff_python_ast::Expr;

use crate::resolve::{Ancestor, Annotation, Arguments, Class, Index, Placed, Resolution, Scope, Variable};

use super::convention::Convention;
use super::enums;
use super::types::column_type;

/// The declarative base of a class.
#[derive(Clone, Default)]
pub(super) struct Base<'a> {
    /// Naming convention of its `MetaData`.
    pub(super) convention: Convention,
    /// Schema of its `MetaData`.
    pub(super) schema: Option<String>,
    /// Its `type_annotation_map`.
    pub(super) mapped_types: MappedTypes<'a>,
    /// Whether `float` is `Double` without it.
    pub(super) double_floats: bool,
    /// Whether enumeration types are in the schema of the `MetaData`, as from SQLAlchemy 2.1 on.
    pub(super) types_in_schema: bool,
    /// Parts that could not be determined.
    pub(super) unknowns: Vec<Unknown>,
}

/// A `type_annotation_map`.
#[derive(Clone, Default)]
pub(super) struct MappedTypes<'a> {
    entries: Vec<(Placed<'a>, Placed<'a>)>,
}

impl<'a> MappedTypes<'a> {
    /// Its entries, as far as the annotations are known.
    pub(super) fn entries(&self, index: &Index<'a>) -> Vec<MappedType> {
        let entries = self.entries.iter().filter_map(|((scope, key), (inner, value))| {
            let annotation = index.annotation(*scope, key).resolution.path()?;
            Some(MappedType { annotation, ty: column_type(index, *inner, value) })
        });
        entries.collect()
    }

    /// The column type that the map gives an annotation.
    pub(super) fn find(&self, index: &Index<'a>, annotation: &Annotation<'a>) -> Option<Known<ColumnType>> {
        let alias = |key: &Annotation<'a>| {
            let last = key.aliases.first()?;
            annotation
                .aliases
                .iter()
                .any(|found| found.range == last.range && std::ptr::eq(found.scope.file, last.scope.file))
                .then_some(())
        };
        let keys: Vec<(Annotation<'a>, &Placed<'a>)> =
            self.entries.iter().map(|((scope, key), value)| (index.annotation(*scope, key), value)).collect();
        let named = keys.iter().find(|(key, _)| alias(key).is_some());
        let found = named.or_else(|| keys.iter().find(|(key, _)| key.aliases.is_empty() && same_type(key, annotation)));
        if let Some((_, (scope, value))) = found {
            return Some(column_type(index, *scope, value));
        }
        let class = annotation.resolution.class().filter(|_| annotation.alternatives.is_empty())?;
        let (_, (scope, value)) = keys.iter().find(|(key, _)| key.resolution.is("enum.Enum"))?;
        if !index.derives_from(class, "enum.Enum") {
            return None;
        }
        enums::of_class(index, *scope, value, class)
    }
}

/// Whether two annotations are the same type with the same arguments.
fn same_type(key: &Annotation<'_>, annotation: &Annotation<'_>) -> bool {
    let arguments = |annotation: &Annotation<'_>| {
        annotation
            .arguments
            .iter()
            .map(|argument| annotation.scope.text(*argument).replace([' ', '\n'], ""))
            .collect::<Vec<_>>()
    };
    let path = key.resolution.path();
    path.is_some()
        && path == annotation.resolution.path()
        && arguments(key) == arguments(annotation)
        && key.alternatives.is_empty()
        && annotation.alternatives.is_empty()
}

impl<'a> Base<'a> {
    /// The base of a declarative class.
    pub(super) fn of(index: &Index<'a>, class: Class<'a>) -> Self {
        let mut base = Self::default();
        let arguments = made_base(index, class);
        let of_registry = index.member(class, "registry").and_then(|(_, registry)| call_of(index, &registry));
        let of_registry = of_registry.or_else(|| registered(index, class));
        let given = |name: &str| {
            let sources = [arguments.as_ref(), of_registry.as_ref()];
            sources.into_iter().flatten().find_map(|arguments| arguments.keyword(name))
        };
        let metadata = match index.member(class, "metadata") {
            Some((_, Resolution::Variable(variable))) => variable.value.map(|value| (variable.scope, value)),
            _ => given("metadata"),
        };
        if let Some((scope, expr)) = metadata {
            base.read_metadata(index, scope, expr);
        }
        let map = match index.member(class, "type_annotation_map") {
            Some((_, Resolution::Variable(variable))) => variable.value.map(|value| (variable.scope, value)),
            _ => given("type_annotation_map"),
        };
        if let Some((scope, expr)) = map {
            base.read_type_map(index, scope, expr);
        }
        base
    }

    /// `MetaData(naming_convention=..., schema=...)`.
    pub(super) fn read_metadata(&mut self, index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) {
        let (scope, expr) = index.followed(scope, expr);
        let Expr::Call(call) = expr else { return };
        let arguments = index.arguments(scope, call);
        self.unknowns.extend(arguments.unknown.clone());
        if let Some((scope, expr)) = arguments.keyword("naming_convention") {
            self.read_convention(index, scope, expr);
        }
        if let Some((scope, expr)) = arguments.get("schema", 0).filter(|(_, expr)| !expr.is_none_literal_expr()) {
            match index.fixed_string(scope, expr) {
                Known::Known(schema) => self.schema = Some(schema),
                Known::Unknown { unknown } => self.unknowns.push(unknown),
            }
        }
    }

    /// A naming convention; where it cannot be read, unnamed constraints stay unnamed.
    pub(super) fn read_convention(&mut self, index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) {
        match Convention::read(index, scope, expr) {
            Ok(convention) => self.convention = convention,
            Err(unknown) => {
                self.convention = Convention::unread();
                self.unknowns.push(unknown);
            }
        }
    }

    fn read_type_map(&mut self, index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) {
        let (scope, expr) = index.followed(scope, expr);
        match expr {
            Expr::Dict(dict) => {
                for item in &dict.items {
                    match &item.key {
                        Some(key) => self.mapped_types.entries.push(((scope, key), (scope, &item.value))),
                        None => self.read_type_map(index, scope, &item.value),
                    }
                }
            }
            _ => self.unknowns.push(scope.file.unknown(expr, "a `type_annotation_map` that is not written out")),
        }
    }
}

/// The arguments of the `registry(...)` that an expression is.
pub(super) fn registry<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<Arguments<'a>> {
    let (scope, expr) = index.followed(scope, expr);
    let call = expr.as_call_expr()?;
    index.resolve(scope, &call.func).is("sqlalchemy.orm.registry").then(|| index.arguments(scope, call))
}

/// The arguments of the registry whose decorator maps a class: `@mapper_registry.mapped`, or
/// `@mapper_registry.mapped_as_dataclass(...)`.
pub(super) fn registered<'a>(index: &Index<'a>, class: Class<'a>) -> Option<Arguments<'a>> {
    class.def.decorator_list.iter().find_map(|decorator| {
        let called = decorator.expression.as_call_expr().map_or(&decorator.expression, |call| &call.func);
        let method = called.as_attribute_expr()?;
        let maps = matches!(method.attr.as_str(), "mapped" | "mapped_as_dataclass");
        maps.then(|| registry(index, class.outer, &method.value))?
    })
}

/// The arguments of `declarative_base(...)` where the base is made by that call.
fn made_base<'a>(index: &Index<'a>, class: Class<'a>) -> Option<Arguments<'a>> {
    index.mro(class).ancestors.iter().find_map(|ancestor| match ancestor {
        Ancestor::Variable(variable) => arguments_of(index, *variable),
        _ => None,
    })
}

fn arguments_of<'a>(index: &Index<'a>, variable: Variable<'a>) -> Option<Arguments<'a>> {
    match variable.value? {
        Expr::Call(call) => Some(index.arguments(variable.scope, call)),
        _ => None,
    }
}

fn call_of<'a>(index: &Index<'a>, resolution: &Resolution<'a>) -> Option<Arguments<'a>> {
    resolution.variable().and_then(|variable| arguments_of(index, variable))
}
