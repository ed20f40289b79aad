//! Column types as SQLAlchemy reflects them.

use architect_model::{Answer, ColumnType, Known};

use crate::sql::Dialect;

/// The class and arguments of a column's type, as the inspector gives it; `None` where it is not known.
///
/// ```python
/// >>> [c["type"] for c in inspector.get_columns("item")]
/// [INTEGER(), VARCHAR(length=20), TIMESTAMP(timezone=True), ENUM('open', 'done', name='state')]
/// ```
pub(super) fn reflected(ty: &ColumnType, dialect: Dialect) -> Option<Answer> {
    match dialect {
        Dialect::Postgresql => on_postgresql(ty.stored()),
        Dialect::Sqlite => on_sqlite(ty.on_sqlite()),
    }
}

fn on_postgresql(ty: &ColumnType) -> Option<Answer> {
    Some(match ty {
        ColumnType::Double | ColumnType::Float => plain("DOUBLE_PRECISION", vec![("precision", Answer::Number(53))]),
        ColumnType::Time { timezone } => {
            own("TIME", vec![("timezone", Answer::Flag(*timezone)), ("precision", Answer::Nothing)])
        }
        ColumnType::DateTime { timezone } => {
            own("TIMESTAMP", vec![("timezone", Answer::Flag(*timezone)), ("precision", Answer::Nothing)])
        }
        ColumnType::Interval => own("INTERVAL", vec![]),
        ColumnType::Uuid => plain("UUID", vec![]),
        ColumnType::LargeBinary => own("BYTEA", vec![]),
        ColumnType::Json => own("JSON", vec![]),
        ColumnType::Enum { native: true, .. } | ColumnType::Array { .. } => return None,
        ColumnType::Other { postgresql: Some(words), .. } => match words.as_str() {
            "JSONB" | "INET" | "CIDR" | "TSVECTOR" | "BYTEA" | "CITEXT" | "HSTORE" => own(words, vec![]),
            "JSON" => own("JSON", vec![]),
            _ => return None,
        },
        ty => return both(ty),
    })
}

fn on_sqlite(ty: &ColumnType) -> Option<Answer> {
    Some(match ty {
        ColumnType::Double => plain("DOUBLE", vec![]),
        ColumnType::Float => plain("FLOAT", vec![]),
        ColumnType::Time { .. } => plain("TIME", vec![("timezone", Answer::Flag(false))]),
        ColumnType::DateTime { .. } | ColumnType::Interval => {
            plain("DATETIME", vec![("timezone", Answer::Flag(false))])
        }
        ColumnType::Uuid => plain("CHAR", vec![("length", Answer::Number(32))]),
        ColumnType::LargeBinary => plain("BLOB", vec![]),
        ColumnType::Json => made("sqlalchemy.dialects.sqlite.JSON".to_owned(), vec![]),
        ColumnType::Enum { values, length, .. } => {
            let longest = || values.known()?.iter().map(|value| value.chars().count()).max();
            let length = length.map(i64::from).or_else(|| i64::try_from(longest()?).ok())?;
            plain("VARCHAR", vec![("length", Answer::Number(length))])
        }
        ColumnType::Array { .. } | ColumnType::Other { .. } => return None,
        ty => return both(ty),
    })
}

fn both(ty: &ColumnType) -> Option<Answer> {
    let number = |number: &Option<u32>| number.map_or(Answer::Nothing, |number| Answer::Number(i64::from(number)));
    Some(match ty {
        ColumnType::String { length, .. } => plain("VARCHAR", vec![("length", number(length))]),
        ColumnType::Text => plain("TEXT", vec![]),
        ColumnType::Integer => plain("INTEGER", vec![]),
        ColumnType::SmallInteger => plain("SMALLINT", vec![]),
        ColumnType::BigInteger => plain("BIGINT", vec![]),
        ColumnType::Boolean => plain("BOOLEAN", vec![]),
        ColumnType::Date => plain("DATE", vec![]),
        ColumnType::Numeric { precision, scale } => {
            plain("NUMERIC", vec![("precision", number(precision)), ("scale", number(scale))])
        }
        ColumnType::Enum { values: Known::Known(values), length, .. } => {
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or_default();
            let length = length.map_or_else(|| i64::try_from(longest).unwrap_or(i64::MAX), i64::from);
            plain("VARCHAR", vec![("length", Answer::Number(length))])
        }
        _ => return None,
    })
}

fn plain(name: &str, arguments: Vec<(&str, Answer)>) -> Answer {
    made(format!("sqlalchemy.{name}"), arguments)
}

fn own(name: &str, arguments: Vec<(&str, Answer)>) -> Answer {
    made(format!("sqlalchemy.dialects.postgresql.{name}"), arguments)
}

fn made(class: String, arguments: Vec<(&str, Answer)>) -> Answer {
    Answer::Type { class, arguments: arguments.into_iter().map(|(key, value)| (key.to_owned(), value)).collect() }
}
