//! Endpoints of a survey beside the routes that FastAPI itself lists.

use std::collections::BTreeMap;

use serde_json::Value;

use super::oracle::Listed;
use super::report::Tally;

/// Method and path.
type Key = (String, String);

/// Compares the endpoints of the project's application with its real routes.
pub fn compare(project: &Listed, survey: &Value, routes: &Value) -> Tally {
    let mut tally = Tally::default();
    let real = real_routes(routes);
    let Some(app) = application(survey, &project.app) else {
        tally.missing = real.values().map(Vec::len).sum();
        tally
            .differences
            .push(format!("application `{}` is missing", project.app));
        return tally;
    };
    let mut stated = stated_endpoints(survey, &app.symbols);
    for ((method, path), routes) in real {
        let mut candidates = stated
            .remove(&(method.clone(), path.clone()))
            .unwrap_or_default();
        for route in routes {
            let same = candidates
                .iter()
                .position(|endpoint| handler(endpoint) == text(&route["endpoint"]))
                .unwrap_or(0);
            if candidates.is_empty() {
                not_found(&mut tally, &app, &method, &path, &text(&route["endpoint"]));
            } else {
                matched(&mut tally, &method, &path, candidates.remove(same), route);
            }
        }
        candidates
            .into_iter()
            .for_each(|endpoint| only_stated(&mut tally, &method, &path, endpoint));
    }
    for ((method, path), endpoints) in stated {
        endpoints
            .into_iter()
            .for_each(|endpoint| only_stated(&mut tally, &method, &path, endpoint));
    }
    tally
}

/// The application that the oracle is of.
struct Application<'a> {
    /// Its symbol and those of the applications mounted on it.
    symbols: Vec<&'a str>,
    /// Registrations that could not be followed: the path that the endpoints begin with.
    unknown_under: Vec<&'a str>,
}

fn application<'a>(survey: &'a Value, name: &str) -> Option<Application<'a>> {
    let apps: Vec<&Value> = survey["apps"].as_array().into_iter().flatten().collect();
    let bare = name.trim_end_matches("()");
    let is_it =
        |app: &&&Value| app["symbol"] == name || app["symbol"] == bare || app["factory"] == bare;
    let mut symbols = vec![apps.iter().find(is_it)?["symbol"].as_str()?];
    let mut at = 0;
    while at < symbols.len() {
        let mounted = apps
            .iter()
            .filter(|app| app["mounted"]["app"] == symbols[at]);
        let new: Vec<&str> = mounted
            .filter_map(|app| app["symbol"].as_str())
            .filter(|s| !symbols.contains(s))
            .collect();
        symbols.extend(new);
        at += 1;
    }
    let own = apps
        .iter()
        .filter(|app| symbols.iter().any(|symbol| app["symbol"] == *symbol));
    let unknown_under = own
        .flat_map(|app| app["unknown_routes"].as_array().into_iter().flatten())
        .filter_map(|unknown| unknown["under"].as_str())
        .collect();
    Some(Application {
        symbols,
        unknown_under,
    })
}

/// The real routes by method and path; FastAPI's own documentation routes are left out.
fn real_routes(routes: &Value) -> BTreeMap<Key, Vec<&Value>> {
    let mut map: BTreeMap<Key, Vec<&Value>> = BTreeMap::new();
    for route in routes.as_array().into_iter().flatten() {
        let endpoint = text(&route["endpoint"]);
        let kind = text(&route["kind"]);
        if endpoint.starts_with("fastapi.applications:") || endpoint.is_empty() {
            continue;
        }
        let mut methods: Vec<String> = route["methods"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect();
        if kind.contains("WebSocket") {
            methods = vec!["WEBSOCKET".into()];
        }
        for method in methods {
            map.entry((method, text(&route["path"])))
                .or_default()
                .push(route);
        }
    }
    map
}

fn stated_endpoints<'a>(survey: &'a Value, apps: &[&str]) -> BTreeMap<Key, Vec<&'a Value>> {
    let mut map: BTreeMap<Key, Vec<&Value>> = BTreeMap::new();
    for endpoint in survey["endpoints"].as_array().into_iter().flatten() {
        let in_app = endpoint["app"]
            .as_str()
            .is_some_and(|app| apps.contains(&app));
        let Some(path) = endpoint["path"].as_str().filter(|_| in_app) else {
            continue;
        };
        for method in endpoint["methods"].as_array().into_iter().flatten() {
            map.entry((text(method), path.to_owned()))
                .or_default()
                .push(endpoint);
        }
    }
    map
}

fn not_found(tally: &mut Tally, app: &Application<'_>, method: &str, path: &str, handler: &str) {
    if app
        .unknown_under
        .iter()
        .any(|under| path.starts_with(under))
    {
        tally.declared += 1;
        tally
            .differences
            .push(format!("declared  {method} {path} {handler}"));
    } else {
        tally.missing += 1;
        tally
            .differences
            .push(format!("missing   {method} {path} {handler}"));
    }
}

fn only_stated(tally: &mut Tally, method: &str, path: &str, endpoint: &Value) {
    if endpoint["condition"].is_object() {
        tally.declared += 1;
        tally.differences.push(format!(
            "condition {method} {path} {}",
            text(&endpoint["condition"]["reason"])
        ));
    } else {
        tally.extra += 1;
        tally
            .differences
            .push(format!("extra     {method} {path} {}", handler(endpoint)));
    }
}

/// Compares the facts of an endpoint that both have.
fn matched(tally: &mut Tally, method: &str, path: &str, endpoint: &Value, route: &Value) {
    tally.found += 1;
    let unknown: Vec<&str> = endpoint["unknowns"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|u| u["part"].as_str())
        .collect();
    let mut facts = vec![("handler", handler(endpoint), text(&route["endpoint"]))];
    if route.get("response_model").is_some() {
        facts.push((
            "dependencies",
            dependencies(&endpoint["direct_dependencies"]),
            dependencies(&route["dependencies"]),
        ));
        facts.push((
            "response",
            type_text(&text(&endpoint["response"])),
            type_text(&text(&route["response_model"])),
        ));
        facts.push((
            "status",
            endpoint["status"].to_string(),
            route["status_code"].to_string(),
        ));
        facts.push((
            "in_schema",
            endpoint["in_schema"].to_string(),
            route["in_schema"].to_string(),
        ));
        facts.push((
            "tags",
            endpoint["tags"].to_string(),
            route["tags"].to_string(),
        ));
    }
    let mut wrong = false;
    let mut partly = false;
    for (part, stated, real) in facts.into_iter().filter(|(_, stated, real)| stated != real) {
        let declared = unknown.contains(&part);
        partly |= declared;
        wrong |= !declared;
        let verdict = if declared { "unknown  " } else { "wrong    " };
        tally.differences.push(format!(
            "{verdict} {method} {path} {part}: `{stated}`, really `{real}`"
        ));
    }
    tally.wrong += usize::from(wrong);
    tally.partly += usize::from(partly);
}

fn handler(endpoint: &Value) -> String {
    symbol(&endpoint["handler"])
}

fn symbol(value: &Value) -> String {
    format!("{}:{}", text(&value["module"]), text(&value["name"]))
}

/// Dependencies as a list. Library classes are compared by name: where a library defines a name that it exports
/// elsewhere cannot be told without the library.
fn dependencies(list: &Value) -> String {
    let names = list.as_array().into_iter().flatten().map(|item| {
        let full = if item.is_object() {
            symbol(item)
        } else {
            text(item)
        };
        match full.split_once(':') {
            Some((module, name)) if module.starts_with("fastapi") => name.to_owned(),
            _ => full,
        }
    });
    names.collect::<Vec<_>>().join(", ")
}

/// A type in one spelling: without module names, spaces and the older names of `typing`.
fn type_text(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.replace(":", ".").chars().chain([' ']) {
        if c.is_alphanumeric() || c == '_' || c == '.' {
            word.push(c);
            continue;
        }
        let last = word.rsplit('.').next().unwrap_or_default();
        out.push_str(match last {
            "List" => "list",
            "Dict" => "dict",
            "Tuple" => "tuple",
            "Set" => "set",
            "NoneType" | "null" => "None",
            other => other,
        });
        word.clear();
        if c != ' ' {
            out.push(c);
        }
    }
    union(&out)
}

/// `Optional[X]` and `Union[X, Y]` as `X|None` and `X|Y`.
fn union(text: &str) -> String {
    if let Some(inner) = text
        .strip_prefix("Optional[")
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return format!("{inner}|None");
    }
    match text
        .strip_prefix("Union[")
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) => inner.replace(',', "|"),
        None => text.to_owned(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
