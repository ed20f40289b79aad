//! Schemas: references, constants, enumerations, compositions.

use serde_json::Value;

use super::fields::{Fields, list};
use super::javascript::held;
use super::join::{Join, Kind};
use super::writer::{Footer, Segment, Writer};

impl<'a> Writer<'a> {
    /// `transform/schema-object`: the type of a schema.
    pub(super) fn schema(&mut self, value: &'a Value) -> Kind {
        let value = self.patched(value);
        match value {
            Value::Object(map) => self.schema_of(&Fields::of(map), &[]),
            Value::Bool(true) => self.keyword(Kind::Unknown),
            _ if held(Some(value)).is_none() => self.keyword(Kind::Never),
            _ => {
                self.refuse(|| "a schema is neither an object nor a boolean".to_owned());
                self.keyword(Kind::Unknown)
            }
        }
    }

    /// `transformSchemaObjectWithComposition`; `inherited` are names that a schema around an `allOf` requires, too.
    pub(super) fn schema_of(&mut self, fields: &Fields<'a>, inherited: &[&'a str]) -> Kind {
        if let Some(reference) = fields.reference {
            return self.reference(reference);
        }
        if let Some(constant) = fields.constant.filter(|value| !value.is_null()) {
            return self.literal(constant);
        }
        if let Some(Value::Array(values)) = fields.enumeration
            && !fields.is("object")
            && fields.properties.is_none()
            && fields.additional.is_none()
        {
            return self.enumeration(fields, values);
        }
        let start = self.out.len();
        let mut kind = self.core(fields, inherited);
        kind = self.all_of(start, kind, fields, inherited);
        kind = self.any_of(start, kind, list(fields.any_of));
        kind = self.one_of(start, kind, one_of(fields));
        let kind = kind.unwrap_or_else(|| self.empty(fields));
        if kind != Kind::Unknown && held(fields.nullable).is_some() {
            self.parenthesize(start, kind);
            self.out.push_str(" | null");
            return Kind::Union;
        }
        kind
    }

    /// A schema that says nothing of its type: no object has properties, or anything goes.
    fn empty(&mut self, fields: &Fields<'a>) -> Kind {
        if fields.kind.is_none() {
            return self.keyword(Kind::Unknown);
        }
        self.out.push_str("Record<string, never>");
        Kind::Other
    }

    fn enumeration(&mut self, fields: &Fields<'a>, values: &'a [Value]) -> Kind {
        let mut union = self.union();
        for value in values {
            self.member(&mut union, |writer| writer.literal(value));
        }
        let or_null = list(fields.kind).iter().any(|kind| kind.as_str() == Some("null"));
        if or_null || held(fields.nullable).is_some() {
            self.member(&mut union, |writer| writer.keyword(Kind::Null));
        }
        union.done().unwrap_or_else(|| self.keyword(Kind::Never))
    }

    /// `collectAllOfCompositions`: all of it, and what the schema itself says.
    fn all_of(&mut self, start: usize, own: Option<Kind>, fields: &Fields<'a>, inherited: &[&'a str]) -> Option<Kind> {
        let items = list(fields.all_of);
        if items.is_empty() {
            return own;
        }
        let required: Vec<&'a str> = inherited.iter().copied().chain(fields.required_names()).collect();
        let mut whole = Self::intersection_from(start);
        if let Some(own) = own {
            whole.adopt(own);
        }
        self.member(&mut whole, |writer| {
            let mut parts = Self::intersection_from(writer.out.len());
            for item in items {
                writer.member(&mut parts, |writer| writer.part(item, &required));
            }
            parts.done().unwrap_or(Kind::Never)
        });
        whole.done()
    }

    /// One schema of an `allOf`.
    fn part(&mut self, item: &'a Value, required: &[&'a str]) -> Kind {
        let Value::Object(map) = self.patched(item) else { return self.schema(item) };
        let fields = Fields::of(map);
        let reference = fields.reference.and_then(Value::as_str);
        let by_reference = reference.and_then(|reference| self.discriminators.of(reference));
        let Some(discriminator) = by_reference.or(fields.discriminator) else {
            return self.required_part(&fields, reference, required);
        };
        self.out.push_str("Omit<");
        self.required_part(&fields, reference, required);
        self.out.push_str(", ");
        match discriminator.get("propertyName") {
            Some(name) => self.literal(name),
            None => self.keyword(Kind::Unknown),
        };
        self.out.push('>');
        Kind::Other
    }

    fn required_part(&mut self, fields: &Fields<'a>, reference: Option<&'a str>, required: &[&'a str]) -> Kind {
        let Some(reference) = reference else { return self.schema_of(fields, required) };
        let names = self.names_to_require(reference, required);
        if names.is_empty() {
            return self.schema_of(fields, &[]);
        }
        if !self.footer.contains(&Footer::WithRequired) {
            self.footer.push(Footer::WithRequired);
        }
        self.out.push_str("WithRequired<");
        self.schema_of(fields, &[]);
        self.out.push_str(", ");
        let mut union = self.union();
        for name in names {
            self.member(&mut union, |writer| {
                super::literal::json_string(&mut writer.out, name);
                Kind::Other
            });
        }
        self.out.push('>');
        Kind::Other
    }

    /// The properties of a referred schema that the schema around it requires (`tsWithRequired`).
    fn names_to_require<'n>(&self, reference: &str, required: &[&'n str]) -> Vec<&'n str> {
        if required.is_empty() || self.discriminators.is_handled(reference) {
            return Vec::new();
        }
        let properties = self.resolve(reference).and_then(|schema| schema.get("properties")?.as_object());
        // Every object of JavaScript has a `constructor`.
        let has = |name: &&&str| {
            properties.is_some_and(|properties| **name == "constructor" || held(properties.get(**name)).is_some())
        };
        required.iter().filter(has).copied().collect()
    }

    fn any_of(&mut self, start: usize, before: Option<Kind>, items: &'a [Value]) -> Option<Kind> {
        if items.is_empty() {
            return before;
        }
        let mut union = Self::union_from(start);
        if let Some(before) = before {
            union.adopt(before);
        }
        self.alternatives(&mut union, "anyOf", items);
        union.done()
    }

    /// Alternatives of primitives join what stands before them; others narrow it.
    fn one_of(&mut self, start: usize, before: Option<Kind>, items: &'a [Value]) -> Option<Kind> {
        if items.is_empty() {
            return before;
        }
        let middle = self.out.len();
        let mut union = self.union();
        let primitive = self.alternatives(&mut union, "oneOf", items);
        let Some(before) = before else { return union.done() };
        if primitive {
            self.out.truncate(middle);
            let mut union = Self::union_from(start);
            union.adopt(before);
            self.alternatives(&mut union, "oneOf", items);
            return union.done();
        }
        self.parenthesize(middle, union.done().unwrap_or(Kind::Never));
        self.out.insert_str(middle, " & ");
        if before.wants_parentheses() {
            self.out.insert(middle, ')');
            self.out.insert(start, '(');
        }
        Some(Kind::Intersection)
    }

    /// `collectUnionCompositions`; whether all of them are primitive.
    fn alternatives(&mut self, union: &mut Join, key: &'static str, items: &'a [Value]) -> bool {
        self.path.push(key.into());
        let mut primitive = true;
        for (place, item) in items.iter().enumerate() {
            self.path.push(Segment::Index(place));
            primitive &= self.member(union, |writer| writer.schema(item)).is_primitive();
            self.path.pop();
        }
        self.path.pop();
        primitive
    }
}

/// The schemas of `oneOf`; an object's `enum` is read as such.
fn one_of<'a>(fields: &Fields<'a>) -> &'a [Value] {
    if held(fields.one_of).is_some() {
        return list(fields.one_of);
    }
    if fields.is("object") { list(fields.enumeration) } else { &[] }
}
