//! SQLite's words: names, types, defaults.

use architect_model::ColumnType;

/// Words that SQLite takes as names in quotes only.
const RESERVED: &str = "add all alter and as autoincrement between by case check collate commit constraint create \
                        default deferrable delete distinct drop else escape except exists foreign from group having \
                        if in index insert intersect into is isnull join limit not notnull null on or order primary \
                        references returning select set table then to transaction union unique update using values \
                        when where current_date current_time current_timestamp true false desc asc left right inner \
                        outer natural cross full end cast user offset initially except both begin indexed";

/// A name, in quotes where SQLite needs them.
pub(super) fn identifier(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match is_plain && !RESERVED.split_ascii_whitespace().any(|word| word == name) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// A type as SQLAlchemy names it for SQLite; `None` where it raises `CompileError`.
pub(crate) fn type_name(ty: &ColumnType) -> Option<String> {
    if let ColumnType::Other { symbol, postgresql: Some(words), implementation: Some(_), .. } = ty
        && symbol.module == "sqlalchemy"
    {
        // Types in capitals are written as they are called.
        return Some(words.clone());
    }
    Some(match ty.on_sqlite() {
        ColumnType::Double => "DOUBLE".to_owned(),
        ColumnType::Time { .. } => "TIME".to_owned(),
        ColumnType::DateTime { .. } | ColumnType::Interval => "DATETIME".to_owned(),
        ColumnType::Uuid => "CHAR(32)".to_owned(),
        ColumnType::LargeBinary => "BLOB".to_owned(),
        ColumnType::Enum { values, length, .. } => {
            let longest = || values.known()?.iter().map(|value| value.chars().count()).max();
            format!("VARCHAR({})", length.or_else(|| u32::try_from(longest()?).ok())?)
        }
        ColumnType::Array { .. } => return None,
        ColumnType::Other { postgresql, symbol, .. } => {
            let words = postgresql.clone()?;
            let shared = ["CHAR", "NCHAR", "FLOAT", "REAL", "DECIMAL", "NUMERIC", "VARCHAR"];
            let first = words.split(['(', ' ']).next().unwrap_or_default();
            if symbol.module != "sqlalchemy" || !shared.contains(&first) {
                return None;
            }
            words
        }
        ty => ty.postgresql()?,
    })
}

/// An expression of SQLAlchemy as SQLite gets it.
///
/// ```python
/// class SQLiteCompiler(compiler.SQLCompiler):   # sqlalchemy.dialects.sqlite.base
///     def visit_now_func(self, fn, **kw): return "CURRENT_TIMESTAMP"
///     def visit_true(self, expr, **kw): return "1"
/// ```
pub(super) fn expression(sql: &str) -> String {
    match sql {
        "now()" => "CURRENT_TIMESTAMP".to_owned(),
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        "LOCALTIMESTAMP" => "DATETIME(CURRENT_TIMESTAMP, \"localtime\")".to_owned(),
        sql => sql.to_owned(),
    }
}

/// A default: an expression stands in parentheses.
///
/// ```python
/// # SQLiteDDLCompiler.get_column_specification
/// if not re.match(r"""^\s*[\'\"\(]""", default) and re.match(r".*\W.*", default):
///     colspec += f" DEFAULT ({default})"
/// ```
pub(super) fn default(sql: &str) -> String {
    let is_delimited = sql.trim_start().starts_with(['\'', '"', '(']);
    let is_word = sql.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_delimited || is_word { sql.to_owned() } else { format!("({sql})") }
}
