//! Fields and values in the words of commands and documents.

use architect_model::{Entity, Field, FieldType, Ownership};

use super::super::change::Facts;
use super::super::described::column_of;

/// The field that a document means by these words.
pub fn field(entity: &Entity, name: &str, ty: &str, rules: &str) -> Option<Field> {
    let owner = match &entity.owner {
        Ownership::User => "Owned by User.".to_owned(),
        Ownership::Parent { entity } => format!("Belongs to {entity}."),
        Ownership::Nobody | Ownership::Members { .. } => "Shared.".to_owned(),
    };
    let text = format!(
        "### {}\n\n{owner}\n\n| Field | Type | Rules |\n|---|---|---|\n| {name} | {ty} | {rules} |\n",
        entity.name
    );
    let (design, _) = architect_design::read("", &text);
    design.entities.into_iter().find(|known| known.name == entity.name)?.fields.into_iter().next()
}

/// A value for rows that exist, as `--fill` takes it, in a column of an entity as it shall be.
pub fn fill(entity: &Entity, column: &str, facts: &Facts) -> Option<String> {
    let Some(field) = entity.fields.iter().find(|field| column_of(field) == column) else {
        // The key of an owner that is new.
        return match &entity.owner {
            Ownership::Nobody | Ownership::Members { .. } => None,
            Ownership::User => some_row("User", facts),
            Ownership::Parent { entity } => some_row(entity, facts),
        };
    };
    Some(match &field.ty {
        FieldType::Email => "\"someone@example.com\"".to_owned(),
        FieldType::Url => "\"https://example.com\"".to_owned(),
        FieldType::String { .. } | FieldType::Text => "\"none\"".to_owned(),
        FieldType::Integer { .. } | FieldType::BigInteger { .. } | FieldType::Decimal { .. } => "1".to_owned(),
        FieldType::Float => "1.5".to_owned(),
        FieldType::Boolean => "False".to_owned(),
        FieldType::Date => "\"2024-01-31\"".to_owned(),
        FieldType::DateTime => "func.now()".to_owned(),
        FieldType::Time => "\"12:00:00\"".to_owned(),
        FieldType::Uuid => "\"00000000000040008000000000000001\"".to_owned(),
        FieldType::Json => "{}".to_owned(),
        FieldType::Array { .. } => "[]".to_owned(),
        FieldType::Enum { values, .. } => format!("\"{}\"", values.first()?),
        FieldType::Reference { entity, .. } => some_row(entity, facts)?,
        FieldType::Many { .. } => return None,
    })
}

fn some_row(class: &str, facts: &Facts) -> Option<String> {
    let known = facts.classes.get(class)?;
    let (table, key) = (&known.table, &known.key);
    Some(format!("text('(SELECT min(\"{key}\") FROM \"{table}\")')"))
}
