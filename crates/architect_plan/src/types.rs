//! Types of a document beside types of columns.

use architect_model::{ColumnDesign, ColumnType, FieldType, IdKind, Project};

use crate::compare::bare;

/// Whether a column of type `found` holds what the design gives.
pub(crate) fn is_stored_as(project: &Project, design: &ColumnDesign, found: &ColumnType) -> bool {
    let found = bare(found);
    if let Some(kind) = design.id {
        return holds_key(kind, found);
    }
    match (&design.ty, found) {
        (FieldType::String { max, .. }, ColumnType::String { length, .. }) => max.is_none() || max == length,
        (FieldType::Email | FieldType::Url, ColumnType::String { .. } | ColumnType::Text)
        | (FieldType::Text, ColumnType::Text | ColumnType::String { length: None, .. })
        | (FieldType::String { max: None, .. }, ColumnType::Text)
        | (FieldType::Integer { .. }, ColumnType::Integer | ColumnType::SmallInteger)
        | (FieldType::BigInteger { .. }, ColumnType::BigInteger)
        | (FieldType::Float, ColumnType::Float | ColumnType::Double)
        | (FieldType::Boolean, ColumnType::Boolean)
        | (FieldType::Date, ColumnType::Date)
        | (FieldType::DateTime, ColumnType::DateTime { .. })
        | (FieldType::Time, ColumnType::Time { .. })
        | (FieldType::Uuid, ColumnType::Uuid)
        | (FieldType::Json | FieldType::Array { .. }, ColumnType::Json) => true,
        (FieldType::Decimal { precision, scale, .. }, ColumnType::Numeric { precision: found, scale: places }) => {
            *found == Some(*precision) && *places == Some(*scale)
        }
        (FieldType::Enum { name, values }, ColumnType::Enum { values: stored, .. }) => {
            let class = project.enums.iter().find(|class| class.class.name == *name);
            let same_class = class.is_some_and(|class| class.members.iter().map(|(_, value)| value).eq(values));
            same_class || stored.known() == Some(values)
        }
        // PostgreSQL's own types: `ARRAY`, `JSONB`, `UUID`, `CITEXT`.
        (FieldType::Array { .. }, ColumnType::Other { symbol, .. }) => symbol.name == "ARRAY",
        (FieldType::Json, ColumnType::Other { symbol, .. }) => symbol.name.starts_with("JSON"),
        (FieldType::Uuid, ColumnType::Other { symbol, .. }) => ["UUID", "GUID"].contains(&symbol.name.as_str()),
        _ => false,
    }
}

fn holds_key(kind: IdKind, found: &ColumnType) -> bool {
    match (kind, found) {
        (IdKind::Uuid, ColumnType::Uuid)
        | (IdKind::Integer, ColumnType::Integer | ColumnType::BigInteger | ColumnType::SmallInteger)
        | (IdKind::String, ColumnType::String { .. } | ColumnType::Text) => true,
        (IdKind::Uuid, ColumnType::Other { symbol, .. }) => ["UUID", "GUID"].contains(&symbol.name.as_str()),
        _ => false,
    }
}

/// A type in the words of a document.
pub(crate) fn designed(ty: &FieldType) -> String {
    match ty {
        FieldType::String { max: Some(max), .. } => format!("a string of at most {max} characters"),
        FieldType::String { .. } => "a string".to_owned(),
        FieldType::Text => "a text".to_owned(),
        FieldType::Email => "an e-mail address".to_owned(),
        FieldType::Url => "a web address".to_owned(),
        FieldType::Integer { .. } => "an integer".to_owned(),
        FieldType::BigInteger { .. } => "a big integer".to_owned(),
        FieldType::Decimal { precision, scale, .. } => format!("decimal({precision},{scale})"),
        FieldType::Float => "a float".to_owned(),
        FieldType::Boolean => "a boolean".to_owned(),
        FieldType::Date => "a date".to_owned(),
        FieldType::DateTime => "a point in time".to_owned(),
        FieldType::Time => "a time of day".to_owned(),
        FieldType::Uuid => "a UUID".to_owned(),
        FieldType::Json => "JSON".to_owned(),
        FieldType::Enum { values, .. } => format!("enum({})", values.join(", ")),
        FieldType::Array { items } => format!("a list, each of it {}", designed(items)),
        FieldType::Reference { entity, .. } => format!("a reference to `{entity}`"),
        FieldType::Many { entity } => format!("a list of `{entity}`"),
    }
}

/// A type of the code in the words of SQL.
pub(crate) fn found(ty: &ColumnType) -> String {
    match bare(ty) {
        ColumnType::String { length: Some(length), .. } => format!("VARCHAR({length})"),
        ColumnType::String { .. } => "VARCHAR".to_owned(),
        ColumnType::Text => "TEXT".to_owned(),
        ColumnType::Integer => "INTEGER".to_owned(),
        ColumnType::SmallInteger => "SMALLINT".to_owned(),
        ColumnType::BigInteger => "BIGINT".to_owned(),
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::Float => "FLOAT".to_owned(),
        ColumnType::Double => "DOUBLE PRECISION".to_owned(),
        ColumnType::Numeric { precision: Some(precision), scale } => {
            format!("NUMERIC({precision},{})", scale.unwrap_or(0))
        }
        ColumnType::Numeric { .. } => "NUMERIC".to_owned(),
        ColumnType::Date => "DATE".to_owned(),
        ColumnType::Time { .. } => "TIME".to_owned(),
        ColumnType::DateTime { .. } => "TIMESTAMP".to_owned(),
        ColumnType::Interval => "INTERVAL".to_owned(),
        ColumnType::Uuid => "UUID".to_owned(),
        ColumnType::LargeBinary => "BYTEA".to_owned(),
        ColumnType::Enum { values, .. } => match values.known() {
            Some(values) => format!("ENUM({})", values.join(", ")),
            None => "ENUM".to_owned(),
        },
        ColumnType::Json => "JSON".to_owned(),
        ColumnType::Other { symbol, .. } => symbol.name.clone(),
    }
}
