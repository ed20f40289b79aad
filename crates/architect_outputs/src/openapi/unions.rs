//! Schemas of types that are one of several.

use architect_model::Known;
use architect_model::contract::Type;
use serde_json::Value;

use super::generator::Generator;
use super::schema::{Absent, Keywords, Schema, any_of, distinct, keywords, typed};

impl Generator<'_> {
    /// ```python
    /// if inner_json_schema == null_schema:
    ///     return null_schema
    /// else:
    ///     return self.get_union_of_schemas([inner_json_schema, null_schema])
    /// ```
    pub(super) fn nullable(&mut self, of: &Type) -> Schema {
        let inner = self.inner(of)?;
        let null = typed("null");
        Ok(if inner == null { null } else { any_of(vec![inner, null]) })
    }

    /// Members that cannot be described are left out.
    pub(super) fn union(&mut self, members: &[Type]) -> Schema {
        let mut made = Vec::with_capacity(members.len());
        for member in members {
            match self.inner(member) {
                Ok(schema) => made.push(schema),
                Err(Absent::Omitted | Absent::Undescribable(_)) => {}
            }
        }
        Ok(match (made.len(), made.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                made.extend(last);
                any_of(made)
            }
        })
    }

    /// ```python
    /// json_schema = {'oneOf': one_of_choices}
    /// json_schema['discriminator'] = {
    ///     'propertyName': openapi_discriminator,
    ///     'mapping': {k: v.get('$ref', v) for k, v in generated.items()},
    /// }
    /// ```
    pub(super) fn tagged(&mut self, discriminator: &Known<String>, choices: &[(Vec<Value>, Type)]) -> Schema {
        let mut mapping = Keywords::new();
        let mut members = Vec::new();
        for (tags, choice) in choices {
            let Ok(schema) = self.inner(choice) else { continue };
            let target = schema.get("$ref").cloned().unwrap_or_else(|| Value::Object(schema.clone()));
            for tag in tags {
                mapping.insert(self.tag(tag), target.clone());
            }
            members.push(Value::Object(schema));
        }
        let mut schema = keywords([("oneOf", Value::Array(distinct(members)))]);
        if let Some(name) = self.known(discriminator) {
            let property = ("propertyName", Value::from(name.as_str()));
            let told = keywords([property, ("mapping", Value::Object(mapping))]);
            schema.insert("discriminator".to_owned(), Value::Object(told));
        }
        Ok(schema)
    }

    /// A tag as a key: `True` is `true` and `None` is `null` since Pydantic 2.14.
    fn tag(&self, tag: &Value) -> String {
        match tag {
            Value::String(text) => text.clone(),
            Value::Bool(true) if !self.rules.pydantic(14) => "True".to_owned(),
            Value::Bool(false) if !self.rules.pydantic(14) => "False".to_owned(),
            Value::Null if !self.rules.pydantic(14) => "None".to_owned(),
            other => other.to_string(),
        }
    }
}
