//! Types and values of the design as Python: annotations, constraints, literals.

use architect_model::{ColumnDesign, ColumnRole, FieldType, IdKind, InputKind, Literal};

use super::file::File;
use super::house::House;
use super::text;

/// What a value of a column may be: its annotation, and what `Field` says beyond it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Annotation without `| None`.
    pub(crate) annotation: String,
    /// Constraints as keyword arguments of `Field`.
    pub(crate) constraints: Vec<String>,
    /// Further metadata of `Annotated`.
    pub(crate) markers: Vec<String>,
}

impl Shape {
    fn plain(annotation: String) -> Self {
        Self { annotation, ..Self::default() }
    }

    /// Whether the annotation alone says it all.
    pub(crate) fn is_plain(&self) -> bool {
        self.constraints.is_empty() && self.markers.is_empty()
    }
}

/// The annotation of a stored value.
pub(crate) fn stored(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> String {
    if let Some(kind) = column.id {
        return key(file, kind);
    }
    plain(house, file, &column.ty)
}

/// The annotation of a key.
pub(crate) fn key(file: &mut File, kind: IdKind) -> String {
    match kind {
        IdKind::Uuid => {
            file.module("uuid");
            "uuid.UUID".to_owned()
        }
        IdKind::Integer => "int".to_owned(),
        IdKind::String => "str".to_owned(),
    }
}

/// The annotation of a key that a client sends: the house's own type for it, where it has one.
pub(crate) fn sent_key(house: &House<'_>, file: &mut File, kind: IdKind) -> String {
    match (kind, house.style.schemas.input(InputKind::Key)) {
        (IdKind::Integer, Some(symbol)) => file.symbol(symbol),
        _ => key(file, kind),
    }
}

fn plain(house: &House<'_>, file: &mut File, ty: &FieldType) -> String {
    match ty {
        FieldType::String { .. } | FieldType::Text | FieldType::Email | FieldType::Url => "str".to_owned(),
        FieldType::Integer { .. } | FieldType::BigInteger { .. } => "int".to_owned(),
        FieldType::Decimal { .. } => file.from("decimal", "Decimal"),
        FieldType::Float => "float".to_owned(),
        FieldType::Boolean => "bool".to_owned(),
        FieldType::Date => file.from("datetime", "date"),
        FieldType::DateTime => file.from("datetime", "datetime"),
        FieldType::Time => file.from("datetime", "time"),
        FieldType::Uuid => key(file, IdKind::Uuid),
        FieldType::Json => {
            let any = file.from("typing", "Any");
            format!("dict[str, {any}]")
        }
        FieldType::Enum { name, .. } => file.symbol(&house.enum_symbol(name)),
        FieldType::Array { items } => format!("list[{}]", plain(house, file, items)),
        FieldType::Reference { .. } | FieldType::Many { .. } => key(file, house.style.models.id.value),
    }
}

/// What a client may send for a column.
pub(crate) fn sent(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> Shape {
    if let Some(kind) = column.id {
        return Shape::plain(sent_key(house, file, kind));
    }
    if let Some(shape) = marked(house, file, &column.ty) {
        return shape;
    }
    if let FieldType::Array { .. } = &column.ty {
        let annotation = sent_type(house, file, &column.ty);
        return Shape { constraints: vec!["max_length=100".to_owned()], ..Shape::plain(annotation) };
    }
    let (kind, constraints) = constraints(house, &column.ty);
    let annotation = sent_type(house, file, &column.ty);
    let bounded = kind.is_some_and(|kind| house.style.schemas.input(kind).is_some());
    let constraints = if bounded { constraints } else { with_bounds(&column.ty, constraints) };
    Shape { constraints, ..Shape::plain(annotation) }
}

/// Numbers in the house's own words: bounds before its marker of whole numbers, digits as its own metadata.
fn marked(house: &House<'_>, file: &mut File, ty: &FieldType) -> Option<Shape> {
    match ty {
        FieldType::Integer { min, max } | FieldType::BigInteger { min, max } if min.is_some() || max.is_some() => {
            let marker = house.style.schemas.whole.as_ref()?;
            let constraints = with_bounds(ty, limits(*min, *max));
            let markers = vec![file.symbol(marker)];
            Some(Shape { annotation: "int".to_owned(), constraints, markers })
        }
        FieldType::Decimal { precision, scale, min, max } => {
            let class = file.symbol(house.style.schemas.digits.as_ref()?);
            let decimal = file.from("decimal", "Decimal");
            let bound = |name: &str, value: &Option<String>| {
                let value = value.as_ref().filter(|value| is_number(value))?;
                Some(format!(", {name}={decimal}({})", text::string(value.trim())))
            };
            let bounds: String = [bound("ge", min), bound("le", max)].into_iter().flatten().collect();
            let marker = format!("{class}({precision}, {scale}{bounds})");
            Some(Shape { markers: vec![marker], ..Shape::plain(decimal) })
        }
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(f64::is_finite)
}

fn sent_type(house: &House<'_>, file: &mut File, ty: &FieldType) -> String {
    if let FieldType::Array { items } = ty {
        let shape = Shape { constraints: constraints(house, items).1, ..Shape::plain(sent_type(house, file, items)) };
        return format!("list[{}]", annotated(file, &shape));
    }
    match (constraints(house, ty).0.and_then(|kind| house.style.schemas.input(kind)), ty) {
        (Some(symbol), _) => file.symbol(symbol),
        (None, FieldType::Email) => file.from("pydantic", "EmailStr"),
        (None, FieldType::DateTime) => file.from("pydantic", "AwareDatetime"),
        // JSON has no infinity; SQLModel's `Field` does not take `allow_inf_nan`.
        (None, FieldType::Float) => file.from("pydantic", "FiniteFloat"),
        (None, _) => plain(house, file, ty),
    }
}

/// `Annotated[str, Field(max_length=9)]`, or the annotation alone where nothing constrains it.
pub(crate) fn annotated(file: &mut File, shape: &Shape) -> String {
    if shape.is_plain() {
        return shape.annotation.clone();
    }
    let annotated = file.from("typing", "Annotated");
    let mut parts = vec![shape.annotation.clone()];
    if !shape.constraints.is_empty() {
        let field = file.from("pydantic", "Field");
        parts.push(format!("{field}({})", shape.constraints.join(", ")));
    }
    parts.extend(shape.markers.iter().cloned());
    format!("{annotated}[{}]", parts.join(", "))
}

/// The kind of input type, and the constraints that the document sets.
fn constraints(house: &House<'_>, ty: &FieldType) -> (Option<InputKind>, Vec<String>) {
    match ty {
        FieldType::String { min, max } => (Some(InputKind::Text), lengths(*min, *max)),
        FieldType::Text => (Some(InputKind::Text), lengths(None, house.style.schemas.text_bound.value)),
        FieldType::Email => (Some(InputKind::Email), Vec::new()),
        FieldType::Url => (Some(InputKind::Text), lengths(Some(1), Some(2048))),
        FieldType::Integer { min, max } => (Some(InputKind::Int32), limits(*min, *max)),
        FieldType::BigInteger { min, max } => (Some(InputKind::Int64), limits(*min, *max)),
        FieldType::Decimal { precision, scale, min, max } => (None, digits(*precision, *scale, min, max)),
        FieldType::Float => (Some(InputKind::Float), Vec::new()),
        FieldType::Boolean => (Some(InputKind::Boolean), Vec::new()),
        FieldType::Date => (Some(InputKind::Date), Vec::new()),
        FieldType::DateTime => (Some(InputKind::DateTime), Vec::new()),
        FieldType::Time => (Some(InputKind::Time), Vec::new()),
        FieldType::Json => (Some(InputKind::Json), Vec::new()),
        _ => (None, Vec::new()),
    }
}

fn lengths(min: Option<u32>, max: Option<u32>) -> Vec<String> {
    let min = min.filter(|min| *min > 0).map(|min| format!("min_length={min}"));
    min.into_iter().chain(max.map(|max| format!("max_length={}", grouped(i64::from(max))))).collect()
}

fn limits(min: Option<i64>, max: Option<i64>) -> Vec<String> {
    let min = min.map(|min| format!("ge={}", grouped(min)));
    min.into_iter().chain(max.map(|max| format!("le={}", grouped(max)))).collect()
}

fn digits(precision: u32, scale: u32, min: &Option<String>, max: &Option<String>) -> Vec<String> {
    let number = |text: &String| is_number(text).then(|| text.trim().to_owned());
    let whole = |text: String| if text.contains('.') { format!("Decimal({})", text::string(&text)) } else { text };
    let mut all = Vec::new();
    all.extend(min.as_ref().and_then(number).map(|min| format!("ge={}", whole(min))));
    all.extend(max.as_ref().and_then(number).map(|max| format!("le={}", whole(max))));
    all.push(format!("max_digits={precision}"));
    all.push(format!("decimal_places={scale}"));
    all
}

/// Numbers that the column cannot hold must not reach the database.
fn with_bounds(ty: &FieldType, mut constraints: Vec<String>) -> Vec<String> {
    let (min, max, bits) = match ty {
        FieldType::Integer { min, max } => (min, max, 31),
        FieldType::BigInteger { min, max } => (min, max, 63),
        FieldType::Email => {
            constraints.push("max_length=255".to_owned());
            return constraints;
        }
        _ => return constraints,
    };
    if min.is_none() {
        constraints.insert(0, format!("ge=-(2**{bits})"));
    }
    if max.is_none() {
        constraints.push(format!("le=2**{bits} - 1"));
    }
    constraints
}

/// A number with its thousands grouped, as Python reads them.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "-" } else { "" };
    if digits.len() < 6 {
        return format!("{sign}{digits}");
    }
    let start = digits.len() % 3;
    let mut groups: Vec<&str> =
        digits.as_bytes()[start..].chunks(3).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    if start > 0 {
        groups.insert(0, &digits[..start]);
    }
    format!("{sign}{}", groups.join("_"))
}

/// A default: a plain value, or a factory that makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Default {
    /// `default=value`.
    Value(String),
    /// `default_factory=function`.
    Factory(String),
}

/// The default of a column as Python.
pub(crate) fn default(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> Option<Default> {
    match column.default.as_ref() {
        Some(Literal::Now { .. }) => Some(Default::Factory(now(house, file, &column.ty))),
        Some(Literal::Empty { .. }) => {
            let list = matches!(column.ty, FieldType::Array { .. });
            Some(Default::Factory(if list { "list" } else { "dict" }.to_owned()))
        }
        Some(literal) => literal_value(house, file, &column.ty, literal).map(Default::Value),
        None if column.nullable && column.role != ColumnRole::Id => Some(Default::Value("None".to_owned())),
        None => None,
    }
}

fn now(house: &House<'_>, file: &mut File, ty: &FieldType) -> String {
    match (ty, &house.style.models.now) {
        (FieldType::Date, _) => {
            let date = file.from("datetime", "date");
            format!("{date}.today")
        }
        (_, Some(symbol)) => file.symbol(symbol),
        (_, None) if house.style.models.timezone_utc => {
            let (zone, datetime) = (file.from("datetime", "timezone"), file.from("datetime", "datetime"));
            format!("lambda: {datetime}.now({zone}.utc)")
        }
        (_, None) => {
            let (utc, datetime) = (file.from("datetime", "UTC"), file.from("datetime", "datetime"));
            format!("lambda: {datetime}.now({utc})")
        }
    }
}

/// A literal as a Python expression of the type `ty`.
pub(crate) fn literal_value(house: &House<'_>, file: &mut File, ty: &FieldType, literal: &Literal) -> Option<String> {
    Some(match (literal, ty) {
        (Literal::Null, _) => "None".to_owned(),
        (Literal::Boolean(value), _) => if *value { "True" } else { "False" }.to_owned(),
        (Literal::Integer(value), FieldType::Decimal { .. }) => {
            let decimal = file.from("decimal", "Decimal");
            format!("{decimal}({value})")
        }
        (Literal::Integer(value), FieldType::String { .. } | FieldType::Text) => text::string(&value.to_string()),
        (Literal::Integer(value), _) => grouped(*value),
        (Literal::Number { number }, FieldType::Float) => number.clone(),
        (Literal::Number { number }, _) => {
            let decimal = file.from("decimal", "Decimal");
            let as_integer = is_whole(number) && plain_decimals(house);
            let value = if as_integer { number.clone() } else { text::string(number) };
            format!("{decimal}({value})")
        }
        (Literal::Text(value), FieldType::Enum { name, .. }) => {
            let member = house.enumeration(name)?.member(value)?;
            format!("{}.{member}", file.symbol(&house.enum_symbol(name)))
        }
        (Literal::Text(value), FieldType::Date) => from_iso(file, "date", value),
        (Literal::Text(value), FieldType::DateTime) => from_iso(file, "datetime", value),
        (Literal::Text(value), FieldType::Time) => from_iso(file, "time", value),
        (Literal::Text(value), FieldType::Decimal { .. }) => {
            let decimal = file.from("decimal", "Decimal");
            let as_integer = is_whole(value) && plain_decimals(house);
            let value = if as_integer { value.clone() } else { text::string(value) };
            format!("{decimal}({value})")
        }
        (Literal::Text(value), _) => text::string(value),
        (Literal::Now { .. }, _) => format!("{}()", now(house, file, ty)),
        (Literal::Empty { .. }, FieldType::Array { .. }) => "[]".to_owned(),
        (Literal::Empty { .. }, _) => "{}".to_owned(),
    })
}

fn is_whole(number: &str) -> bool {
    !number.is_empty() && number.len() < 10 && number.chars().all(|digit| digit.is_ascii_digit())
}

/// Whether the house makes whole decimal numbers of integers, or shows nothing: linters prefer that.
fn plain_decimals(house: &House<'_>) -> bool {
    let of_text = &house.style.models.decimals_of_text;
    !(of_text.is_seen() && of_text.value)
}

fn from_iso(file: &mut File, class: &str, value: &str) -> String {
    let class = file.from("datetime", class);
    format!("{class}.fromisoformat({})", text::string(value))
}
