//! Enumeration types.

use architect_model::{identifier, literal};

use architect_model::Table;

use super::super::operation::{NewValue, ReplacedColumn};
use super::super::value::Value;

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

/// A new type in place of the old one: PostgreSQL takes no value from a type.
pub(super) fn replace(name: &str, values: &[String]) -> Vec<String> {
    vec![format!("ALTER TYPE {} RENAME TO {}", identifier(name), replaced(name)), create(name, values)]
}

/// What was replaced goes: it takes no column, default, check or index with it, and so stops where one is of it still.
pub(super) fn drop_replaced(name: &str) -> String {
    format!("DROP TYPE {}", replaced(name))
}

fn replaced(name: &str) -> String {
    identifier(&format!("{name}_old"))
}

/// Columns become of the new type. Defaults are of the old one, and so go before their columns change and come back
/// afterwards.
pub(super) fn take_replaced(table: &Table, columns: &[ReplacedColumn<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    for ReplacedColumn { column, name, values, fill } in columns {
        let ty = identifier(name);
        let alter = format!("ALTER TABLE {} ALTER COLUMN {}", super::name(table), identifier(&column.name));
        let source = column.server_default.as_ref();
        if source.is_some() {
            found.push(format!("{alter} DROP DEFAULT"));
        }
        let text = format!("{}::text", identifier(&column.name));
        let kept: Vec<String> = values.iter().map(|value| literal(value)).collect();
        let value = match fill.as_ref().map(Value::sql) {
            Some(fill) => format!("(CASE WHEN {text} NOT IN ({}) THEN {fill} ELSE {text} END)", kept.join(", ")),
            None => text,
        };
        found.push(format!("{alter} TYPE {ty} USING {value}::{ty}"));
        if let Some(Value::Text(text)) = source.and_then(Value::of)
            && values.contains(&text)
        {
            found.push(format!("{alter} SET DEFAULT {}", literal(&text)));
        }
    }
    found
}
