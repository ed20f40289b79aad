//! Operations of a document, as far as they are compared.

use serde_json::{Map, Value, json};

use super::Operations;

/// Members that are compared as they are.
const PLAIN: &[&str] = &["operationId", "tags", "summary", "description", "deprecated", "security"];

/// The operations of a document; those JSON pointers left out that are other ones in each run.
pub(super) fn operations(document: &Value, unstable: &[&str]) -> Operations<Map<String, Value>> {
    let mut all = Operations::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let mut compared = shortened(operation);
            let pointer = format!("/paths/{}/{method}/operationId", path.replace('~', "~0").replace('/', "~1"));
            if unstable.contains(&&*pointer) {
                compared.insert("operationId".to_owned(), Value::from("*"));
            }
            all.insert((method.clone(), path.clone()), compared);
        }
    }
    all
}

/// The members of an operation that are compared.
pub(super) fn shortened(operation: &Value) -> Map<String, Value> {
    let mut short = Map::new();
    for member in PLAIN {
        if let Some(value) = operation.get(*member).filter(|value| !value.is_null()) {
            short.insert((*member).to_owned(), value.clone());
        }
    }
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let mut names: Vec<Value> = parameters.clone().map(|one| json!([one["in"], one["name"]])).collect();
    names.sort_by_key(Value::to_string);
    short.insert("parameters".to_owned(), Value::from(names));
    let required = parameters.filter(|one| one["required"] == true);
    let mut required: Vec<Value> = required.map(|one| json!([one["in"], one["name"]])).collect();
    required.sort_by_key(Value::to_string);
    short.insert("required".to_owned(), Value::from(required));
    let body = &operation["requestBody"];
    if let Some(content) = body["content"].as_object() {
        short.insert("body".to_owned(), Value::from(content.keys().cloned().collect::<Vec<_>>()));
        short.insert("body required".to_owned(), body.get("required").cloned().unwrap_or(json!(false)));
    }
    let mut statuses: Vec<String> =
        operation["responses"].as_object().into_iter().flat_map(Map::keys).cloned().collect();
    statuses.sort();
    short.insert("responses".to_owned(), Value::from(statuses));
    short
}
