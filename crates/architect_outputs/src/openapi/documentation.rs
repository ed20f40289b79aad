//! What is said of fields and types beside what they are: titles, descriptions, examples, extra keywords.

use architect_model::contract::{Documentation, Type};
use serde_json::Value;

use super::generator::Generator;
use super::schema::{Keywords, Schema, all_of};

impl Generator<'_> {
    /// `Annotated[X, Field(title=…)]` within a type.
    pub(super) fn documented(&mut self, of: &Type, documentation: &Documentation) -> Schema {
        let mut schema = self.inner(of)?;
        self.document(&mut schema, documentation, true);
        Ok(if self.rules.siblings_of_references() { schema } else { all_of(schema) })
    }

    /// Writes what is said over what a schema says.
    ///
    /// ```python
    /// # GenerateJsonSchema.generate_inner
    /// json_schema = {**current_handler(schema_or_field), **js_updates}
    /// json_schema.update(to_jsonable_python(js_extra))
    /// ```
    ///
    /// Fields say that they are deprecated since Pydantic 2.7, types within types since 2.10.
    pub(super) fn document(&mut self, schema: &mut Keywords, said: &Documentation, within: bool) {
        let text = |value: &String| Value::from(value.as_str());
        let title = said.title.as_ref().and_then(|title| self.known(title)).map(text);
        let description = said.description.as_ref().and_then(|description| self.known(description)).map(text);
        let deprecated = said.deprecated.as_ref().and_then(|deprecated| self.known(deprecated));
        let says_deprecated = self.rules.pydantic(if within { 10 } else { 7 });
        let deprecated = deprecated.filter(|deprecated| **deprecated && says_deprecated).map(|_| Value::from(true));
        let examples = said.examples.as_ref().and_then(|examples| self.known(examples)).cloned();
        let pairs = [
            ("title", title),
            ("description", description),
            ("deprecated", deprecated),
            ("examples", examples.filter(|examples| !examples.is_null())),
        ];
        for (key, value) in pairs {
            if let Some(value) = value {
                schema.insert(key.to_owned(), value);
            }
        }
        if let Some(Value::Object(extra)) = said.extra.as_ref().and_then(|extra| self.known(extra)) {
            schema.extend(extra.clone());
        }
    }
}
