//! Discriminators: which schemas have one, and what it makes of the schemas that it names.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::javascript::{entries, held};
use super::reference::resolve;
use super::writer::{Segment, pointer};

/// What the discriminators of a document say.
#[derive(Default)]
pub(super) struct Discriminators<'a> {
    /// The discriminator of a schema, by its reference.
    objects: HashMap<String, &'a Value>,
    /// Schemas whose discriminator is written into them.
    handled: HashSet<String>,
    /// Schemas with what is written into them, by where the schema lies in memory.
    patched: HashMap<usize, Value>,
}

impl<'a> Discriminators<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    pub(super) fn of(&self, reference: &str) -> Option<&'a Value> {
        self.objects.get(reference).copied()
    }

    pub(super) fn is_handled(&self, reference: &str) -> bool {
        self.handled.contains(reference)
    }

    /// The value with what is written into it.
    pub(super) fn patched<'v>(&'v self, value: &'v Value) -> &'v Value {
        if self.patched.is_empty() {
            return value;
        }
        self.patched.get(&address(value)).unwrap_or(value)
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// `lib/utils`, `scanDiscriminators`.
pub(super) fn scan(document: &Value) -> Discriminators<'_> {
    let mut found = Discriminators::default();
    let mut composed = Vec::new();
    walk(document, &mut Vec::new(), &mut |map, path| {
        let (mut discriminator, mut parts) = (None, None);
        for (key, value) in map {
            match key.as_str() {
                "discriminator" => discriminator = Some(value),
                "allOf" => parts = value.as_array(),
                _ => {}
            }
        }
        if let Some(discriminator) = discriminator {
            found.declared(document, map, discriminator, path);
        }
        if let Some(parts) = parts {
            composed.push((pointer(path), parts));
        }
    });
    if !found.objects.is_empty() {
        for (reference, parts) in composed {
            found.composed(document, &reference, parts);
        }
    }
    found
}

/// Every object of the document, those around before those inside.
fn walk<'a>(
    value: &'a Value,
    path: &mut Vec<Segment<'a>>,
    seen: &mut impl FnMut(&'a Map<String, Value>, &[Segment<'a>]),
) {
    match value {
        Value::Array(values) => {
            for (place, value) in values.iter().enumerate() {
                path.push(Segment::Index(place));
                walk(value, path, seen);
                path.pop();
            }
        }
        Value::Object(map) => {
            seen(map, path);
            for (key, value) in map {
                if matches!(value, Value::Array(_) | Value::Object(_)) {
                    path.push(Segment::Key(key));
                    walk(value, path, seen);
                    path.pop();
                }
            }
        }
        _ => {}
    }
}

impl<'a> Discriminators<'a> {
    /// A discriminator over `oneOf` becomes an enumeration in each of the schemas.
    fn declared(
        &mut self,
        document: &'a Value,
        map: &'a Map<String, Value>,
        discriminator: &'a Value,
        path: &[Segment<'a>],
    ) {
        let Some(property) = held(discriminator.get("propertyName")).and_then(Value::as_str) else { return };
        self.objects.insert(pointer(path), discriminator);
        let Some(Value::Array(schemas)) = map.get("oneOf") else { return };
        for (reference, values) in mapped(schemas, discriminator) {
            if !self.handled.contains(reference) && self.patch(document, reference, &values, property) {
                self.handled.insert(reference.to_owned());
            }
        }
    }

    /// A schema composed of one with a discriminator has it, too.
    fn composed(&mut self, document: &'a Value, reference: &str, schemas: &'a [Value]) {
        for schema in schemas {
            let Some(to) = schema.get("$ref").and_then(Value::as_str) else {
                let own = schema.get("discriminator");
                if let Some(own) = own.filter(|own| held(own.get("propertyName")).is_some()) {
                    self.objects.insert(reference.to_owned(), own);
                }
                continue;
            };
            let Some(discriminator) = self.of(to) else { return };
            let values: Vec<&str> = mapping(discriminator)
                .filter(|(_, mapped)| mapped.as_str() == Some(reference))
                .map(|(value, _)| value)
                .collect();
            let property = discriminator.get("propertyName").and_then(Value::as_str).unwrap_or_default();
            if !values.is_empty() && self.patch(document, reference, &values, property) {
                self.handled.insert(reference.to_owned());
            }
            self.objects.insert(reference.to_owned(), discriminator);
        }
    }

    /// `patchDiscriminatorEnum`; whether the schema is one that it can be written into.
    fn patch(&mut self, document: &'a Value, reference: &str, values: &[&str], property: &str) -> bool {
        let Some(original) = resolve(document, reference) else { return false };
        let address = address(original);
        let schema = self.patched.entry(address).or_insert_with(|| original.clone());
        if let Some(Value::Array(parts)) = schema.get_mut("allOf") {
            let enumeration = enumeration(values, None);
            parts.push(json!({"type": "object", "required": [property], "properties": {property: enumeration}}));
            return true;
        }
        if schema.get("type").and_then(Value::as_str) != Some("object") {
            self.patched.remove(&address);
            return false;
        }
        require(schema, property);
        let properties = &mut schema["properties"];
        if held(Some(properties)).is_none() {
            *properties = json!({});
        }
        let before = properties.get(property).and_then(|before| held(before.get("description"))).cloned();
        properties[property] = enumeration(values, before.as_ref());
        true
    }
}

fn require(schema: &mut Value, property: &str) {
    match schema.get_mut("required") {
        Some(Value::Array(names)) => {
            if !names.iter().any(|name| name == property) {
                names.push(property.into());
            }
        }
        _ => schema["required"] = json!([property]),
    }
}

/// `createDiscriminatorEnum`.
fn enumeration(values: &[&str], before: Option<&Value>) -> Value {
    let description = match before.and_then(Value::as_str) {
        Some(before) => format!("{before} (enum property replaced by openapi-typescript)"),
        None => "discriminator enum property added by openapi-typescript".to_owned(),
    };
    json!({"type": "string", "enum": values, "description": description})
}

fn mapping(discriminator: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    mapping.map(entries).into_iter().flatten().map(|(value, to)| (value.as_str(), to))
}

/// The schemas that are told apart, each with its values: those of the mapping, else the name of the schema.
fn mapped<'a>(schemas: &'a [Value], discriminator: &'a Value) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut found: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for reference in schemas.iter().filter_map(|schema| schema.get("$ref")?.as_str()) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        if !name.is_empty() && !found.iter().any(|(known, ..)| *known == reference) {
            found.push((reference, name, Vec::new()));
        }
    }
    for (value, to) in mapping(discriminator) {
        let Some(to) = to.as_str().filter(|to| !to.is_empty()) else { continue };
        match found.iter_mut().find(|(known, ..)| *known == to) {
            Some((.., values)) => values.push(value),
            None => found.push((to, "", vec![value])),
        }
    }
    found
        .into_iter()
        .map(|(reference, name, values)| (reference, if values.is_empty() { vec![name] } else { values }))
        .collect()
}
