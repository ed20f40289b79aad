//! The OpenAPI document of a contract, equal as JSON to what `app.openapi()` returns.
//!
//! The rules are those of `fastapi.openapi.utils.get_openapi` and `pydantic.json_schema.GenerateJsonSchema` in the
//! versions that the contract names.

mod classes;
mod collections;
mod components;
mod constraints;
mod decimals;
mod documentation;
mod encode;
mod errors;
mod fields;
mod functions;
mod generator;
mod info;
mod inputs;
mod merge;
mod names;
mod operations;
mod parameters;
mod renames;
mod repeated;
mod responses;
mod rules;
mod scalars;
mod schema;
mod shapes;
mod status;
#[cfg(test)]
mod tests;
mod unions;
mod urls;

use architect_model::Unknown;
use architect_model::contract::Contract;
use serde_json::{Map, Value};

use self::components::Components;
use self::inputs::Inputs;
use self::operations::{Writer, escaped};
use self::rules::Rules;

/// A document, and where it may be wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenApi {
    /// The document.
    pub document: Value,
    /// What could not be known, each with the JSON pointer of the operation or schema that depends on it directly.
    pub unknowns: Vec<(String, Unknown)>,
}

/// The OpenAPI document of a contract.
///
/// What is not known stands in it as nothing said.
pub fn openapi(contract: &Contract) -> OpenApi {
    let rules = Rules::of(contract.versions);
    let inputs = Inputs::of(contract, &rules);
    let components = Components::of(&inputs, rules, info::separates(contract, &rules));
    let mut writer = Writer::new(rules, &components);
    let mut document = Map::new();
    let version = writer.part(contract, "openapi_version", "openapi");
    document.insert("openapi".to_owned(), version.unwrap_or_else(|| Value::from("3.1.0")));
    let info = writer.info(contract);
    document.insert("info".to_owned(), Value::Object(info));
    for (name, key) in [("servers", "servers"), ("openapi_tags", "tags"), ("openapi_external_docs", "externalDocs")] {
        if let Some(value) = writer.part(contract, name, key) {
            document.insert(key.to_owned(), value);
        }
    }
    let paths = writer.paths("paths", &contract.routes, &inputs.routes);
    document.insert("paths".to_owned(), Value::Object(paths));
    let webhooks = writer.paths("webhooks", &contract.webhooks, &inputs.webhooks);
    if !webhooks.is_empty() {
        document.insert("webhooks".to_owned(), Value::Object(webhooks));
    }
    let (security_schemes, refuses) = (std::mem::take(&mut writer.security_schemes), writer.refuses);
    let mut unknowns = writer.unknowns;
    for (name, unknown) in &components.of_definitions {
        unknowns.push((format!("/components/schemas/{}", escaped(name)), unknown.clone()));
    }
    let schemas = schemas(components, refuses, &rules);
    let parts = [("schemas", schemas), ("securitySchemes", security_schemes)];
    let parts = parts.into_iter().filter(|(_, part)| !part.is_empty());
    let parts: Map<String, Value> = parts.map(|(key, part)| (key.to_owned(), Value::Object(part))).collect();
    if !parts.is_empty() {
        document.insert("components".to_owned(), Value::Object(parts));
    }
    OpenApi { document: encode::encoded(Value::Object(document), &rules), unknowns }
}

/// The definitions by name, sorted.
fn schemas(components: Components, refuses: bool, rules: &Rules) -> Map<String, Value> {
    let mut definitions = components.definitions;
    if refuses {
        definitions.extend(errors::definitions(rules));
    }
    let mut definitions: Vec<(String, Value)> = definitions.into_iter().collect();
    definitions.sort_by(|one, other| one.0.cmp(&other.0));
    definitions.into_iter().collect()
}
