//! What a schema says by itself: primitives, arrays, objects.

use serde_json::{Map, Value};

use super::fields::{Fields, filled, list};
use super::javascript::{entries, held, text};
use super::join::{Join, Kind};
use super::writer::{Segment, Writer, pointer};

impl<'a> Writer<'a> {
    /// `transformSchemaObjectCore`; none where nothing is said, and then nothing is written.
    pub(super) fn core(&mut self, fields: &Fields<'a>, inherited: &[&'a str]) -> Option<Kind> {
        match fields.kind {
            Some(Value::String(kind)) => match kind.as_str() {
                "null" => return Some(self.keyword(Kind::Null)),
                "string" => return Some(self.keyword(Kind::String)),
                "number" | "integer" => return Some(self.keyword(Kind::Number)),
                "boolean" => return Some(self.keyword(Kind::Boolean)),
                "array" => return Some(self.array(fields)),
                _ => {}
            },
            Some(Value::Array(types)) => return Some(self.types(fields, types, inherited)),
            _ => {}
        }
        self.object(fields, inherited)
    }

    /// An array: a tuple where its first elements are described one by one.
    fn array(&mut self, fields: &Fields<'a>) -> Kind {
        let listed = fields.items.filter(|items| items.is_array());
        if let Some(Value::Array(values)) = held(fields.prefix_items).or(listed) {
            return self.tuple(values, |writer, value| {
                writer.schema(value);
            });
        }
        let start = self.out.len();
        let Some(items) = held(fields.items) else {
            let kind = self.keyword(Kind::Unknown);
            return self.array_of(start, kind);
        };
        let kind = self.schema(items);
        let nested = items.get("type").and_then(Value::as_str) == Some("array");
        // What is an array already is taken for the whole, also where it only came to be one.
        if !nested && matches!(kind, Kind::Array | Kind::Tuple) {
            return kind;
        }
        self.array_of(start, kind)
    }

    /// Several types: the whole schema once for each of them.
    fn types(&mut self, fields: &Fields<'a>, types: &'a [Value], inherited: &[&'a str]) -> Kind {
        let alternatives = fields.one_of.and_then(Value::as_array);
        let mut union = self.union();
        for kind in types {
            let word = kind.as_str();
            let simple = matches!(word, Some("boolean" | "string" | "number" | "integer" | "null"));
            let said = |schema: &Value| schema.get("type") == Some(kind);
            if simple && alternatives.is_some_and(|schemas| schemas.iter().any(said)) {
                continue;
            }
            if kind.is_null() || word == Some("null") {
                self.member(&mut union, |writer| writer.keyword(Kind::Null));
                continue;
            }
            let one = Fields { kind: Some(kind), one_of: fields.one_of.filter(|_| alternatives.is_none()), ..*fields };
            self.member(&mut union, |writer| writer.schema_of(&one, inherited));
        }
        union.done().unwrap_or_else(|| self.keyword(Kind::Never))
    }

    /// An object: its properties, and what further keys hold.
    fn object(&mut self, fields: &Fields<'a>, inherited: &[&'a str]) -> Option<Kind> {
        let start = self.out.len();
        let mut members = 0;
        self.open();
        if let Some(discriminator) = self.inherited_discriminator(fields) {
            self.discriminator_property(discriminator);
            members += 1;
        }
        if let Some(properties) = filled(fields.properties) {
            self.properties(properties, fields, inherited);
            members += 1;
        }
        if let Some(definitions) = filled(fields.definitions) {
            self.inner_definitions(definitions);
            members += 1;
        }
        let own = if members == 0 {
            self.indent -= 1;
            self.out.truncate(start);
            None
        } else {
            self.close();
            Some(Kind::Object)
        };
        let mut whole = Self::intersection_from(start);
        if let Some(own) = own {
            whole.adopt(own);
        }
        self.further(&mut whole, fields);
        whole.done()
    }

    /// `additionalProperties` and `patternProperties`, which TypeScript cannot tell apart.
    fn further(&mut self, whole: &mut Join, fields: &Fields<'a>) {
        let (open, explicit) = match fields.additional {
            Some(Value::Bool(true)) => (true, None),
            Some(Value::Object(map)) if map.is_empty() => (true, None),
            Some(value @ Value::Object(_)) => (false, Some(value)),
            _ => (false, None),
        };
        let patterns = filled(fields.patterns);
        if !open && explicit.is_none() && patterns.is_none() {
            return;
        }
        self.member(whole, |writer| {
            writer.open();
            writer.margin();
            writer.out.push_str("[key: string]: ");
            let mut union = writer.union();
            if let Some(explicit) = explicit {
                writer.member(&mut union, |writer| writer.schema(explicit));
            }
            if open {
                writer.member(&mut union, |writer| writer.keyword(Kind::Unknown));
            }
            for (_, pattern) in patterns.map(entries).into_iter().flatten() {
                writer.member(&mut union, |writer| writer.schema(pattern));
            }
            writer.end_property();
            writer.close();
            Kind::Object
        });
    }

    fn properties(&mut self, properties: &'a Map<String, Value>, fields: &Fields<'a>, inherited: &[&'a str]) {
        let required = list(fields.required);
        for (name, value) in entries(properties) {
            let is_required = inherited.contains(&name.as_str()) || required.iter().any(|one| one == name);
            let value = self.patched(value);
            match value {
                Value::Object(map) if name == "constructor" => {
                    let fields = self.replaced(Fields::of(map));
                    self.described_property(name, &fields, is_required);
                }
                Value::Object(map) => self.described_property(name, &Fields::of(map), is_required),
                _ => {
                    if !value.is_boolean() {
                        self.refuse(|| format!("the property `{name}` is neither an object nor a boolean"));
                    }
                    self.property("", name, if is_required { "" } else { "?" });
                    self.schema(value);
                    self.end_property();
                }
            }
        }
    }

    fn described_property(&mut self, name: &'a str, fields: &Fields<'a>, is_required: bool) {
        self.write_comment(fields);
        // A default makes sure of a value, but not where the client is the one who sends it.
        let is_there = is_required || (fields.default.is_some() && !self.is_sent());
        let modifier = if held(fields.read_only).is_some() { "readonly " } else { "" };
        self.property(modifier, name, if is_there { "" } else { "?" });
        match held(fields.reference) {
            Some(reference) => self.reference(reference),
            None => self.at(name, |writer| writer.schema_of(fields, &[])),
        };
        self.end_property();
    }

    /// `bundle`: Redocly looks types up in an object, which has a `constructor` of its own; so it does not see that a
    /// property of this name holds a schema, and puts what the reference leads to in its place.
    fn replaced(&mut self, own: Fields<'a>) -> Fields<'a> {
        const DEEPEST: usize = 500;
        if self.path.len() > DEEPEST {
            self.refuse(|| "a `constructor` holds itself without end".to_owned());
            return own;
        }
        let target = own.reference.and_then(Value::as_str).and_then(|reference| self.resolve(reference));
        match target {
            Some(Value::Object(target)) => Fields { reference: None, ..own }.over(Fields::of(target)),
            _ => own,
        }
    }

    /// Whether the path names parameters or a body, in any of its steps.
    fn is_sent(&self) -> bool {
        self.path.iter().any(|segment| match segment {
            Segment::Key(key) => ["parameters", "requestBody", "requestBodies"].iter().any(|word| key.contains(word)),
            Segment::Index(_) => false,
        })
    }

    /// `$defs` inside a schema.
    fn inner_definitions(&mut self, definitions: &'a Map<String, Value>) {
        self.property("", "$defs", "");
        self.open();
        self.path.push("$defs".into());
        for (name, value) in entries(definitions) {
            self.comment_of(value);
            let read_only = held(value.get("readOnly")).is_some();
            self.property(if read_only { "readonly " } else { "" }, name, "");
            self.at(name.as_str(), |writer| writer.schema(value));
            self.end_property();
        }
        self.path.pop();
        self.close();
        self.end_property();
    }

    /// The discriminator of a schema that this one is composed of, where this schema has none itself.
    fn inherited_discriminator(&self, fields: &Fields<'a>) -> Option<&'a Value> {
        if self.discriminators.is_empty() || held(fields.all_of).or(held(fields.any_of)).is_none() {
            return None;
        }
        let path = pointer(&self.path);
        if held(fields.discriminator).is_some() || self.discriminators.is_handled(&path) {
            return None;
        }
        self.discriminators.of(&path)
    }

    /// `lib/utils`, `createDiscriminatorProperty`: the name of the schema, or what is mapped to it.
    fn discriminator_property(&mut self, discriminator: &'a Value) {
        let mut name = String::new();
        text(&mut name, discriminator.get("propertyName").unwrap_or(&Value::Null));
        let own = match self.path.last() {
            Some(Segment::Key(key)) => (*key).to_owned(),
            Some(Segment::Index(index)) => index.to_string(),
            None => String::new(),
        };
        let mapping = filled(discriminator.get("mapping")).map(entries).into_iter().flatten();
        let mapped = mapping.filter_map(|(value, to)| Some((value, to.as_str()?))).find(|(_, to)| {
            if to.starts_with('#') {
                super::reference::steps(to).last().is_some_and(|step| step == own)
            } else {
                *to == own
            }
        });
        self.property("", &name, "");
        let value = mapped.map_or(own.as_str(), |(value, _)| value);
        super::literal::json_string(&mut self.out, value);
        self.end_property();
    }
}
