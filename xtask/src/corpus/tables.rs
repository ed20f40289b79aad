//! `architect schema` beside the metadata that SQLAlchemy itself holds: every key of every column.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::constraints;
use super::report::{TableTallies, Tally};

/// The keys of a column that are compared. What the classes of types are called is left out: `py_type`, `impl`.
const COLUMN_KEYS: &[&str] = &[
    "type",
    "nullable",
    "primary_key",
    "autoincrement",
    "default",
    "server_default",
    "onupdate",
    "unique",
    "index",
    "length",
    "timezone",
    "precision",
    "scale",
    "enum",
    "comment",
    "computed",
    "identity",
    "fks",
];

/// Keys that follow from the type: where that is unknown, they are.
const TYPE_KEYS: &[&str] = &["length", "timezone", "precision", "scale", "enum"];

/// What a schema declares unknown.
pub struct Unknowns<'v>(Vec<&'v Value>);

impl<'v> Unknowns<'v> {
    fn of(schema: &'v Value) -> Self {
        Self(schema["unknowns"].as_array().into_iter().flatten().collect())
    }

    /// Whether a part of a table, or of one of its columns, is declared unknown: by itself or with the whole.
    pub fn covers(&self, table: &str, column: Option<&str>, part: &str) -> bool {
        self.0.iter().any(|unknown| {
            let is_part = unknown["part"].is_null()
                || unknown["part"] == part
                || (unknown["part"] == "type" && TYPE_KEYS.contains(&part));
            let is_column = unknown["column"].is_null() || unknown["column"].as_str() == column;
            unknown["table"] == table && is_column && is_part
        })
    }

    /// Whether the names of some tables are not known.
    fn has_nameless(&self) -> bool {
        self.0.iter().any(|unknown| unknown["part"] == "name" || unknown["table"].is_null())
    }
}

/// Compares tables, their columns, constraints and classes, and enumerations.
pub fn compare(schema: &Value, metadata: &Value) -> TableTallies {
    let mut tallies = TableTallies::default();
    let empty = Map::new();
    let real = metadata["tables"].as_object().unwrap_or(&empty);
    let stated = schema["tables"].as_object().unwrap_or(&empty);
    let unknowns = Unknowns::of(schema);
    let mapped: BTreeSet<&str> =
        schema["mappers"].as_array().into_iter().flatten().filter_map(|mapper| mapper["class"].as_str()).collect();
    for (name, table) in real {
        let is_nameless = strings(&table["classes"]).iter().any(|class| mapped.contains(class));
        match stated.get(name) {
            Some(stated) => {
                tallies.tables.found += 1;
                columns(&mut tallies.columns, name, stated, table, &unknowns);
                constraints::compare(&mut tallies.constraints, name, stated, table, &unknowns);
                classes(&mut tallies.classes, stated, table);
            }
            None if is_nameless && unknowns.has_nameless() => {
                tallies.tables.declared += 1;
                tallies.tables.differences.push(format!("declared  table {name}"));
            }
            None => {
                tallies.tables.missing += 1;
                tallies.tables.differences.push(format!("missing   table {name} {:?}", strings(&table["classes"])));
            }
        }
    }
    for name in stated.keys().filter(|name| !real.contains_key(*name)) {
        tallies.tables.extra += 1;
        tallies.tables.differences.push(format!("extra     table {name}"));
    }
    enumerations(&mut tallies, schema, metadata, &unknowns);
    tallies
}

/// Enumeration types, with their values.
fn enumerations(tallies: &mut TableTallies, schema: &Value, metadata: &Value, unknowns: &Unknowns<'_>) {
    let tally = &mut tallies.enums;
    let told = |unknown: &&Value| unknown["part"] == "type" || unknown["part"] == "enum" || unknown["part"] == "enums";
    let is_open = unknowns.has_nameless() || unknowns.0.iter().any(told);
    for (name, values) in metadata["enums"].as_object().into_iter().flatten() {
        let stated = &schema["enums"][name];
        match (stated == values, is_open && stated.is_null()) {
            (true, _) => tally.found += 1,
            (false, true) => tally.declared += 1,
            (false, false) => {
                let is_told = unknowns.0.iter().any(|unknown| {
                    unknown["part"] == "enums" && unknown["reason"].as_str().is_some_and(|told| told.contains(name))
                });
                *(if is_told { &mut tally.declared } else { &mut tally.wrong }) += 1;
                tally.differences.push(format!("wrong     enum {name}: `{stated}`, really `{values}`"));
            }
        }
    }
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn classes(tally: &mut Tally, stated: &Value, real: &Value) {
    let (stated, real): (BTreeSet<&str>, BTreeSet<&str>) =
        (strings(&stated["classes"]).into_iter().collect(), strings(&real["classes"]).into_iter().collect());
    tally.found += real.intersection(&stated).count();
    for class in real.difference(&stated) {
        tally.missing += 1;
        tally.differences.push(format!("missing   class {class}"));
    }
    for class in stated.difference(&real) {
        tally.extra += 1;
        tally.differences.push(format!("extra     class {class}"));
    }
}

fn columns(tally: &mut Tally, table: &str, stated: &Value, real: &Value, unknowns: &Unknowns<'_>) {
    let mut named: BTreeMap<&str, &Value> =
        stated["columns"].as_array().into_iter().flatten().filter_map(|c| Some((c["name"].as_str()?, c))).collect();
    for column in real["columns"].as_array().into_iter().flatten() {
        let name = column["name"].as_str().unwrap_or_default();
        match named.remove(name) {
            Some(own) => column_facts(tally, table, own, column, unknowns),
            None if unknowns.covers(table, None, "columns") => tally.declared += 1,
            None => {
                tally.missing += 1;
                tally.differences.push(format!("missing   column {table}.{name}"));
            }
        }
    }
    for name in named.keys() {
        tally.extra += 1;
        tally.differences.push(format!("extra     column {table}.{name}"));
    }
}

fn column_facts(tally: &mut Tally, table: &str, stated: &Value, real: &Value, unknowns: &Unknowns<'_>) {
    let name = real["name"].as_str().unwrap_or_default();
    let differ: Vec<&str> = COLUMN_KEYS
        .iter()
        .copied()
        .filter(|key| plain(table, key, &stated[key]) != plain(table, key, &real[key]))
        .collect();
    let (told, wrong): (Vec<&str>, Vec<&str>) =
        differ.into_iter().partition(|key| unknowns.covers(table, Some(name), key));
    match (wrong.is_empty(), told.is_empty()) {
        (true, true) => tally.found += 1,
        (true, false) => tally.declared += 1,
        _ => tally.wrong += 1,
    }
    for (verdict, keys) in [("wrong    ", wrong), ("unknown  ", told)] {
        for key in keys {
            let line = format!("{verdict} column {table}.{name} {key}: `{}`, really `{}`", stated[key], real[key]);
            tally.differences.push(line);
        }
    }
}

/// A value without what is written in several ways: SQL may name its table, and has `%` twice for psycopg.
fn plain(table: &str, key: &str, value: &Value) -> Value {
    match (key, value) {
        ("server_default", Value::String(sql)) => Value::String(bare_sql(table, sql)),
        ("computed", Value::Object(computed)) => {
            let mut computed = computed.clone();
            if let Some(Value::String(sql)) = computed.get("sql") {
                let sql = bare_sql(table, sql);
                computed.insert("sql".to_owned(), Value::String(sql));
            }
            Value::Object(computed)
        }
        (_, value) => value.clone(),
    }
}

/// SQL whose columns stand without their table, on one line.
pub fn bare_sql(table: &str, sql: &str) -> String {
    let name = table.rsplit('.').next().unwrap_or(table);
    let mut bare = sql.replace("%%", "%");
    for prefix in [format!("\"{name}\"."), format!("{name}.")] {
        let mut found = String::new();
        let mut rest = bare.as_str();
        while let Some(place) = rest.find(&prefix) {
            let is_inner = rest[..place].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '\''));
            found.push_str(&rest[..place + if is_inner { prefix.len() } else { 0 }]);
            rest = &rest[place + prefix.len()..];
        }
        found.push_str(rest);
        bare = found;
    }
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::bare_sql;

    #[test]
    fn columns_lose_their_table() {
        assert_eq!(bare_sql("shop.item", "lower(item.title)  LIKE 'a%%'"), "lower(title) LIKE 'a%'");
        assert_eq!(bare_sql("item", "subitem.x > \"item\".y"), "subitem.x > y");
    }
}
