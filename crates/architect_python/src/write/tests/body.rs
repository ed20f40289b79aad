//! Bodies that tests send: a first and a second valid value for each type.

use architect_model::{ColumnDesign, EntityDesign, FieldType, sample};

use super::Tests;
use crate::write::names::{capital, spoken};
use crate::write::text;

/// A valid value for a column as Python source, the `nth` of several; none where none can be made up.
pub(super) fn value(column: &ColumnDesign, nth: usize) -> Option<String> {
    of_type(&column.ty, &column.name, nth)
}

fn of_type(ty: &FieldType, name: &str, nth: usize) -> Option<String> {
    let number = i64::try_from(nth).unwrap_or(0) + 1;
    Some(match ty {
        FieldType::String { min, max } => text::string(&words(name, nth, *min, *max)),
        FieldType::Text => text::string(&words(name, nth, None, None)),
        FieldType::Email => text::string(&format!("somebody{nth}@example.com")),
        FieldType::Url => text::string(&format!("https://example.com/{nth}")),
        FieldType::Integer { min, max } | FieldType::BigInteger { min, max } => {
            sample::whole(*min, *max, number).to_string()
        }
        FieldType::Decimal { precision, scale, min, max } => {
            text::string(&sample::decimal(*precision, *scale, min.as_deref(), max.as_deref(), number))
        }
        FieldType::Float => format!("{number}.5"),
        FieldType::Boolean => if nth == 0 { "False" } else { "True" }.to_owned(),
        FieldType::Date => text::string(&format!("2030-01-{:02}", 10 + number)),
        FieldType::DateTime => text::string(&format!("2030-01-{:02}T10:00:00Z", 10 + number)),
        FieldType::Time => text::string(&format!("10:{number:02}:00")),
        FieldType::Uuid => format!("str(uuid.UUID(int={number}))"),
        FieldType::Json => format!("{{\"key\": {number}}}"),
        FieldType::Enum { values, .. } => text::string(values.get(nth).or_else(|| values.first())?),
        FieldType::Array { items } => format!("[{}]", of_type(items, name, nth)?),
        FieldType::Reference { .. } | FieldType::Many { .. } => return None,
    })
}

/// `Name`, `Name 2`, within the length that is allowed.
fn words(name: &str, nth: usize, min: Option<u32>, max: Option<u32>) -> String {
    sample::words(&capital(&spoken(name)), nth, min, max)
}

impl Tests<'_> {
    /// Items of the body that creates a row: what must be given, without references.
    pub(super) fn required(&self, entity: &EntityDesign) -> Vec<String> {
        let columns = entity.columns.iter().filter(|column| column.required_in_create() && column.reference.is_none());
        let item =
            |column: &ColumnDesign| Some(format!("{}: {}", text::string(&column.name), self.fresh(entity, column)?));
        columns.filter_map(item).collect()
    }

    /// A value that no other row has, where the whole table must not hold it twice or rows of other tests stay in it.
    pub(super) fn fresh(&self, entity: &EntityDesign, column: &ColumnDesign) -> Option<String> {
        let shared = self.house.shares_rows_of_tests() && self.is_unique(entity, &column.name);
        if (shared || column.unique.is_some())
            && let FieldType::String { max, .. } = &column.ty
        {
            let max = max.unwrap_or(32).min(32);
            return Some(if max < 32 { format!("uuid.uuid4().hex[:{max}]") } else { "uuid.uuid4().hex".to_owned() });
        }
        value(column, 0)
    }

    /// Whether a unique constraint makes a column's values differ.
    pub(super) fn is_unique(&self, entity: &EntityDesign, name: &str) -> bool {
        let alone = entity.column(name).is_some_and(|column| column.unique.is_some());
        alone || entity.uniques.iter().any(|unique| unique.subject == name)
    }

    /// The column that tests change, with its second value: text if there is one.
    pub(super) fn change(&self, entity: &EntityDesign) -> Option<(String, String)> {
        let changeable = |column: &&ColumnDesign| column.in_update && column.reference.is_none();
        let is_text = |column: &&ColumnDesign| matches!(column.ty, FieldType::String { .. } | FieldType::Text);
        let columns: Vec<_> = entity.columns.iter().filter(changeable).collect();
        let plain =
            |column: &&&ColumnDesign| !(self.house.shares_rows_of_tests() && self.is_unique(entity, &column.name));
        let column = columns
            .iter()
            .filter(|column| is_text(column))
            .find(plain)
            .or_else(|| columns.iter().find(plain))
            .or_else(|| columns.first())?;
        Some((column.name.clone(), value(column, 1)?))
    }
}
