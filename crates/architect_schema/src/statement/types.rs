//! Types in SQL → types of columns, in SQLAlchemy's terms.

use architect_model::{ColumnType, Known, QualifiedName, Symbol, TypeSize};
use sqlparser::ast::{ArrayElemTypeDef, CharacterLength, DataType, ExactNumberInfo, ObjectName, TimezoneInfo};

use super::Reader;
use super::existing::is_same;
use super::name::qualified;

/// Where SQLAlchemy keeps PostgreSQL's own types.
const DIALECT: &str = "sqlalchemy.dialects.postgresql";

/// Types of PostgreSQL that SQLAlchemy's dialect has under the same name.
const DIALECT_TYPES: &[&str] = &[
    "bit",
    "cidr",
    "citext",
    "daterange",
    "hstore",
    "inet",
    "int4range",
    "int8range",
    "jsonpath",
    "macaddr",
    "macaddr8",
    "money",
    "numrange",
    "oid",
    "regclass",
    "tsquery",
    "tsrange",
    "tstzrange",
    "tsvector",
    "int4multirange",
    "int8multirange",
    "nummultirange",
    "datemultirange",
    "tsmultirange",
    "tstzmultirange",
];

impl Reader<'_> {
    /// The type of a column. One that is neither PostgreSQL's own nor a known enumeration is unknown.
    pub(super) fn column_type(&self, ty: &DataType) -> Known<ColumnType> {
        match plain(ty).or_else(|| sized(ty)) {
            Some(found) => Known::Known(found),
            None => match ty {
                DataType::Array(
                    ArrayElemTypeDef::SquareBracket(item, _)
                    | ArrayElemTypeDef::Qualified(item, _)
                    | ArrayElemTypeDef::Parenthesis(item),
                ) => self.array(item),
                DataType::Custom(name, arguments) => self.named_type(name, arguments),
                ty => self.not_known(&ty.to_string()),
            },
        }
    }

    /// PostgreSQL keeps no number of dimensions: `int[][]` is `int[]`.
    fn array(&self, item: &DataType) -> Known<ColumnType> {
        match self.column_type(item) {
            Known::Known(inner @ ColumnType::Array { .. }) => Known::Known(inner),
            inner => inner.map(|inner| ColumnType::Array { item: Box::new(inner), dimensions: None, generic: false }),
        }
    }

    /// A type that SQL's own grammar has no word for: an enumeration, a type of an extension, a domain.
    fn named_type(&self, name: &ObjectName, arguments: &[String]) -> Known<ColumnType> {
        let name = qualified(name);
        if let Some(values) = self.enum_values(&name) {
            return Known::Known(ColumnType::Enum {
                name: Some(name.name),
                values: Known::Known(values),
                native: true,
                length: None,
                schema: name.schema,
            });
        }
        match name.name.as_str() {
            "serial" | "serial4" => Known::Known(ColumnType::Integer),
            "bigserial" | "serial8" => Known::Known(ColumnType::BigInteger),
            "smallserial" | "serial2" => Known::Known(ColumnType::SmallInteger),
            "timestamptz" => Known::Known(timestamp(true, arguments.first())),
            "timetz" => Known::Known(ColumnType::Time { timezone: true }),
            // What the catalogue calls `CHAR(n)`.
            "bpchar" => Known::Known(other("sqlalchemy", "CHAR", "CHAR", arguments)),
            "vector" | "halfvec" | "sparsevec" => {
                let class = match name.name.as_str() {
                    "vector" => "Vector",
                    "halfvec" => "HALFVEC",
                    _ => "SPARSEVEC",
                };
                Known::Known(other("pgvector.sqlalchemy", class, &name.name.to_uppercase(), arguments))
            }
            "geometry" | "geography" | "raster" => {
                let class = format!("{}{}", name.name[..1].to_uppercase(), &name.name[1..]);
                Known::Known(other("geoalchemy2", &class, &name.name, arguments))
            }
            "ltree" | "lquery" => {
                Known::Known(other(DIALECT, &name.name.to_uppercase(), &name.name.to_uppercase(), &[]))
            }
            word if DIALECT_TYPES.contains(&word) => {
                Known::Known(other(DIALECT, &word.to_uppercase(), &word.to_uppercase(), arguments))
            }
            _ => self.not_known(&name.to_string()),
        }
    }

    fn not_known(&self, name: &str) -> Known<ColumnType> {
        Known::unknown(
            self.at.clone(),
            format!("`{name}` is neither a type of PostgreSQL nor an enumeration that is known here"),
        )
    }

    fn enum_values(&self, name: &QualifiedName) -> Option<Vec<String>> {
        let found = self.enums.iter().rev().find(|known| is_same(&known.name, name));
        found.or_else(|| self.before.enumeration(name)).map(|known| known.values.clone())
    }
}

/// Whether it is one of the words for a column that a sequence of its own numbers.
pub(super) fn is_serial(ty: &DataType) -> bool {
    let DataType::Custom(name, _) = ty else { return false };
    let words = ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"];
    words.contains(&qualified(name).name.as_str())
}

/// Types without arguments.
fn plain(ty: &DataType) -> Option<ColumnType> {
    Some(match ty {
        DataType::Text => ColumnType::Text,
        DataType::Int(_) | DataType::Integer(_) | DataType::Int4(_) => ColumnType::Integer,
        DataType::SmallInt(_) | DataType::Int2(_) => ColumnType::SmallInteger,
        DataType::BigInt(_) | DataType::Int8(_) => ColumnType::BigInteger,
        DataType::Bool | DataType::Boolean => ColumnType::Boolean,
        DataType::DoublePrecision | DataType::Double(_) | DataType::Float8 => ColumnType::Double,
        DataType::Real | DataType::Float4 => other("sqlalchemy", "REAL", "REAL", &[]),
        DataType::Date => ColumnType::Date,
        DataType::Uuid => ColumnType::Uuid,
        DataType::Bytea => ColumnType::LargeBinary,
        DataType::JSON => ColumnType::Json,
        DataType::JSONB => other(DIALECT, "JSONB", "JSONB", &[]),
        DataType::TsVector => other(DIALECT, "TSVECTOR", "TSVECTOR", &[]),
        DataType::TsQuery => other(DIALECT, "TSQUERY", "TSQUERY", &[]),
        DataType::Regclass => other(DIALECT, "REGCLASS", "REGCLASS", &[]),
        _ => return None,
    })
}

/// Types that may have a length, precision or scale.
fn sized(ty: &DataType) -> Option<ColumnType> {
    Some(match ty {
        DataType::Varchar(length) | DataType::CharacterVarying(length) | DataType::CharVarying(length) => {
            ColumnType::String { length: characters(length.as_ref()), auto: false }
        }
        // `CHAR` is `CHAR(1)`.
        DataType::Char(length) | DataType::Character(length) => {
            let length = characters(length.as_ref()).map(|length| length.to_string());
            other("sqlalchemy", "CHAR", "CHAR", length.as_slice())
        }
        DataType::Numeric(info) | DataType::Decimal(info) | DataType::Dec(info) => {
            let (precision, scale) = digits(info);
            ColumnType::Numeric { precision, scale }
        }
        // `FLOAT(1)` to `FLOAT(24)` are `REAL`.
        DataType::Float(ExactNumberInfo::Precision(bits)) if *bits <= 24 => other("sqlalchemy", "REAL", "REAL", &[]),
        DataType::Float(_) => ColumnType::Double,
        DataType::Timestamp(precision, zone) => {
            timestamp(with_zone(zone), precision.map(|precision| precision.to_string()).as_ref())
        }
        DataType::Time(None, zone) => ColumnType::Time { timezone: with_zone(zone) },
        DataType::Time(Some(precision), zone) => {
            let zoned = if with_zone(zone) { "TIME({}) WITH TIME ZONE" } else { "TIME({}) WITHOUT TIME ZONE" };
            precise("TIME", &precision.to_string(), with_zone(zone), zoned)
        }
        DataType::Interval { fields: None, precision: None } => ColumnType::Interval,
        DataType::Bit(length) => other(DIALECT, "BIT", "BIT", length.map(|length| length.to_string()).as_slice()),
        DataType::BitVarying(length) | DataType::VarBit(length) => {
            other(DIALECT, "BIT", "BIT VARYING", length.map(|length| length.to_string()).as_slice())
        }
        _ => return None,
    })
}

fn timestamp(timezone: bool, precision: Option<&String>) -> ColumnType {
    let form = if timezone { "TIMESTAMP({}) WITH TIME ZONE" } else { "TIMESTAMP({}) WITHOUT TIME ZONE" };
    match precision {
        Some(precision) => precise("TIMESTAMP", precision, timezone, form),
        None => ColumnType::DateTime { timezone },
    }
}

/// A time with fewer digits of a second, which SQLAlchemy has for PostgreSQL only.
fn precise(class: &str, precision: &str, timezone: bool, form: &str) -> ColumnType {
    let zone = if timezone { "timezone=True, " } else { "" };
    ColumnType::Other {
        symbol: Symbol::new(DIALECT, class),
        arguments: format!("{zone}precision={precision}"),
        postgresql: Some(form.replace("{}", precision)),
        size: TypeSize { precision: precision.parse().ok(), timezone: Some(timezone), ..TypeSize::default() },
        implementation: None,
        base: None,
        sqlite: None,
    }
}

fn other(module: &str, class: &str, word: &str, arguments: &[String]) -> ColumnType {
    let listed = arguments.join(", ");
    let length = match arguments {
        [only] => only.parse().ok(),
        _ => None,
    };
    ColumnType::Other {
        symbol: Symbol::new(module, class),
        postgresql: Some(if listed.is_empty() { word.to_owned() } else { format!("{word}({listed})") }),
        arguments: listed,
        size: TypeSize { length, ..TypeSize::default() },
        implementation: None,
        base: None,
        sqlite: None,
    }
}

fn with_zone(zone: &TimezoneInfo) -> bool {
    matches!(zone, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz)
}

fn characters(length: Option<&CharacterLength>) -> Option<u32> {
    match length {
        Some(CharacterLength::IntegerLength { length, .. }) => u32::try_from(*length).ok(),
        _ => None,
    }
}

/// `NUMERIC(10)` has a scale of 0.
fn digits(info: &ExactNumberInfo) -> (Option<u32>, Option<u32>) {
    match info {
        ExactNumberInfo::None => (None, None),
        ExactNumberInfo::Precision(precision) => (u32::try_from(*precision).ok(), Some(0)),
        ExactNumberInfo::PrecisionAndScale(precision, scale) => {
            (u32::try_from(*precision).ok(), u32::try_from(*scale).ok())
        }
    }
}
