//! Enumeration types.

use architect_model::{identifier, literal};

use super::super::operation::{NewValue, ReplacedColumn, TypeReplacement};
use super::super::value::Value;
use super::name;

/// `CREATE TYPE`.
pub(super) fn create(name: &str, values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
    format!("CREATE TYPE {} AS ENUM ({})", identifier(name), values.join(", "))
}

/// `ALTER TYPE … ADD VALUE`. It is committed at once: a migration that fails later finds the value there when it is run
/// again.
pub(in super::super) fn add_value(name: &str, value: &NewValue<'_>) -> String {
    let place = value.before.map(|before| format!(" BEFORE {}", literal(before))).unwrap_or_default();
    format!("ALTER TYPE {} ADD VALUE IF NOT EXISTS {}{place}", identifier(name), literal(value.value))
}

/// A new type in place of the old one: PostgreSQL takes no value from a type. Defaults are of the old type, and so go
/// before its columns change and come back afterwards.
pub(in super::super) fn replace_type(replacement: &TypeReplacement<'_>) -> Vec<String> {
    let ty = identifier(replacement.name);
    let old = identifier(&format!("{}_old", replacement.name));
    let mut found = vec![format!("ALTER TYPE {ty} RENAME TO {old}"), create(replacement.name, replacement.values)];
    for ReplacedColumn { table, column, fill } in &replacement.columns {
        let alter = format!("ALTER TABLE {} ALTER COLUMN {}", name(table), identifier(&column.name));
        let source = column.server_default.as_ref();
        if source.is_some() {
            found.push(format!("{alter} DROP DEFAULT"));
        }
        let text = format!("{}::text", identifier(&column.name));
        let kept: Vec<String> = replacement.values.iter().map(|value| literal(value)).collect();
        let value = match fill.as_ref().map(Value::sql) {
            Some(fill) => format!("(CASE WHEN {text} NOT IN ({}) THEN {fill} ELSE {text} END)", kept.join(", ")),
            None => text,
        };
        found.push(format!("{alter} TYPE {ty} USING {value}::{ty}"));
        let value = source.and_then(Value::of);
        if let Some(Value::Text(text)) = value
            && replacement.values.contains(&text)
        {
            found.push(format!("{alter} SET DEFAULT {}", literal(&text)));
        }
    }
    found.push(format!("DROP TYPE {old}"));
    found
}
