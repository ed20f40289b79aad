//! Definitions of classes.

use architect_model::contract::SchemaMode::{Answered, Taken};
use serde_json::{Value, json};

use super::{class, definitions, field, merged, model, with_default};

/// class B(BaseModel):
///     x: int = 1
fn sub() -> Value {
    model("B", json!([with_default("x", json!({"type": "integer"}), json!(1))]))
}

#[test]
fn fields_have_titles_but_for_references() {
    // class T(BaseModel):
    //     my_id: int
    //     b: B = Field(B(), description='x')
    //     c: Annotated[Optional[B], Field(title='zz')] = None
    //     d: B = Field(title='B')
    let reference = json!({"type": "class", "class": 1});
    let nullable = json!({"type": "nullable", "of": reference});
    let said = |said: Value| json!({"documentation": said});
    let fields = json!([
        field("my_id", json!({"type": "integer"})),
        merged(with_default("b", reference.clone(), json!({"x": 1})), said(json!({"description": "x"}))),
        merged(with_default("c", nullable, json!(null)), said(json!({"title": "zz"}))),
        merged(field("d", reference), said(json!({"title": "B"}))),
    ]);
    let made = definitions(12, json!([model("T", fields.clone()), sub()]), Taken);
    let link = "#/components/schemas/B";
    let expected = json!({
        "type": "object",
        "title": "T",
        "properties": {
            "my_id": {"type": "integer", "title": "My Id"},
            "b": {"$ref": link, "default": {"x": 1}, "description": "x"},
            "c": {"anyOf": [{"$ref": link}, {"type": "null"}], "default": null, "title": "zz"},
            "d": {"$ref": link},
        },
        "required": ["my_id", "d"],
    });
    assert_eq!(made["T"], expected);
    let made = definitions(8, json!([model("T", fields), sub()]), Taken);
    let expected = json!({"allOf": [{"$ref": link}], "default": {"x": 1}, "description": "x"});
    assert_eq!(made["T"]["properties"]["b"], expected);
    assert_eq!(made["T"]["properties"]["d"], json!({"$ref": link}));
}

#[test]
fn titles_lose_blanks_around_them() {
    // class T(BaseModel):
    //     id_: int
    let fields = json!([field("id_", json!({"type": "integer"}))]);
    let title = |minor| {
        definitions(minor, json!([model("T", fields.clone())]), Taken)["T"]["properties"]["id_"]["title"].clone()
    };
    assert_eq!(title(9), json!("Id "));
    assert_eq!(title(10), json!("Id"));
}

#[test]
fn configurations_and_docstrings_are_said() {
    // class Y(BaseModel):
    //     "Doc."
    //     model_config = ConfigDict(extra='forbid', title='Yy', json_schema_extra={'examples': [1]})
    let kind = json!({
        "class": "object", "of": "model", "fields": [], "extra": {"extra": "refused"},
        "title": "Yy", "docstring": "Doc.", "json_schema_extra": {"examples": [1]},
    });
    let expected = json!({
        "type": "object", "properties": {}, "title": "Yy", "description": "Doc.",
        "additionalProperties": false, "examples": [1],
    });
    assert_eq!(definitions(12, json!([class("Y", kind)]), Taken)["Y"], expected);
}

#[test]
fn dataclasses_of_the_standard_library_are_described_lately() {
    // @dataclass
    // class D:
    //     "Doc of D."
    let kind = |of: &str| json!({"class": "object", "of": of, "fields": [], "extra": {"extra": "ignored"}, "docstring": "Doc of D."});
    let said = |minor, of| definitions(minor, json!([class("D", kind(of))]), Taken)["D"].get("description").cloned();
    assert_eq!(said(12, "dataclass"), None);
    assert_eq!(said(13, "dataclass"), Some(json!("Doc of D.")));
    assert_eq!(said(12, "pydantic_dataclass"), Some(json!("Doc of D.")));
}

#[test]
fn enumerations_have_the_type_of_their_values() {
    let kind = |values: Value, base: &str| json!({"class": "enumeration", "values": values, "base": base});
    let made = |minor, values, base| definitions(minor, json!([class("E", kind(values, base))]), Taken)["E"].clone();
    // class E(str, Enum): a = 'a'
    assert_eq!(made(6, json!(["a"]), "text"), json!({"title": "E", "const": "a", "type": "string"}));
    assert_eq!(made(9, json!(["a"]), "text"), json!({"title": "E", "const": "a", "enum": ["a"], "type": "string"}));
    assert_eq!(made(10, json!(["a"]), "text"), json!({"title": "E", "enum": ["a"], "type": "string"}));
    // class E(Enum): a = 'a'; b = 1
    assert_eq!(made(12, json!(["a", 1]), "plain"), json!({"title": "E", "enum": ["a", 1]}));
    // class E(float, Enum): a = 1.5; b = 2.5
    assert_eq!(made(8, json!([1.5, 2.5]), "float")["type"], json!("numeric"));
    assert_eq!(made(9, json!([1.5, 2.5]), "float")["type"], json!("number"));
}

#[test]
fn root_models_are_what_their_root_is() {
    // class R(RootModel[B]):
    //     "Doc"
    let root = field("root", json!({"type": "class", "class": 1}));
    let kind = json!({"class": "root", "root": root, "docstring": "Doc"});
    let link = "#/components/schemas/B";
    let made = |minor| definitions(minor, json!([class("R", kind.clone()), sub()]), Taken)["R"].clone();
    assert_eq!(made(8), json!({"allOf": [{"$ref": link}], "description": "Doc", "title": "R"}));
    assert_eq!(made(9), json!({"$ref": link, "description": "Doc", "title": "R"}));
    // class R2(RootModel):
    //     root: Dict[str, int] = Field({}, description='q', title='zz')
    let values = json!({"type": "map", "keys": {"type": "text"}, "values": {"type": "integer"}});
    let said = json!({"documentation": {"description": "q", "title": "zz"}});
    let kind = json!({"class": "root", "root": merged(with_default("root", values, json!({})), said)});
    let made = |minor| definitions(minor, json!([class("R2", kind.clone())]), Taken)["R2"].clone();
    let expected = |title: &str| {
        json!({
            "type": "object", "additionalProperties": {"type": "integer"}, "default": {}, "description": "q",
            "title": title,
        })
    };
    assert_eq!(made(13), expected("R2"));
    assert_eq!(made(14), expected("zz"));
    assert_eq!(made(6).get("description"), None);
}

#[test]
fn named_tuples_are_arrays() {
    // class NT(NamedTuple):
    //     x: int
    //     y: Optional[str] = None
    let nullable = json!({"type": "nullable", "of": {"type": "text"}});
    let fields = json!([field("x", json!({"type": "integer"})), with_default("y", nullable, json!(null))]);
    let kind = json!({"class": "named_tuple", "fields": fields});
    let second = json!({"anyOf": [{"type": "string"}, {"type": "null"}], "default": null, "title": "Y"});
    let expected = json!({
        "type": "array", "prefixItems": [{"type": "integer", "title": "X"}, second], "minItems": 1, "maxItems": 2,
    });
    assert_eq!(definitions(12, json!([class("NT", kind)]), Taken)["NT"], expected);
}

#[test]
fn generic_models_are_named_by_their_arguments() {
    // Page[Union[int, str]]
    let page = model("Page[Union[int, str]]", json!([]));
    let made = definitions(12, json!([page]), Taken);
    assert_eq!(made["Page_Union_int__str__"]["title"], json!("Page[Union[int, str]]"));
}

#[test]
fn models_that_hold_themselves_end() {
    // class Tree(BaseModel):
    //     children: List['Tree'] = []
    let list = json!({"type": "list", "items": {"type": "class", "class": 0}});
    let made = definitions(12, json!([model("Tree", json!([with_default("children", list, json!([]))]))]), Answered);
    let expected = json!({
        "type": "array", "items": {"$ref": "#/components/schemas/Tree"}, "default": [], "title": "Children",
    });
    assert_eq!(made["Tree"]["properties"]["children"], expected);
}
