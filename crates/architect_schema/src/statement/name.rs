//! Names in SQL: folded, cut and parted as PostgreSQL does.

use architect_model::QualifiedName;
use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

/// Bytes of a name that PostgreSQL keeps (`NAMEDATALEN - 1`).
const NAME_BYTES: usize = 63;

/// The name that an identifier means: in lower case unless it is quoted, cut at 63 bytes.
pub(super) fn folded(ident: &Ident) -> String {
    let mut name = match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_ascii_lowercase(),
    };
    if name.len() > NAME_BYTES {
        let end = (0..=NAME_BYTES).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        name.truncate(end);
    }
    name
}

/// The names of a list.
pub(super) fn folded_all(idents: &[Ident]) -> Vec<String> {
    idents.iter().map(folded).collect()
}

/// The parts of a dotted name.
pub(super) fn parts(name: &ObjectName) -> Vec<String> {
    let part = |part: &ObjectNamePart| match part {
        ObjectNamePart::Identifier(ident) => folded(ident),
        ObjectNamePart::Function(function) => folded(&function.name),
    };
    name.0.iter().map(part).collect()
}

/// The name of a table, type or index; the database before its schema is left out.
pub(super) fn qualified(name: &ObjectName) -> QualifiedName {
    let mut parts = parts(name);
    let last = parts.pop().unwrap_or_default();
    QualifiedName::new(parts.pop(), last)
}
