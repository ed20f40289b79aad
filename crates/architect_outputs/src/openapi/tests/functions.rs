//! Types with functions around them.

use architect_model::contract::SchemaMode::{Answered, Taken};
use serde_json::{Value, json};

use super::{both, definitions, model, with_default};

fn serialized(of: Value, when_used: &str) -> Value {
    json!({"type": "serialized", "of": of, "returns": {"type": "text"}, "when_used": when_used})
}

#[test]
fn answers_are_what_serializers_return() {
    // Annotated[int, PlainSerializer(s)] where def s(v) -> str
    let ty = serialized(json!({"type": "integer"}), "always");
    assert_eq!(both(12, &ty), [json!({"type": "integer"}), json!({"type": "string"})]);
}

#[test]
fn none_passes_by_serializers_that_are_not_used_for_it() {
    // Annotated[Optional[int], PlainSerializer(s, when_used='unless-none')]
    let ty = serialized(json!({"type": "nullable", "of": {"type": "integer"}}), "unless-none");
    assert_eq!(both(8, &ty)[1], json!({"type": "string"}));
    assert_eq!(both(9, &ty)[1], json!({"anyOf": [{"type": "null"}, {"type": "string"}]}));
    // Annotated[int, PlainSerializer(s, when_used='unless-none')]
    let ty = serialized(json!({"type": "integer"}), "unless-none");
    assert_eq!(both(9, &ty)[1], json!({"type": "string"}));
}

#[test]
fn what_is_taken_is_what_validators_take() {
    // Annotated[int, BeforeValidator(f, json_schema_input_type=str)]
    let ty = json!({"type": "validated", "when": "before", "of": {"type": "integer"}, "input": {"type": "text"}});
    assert_eq!(both(9, &ty), [json!({"type": "string"}), json!({"type": "integer"})]);
    // Annotated[int, BeforeValidator(f)]
    let ty = json!({"type": "validated", "when": "before", "of": {"type": "integer"}, "input": null});
    assert_eq!(both(9, &ty), [json!({"type": "integer"}), json!({"type": "integer"})]);
    // Annotated[int, PlainValidator(f)]
    let ty = json!({"type": "validated", "when": "plain", "of": {"type": "integer"}, "input": null});
    assert_eq!(both(14, &ty), [json!({}), json!({"type": "integer"})]);
}

#[test]
fn lengths_after_validators_are_those_of_lists_or_texts() {
    // Annotated[List[int], AfterValidator(f), Field(max_length=3)]
    let list = json!({"type": "list", "items": {"type": "integer"}});
    let ty = |of: Value| json!({"type": "validated", "when": "after", "of": of, "input": null, "constraints": [["max_length", 3]]});
    let expected = json!({"type": "array", "items": {"type": "integer"}, "maxItems": 3});
    assert_eq!(both(12, &ty(list))[0], expected);
    assert_eq!(both(12, &ty(json!({"type": "text"})))[0], json!({"type": "string", "maxLength": 3}));
}

#[test]
fn defaults_that_functions_write_are_unknown() {
    // class T(BaseModel):
    //     a: Annotated[int, PlainSerializer(s)] = 1
    //     b: Annotated[int, WrapSerializer(g)] = 1
    let wrapped = json!({"type": "serialized", "of": {"type": "integer"}, "wraps": true, "when_used": "always"});
    let fields = json!([
        with_default("a", serialized(json!({"type": "integer"}), "always"), json!(1)),
        with_default("b", wrapped, json!(1)),
    ]);
    let classes = json!([model("T", fields)]);
    let made = definitions(12, classes.clone(), Answered);
    assert_eq!(made["T"]["properties"]["a"], json!({"type": "string", "title": "A"}));
    assert_eq!(made["T"]["properties"]["b"], json!({"type": "integer", "default": 1, "title": "B"}));
    let made = definitions(12, classes, Taken);
    assert_eq!(made["T"]["properties"]["a"], json!({"type": "integer", "default": 1, "title": "A"}));
}
