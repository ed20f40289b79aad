//! Columns: how a table declares them, in SQLModel and in SQLAlchemy.

use architect_model::{ColumnDesign, ColumnRole, ColumnType, Deferred, FieldType, OnDelete, Orm, ReferenceDesign};

use super::borrowed;
use super::code::call;
use super::file::File;
use super::house::House;
use super::text;
use super::values::{self, Default};

/// The declaration of a column in a table class.
pub(crate) fn declaration(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> String {
    if let Some(line) = borrowed::line(house, file, column) {
        return line;
    }
    match house.style.models.orm.value {
        Orm::SqlModel => sqlmodel(house, file, column),
        Orm::SqlAlchemy => mapped(house, file, column),
        Orm::SqlAlchemyLegacy => legacy(house, file, column),
    }
}

/// `name: str = Field(max_length=120)`.
fn sqlmodel(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> String {
    let annotation = optional(values::stored(house, file, column), column.nullable);
    let mut arguments = Vec::new();
    match values::default(house, file, column) {
        Some(Default::Value(value)) => arguments.push(format!("default={value}")),
        Some(Default::Factory(function)) => arguments.push(format!("default_factory={function}")),
        None => {}
    }
    arguments.extend(storage(house, file, column));
    field(file, "sqlmodel", &column.name, &annotation, &arguments)
}

/// `name: annotation = Field(…)`, or `= default` where the default is all there is to say.
pub(crate) fn field(file: &mut File, library: &str, name: &str, annotation: &str, arguments: &[String]) -> String {
    let only_default = match arguments {
        [] => return format!("{name}: {annotation}"),
        [only] => only.strip_prefix("default="),
        _ => None,
    };
    match only_default {
        Some(value) => format!("{name}: {annotation} = {value}"),
        None => {
            let field = file.from(library, "Field");
            format!("{name}: {annotation} = {}", call(&field, arguments))
        }
    }
}

fn optional(annotation: String, nullable: bool) -> String {
    if nullable { format!("{annotation} | None") } else { annotation }
}

/// What `Field` says of how a column is stored.
pub(crate) fn storage(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> Vec<String> {
    let mut arguments = Vec::new();
    if column.role == ColumnRole::Id {
        arguments.push("primary_key=True".to_owned());
    }
    if let Some(reference) = &column.reference {
        let target = format!("{}.{}", reference.target.table, reference.column);
        let rule = on_delete(reference.on_delete);
        if let Some(late) = late(reference) {
            let class = file.from("sqlalchemy", "ForeignKey");
            let target = text::string(&target);
            arguments.push(format!("sa_column_args=({class}({target}, ondelete=\"{rule}\"{late}),)"));
        } else if house.style.models.field_has_ondelete {
            arguments.push(format!("foreign_key={}", text::string(&target)));
            arguments.push(format!("ondelete=\"{rule}\""));
        } else {
            let class = file.from("sqlalchemy", "ForeignKey");
            arguments.push(format!("sa_column_args=({class}({}, ondelete=\"{rule}\"),)", text::string(&target)));
        }
    }
    if column.index {
        arguments.push("index=True".to_owned());
    }
    arguments.extend(not_null(house, column));
    if column.reference.is_some() {
        arguments = in_house_order(house, arguments);
    }
    match &column.ty {
        FieldType::String { max: Some(max), .. } => arguments.push(format!("max_length={max}")),
        FieldType::Email => arguments.push("max_length=255".to_owned()),
        FieldType::Url => arguments.push("max_length=2048".to_owned()),
        FieldType::Decimal { precision, scale, .. } if column.nullable && house.style.models.digits_inside => {
            let class = file.from("sqlalchemy", "Numeric");
            arguments.push(format!("sa_type={class}({precision}, {scale})"));
        }
        FieldType::Decimal { precision, scale, .. } => {
            arguments.push(format!("max_digits={precision}"));
            arguments.push(format!("decimal_places={scale}"));
        }
        _ => {}
    }
    if let Some(ty) = sqlmodel_type(house, file, &column.ty)
        .map(|ty| if ty == "JSON" && column.nullable { "JSON(none_as_null=True)".to_owned() } else { ty })
    {
        arguments.push(format!("sa_type={ty}"));
    }
    let renewed = match values::default(house, file, column) {
        Some(Default::Factory(now)) if column.role == ColumnRole::UpdatedAt => Some(now),
        _ => None,
    };
    if must_be_column(house, column, &arguments) {
        return as_column(file, column, arguments, renewed);
    }
    arguments.extend(renewed.map(|now| format!("sa_column_kwargs={{\"onupdate\": {now}}}")));
    arguments
}

/// Whether the type of a column is an object that `sa_type` is not to be given, by its annotation: SQLModel has it as
/// `sa_type: type[Any] | UndefinedType`, and a type checker refuses `sa_type=DateTime(timezone=True)`. A house that
/// writes so all the same is followed.
fn must_be_column(house: &House<'_>, column: &ColumnDesign, arguments: &[String]) -> bool {
    let by_helper = house.style.models.enum_type.is_some() && matches!(column.ty, FieldType::Enum { .. });
    let is_made = arguments.iter().any(|argument| argument.starts_with("sa_type=") && argument.ends_with(')'));
    is_made && !by_helper && !house.style.models.types_made_in_field.value && column.reference.is_none()
}

/// The same with the whole of the column written out, as SQLModel wants it beside `sa_column`:
/// `sa_column=Column(DateTime(timezone=True), nullable=False)`.
fn as_column(file: &mut File, column: &ColumnDesign, arguments: Vec<String>, renewed: Option<String>) -> Vec<String> {
    let of_column = |argument: &String| {
        ["sa_type=", "index=", "nullable=", "primary_key="].iter().any(|keyword| argument.starts_with(keyword))
    };
    let (mut inner, mut rest): (Vec<String>, Vec<String>) = arguments.into_iter().partition(of_column);
    inner.retain(|argument| !argument.starts_with("nullable="));
    inner.sort_by_key(|argument| !argument.starts_with("sa_type="));
    if let Some(first) = inner.first_mut() {
        *first = first.trim_start_matches("sa_type=").to_owned();
    }
    if !column.nullable {
        inner.push("nullable=False".to_owned());
    }
    inner.extend(renewed.map(|now| format!("onupdate={now}")));
    let class = file.from("sqlalchemy", "Column");
    rest.push(format!("sa_column={}", call(&class, &inner)));
    rest
}

/// `nullable=False`, where the house says it of columns whose annotation says it already.
fn not_null(house: &House<'_>, column: &ColumnDesign) -> Option<String> {
    let models = &house.style.models;
    let says = match column.reference {
        Some(_) => models.keys_not_null.value,
        None => models.values_not_null.value,
    };
    (says && !column.nullable && column.role != ColumnRole::Id).then(|| "nullable=False".to_owned())
}

/// What a key says that is added when both of its tables are there.
fn late(reference: &ReferenceDesign) -> Option<String> {
    match reference.deferred.as_ref()? {
        Deferred::Conventional => Some(", use_alter=True".to_owned()),
        Deferred::Named(name) => Some(format!(", name={}, use_alter=True", text::string(name))),
    }
}

/// The order of keywords that the house's own foreign keys show.
fn in_house_order(house: &House<'_>, mut arguments: Vec<String>) -> Vec<String> {
    let line = house.style.models.owner_line.as_deref().unwrap_or_default();
    let place = |argument: &String| {
        let keyword = argument.split('=').next().unwrap_or_default();
        line.find(&format!("{keyword}=")).unwrap_or(usize::MAX)
    };
    arguments.sort_by_key(place);
    arguments
}

/// The column type where SQLModel would choose another.
pub(crate) fn sqlmodel_type(house: &House<'_>, file: &mut File, ty: &FieldType) -> Option<String> {
    match ty {
        FieldType::BigInteger { .. } => Some(file.from("sqlalchemy", "BigInteger")),
        FieldType::Json | FieldType::Array { .. } => Some(file.from("sqlalchemy", "JSON")),
        FieldType::DateTime if house.style.models.zoned_by_library => None,
        FieldType::DateTime => {
            let class = file.from("sqlalchemy", "DateTime");
            Some(format!("{class}(timezone=True)"))
        }
        FieldType::Enum { name, values } => enum_type(house, file, name, values),
        _ => None,
    }
}

/// How an enumeration is stored; none where the library's own way is the house's.
fn enum_type(house: &House<'_>, file: &mut File, class: &str, values: &[String]) -> Option<String> {
    let class_name = file.symbol(&house.enum_symbol(class));
    if let Some(function) = &house.style.models.enum_type {
        // SQLAlchemy calls a type like its class, in lower case.
        let name =
            if function.named { format!(", name={}", text::string(&class.to_lowercase())) } else { String::new() };
        return Some(format!("{}({class_name}{name})", file.symbol(&function.symbol)));
    }
    let native = &house.style.models.native_enums;
    if native.value && native.is_seen()
        || house.style.models.mapped_types.iter().any(|mapped| is_enum(&mapped.annotation))
    {
        return None;
    }
    let function = file.renamed("sqlalchemy", "Enum", "SAEnum");
    let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or(0).max(16).next_multiple_of(8);
    Some(format!("{function}({class_name}, native_enum=False, length={longest})"))
}

/// Whether an import path is a base class of enumerations.
fn is_enum(path: &str) -> bool {
    matches!(path, "enum.Enum" | "enum.StrEnum" | "enum.IntEnum")
}

/// The SQL words of an `ON DELETE`.
pub(crate) fn on_delete(action: OnDelete) -> &'static str {
    match action {
        OnDelete::Cascade => "CASCADE",
        OnDelete::SetNull => "SET NULL",
        OnDelete::Restrict => "RESTRICT",
    }
}

/// `name: Mapped[str] = mapped_column(String(120))`.
fn mapped(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> String {
    let mapped = file.from("sqlalchemy.orm", "Mapped");
    let annotation = optional(values::stored(house, file, column), column.nullable);
    let mut arguments: Vec<String> = column_type(house, file, column).into_iter().collect();
    arguments.extend(attributes(house, file, column));
    if !arguments.is_empty() {
        arguments.extend(not_null(house, column));
    }
    let head = format!("{}: {mapped}[{annotation}]", column.name);
    if arguments.is_empty() {
        return head;
    }
    let function = file.from("sqlalchemy.orm", "mapped_column");
    format!("{head} = {}", call(&function, &arguments))
}

/// `name = Column(String(120), nullable=False)`.
fn legacy(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> String {
    let class = file.from("sqlalchemy", "Column");
    let mut arguments = vec![column_type(house, file, column).unwrap_or_else(|| plain_type(house, file, column))];
    arguments.extend(attributes(house, file, column));
    if column.role != ColumnRole::Id && !column.nullable {
        arguments.push("nullable=False".to_owned());
    }
    format!("{} = {}", column.name, call(&class, &arguments))
}

/// Foreign key, default, index and key of a SQLAlchemy column.
fn attributes(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> Vec<String> {
    let mut arguments = Vec::new();
    if let Some(reference) = &column.reference {
        let class = file.from("sqlalchemy", "ForeignKey");
        let target = text::string(&format!("{}.{}", reference.target.table, reference.column));
        let late = late(reference).unwrap_or_default();
        arguments.push(format!("{class}({target}, ondelete=\"{}\"{late})", on_delete(reference.on_delete)));
    }
    if column.role == ColumnRole::Id {
        arguments.push("primary_key=True".to_owned());
    }
    match values::default(house, file, column) {
        Some(Default::Value(value)) if value != "None" => arguments.push(format!("default={value}")),
        Some(Default::Factory(function)) => {
            arguments.push(format!("default={function}"));
            if column.role == ColumnRole::UpdatedAt {
                arguments.push(format!("onupdate={function}"));
            }
        }
        _ if column.nullable && house.style.models.dataclasses => arguments.push("default=None".to_owned()),
        _ => {}
    }
    if column.index {
        arguments.push("index=True".to_owned());
    }
    arguments
}

/// Whether a value is filled in where none is given.
pub(crate) fn has_default(column: &ColumnDesign) -> bool {
    column.default.is_some()
        || matches!(
            column.role,
            ColumnRole::CreatedAt | ColumnRole::UpdatedAt | ColumnRole::House | ColumnRole::Deleted
        )
}

/// The type of a mapped column, where its annotation does not say it.
fn column_type(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> Option<String> {
    if column.reference.is_some() && house.style.models.orm.value == Orm::SqlAlchemy || column.role == ColumnRole::Id {
        return None;
    }
    let mapped = &house.style.models.mapped_types;
    let known = |annotation: &str| mapped.iter().find(|mapped| mapped.annotation == annotation)?.ty.known();
    match &column.ty {
        FieldType::String { max, .. } => Some(string_type(file, *max)),
        FieldType::Email => Some(string_type(file, Some(255))),
        FieldType::Url => Some(string_type(file, Some(2048))),
        FieldType::Text => Some(file.from("sqlalchemy", "Text")),
        FieldType::BigInteger { .. } => Some(file.from("sqlalchemy", "BigInteger")),
        FieldType::Decimal { precision, scale, .. } => {
            let wanted = format!("Numeric({precision}, {scale})");
            let (precision, scale) = (Some(*precision), Some(*scale));
            let is_known = known("decimal.Decimal") == Some(&ColumnType::Numeric { precision, scale });
            (!is_known).then(|| {
                file.from("sqlalchemy", "Numeric");
                wanted
            })
        }
        FieldType::DateTime if known("datetime.datetime") == Some(&ColumnType::DateTime { timezone: true }) => None,
        FieldType::DateTime => {
            let class = file.from("sqlalchemy", "DateTime");
            Some(format!("{class}(timezone=True)"))
        }
        FieldType::Json | FieldType::Array { .. } => Some(file.from("sqlalchemy", "JSON")),
        FieldType::Enum { name, values } => enum_type(house, file, name, values),
        _ => None,
    }
}

fn string_type(file: &mut File, max: Option<u32>) -> String {
    let class = file.from("sqlalchemy", "String");
    max.map_or(class.clone(), |max| format!("{class}({max})"))
}

/// The type of a `Column` that has no annotation to say it.
fn plain_type(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> String {
    if let Some(kind) = column.id {
        if let Some(written) = borrowed::key_type(house, file, kind) {
            return written;
        }
        return match kind {
            architect_model::IdKind::Uuid => file.from("sqlalchemy", "Uuid"),
            architect_model::IdKind::Integer => file.from("sqlalchemy", "Integer"),
            architect_model::IdKind::String => file.from("sqlalchemy", "String"),
        };
    }
    let name = match &column.ty {
        FieldType::Integer { .. } => "Integer",
        FieldType::Boolean => "Boolean",
        FieldType::Float => "Float",
        FieldType::Date => "Date",
        FieldType::Time => "Time",
        FieldType::Uuid => "Uuid",
        FieldType::Enum { name, .. } => {
            let class = file.symbol(&house.enum_symbol(name));
            let function = file.renamed("sqlalchemy", "Enum", "SAEnum");
            return format!("{function}({class})");
        }
        _ => "String",
    };
    file.from("sqlalchemy", name)
}
