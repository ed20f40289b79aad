//! Types and annotations as Python.

use super::super::models::{Column, Type};
use super::{Writer, string};

impl Writer<'_> {
    pub(super) fn annotation(&self, column: &Column) -> String {
        let base = match &column.ty {
            Type::Str(_) | Type::Text | Type::Inet => "str".to_owned(),
            Type::Int | Type::Small | Type::Big => "int".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Float | Type::Double => "float".to_owned(),
            Type::Numeric(..) => "Decimal".to_owned(),
            Type::Date => "datetime.date".to_owned(),
            Type::Time => "datetime.time".to_owned(),
            Type::DateTime(_) => "datetime.datetime".to_owned(),
            Type::Interval => "datetime.timedelta".to_owned(),
            Type::Uuid => "uuid.UUID".to_owned(),
            Type::Json | Type::Jsonb => "dict".to_owned(),
            Type::Array(_) => "list[str]".to_owned(),
            Type::Binary => "bytes".to_owned(),
            Type::Range => "Range[int]".to_owned(),
            Type::Enum(id) | Type::EnumText(id, _) | Type::EnumCheck(id, _) => {
                self.models.enumeration(*id).map(|one| one.name.clone()).unwrap_or_default()
            }
        };
        if column.nullable { format!("{base} | None") } else { base }
    }

    /// Whether the annotation alone gives the type.
    pub(super) fn is_implied(&self, ty: &Type) -> bool {
        match ty {
            Type::Int | Type::Bool | Type::Date | Type::Uuid | Type::Enum(_) | Type::Str(None) => true,
            // What SQLModel makes of it depends on its release.
            Type::DateTime(zone) => !zone && !self.sqlmodel,
            _ => false,
        }
    }

    pub(super) fn ty(&self, ty: &Type) -> String {
        let class = |id: &usize| self.models.enumeration(*id).map(|one| one.name.clone()).unwrap_or_default();
        match ty {
            Type::Str(None) => "String".to_owned(),
            Type::Str(Some(length)) => format!("String({length})"),
            Type::Text => "Text".to_owned(),
            Type::Int => "Integer".to_owned(),
            Type::Small => "SmallInteger".to_owned(),
            Type::Big => "BigInteger".to_owned(),
            Type::Bool => "Boolean".to_owned(),
            Type::Float => "Float".to_owned(),
            Type::Double => "Double".to_owned(),
            Type::Numeric(precision, scale) => format!("Numeric({precision}, {scale})"),
            Type::Date => "Date".to_owned(),
            Type::Time => "Time".to_owned(),
            Type::DateTime(true) => "DateTime(timezone=True)".to_owned(),
            Type::DateTime(false) => "DateTime()".to_owned(),
            Type::Interval => "Interval".to_owned(),
            Type::Uuid => "Uuid".to_owned(),
            Type::Json => "JSON".to_owned(),
            Type::Jsonb => "JSONB".to_owned(),
            Type::Array(length) => format!("ARRAY(String({length}))"),
            Type::Binary => "LargeBinary".to_owned(),
            Type::Inet => "INET".to_owned(),
            Type::Enum(id) => format!("Enum({})", class(id)),
            Type::Range => "INT4RANGE".to_owned(),
            Type::EnumCheck(id, number) => {
                let name = string(&format!("one_of_{number}"));
                format!("Enum({}, native_enum=False, create_constraint=True, length=12, name={name})", class(id))
            }
            Type::EnumText(id, length) => format!("Enum({}, native_enum=False, length={length})", class(id)),
        }
    }
}
