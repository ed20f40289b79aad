//! Endpoints of a survey beside the routes that FastAPI itself lists.

use std::collections::BTreeMap;

use serde_json::Value;

use super::oracle::Listed;
use super::report::Tally;
use super::spelling::Type;

/// Method and path.
type Key = (String, String);

/// Compares the endpoints of the project's application with its real routes.
pub fn compare(project: &Listed, survey: &Value, routes: &Value) -> Tally {
    let mut tally = Tally::default();
    let real = real_routes(routes);
    let Some(app) = application(survey, &project.app) else {
        tally.missing = real.values().map(Vec::len).sum();
        tally.differences.push(format!("application `{}` is missing", project.app));
        return tally;
    };
    let mut stated = stated_endpoints(survey, &app);
    for ((method, path), routes) in real {
        let mut candidates = stated.remove(&(method.clone(), path.clone())).unwrap_or_default();
        for route in routes {
            let wrong = |at: &usize| contradictions(candidates[*at], route);
            let best = (0..candidates.len()).min_by_key(wrong);
            if candidates.is_empty() {
                not_found(&mut tally, &app, &method, &path, &text(&route["endpoint"]));
            } else {
                matched(&mut tally, &method, &path, candidates.remove(best.unwrap_or(0)), route);
            }
        }
        candidates.into_iter().for_each(|endpoint| only_stated(&mut tally, &method, &path, endpoint));
    }
    for ((method, path), endpoints) in stated {
        endpoints.into_iter().for_each(|endpoint| only_stated(&mut tally, &method, &path, endpoint));
    }
    tally
}

/// The application that the oracle is of.
struct Application<'a> {
    /// Where it is mounted on another one; the oracle's paths begin behind it.
    prefix: &'a str,
    /// Its symbol and those of the applications mounted on it.
    symbols: Vec<&'a str>,
    /// Registrations that could not be followed: the path that the endpoints begin with.
    unknown_under: Vec<&'a str>,
}

fn application<'a>(survey: &'a Value, name: &str) -> Option<Application<'a>> {
    let apps: Vec<&Value> = survey["apps"].as_array().into_iter().flatten().collect();
    let bare = name.trim_end_matches("()");
    let by_name = |app: &&&Value| {
        let aliases = app["aliases"].as_array().into_iter().flatten();
        let mut names = aliases.chain([&app["symbol"], &app["factory"]]);
        names.any(|alias| alias == name || alias == bare)
    };
    let root = *apps.iter().find(by_name)?;
    let mut symbols = vec![root["symbol"].as_str()?];
    let mut at = 0;
    while at < symbols.len() {
        let mounted = apps.iter().filter(|app| app["mounted"]["app"] == symbols[at]);
        let new: Vec<&str> =
            mounted.filter_map(|app| app["symbol"].as_str()).filter(|s| !symbols.contains(s)).collect();
        symbols.extend(new);
        at += 1;
    }
    let prefix = root["mounted"]["path"].as_str().unwrap_or_default();
    let own = apps.iter().filter(|app| symbols.iter().any(|symbol| app["symbol"] == *symbol));
    let unknown_under = own
        .flat_map(|app| app["unknown_routes"].as_array().into_iter().flatten())
        .filter_map(|unknown| unknown["under"].as_str())
        .map(|under| under.strip_prefix(prefix).unwrap_or(under))
        .collect();
    Some(Application { prefix, symbols, unknown_under })
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
        let mut methods: Vec<String> = route["methods"].as_array().into_iter().flatten().map(text).collect();
        if kind.contains("WebSocket") {
            methods = vec!["WEBSOCKET".into()];
        }
        for method in methods {
            map.entry((method, text(&route["path"]))).or_default().push(route);
        }
    }
    map
}

fn stated_endpoints<'a>(survey: &'a Value, app: &Application<'_>) -> BTreeMap<Key, Vec<&'a Value>> {
    let mut map: BTreeMap<Key, Vec<&Value>> = BTreeMap::new();
    for endpoint in survey["endpoints"].as_array().into_iter().flatten() {
        let in_app = endpoint["app"].as_str().is_some_and(|name| app.symbols.contains(&name));
        let Some(path) = endpoint["path"].as_str().filter(|_| in_app) else {
            continue;
        };
        let path = path.strip_prefix(app.prefix).unwrap_or(path);
        for method in endpoint["methods"].as_array().into_iter().flatten() {
            map.entry((text(method), path.to_owned())).or_default().push(endpoint);
        }
    }
    map
}

fn not_found(tally: &mut Tally, app: &Application<'_>, method: &str, path: &str, handler: &str) {
    if app.unknown_under.iter().any(|under| path.starts_with(under)) {
        tally.declared += 1;
        tally.differences.push(format!("declared  {method} {path} {handler}"));
    } else {
        tally.missing += 1;
        tally.differences.push(format!("missing   {method} {path} {handler}"));
    }
}

fn only_stated(tally: &mut Tally, method: &str, path: &str, endpoint: &Value) {
    if endpoint["condition"].is_object() {
        tally.declared += 1;
        tally.differences.push(format!("condition {method} {path} {}", text(&endpoint["condition"]["reason"])));
    } else {
        tally.extra += 1;
        tally.differences.push(format!("extra     {method} {path} {}", handler(endpoint)));
    }
}

/// A fact that survey and oracle state differently: part, stated, real.
type Difference = (&'static str, String, String);

/// The facts of an endpoint that differ.
fn differences(endpoint: &Value, route: &Value) -> Vec<Difference> {
    let mut facts = vec![("handler", handler(endpoint), text(&route["endpoint"]))];
    if route.get("response_model").is_some() {
        let json = |part: &str| endpoint[part].to_string();
        let stated = dependencies(&endpoint["direct_dependencies"]);
        facts.push(("dependencies", stated, dependencies(&route["dependencies"])));
        facts.push(("status", json("status"), route["status_code"].to_string()));
        facts.push(("in_schema", json("in_schema"), route["in_schema"].to_string()));
        facts.push(("tags", json("tags"), route["tags"].to_string()));
        let (stated, real) = (text(&endpoint["response"]), text(&route["response_model"]));
        if !Type::parse(&stated).agrees(&Type::parse(&real)) {
            facts.push(("response", stated, real));
        }
    }
    facts.retain(|(_, stated, real)| stated != real);
    facts
}

/// The parts of an endpoint that are declared unknown.
fn unknown_parts(endpoint: &Value) -> Vec<&str> {
    let unknowns = endpoint["unknowns"].as_array().into_iter().flatten();
    unknowns.filter_map(|unknown| unknown["part"].as_str()).collect()
}

/// How many stated facts contradict the oracle.
fn contradictions(endpoint: &Value, route: &Value) -> usize {
    let unknown = unknown_parts(endpoint);
    differences(endpoint, route).iter().filter(|(part, ..)| !unknown.contains(part)).count()
}

/// Compares the facts of an endpoint that both have.
fn matched(tally: &mut Tally, method: &str, path: &str, endpoint: &Value, route: &Value) {
    tally.found += 1;
    let unknown = unknown_parts(endpoint);
    for (part, stated, real) in differences(endpoint, route) {
        let verdict = if unknown.contains(&part) { "unknown  " } else { "wrong    " };
        let line = format!("{verdict} {method} {path} {part}: `{stated}`, really `{real}`");
        tally.differences.push(line);
    }
    let wrong = contradictions(endpoint, route) > 0;
    tally.wrong += usize::from(wrong);
    tally.partly += usize::from(!wrong && !unknown.is_empty());
}

fn handler(endpoint: &Value) -> String {
    symbol(&endpoint["handler"])
}

fn symbol(value: &Value) -> String {
    format!("{}:{}", text(&value["module"]), text(&value["name"]))
}

/// Dependencies as a list. Library classes are compared by name: where a library defines a name that it exports
/// elsewhere cannot be told without the library. An instance of a local class is shown by its bare name.
fn dependencies(list: &Value) -> String {
    let names = list.as_array().into_iter().flatten().map(|item| {
        let full = if item.is_object() { symbol(item) } else { text(item) };
        match full.split_once(':') {
            Some((module, name)) if module.starts_with("fastapi") => name.to_owned(),
            Some((module, name)) => {
                format!("{module}:{}", name.rsplit("<locals>.").next().unwrap_or(name))
            }
            None => full,
        }
    });
    names.collect::<Vec<_>>().join(", ")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
