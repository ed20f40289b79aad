//! Schemas of the fields of objects.

use architect_model::contract::{Field, Type, TypeKind, ValidatorMode};
use serde_json::Value;

use super::generator::Generator;
use super::schema::{Absent, Keywords, Schema, all_of, keywords, title_of};

impl Generator<'_> {
    /// An object of fields.
    ///
    /// ```python
    /// # GenerateJsonSchema._named_required_fields_schema
    /// field_json_schema = self.generate_inner(field).copy()
    /// if 'title' not in field_json_schema and self.field_title_should_be_set(field):
    ///     field_json_schema['title'] = self.get_title_from_name(name)
    /// field_json_schema = self.handle_ref_overrides(field_json_schema)
    /// ```
    pub(super) fn object(&mut self, fields: &[Field], answers_all: bool) -> Schema {
        let (mut properties, mut required) = (Keywords::new(), Vec::new());
        let answers = self.answers();
        let answers_all = answers && (answers_all || self.rules.answers_all());
        for field in fields.iter().filter(|field| if answers { !field.excluded } else { !field.computed }) {
            let name = self.name_of(field);
            let mut schema = match self.field(field) {
                Ok(schema) => schema,
                Err(Absent::Omitted) => continue,
                Err(Absent::Undescribable(what)) => return Err(Absent::Undescribable(what)),
            };
            if !schema.contains_key("title") && has_title(&field.ty) {
                schema.insert("title".to_owned(), Value::from(self.title_from(&name)));
            }
            let schema = self.without_repetitions(schema);
            properties.insert(name.clone(), Value::Object(schema));
            if field.computed || field.default.is_none() || answers_all {
                required.push(Value::String(name));
            }
        }
        let mut schema = keywords([("type", Value::from("object")), ("properties", Value::Object(properties))]);
        if !required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(required));
        }
        Ok(schema)
    }

    /// The name of a field in the mode.
    pub(super) fn name_of(&mut self, field: &Field) -> String {
        let by_name = self.config().taken_by_name && !self.answers() && self.rules.pydantic(14);
        let alias = if self.answers() { field.answered_as.as_ref() } else { field.alias.as_ref() };
        let alias = alias.filter(|_| !by_name).and_then(|alias| self.known(alias));
        alias.unwrap_or(&field.name).clone()
    }

    pub(super) fn title_from(&self, name: &str) -> String {
        let title = title_of(name);
        if self.rules.trims_titles() { title.trim().to_owned() } else { title }
    }

    /// The schema of a field of a class with what is said of it.
    fn field(&mut self, field: &Field) -> Schema {
        let mut schema = self.defaulted(&field.ty, field.default.as_ref())?;
        if field.computed {
            schema.insert("readOnly".to_owned(), Value::from(true));
        }
        self.document(&mut schema, &field.documentation, false);
        Ok(schema)
    }

    /// The schema of a field of an operation: of a type to which the field is an annotation.
    ///
    /// ```python
    /// TypeAdapter(Annotated[self.field_info.annotation, self.field_info])
    /// ```
    pub(super) fn annotated(&mut self, field: &Field) -> Schema {
        let mut schema = self.inner(&field.ty)?;
        self.document(&mut schema, &field.documentation, true);
        let schema = if self.rules.siblings_of_references() { schema } else { all_of(schema) };
        Ok(self.with_default(schema, &field.ty, field.default.as_ref()))
    }

    /// Leaves out beside a reference what the definition says alike.
    ///
    /// ```python
    /// # GenerateJsonSchema.handle_ref_overrides
    /// if k in referenced_json_schema and referenced_json_schema[k] == v:
    ///     del json_schema[k]
    /// ```
    fn without_repetitions(&self, mut schema: Keywords) -> Keywords {
        if schema.len() > 1
            && let Some(referred) = self.referred(&schema)
        {
            let repeats = |key: &String, value: &Value| key != "$ref" && referred.get(key) == Some(value);
            let repeated: Vec<String> =
                schema.iter().filter(|(key, value)| repeats(key, value)).map(|(key, _)| key.clone()).collect();
            schema = schema.into_iter().filter(|(key, _)| !repeated.contains(key)).collect();
        }
        if self.rules.siblings_of_references() { schema } else { all_of(schema) }
    }

    /// A named tuple.
    ///
    /// ```python
    /// json_schema = {'type': 'array', 'prefixItems': prefix_items, 'minItems': min_items}
    /// json_schema['maxItems'] = len(prefix_items)
    /// ```
    pub(super) fn named_tuple(&mut self, fields: &[Field]) -> Schema {
        let mut items = Vec::with_capacity(fields.len());
        let mut required = 0;
        let has_defaults = self.rules.pydantic(1);
        for field in fields {
            let default = field.default.as_ref().filter(|_| has_defaults);
            let mut schema = self.defaulted(&field.ty, default)?;
            self.document(&mut schema, &field.documentation, false);
            if self.rules.titles_every_item() || !schema.contains_key("title") && has_title(&field.ty) {
                schema.insert("title".to_owned(), Value::from(self.title_from(&field.name)));
            }
            required += usize::from(default.is_none());
            items.push(Value::Object(schema));
        }
        let mut schema = keywords([("type", Value::from("array")), ("maxItems", Value::from(items.len()))]);
        if required > 0 {
            schema.insert("minItems".to_owned(), Value::from(required));
        }
        if !items.is_empty() {
            schema.insert("prefixItems".to_owned(), Value::Array(items));
        }
        Ok(schema)
    }
}

/// Whether a field of a type has a title by its name: not where the type has a definition.
///
/// ```python
/// # GenerateJsonSchema.field_title_should_be_set
/// if schema.get('ref'):
///     return False
/// if schema['type'] in {'default', 'nullable', 'definitions'}:
///     return self.field_title_should_be_set(schema['schema'])
/// ```
pub(super) fn has_title(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::Class { .. } => false,
        TypeKind::Validated { when: ValidatorMode::Plain, .. } => true,
        TypeKind::Nullable { of }
        | TypeKind::Defaulted { of, .. }
        | TypeKind::Documented { of, .. }
        | TypeKind::Validated { of, .. }
        | TypeKind::Serialized { of, .. } => has_title(of),
        _ => true,
    }
}
