//! Paths and their operations.

use architect_model::contract::{Contract, Route};
use architect_model::{Known, Unknown};
use serde_json::{Map, Value};

use super::components::Components;
use super::inputs::{RouteInputs, is_shown};
use super::merge::merge;
use super::rules::Rules;
use super::schema::{Keywords, title_of};

/// ```python
/// METHODS_WITH_BODY = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"}
/// ```
const WITH_BODY: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"];

/// Writes operations, and collects what they need beside schemas.
pub(super) struct Writer<'c> {
    pub(super) rules: Rules,
    pub(super) components: &'c Components,
    pub(super) security_schemes: Map<String, Value>,
    /// Whether an operation answers 422 by FastAPI.
    pub(super) refuses: bool,
    /// What could not be known, by the pointer of the operation.
    pub(super) unknowns: Vec<(String, Unknown)>,
    pub(super) pointer: String,
}

impl<'c> Writer<'c> {
    pub(super) fn new(rules: Rules, components: &'c Components) -> Self {
        Self {
            rules,
            components,
            security_schemes: Map::new(),
            refuses: false,
            unknowns: Vec::new(),
            pointer: String::new(),
        }
    }

    /// `paths` or `webhooks`: the operations of routes by path.
    pub(super) fn paths(&mut self, root: &str, routes: &[Route], inputs: &[RouteInputs]) -> Map<String, Value> {
        let mut paths = Map::new();
        for (route, inputs) in routes.iter().zip(inputs).filter(|(route, _)| is_shown(route)) {
            let path = match &route.path {
                Known::Known(path) => path.clone(),
                Known::Unknown { unknown } => {
                    self.unknowns.push((format!("/{root}"), unknown.clone()));
                    continue;
                }
            };
            let at = format!("/{root}/{}", escaped(&path));
            let operations = self.path(&at, route, inputs);
            match paths.entry(path).or_insert_with(|| Value::Object(Map::new())) {
                Value::Object(known) => known.extend(operations),
                other => *other = Value::Object(operations),
            }
        }
        paths
    }

    /// The operations of a route by method.
    fn path(&mut self, at: &str, route: &Route, inputs: &RouteInputs) -> Map<String, Value> {
        let mut operations = Map::new();
        for method in &route.methods {
            let key = method.to_lowercase();
            let pointer = std::mem::replace(&mut self.pointer, format!("{at}/{key}"));
            let operation = self.operation(method, route, inputs);
            operations.insert(key, Value::Object(operation));
            self.pointer = pointer;
        }
        operations
    }

    fn operation(&mut self, method: &str, route: &Route, inputs: &RouteInputs) -> Map<String, Value> {
        route.unknowns.iter().for_each(|unknown| self.note(unknown));
        self.known(&route.in_schema);
        let mut operation = self.metadata(route);
        self.security(route, &mut operation);
        let parameters = self.parameters(route, inputs);
        if !parameters.is_empty() {
            operation.insert("parameters".to_owned(), Value::Array(parameters));
        }
        if WITH_BODY.contains(&method)
            && let Some(body) = self.request_body(route, inputs)
        {
            operation.insert("requestBody".to_owned(), Value::Object(body));
        }
        if !route.callbacks.is_empty() {
            let callbacks = self.callbacks(route, inputs);
            operation.insert("callbacks".to_owned(), Value::Object(callbacks));
        }
        let responses = self.responses(route, inputs);
        operation.insert("responses".to_owned(), Value::Object(responses));
        if let Some(Value::Object(extra)) = route.openapi_extra.as_ref().and_then(|extra| self.known(extra)) {
            merge(&mut operation, extra);
        }
        operation
    }

    /// ```python
    /// # get_openapi_operation_metadata
    /// operation["summary"] = route.summary or route.name.replace("_", " ").title()
    /// operation["operationId"] = route.operation_id or route.unique_id
    /// ```
    fn metadata(&mut self, route: &Route) -> Map<String, Value> {
        let mut operation = Map::new();
        let tags: Vec<Value> =
            route.tags.iter().filter_map(|tag| self.known(tag)).map(|tag| Value::from(tag.as_str())).collect();
        if !tags.is_empty() {
            operation.insert("tags".to_owned(), Value::Array(tags));
        }
        let summary = match &route.summary {
            Some(summary) => self.known(summary).cloned(),
            None => Some(String::new()),
        };
        if let Some(summary) = summary {
            let summary = if summary.is_empty() { title_of(&route.name) } else { summary };
            operation.insert("summary".to_owned(), Value::from(summary));
        }
        let description = route.description.as_ref().and_then(|text| self.known(text));
        if let Some(text) = description.filter(|text| !text.is_empty()) {
            operation.insert("description".to_owned(), Value::from(text.as_str()));
        }
        let given = match &route.operation_id {
            Some(id) => self.known(id).filter(|id| !id.is_empty()),
            None => None,
        };
        if let Some(id) = given.or_else(|| self.known(&route.unique_id)) {
            operation.insert("operationId".to_owned(), Value::from(id.as_str()));
        }
        if route.deprecated {
            operation.insert("deprecated".to_owned(), Value::from(true));
        }
        operation
    }

    /// ```python
    /// callbacks[callback.name] = {callback.path: cb_path}
    /// ```
    fn callbacks(&mut self, route: &Route, inputs: &RouteInputs) -> Map<String, Value> {
        let mut callbacks = Map::new();
        for (callback, inputs) in route.callbacks.iter().zip(&inputs.callbacks) {
            let Some(path) = self.known(&callback.path).cloned() else { continue };
            let at = format!("{}/callbacks/{}/{}", self.pointer, escaped(&callback.name), escaped(&path));
            let operations = match is_shown(callback) {
                true => self.path(&at, callback, inputs),
                false => Map::new(),
            };
            let by_path = Map::from_iter([(path, Value::Object(operations))]);
            callbacks.insert(callback.name.clone(), Value::Object(by_path));
        }
        callbacks
    }

    /// The security schemes that a route demands.
    ///
    /// ```python
    /// # _get_openapi_security_definitions
    /// for scope in oauth_scopes:
    ///     if scope not in operation_security_dict[security_name]:
    ///         operation_security_dict[security_name].append(scope)
    /// ```
    fn security(&mut self, route: &Route, operation: &mut Map<String, Value>) {
        let mut demanded: Vec<(String, Vec<Value>)> = Vec::new();
        for using in &route.security {
            let Some(name) = self.known(&using.name).cloned() else { continue };
            if let Some(scheme) = self.known(&using.scheme) {
                self.security_schemes.insert(name.clone(), scheme.clone());
            }
            let scopes: Vec<Value> =
                using.scopes.iter().filter_map(|scope| self.known(scope)).map(|s| Value::from(s.as_str())).collect();
            match demanded.iter_mut().find(|(known, _)| self.rules.merges_scopes() && *known == name) {
                Some((_, known)) => scopes.into_iter().for_each(|scope| {
                    if !known.contains(&scope) {
                        known.push(scope);
                    }
                }),
                None => demanded.push((name, scopes)),
            }
        }
        if !demanded.is_empty() {
            let uses =
                demanded.into_iter().map(|(name, scopes)| Value::Object(Map::from_iter([(name, scopes.into())])));
            operation.insert("security".to_owned(), uses.collect());
        }
    }

    /// The schema of a field.
    pub(super) fn schema(&mut self, place: Option<usize>) -> Option<Keywords> {
        let place = place?;
        let unknowns = self.components.of_fields.iter().filter(|(field, _)| *field == place);
        let unknowns: Vec<Unknown> = unknowns.map(|(_, unknown)| unknown.clone()).collect();
        unknowns.iter().for_each(|unknown| self.note(unknown));
        self.components.fields.get(place).cloned()
    }

    /// The value where it is known; notes it where it is not.
    pub(super) fn known<'k, T>(&mut self, value: &'k Known<T>) -> Option<&'k T> {
        match value {
            Known::Known(value) => Some(value),
            Known::Unknown { unknown } => {
                self.note(unknown);
                None
            }
        }
    }

    pub(super) fn note(&mut self, unknown: &Unknown) {
        let noted = (self.pointer.clone(), unknown.clone());
        if !self.unknowns.contains(&noted) {
            self.unknowns.push(noted);
        }
    }
}

/// A key in a JSON pointer.
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The app's argument of a name.
pub(super) fn argument<'c>(contract: &'c Contract, name: &str) -> Option<&'c Known<Value>> {
    contract.arguments.iter().rev().find(|(argument, _)| argument == name).map(|(_, value)| value)
}
