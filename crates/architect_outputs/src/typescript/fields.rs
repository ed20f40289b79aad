//! What a schema, and everything else that has a comment, says.

use serde_json::{Map, Value};

/// The entries of an object that mean something here, found in one pass.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fields<'a> {
    pub reference: Option<&'a Value>,
    pub constant: Option<&'a Value>,
    pub enumeration: Option<&'a Value>,
    pub kind: Option<&'a Value>,
    pub nullable: Option<&'a Value>,
    pub properties: Option<&'a Value>,
    pub required: Option<&'a Value>,
    pub additional: Option<&'a Value>,
    pub patterns: Option<&'a Value>,
    pub definitions: Option<&'a Value>,
    pub items: Option<&'a Value>,
    pub prefix_items: Option<&'a Value>,
    pub all_of: Option<&'a Value>,
    pub any_of: Option<&'a Value>,
    pub one_of: Option<&'a Value>,
    pub discriminator: Option<&'a Value>,
    pub read_only: Option<&'a Value>,
    pub title: Option<&'a Value>,
    pub summary: Option<&'a Value>,
    pub format: Option<&'a Value>,
    pub deprecated: Option<&'a Value>,
    pub description: Option<&'a Value>,
    pub default: Option<&'a Value>,
    pub example: Option<&'a Value>,
    pub examples: Option<&'a Value>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(map: &'a Map<String, Value>) -> Self {
        let mut fields = Self::default();
        for (key, value) in map {
            if let Some(field) = fields.field(key) {
                *field = Some(value);
            }
        }
        fields
    }

    fn field(&mut self, key: &str) -> Option<&mut Option<&'a Value>> {
        Some(match key {
            "$ref" => &mut self.reference,
            "type" => &mut self.kind,
            "title" => &mut self.title,
            "description" => &mut self.description,
            "properties" => &mut self.properties,
            "required" => &mut self.required,
            "anyOf" => &mut self.any_of,
            "items" => &mut self.items,
            "format" => &mut self.format,
            "default" => &mut self.default,
            "enum" => &mut self.enumeration,
            "const" => &mut self.constant,
            "additionalProperties" => &mut self.additional,
            "allOf" => &mut self.all_of,
            "oneOf" => &mut self.one_of,
            "nullable" => &mut self.nullable,
            "prefixItems" => &mut self.prefix_items,
            "patternProperties" => &mut self.patterns,
            "$defs" => &mut self.definitions,
            "discriminator" => &mut self.discriminator,
            "readOnly" => &mut self.read_only,
            "summary" => &mut self.summary,
            "deprecated" => &mut self.deprecated,
            "example" => &mut self.example,
            "examples" => &mut self.examples,
            _ => return None,
        })
    }

    /// These entries, and those of `below` where there are none.
    pub(super) fn over(self, below: Self) -> Self {
        Self {
            reference: self.reference.or(below.reference),
            constant: self.constant.or(below.constant),
            enumeration: self.enumeration.or(below.enumeration),
            kind: self.kind.or(below.kind),
            nullable: self.nullable.or(below.nullable),
            properties: self.properties.or(below.properties),
            required: self.required.or(below.required),
            additional: self.additional.or(below.additional),
            patterns: self.patterns.or(below.patterns),
            definitions: self.definitions.or(below.definitions),
            items: self.items.or(below.items),
            prefix_items: self.prefix_items.or(below.prefix_items),
            all_of: self.all_of.or(below.all_of),
            any_of: self.any_of.or(below.any_of),
            one_of: self.one_of.or(below.one_of),
            discriminator: self.discriminator.or(below.discriminator),
            read_only: self.read_only.or(below.read_only),
            title: self.title.or(below.title),
            summary: self.summary.or(below.summary),
            format: self.format.or(below.format),
            deprecated: self.deprecated.or(below.deprecated),
            description: self.description.or(below.description),
            default: self.default.or(below.default),
            example: self.example.or(below.example),
            examples: self.examples.or(below.examples),
        }
    }

    /// The names that `required` lists.
    pub(super) fn required_names(&self) -> impl Iterator<Item = &'a str> {
        list(self.required).iter().filter_map(Value::as_str)
    }

    /// Whether `type` is this word.
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind.and_then(Value::as_str) == Some(word)
    }
}

/// The elements of a list, none where it is none.
pub(super) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The object, where it has entries.
pub(super) fn filled(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object).filter(|map| !map.is_empty())
}
