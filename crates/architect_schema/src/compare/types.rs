//! Types of columns, as far as PostgreSQL tells them apart.

use architect_model::{ColumnType, Known};

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

/// A type in PostgreSQL's words, as `format_type` shows it in short; none where it is not known.
pub fn postgresql_type(ty: &ColumnType) -> Option<String> {
    let zoned = |name: &str, timezone: bool| if timezone { format!("{name}tz") } else { name.to_owned() };
    let sized = |name: &str, size: Option<u32>| size.map_or(name.to_owned(), |size| format!("{name}({size})"));
    Some(match ty {
        ColumnType::String { length, .. } => sized("varchar", *length),
        ColumnType::Text => "text".to_owned(),
        ColumnType::Integer => "integer".to_owned(),
        ColumnType::SmallInteger => "smallint".to_owned(),
        ColumnType::BigInteger => "bigint".to_owned(),
        ColumnType::Boolean => "boolean".to_owned(),
        // `FLOAT` without a precision is `double precision` (PostgreSQL, 8.1.3).
        ColumnType::Float | ColumnType::Double => "double precision".to_owned(),
        ColumnType::Numeric { precision: Some(precision), scale } => {
            format!("numeric({precision},{})", scale.unwrap_or(0))
        }
        ColumnType::Numeric { .. } => "numeric".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Time { timezone } => zoned("time", *timezone),
        ColumnType::DateTime { timezone } => zoned("timestamp", *timezone),
        ColumnType::Interval => "interval".to_owned(),
        ColumnType::Uuid => "uuid".to_owned(),
        ColumnType::LargeBinary => "bytea".to_owned(),
        ColumnType::Json => "json".to_owned(),
        ColumnType::Enum { name: Some(name), native: true, schema, .. } => match schema {
            Some(schema) => format!("{schema}.{name}"),
            None => name.clone(),
        },
        ColumnType::Enum { native: false, length, values, .. } => sized("varchar", length.or_else(|| longest(values))),
        ColumnType::Enum { .. } => return None,
        // PostgreSQL keeps no count of dimensions.
        ColumnType::Array { item, .. } => format!("{}[]", postgresql_type(item.stored())?),
        ColumnType::Other { implementation: Some(inner), .. } => postgresql_type(inner)?,
        ColumnType::Other { postgresql: Some(words), .. } => canonical(words),
        ColumnType::Other { .. } => return None,
    })
}

/// `sqlalchemy.Enum` that is no type of PostgreSQL is as long as its longest value.
fn longest(values: &Known<Vec<String>>) -> Option<u32> {
    let longest = values.known()?.iter().map(|value| value.chars().count()).max()?;
    u32::try_from(longest).ok()
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
        "float" | "float8" => "double precision",
        "float4" => "real",
        "decimal" => "numeric",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        other => other,
    };
    let rest = rest.map(|rest| format!("({}", rest.replace(' ', ""))).unwrap_or_default();
    format!("{name}{rest}{array}")
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
        assert_eq!(is_same_type(&other("VARCHAR", Some("CHARACTER VARYING(3)")), &string(Some(3), false)), Some(true));
        assert_eq!(is_same_type(&other("JSONB", Some("JSONB")), &ColumnType::Json), Some(false));
        assert_eq!(is_same_type(&other("GUID", None), &ColumnType::Uuid), None);
    }
}
