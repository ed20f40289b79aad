//! What differs between what is taken and what is answered, and names that tell them apart.

use serde_json::{Value, json};

use super::{class, contract, field, merged, model, route, with_default};
use crate::openapi;

/// class Item(BaseModel):
///     x: int = 1
/// @app.post('/x')
/// def x(item: Item) -> Item: ...
fn document(fastapi: (u32, u32, u32), classes: Value, arguments: Value) -> Value {
    let item = json!({"type": "class", "class": 0});
    let body = json!({
        "media": "application/json", "embedded": false, "fields": [{"place": "json", "field": field("item", item.clone())}],
    });
    let routes = json!([route("/x", "x", json!({"methods": ["POST"], "body": body, "response": item}))]);
    let mut contract = contract(fastapi, classes, routes);
    contract.arguments = serde_json::from_value(arguments).unwrap();
    openapi(&contract).document
}

fn names(document: &Value) -> Vec<String> {
    let mut names: Vec<String> = document["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    names.retain(|name| !name.contains("ValidationError"));
    names
}

#[test]
fn models_with_equal_modes_have_one_name() {
    let classes = json!([model("Item", json!([with_default("x", json!({"type": "integer"}), json!(1))]))]);
    assert_eq!(names(&document((0, 115, 0), classes, json!([]))), ["Item"]);
}

#[test]
fn models_that_answer_more_have_two() {
    // class Item(BaseModel):
    //     @computed_field
    //     @property
    //     def y(self) -> int: ...
    let computed = merged(field("y", json!({"type": "integer"})), json!({"computed": true}));
    let classes = json!([model("Item", json!([computed]))]);
    let made = document((0, 115, 0), classes.clone(), json!([]));
    assert_eq!(names(&made), ["Item-Input", "Item-Output"]);
    let expected = json!({"y": {"type": "integer", "title": "Y", "readOnly": true}});
    assert_eq!(made["components"]["schemas"]["Item-Output"]["properties"], expected);
    assert_eq!(made["components"]["schemas"]["Item-Output"]["required"], json!(["y"]));
    // FastAPI(separate_input_output_schemas=False), which holds for computed fields up to FastAPI 0.123
    let together = json!([["separate_input_output_schemas", false]]);
    assert_eq!(names(&document((0, 115, 0), classes.clone(), together.clone())), ["Item"]);
    assert_eq!(names(&document((0, 128, 0), classes, together)), ["Item-Input", "Item-Output"]);
}

#[test]
fn classes_of_one_name_have_their_modules() {
    // a.py: class Item(BaseModel): other: 'b.Item'
    // b.py: class Item(BaseModel): x: int
    let at = |module: &str, name: &str| json!({"symbol": {"module": module, "name": name}});
    let one = merged(model("Item", json!([field("other", json!({"type": "class", "class": 1}))])), at("a", "Item"));
    let other = merged(model("Item", json!([field("x", json!({"type": "integer"}))])), at("b", "Outer.Item"));
    let made = document((0, 115, 0), json!([one, other]), json!([]));
    assert_eq!(names(&made), ["a__Item", "b__Outer__Item"]);
    let link = json!({"$ref": "#/components/schemas/b__Outer__Item"});
    assert_eq!(made["components"]["schemas"]["a__Item"]["properties"]["other"], link);
}

#[test]
fn classes_of_one_name_that_are_equal_are_one() {
    // a.py: class Kind(Enum): x = 'x'
    // b.py: class Kind(Enum): x = 'x'
    let kind = || class("Kind", json!({"class": "enumeration", "values": ["x"], "base": "plain"}));
    let at = |module: &str| json!({"symbol": {"module": module, "name": "Kind"}});
    let fields =
        json!([field("a", json!({"type": "class", "class": 1})), field("b", json!({"type": "class", "class": 2})),]);
    let classes = json!([model("Item", fields), merged(kind(), at("a")), merged(kind(), at("b"))]);
    assert_eq!(names(&document((0, 115, 0), classes, json!([]))), ["Item", "Kind"]);
}
