//! The schemas of what FastAPI answers where something is refused.

use serde_json::{Value, json};

use super::rules::Rules;

/// ```python
/// # fastapi.openapi.utils
/// validation_error_definition, validation_error_response_definition
/// ```
pub(super) fn definitions(rules: &Rules) -> [(String, Value); 2] {
    let mut properties = json!({
        "loc": {"title": "Location", "type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        "msg": {"title": "Message", "type": "string"},
        "type": {"title": "Error Type", "type": "string"},
    });
    if rules.errors_have_context()
        && let Some(properties) = properties.as_object_mut()
    {
        properties.insert("input".to_owned(), json!({"title": "Input"}));
        properties.insert("ctx".to_owned(), json!({"title": "Context", "type": "object"}));
    }
    let error = json!({
        "title": "ValidationError",
        "type": "object",
        "properties": properties,
        "required": ["loc", "msg", "type"],
    });
    let items = json!({"$ref": "#/components/schemas/ValidationError"});
    let response = json!({
        "title": "HTTPValidationError",
        "type": "object",
        "properties": {"detail": {"title": "Detail", "type": "array", "items": items}},
    });
    [("ValidationError".to_owned(), error), ("HTTPValidationError".to_owned(), response)]
}
