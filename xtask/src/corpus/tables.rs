//! Tables of a survey beside the tables that SQLAlchemy itself holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::constraints;
use super::report::{TableTallies, Tally};

/// Compares tables, their columns, constraints and classes.
pub fn compare(survey: &Value, metadata: &Value) -> TableTallies {
    let mut tallies = TableTallies::default();
    let empty = Map::new();
    let real = metadata["tables"].as_object().unwrap_or(&empty);
    let mut stated = stated_tables(survey);
    let nameless = nameless_classes(survey);
    for (name, table) in real {
        match stated.remove(name) {
            Some(candidates) => {
                tallies.tables.found += 1;
                let best = candidates.iter().find(|c| classes(table).contains(&symbol(&c["class"])));
                let stated = best.unwrap_or(&candidates[0]);
                columns(&mut tallies.columns, name, stated, table);
                constraints::compare(&mut tallies.constraints, name, stated, table);
            }
            None if classes(table).iter().any(|class| nameless.contains(class)) => {
                tallies.tables.declared += 1;
                tallies.tables.differences.push(format!("declared  table {name} {:?}", classes(table)));
            }
            None => {
                tallies.tables.missing += 1;
                tallies.tables.differences.push(format!("missing   table {name} {:?}", classes(table)));
            }
        }
    }
    for (name, tables) in stated {
        tallies.tables.extra += 1;
        tallies.tables.differences.push(format!("extra     table {name} at {}", tables[0]["at"]["file"]));
    }
    tallies.classes = compare_classes(survey, real);
    tallies
}

fn stated_tables(survey: &Value) -> BTreeMap<String, Vec<&Value>> {
    let mut map: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for table in survey["tables"].as_array().into_iter().flatten() {
        let Some(name) = table["name"].as_str() else {
            continue;
        };
        let full = table["schema"].as_str().map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
        map.entry(full).or_default().push(table);
    }
    map
}

/// The classes of tables whose name the survey declares unknown.
fn nameless_classes(survey: &Value) -> BTreeSet<String> {
    let tables = survey["tables"].as_array().into_iter().flatten();
    tables.filter(|table| !table["name"].is_string()).map(|table| symbol(&table["class"])).collect()
}

fn compare_classes(survey: &Value, real: &Map<String, Value>) -> Tally {
    let mut tally = Tally::default();
    let real: BTreeSet<String> = real.values().flat_map(classes).collect();
    let stated: BTreeSet<String> = survey["tables"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|t| t["class"].is_object())
        .map(|t| symbol(&t["class"]))
        .collect();
    tally.found = real.intersection(&stated).count();
    for class in real.difference(&stated) {
        tally.missing += 1;
        tally.differences.push(format!("missing   class {class}"));
    }
    for class in stated.difference(&real) {
        tally.extra += 1;
        tally.differences.push(format!("extra     class {class}"));
    }
    tally
}

fn classes(table: &Value) -> Vec<String> {
    table["classes"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn columns(tally: &mut Tally, table: &str, stated: &Value, real: &Value) {
    let mut named: BTreeMap<&str, &Value> =
        stated["columns"].as_array().into_iter().flatten().filter_map(|c| Some((c["name"].as_str()?, c))).collect();
    let has_unknowns = stated["unknowns"].as_array().is_some_and(|unknowns| !unknowns.is_empty());
    for column in real["columns"].as_array().into_iter().flatten() {
        let name = column["name"].as_str().unwrap_or_default();
        match named.remove(name) {
            Some(own) => column_facts(tally, (table, has_unknowns), own, column),
            None if has_unknowns => tally.declared += 1,
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

/// What is said of a column; of a table that was not understood whole, what is left unsaid is no error.
fn column_facts(tally: &mut Tally, (table, has_unknowns): (&str, bool), stated: &Value, real: &Value) {
    tally.found += 1;
    let name = real["name"].as_str().unwrap_or_default();
    let mut facts: Vec<(&str, String, String)> =
        ["primary_key", "unique", "index"].map(|flag| (flag, stated[flag].to_string(), real[flag].to_string())).into();
    let says = |key: &str| !stated[key].is_null() || !has_unknowns;
    if says("comment") {
        facts.push(("comment", stated["comment"].to_string(), real["comment"].to_string()));
    }
    // What the database computes, it fills in.
    let by_database = !real["server_default"].is_null() || !real["computed"].is_null();
    let filled = [("default", !real["default"].is_null()), ("server_default", by_database)];
    for (key, is_filled) in filled.into_iter().filter(|(key, _)| says(key)) {
        let fills = !stated[key].is_null() || (key == "server_default" && !stated["computed"].is_null());
        facts.push((key, fills.to_string(), is_filled.to_string()));
    }
    if stated["nullable"].is_boolean() {
        facts.push(("nullable", stated["nullable"].to_string(), real["nullable"].to_string()));
    }
    if let Some(ty) = postgresql(&stated["type"]) {
        facts.push(("type", ty, real["type"].as_str().unwrap_or_default().to_owned()));
    }
    let differ: Vec<_> = facts.into_iter().filter(|(_, stated, real)| stated != real).collect();
    tally.wrong += usize::from(!differ.is_empty());
    for (part, stated, real) in differ {
        tally.differences.push(format!("wrong     column {table}.{name} {part}: `{stated}`, really `{real}`"));
    }
}

/// The type as PostgreSQL writes it; none where the survey keeps it as Python source.
fn postgresql(ty: &Value) -> Option<String> {
    let zone = |name: &str| format!("{name} {} TIME ZONE", if ty["timezone"] == true { "WITH" } else { "WITHOUT" });
    Some(match ty["kind"].as_str()? {
        "string" => sized("VARCHAR", &ty["length"]),
        "text" => "TEXT".into(),
        "integer" => "INTEGER".into(),
        "small_integer" => "SMALLINT".into(),
        "big_integer" => "BIGINT".into(),
        "boolean" => "BOOLEAN".into(),
        "float" => "FLOAT".into(),
        "double" => "DOUBLE PRECISION".into(),
        "numeric" => numeric(ty),
        "date" => "DATE".into(),
        "time" => zone("TIME"),
        "date_time" => zone("TIMESTAMP"),
        "interval" => "INTERVAL".into(),
        "uuid" => "UUID".into(),
        "large_binary" => "BYTEA".into(),
        "json" => "JSON".into(),
        "enum" if ty["native"] == true => ty["name"].as_str()?.to_owned(),
        "enum" => sized("VARCHAR", &ty["length"]),
        "other" => return postgresql(&ty["implementation"]),
        _ => return None,
    })
}

fn numeric(ty: &Value) -> String {
    match (ty["precision"].as_u64(), ty["scale"].as_u64()) {
        (Some(precision), Some(scale)) => format!("NUMERIC({precision}, {scale})"),
        (Some(precision), None) => format!("NUMERIC({precision})"),
        _ => "NUMERIC".into(),
    }
}

fn sized(name: &str, length: &Value) -> String {
    length.as_u64().map_or_else(|| name.to_owned(), |length| format!("{name}({length})"))
}

fn symbol(value: &Value) -> String {
    let part = |key: &str| value[key].as_str().unwrap_or_default();
    format!("{}:{}", part("module"), part("name"))
}
