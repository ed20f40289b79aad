//! Operations of a contract, as far as they are compared.

use architect_model::contract::{Contract, Route};
use architect_model::{Known, ParameterPlace};
use serde_json::{Map, Value, json};

use super::document::shortened;
use super::{Operation, Operations};

/// The operations of a contract, in its order: a later one of a path replaces an earlier one.
pub(super) fn operations(contract: &Contract) -> Operations<Operation> {
    let mut all = Operations::new();
    for route in contract.routes.iter().filter(|route| route.in_schema != Known::Known(false)) {
        let Some(path) = route.path.known() else { continue };
        for method in &route.methods {
            all.insert((method.to_lowercase(), path.clone()), operation(route, method));
        }
    }
    all
}

fn operation(route: &Route, method: &str) -> Operation {
    let mut made = Made { json: Map::new(), unknown: Vec::new() };
    let id = route.operation_id.as_ref().unwrap_or(&route.unique_id);
    let id = if route.methods.len() > 1 && route.operation_id.is_none() { &Known::Known("*".to_owned()) } else { id };
    made.put("operationId", Some(id));
    if !route.tags.is_empty() {
        let known: Vec<&String> = route.tags.iter().filter_map(Known::known).collect();
        if known.len() < route.tags.len() {
            made.unknown.push("tags");
        }
        made.json.insert("tags".into(), json!(known));
    }
    made.put("summary", route.summary.as_ref());
    made.put("description", route.description.as_ref());
    if route.deprecated {
        made.json.insert("deprecated".into(), json!(true));
    }
    security(&mut made, route);
    parameters(&mut made, route);
    if matches!(method, "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "PATCH") {
        body(&mut made, route);
    }
    responses(&mut made, route);
    let mut json = Value::Object(made.json);
    let extra = route.openapi_extra.as_ref();
    if let Some(Known::Known(extra)) = extra {
        update(&mut json, extra);
    }
    let open = !route.unknowns.is_empty() || extra.is_some_and(|extra| extra.known().is_none());
    let at = match route.unknowns.first() {
        Some(unknown) => format!("{}; {}: {}", route.at, unknown.at, unknown.reason),
        None => route.at.to_string(),
    };
    Operation { json: Value::Object(shortened(&json)), unknown: made.unknown, open, at }
}

struct Made {
    json: Map<String, Value>,
    unknown: Vec<&'static str>,
}

impl Made {
    fn put(&mut self, member: &'static str, value: Option<&Known<String>>) {
        match value {
            Some(Known::Known(text)) => drop(self.json.insert(member.into(), json!(text))),
            Some(Known::Unknown { .. }) => self.unknown.push(member),
            None => {}
        }
    }
}

fn security(made: &mut Made, route: &Route) {
    let mut all = Vec::new();
    for one in &route.security {
        let scopes: Vec<&String> = one.scopes.iter().filter_map(Known::known).collect();
        match one.name.known() {
            Some(name) => all.push(json!({ name: scopes })),
            None => made.unknown.push("security"),
        }
    }
    if !all.is_empty() {
        made.json.insert("security".into(), json!(all));
    }
}

fn parameters(made: &mut Made, route: &Route) {
    let mut all: Vec<Value> = Vec::new();
    for parameter in route.parameters.iter().filter(|parameter| parameter.in_schema) {
        let place = match parameter.place {
            ParameterPlace::Path => "path",
            ParameterPlace::Query => "query",
            ParameterPlace::Header => "header",
            ParameterPlace::Cookie => "cookie",
        };
        let name = match parameter.sent_as.as_ref().or(parameter.field.alias.as_ref()) {
            Some(Known::Known(alias)) => alias,
            Some(Known::Unknown { .. }) => {
                made.unknown.extend(["parameters", "required"]);
                continue;
            }
            None => &parameter.field.name,
        };
        let one = json!({ "in": place, "name": name, "required": parameter.field.default.is_none() });
        match all.iter_mut().find(|other| other["in"] == one["in"] && other["name"] == one["name"]) {
            Some(other) if other["required"] == true => {}
            Some(other) => *other = one,
            None => all.push(one),
        }
    }
    made.json.insert("parameters".into(), json!(all));
}

fn body(made: &mut Made, route: &Route) {
    let Some(body) = &route.body else { return };
    let Some(media) = body.media.known() else {
        return made.unknown.push("body");
    };
    let required = body.fields.iter().any(|field| field.field.default.is_none());
    made.json.insert("requestBody".into(), json!({ "required": required, "content": { media: {} } }));
}

fn responses(made: &mut Made, route: &Route) {
    let mut all = Map::new();
    let status = match &route.status {
        Some(status) => status.known().copied(),
        None => route.response_class.status,
    };
    match status {
        Some(status) => drop(all.insert(status.to_string(), json!({}))),
        None => made.unknown.push("responses"),
    }
    for response in &route.responses {
        match response.status.known() {
            Some(status) => drop(all.insert(status.clone(), json!({}))),
            None => made.unknown.push("responses"),
        }
    }
    let is_told = ["422", "4XX", "default"].iter().any(|status| all.contains_key(*status));
    if (!route.parameters.is_empty() || route.body.is_some()) && !is_told {
        all.insert("422".into(), json!({}));
    }
    made.json.insert("responses".into(), Value::Object(all));
}

/// `fastapi.utils.deep_dict_update`: lists are joined.
fn update(main: &mut Value, with: &Value) {
    let (Some(main), Some(with)) = (main.as_object_mut(), with.as_object()) else { return };
    for (key, value) in with {
        match main.get_mut(key) {
            Some(known) if known.is_object() && value.is_object() => update(known, value),
            Some(Value::Array(known)) if value.is_array() => {
                known.extend(value.as_array().into_iter().flatten().cloned());
            }
            _ => drop(main.insert(key.clone(), value.clone())),
        }
    }
}
