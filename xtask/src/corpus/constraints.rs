//! Keys, constraints and indexes of a schema beside those that SQLAlchemy itself holds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::report::Tally;
use super::tables::{Unknowns, bare_sql};

/// The lists of a table that are compared.
const LISTS: &[&str] = &["foreign_keys", "unique", "checks", "indexes"];

/// Compares the constraints of one table, names included; where the schema says that it did not understand such a part of
/// the table, what differs counts as declared.
pub fn compare(tally: &mut Tally, table: &str, stated: &Value, real: &Value, unknowns: &Unknowns<'_>) {
    for list in LISTS {
        let mut known = counted(table, list, &stated[list]);
        let is_told = unknowns.covers(table, None, list);
        for (constraint, number) in counted(table, list, &real[list]) {
            let same = known.remove(&constraint).unwrap_or_default();
            tally.found += same.min(number);
            miss(tally, number.saturating_sub(same), is_told, || format!("missing   {table} {list}: {constraint}"));
            extra(tally, same.saturating_sub(number), is_told, || format!("extra     {table} {list}: {constraint}"));
        }
        for (constraint, number) in known {
            extra(tally, number, is_told, || format!("extra     {table} {list}: {constraint}"));
        }
    }
    for part in ["primary_key", "comment"] {
        let (own, other) = (one(table, part, &stated[part]), one(table, part, &real[part]));
        if own == other {
            tally.found += usize::from(!other.is_null());
        } else {
            miss(tally, 1, unknowns.covers(table, None, part), || {
                format!("wrong     {table} {part}: `{own}`, really `{other}`")
            });
        }
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

fn counted(table: &str, list: &str, all: &Value) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for constraint in all.as_array().into_iter().flatten() {
        *counts.entry(one(table, list, constraint).to_string()).or_default() += 1;
    }
    counts
}

/// A constraint without what is written in several ways: actions in upper case, SQL without its table.
fn one(table: &str, list: &str, constraint: &Value) -> Value {
    let mut constraint = constraint.clone();
    let sql = |value: &Value| value.as_str().map(|sql| bare_sql(table, sql));
    match list {
        "foreign_keys" => {
            for key in ["ondelete", "onupdate", "initially"] {
                let action = constraint[key].as_str().filter(|action| !action.is_empty()).map(str::to_uppercase);
                constraint[key] = json!(action);
            }
        }
        "checks" => constraint["sql"] = json!(sql(&constraint["sql"])),
        "indexes" => {
            let columns = constraint["columns"].as_array().into_iter().flatten().map(sql);
            constraint["columns"] = json!(columns.collect::<Vec<_>>());
            if let Some(rows) = sql(&constraint["postgresql_where"]) {
                constraint["postgresql_where"] = json!(rows);
            }
        }
        "primary_key" => {
            let mut columns: Vec<String> =
                constraint["columns"].as_array().into_iter().flatten().map(Value::to_string).collect();
            columns.sort();
            constraint["columns"] = json!(columns);
        }
        _ => {}
    }
    constraint
}
