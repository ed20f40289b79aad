//! A design as the explicit document: canonical, stable when run again.

use architect_model::FieldType;

use crate::types::quote;

/// A type as the explicit format writes it.
pub(crate) fn type_text(ty: &FieldType) -> String {
    match ty {
        FieldType::String { min, max } => bounded("string", text(min), text(max)),
        FieldType::Text => "text".to_owned(),
        FieldType::Email => "email".to_owned(),
        FieldType::Url => "url".to_owned(),
        FieldType::Integer { min, max } => bounded("integer", text(min), text(max)),
        FieldType::BigInteger { min, max } => bounded("bigint", text(min), text(max)),
        FieldType::Decimal {
            precision,
            scale,
            min,
            max,
        } => {
            let range = match (min, max) {
                (None, None) => String::new(),
                (min, max) => format!(
                    ", {}..{}",
                    min.as_deref().unwrap_or_default(),
                    max.as_deref().unwrap_or_default()
                ),
            };
            format!("decimal({precision},{scale}{range})")
        }
        FieldType::Float => "float".to_owned(),
        FieldType::Boolean => "boolean".to_owned(),
        FieldType::Date => "date".to_owned(),
        FieldType::DateTime => "datetime".to_owned(),
        FieldType::Time => "time".to_owned(),
        FieldType::Uuid => "uuid".to_owned(),
        FieldType::Json => "json".to_owned(),
        FieldType::Enum { values, .. } => {
            format!(
                "enum({})",
                values
                    .iter()
                    .map(|value| quote(value))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        FieldType::Array { items } => format!("array({})", type_text(items)),
        FieldType::Reference { entity, .. } => entity.clone(),
        FieldType::Many { entity } => format!("list of {entity}"),
    }
}

fn text<T: ToString>(bound: &Option<T>) -> Option<String> {
    bound.as_ref().map(T::to_string)
}

fn bounded(word: &str, min: Option<String>, max: Option<String>) -> String {
    match (min, max) {
        (None, None) => word.to_owned(),
        (None, Some(max)) if word == "string" => format!("string({max})"),
        (min, max) => format!(
            "{word}({}..{})",
            min.unwrap_or_default(),
            max.unwrap_or_default()
        ),
    }
}
