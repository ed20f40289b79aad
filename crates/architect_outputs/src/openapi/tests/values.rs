//! Schemas of values and collections.

use serde_json::json;

use super::{both, schema};

#[test]
fn numbers_have_limits() {
    // Annotated[int, Field(ge=1, multiple_of=2)]
    let ty = json!({"type": "integer", "constraints": [["ge", 1], ["multiple_of", 2]]});
    assert_eq!(schema(ty), json!({"type": "integer", "minimum": 1, "multipleOf": 2}));
    // Annotated[float, Field(gt=0, le=10.5)]
    let ty = json!({"type": "float", "constraints": [["gt", 0], ["le", 10.5]]});
    assert_eq!(both(10, &ty)[0], json!({"type": "number", "exclusiveMinimum": 0.0, "maximum": 10.5}));
    assert_eq!(schema(ty), json!({"type": "number", "exclusiveMinimum": 0, "maximum": 10.5}));
}

#[test]
fn limits_of_nullable_types_are_those_of_what_is_not_none() {
    // Annotated[Optional[int], Field(ge=1)]
    let ty = json!({"type": "nullable", "of": {"type": "integer"}, "constraints": [["ge", 1]]});
    assert_eq!(schema(ty), json!({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}));
}

#[test]
fn limits_of_unions_stand_beside_them() {
    // Annotated[Union[int, str], Field(ge=1)], whose schema says nothing of it before 2.8
    let ty = json!({"type": "union", "of": [{"type": "integer"}, {"type": "text"}], "constraints": [["ge", 1]]});
    assert_eq!(both(8, &ty)[0], json!({"anyOf": [{"type": "integer"}, {"type": "string"}], "ge": 1}));
    assert_eq!(both(7, &ty)[0], json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}));
}

#[test]
fn patterns_of_what_is_no_text_are_answered() {
    // Annotated[Any, Field(pattern='a')]
    let ty = json!({"type": "any", "constraints": [["pattern", "a"]]});
    assert_eq!(both(14, &ty), [json!({}), json!({"type": "string", "pattern": "a"})]);
}

#[test]
fn decimals_are_taken_as_numbers_and_texts() {
    // Annotated[Decimal, Field(max_digits=5, decimal_places=2, ge=1)]
    let ty = json!({"type": "decimal", "constraints": [["max_digits", 5], ["decimal_places", 2], ["ge", 1]]});
    let number = json!({"type": "number", "minimum": 1.0});
    let expected = json!({"anyOf": [number, {"type": "string"}]});
    assert_eq!(both(11, &ty), [expected.clone(), json!({"type": "string"})]);
    assert_eq!(both(14, &ty), [expected, json!({"type": "string"})]);
    let pattern = r"^(?!^[-+.]*$)[+-]?0*(?:\d{0,3}|(?=[\d.]{1,6}0*$)\d{0,3}\.\d{0,2}0*$)";
    let text = json!({"type": "string", "pattern": pattern});
    assert_eq!(both(12, &ty), [json!({"anyOf": [number, text]}), text]);
}

#[test]
fn literals_have_the_type_of_their_values() {
    // Literal['a'], Literal['a', 1], Literal['a', 'b']
    let ty = json!({"type": "literal", "values": ["a"]});
    assert_eq!(both(6, &ty)[0], json!({"const": "a"}));
    assert_eq!(both(9, &ty)[0], json!({"const": "a", "enum": ["a"], "type": "string"}));
    assert_eq!(both(10, &ty)[0], json!({"const": "a", "type": "string"}));
    let mixed = json!({"type": "literal", "values": ["a", 1]});
    assert_eq!(schema(mixed), json!({"enum": ["a", 1]}));
    let texts = json!({"type": "literal", "values": ["a", "b"]});
    assert_eq!(schema(texts), json!({"enum": ["a", "b"], "type": "string"}));
}

#[test]
fn json_is_taken_as_text() {
    // Json[List[int]]
    let ty = json!({"type": "json", "of": {"type": "list", "items": {"type": "integer"}}});
    let list = json!({"type": "array", "items": {"type": "integer"}});
    let text = json!({"type": "string", "contentMediaType": "application/json", "contentSchema": list});
    assert_eq!(both(14, &ty), [text, list.clone()]);
    assert_eq!(both(0, &ty), [json!({"type": "string", "format": "json-string"}), list]);
}

#[test]
fn tuples_have_places() {
    // Tuple[int, str], Tuple[int, ...], Tuple[()]
    let pair = json!({"type": "tuple", "items": [{"type": "integer"}, {"type": "text"}], "rest": null});
    let expected = json!({
        "type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2, "maxItems": 2,
    });
    assert_eq!(schema(pair), expected);
    let many = json!({"type": "tuple", "items": [], "rest": {"type": "integer"}});
    assert_eq!(schema(many), json!({"type": "array", "items": {"type": "integer"}}));
    let none = json!({"type": "tuple", "items": [], "rest": null});
    assert_eq!(schema(none), json!({"type": "array", "minItems": 0, "maxItems": 0}));
}

#[test]
fn keys_of_dictionaries_have_patterns_and_limits() {
    // Dict[Annotated[str, Field(pattern='^a$')], int]
    let keys = json!({"type": "text", "constraints": [["pattern", "^a$"]]});
    let ty = json!({"type": "map", "keys": keys, "values": {"type": "integer"}});
    assert_eq!(schema(ty), json!({"type": "object", "patternProperties": {"^a$": {"type": "integer"}}}));
    // Dict[Annotated[str, Field(max_length=3)], int]
    let keys = json!({"type": "text", "constraints": [["max_length", 3]]});
    let ty = json!({"type": "map", "keys": keys, "values": {"type": "integer"}});
    let values = json!({"type": "object", "additionalProperties": {"type": "integer"}});
    assert_eq!(both(9, &ty)[0], values);
    let expected = json!({
        "type": "object", "additionalProperties": {"type": "integer"}, "propertyNames": {"maxLength": 3},
    });
    assert_eq!(both(10, &ty)[0], expected);
}

#[test]
fn values_that_may_be_anything_are_said() {
    // dict
    let ty = json!({"type": "map", "keys": {"type": "any"}, "values": {"type": "any"}});
    assert_eq!(both(10, &ty)[0], json!({"type": "object"}));
    assert_eq!(both(11, &ty)[0], json!({"type": "object", "additionalProperties": true}));
}

#[test]
fn unions_leave_out_what_has_no_schema() {
    // Union[int, Callable]
    let ty = json!({"type": "union", "of": [{"type": "integer"}, {"type": "opaque", "name": "Callable"}]});
    assert_eq!(schema(ty), json!({"type": "integer"}));
    // Union[Optional[int], str]
    let nullable = json!({"type": "nullable", "of": {"type": "integer"}});
    let ty = json!({"type": "union", "of": [nullable, {"type": "text"}]});
    assert_eq!(schema(ty), json!({"anyOf": [{"type": "integer"}, {"type": "null"}, {"type": "string"}]}));
}
