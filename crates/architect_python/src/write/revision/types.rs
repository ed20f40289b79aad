//! Column types as Alembic writes them in a revision.

use architect_model::{ColumnType, Symbol};
use ruff_python_ast::{Expr, UnaryOp};
use ruff_python_parser::parse_expression;

use super::house::House;
use crate::write::text::string;

/// A type as source, with the modules it needs beside `sqlalchemy as sa`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeSource {
    pub(super) text: String,
    pub(super) imports: Vec<String>,
}

impl TypeSource {
    fn sa(text: impl Into<String>) -> Self {
        Self { text: format!("sa.{}", text.into()), imports: Vec::new() }
    }
}

/// The type of a column; the error says why it cannot be written. PostgreSQL has the types `existing` already.
pub(super) fn source(
    ty: &ColumnType,
    house: &House<'_>,
    existing: &[&str],
    is_key: bool,
) -> Result<TypeSource, String> {
    Ok(TypeSource::sa(match ty {
        ColumnType::String { length, auto } => {
            let arguments = length.map(|length| format!("length={length}")).unwrap_or_default();
            if *auto && house.auto_string {
                let text = format!("sqlmodel.sql.sqltypes.AutoString({arguments})");
                return Ok(TypeSource { text, imports: vec!["sqlmodel".to_owned()] });
            }
            format!("String({arguments})")
        }
        ColumnType::Text => "Text()".to_owned(),
        ColumnType::Integer => "Integer()".to_owned(),
        ColumnType::SmallInteger => "SmallInteger()".to_owned(),
        ColumnType::BigInteger => "BigInteger()".to_owned(),
        ColumnType::Boolean => "Boolean()".to_owned(),
        ColumnType::Float => "Float()".to_owned(),
        ColumnType::Double => "Double()".to_owned(),
        ColumnType::Numeric { precision, scale } => {
            let part = |name: &str, value: &Option<u32>| value.map(|value| format!("{name}={value}"));
            let parts: Vec<String> =
                [part("precision", precision), part("scale", scale)].into_iter().flatten().collect();
            format!("Numeric({})", parts.join(", "))
        }
        ColumnType::Date => "Date()".to_owned(),
        ColumnType::Time { timezone } => format!("Time({})", zone(*timezone)),
        ColumnType::DateTime { timezone } => format!("DateTime({})", zone(*timezone)),
        ColumnType::Interval => "Interval()".to_owned(),
        ColumnType::Uuid => "Uuid()".to_owned(),
        ColumnType::LargeBinary => "LargeBinary()".to_owned(),
        ColumnType::Json => "JSON()".to_owned(),
        ColumnType::Enum { .. } => return enumeration(ty, existing),
        ColumnType::Array { item, dimensions, generic } => {
            let item = source(item, house, existing, false)?;
            let dimensions = dimensions.map(|number| format!(", dimensions={number}")).unwrap_or_default();
            let mut imports = item.imports;
            let name = if *generic { "sa.ARRAY" } else { "postgresql.ARRAY" };
            if !generic {
                imports.push("sqlalchemy.dialects.postgresql".to_owned());
            }
            return Ok(TypeSource { text: format!("{name}({}{dimensions})", item.text), imports });
        }
        ColumnType::Other { symbol, arguments, implementation, .. } => {
            return other(symbol, arguments, implementation.as_deref(), (house, existing), is_key);
        }
    }))
}

fn zone(timezone: bool) -> &'static str {
    if timezone { "timezone=True" } else { "" }
}

fn enumeration(ty: &ColumnType, existing: &[&str]) -> Result<TypeSource, String> {
    let ColumnType::Enum { name, values, native, length, schema } = ty else { return Err("no enumeration".to_owned()) };
    let values = values.known().ok_or("the values of its enumeration are not known")?;
    let mut parts: Vec<String> = values.iter().map(|value| string(value)).collect();
    parts.extend(name.as_ref().map(|name| format!("name={}", string(name))));
    parts.extend(schema.as_ref().map(|schema| format!("schema={}", string(schema))));
    if !native {
        parts.push("native_enum=False".to_owned());
        parts.extend(length.map(|length| format!("length={length}")));
    }
    let exists = *native && name.as_ref().is_some_and(|name| existing.contains(&name.as_str()));
    let all = parts.join(", ");
    if !exists {
        return Ok(TypeSource::sa(format!("Enum({all})")));
    }
    // PostgreSQL has the type: it must not be created again.
    let postgres = "sqlalchemy.dialects.postgresql".to_owned();
    let text = format!("Enum({all}).with_variant(postgresql.ENUM({all}, create_type=False), \"postgresql\")");
    Ok(TypeSource { imports: vec![postgres], ..TypeSource::sa(text) })
}

/// Types of SQLAlchemy's dialects, types with a variant, `TypeDecorator`s, types of other packages.
fn other(
    symbol: &Symbol,
    arguments: &str,
    implementation: Option<&ColumnType>,
    (house, existing): (&House<'_>, &[&str]),
    is_key: bool,
) -> Result<TypeSource, String> {
    let is_own = symbol.module == "sqlalchemy"
        || symbol.module.starts_with("sqlalchemy.sql")
        || symbol.module == "sqlalchemy.types";
    match implementation {
        Some(inner) if is_own && symbol.name != "PickleType" => {
            variant(symbol, arguments, inner, (house, existing), is_key)
        }
        // A decorator makes the column that its implementation makes.
        Some(inner) => source(inner, house, existing, is_key),
        None if !is_literal(arguments) => {
            Err(format!("the arguments of its type `{}({arguments})` are no literals", symbol.name))
        }
        None if is_own => Ok(TypeSource::sa(format!("{}({arguments})", symbol.name))),
        None => {
            let dialect = symbol.module.strip_prefix("sqlalchemy.dialects.").and_then(|rest| rest.split('.').next());
            let (prefix, import) = match dialect {
                Some(dialect) => (dialect.to_owned(), format!("sqlalchemy.dialects.{dialect}")),
                None => (symbol.module.clone(), symbol.module.clone()),
            };
            Ok(TypeSource { text: format!("{prefix}.{}({arguments})", symbol.name), imports: vec![import] })
        }
    }
}

/// `Base().with_variant(…)`: on PostgreSQL the type is `inner`; what other databases get stands in the revisions before.
fn variant(
    symbol: &Symbol,
    arguments: &str,
    inner: &ColumnType,
    (house, existing): (&House<'_>, &[&str]),
    is_key: bool,
) -> Result<TypeSource, String> {
    if !is_literal(arguments) {
        return Err(format!("the arguments of its type `{}({arguments})` are no literals", symbol.name));
    }
    let base = format!("sa.{}({arguments})", symbol.name);
    let written = house.variants.iter().find(|known| known.starts_with(&format!("{base}.with_variant(")));
    let is_same = matches!(inner, ColumnType::BigInteger) && symbol.name == "BigInteger";
    if let Some(known) = written.filter(|_| is_same) {
        return Ok(TypeSource { text: known.clone(), imports: Vec::new() });
    }
    if is_same {
        // SQLite numbers the rows of an INTEGER key only.
        let text = if is_key { format!("{base}.with_variant(sa.Integer(), \"sqlite\")") } else { base };
        return Ok(TypeSource { text, imports: Vec::new() });
    }
    let inner = source(inner, house, existing, is_key)?;
    if inner.text.split('(').next() == base.split('(').next() {
        return Ok(TypeSource { text: base, imports: Vec::new() });
    }
    Ok(TypeSource { text: format!("{base}.with_variant({}, \"postgresql\")", inner.text), imports: inner.imports })
}

/// Whether all arguments of a call are literals, so that they mean the same anywhere.
fn is_literal(arguments: &str) -> bool {
    let Ok(parsed) = parse_expression(&format!("f({arguments})")) else { return false };
    let Expr::Call(call) = &*parsed.syntax().body else { return false };
    let values = call.arguments.keywords.iter().map(|keyword| &keyword.value);
    call.arguments.args.iter().chain(values).all(literal)
}

fn literal(expr: &Expr) -> bool {
    match expr {
        Expr::UnaryOp(unary) => unary.op == UnaryOp::USub && literal(&unary.operand),
        expr => expr.is_literal_expr(),
    }
}
