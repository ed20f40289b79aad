//! Keys, constraints and indexes of a survey beside those that SQLAlchemy itself holds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::report::Tally;

/// Compares the constraints of one table; where the survey says that it did not understand the table whole, what differs
/// counts as declared.
pub fn compare(tally: &mut Tally, table: &str, stated: &Value, real: &Value) {
    let has_unknowns = stated["unknowns"].as_array().is_some_and(|unknowns| !unknowns.is_empty());
    let (mut stated, real) = (counted(stated_constraints(stated)), counted(real_constraints(real)));
    for (constraint, number) in real {
        let known = stated.remove(&constraint).unwrap_or_default();
        tally.found += known.min(number);
        miss(tally, number.saturating_sub(known), has_unknowns, || format!("missing   {table}: {constraint}"));
        extra(tally, known.saturating_sub(number), has_unknowns, || format!("extra     {table}: {constraint}"));
    }
    for (constraint, number) in stated {
        extra(tally, number, has_unknowns, || format!("extra     {table}: {constraint}"));
    }
}

fn miss(tally: &mut Tally, number: usize, declared: bool, text: impl Fn() -> String) {
    *(if declared { &mut tally.declared } else { &mut tally.missing }) += number;
    tally.differences.extend((0..number).filter(|_| !declared).map(|_| text()));
}

fn extra(tally: &mut Tally, number: usize, declared: bool, text: impl Fn() -> String) {
    if !declared {
        tally.extra += number;
        tally.differences.extend((0..number).map(|_| text()));
    }
}

fn counted(all: Vec<Value>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one.to_string()).or_default() += 1;
    }
    counts
}

fn stated_constraints(table: &Value) -> Vec<Value> {
    let all = table["constraints"].as_array().into_iter().flatten();
    let found = all.filter_map(|one| {
        Some(match one["kind"].as_str()? {
            "primary_key" => json!(["primary key", one["name"], sorted(&one["columns"])]),
            "foreign_key" => {
                let target = json!([one["ref_table"], one["ref_columns"]]);
                json!(["foreign key", one["name"], one["columns"], target, one["on_delete"], one["on_update"]])
            }
            "unique" => json!(["unique", one["name"], one["columns"]]),
            "check" => json!(["check", one["name"]]),
            // Expressions are spelled in many ways.
            "index" => json!(["index", one["name"], one["unique"], count(&one["parts"])]),
            _ => return None,
        })
    });
    found.collect()
}

fn real_constraints(table: &Value) -> Vec<Value> {
    let list = |key: &str| table[key].as_array().into_iter().flatten();
    let key = &table["primary_key"];
    let mut found = Vec::new();
    if count(&key["columns"]) > 0 {
        found.push(json!(["primary key", key["name"], sorted(&key["columns"])]));
    }
    found.extend(list("foreign_keys").map(|one| {
        let target = json!([one["ref_table"], one["ref_columns"]]);
        let (on_delete, on_update) = (upper(&one["ondelete"]), upper(&one["onupdate"]));
        json!(["foreign key", one["name"], one["columns"], target, on_delete, on_update])
    }));
    found.extend(list("unique").map(|one| json!(["unique", one["name"], one["columns"]])));
    // Those of types, `Boolean(create_constraint=True)`, are the types' own.
    found.extend(list("checks").filter(|one| one["from_type"] != true).map(|one| json!(["check", one["name"]])));
    found.extend(list("indexes").map(|one| json!(["index", one["name"], one["unique"], count(&one["columns"])])));
    found
}

fn sorted(columns: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = columns.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.sort_unstable();
    names
}

fn count(columns: &Value) -> usize {
    columns.as_array().map_or(0, Vec::len)
}

fn upper(action: &Value) -> Option<String> {
    action.as_str().filter(|action| !action.is_empty()).map(str::to_uppercase)
}
