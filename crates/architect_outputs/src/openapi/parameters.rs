//! Parameters of operations, and what is sent in bodies.

use architect_model::ParameterPlace;
use architect_model::contract::{Parameter, Route};
use serde_json::{Map, Value};

use super::inputs::RouteInputs;
use super::operations::Writer;

/// FastAPI's order.
const PLACES: [(ParameterPlace, &str); 4] = [
    (ParameterPlace::Path, "path"),
    (ParameterPlace::Query, "query"),
    (ParameterPlace::Header, "header"),
    (ParameterPlace::Cookie, "cookie"),
];

/// A parameter as it stands in the document.
struct Written {
    place: &'static str,
    name: String,
    required: bool,
    object: Map<String, Value>,
}

impl Writer<'_> {
    /// The parameters of a route: each once, the required one where there are two.
    ///
    /// ```python
    /// all_parameters = {(param["in"], param["name"]): param for param in parameters}
    /// required_parameters = {... if param.get("required")}
    /// all_parameters.update(required_parameters)
    /// ```
    pub(super) fn parameters(&mut self, route: &Route, inputs: &RouteInputs) -> Vec<Value> {
        let mut all: Vec<Written> = Vec::new();
        for (place, name_of_place) in PLACES {
            let those = route.parameters.iter().zip(&inputs.parameters);
            for (parameter, input) in those.filter(|(parameter, _)| parameter.place == place && parameter.in_schema) {
                let name = self.name_of(parameter);
                let object = self.parameter(parameter, *input, name_of_place, &name);
                let required = parameter.field.default.is_none();
                let written = Written { place: name_of_place, name, required, object };
                match all.iter_mut().find(|known| known.place == written.place && known.name == written.name) {
                    Some(known) if required || !known.required => *known = written,
                    Some(_) => {}
                    None => all.push(written),
                }
            }
        }
        all.into_iter().map(|written| Value::Object(written.object)).collect()
    }

    fn name_of(&mut self, parameter: &Parameter) -> String {
        let sent = parameter.sent_as.as_ref().or(parameter.field.alias.as_ref());
        sent.and_then(|name| self.known(name)).unwrap_or(&parameter.field.name).clone()
    }

    /// ```python
    /// # _get_openapi_operation_parameters
    /// parameter = {"name": name, "in": param_type.value, "required": ..., "schema": param_schema}
    /// if field_info.description:
    ///     parameter["description"] = field_info.description
    /// ```
    fn parameter(&mut self, parameter: &Parameter, input: usize, place: &str, name: &str) -> Map<String, Value> {
        let schema = self.schema(Some(input)).unwrap_or_default();
        let mut written = Map::new();
        written.insert("name".to_owned(), Value::from(name));
        written.insert("in".to_owned(), Value::from(place));
        written.insert("required".to_owned(), Value::from(parameter.field.default.is_none()));
        written.insert("schema".to_owned(), Value::Object(schema));
        let said = &parameter.field.documentation;
        let description = said.description.as_ref().and_then(|text| self.known(text));
        if let Some(text) = description.filter(|text| !text.is_empty()) {
            written.insert("description".to_owned(), Value::from(text.as_str()));
        }
        let examples = parameter.openapi_examples.as_ref().filter(|_| self.rules.has_openapi_examples());
        if let Some(examples) = examples {
            if let Some(examples) = self.known(examples) {
                written.insert("examples".to_owned(), examples.clone());
            }
        } else if let Some(example) = parameter.example.as_ref().and_then(|example| self.known(example)) {
            written.insert("example".to_owned(), example.clone());
        }
        if said.deprecated.as_ref().and_then(|deprecated| self.known(deprecated)) == Some(&true) {
            written.insert("deprecated".to_owned(), Value::from(true));
        }
        written
    }

    /// ```python
    /// # get_openapi_operation_request_body
    /// if required:
    ///     request_body_oai["required"] = required
    /// request_body_oai["content"] = {request_media_type: request_media_content}
    /// ```
    pub(super) fn request_body(&mut self, route: &Route, inputs: &RouteInputs) -> Option<Map<String, Value>> {
        let body = route.body.as_ref()?;
        let schema = self.schema(inputs.body)?;
        let required = body.fields.iter().any(|field| field.field.default.is_none());
        let mut content = Map::from_iter([("schema".to_owned(), Value::Object(schema))]);
        let only = body.fields.first().filter(|_| !body.embedded);
        if let Some(examples) = only.and_then(|only| only.openapi_examples.as_ref())
            && self.rules.has_openapi_examples()
            && let Some(examples) = self.known(examples)
        {
            content.insert("examples".to_owned(), examples.clone());
        } else if let Some(example) = only.and_then(|only| only.example.as_ref())
            && let Some(example) = self.known(example)
        {
            content.insert("example".to_owned(), example.clone());
        }
        let media = self.known(&body.media)?.clone();
        let mut written = Map::new();
        if required {
            written.insert("required".to_owned(), Value::from(true));
        }
        let content = Map::from_iter([(media, Value::Object(content))]);
        written.insert("content".to_owned(), Value::Object(content));
        Some(written)
    }
}
