//! Enumeration types: their name, their values as stored, and whether PostgreSQL gets a type of its own.

use architect_model::{ColumnType, Known, Location, Symbol};
use ruff_python_ast::{Expr, Stmt};

use crate::resolve::{Arguments, BindingKind, Class, Constant, Frame, Index, Resolution, Scope, Value};

use super::types::{flag, number};

/// `Enum(Color, name="color")`, `Enum("a", "b")`, `postgresql.ENUM(...)`.
pub(super) fn written<'a>(
    index: &Index<'a>,
    scope: Scope<'a>,
    expr: &'a Expr,
    arguments: &Arguments<'a>,
) -> Known<ColumnType> {
    let class = arguments.positional.first().and_then(|(scope, first)| enumeration(index, *scope, first));
    with_class(index, scope, expr, arguments, class)
}

/// What `enum.Enum: Enum(enum.Enum, native_enum=False)` in a `type_annotation_map` makes of an annotation that is `class`.
pub(super) fn of_class<'a>(
    index: &Index<'a>,
    scope: Scope<'a>,
    expr: &'a Expr,
    class: Class<'a>,
) -> Option<Known<ColumnType>> {
    let (scope, expr) = index.followed(scope, expr);
    let Expr::Call(call) = expr else { return None };
    let is_enum = index.resolve(scope, &call.func).is("sqlalchemy.Enum");
    let arguments = index.arguments(scope, call);
    is_enum.then(|| with_class(index, scope, expr, &arguments, Some(class)))
}

fn with_class<'a>(
    index: &Index<'a>,
    scope: Scope<'a>,
    expr: &'a Expr,
    arguments: &Arguments<'a>,
    class: Option<Class<'a>>,
) -> Known<ColumnType> {
    let native = match flag(index, arguments, "native_enum") {
        Known::Known(native) => native.unwrap_or(true),
        Known::Unknown { unknown } => return Known::Unknown { unknown },
    };
    let given = match arguments.keyword("name").map(|(scope, name)| index.fixed_string(scope, name)) {
        Some(Known::Known(name)) => Some(name),
        Some(Known::Unknown { unknown }) => return Known::Unknown { unknown },
        None => None,
    };
    let values = match class {
        Some(class) => stored(index, class, arguments),
        None => listed(index, scope, expr, arguments),
    };
    let length = match number(index, arguments, "length", usize::MAX) {
        Known::Known(length) => length,
        Known::Unknown { unknown } => return Known::Unknown { unknown },
    };
    let name = given.or_else(|| class.map(|class| class.name().to_lowercase()));
    let mut ty = made(name, values, native, length);
    if let (ColumnType::Enum { schema, .. }, Some((scope, expr))) = (&mut ty, arguments.keyword("schema")) {
        *schema = index.fixed_string(scope, expr).known().cloned();
    }
    Known::Known(ty)
}

/// The enumeration class behind a column type as it is written: `Enum(Color)`, `ARRAY(Enum(Color))`.
pub(super) fn class_of<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<Symbol> {
    let (scope, expr) = index.followed(scope, expr);
    let call = expr.as_call_expr()?;
    if let Expr::Attribute(method) = &*call.func
        && method.attr.as_str() == "with_variant"
    {
        return class_of(index, scope, &method.value);
    }
    let arguments = index.arguments(scope, call);
    let (scope, first) = arguments.positional.first().copied().or_else(|| arguments.keyword("item_type"))?;
    match index.resolve(scope, &call.func).library()?.rsplit('.').next()? {
        "Enum" | "ENUM" => enumeration(index, scope, first).map(|class| class.symbol()),
        "ARRAY" => class_of(index, scope, first),
        _ => None,
    }
}

/// The name that a type gives the check which keeps to its values: `Enum("a", "b", create_constraint=True, name="ab")`.
/// The outer `None` where it makes none.
pub(super) fn check_of<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<Option<String>> {
    let (scope, expr) = index.followed(scope, expr);
    let call = expr.as_call_expr()?;
    let path = index.resolve(scope, &call.func);
    if !["sqlalchemy.Enum", "sqlalchemy.Boolean", "sqlalchemy.BOOLEAN"].iter().any(|known| path.is(known)) {
        return None;
    }
    let arguments = index.arguments(scope, call);
    if *flag(index, &arguments, "create_constraint").known()? != Some(true) {
        return None;
    }
    let given = arguments.keyword("name").and_then(|(scope, name)| index.fixed_string(scope, name).known().cloned());
    let class = arguments.positional.first().and_then(|(scope, first)| enumeration(index, *scope, first));
    Some(given.or_else(|| class.map(|class| class.name().to_lowercase())))
}

/// The type that an annotation of this enumeration gets.
pub(super) fn implied<'a>(index: &Index<'a>, class: Class<'a>) -> ColumnType {
    made(Some(class.name().to_lowercase()), members(index, class, false), true, None)
}

/// The type that a `Literal["a", "b"]` annotation gets in SQLAlchemy.
pub(super) fn literal(values: Known<Vec<String>>) -> ColumnType {
    made(None, values, false, None)
}

pub(super) fn made(name: Option<String>, values: Known<Vec<String>>, native: bool, length: Option<u32>) -> ColumnType {
    let longest = values.known().and_then(|values| values.iter().map(|value| value.chars().count()).max());
    let length = if native { None } else { length.or_else(|| longest.and_then(|longest| u32::try_from(longest).ok())) };
    ColumnType::Enum { name, values, native, length, schema: None }
}

/// The enumeration class that an expression names.
pub(super) fn enumeration<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<Class<'a>> {
    match index.resolve(scope, expr) {
        Resolution::Class(class) if index.derives_from(class, "enum.Enum") => Some(class),
        _ => None,
    }
}

/// The values of an enumeration as a column stores them: names, or what `values_callable` makes.
fn stored<'a>(index: &Index<'a>, class: Class<'a>, arguments: &Arguments<'a>) -> Known<Vec<String>> {
    let Some((scope, callable)) = arguments.keyword("values_callable") else {
        return members(index, class, false);
    };
    match takes_values(index, scope, callable) {
        Some(true) => members(index, class, true),
        Some(false) => members(index, class, false),
        None => Known::unknown(scope.at(callable), "a `values_callable` that is not followed"),
    }
}

/// Whether a `values_callable` returns the values of the members (`true`) or their names (`false`).
fn takes_values<'a>(index: &Index<'a>, scope: Scope<'a>, callable: &'a Expr) -> Option<bool> {
    let body = match index.followed(scope, callable).1 {
        Expr::Lambda(lambda) => &*lambda.body,
        Expr::NoneLiteral(_) => return Some(false),
        other => match index.resolve(scope, other) {
            Resolution::Function(function) => match function.def.body.last()? {
                Stmt::Return(result) => result.value.as_deref()?,
                _ => return None,
            },
            _ => return None,
        },
    };
    let (element, iterated) = match body {
        Expr::ListComp(list) if list.generators.len() == 1 && list.generators[0].ifs.is_empty() => {
            (&*list.elt, &list.generators[0])
        }
        _ => return None,
    };
    let element = match element {
        Expr::Call(call) if index.resolve(scope, &call.func).is_builtin("str") => call.arguments.args.first()?,
        element => element,
    };
    let (Expr::Attribute(attribute), Expr::Name(target)) = (element, &iterated.target) else {
        return None;
    };
    let over_members = match &iterated.iter {
        Expr::Name(_) => true,
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Attribute(values) if values.attr.as_str() == "values")
        }
        _ => false,
    };
    let of_target = matches!(&*attribute.value, Expr::Name(name) if name.id == target.id);
    match attribute.attr.as_str() {
        "value" if of_target && over_members => Some(true),
        "name" if of_target && over_members => Some(false),
        _ => None,
    }
}

/// Names or values of the members of an enumeration, aliases left out.
pub(super) fn members<'a>(index: &Index<'a>, class: Class<'a>, values: bool) -> Known<Vec<String>> {
    let mut found = Vec::new();
    for (name, known, at) in member_values(index, class) {
        if !values {
            found.push(name.to_owned());
            continue;
        }
        match known {
            Known::Known(constant) => match inner(constant.value) {
                Value::Str(text) => found.push(text),
                Value::Int(number) => found.push(number.to_string()),
                _ => {
                    return Known::unknown(at, format!("the value of `{}.{name}` is no text", class.name()));
                }
            },
            Known::Unknown { unknown } => return Known::Unknown { unknown },
        }
    }
    Known::Known(found)
}

fn inner(value: Value) -> Value {
    match value {
        Value::Member { value, .. } => inner(*value),
        value => value,
    }
}

/// The members of an enumeration with their values, in order.
pub(crate) fn member_values<'a>(index: &Index<'a>, class: Class<'a>) -> Vec<(&'a str, Known<Constant>, Location)> {
    let names = index.frame_names(Frame::Class(class.def));
    let scope = class.scope();
    let mut members: Vec<(&'a str, Known<Constant>, Location)> = Vec::new();
    for (name, bindings) in &names.by_name {
        let Some(binding) = bindings.first() else {
            continue;
        };
        if name.starts_with('_') {
            continue;
        }
        if let BindingKind::Value { value: Some(value), element: None, .. } = binding.kind
            && !matches!(value, Expr::Lambda(_))
        {
            let known = match value {
                Expr::Call(call) if is_auto(index, scope, &call.func) => auto(index, class, name, members.len()),
                value => index.constant(scope, value),
            };
            let alias = known.known().is_some_and(|constant: &Constant| {
                let same = |other: &Known<Constant>| {
                    other.known().is_some_and(|other| inner(other.value.clone()) == inner(constant.value.clone()))
                };
                members.iter().any(|(_, other, _)| same(other))
            });
            if !alias {
                members.push((*name, known, scope.file.at_range(binding.range)));
            }
        }
    }
    members
}

fn is_auto<'a>(index: &Index<'a>, scope: Scope<'a>, func: &'a Expr) -> bool {
    index.resolve(scope, func).is("enum.auto")
}

/// What `auto()` gives: the lowercased name in a `StrEnum`, else the number of the member.
fn auto<'a>(index: &Index<'a>, class: Class<'a>, name: &str, before: usize) -> Known<Constant> {
    let own = index.member(class, "_generate_next_value_").is_some();
    let value = match own {
        true => return Known::unknown(class.at(), "`auto()` with its own `_generate_next_value_`"),
        false if index.derives_from(class, "enum.StrEnum") => Value::Str(name.to_lowercase()),
        false => Value::Int(i64::try_from(before).unwrap_or_default() + 1),
    };
    Known::Known(value.into())
}

/// `Enum("a", "b")`.
fn listed<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr, arguments: &Arguments<'a>) -> Known<Vec<String>> {
    if arguments.positional.is_empty() {
        return Known::unknown(scope.at(expr), "an enumeration without values");
    }
    let mut values = Vec::new();
    for (scope, value) in &arguments.positional {
        match index.fixed_string(*scope, value) {
            Known::Known(text) => values.push(text),
            Known::Unknown { unknown } => return Known::Unknown { unknown },
        }
    }
    Known::Known(values)
}
