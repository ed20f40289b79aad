//! Types of columns, as far as PostgreSQL tells them apart.

use architect_model::ColumnType;

use crate::sql::{Dialect, sqlite};

const DOUBLE: &str = "double precision";

/// Whether two types are one in the database; none where that is not known.
pub fn is_same_type(one: &ColumnType, other: &ColumnType) -> Option<bool> {
    let (one, other) = (one.stored(), other.stored());
    if one == other {
        return Some(true);
    }
    match (postgresql_type(one), postgresql_type(other)) {
        (Some(one), Some(other)) => Some(one == other),
        _ => match (one, other) {
            // A type that is known by its import path only is another one than a type with another path, or of another size.
            (ColumnType::Other { symbol: a, arguments: x, .. }, ColumnType::Other { symbol: b, arguments: y, .. })
                if a.name == b.name =>
            {
                (x == y).then_some(true)
            }
            _ => None,
        },
    }
}

/// The same in a database of this kind.
pub(super) fn is_same_on(dialect: Dialect, one: &ColumnType, other: &ColumnType) -> Option<bool> {
    match dialect {
        Dialect::Postgresql => is_same_type(one, other),
        Dialect::Sqlite => Some(sqlite_type(one)? == sqlite_type(other)?),
    }
}

/// A type in SQLite's words: as SQLAlchemy names it there, or as its own statement has it.
fn sqlite_type(ty: &ColumnType) -> Option<String> {
    let own = match ty {
        ColumnType::Other { postgresql: Some(words), implementation: None, .. } => Some(words.clone()),
        _ => None,
    };
    let words = sqlite::type_name(ty).or(own)?;
    let words = words.to_uppercase().replace(' ', "");
    let words = words.replace("DECIMAL", "NUMERIC").replace("NVARCHAR", "VARCHAR");
    // Both have the affinity `REAL`.
    Some(if words == "DOUBLE" || words == "DOUBLEPRECISION" { "FLOAT".to_owned() } else { words })
}

/// A type in PostgreSQL's words, as `format_type` shows it in short; none where it is not known.
pub fn postgresql_type(ty: &ColumnType) -> Option<String> {
    let words = ty.stored().postgresql()?;
    match ty.stored() {
        ColumnType::Enum { native: true, .. } => Some(words),
        // PostgreSQL keeps no count of dimensions.
        ColumnType::Array { item, .. } => Some(format!("{}[]", postgresql_type(item)?)),
        _ => Some(canonical(&words)),
    }
}

/// Words for types in the spelling that is used here: `CHARACTER VARYING(10)` as `varchar(10)`.
fn canonical(words: &str) -> String {
    let lower = words.trim().to_lowercase();
    let (base, array) = match lower.split_once('[') {
        Some((base, _)) => (base.trim(), "[]"),
        None => (lower.as_str(), ""),
    };
    let (name, rest) = base.split_once('(').map_or((base, None), |(name, rest)| (name.trim(), Some(rest)));
    let name = match name {
        "character varying" => "varchar",
        "character" | "bpchar" => "char",
        "int" | "int4" | "serial" => "integer",
        "int8" | "bigserial" => "bigint",
        "int2" | "smallserial" => "smallint",
        "bool" => "boolean",
        "float8" => DOUBLE,
        "float4" => "real",
        "decimal" => "numeric",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        other => other,
    };
    let rest = rest.map(|rest| rest.trim_end_matches(')').replace(' ', ""));
    let size = match (name, rest) {
        // `FLOAT(p)` is one of the two types of floating point (PostgreSQL, 8.1.3).
        ("float", Some(bits)) => {
            return format!("{}{array}", if bits.parse().is_ok_and(|bits: u8| bits < 25) { "real" } else { DOUBLE });
        }
        ("float", None) => return format!("{DOUBLE}{array}"),
        ("numeric", Some(size)) if !size.contains(',') => format!("({size},0)"),
        (_, Some(size)) => format!("({size})"),
        (_, None) => String::new(),
    };
    format!("{name}{size}{array}")
}

#[cfg(test)]
mod tests {
    use architect_model::{Symbol, TypeSize};

    use super::*;

    fn other(name: &str, words: Option<&str>) -> ColumnType {
        ColumnType::Other {
            symbol: Symbol::new("sqlalchemy.dialects.postgresql", name),
            arguments: String::new(),
            postgresql: words.map(str::to_owned),
            size: TypeSize::default(),
            implementation: None,
            base: None,
            sqlite: None,
        }
    }

    #[test]
    fn what_postgresql_does_not_tell_apart() {
        let string = |length, auto| ColumnType::String { length, auto };
        assert_eq!(is_same_type(&string(Some(9), true), &string(Some(9), false)), Some(true));
        assert_eq!(is_same_type(&string(Some(9), true), &string(Some(8), true)), Some(false));
        assert_eq!(is_same_type(&string(None, false), &ColumnType::Text), Some(false));
        assert_eq!(is_same_type(&ColumnType::Float, &ColumnType::Double), Some(true));
        assert_eq!(is_same_type(&other("REAL", Some("REAL")), &other("FLOAT", Some("FLOAT(10)"))), Some(true));
        assert_eq!(is_same_type(&other("REAL", Some("REAL")), &other("FLOAT", Some("FLOAT(53)"))), Some(false));
        assert_eq!(is_same_type(&other("VARCHAR", Some("CHARACTER VARYING(3)")), &string(Some(3), false)), Some(true));
        assert_eq!(is_same_type(&other("JSONB", Some("JSONB")), &ColumnType::Json), Some(false));
        assert_eq!(is_same_type(&other("GUID", None), &ColumnType::Uuid), None);
    }
}
