//! Definitions of classes.

use architect_model::Known;
use architect_model::contract::{
    ClassKind, ClassType, EnumerationBase, ExtraFields, Field, ObjectKind, Type, TypeKind,
};
use serde_json::Value;

use super::generator::Generator;
use super::scalars::common_type;
use super::schema::{Keywords, Schema, all_of};

impl<'c> Generator<'c> {
    /// The definition of a class.
    pub(super) fn definition(&mut self, class: &'c ClassType) -> Schema {
        class.unknowns.iter().for_each(|unknown| self.note(unknown));
        self.configs.push(class.config);
        let made = match &class.kind {
            ClassKind::Object { of, fields, extra, answers_all, serializer } => {
                let returned = serializer.as_ref().and_then(Option::as_ref).filter(|_| self.answers());
                match returned {
                    Some(returned) => self.inner(returned),
                    None => self.described_object(class, *of, fields, extra, *answers_all),
                }
            }
            ClassKind::Root { root } => self.root(class, root),
            ClassKind::Enumeration { values, base } => Ok(self.enumeration(class, values, *base)),
            ClassKind::NamedTuple { fields } => self.named_tuple(fields),
            ClassKind::Alias { of } => self.alias(of),
            ClassKind::Unknown { unknown } => {
                self.note(unknown);
                Ok(Keywords::new())
            }
        };
        self.configs.pop();
        made
    }

    /// What an alias stands for.
    fn alias(&mut self, of: &Type) -> Schema {
        let classes: &'c [ClassType] = self.classes;
        if let TypeKind::Class { class } = &of.kind
            && let Some(class) = classes.get(class.0)
            && matches!(class.kind, ClassKind::Object { of: ObjectKind::Model, .. } | ClassKind::Root { .. })
            && self.rules.copies_aliased_models()
        {
            return self.definition(class);
        }
        self.inner(of)
    }

    fn described_object(
        &mut self,
        class: &ClassType,
        of: ObjectKind,
        fields: &[Field],
        extra: &ExtraFields,
        answers_all: bool,
    ) -> Schema {
        let mut schema = self.object(fields, answers_all)?;
        match extra {
            ExtraFields::Ignored => {}
            ExtraFields::Refused => {
                schema.insert("additionalProperties".to_owned(), Value::from(false));
            }
            ExtraFields::Taken { of: None } => {
                schema.insert("additionalProperties".to_owned(), Value::from(true));
            }
            ExtraFields::Taken { of: Some(of) } => {
                let of = self.inner(of)?;
                schema.insert("additionalProperties".to_owned(), Value::Object(of));
            }
        }
        let is_described = of != ObjectKind::Dataclass || self.rules.describes_standard_dataclasses();
        self.describe_class(&mut schema, class, of == ObjectKind::Model, is_described);
        Ok(schema)
    }

    /// Title, docstring and extra keywords of a class.
    ///
    /// ```python
    /// # GenerateJsonSchema._update_class_schema
    /// if 'title' not in json_schema:
    ///     json_schema['title'] = cls.__name__
    /// if docstring:
    ///     json_schema.setdefault('description', inspect.cleandoc(docstring))
    /// if isinstance(json_schema_extra, dict):
    ///     json_schema.update(json_schema_extra)
    /// ```
    fn describe_class(&mut self, schema: &mut Keywords, class: &ClassType, with_arguments: bool, described: bool) {
        let title = class.title.as_ref().and_then(|title| self.known(title)).cloned();
        let own = match with_arguments {
            true => &class.name,
            false => class.name.split('[').next().unwrap_or_default(),
        };
        schema.entry("title").or_insert(Value::from(title.unwrap_or_else(|| own.to_owned())));
        if let Some(text) = class.docstring.as_ref().filter(|text| described && !text.is_empty()) {
            schema.entry("description").or_insert(Value::from(text.as_str()));
        }
        if let Some(Value::Object(extra)) = class.extra.as_ref().and_then(|extra| self.known(extra)) {
            schema.extend(extra.clone());
        }
    }

    /// A root model is what its root is, under its own title.
    ///
    /// What is said of the root field is left out before Pydantic 2.14, but for a description since 2.7 where the class has
    /// no docstring:
    ///
    /// ```python
    /// elif issubclass(cls, RootModel) and (root_description := cls.__pydantic_fields__['root'].description):
    ///     json_schema.setdefault('description', root_description)
    /// ```
    fn root(&mut self, class: &ClassType, root: &Field) -> Schema {
        let mut schema = self.defaulted(&root.ty, root.default.as_ref())?;
        let said = &root.documentation;
        if self.rules.pydantic(14) {
            self.document(&mut schema, said, false);
        }
        self.describe_class(&mut schema, class, true, true);
        if self.rules.pydantic(7)
            && !schema.contains_key("description")
            && let Some(description) = said.description.as_ref().and_then(|text| self.known(text))
        {
            schema.insert("description".to_owned(), Value::from(description.as_str()));
        }
        if let Some(Value::Object(extra)) = said.extra.as_ref().and_then(|extra| self.known(extra)) {
            schema.extend(extra.clone());
        }
        Ok(if self.rules.siblings_of_references() { schema } else { all_of(schema) })
    }

    /// An enumeration: `enum` with the type that all values have.
    ///
    /// Before Pydantic 2.7 the base says the type, and one value is `const`, which it is beside `enum` up to 2.9.
    fn enumeration(&mut self, class: &ClassType, values: &[Known<Value>], base: EnumerationBase) -> Keywords {
        let values: Vec<Value> = values.iter().filter_map(|value| self.known(value).cloned()).collect();
        let mut schema = Keywords::new();
        schema.insert("title".to_owned(), Value::from(class.name.as_str()));
        let is_default = |text: &&String| text.is_empty() || *text == "An enumeration.";
        if let Some(text) = class.docstring.as_ref().filter(|text| !is_default(text)) {
            schema.insert("description".to_owned(), Value::from(text.as_str()));
        }
        if let [only] = &values[..]
            && !self.rules.pydantic(10)
        {
            schema.insert("const".to_owned(), only.clone());
        }
        if values.len() != 1 || self.rules.pydantic(7) {
            schema.insert("enum".to_owned(), Value::Array(values.clone()));
        }
        if let Some(name) = self.type_of_members(&values, base) {
            schema.insert("type".to_owned(), Value::from(name));
        }
        schema
    }

    /// `numeric` is what versions before 2.9 say of `float`.
    fn type_of_members(&self, values: &[Value], base: EnumerationBase) -> Option<&'static str> {
        let common = common_type(values).filter(|name| *name != "null");
        if self.rules.pydantic(7) {
            return match common {
                Some("number") if !self.rules.pydantic(9) => Some("numeric"),
                other => other,
            };
        }
        match base {
            EnumerationBase::Text => Some("string"),
            EnumerationBase::Integer => Some("integer"),
            EnumerationBase::Float => Some("numeric"),
            EnumerationBase::Plain if values.len() == 1 => None,
            EnumerationBase::Plain => common,
        }
    }
}
