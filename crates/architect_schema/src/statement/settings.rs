//! `SET`.

use architect_model::{MigrationOperationKind, Touched};
use sqlparser::ast::{Expr, Set, Value};

use super::name::parts;
use super::{aside, unknown};

/// What a `SET` does.
pub(super) fn set(set: &Set) -> Vec<MigrationOperationKind> {
    match set {
        Set::SingleAssignment { variable, values, .. } => {
            let name = parts(variable).join(".");
            let value = values.iter().map(value_text).collect::<Vec<_>>().join(", ");
            vec![setting(&name, value)]
        }
        _ => vec![aside("setting")],
    }
}

/// What becomes of a setting.
pub(super) fn setting(name: &str, value: String) -> MigrationOperationKind {
    if name.ends_with("_timeout") {
        return MigrationOperationKind::SetTimeout { setting: name.to_owned(), value };
    }
    // Names without a schema then mean other objects.
    let usual = ["", "public", "\"$user\", public", "$user, public", "default"];
    if name == "search_path" && !usual.contains(&value.to_ascii_lowercase().trim_start_matches("pg_catalog, ")) {
        return unknown(
            Touched::Everything,
            format!("`search_path` becomes `{value}`: names without a schema then mean other objects"),
        );
    }
    aside("setting")
}

/// A value without its quotes.
fn value_text(value: &Expr) -> String {
    match value {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => text.clone(),
            other => other.to_string(),
        },
        other => other.to_string(),
    }
}
