//! Operations of contracts beside those of the documents that FastAPI makes.

mod document;
mod stated;

use std::collections::BTreeMap;
use std::path::Path;

use architect_engine::Workspace;
use serde_json::{Map, Value};

use super::oracle::{self, Listed};

/// Method and path.
type Key = (String, String);

/// An operation of a contract.
pub(super) struct Operation {
    /// As far as it is compared, in the form of the document.
    json: Value,
    /// What of it is unknown, by member.
    unknown: Vec<&'static str>,
    /// Whether something around it is unknown: it may take, answer or demand more.
    open: bool,
    /// Where its function stands.
    at: String,
}

/// How the operations of a project agree.
#[derive(Default)]
pub struct Agreement {
    equal: usize,
    unknown: usize,
    differ: usize,
    lines: Vec<String>,
}

/// Compares the projects, and prints the table; whether nothing differs.
pub fn run<'l>(projects: impl Iterator<Item = &'l Listed>, oracles: &Path, sources: &Path, verbose: bool) -> bool {
    println!("project          operations   equal unknown  differ");
    let mut total = Agreement::default();
    for project in projects {
        let root = sources.join(&project.name).join(&project.subdir);
        if !root.is_dir() {
            println!("{:<16} absent", project.name);
            continue;
        }
        match compare(project, &root, &oracles.join(&project.name)) {
            Ok(agreement) => {
                print(&project.name, &agreement);
                if verbose {
                    agreement.lines.iter().for_each(|line| println!("    {line}"));
                }
                total.equal += agreement.equal;
                total.unknown += agreement.unknown;
                total.differ += agreement.differ;
            }
            Err(reason) => {
                println!("{:<16} FAILED: {reason}", project.name);
                total.differ += 1;
            }
        }
    }
    print("all", &total);
    total.differ == 0
}

fn print(name: &str, agreement: &Agreement) {
    let Agreement { equal, unknown, differ, .. } = agreement;
    println!("{name:<16} {:>10} {equal:>7} {unknown:>7} {differ:>7}", equal + unknown + differ);
}

fn compare(project: &Listed, root: &Path, oracle: &Path) -> Result<Agreement, String> {
    let workspace = Workspace::load(root).map_err(|failure| failure.to_string())?;
    let contract =
        architect_engine::contract(&workspace.sources, Some(&project.app)).map_err(|failure| failure.to_string())?;
    let document = oracle::json(&oracle.join("openapi.json"))?;
    let unstable = oracle::json(&oracle.join("unstable.json")).unwrap_or_default();
    let unstable: Vec<&str> =
        unstable["openapi.json"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut real = document::operations(&document, &unstable);
    let mut agreement = Agreement::default();
    let is_open = !contract.unknowns.is_empty();
    for (key, operation) in stated::operations(&contract) {
        match real.remove(&key) {
            Some(other) => matched(&mut agreement, &key, &operation, &other),
            None if is_open || operation.open => note(&mut agreement, &key, "unknown: it is not there", true),
            None => note(&mut agreement, &key, &format!("is not there ({})", operation.at), false),
        }
    }
    let declared =
        contract.unknowns.first().map(|unknown| format!("missing; unknown: {}: {}", unknown.at, unknown.reason));
    for key in real.keys() {
        note(&mut agreement, key, declared.as_deref().unwrap_or("missing"), declared.is_some());
    }
    Ok(agreement)
}

fn note(agreement: &mut Agreement, (method, path): &Key, what: &str, is_declared: bool) {
    if is_declared {
        agreement.unknown += 1;
    } else {
        agreement.differ += 1;
    }
    agreement.lines.push(format!("{method} {path}: {what}"));
}

/// Compares the members of an operation that is in both.
fn matched(agreement: &mut Agreement, key: &Key, stated: &Operation, real: &Map<String, Value>) {
    let (mut wrong, mut declared) = (Vec::new(), Vec::new());
    let none = Value::Null;
    for (member, value) in real {
        let own = &stated.json[member];
        if own == value || value.is_null() && own.is_null() {
            continue;
        }
        if stated.unknown.iter().any(|known| known == member) || stated.open {
            declared.push(member.as_str());
        } else {
            wrong.push(format!("{member}: {own} for {value}"));
        }
    }
    for (member, own) in stated.json.as_object().into_iter().flatten() {
        if !real.contains_key(member) && *own != none && !stated.unknown.contains(&member.as_str()) {
            if stated.open {
                declared.push(member);
            } else {
                wrong.push(format!("{member}: {own} for nothing"));
            }
        }
    }
    if !wrong.is_empty() {
        note(agreement, key, &format!("{} ({})", wrong.join("; "), stated.at), false);
    } else if !declared.is_empty() {
        note(agreement, key, &format!("unknown: {} ({})", declared.join(", "), stated.at), true);
    } else {
        agreement.equal += 1;
    }
}

/// Operations by method and path.
type Operations<T> = BTreeMap<Key, T>;
