//! Responses of operations.

use architect_model::contract::{ExtraResponse, Route, Stream};
use serde_json::{Map, Value, json};

use super::inputs::RouteInputs;
use super::merge::{merge, object_at};
use super::operations::Writer;
use super::schema::{Keywords, keywords, reference};
use super::status;

impl Writer<'_> {
    pub(super) fn responses(&mut self, route: &Route, inputs: &RouteInputs) -> Map<String, Value> {
        let mut responses = Map::new();
        self.success(route, inputs, &mut responses);
        for (place, extra) in route.responses.iter().enumerate() {
            let model = inputs.responses.get(place).copied().flatten();
            self.extra(route, extra, model, &mut responses);
        }
        self.refusal(route, &mut responses);
        responses
    }

    /// What is answered on success, under the status of the route or of the class of its responses.
    fn success(&mut self, route: &Route, inputs: &RouteInputs, responses: &mut Map<String, Value>) {
        let given = match &route.status {
            Some(status) => match self.known(status) {
                Some(status) => Some(*status),
                None => return,
            },
            None => None,
        };
        let code = given.or(route.response_class.status).unwrap_or(200);
        let description = match &route.response_description {
            Some(text) => self.known(text).cloned(),
            None => Some("Successful Response".to_owned()),
        };
        let mut response = Map::new();
        response.insert("description".to_owned(), Value::from(description.unwrap_or_default()));
        if status::has_body(given)
            && let Some((media, content)) = self.content(route, inputs)
        {
            let content = Map::from_iter([(media, Value::Object(content))]);
            response.insert("content".to_owned(), Value::Object(content));
        }
        responses.insert(code.to_string(), Value::Object(response));
    }

    /// ```python
    /// response_schema = {"type": "string"}
    /// if lenient_issubclass(current_response_class, JSONResponse):
    ///     if route.response_field:
    ///         response_schema = get_schema_from_model_field(...)
    ///     else:
    ///         response_schema = {}
    /// ```
    fn content(&mut self, route: &Route, inputs: &RouteInputs) -> Option<(String, Map<String, Value>)> {
        if let Some(stream) = route.stream.as_ref().filter(|_| self.rules.describes_streams()) {
            return Some(self.streamed(stream, inputs));
        }
        let media = self.known(&route.response_class.media)?.clone().filter(|media| !media.is_empty())?;
        let schema = match (route.response_class.is_json, &route.response) {
            (false, _) => keywords([("type", Value::from("string"))]),
            (true, None) => Keywords::new(),
            (true, Some(_)) => self.schema(inputs.response).unwrap_or_default(),
        };
        Some((media, Map::from_iter([("schema".to_owned(), Value::Object(schema))])))
    }

    /// ```python
    /// jsonl_content["itemSchema"] = item_schema
    /// item_schema["properties"]["data"] = {
    ///     "type": "string", "contentMediaType": "application/json", "contentSchema": content_schema,
    /// }
    /// ```
    fn streamed(&mut self, stream: &Stream, inputs: &RouteInputs) -> (String, Map<String, Value>) {
        let item = self.schema(inputs.stream);
        if !stream.events {
            let item = Value::Object(item.unwrap_or_default());
            return ("application/jsonl".to_owned(), Map::from_iter([("itemSchema".to_owned(), item)]));
        }
        let mut event = json!({
            "type": "object",
            "properties": {
                "data": {"type": "string"},
                "event": {"type": "string"},
                "id": {"type": "string"},
                "retry": {"type": "integer", "minimum": 0},
            },
        });
        if let (Some(item), Some(event)) = (item, event.as_object_mut()) {
            event.insert("required".to_owned(), json!(["data"]));
            let data = json!({"type": "string", "contentMediaType": "application/json", "contentSchema": item});
            if let Some(properties) = object_at(event, "properties") {
                properties.insert("data".to_owned(), data);
            }
        }
        ("text/event-stream".to_owned(), Map::from_iter([("itemSchema".to_owned(), event)]))
    }

    /// A response of `responses`.
    ///
    /// ```python
    /// description = (
    ///     process_response.get("description")
    ///     or openapi_response.get("description")
    ///     or status_text
    ///     or "Additional Response"
    /// )
    /// deep_dict_update(openapi_response, process_response)
    /// ```
    fn extra(
        &mut self,
        route: &Route,
        extra: &ExtraResponse,
        model: Option<usize>,
        responses: &mut Map<String, Value>,
    ) {
        let Some(status) = self.known(&extra.status).cloned() else { return };
        let mut said = match self.known(&extra.rest) {
            Some(Value::Object(rest)) => rest.clone(),
            _ => Map::new(),
        };
        said.remove("model");
        let key = match status.to_uppercase().as_str() {
            "DEFAULT" => "default".to_owned(),
            other => other.to_owned(),
        };
        if let Some(schema) = self.schema(model) {
            let media = self.known(&route.response_class.media).cloned().flatten();
            let media = media.filter(|media| !media.is_empty()).unwrap_or_else(|| "application/json".to_owned());
            let place = object_at(&mut said, "content").and_then(|content| object_at(content, &media));
            if let Some(place) = place.and_then(|media| object_at(media, "schema")) {
                merge(place, &schema);
            }
        }
        let Some(response) = object_at(responses, &key) else { return };
        let text =
            |value: Option<&Value>| value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let description = text(said.get("description"))
            .or_else(|| text(response.get("description")))
            .unwrap_or_else(|| status::text(&status).unwrap_or("Additional Response").to_owned());
        merge(response, &said);
        response.insert("description".to_owned(), Value::from(description));
    }

    /// Who takes something may refuse it.
    ///
    /// ```python
    /// if (all_route_params or route.body_field) and not any(
    ///     status in operation["responses"] for status in [http422, "4XX", "default"]
    /// ):
    /// ```
    fn refusal(&mut self, route: &Route, responses: &mut Map<String, Value>) {
        let takes = !route.parameters.is_empty() || route.body.is_some();
        if !takes || ["422", "4XX", "default"].iter().any(|status| responses.contains_key(*status)) {
            return;
        }
        self.refuses = true;
        let schema = reference("HTTPValidationError");
        let response = json!({
            "description": "Validation Error",
            "content": {"application/json": {"schema": schema}},
        });
        responses.insert("422".to_owned(), response);
    }
}
