//! Fields that have the values of others.

use architect_model::FieldType;

use crate::classes::Classes;
use crate::lexicon::Words;
use crate::names;
use crate::raw::{RawEntity, RawField, TypeSpec};

/// Words before the name of a field that has the same values.
static SAME: Words = Words("same values");

/// Gives fields the values of others that they are said to have: `same values as status`.
pub(crate) fn share(named: &mut [(String, RawEntity)], classes: &Classes) {
    let mut shared: Vec<(usize, usize, Vec<String>)> = Vec::new();
    for (entity, (class, raw)) in named.iter().enumerate() {
        for (at, field) in raw.fields.iter().enumerate() {
            let open = match &field.spec {
                Some(TypeSpec::Enum(values)) => values.is_empty(),
                Some(TypeSpec::Known(ty)) => matches!(ty, FieldType::String { .. } | FieldType::Text),
                None => true,
                Some(TypeSpec::Named { .. }) => false,
            };
            let tail = same_as(&field.description).or_else(|| same_as(&field.type_text)).filter(|_| open);
            let Some(tail) = tail else { continue };
            let plain = tail.replace(['`', '"', '.', '('], " ");
            let words: Vec<&str> = plain.split_whitespace().take(6).collect();
            let of = words.iter().find_map(|word| classes.find(word)).unwrap_or(class);
            let key = names::key(&field.label);
            let other = named.iter().find(|(name, _)| name == of).and_then(|(_, raw)| {
                let says = |known: &&RawField| words.iter().any(|word| names::key(word) == names::key(&known.label));
                let listed =
                    |known: &&RawField| matches!(&known.spec, Some(TypeSpec::Enum(values)) if !values.is_empty());
                let mut fields = raw.fields.iter().filter(listed);
                fields.clone().find(says).or_else(|| fields.find(|known| names::key(&known.label) == key))
            });
            if let Some(TypeSpec::Enum(values)) = other.and_then(|field| field.spec.as_ref()) {
                shared.push((entity, at, values.clone()));
            }
        }
    }
    for (entity, at, values) in shared {
        named[entity].1.fields[at].spec = Some(TypeSpec::Enum(values));
    }
}

/// What follows words such as `same values as`.
fn same_as(text: &str) -> Option<&str> {
    let lower = text.to_lowercase();
    SAME.iter().find_map(|mark| {
        let at = lower.find(mark)?;
        let bounded = at == 0 || !lower[..at].ends_with(char::is_alphanumeric);
        text.get(at + mark.len()..).filter(|_| bounded && lower.len() == text.len())
    })
}
