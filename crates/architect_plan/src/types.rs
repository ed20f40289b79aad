//! Types of a document beside types of columns.

use architect_model::{
    Column, ColumnDesign, ColumnType, Enumeration, FieldType, IdKind, InputKind, Project, SchemaField,
};

use crate::code::defaults;
use crate::compare::bare;

/// Whether a column of type `found` holds what the design gives.
pub fn is_stored_as(project: &Project, design: &ColumnDesign, found: &ColumnType) -> bool {
    let found = bare(found);
    if let Some(kind) = design.id {
        return holds_key(kind, found);
    }
    match (&design.ty, found) {
        (FieldType::String { max, .. }, ColumnType::String { length, .. }) => max.is_none() || max == length,
        (FieldType::Email | FieldType::Url, ColumnType::String { .. } | ColumnType::Text)
        | (FieldType::Text, ColumnType::Text | ColumnType::String { length: None, .. })
        | (FieldType::String { max: None, .. }, ColumnType::Text)
        | (FieldType::Integer { .. }, ColumnType::Integer | ColumnType::SmallInteger)
        | (FieldType::BigInteger { .. }, ColumnType::BigInteger)
        | (FieldType::Float, ColumnType::Float | ColumnType::Double)
        | (FieldType::Boolean, ColumnType::Boolean)
        | (FieldType::Date, ColumnType::Date)
        | (FieldType::DateTime, ColumnType::DateTime { .. })
        | (FieldType::Time, ColumnType::Time { .. })
        | (FieldType::Uuid, ColumnType::Uuid)
        | (FieldType::Json | FieldType::Array { .. }, ColumnType::Json) => true,
        (FieldType::Decimal { precision, scale, .. }, ColumnType::Numeric { precision: found, scale: places }) => {
            *found == Some(*precision) && *places == Some(*scale)
        }
        (FieldType::Enum { name, values }, ColumnType::Enum { values: stored, .. }) => {
            let of_class = |class: &&Enumeration| class.members.iter().map(|(_, value)| value).eq(values);
            let is_class = project.enums.iter().filter(|class| class.class.name == *name).any(|class| of_class(&class));
            // A document need not know the class: what counts is what is stored.
            let is_stored = |class: &Enumeration| {
                let by_name = class.members.iter().map(|(name, _)| name);
                stored.known().is_some_and(|stored| by_name.eq(stored))
            };
            is_class || stored.known() == Some(values) || project.enums.iter().filter(of_class).any(is_stored)
        }
        // PostgreSQL's own types: `ARRAY`, `JSONB`, `UUID`, `CITEXT`.
        (FieldType::Array { .. }, ColumnType::Array { .. }) => true,
        (FieldType::Json, ColumnType::Other { symbol, .. }) => symbol.name.starts_with("JSON"),
        (FieldType::Uuid, ColumnType::Other { symbol, .. }) => ["UUID", "GUID"].contains(&symbol.name.as_str()),
        _ => false,
    }
}

/// Texts as tests write them: a pattern that takes both takes any of them.
const TEXTS: [&str; 2] = ["Name", "Some name 2"];

/// The type in a document of a field of the code that creation must be given, with its bounds; `None` where no value
/// can be told to be valid.
pub(crate) fn field_type(project: &Project, column: Option<&Column>, field: &SchemaField) -> Option<FieldType> {
    let bounds = Bounds(field);
    let bare_annotation = field.annotation.trim_matches(['"', '\'']);
    if project.style.schemas.input(InputKind::Email).is_some_and(|own| own.name == bare_annotation) {
        return Some(FieldType::Email);
    }
    if bounds.get("pattern").is_some_and(|pattern| !takes_texts(pattern)) {
        return None;
    }
    if let Some(class) = project.enums.iter().find(|class| class.class.name == bare_annotation) {
        let values = class.members.iter().map(|(_, value)| value.clone()).collect();
        return Some(FieldType::Enum { name: class.class.name.clone(), values });
    }
    match bare_annotation {
        "EmailStr" => return Some(FieldType::Email),
        "HttpUrl" | "AnyUrl" | "AnyHttpUrl" => return Some(FieldType::Url),
        _ => {}
    }
    let Some(column) = column else { return of_annotation(bare_annotation, &bounds) };
    match bare(column.ty.known()?) {
        ColumnType::String { length, .. } => bounds.string(*length),
        ColumnType::Text => bounds.string(None),
        ColumnType::Integer | ColumnType::SmallInteger => bounds.integer(31),
        ColumnType::BigInteger => bounds.integer(63),
        ColumnType::Float | ColumnType::Double => bounds.is_empty().then_some(FieldType::Float),
        ColumnType::Numeric { precision, scale } => bounds.decimal(precision.unwrap_or(10), scale.unwrap_or(2)),
        ColumnType::Boolean => Some(FieldType::Boolean),
        ColumnType::Date => Some(FieldType::Date),
        ColumnType::DateTime { .. } => Some(FieldType::DateTime),
        ColumnType::Time { .. } => Some(FieldType::Time),
        ColumnType::Uuid => Some(FieldType::Uuid),
        ColumnType::Other { symbol, .. } if ["UUID", "GUID"].contains(&symbol.name.as_str()) => Some(FieldType::Uuid),
        ColumnType::Json if bare_annotation.starts_with("dict") => Some(FieldType::Json),
        _ => None,
    }
}

fn of_annotation(annotation: &str, bounds: &Bounds<'_>) -> Option<FieldType> {
    match annotation {
        "str" => bounds.string(None),
        "int" => bounds.integer(31),
        "float" | "FiniteFloat" => bounds.is_empty().then_some(FieldType::Float),
        "bool" => Some(FieldType::Boolean),
        "date" => Some(FieldType::Date),
        "datetime" => Some(FieldType::DateTime),
        "Decimal" => bounds.decimal(10, 2),
        _ => None,
    }
}

/// Whether a pattern, written as a Python string, takes any text that tests write. Pydantic matches with the same
/// library, anywhere in the text.
fn takes_texts(written: &str) -> bool {
    let pattern = written.trim_start_matches('r').trim_matches(['"', '\'']);
    regex::Regex::new(pattern).is_ok_and(|pattern| TEXTS.iter().all(|text| pattern.is_match(text)))
}

/// What the code demands of a value.
struct Bounds<'a>(&'a SchemaField);

impl Bounds<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.bounds.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn is_empty(&self) -> bool {
        self.0.bounds.is_empty()
    }

    /// A text within its bounds; `None` where one of them is no number that is written out.
    fn string(&self, length: Option<u32>) -> Option<FieldType> {
        let number = |name| match self.get(name) {
            Some(value) => value.parse::<u32>().ok().map(Some),
            None => Some(None),
        };
        let max = [number("max_length")?, length].into_iter().flatten().min();
        Some(FieldType::String { min: number("min_length")?, max })
    }

    /// A whole number within its bounds, of those that so many bits hold beside the sign; `None` where a bound is no
    /// number that is written out.
    fn integer(&self, bits: u32) -> Option<FieldType> {
        let number = |name| self.get(name).map(whole);
        let one = |name| match number(name) {
            Some(value) => value.map(Some),
            None => Some(None),
        };
        if self.get("multiple_of").is_some() {
            return None;
        }
        let min = one("ge")?.or(one("gt")?.map(|value| value.saturating_add(1)));
        let max = one("le")?.or(one("lt")?.map(|value| value.saturating_sub(1)));
        // What the column holds is no bound of its own.
        let least = |bits: u32| -(1_i128 << bits);
        let min = min.filter(|min| ![31, bits].iter().any(|bits| i128::from(*min) == least(*bits)));
        let max = max.filter(|max| ![31, bits].iter().any(|bits| i128::from(*max) == -least(*bits) - 1));
        Some(if bits > 31 { FieldType::BigInteger { min, max } } else { FieldType::Integer { min, max } })
    }

    /// An exact number within its bounds; `None` where one of them is no number that is written out, or one that the
    /// number itself must not be.
    fn decimal(&self, precision: u32, scale: u32) -> Option<FieldType> {
        let number = |name| match self.get(name) {
            Some(value) => defaults::number(value).map(Some),
            None => Some(None),
        };
        if ["gt", "lt", "multiple_of"].iter().any(|name| self.get(name).is_some()) {
            return None;
        }
        Some(FieldType::Decimal { precision, scale, min: number("ge")?, max: number("le")? })
    }
}

/// `10_000`, `2**31 - 1`, `-(2**63)`.
fn whole(source: &str) -> Option<i64> {
    let source: String = source.chars().filter(|char| !char.is_whitespace() && *char != '_').collect();
    if let Ok(number) = source.parse() {
        return Some(number);
    }
    let power =
        |text: &str| text.strip_prefix("2**").and_then(|bits| bits.parse::<u32>().ok()).filter(|bits| *bits < 64);
    let (number, less) = match source.strip_suffix("-1") {
        Some(rest) => (rest.to_owned(), 1_i128),
        None => (source, 0),
    };
    let (sign, text) = match number.strip_prefix('-') {
        Some(rest) => (-1, rest.trim_start_matches('(').trim_end_matches(')')),
        None => (1, number.as_str()),
    };
    i64::try_from(sign * (1_i128 << power(text)?) - less).ok()
}

fn holds_key(kind: IdKind, found: &ColumnType) -> bool {
    match (kind, found) {
        (IdKind::Uuid, ColumnType::Uuid)
        | (IdKind::Integer, ColumnType::Integer | ColumnType::BigInteger | ColumnType::SmallInteger)
        | (IdKind::String, ColumnType::String { .. } | ColumnType::Text) => true,
        (IdKind::Uuid, ColumnType::Other { symbol, .. }) => ["UUID", "GUID"].contains(&symbol.name.as_str()),
        _ => false,
    }
}

/// A type in the words of a document.
pub(crate) fn designed(ty: &FieldType) -> String {
    match ty {
        FieldType::String { max: Some(max), .. } => format!("a string of at most {max} characters"),
        FieldType::String { .. } => "a string".to_owned(),
        FieldType::Text => "a text".to_owned(),
        FieldType::Email => "an e-mail address".to_owned(),
        FieldType::Url => "a web address".to_owned(),
        FieldType::Integer { .. } => "an integer".to_owned(),
        FieldType::BigInteger { .. } => "a big integer".to_owned(),
        FieldType::Decimal { precision, scale, .. } => format!("decimal({precision},{scale})"),
        FieldType::Float => "a float".to_owned(),
        FieldType::Boolean => "a boolean".to_owned(),
        FieldType::Date => "a date".to_owned(),
        FieldType::DateTime => "a point in time".to_owned(),
        FieldType::Time => "a time of day".to_owned(),
        FieldType::Uuid => "a UUID".to_owned(),
        FieldType::Json => "JSON".to_owned(),
        FieldType::Enum { values, .. } => format!("enum({})", values.join(", ")),
        FieldType::Array { items } => format!("a list, each of it {}", designed(items)),
        FieldType::Reference { entity, .. } => format!("a reference to `{entity}`"),
        FieldType::Many { entity } => format!("a list of `{entity}`"),
    }
}

/// A type of the code in the words of SQL.
pub(crate) fn found(ty: &ColumnType) -> String {
    match bare(ty) {
        ColumnType::String { length: Some(length), .. } => format!("VARCHAR({length})"),
        ColumnType::String { .. } => "VARCHAR".to_owned(),
        ColumnType::Text => "TEXT".to_owned(),
        ColumnType::Integer => "INTEGER".to_owned(),
        ColumnType::SmallInteger => "SMALLINT".to_owned(),
        ColumnType::BigInteger => "BIGINT".to_owned(),
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::Float => "FLOAT".to_owned(),
        ColumnType::Double => "DOUBLE PRECISION".to_owned(),
        ColumnType::Numeric { precision: Some(precision), scale } => {
            format!("NUMERIC({precision},{})", scale.unwrap_or(0))
        }
        ColumnType::Numeric { .. } => "NUMERIC".to_owned(),
        ColumnType::Date => "DATE".to_owned(),
        ColumnType::Time { .. } => "TIME".to_owned(),
        ColumnType::DateTime { .. } => "TIMESTAMP".to_owned(),
        ColumnType::Interval => "INTERVAL".to_owned(),
        ColumnType::Uuid => "UUID".to_owned(),
        ColumnType::LargeBinary => "BYTEA".to_owned(),
        ColumnType::Enum { values, .. } => match values.known() {
            Some(values) => format!("ENUM({})", values.join(", ")),
            None => "ENUM".to_owned(),
        },
        ColumnType::Json => "JSON".to_owned(),
        ColumnType::Array { item, .. } => format!("{}[]", found(item)),
        ColumnType::Other { symbol, .. } => symbol.name.clone(),
    }
}
