//! Column types as they are written: `String(120)`, `postgresql.JSONB`, a `TypeDecorator`, an `Enum`.

use architect_model::{ColumnType, Known, Symbol, TypeSize};
use ruff_python_ast::Expr;

use crate::resolve::{Arguments, Index, Resolution, Scope, Value};

use super::decorator;
use super::enums;
use super::named_types::{TypeArguments, plain_type};
use super::words::{self, Described};

/// The type that an expression in a `Column` stands for.
pub(super) fn column_type<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Known<ColumnType> {
    let (scope, expr) = index.followed(scope, expr);
    let unknown = |reason: &str| Known::unknown(scope.at(expr), reason);
    let (callee, call) = match expr {
        Expr::Call(call) => {
            if let Expr::Attribute(attribute) = &*call.func
                && attribute.attr.as_str() == "with_variant"
            {
                return variant(index, scope, &attribute.value, &index.arguments(scope, call));
            }
            (&*call.func, Some(call))
        }
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => (expr, None),
        _ => return unknown("a column type that is computed"),
    };
    let arguments = match call {
        Some(call) => index.arguments(scope, call),
        None => Arguments { positional: Vec::new(), keywords: Vec::new(), unknown: None },
    };
    if let Some(spread) = &arguments.unknown {
        return Known::Unknown { unknown: spread.clone() };
    }
    let text = call.map(|call| argument_text(scope, call)).unwrap_or_default();
    match index.resolve(scope, callee) {
        Resolution::Library(path) => library_type(index, scope, expr, &path, &arguments, text),
        Resolution::Class(class) => decorator::project_type(index, class, &arguments, text),
        Resolution::Unknown(unknown) => Known::Unknown { unknown },
        _ => unknown("a column type that is made by a function"),
    }
}

/// A type of a library that is given without a call.
pub(super) fn without_call<'a>(index: &Index<'a>, path: &str, arguments: &Arguments<'a>) -> Known<ColumnType> {
    let (module, name) = path.rsplit_once('.').unwrap_or(("", path));
    match named(index, path, arguments) {
        Some(known) => Known::Known(known),
        None => decorator::library_type(index, path, Symbol::new(module, name), arguments, String::new()),
    }
}

/// The text between the parentheses of a call.
fn argument_text(scope: Scope<'_>, call: &ruff_python_ast::ExprCall) -> String {
    scope.text(call.arguments.inner_range()).trim().to_owned()
}

/// A type of SQLAlchemy, SQLModel or another library.
fn library_type<'a>(
    index: &Index<'a>,
    scope: Scope<'a>,
    expr: &'a Expr,
    path: &str,
    arguments: &Arguments<'a>,
    text: String,
) -> Known<ColumnType> {
    let Some((module, name)) = path.rsplit_once('.') else {
        return Known::unknown(scope.at(expr), format!("`{path}` is no column type"));
    };
    let postgres = module == "sqlalchemy.dialects.postgresql";
    if module == "sqlalchemy" || module == "sqlmodel" || postgres {
        match name {
            "Enum" | "ENUM" if name == "Enum" || postgres => return enums::written(index, scope, expr, arguments),
            "ARRAY" => return array(index, scope, expr, arguments, !postgres),
            _ => {}
        }
        if let Some(known) = plain_type(name, &Written { index, arguments }) {
            return known.map(|ty| match words::spelled(module, name, &ty) {
                Some(words) => ColumnType::Other {
                    symbol: Symbol::new(module, name),
                    arguments: text,
                    postgresql: Some(words),
                    size: TypeSize::default(),
                    implementation: Some(Box::new(ty)),
                    base: None,
                    sqlite: None,
                },
                None => ty,
            });
        }
    }
    let symbol = Symbol::new(module, name);
    match words::described(index, path, arguments) {
        Some(Known::Known(Described { postgresql, size, implementation, base })) => {
            let (implementation, base) = (implementation.map(Box::new), base.map(Box::new));
            Known::Known(ColumnType::Other {
                symbol,
                arguments: text,
                postgresql,
                size,
                implementation,
                base,
                sqlite: None,
            })
        }
        Some(Known::Unknown { unknown }) => Known::Unknown { unknown },
        None => decorator::library_type(index, path, symbol, arguments, text),
    }
}

/// `ARRAY(String(10), dimensions=2)`.
fn array<'a>(
    index: &Index<'a>,
    scope: Scope<'a>,
    expr: &'a Expr,
    arguments: &Arguments<'a>,
    generic: bool,
) -> Known<ColumnType> {
    let Some((item_scope, item)) = arguments.get("item_type", 0) else {
        return Known::unknown(scope.at(expr), "an array of nothing");
    };
    match (column_type(index, item_scope, item), number(index, arguments, "dimensions", 2)) {
        (Known::Known(item), Known::Known(dimensions)) => {
            Known::Known(ColumnType::Array { item: Box::new(item), dimensions, generic })
        }
        (Known::Unknown { unknown }, _) | (_, Known::Unknown { unknown }) => Known::Unknown { unknown },
    }
}

/// Arguments as they are written.
struct Written<'r, 'a> {
    index: &'r Index<'a>,
    arguments: &'r Arguments<'a>,
}

impl TypeArguments for Written<'_, '_> {
    fn number(&self, name: &str, place: usize) -> Known<Option<u32>> {
        number(self.index, self.arguments, name, place)
    }

    fn flag(&self, name: &str, place: Option<usize>) -> Known<Option<bool>> {
        let Some((scope, expr)) = place.and_then(|place| self.arguments.positional.get(place)) else {
            return flag(self.index, self.arguments, name);
        };
        match self.index.fixed(*scope, expr) {
            Known::Known(value) => match value.as_bool() {
                Some(flag) => Known::Known(Some(flag)),
                None => Known::unknown(scope.at(*expr), "not a boolean"),
            },
            Known::Unknown { unknown } => Known::Unknown { unknown },
        }
    }

    fn has(&self, name: &str) -> bool {
        self.arguments.keyword(name).is_some()
    }

    fn positional(&self) -> usize {
        self.arguments.positional.len()
    }

    fn is_bare(&self) -> bool {
        self.arguments.positional.is_empty() && self.arguments.keywords.is_empty()
    }
}

/// A number among the arguments; `None` where it is not given.
pub(super) fn number<'a>(
    index: &Index<'a>,
    arguments: &Arguments<'a>,
    name: &str,
    position: usize,
) -> Known<Option<u32>> {
    let Some((scope, expr)) = arguments.get(name, position) else {
        return Known::Known(None);
    };
    match index.fixed(scope, expr) {
        Known::Known(value) => match value {
            Value::None => Known::Known(None),
            value => match value.as_int().and_then(|number| u32::try_from(number).ok()) {
                Some(number) => Known::Known(Some(number)),
                None => Known::unknown(scope.at(expr), "not a number"),
            },
        },
        Known::Unknown { unknown } => Known::Unknown { unknown },
    }
}

/// A flag among the arguments; `None` where it is not given.
pub(super) fn flag<'a>(index: &Index<'a>, arguments: &Arguments<'a>, name: &str) -> Known<Option<bool>> {
    let Some((scope, expr)) = arguments.keyword(name) else {
        return Known::Known(None);
    };
    match index.fixed(scope, expr) {
        Known::Known(value) => match value {
            Value::None => Known::Known(None),
            Value::Bool(flag) => Known::Known(Some(flag)),
            _ => Known::unknown(scope.at(expr), "not a boolean"),
        },
        Known::Unknown { unknown } => Known::Unknown { unknown },
    }
}

/// `JSON().with_variant(JSONB(), "postgresql")`: the base type, and what single databases get.
fn variant<'a>(index: &Index<'a>, scope: Scope<'a>, base: &'a Expr, arguments: &Arguments<'a>) -> Known<ColumnType> {
    let base_type = column_type(index, scope, base);
    let Known::Known(base_type) = base_type else {
        return base_type;
    };
    let Some((inner, other)) = arguments.positional.first().copied() else {
        return Known::Known(base_type);
    };
    let dialects: Vec<Known<String>> =
        arguments.positional.iter().skip(1).map(|(scope, dialect)| index.fixed_string(*scope, dialect)).collect();
    if let Some(Known::Unknown { unknown }) = dialects.iter().find(|dialect| dialect.known().is_none()) {
        return Known::Unknown { unknown: unknown.clone() };
    }
    let is_for = |name: &str| dialects.iter().any(|dialect| dialect.known().is_some_and(|known| known == name));
    if !is_for("postgresql") && !is_for("sqlite") {
        return Known::Known(with_variants(scope, base, base_type));
    }
    match column_type(index, inner, other) {
        Known::Known(inner) => {
            let mut made = with_variants(scope, base, base_type);
            if let ColumnType::Other { implementation, sqlite, .. } = &mut made {
                if is_for("postgresql") {
                    *implementation = Some(Box::new(inner.clone()));
                }
                if is_for("sqlite") {
                    *sqlite = Some(Box::new(inner));
                }
            }
            Known::Known(made)
        }
        unknown => unknown,
    }
}

/// A type to which variants can be added.
fn with_variants<'a>(scope: Scope<'a>, base: &'a Expr, ty: ColumnType) -> ColumnType {
    let is_variant = |ty: &ColumnType| matches!(ty, ColumnType::Other { symbol, base: Some(_), .. } if symbol.module == "sqlalchemy");
    if is_variant(&ty) {
        return ty;
    }
    let text = scope.text(base);
    let (name, inside) = text.split_once('(').unwrap_or((text, ""));
    let name = name.rsplit('.').next().unwrap_or(name).trim();
    let inside = inside.strip_suffix(')').unwrap_or(inside);
    ColumnType::Other {
        symbol: Symbol::new("sqlalchemy", name),
        arguments: inside.trim().to_owned(),
        postgresql: None,
        size: TypeSize::default(),
        implementation: Some(Box::new(ty.clone())),
        base: Some(Box::new(ty)),
        sqlite: None,
    }
}

/// The type with this import path and these arguments, where SQLAlchemy or SQLModel has it.
pub(super) fn named<'a>(index: &Index<'a>, path: &str, arguments: &Arguments<'a>) -> Option<ColumnType> {
    let (module, name) = path.rsplit_once('.')?;
    if !matches!(module, "sqlalchemy" | "sqlmodel" | "sqlalchemy.dialects.postgresql") {
        return None;
    }
    if let Some(known) = plain_type(name, &Written { index, arguments }) {
        return known.known().cloned();
    }
    let Described { postgresql, size, implementation, base } =
        words::described(index, path, arguments)?.known()?.clone();
    Some(ColumnType::Other {
        symbol: Symbol::new(module, name),
        arguments: String::new(),
        postgresql,
        size,
        implementation: implementation.map(Box::new),
        base: base.map(Box::new),
        sqlite: None,
    })
}
