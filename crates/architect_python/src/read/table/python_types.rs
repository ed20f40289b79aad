//! The column types that annotations imply, in SQLModel and in SQLAlchemy.

use architect_model::{ColumnType, Known, Unknown};
use ruff_python_ast::Expr;

use crate::resolve::{Annotation, Class, Index, Resolution};

use super::enums;

/// What is known of the installed libraries that changes the meaning of annotations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Libraries {
    /// Whether SQLModel maps `datetime` to a type with time zone (0.0.45 and later); `None` where its version is unknown.
    pub(super) zoned_datetime: Option<bool>,
    /// Whether SQLModel heeds `max_length` with Pydantic 2 (0.0.19 and later).
    pub(super) lengths: bool,
    /// Whether SQLAlchemy maps `float` to `Double` (2.1 and later): `_type_map` of `sqlalchemy.sql.sqltypes`.
    pub(super) double_floats: bool,
    /// Whether columns stand in the order of their creation (SQLAlchemy 1), those of `sa_column` first.
    pub(super) by_creation: bool,
    /// Whether Pydantic is version 1; `None` where unknown.
    pub(super) pydantic_1: Option<bool>,
}

/// Limits that a field sets on its values.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    /// `max_length`.
    pub(super) max_length: Option<u32>,
    /// `max_digits`.
    pub(super) max_digits: Option<u32>,
    /// `decimal_places`.
    pub(super) decimal_places: Option<u32>,
    /// A limit whose value could not be determined.
    pub(super) unknown: Option<Unknown>,
}

/// The kinds of Python types that have a column type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Str,
    Float,
    Bool,
    Int,
    NaiveDateTime,
    AwareDateTime,
    DateTime,
    Date,
    Interval,
    Time,
    Bytes,
    Decimal,
    Uuid,
}

/// The type that SQLModel gives a field.
pub(super) fn sqlmodel_type<'a>(
    index: &Index<'a>,
    annotation: &Annotation<'a>,
    limits: &Limits,
    libraries: Libraries,
) -> Known<ColumnType> {
    if let Some(class) = enumeration(index, annotation) {
        return Known::Known(enums::implied(index, class));
    }
    let at = || annotation.scope.at(annotation.expr);
    let kind = kind(index, annotation);
    if let (Some(Kind::Str | Kind::Decimal), Some(unknown)) = (kind, &limits.unknown) {
        return Known::Unknown { unknown: unknown.clone() };
    }
    let known = match kind {
        Some(Kind::Str) => ColumnType::String {
            length: limits.max_length.filter(|length| *length > 0 && libraries.lengths),
            auto: true,
        },
        Some(Kind::Float) => ColumnType::Float,
        Some(Kind::Bool) => ColumnType::Boolean,
        Some(Kind::Int) => ColumnType::Integer,
        Some(Kind::NaiveDateTime) => ColumnType::DateTime { timezone: false },
        Some(Kind::DateTime | Kind::AwareDateTime) => match libraries.zoned_datetime {
            Some(timezone) => ColumnType::DateTime { timezone },
            None => {
                return Known::unknown(
                    at(),
                    "SQLModel stores `datetime` with time zone from 0.0.45 on, and its version is not pinned",
                );
            }
        },
        Some(Kind::Date) => ColumnType::Date,
        Some(Kind::Interval) => ColumnType::Interval,
        Some(Kind::Time) => ColumnType::Time { timezone: false },
        Some(Kind::Bytes) => ColumnType::LargeBinary,
        Some(Kind::Decimal) => ColumnType::Numeric { precision: limits.max_digits, scale: limits.decimal_places },
        Some(Kind::Uuid) => ColumnType::Uuid,
        None => return unmatched(annotation),
    };
    Known::Known(known)
}

/// The type that SQLAlchemy gives a `Mapped[...]` attribute without a type of its own.
pub(super) fn mapped_type<'a>(index: &Index<'a>, annotation: &Annotation<'a>) -> Known<ColumnType> {
    if let Some(class) = enumeration(index, annotation) {
        return Known::Known(enums::implied(index, class));
    }
    if annotation.resolution.is("typing.Literal") {
        return literal(index, annotation);
    }
    let known = match kind(index, annotation) {
        Some(Kind::Str) => ColumnType::String { length: None, auto: false },
        Some(Kind::Float) => ColumnType::Float,
        Some(Kind::Bool) => ColumnType::Boolean,
        Some(Kind::Int) => ColumnType::Integer,
        Some(Kind::DateTime) => ColumnType::DateTime { timezone: false },
        Some(Kind::Date) => ColumnType::Date,
        Some(Kind::Interval) => ColumnType::Interval,
        Some(Kind::Time) => ColumnType::Time { timezone: false },
        Some(Kind::Bytes) => ColumnType::LargeBinary,
        Some(Kind::Decimal) => ColumnType::Numeric { precision: None, scale: None },
        Some(Kind::Uuid) => ColumnType::Uuid,
        _ => return unmatched(annotation),
    };
    Known::Known(known)
}

fn unmatched(annotation: &Annotation<'_>) -> Known<ColumnType> {
    match &annotation.resolution {
        Resolution::Unknown(unknown) => Known::Unknown { unknown: unknown.clone() },
        _ => {
            let text = annotation.scope.text(annotation.expr);
            Known::unknown(annotation.scope.at(annotation.expr), format!("no column type is known for `{text}`"))
        }
    }
}

/// The enumeration that an annotation is.
pub(super) fn enumeration<'a>(index: &Index<'a>, annotation: &Annotation<'a>) -> Option<Class<'a>> {
    let plain = annotation.arguments.is_empty() && annotation.alternatives.is_empty();
    annotation.resolution.class().filter(|class| plain && index.derives_from(*class, "enum.Enum"))
}

fn literal<'a>(index: &Index<'a>, annotation: &Annotation<'a>) -> Known<ColumnType> {
    let mut values = Vec::new();
    for argument in &annotation.arguments {
        match index.fixed_string(annotation.scope, argument) {
            Known::Known(text) => values.push(text),
            Known::Unknown { unknown } => return Known::Unknown { unknown },
        }
    }
    Known::Known(enums::literal(Known::Known(values)))
}

fn kind<'a>(index: &Index<'a>, annotation: &Annotation<'a>) -> Option<Kind> {
    if !annotation.alternatives.is_empty() {
        return None;
    }
    let zone =
        annotation.metadata.iter().rev().find_map(|(scope, extra)| match index.resolve(*scope, extra).library() {
            Some("pydantic.AwareDatetime") => Some(Kind::AwareDateTime),
            Some("pydantic.NaiveDatetime") => Some(Kind::NaiveDateTime),
            _ => None,
        });
    let found = match &annotation.resolution {
        Resolution::Builtin(name) => builtin(name),
        Resolution::Library(path) => library(path),
        Resolution::Class(class) => index.mro(*class).ancestors.iter().find_map(|ancestor| match ancestor {
            crate::resolve::Ancestor::Library(path) => builtin(path).or_else(|| library(path)),
            _ => None,
        }),
        Resolution::Unknown(_) => constrained(index, annotation),
        _ => None,
    };
    if found == Some(Kind::DateTime) { zone.or(found) } else { found }
}

fn builtin(name: &str) -> Option<Kind> {
    Some(match name {
        "str" => Kind::Str,
        "int" => Kind::Int,
        "float" => Kind::Float,
        "bool" => Kind::Bool,
        "bytes" => Kind::Bytes,
        _ => return None,
    })
}

fn library(path: &str) -> Option<Kind> {
    Some(match path {
        "datetime.datetime" | "pydantic.PastDatetime" | "pydantic.FutureDatetime" => Kind::DateTime,
        "pydantic.AwareDatetime" => Kind::AwareDateTime,
        "pydantic.NaiveDatetime" => Kind::NaiveDateTime,
        "datetime.date" | "pydantic.PastDate" | "pydantic.FutureDate" => Kind::Date,
        "datetime.time" => Kind::Time,
        "datetime.timedelta" => Kind::Interval,
        "decimal.Decimal" => Kind::Decimal,
        "uuid.UUID" | "pydantic.UUID1" | "pydantic.UUID3" | "pydantic.UUID4" | "pydantic.UUID5" => Kind::Uuid,
        "pydantic.EmailStr" | "pydantic.StrictStr" | "pathlib.Path" => Kind::Str,
        "ipaddress.IPv4Address" | "ipaddress.IPv4Network" | "ipaddress.IPv6Address" | "ipaddress.IPv6Network" => {
            Kind::Str
        }
        "pydantic.PositiveInt"
        | "pydantic.NonNegativeInt"
        | "pydantic.NegativeInt"
        | "pydantic.NonPositiveInt"
        | "pydantic.StrictInt" => Kind::Int,
        "pydantic.PositiveFloat"
        | "pydantic.NonNegativeFloat"
        | "pydantic.NegativeFloat"
        | "pydantic.NonPositiveFloat"
        | "pydantic.StrictFloat"
        | "pydantic.FiniteFloat" => Kind::Float,
        "pydantic.StrictBool" => Kind::Bool,
        "pydantic.StrictBytes" => Kind::Bytes,
        _ => return None,
    })
}

/// `constr(max_length=3)` and the like as an annotation.
fn constrained<'a>(index: &Index<'a>, annotation: &Annotation<'a>) -> Option<Kind> {
    let Expr::Call(call) = annotation.expr else {
        return None;
    };
    Some(match index.resolve(annotation.scope, &call.func).library()? {
        "pydantic.constr" => Kind::Str,
        "pydantic.conint" => Kind::Int,
        "pydantic.confloat" => Kind::Float,
        "pydantic.condecimal" => Kind::Decimal,
        "pydantic.conbytes" => Kind::Bytes,
        "pydantic.condate" => Kind::Date,
        _ => return None,
    })
}
