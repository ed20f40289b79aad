//! Documents of whole applications.

use serde_json::{Value, json};

use super::{contract, field, merged, model, route, with_default};
use crate::openapi;

fn operation(fastapi: (u32, u32, u32), classes: Value, more: Value) -> Value {
    let method = more.get("methods").and_then(|methods| methods[0].as_str()).unwrap_or("GET").to_lowercase();
    let made = openapi(&contract(fastapi, classes, json!([route("/x", "do_it", more)]))).document;
    made["paths"]["/x"][method].clone()
}

fn parameter(place: &str, field: Value) -> Value {
    json!({"place": place, "field": field, "in_schema": true})
}

const NEWEST: (u32, u32, u32) = (0, 165, 0);

#[test]
fn applications_have_titles_and_contacts() {
    // FastAPI(contact={'url': 'https://Example.com'}, servers=[{'url': 'https://a.b'}], description='')
    let mut contract = contract(NEWEST, json!([]), json!([]));
    let arguments = json!([
        ["contact", {"url": "https://Example.com", "name": null}],
        ["servers", [{"url": "https://a.b"}]],
        ["description", ""],
    ]);
    contract.arguments = serde_json::from_value(arguments).unwrap();
    let expected = json!({
        "openapi": "3.1.0",
        "info": {"title": "FastAPI", "contact": {"url": "https://example.com/"}, "version": "0.1.0"},
        "servers": [{"url": "https://a.b"}],
        "paths": {},
    });
    assert_eq!(openapi(&contract).document, expected);
}

#[test]
fn operations_that_take_nothing_refuse_nothing() {
    // @app.get('/x')
    // def do_it(): ...
    let expected = json!({
        "summary": "Do It",
        "operationId": "do_it_get",
        "responses": {
            "200": {"description": "Successful Response", "content": {"application/json": {"schema": {}}}},
        },
    });
    assert_eq!(operation(NEWEST, json!([]), json!({})), expected);
}

#[test]
fn parameters_are_ordered_by_place_and_say_what_they_are() {
    // def do_it(
    //     q: Annotated[int | None, Query(le=3, description='d', deprecated=True)] = None,
    //     x_token: Annotated[str, Header()],
    //     id: Annotated[int, Path(title='The id')],
    // )
    let nullable = json!({"type": "nullable", "of": {"type": "integer"}, "constraints": [["le", 3]]});
    let said = json!({"documentation": {"description": "d", "deprecated": true}});
    let header = merged(field("x_token", json!({"type": "text"})), json!({"alias": "x-token"}));
    let path = merged(field("id", json!({"type": "integer"})), json!({"documentation": {"title": "The id"}}));
    let parameters = json!([
        parameter("query", merged(with_default("q", nullable, json!(null)), said)),
        parameter("header", header),
        parameter("path", path),
    ]);
    let made = operation(NEWEST, json!([]), json!({"parameters": parameters}));
    let query = json!({
        "anyOf": [{"type": "integer", "maximum": 3}, {"type": "null"}],
        "title": "Q", "description": "d", "deprecated": true,
    });
    let expected = json!([
        {"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "title": "The id"}},
        {"name": "q", "in": "query", "required": false, "schema": query, "description": "d", "deprecated": true},
        {"name": "x-token", "in": "header", "required": true, "schema": {"type": "string", "title": "X-Token"}},
    ]);
    assert_eq!(made["parameters"], expected);
    let refused = json!({"$ref": "#/components/schemas/HTTPValidationError"});
    assert_eq!(made["responses"]["422"]["content"]["application/json"]["schema"], refused);
}

#[test]
fn several_bodies_are_one() {
    // def do_it(a: Annotated[int, Body()] = 1, b: Annotated[bytes, File()] = None)
    let fields = json!([
        {"place": "json", "field": with_default("a", json!({"type": "integer"}), json!(1))},
        {"place": "file", "field": with_default("b", json!({"type": "bytes"}), json!(null))},
    ]);
    let body = json!({"media": "multipart/form-data", "embedded": true, "fields": fields});
    let routes = json!([route("/x", "do_it", json!({"methods": ["POST"], "body": body}))]);
    let made = openapi(&contract(NEWEST, json!([]), routes)).document;
    let expected = json!({"content": {"multipart/form-data": {
        "schema": {"$ref": "#/components/schemas/Body_do_it_get"},
    }}});
    assert_eq!(made["paths"]["/x"]["post"]["requestBody"], expected);
    let bytes = json!({"type": "string", "contentMediaType": "application/octet-stream", "title": "B"});
    let expected = json!({
        "type": "object", "title": "Body_do_it_get",
        "properties": {"a": {"type": "integer", "title": "A", "default": 1}, "b": bytes},
    });
    assert_eq!(made["components"]["schemas"]["Body_do_it_get"], expected);
}

#[test]
fn more_responses_are_merged() {
    // responses={404: {'model': Err}, 200: {'content': {'image/png': {}}}, '4XX': {}, 'default': {'description': 'd'}}
    let responses = json!([
        {"status": "404", "model": {"type": "class", "class": 0}, "rest": {}},
        {"status": "200", "model": null, "rest": {"content": {"image/png": {}}}},
        {"status": "4xx", "model": null, "rest": {}},
        {"status": "default", "model": null, "rest": {"description": "d"}},
    ]);
    let classes = json!([model("Err", json!([]))]);
    let made = operation(NEWEST, classes, json!({"responses": responses}));
    let schema = json!({"$ref": "#/components/schemas/Err"});
    let expected = json!({
        "200": {
            "description": "Successful Response",
            "content": {"application/json": {"schema": {}}, "image/png": {}},
        },
        "404": {"description": "Not Found", "content": {"application/json": {"schema": schema}}},
        "4XX": {"description": "Client Error"},
        "default": {"description": "d"},
    });
    assert_eq!(made["responses"], expected);
}

#[test]
fn responses_without_bodies_have_no_content() {
    // @app.get('/x', status_code=204)
    let made = operation(NEWEST, json!([]), json!({"status": 204}));
    assert_eq!(made["responses"], json!({"204": {"description": "Successful Response"}}));
}

#[test]
fn schemes_are_merged_lately() {
    let using = |scope: &str| json!({"name": "oauth", "scheme": {"type": "oauth2"}, "scopes": [scope]});
    let security = json!({"security": [using("a"), using("b")]});
    let merged = json!([{"oauth": ["a", "b"]}]);
    assert_eq!(operation((0, 128, 0), json!([]), security.clone())["security"], merged);
    let apart = json!([{"oauth": ["a"]}, {"oauth": ["b"]}]);
    assert_eq!(operation((0, 115, 0), json!([]), security)["security"], apart);
}

#[test]
fn streams_say_what_each_item_is() {
    // @app.get('/x', response_class=EventSourceResponse)
    // def do_it() -> Iterable[int]: yield 1
    let stream = json!({"stream": {"events": true, "item": {"type": "integer"}}});
    let made = operation(NEWEST, json!([]), stream);
    let item = &made["responses"]["200"]["content"]["text/event-stream"]["itemSchema"];
    let content = json!({"type": "integer", "title": "Streamitem Do It Get"});
    let data = json!({"type": "string", "contentMediaType": "application/json", "contentSchema": content});
    assert_eq!(item["properties"]["data"], data);
    assert_eq!(item["required"], json!(["data"]));
}

#[test]
fn numbers_of_paths_with_parameters_are_left_as_they_are() {
    // def do_it(x: Annotated[int, Field(ge=1)])             as parameter
    // def do_it(x: Annotated[int, Field(ge=1), Body()])     as body
    let ty = json!({"type": "integer", "constraints": [["ge", 1]]});
    let made = operation(NEWEST, json!([]), json!({"parameters": [parameter("query", field("x", ty.clone()))]}));
    assert_eq!(made["parameters"][0]["schema"]["minimum"], json!(1));
    let body = json!({
        "media": "application/json", "embedded": false, "fields": [{"place": "json", "field": field("x", ty)}],
    });
    let made = operation(NEWEST, json!([]), json!({"methods": ["POST"], "body": body}));
    assert_eq!(made["requestBody"]["content"]["application/json"]["schema"]["minimum"], json!(1.0));
}

#[test]
fn what_models_that_hold_themselves_are_said_to_be_is_unknown_elsewhere() {
    // class Tree(BaseModel):
    //     kids: List['Tree']
    // class Garden(BaseModel):
    //     tree: Tree = Field(description='the oldest')
    let tree = json!({"type": "class", "class": 0});
    let said = json!({"documentation": {"description": "the oldest"}});
    let classes = json!([
        model("Tree", json!([field("kids", json!({"type": "list", "items": tree}))])),
        model("Garden", json!([merged(field("tree", tree), said)])),
    ]);
    let routes = json!([route("/x", "one", json!({"response": {"type": "class", "class": 1}}))]);
    let places = |fastapi| {
        let made = openapi(&contract(fastapi, classes.clone(), routes.clone()));
        made.unknowns.into_iter().map(|(place, _)| place).collect::<Vec<String>>()
    };
    assert!(places((0, 118, 0)).is_empty());
    assert!(places(NEWEST).contains(&"/components/schemas/Garden".to_owned()));
}

#[test]
fn what_is_not_known_is_said_to_be() {
    let unknown = json!({"type": "unknown", "unknown": {"at": {"file": "app.py", "line": 7}, "reason": "a type"}});
    let classes = json!([model("Item", json!([field("x", unknown.clone())]))]);
    let item = json!({"type": "class", "class": 0});
    let routes = json!([
        route("/a/{b}", "one", json!({"response": unknown})),
        route("/c", "two", json!({"response": item, "unique_id": "two_get"})),
    ]);
    let made = openapi(&contract(NEWEST, classes, routes));
    let mut places: Vec<&str> = made.unknowns.iter().map(|(place, _)| place.as_str()).collect();
    places.sort_unstable();
    assert_eq!(places, ["/components/schemas/Item", "/paths/~1a~1{b}/get"]);
    assert_eq!(made.document["components"]["schemas"]["Item"]["properties"]["x"], json!({"title": "X"}));
}
