//! Schemas of types with functions around them: validators, serializers, defaults.

use architect_model::contract::{FieldDefault, Type, TypeKind, ValidatorMode};
use architect_model::{Location, Unknown};
use serde_json::Value;

use super::generator::Generator;
use super::schema::{Absent, Keywords, Schema, all_of, any_of, typed};

impl Generator<'_> {
    /// What is taken is what a function before the type's own takes, where it says so.
    ///
    /// ```python
    /// if self.mode == 'validation' and (input_schema := schema.get('json_schema_input_schema')):
    ///     return self.generate_inner(input_schema)
    /// return self.generate_inner(schema['schema'])
    /// ```
    pub(super) fn validated(&mut self, when: ValidatorMode, of: &Type, input: Option<&Type>) -> Schema {
        if when == ValidatorMode::After {
            return self.inner(of);
        }
        match input.filter(|_| !self.answers() && self.rules.knows_input_types()) {
            Some(input) => self.inner(input),
            None if when == ValidatorMode::Plain => self.plain(of),
            None => self.inner(of),
        }
    }

    /// A function instead of the type's own: what it takes is `Any` since Pydantic 2.10, and has no schema before; what
    /// is answered is of the type since 2.10.
    ///
    /// ```python
    /// # PlainValidator.__get_pydantic_core_schema__
    /// schema = handler(source_type)
    /// serialization = core_schema.wrap_serializer_function_ser_schema(
    ///     function=lambda v, h: h(v), schema=schema, return_schema=handler.generate_schema(source_type),
    /// )
    /// input_schema = handler.generate_schema(self.json_schema_input_type)
    /// ```
    fn plain(&mut self, of: &Type) -> Schema {
        match (self.answers(), self.rules.pydantic(9)) {
            (true, true) => self.inner(of),
            (false, true) => Ok(Keywords::new()),
            (_, false) => Err(Absent::Undescribable("a function that validates (`PlainValidator`)".to_owned())),
        }
    }

    /// What is answered is what a serializer returns; `None` passes by it where it is not used for `None`.
    ///
    /// ```python
    /// if json_schema is not None and ser_schema.get('when_used') in ('unless-none', 'json-unless-none') and (
    ///     _is_nullable_schema(schema_or_field)
    /// ):
    ///     json_schema = self.get_union_of_schemas([{'type': 'null'}, json_schema])
    /// ```
    pub(super) fn serialized(&mut self, of: &Type, returns: Option<&Type>, when_used: &str) -> Schema {
        let Some(returns) = returns.filter(|_| self.answers()) else { return self.inner(of) };
        if self.is_itself(of) {
            return self.inner(of);
        }
        let mut schema = self.inner(returns)?;
        schema.extend(said_of_all(of));
        let passes_none = when_used.ends_with("unless-none") && self.rules.pydantic(9) && self.is_nullable(of);
        Ok(if passes_none { any_of(vec![typed("null"), schema]) } else { schema })
    }

    /// Whether a type is described as itself, whatever writes it: URLs, which are classes of their own since Pydantic 2.10,
    /// and secrets.
    ///
    /// ```python
    /// # _BaseUrl.__get_pydantic_json_schema__
    /// inner_schema = core_schema['schema'] if core_schema['type'] == 'function-wrap' else core_schema
    /// return handler(inner_schema)
    /// ```
    fn is_itself(&self, ty: &Type) -> bool {
        match &ty.kind {
            TypeKind::Secret { .. } => true,
            TypeKind::Url { .. } => self.rules.pydantic(10),
            _ => false,
        }
    }

    /// Whether a type is nullable, through functions and defaults since Pydantic 2.14.
    fn is_nullable(&self, ty: &Type) -> bool {
        match &ty.kind {
            TypeKind::Nullable { .. } => true,
            TypeKind::Documented { of, .. } => self.is_nullable(of),
            TypeKind::Defaulted { of, .. } | TypeKind::Validated { of, .. } if self.rules.pydantic(14) => {
                self.is_nullable(of)
            }
            _ => false,
        }
    }

    /// A type with what it has where nothing is given.
    ///
    /// ```python
    /// # before 2.9
    /// if '$ref' in json_schema:
    ///     return {'allOf': [json_schema], 'default': encoded_default}
    /// ```
    pub(super) fn defaulted(&mut self, of: &Type, default: Option<&FieldDefault>) -> Schema {
        let schema = self.inner(of)?;
        Ok(self.with_default(schema, of, default))
    }

    /// A schema of a type with a default.
    pub(super) fn with_default(&mut self, mut schema: Keywords, of: &Type, default: Option<&FieldDefault>) -> Keywords {
        let Some(FieldDefault::Value { value }) = default else { return schema };
        let Some(value) = self.known(value) else { return schema };
        if self.answers() && self.default_is_written(of, value) {
            let reason = "a default that a function writes in answers";
            self.note(&Unknown::new(nowhere(), reason));
            return schema;
        }
        schema.insert("default".to_owned(), value.clone());
        if self.rules.siblings_of_references() { schema } else { all_of(schema) }
    }

    /// Whether a function writes a default; since Pydantic 2.8, and through validators since 2.12.
    fn default_is_written(&self, ty: &Type, value: &Value) -> bool {
        match &ty.kind {
            TypeKind::Serialized { wraps, when_used, .. } => {
                let passes = value.is_null() && when_used.ends_with("unless-none") && self.rules.pydantic(9);
                self.rules.pydantic(8) && !wraps && !passes
            }
            TypeKind::Documented { of, .. } => self.default_is_written(of, value),
            TypeKind::Validated { of, .. } if self.rules.pydantic(12) => self.default_is_written(of, value),
            _ => false,
        }
    }
}

/// What a class of Pydantic says of whatever stands in its place.
///
/// ```python
/// # EmailStr.__get_pydantic_json_schema__
/// field_schema = handler(core_schema)
/// field_schema.update(type='string', format='email')
/// ```
fn said_of_all(ty: &Type) -> Keywords {
    match &ty.kind {
        TypeKind::Fixed { taken: Some(Value::Object(said)), .. } => {
            let is_email = said.get("format").and_then(Value::as_str).is_some_and(|said| said.ends_with("email"));
            if is_email { said.clone() } else { Keywords::new() }
        }
        _ => Keywords::new(),
    }
}

/// A place for what has none of its own.
pub(super) fn nowhere() -> Location {
    Location { file: "".into(), line: 0, column: 0, start: 0, end: 0 }
}
