//! Expressions of SQL that values stand for: server defaults, conditions, parts of indexes.

use architect_model::{DefaultForm, Known, Location, ServerDefault, Unknown, literal as quoted};

use super::given::{Given, Read, text, unknown_of};
use crate::interpret::{GAP, Kind, Made, Value};
use crate::syntax::Files;
use crate::write::text::string;

/// The default that `server_default=` gives.
pub(super) fn server_default(files: &Files, value: &Value<'_>, at: &Location) -> ServerDefault {
    let form = match (&value.kind, value.made_by()) {
        (_, Some(("sqlalchemy.text" | "sqlalchemy.literal_column", _))) => DefaultForm::Text,
        (Kind::Made(_) | Kind::Library(_) | Kind::Method(_), _) => DefaultForm::Expression,
        _ => DefaultForm::Literal,
    };
    let sql = match (form, text(value, at)) {
        (DefaultForm::Literal, Ok(literal)) => Known::Known(quoted(&literal)),
        (DefaultForm::Literal, Err(unknown)) => Known::Unknown { unknown },
        _ => known(expression(value, at)),
    };
    ServerDefault { source: source(files, value, at), sql, form }
}

/// A value as Python source.
pub(super) fn source(files: &Files, value: &Value<'_>, at: &Location) -> String {
    let place = match &value.kind {
        Kind::Str(text) => return string(text),
        Kind::Made(made) => &made.at,
        _ => at,
    };
    let file = files.by_path(&place.file);
    let text = file.and_then(|file| file.source().get(place.start as usize..place.end as usize));
    text.unwrap_or_default().to_owned()
}

/// What was read, or why it is unknown.
pub(super) fn known<T>(read: Read<T>) -> Known<T> {
    match read {
        Ok(value) => Known::Known(value),
        Err(unknown) => Known::Unknown { unknown },
    }
}

/// The SQL of an expression; a plain text is SQL itself.
pub(super) fn sql(value: &Value<'_>, at: &Location) -> Read<String> {
    match &value.kind {
        Kind::Str(_) => text(value, at),
        _ => expression(value, at),
    }
}

fn expression(value: &Value<'_>, at: &Location) -> Read<String> {
    let reason = "an expression whose SQL is not known";
    match &value.kind {
        Kind::Int(number) => Ok(number.to_string()),
        Kind::Bool(true) => Ok("true".to_owned()),
        Kind::Bool(false) => Ok("false".to_owned()),
        Kind::None => Ok("NULL".to_owned()),
        Kind::Str(text) if !text.contains(GAP) => Ok(quoted(text)),
        Kind::Library(path) => constant(path).ok_or_else(|| unknown_of(value, at, reason)),
        Kind::Made(made) => made_expression(made).unwrap_or_else(|| Err(unknown_of(value, at, reason))),
        Kind::Method(_) => column_of(value).ok_or_else(|| unknown_of(value, at, reason)),
        _ => Err(unknown_of(value, at, reason)),
    }
}

fn constant(path: &str) -> Option<String> {
    Some(match path {
        "sqlalchemy.func.now" => "now()".to_owned(),
        "sqlalchemy.null" => "NULL".to_owned(),
        _ => return None,
    })
}

fn made_expression(made: &Made<'_>) -> Option<Read<String>> {
    let given = Given::of(made);
    if let Kind::Method(method) = &made.callee.kind {
        return of_method(&method.0, &method.1, &given);
    }
    let path = made.callee.as_library()?;
    let name = path.rsplit('.').next().unwrap_or(path);
    Some(match path.replacen("sqlalchemy.sql.", "sqlalchemy.", 1).as_str() {
        "sqlalchemy.text" | "sqlalchemy.literal_column" | "sqlalchemy.column" | "sqlalchemy.DDL" => {
            given.needed(0, &["text"])
        }
        "sqlalchemy.Column" => given.needed(0, &["name"]),
        "sqlalchemy.true" => Ok("true".to_owned()),
        "sqlalchemy.false" => Ok("false".to_owned()),
        "sqlalchemy.null" => Ok("NULL".to_owned()),
        "sqlalchemy.literal" => expression(given.get(0, &["value"])?, given.at),
        "sqlalchemy.DefaultClause" => match given.get(0, &["arg"])? {
            Value { kind: Kind::Str(literal), .. } => Ok(quoted(literal)),
            value => expression(value, given.at),
        },
        "sqlalchemy.desc" => sql_of(given.get(0, &["column"])?, given.at).map(|sql| format!("{sql} DESC")),
        "sqlalchemy.asc" => sql_of(given.get(0, &["column"])?, given.at).map(|sql| format!("{sql} ASC")),
        _ if path.starts_with("sqlalchemy.func.") => function(name, &given),
        _ => return None,
    })
}

/// A call of a function of the database. Some are none in SQL:
///
/// ```python
/// >>> str(sa.func.current_timestamp())
/// 'CURRENT_TIMESTAMP'
/// ```
fn function(name: &str, given: &Given<'_, '_>) -> Read<String> {
    let bare = ["current_timestamp", "current_date", "current_time", "current_user", "localtimestamp", "localtime"];
    if bare.contains(&name) && given.arguments.positional.is_empty() {
        return Ok(name.to_uppercase());
    }
    let parts: Vec<String> =
        given.arguments.positional.iter().map(|part| expression(part, given.at)).collect::<Read<_>>()?;
    Ok(format!("{name}({})", parts.join(", ")))
}

fn of_method(this: &Value<'_>, name: &str, given: &Given<'_, '_>) -> Option<Read<String>> {
    Some(match name {
        "desc" => expression(this, given.at).map(|sql| format!("{sql} DESC")),
        "asc" => expression(this, given.at).map(|sql| format!("{sql} ASC")),
        "nullsfirst" | "nulls_first" => expression(this, given.at).map(|sql| format!("{sql} NULLS FIRST")),
        "nullslast" | "nulls_last" => expression(this, given.at).map(|sql| format!("{sql} NULLS LAST")),
        "is_" if is_null(given) => expression(this, given.at).map(|sql| format!("{sql} IS NULL")),
        "isnot" | "is_not" if is_null(given) => expression(this, given.at).map(|sql| format!("{sql} IS NOT NULL")),
        "format" => Err(Unknown::new(given.at.clone(), "a text that is put together")),
        _ => return None,
    })
}

fn is_null(given: &Given<'_, '_>) -> bool {
    given.get(0, &["other"]).is_some_and(|other| match &other.kind {
        Kind::None => true,
        _ => matches!(other.made_by(), Some(("sqlalchemy.null", _))),
    })
}

fn sql_of(value: &Value<'_>, at: &Location) -> Read<String> {
    match &value.kind {
        Kind::Str(_) => text(value, at),
        _ => expression(value, at),
    }
}

/// The column that `table.c.name` stands for.
fn column_of(value: &Value<'_>) -> Option<String> {
    let Kind::Method(method) = &value.kind else { return None };
    match &method.0.kind {
        Kind::Method(inner) if matches!(inner.1.as_str(), "c" | "columns") => Some(method.1.to_string()),
        _ => None,
    }
}
