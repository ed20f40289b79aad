//! Types that SQLAlchemy and SQLModel have themselves, by name: the one table of them.

use architect_model::{ColumnType, Known};

/// The arguments of a type, however they are known.
pub(crate) trait TypeArguments {
    /// A number, by name or place; `None` where it is not given.
    fn number(&self, name: &str, place: usize) -> Known<Option<u32>>;
    /// A flag, by name or place; `None` where it is not given.
    fn flag(&self, name: &str, place: Option<usize>) -> Known<Option<bool>>;
    /// Whether a keyword argument of this name is given.
    fn has(&self, name: &str) -> bool;
    /// How many positional arguments are given.
    fn positional(&self) -> usize;
    /// Whether nothing is given.
    fn is_bare(&self) -> bool;
}

/// The type of this name, where its size is said in the usual way.
pub(crate) fn plain_type(name: &str, arguments: &impl TypeArguments) -> Option<Known<ColumnType>> {
    let bare = arguments.is_bare();
    let known = match name {
        "String" | "VARCHAR" | "NVARCHAR" | "Unicode" | "AutoString" if !arguments.has("collation") => {
            let auto = name == "AutoString";
            return Some(arguments.number("length", 0).map(|length| ColumnType::String { length, auto }));
        }
        "Text" | "TEXT" | "UnicodeText" if bare => ColumnType::Text,
        "Integer" | "INTEGER" | "INT" => ColumnType::Integer,
        "SmallInteger" | "SMALLINT" => ColumnType::SmallInteger,
        "BigInteger" | "BIGINT" => ColumnType::BigInteger,
        "Boolean" | "BOOLEAN" => ColumnType::Boolean,
        "Float" | "FLOAT" if arguments.positional() == 0 && !arguments.has("precision") => ColumnType::Float,
        "Double" | "DOUBLE" | "DOUBLE_PRECISION" => ColumnType::Double,
        "Numeric" | "NUMERIC" | "DECIMAL" => return Some(numeric(arguments)),
        "Date" | "DATE" => ColumnType::Date,
        "DateTime" | "TIMESTAMP" | "DATETIME" if !arguments.has("precision") => {
            let timezone = arguments.flag("timezone", Some(0));
            return Some(timezone.map(|zone| ColumnType::DateTime { timezone: zone.unwrap_or(false) }));
        }
        "Time" | "TIME" if !arguments.has("precision") => {
            let timezone = arguments.flag("timezone", Some(0));
            return Some(timezone.map(|zone| ColumnType::Time { timezone: zone.unwrap_or(false) }));
        }
        "UTCDateTime" => ColumnType::DateTime { timezone: true },
        "Interval" | "INTERVAL" if bare => ColumnType::Interval,
        "Uuid" | "UUID" | "GUID" if !arguments.has("native_uuid") => ColumnType::Uuid,
        "LargeBinary" | "BYTEA" | "BLOB" if bare => ColumnType::LargeBinary,
        "JSON" => ColumnType::Json,
        _ => return None,
    };
    Some(Known::Known(known))
}

fn numeric(arguments: &impl TypeArguments) -> Known<ColumnType> {
    match (arguments.number("precision", 0), arguments.number("scale", 1)) {
        (Known::Known(precision), Known::Known(scale)) => Known::Known(ColumnType::Numeric { precision, scale }),
        (Known::Unknown { unknown }, _) | (_, Known::Unknown { unknown }) => Known::Unknown { unknown },
    }
}
