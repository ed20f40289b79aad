//! References: where they lead, and the type they become.

use std::borrow::Cow;

use serde_json::Value;

use super::javascript::truthy;
use super::join::Kind;
use super::literal::string;
use super::writer::Writer;

/// The steps of a reference (`parseRef` of Redocly): what stands between the slashes after `#/`, without empty ones.
pub(super) fn steps(reference: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let after = reference.split("#/").nth(1).unwrap_or("");
    after.split('/').filter(|step| !step.is_empty()).map(unescape)
}

/// `unescapePointer`: `~1` is a slash, `~0` a tilde, and then percent signs are decoded.
fn unescape(step: &str) -> Cow<'_, str> {
    if !step.contains(['~', '%']) {
        return Cow::Borrowed(step);
    }
    let step = step.replace("~1", "/").replace("~0", "~");
    Cow::Owned(decode(&step).unwrap_or(step))
}

/// `decodeURIComponent`; none where it throws.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok())?;
            bytes.push(u8::from_str_radix(code, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

/// `lib/utils`, `resolveRef`: what a reference leads to, through further references.
pub(super) fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    let mut reference = Cow::Borrowed(reference);
    let mut visited: Vec<&str> = Vec::new();
    loop {
        let node = follow(document, &reference)?;
        let Some(next) = node.get("$ref").and_then(Value::as_str).filter(|next| !next.is_empty()) else {
            return Some(node);
        };
        if visited.contains(&next) {
            return None;
        }
        visited.push(next);
        reference = Cow::Borrowed(next);
    }
}

fn follow<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    let mut node = document;
    let mut any = false;
    for step in steps(reference) {
        any = true;
        node = match node {
            Value::Object(map) => map.get(&*step)?,
            Value::Array(values) => values.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    any.then_some(node)
}

impl<'a> Writer<'a> {
    /// What a reference leads to, with what discriminators add to it.
    pub(super) fn resolve(&self, reference: &str) -> Option<&'a Value> {
        resolve(self.document, reference).filter(|node| truthy(node)).map(|node| self.patched(node))
    }

    /// The value itself, or what its `$ref` leads to.
    pub(super) fn resolved(&self, value: &'a Value) -> Option<&'a Value> {
        match value.get("$ref") {
            Some(reference) => self.resolve(reference.as_str().unwrap_or_default()),
            None => Some(value),
        }
    }

    /// `lib/ts`, `oapiRef`: a reference as the type that it leads to; `properties` are passed through.
    ///
    /// `#/components/schemas/Item/properties/id` is `components["schemas"]["Item"]["id"]`.
    pub(super) fn reference(&mut self, reference: &Value) -> Kind {
        let text = reference.as_str().unwrap_or_default();
        self.check(text);
        self.indexed(text, None)
    }

    /// The same for a parameter, which is found by its place and name.
    pub(super) fn parameter_reference(&mut self, reference: &Value, parameter: &'a Value) -> Kind {
        let text = reference.as_str().unwrap_or_default();
        self.check(text);
        self.indexed(text, Some(parameter))
    }

    /// `no-unresolved-refs` of Redocly.
    fn check(&mut self, reference: &str) {
        if !self.known.contains(reference) {
            if follow(self.document, reference).is_none() {
                self.refuse(|| format!("`$ref` leads nowhere: `{reference}`"));
            }
            self.known.insert(reference.to_owned());
        }
    }

    /// The type at the end of the steps.
    pub(super) fn indexed(&mut self, reference: &str, parameter: Option<&'a Value>) -> Kind {
        let mut steps = steps(reference).enumerate().peekable();
        while let Some((place, step)) = steps.next() {
            match place {
                0 => self.out.push_str(&step),
                3.. if step == "properties" => {}
                3.. if parameter.is_some() && steps.peek().is_none() => {
                    for key in ["in", "name"] {
                        let step = parameter.and_then(|parameter| parameter.get(key)).and_then(Value::as_str);
                        self.index(step.unwrap_or_default());
                    }
                }
                _ => self.index(&step),
            }
        }
        Kind::Other
    }

    fn index(&mut self, step: &str) {
        self.out.push('[');
        string(&mut self.out, step);
        self.out.push(']');
    }
}
