//! What types that have no variant of their own are in PostgreSQL's words: those of its dialect, and those of packages
//! that are known by their import path.

use architect_model::{ColumnType, Known, TypeSize};

use crate::resolve::{Arguments, Index};

use super::types::{flag, number};

/// A type in the words of databases.
#[derive(Debug, Clone, Default)]
pub(super) struct Described {
    /// As PostgreSQL gets it, where no other type of ours is that.
    pub(super) postgresql: Option<String>,
    /// What of its size is said.
    pub(super) size: TypeSize,
    /// What it stands for on PostgreSQL.
    pub(super) implementation: Option<ColumnType>,
    /// What it stands for elsewhere.
    pub(super) base: Option<ColumnType>,
}

impl Described {
    fn word(word: impl Into<String>) -> Self {
        Self { postgresql: Some(word.into()), ..Self::default() }
    }

    fn is(ty: ColumnType) -> Self {
        Self { implementation: Some(ty), ..Self::default() }
    }
}

/// Types of PostgreSQL's dialect that take no arguments which its database sees.
const PLAIN: &[&str] = &[
    "JSONB",
    "JSONPATH",
    "CITEXT",
    "TSVECTOR",
    "TSQUERY",
    "INET",
    "CIDR",
    "MACADDR",
    "MACADDR8",
    "HSTORE",
    "OID",
    "REGCLASS",
    "REGCONFIG",
    "MONEY",
    "INT4RANGE",
    "INT8RANGE",
    "NUMRANGE",
    "DATERANGE",
    "TSRANGE",
    "TSTZRANGE",
    "INT4MULTIRANGE",
    "INT8MULTIRANGE",
    "NUMMULTIRANGE",
    "DATEMULTIRANGE",
    "TSMULTIRANGE",
    "TSTZMULTIRANGE",
    "REAL",
];

/// Third-party types and the text that they are stored as: length, none for `TEXT`.
///
/// ```python
/// class EmailType(sa.types.TypeDecorator):   # sqlalchemy_utils.types.email
///     impl = sa.Unicode
///     def __init__(self, length=255, *args, **kwargs): ...
/// ```
const TEXTS: &[(&str, Option<u32>)] = &[
    ("sqlalchemy_utils.EmailType", Some(255)),
    ("sqlalchemy_utils.ChoiceType", Some(255)),
    ("sqlalchemy_utils.IPAddressType", Some(50)),
    ("sqlalchemy_utils.TimezoneType", Some(50)),
    ("sqlalchemy_utils.PhoneNumberType", Some(20)),
    ("sqlalchemy_utils.ColorType", Some(20)),
    ("sqlalchemy_utils.LocaleType", Some(10)),
    ("sqlalchemy_utils.CurrencyType", Some(3)),
    ("sqlalchemy_utils.CountryType", Some(2)),
    ("sqlalchemy_utils.URLType", None),
    ("sqlalchemy_utils.ScalarListType", None),
];

/// Types of SQLAlchemy in capitals that it writes as they are called, and what the types without a name of their own are
/// written as.
///
/// ```python
/// class GenericTypeCompiler(TypeCompiler):   # sqlalchemy.sql.compiler
///     def visit_DECIMAL(self, type_, **kw): ...  # "DECIMAL(10, 2)"
///     def visit_NVARCHAR(self, type_, **kw): ...
/// ```
const CAPITALS: &[(&str, &str)] = &[
    ("DECIMAL", "NUMERIC"),
    ("NVARCHAR", "VARCHAR"),
    ("DATETIME", "TIMESTAMP WITH TIME ZONE"),
    ("DATETIME", "TIMESTAMP WITHOUT TIME ZONE"),
    ("DOUBLE", "DOUBLE PRECISION"),
    ("BLOB", "BYTEA"),
];

/// The words of a type in capitals, where they are not those of the type that it is: `DECIMAL(10, 2)`.
pub(super) fn spelled(module: &str, name: &str, ty: &ColumnType) -> Option<String> {
    let words = ty.postgresql()?;
    let mut known = CAPITALS.iter().filter(|(capitals, _)| module == "sqlalchemy" && *capitals == name);
    known.find_map(|(capitals, usual)| Some(format!("{capitals}{}", words.strip_prefix(usual)?)))
}

/// What a type of a library is, where its import path tells.
pub(super) fn described<'a>(index: &Index<'a>, path: &str, arguments: &Arguments<'a>) -> Option<Known<Described>> {
    let (module, name) = path.rsplit_once('.')?;
    match module {
        "sqlalchemy" | "sqlmodel" | "sqlalchemy.dialects.postgresql" => own(index, name, arguments),
        _ if module.starts_with("pgvector.sqlalchemy") => vector(index, name, arguments),
        _ if module.starts_with("geoalchemy2") => geometry(index, name, arguments),
        _ if module.starts_with("sqlalchemy_utils") => utils(name, arguments),
        _ => foreign(path).map(Known::Known),
    }
}

fn own<'a>(index: &Index<'a>, name: &str, arguments: &Arguments<'a>) -> Option<Known<Described>> {
    if PLAIN.contains(&name) {
        return Some(Known::Known(Described::word(name)));
    }
    let size = |key: &str, position: usize| number(index, arguments, key, position);
    match name {
        "PickleType" => Some(Known::Known(Described::is(ColumnType::LargeBinary))),
        "Text" | "TEXT" | "UnicodeText" => Some(size("length", 0).map(|length| Described {
            size: TypeSize { length, ..TypeSize::default() },
            ..Described::is(ColumnType::Text)
        })),
        "LargeBinary" | "BYTEA" | "BLOB" => Some(size("length", 0).map(|length| Described {
            size: TypeSize { length, ..TypeSize::default() },
            ..Described::is(ColumnType::LargeBinary)
        })),
        "String" | "VARCHAR" | "Unicode" | "CHAR" | "NCHAR" => Some(text(index, name, arguments)),
        "Float" | "FLOAT" => Some(size("precision", 0).map(|precision| Described {
            size: TypeSize { precision, ..TypeSize::default() },
            ..Described::word(sized("FLOAT", precision))
        })),
        "Uuid" | "UUID" => Some(flag(index, arguments, "native_uuid").map(|native| match native {
            Some(false) => Described { size: TypeSize::default(), ..Described::word("CHAR(32)") },
            _ => Described::is(ColumnType::Uuid),
        })),
        "BIT" => Some(size("length", 0).map(|length| {
            let varying = flag(index, arguments, "varying").known().copied().flatten() == Some(true);
            let word = if varying { sized("BIT VARYING", length) } else { format!("BIT({})", length.unwrap_or(1)) };
            Described { size: TypeSize { length, ..TypeSize::default() }, ..Described::word(word) }
        })),
        "TIMESTAMP" | "TIME" => Some(size("precision", 1).map(|precision| {
            let timezone = flag(index, arguments, "timezone").known().copied().flatten() == Some(true);
            let zone = if timezone { "WITH" } else { "WITHOUT" };
            let size = TypeSize { precision, timezone: Some(timezone), ..TypeSize::default() };
            Described { size, ..Described::word(format!("{} {zone} TIME ZONE", sized(name, precision))) }
        })),
        "Interval" | "INTERVAL" => Some(interval(index, name, arguments)),
        _ => None,
    }
}

/// `String(10, collation="C")`, `CHAR(2)`.
fn text<'a>(index: &Index<'a>, name: &str, arguments: &Arguments<'a>) -> Known<Described> {
    let word = if name == "CHAR" || name == "NCHAR" { name } else { "VARCHAR" };
    let collation = arguments.get("collation", 1).filter(|(_, expr)| !expr.is_none_literal_expr());
    let collation = collation.map(|(scope, expr)| index.fixed_string(scope, expr));
    match (number(index, arguments, "length", 0), collation) {
        (Known::Known(length), None) => Known::Known(Described {
            size: TypeSize { length, ..TypeSize::default() },
            ..Described::word(sized(word, length))
        }),
        (Known::Known(length), Some(Known::Known(collation))) => Known::Known(Described {
            size: TypeSize { length, ..TypeSize::default() },
            ..Described::word(format!("{} COLLATE \"{collation}\"", sized(word, length)))
        }),
        (Known::Unknown { unknown }, _) | (_, Some(Known::Unknown { unknown })) => Known::Unknown { unknown },
    }
}

fn interval<'a>(index: &Index<'a>, name: &str, arguments: &Arguments<'a>) -> Known<Described> {
    let (key, position) = if name == "INTERVAL" { ("precision", 0) } else { ("second_precision", 1) };
    let fields = arguments.keyword("fields").map(|(scope, expr)| index.fixed_string(scope, expr));
    let fields = match fields {
        Some(Known::Unknown { unknown }) => return Known::Unknown { unknown },
        Some(Known::Known(fields)) => format!(" {fields}"),
        None => String::new(),
    };
    number(index, arguments, key, position).map(|precision| {
        let digits = precision.map(|precision| format!(" ({precision})")).unwrap_or_default();
        let precision = precision.filter(|_| name == "INTERVAL");
        let size = TypeSize { precision, ..TypeSize::default() };
        Described { size, ..Described::word(format!("INTERVAL{fields}{digits}")) }
    })
}

/// Types of `pgvector`: `Vector(3)` is `VECTOR(3)`.
fn vector<'a>(index: &Index<'a>, name: &str, arguments: &Arguments<'a>) -> Option<Known<Described>> {
    let (word, key) = match name {
        "Vector" | "VECTOR" => ("VECTOR", "dim"),
        "HALFVEC" => ("HALFVEC", "dim"),
        "SPARSEVEC" => ("SPARSEVEC", "dim"),
        "BIT" => ("BIT", "length"),
        _ => return None,
    };
    let length = number(index, arguments, key, 0);
    Some(length.map(|length| Described {
        size: TypeSize { length: length.filter(|_| key == "length"), ..TypeSize::default() },
        ..Described::word(sized(word, length))
    }))
}

/// Types of `geoalchemy2`: `Geometry("POINT", srid=4326)` is `geometry(POINT,4326)`.
fn geometry<'a>(index: &Index<'a>, name: &str, arguments: &Arguments<'a>) -> Option<Known<Described>> {
    let (word, kind) = match name {
        "Geometry" => ("geometry", "GEOMETRY"),
        "Geography" => ("geography", "GEOMETRY"),
        _ => return None,
    };
    let given = arguments.get("geometry_type", 0).map(|(scope, expr)| index.fixed_string(scope, expr));
    let kind = match given {
        Some(Known::Known(kind)) => kind,
        Some(Known::Unknown { unknown }) => return Some(Known::Unknown { unknown }),
        None => kind.to_owned(),
    };
    let srid = number(index, arguments, "srid", 1);
    Some(srid.map(|srid| {
        let srid = srid.map_or("-1".to_owned(), |srid| srid.to_string());
        Described::word(format!("{word}({kind},{srid})"))
    }))
}

/// Types of `sqlalchemy_utils`, as they are without arguments that change what is stored.
fn utils(name: &str, arguments: &Arguments<'_>) -> Option<Known<Described>> {
    let bare = arguments.keyword("impl").is_none() && arguments.keyword("length").is_none();
    let path = format!("sqlalchemy_utils.{name}");
    if let Some((_, length)) = TEXTS.iter().find(|(known, _)| *known == path).filter(|_| bare) {
        return Some(Known::Known(Described::is(match length {
            Some(length) => ColumnType::String { length: Some(*length), auto: false },
            None => ColumnType::Text,
        })));
    }
    Some(Known::Known(match name {
        "UUIDType" => {
            Described { size: TypeSize { length: Some(16), ..TypeSize::default() }, ..Described::is(ColumnType::Uuid) }
        }
        "StringEncryptedType" => Described::is(ColumnType::String { length: None, auto: false }),
        "EncryptedType" => Described::is(ColumnType::LargeBinary),
        "JSONType" => Described { base: Some(ColumnType::Text), ..Described::is(ColumnType::Json) },
        "TSVectorType" => Described::word("TSVECTOR"),
        "LtreeType" => Described::word("LTREE"),
        "ArrowType" => Described::is(ColumnType::DateTime { timezone: false }),
        _ => return None,
    }))
}

/// Types of further packages.
fn foreign(path: &str) -> Option<Described> {
    Some(match path {
        "fastapi_users_db_sqlalchemy.generics.GUID" | "fastapi_users_db_sqlalchemy.GUID" => {
            Described::is(ColumnType::Uuid)
        }
        "fastapi_users_db_sqlalchemy.generics.TIMESTAMPAware" => Described::is(ColumnType::DateTime { timezone: true }),
        "advanced_alchemy.types.GUID" => Described::is(ColumnType::Uuid),
        "advanced_alchemy.types.DateTimeUTC" => Described::is(ColumnType::DateTime { timezone: true }),
        _ => return None,
    })
}

fn sized(name: &str, size: Option<u32>) -> String {
    size.map_or_else(|| name.to_owned(), |size| format!("{name}({size})"))
}
