//! Names, literals and types in the words of SQL.

use crate::ColumnType;

/// Words that PostgreSQL takes as names in quotes only.
const RESERVED: &str = "all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate column constraint create cross current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer over overlaps placing primary references returning right select session_user similar some symmetric table tablesample then to trailing true union unique user using variadic verbose when where window with";

/// A name, in quotes where PostgreSQL needs them.
pub fn identifier(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_plain && !RESERVED.split(' ').any(|word| word == name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// A text.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl ColumnType {
    /// The type as PostgreSQL gets it: `VARCHAR(20)`, `state`, `INTEGER[]`; `None` where that is not known.
    pub fn postgresql(&self) -> Option<String> {
        Some(match self {
            Self::String { length, .. } => sized("VARCHAR", *length),
            Self::Text => "TEXT".to_owned(),
            Self::Integer => "INTEGER".to_owned(),
            Self::SmallInteger => "SMALLINT".to_owned(),
            Self::BigInteger => "BIGINT".to_owned(),
            Self::Boolean => "BOOLEAN".to_owned(),
            Self::Float => "FLOAT".to_owned(),
            Self::Double => "DOUBLE PRECISION".to_owned(),
            Self::Numeric { precision: Some(precision), scale: Some(scale) } => {
                format!("NUMERIC({precision}, {scale})")
            }
            Self::Numeric { precision, .. } => sized("NUMERIC", *precision),
            Self::Date => "DATE".to_owned(),
            Self::Time { timezone } => zoned("TIME", *timezone),
            Self::DateTime { timezone } => zoned("TIMESTAMP", *timezone),
            Self::Interval => "INTERVAL".to_owned(),
            Self::Uuid => "UUID".to_owned(),
            Self::LargeBinary => "BYTEA".to_owned(),
            Self::Json => "JSON".to_owned(),
            Self::Enum { name: Some(name), native: true, schema, .. } => {
                let schema = schema.as_ref().map(|schema| format!("{}.", identifier(schema))).unwrap_or_default();
                format!("{schema}{}", identifier(name))
            }
            Self::Enum { values, length, .. } => {
                let longest = || values.known()?.iter().map(|value| value.chars().count()).max();
                sized("VARCHAR", Some(length.or_else(|| u32::try_from(longest()?).ok())?))
            }
            Self::Array { item, dimensions, .. } => {
                let brackets = "[]".repeat(dimensions.map_or(1, |dimensions| dimensions.max(1) as usize));
                format!("{}{brackets}", item.postgresql()?)
            }
            Self::Other { postgresql: Some(words), .. } => words.clone(),
            Self::Other { implementation, .. } => implementation.as_ref()?.postgresql()?,
        })
    }
}

fn sized(name: &str, size: Option<u32>) -> String {
    size.map_or_else(|| name.to_owned(), |size| format!("{name}({size})"))
}

fn zoned(name: &str, timezone: bool) -> String {
    format!("{name} {} TIME ZONE", if timezone { "WITH" } else { "WITHOUT" })
}

#[cfg(test)]
mod tests {
    use super::{identifier, literal};

    #[test]
    fn names_are_quoted_where_postgresql_needs_it() {
        let found = ["title", "user", "Title", "2nd", "a b", "say\"so"].map(identifier);
        assert_eq!(found, ["title", "\"user\"", "\"Title\"", "\"2nd\"", "\"a b\"", "\"say\"\"so\""]);
        assert_eq!(literal("it's"), "'it''s'");
    }
}
