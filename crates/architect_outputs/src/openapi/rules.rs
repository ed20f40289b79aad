//! What differs between versions of FastAPI and Pydantic, each difference with the version in which it came.

use architect_model::contract::ContractVersions;

/// The versions that a document follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    fastapi: (u32, u32, u32),
    pydantic: (u32, u32, u32),
}

impl Rules {
    pub(super) fn of(versions: ContractVersions) -> Self {
        Self { fastapi: versions.fastapi, pydantic: versions.pydantic }
    }

    /// Whether Pydantic is at least of a version.
    pub(super) fn pydantic(&self, minor: u32) -> bool {
        self.pydantic >= (2, minor, 0)
    }

    /// Whether FastAPI is at least of a version.
    pub(super) fn fastapi(&self, minor: u32, patch: u32) -> bool {
        self.fastapi >= (0, minor, patch)
    }

    /// Keywords stand beside `$ref` since Pydantic 2.9; before, the reference moves into `allOf`.
    ///
    /// ```python
    /// # 2.8, convert_to_all_of
    /// json_schema = {'allOf': [{'$ref': ref}], **json_schema}
    /// ```
    pub(super) fn siblings_of_references(&self) -> bool {
        self.pydantic(9)
    }

    /// Fields with defaults count as required in answers before Pydantic 2.4, which asks
    /// `json_schema_serialization_defaults_required`.
    pub(super) fn answers_all(&self) -> bool {
        !self.pydantic(4)
    }

    /// `Item-Input` since Pydantic 2.3; before, `ItemInput`.
    pub(super) fn mode_separator(&self) -> &'static str {
        if self.pydantic(3) { "-" } else { "" }
    }

    /// Every longer name of a class leads to the name that is chosen since Pydantic 2.13.
    pub(super) fn remaps_all_names(&self) -> bool {
        self.pydantic(13)
    }

    /// `Any` values of a `dict` are said since Pydantic 2.11: `additionalProperties: true`.
    pub(super) fn says_any_values(&self) -> bool {
        self.pydantic(11)
    }

    /// Constraints of keys stand in `propertyNames` since Pydantic 2.10.
    pub(super) fn says_names_of_properties(&self) -> bool {
        self.pydantic(10)
    }

    /// `Json` says what it contains since Pydantic 2.1; before, `format: json-string`.
    pub(super) fn says_content_of_json(&self) -> bool {
        self.pydantic(1)
    }

    /// Blanks around titles are left out since Pydantic 2.10: `_id` is `Id`.
    pub(super) fn trims_titles(&self) -> bool {
        self.pydantic(10)
    }

    /// `json_schema_input_type` came with Pydantic 2.9.
    pub(super) fn knows_input_types(&self) -> bool {
        self.pydantic(9)
    }

    /// The docstring of a dataclass of the standard library is its description since Pydantic 2.13.
    pub(super) fn describes_standard_dataclasses(&self) -> bool {
        self.pydantic(13)
    }

    /// FastAPI describes `bytes` by its own since 0.129.1: `contentMediaType: application/octet-stream`.
    pub(super) fn bytes_have_media(&self) -> bool {
        self.fastapi(129, 1)
    }

    /// The fields of a validation error since FastAPI 0.128: `input` and `ctx` beside `loc`, `msg`, `type`.
    pub(super) fn errors_have_context(&self) -> bool {
        self.fastapi(128, 1)
    }

    /// FastAPI asks for the models within the types of fields, too, since 0.119.
    pub(super) fn asks_for_models_within(&self) -> bool {
        self.fastapi(119, 0)
    }

    /// These are asked for in the mode of their field since FastAPI 0.120.1; before, as what is taken.
    pub(super) fn models_within_have_modes(&self) -> bool {
        self.fastapi(120, 1)
    }

    /// Models with computed fields stay apart with `separate_input_output_schemas=False` since FastAPI 0.123.5.
    pub(super) fn computed_fields_stay_apart(&self) -> bool {
        self.fastapi(123, 5)
    }

    /// The same for models that hold such a one, since FastAPI 0.164.
    pub(super) fn computed_fields_within_stay_apart(&self) -> bool {
        self.fastapi(164, 0)
    }

    /// Scopes of one security scheme are merged since FastAPI 0.123.5; before, each use of it stands for its own.
    pub(super) fn merges_scopes(&self) -> bool {
        self.fastapi(123, 5)
    }

    /// `separate_input_output_schemas` came with FastAPI 0.102.
    pub(super) fn separates_on_demand(&self) -> bool {
        self.fastapi(102, 0)
    }

    /// `openapi_examples` came with FastAPI 0.103.
    pub(super) fn has_openapi_examples(&self) -> bool {
        self.fastapi(103, 0)
    }

    /// Streams of lines and events are described since FastAPI 0.134.
    pub(super) fn describes_streams(&self) -> bool {
        self.fastapi(134, 0)
    }

    /// Titles of fields with a serialization alias come from it since FastAPI 0.124.4.
    pub(super) fn titles_by_alias_of_mode(&self) -> bool {
        self.fastapi(124, 4)
    }

    /// Responses are described as what is answered since FastAPI 0.101; before, as what is taken.
    pub(super) fn responses_are_answered(&self) -> bool {
        self.fastapi(101, 0)
    }

    /// The same for `responses=`, since FastAPI 0.115.1.
    pub(super) fn more_responses_are_answered(&self) -> bool {
        self.fastapi(115, 1)
    }

    /// URLs of servers are brought into form before Pydantic 2.5, which takes them for text.
    ///
    /// ```python
    /// url: Union[AnyUrl, str]
    /// ```
    pub(super) fn servers_have_urls(&self) -> bool {
        !self.pydantic(5)
    }

    /// Items of named tuples have titles whatever their types, before Pydantic 2.12.
    ///
    /// ```python
    /// argument_schema['title'] = self.get_title_from_name(name)
    /// ```
    pub(super) fn titles_every_item(&self) -> bool {
        !self.pydantic(12)
    }

    /// An alias of a model has the schema of the model in Pydantic 2.11 to 2.13, where others refer to it.
    pub(super) fn copies_aliased_models(&self) -> bool {
        self.pydantic(11) && !self.pydantic(14)
    }

    /// FastAPI 0.119 to 0.128.3 names definitions of models again, by `__name__`.
    pub(super) fn names_models_again(&self) -> bool {
        self.fastapi(119, 0) && !self.fastapi(128, 4)
    }

    /// What a field says of a model that holds itself may stand at other references to it, since Pydantic 2.12 with a
    /// FastAPI that asks for the models within types.
    pub(super) fn repeats_what_fields_say(&self) -> bool {
        self.pydantic(12) && self.asks_for_models_within()
    }

    /// Limits of `float` are converted to it before Pydantic 2.11, which validates core schemas.
    pub(super) fn converts_limits(&self) -> bool {
        !self.pydantic(11)
    }
}
