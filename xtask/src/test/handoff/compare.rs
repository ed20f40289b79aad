//! What a brief says beside what is answered, and beside the OpenAPI document.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::tools::Outcome;

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn class<'h>(handoff: &'h Value, id: &str) -> Option<&'h Value> {
    handoff["classes"].as_array()?.iter().find(|class| text(class, "id") == id)
}

/// Whether a body is what the brief describes: exactly its keys, and values of its types.
pub(super) fn check_value(handoff: &Value, described: &Value, body: &Value, place: &str) -> Outcome {
    let wrong = || Err(format!("{place}: {body} is not {described}"));
    if body.is_null() {
        let nullable =
            described["nullable"] == true || text(described, "kind") == "null" || text(described, "kind") == "any";
        return if nullable { Ok(()) } else { wrong() };
    }
    let fits = match text(described, "kind") {
        "string" => body.is_string() && is_format(described["format"].as_str(), body),
        "integer" => body.is_i64() || body.is_u64(),
        "number" => body.is_number(),
        "decimal" if described["answered_as_text"] == true => body.is_string(),
        "decimal" => body.is_number(),
        "boolean" => body.is_boolean(),
        "constant" => described["values"].as_array().is_some_and(|all| all.contains(&body.to_string().into())),
        "any" => true,
        "array" => {
            let Some(items) = body.as_array() else { return wrong() };
            return items.iter().try_for_each(|item| check_value(handoff, &described["items"], item, place));
        }
        "map" => {
            let Some(items) = body.as_object() else { return wrong() };
            return items.values().try_for_each(|item| check_value(handoff, &described["values"], item, place));
        }
        "union" => {
            let of = described["of"].as_array().cloned().unwrap_or_default();
            of.iter().any(|one| check_value(handoff, one, body, place).is_ok())
        }
        "class" => {
            let Some(class) = class(handoff, text(described, "class")) else { return wrong() };
            return check_class(handoff, class, body, place);
        }
        other => return Err(format!("{place}: the brief does not know `{other}`")),
    };
    if fits { Ok(()) } else { wrong() }
}

fn is_format(format: Option<&str>, body: &Value) -> bool {
    let body = body.as_str().unwrap_or_default();
    match format {
        Some("uuid") => body.len() == 36 && body.matches('-').count() == 4,
        Some("date") => body.len() == 10,
        Some("date-time") => body.contains('T') && body.len() > 18,
        _ => true,
    }
}

fn check_class(handoff: &Value, class: &Value, body: &Value, place: &str) -> Outcome {
    match text(class, "shape") {
        "enumeration" => {
            let members = class["members"].as_array().cloned().unwrap_or_default();
            let is_one = members.iter().any(|member| member[0].as_str() == Some(body.to_string().as_str()));
            if is_one { Ok(()) } else { Err(format!("{place}: {body} is none of {members:?}")) }
        }
        "object" => {
            let Some(object) = body.as_object() else { return Err(format!("{place}: {body} is no object")) };
            let fields = class["fields"].as_array().cloned().unwrap_or_default();
            let name = |field: &Value| field["answered_as"].as_str().unwrap_or(text(field, "name")).to_owned();
            let named: BTreeSet<String> = fields.iter().map(name).collect();
            let found: BTreeSet<String> = object.keys().cloned().collect();
            if named != found {
                return Err(format!("{place}: it has {found:?}, the brief says {named:?}"));
            }
            fields.iter().try_for_each(|field| {
                let value = if field["answered"].is_null() { &field["value"] } else { &field["answered"] };
                check_value(handoff, value, &object[&name(field)], &format!("{place}.{}", name(field)))
            })
        }
        _ => check_value(handoff, &class["value"], body, place),
    }
}

/// Every operation of the OpenAPI document is there, with its parameters, statuses, required fields and enumerations.
pub(super) fn with_openapi(handoff: &Value, openapi: &Value) -> Outcome {
    let operations = handoff["operations"].as_array().cloned().unwrap_or_default();
    let mut problems = Vec::new();
    let mut count = 0;
    for (path, methods) in openapi["paths"].as_object().into_iter().flatten() {
        for (method, documented) in methods.as_object().into_iter().flatten() {
            count += 1;
            let name = format!("{} {path}", method.to_uppercase());
            let found = operations.iter().find(|one| format!("{} {}", text(one, "method"), text(one, "path")) == name);
            match found {
                Some(one) => operation(openapi, documented, one, &name, &mut problems),
                None => problems.push(format!("{name} is missing")),
            }
        }
    }
    if count != operations.len() {
        problems.push(format!("{} operations, and {count} in the OpenAPI document", operations.len()));
    }
    classes(handoff, openapi, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn operation(openapi: &Value, documented: &Value, one: &Value, name: &str, problems: &mut Vec<String>) {
    let parameters = |value: &Value, place: &str| -> BTreeSet<(String, String, bool)> {
        let all = value["parameters"].as_array().cloned().unwrap_or_default();
        all.iter()
            .map(|one| (text(one, "name").to_owned(), text(one, place).to_owned(), one["required"] == true))
            .collect()
    };
    let (wanted, found) = (parameters(documented, "in"), parameters(one, "place"));
    if wanted != found {
        problems.push(format!("{name}: parameters {found:?}, not {wanted:?}"));
    }
    let errors = one["errors"].as_array().cloned().unwrap_or_default();
    let statuses: BTreeSet<String> =
        errors.iter().map(|error| error["status"].to_string()).chain([one["status"].to_string()]).collect();
    for status in documented["responses"].as_object().into_iter().flat_map(|all| all.keys()) {
        if !statuses.contains(status) {
            problems.push(format!("{name}: {status} is documented, and not in {statuses:?}"));
        }
    }
    let body = &documented["requestBody"]["content"];
    let media = body.as_object().and_then(|content| content.keys().next().cloned());
    if media.as_deref() != one["body"]["media"].as_str() {
        problems.push(format!("{name}: body {:?}, not {media:?}", one["body"]["media"]));
    }
    let schema = media.map(|media| body[&media]["schema"]["$ref"].as_str().unwrap_or_default().to_owned());
    let schema = schema.as_deref().and_then(|path| path.rsplit('/').next());
    if let (Some(schema), Some(ty)) = (schema, one["body"]["type"].as_str())
        && openapi["components"]["schemas"][schema].is_object()
        && !ty.starts_with('{')
        && schema.replace('-', "") != ty
    {
        problems.push(format!("{name}: takes `{ty}`, not `{schema}`"));
    }
}

/// Classes of the same name have the same fields, required ones, and values.
fn classes(handoff: &Value, openapi: &Value, problems: &mut Vec<String>) {
    let mut compared = 0;
    for class in handoff["classes"].as_array().into_iter().flatten() {
        let name = text(class, "name");
        let schema = &openapi["components"]["schemas"][name];
        if !schema.is_object() {
            continue;
        }
        compared += 1;
        if text(class, "shape") == "enumeration" {
            let values: BTreeSet<String> = class["members"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|member| member[0].as_str().unwrap_or_default().to_owned())
                .collect();
            let wanted: BTreeSet<String> =
                schema["enum"].as_array().into_iter().flatten().map(Value::to_string).collect();
            if values != wanted {
                problems.push(format!("`{name}` has {values:?}, not {wanted:?}"));
            }
            continue;
        }
        let fields = class["fields"].as_array().cloned().unwrap_or_default();
        let names: BTreeSet<&str> = fields.iter().map(|field| text(field, "name")).collect();
        let wanted: BTreeSet<&str> =
            schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        if names != wanted {
            problems.push(format!("`{name}` has {names:?}, not {wanted:?}"));
        }
        let required: BTreeSet<&str> =
            fields.iter().filter(|field| field["required"] == true).map(|field| text(field, "name")).collect();
        let demanded: BTreeSet<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if required != demanded {
            problems.push(format!("`{name}` requires {required:?}, not {demanded:?}"));
        }
    }
    if compared < 10 {
        problems.push(format!("only {compared} classes have the names of the OpenAPI document"));
    }
}
