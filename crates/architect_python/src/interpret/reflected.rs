//! Column types as SQLAlchemy reflects them: which class derives from which.

/// Whether a type that was made by its class is one of another class; `None` where it is not known.
///
/// ```python
/// isinstance(column["type"], sa.String)
/// ```
pub(super) fn is_type(path: &str, wanted: &str) -> Option<bool> {
    let bases = type_bases(path)?;
    Some(path == wanted || bases.contains(&wanted))
}

/// The classes that a class of column types derives from.
fn type_bases(path: &str) -> Option<&'static [&'static str]> {
    const TIME: &[&str] = &["sqlalchemy.TIME", "sqlalchemy.Time", "sqlalchemy.types.TypeEngine"];
    const TIMESTAMP: &[&str] = &["sqlalchemy.TIMESTAMP", "sqlalchemy.DateTime", "sqlalchemy.types.TypeEngine"];
    const JSON: &[&str] = &["sqlalchemy.JSON", "sqlalchemy.types.TypeEngine"];
    Some(match path {
        "sqlalchemy.VARCHAR" | "sqlalchemy.CHAR" => &["sqlalchemy.String", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.TEXT" => &["sqlalchemy.Text", "sqlalchemy.String", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.INTEGER" => &["sqlalchemy.Integer", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.SMALLINT" => &["sqlalchemy.SmallInteger", "sqlalchemy.Integer", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.BIGINT" => &["sqlalchemy.BigInteger", "sqlalchemy.Integer", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.BOOLEAN" => &["sqlalchemy.Boolean", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.DATE" => &["sqlalchemy.Date", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.NUMERIC" => &["sqlalchemy.Numeric", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.DATETIME" => &["sqlalchemy.DateTime", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.TIME" => &["sqlalchemy.Time", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.BLOB" => &["sqlalchemy.LargeBinary", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.UUID" => &["sqlalchemy.Uuid", "sqlalchemy.types.TypeEngine"],
        "sqlalchemy.dialects.postgresql.TIME" => TIME,
        "sqlalchemy.dialects.postgresql.TIMESTAMP" => TIMESTAMP,
        "sqlalchemy.dialects.postgresql.JSON" | "sqlalchemy.dialects.sqlite.JSON" => JSON,
        "sqlalchemy.dialects.postgresql.JSONB" => {
            &["sqlalchemy.dialects.postgresql.JSON", "sqlalchemy.JSON", "sqlalchemy.types.TypeEngine"]
        }
        "sqlalchemy.dialects.postgresql.BYTEA" => &["sqlalchemy.LargeBinary", "sqlalchemy.types.TypeEngine"],
        _ => return None,
    })
}
