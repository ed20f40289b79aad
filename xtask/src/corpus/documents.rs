//! OpenAPI documents beside those that FastAPI makes: operation by operation, schema by schema.

use std::collections::BTreeSet;
use std::path::Path;

use architect_engine::Workspace;
use architect_outputs::openapi;
use serde_json::Value;

use super::oracle::{self, Listed};

/// The methods that are operations of a path.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// How parts of documents agree.
#[derive(Default)]
struct Agreement {
    equal: usize,
    unknown: usize,
    wrong: usize,
}

impl Agreement {
    fn add(&mut self, other: &Self) {
        self.equal += other.equal;
        self.unknown += other.unknown;
        self.wrong += other.wrong;
    }

    fn count(&mut self, is_equal: bool, is_told: bool) -> bool {
        match (is_equal, is_told) {
            (true, _) => self.equal += 1,
            (false, true) => self.unknown += 1,
            (false, false) => self.wrong += 1,
        }
        !is_equal && !is_told
    }
}

/// How the document of a project agrees.
#[derive(Default)]
struct Compared {
    operations: Agreement,
    schemas: Agreement,
    /// What is wrong.
    lines: Vec<String>,
}

/// Compares the projects, and prints the table; whether nothing is wrong.
pub fn run<'l>(projects: impl Iterator<Item = &'l Listed>, oracles: &Path, sources: &Path, verbose: bool) -> bool {
    println!("project        operations   equal unknown   wrong    schemas   equal unknown   wrong");
    let mut total = Compared::default();
    for project in projects.filter(|project| !has_pydantic_1(project)) {
        let root = sources.join(&project.name).join(&project.subdir);
        if !root.is_dir() {
            println!("{:<14} absent", project.name);
            continue;
        }
        match compare(project, &root, &oracles.join(&project.name)) {
            Ok(compared) => {
                print(&project.name, &compared);
                if verbose {
                    compared.lines.iter().for_each(|line| println!("    {line}"));
                }
                total.operations.add(&compared.operations);
                total.schemas.add(&compared.schemas);
            }
            Err(reason) => {
                println!("{:<14} FAILED: {reason}", project.name);
                total.operations.wrong += 1;
            }
        }
    }
    print("all", &total);
    total.operations.wrong + total.schemas.wrong == 0
}

/// The document of Pydantic 1 is another one, which is not made.
fn has_pydantic_1(project: &Listed) -> bool {
    project.releases.iter().any(|(name, version)| *name == "pydantic" && version.starts_with("1."))
}

fn print(name: &str, compared: &Compared) {
    let columns = |agreement: &Agreement| {
        let Agreement { equal, unknown, wrong } = agreement;
        format!("{:>10} {equal:>7} {unknown:>7} {wrong:>7}", equal + unknown + wrong)
    };
    println!("{name:<14} {} {}", columns(&compared.operations), columns(&compared.schemas));
}

fn compare(project: &Listed, root: &Path, oracle: &Path) -> Result<Compared, String> {
    let workspace = Workspace::load(root).map_err(|failure| failure.to_string())?;
    let contract =
        architect_engine::contract(&workspace.sources, Some(&project.app)).map_err(|failure| failure.to_string())?;
    let made = openapi(&contract);
    let mut real = oracle::json(&oracle.join("openapi.json"))?;
    let mut ours = made.document;
    let unstable = oracle::json(&oracle.join("unstable.json")).unwrap_or_default();
    for pointer in unstable["openapi.json"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        for document in [&mut real, &mut ours] {
            if let Some(value) = document.pointer_mut(pointer) {
                *value = Value::Null;
            }
        }
    }
    let told: BTreeSet<&str> = made.unknowns.iter().map(|(pointer, _)| pointer.as_str()).collect();
    let documents = Documents { real: &real, ours: &ours, told, is_unlocked: contract.unlocked.is_some() };
    let mut compared = Compared::default();
    documents.operations(!contract.unknowns.is_empty(), &mut compared);
    documents.schemas(&mut compared);
    Ok(compared)
}

/// Two documents, and what ours does not know.
struct Documents<'d> {
    real: &'d Value,
    ours: &'d Value,
    told: BTreeSet<&'d str>,
    /// Whether the releases are not known under which ours was made.
    is_unlocked: bool,
}

impl Documents<'_> {
    /// An operation is equal where all schemas that it reaches are, too.
    fn operations(&self, may_miss: bool, compared: &mut Compared) {
        for (path, method, operation) in operations(self.real) {
            let pointer = format!("/paths/{}/{method}", path.replace('~', "~0").replace('/', "~1"));
            let own = &self.ours["paths"][path][method];
            let mut reached = BTreeSet::new();
            self.reach(self.real, operation, &mut reached);
            let is_equal = own == operation && reached.iter().all(|name| self.is_equal(name));
            self.reach(self.ours, own, &mut reached);
            let is_told = match own.is_null() {
                true => may_miss,
                false => self.told.contains(pointer.as_str()) || reached.iter().any(|name| self.is_told(name)),
            };
            if compared.operations.count(is_equal, is_told || self.is_unlocked) {
                compared.lines.push(format!("{method} {path}{}", if own.is_null() { ": missing" } else { "" }));
            }
        }
        for (path, method, _) in operations(self.ours) {
            if self.real["paths"][path][method].is_null() && compared.operations.count(false, may_miss) {
                compared.lines.push(format!("{method} {path}: is not there"));
            }
        }
    }

    fn schemas(&self, compared: &mut Compared) {
        for name in self.real["components"]["schemas"].as_object().into_iter().flat_map(|schemas| schemas.keys()) {
            // One that is missing is so because of the operation that needs it.
            let is_missing = self.ours["components"]["schemas"][name].is_null();
            let mut reached = BTreeSet::from([name.clone()]);
            self.reach(self.ours, &self.ours["components"]["schemas"][name], &mut reached);
            let is_told = is_missing || self.is_unlocked || reached.iter().any(|name| self.is_told(name));
            if compared.schemas.count(self.is_equal(name), is_told) {
                compared.lines.push(format!("schema {name}"));
            }
        }
    }

    fn is_equal(&self, name: &str) -> bool {
        self.real["components"]["schemas"][name] == self.ours["components"]["schemas"][name]
    }

    fn is_told(&self, name: &str) -> bool {
        self.told.contains(format!("/components/schemas/{name}").as_str())
    }

    /// Adds the names of the schemas that a value refers to, and those that these refer to.
    fn reach(&self, document: &Value, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                let name = object.get("$ref").and_then(Value::as_str).and_then(|to| to.rsplit('/').next());
                if let Some(name) = name
                    && found.insert(name.to_owned())
                {
                    self.reach(document, &document["components"]["schemas"][name], found);
                }
                object.values().for_each(|value| self.reach(document, value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| self.reach(document, item, found)),
            _ => {}
        }
    }
}

/// The operations of a document: path, method, and what is said of it.
fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let item = item.as_object().into_iter().flatten();
        item.filter(|(method, _)| METHODS.contains(&method.as_str())).map(move |(method, said)| (path, method, said))
    })
}
