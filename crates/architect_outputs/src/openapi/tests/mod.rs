//! Schemas and documents against those that Pydantic and FastAPI made of the Python in the comments.

mod classes;
mod documents;
mod functions;
mod modes;
mod values;

use architect_model::contract::{ClassType, Contract, ContractVersions, SchemaMode, Type};
use serde_json::{Map, Value, json};

use super::generator::Generator;
use super::names::remap;
use super::rules::Rules;

/// A version of Pydantic under test, with a FastAPI that runs with it.
fn versions(minor: u32) -> ContractVersions {
    ContractVersions { fastapi: (0, 115, 0), pydantic: (2, minor, 0) }
}

/// The schema of a type under a version of Pydantic, in both modes.
fn both(minor: u32, ty: &Value) -> [Value; 2] {
    [SchemaMode::Taken, SchemaMode::Answered].map(|mode| with_definitions(minor, &json!([]), ty, mode).0)
}

/// The schema of a type in the newest version of Pydantic, which is the same in both modes.
fn schema(ty: Value) -> Value {
    let [taken, answered] = both(14, &ty);
    assert_eq!(taken, answered);
    taken
}

/// The schema of a type, and the definitions that it refers to.
fn with_definitions(minor: u32, classes: &Value, ty: &Value, mode: SchemaMode) -> (Value, Value) {
    let classes: Vec<ClassType> = serde_json::from_value(classes.clone()).unwrap();
    let ty: Type = serde_json::from_value(ty.clone()).unwrap();
    let rules = Rules::of(versions(minor));
    let mut generator = Generator::new(rules, &classes);
    generator.start(0, mode);
    let mut made = Value::Object(generator.inner(&ty).unwrap());
    let definitions: Vec<(String, Value)> =
        generator.definitions.iter().map(|(name, made)| (name.clone(), Value::Object(made.clone()))).collect();
    let names = generator.names.shorten(&definitions, &rules);
    remap(&mut made, &names);
    let named = definitions.into_iter().map(|(name, mut definition)| {
        remap(&mut definition, &names);
        (names[&name].clone(), definition)
    });
    (made, Value::Object(named.collect::<Map<String, Value>>()))
}

/// The definitions that a class needs, its own among them.
fn definitions(minor: u32, classes: Value, mode: SchemaMode) -> Value {
    with_definitions(minor, &classes, &json!({"type": "class", "class": 0}), mode).1
}

/// A class of the module `app`.
fn class(name: &str, kind: Value) -> Value {
    let own = json!({
        "symbol": {"module": "app", "name": name.split('[').next().unwrap()},
        "name": name,
        "at": {"file": "app.py", "line": 1},
    });
    merged(own, kind)
}

/// A model with fields.
fn model(name: &str, fields: Value) -> Value {
    class(name, json!({"class": "object", "of": "model", "fields": fields, "extra": {"extra": "ignored"}}))
}

/// A field that must be given.
fn field(name: &str, ty: Value) -> Value {
    json!({
        "name": name,
        "of": ty,
        "default": null,
        "documentation": {},
        "at": {"file": "app.py", "line": 1},
    })
}

/// A field with a default.
fn with_default(name: &str, ty: Value, default: Value) -> Value {
    merged(field(name, ty), json!({"default": {"default": "value", "value": default}}))
}

/// The first value with the entries of the second.
fn merged(mut one: Value, other: Value) -> Value {
    one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    one
}

/// A route of one method that takes and answers nothing.
fn route(path: &str, name: &str, more: Value) -> Value {
    let plain = json!({
        "path": path, "methods": ["GET"], "name": name, "unique_id": format!("{name}_get"), "in_schema": true,
        "parameters": [], "body": null, "security": [], "response": null,
        "response_class": {"media": "application/json", "is_json": true, "status": 200},
        "handler": {"module": "app", "name": name}, "at": {"file": "app.py", "line": 1},
    });
    merged(plain, more)
}

/// A contract of classes and routes.
fn contract(fastapi: (u32, u32, u32), classes: Value, routes: Value) -> Contract {
    let contract = json!({
        "app": "app:app", "arguments": [], "routes": routes, "classes": classes,
        "versions": {"fastapi": fastapi, "pydantic": [2, 12, 5]}, "unknowns": [],
    });
    serde_json::from_value(contract).unwrap()
}
