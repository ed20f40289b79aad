//! TypeScript types of requests and responses; they compile under `tsc --strict`.

use std::collections::BTreeSet;
use std::fmt::Write;

use architect_model::{ApiClass, ApiField, ApiKind, ApiShape, ApiValue, Unknown};

/// Whether a type is one of requests or of responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// What clients send.
    Request,
    /// What they are answered.
    Response,
}

/// The classes that types are made of, and how they are used.
pub(super) struct Types<'a> {
    classes: &'a [ApiClass],
    used: BTreeSet<(String, Mode)>,
    differing: BTreeSet<String>,
}

impl<'a> Types<'a> {
    /// None used yet.
    pub(super) fn new(classes: &'a [ApiClass]) -> Self {
        let differing = differing(classes);
        Self { classes, used: BTreeSet::new(), differing }
    }

    /// The class of an identifier.
    pub(super) fn class(&self, id: &str) -> Option<&'a ApiClass> {
        self.classes.iter().find(|class| class.id == id)
    }

    /// The fields of a value that is an object of a class.
    pub(super) fn fields(&self, value: &ApiValue) -> Option<&'a [ApiField]> {
        match &self.class(value.class()?)?.shape {
            ApiShape::Object { fields } => Some(fields),
            ApiShape::Enumeration { .. } | ApiShape::Root { .. } => None,
        }
    }

    /// Notes that a value is sent or answered.
    pub(super) fn use_value(&mut self, value: &ApiValue, mode: Mode) {
        let mut ids = Vec::new();
        value.each_class(&mut |id| ids.push(id.to_owned()));
        for id in ids {
            if !self.used.insert((id.clone(), mode)) {
                continue;
            }
            let Some(class) = self.class(&id) else { continue };
            match &class.shape {
                ApiShape::Object { fields } => {
                    for field in fields.iter().filter(|field| mode == Mode::Response || !field.computed) {
                        self.use_value(value_of(field, mode), mode);
                    }
                }
                ApiShape::Root { value } => self.use_value(value, mode),
                ApiShape::Enumeration { .. } => {}
            }
        }
    }

    /// The classes in use with the modes that each is used in, those that others use first.
    pub(super) fn in_use(&self) -> Vec<(&'a ApiClass, Vec<Mode>)> {
        let mut found: Vec<(&'a ApiClass, Vec<Mode>)> = Vec::new();
        for (id, mode) in &self.used {
            let Some(class) = self.class(id) else { continue };
            match found.iter_mut().find(|(known, _)| known.id == *id) {
                Some((_, modes)) => modes.push(*mode),
                None => found.push((class, vec![*mode])),
            }
        }
        let rank = |class: &ApiClass| usize::from(!matches!(class.shape, ApiShape::Enumeration { .. }));
        found.sort_by(|(a, _), (b, _)| {
            (rank(a), &a.at.file, a.at.line, &a.name).cmp(&(rank(b), &b.at.file, b.at.line, &b.name))
        });
        found
    }

    /// The name of a class in a mode: two where requests and responses differ and both are in use, as FastAPI tells them
    /// apart.
    pub(super) fn name(&self, class: &ApiClass, mode: Mode) -> String {
        let both = [Mode::Request, Mode::Response].iter().all(|mode| self.used.contains(&(class.id.clone(), *mode)));
        let suffix = match mode {
            _ if !both || !self.differing.contains(&class.id) => "",
            Mode::Request => "Input",
            Mode::Response => "Output",
        };
        format!("{}{suffix}", identifier(&class.name))
    }

    /// All declarations.
    pub(super) fn declarations(&self) -> String {
        let mut out = String::new();
        for (class, modes) in self.in_use() {
            let both = modes.len() == 2 && self.differing.contains(&class.id);
            let modes = if both { modes } else { modes.into_iter().take(1).collect() };
            for mode in modes {
                if !out.is_empty() {
                    out.push('\n');
                }
                self.declare(&mut out, class, mode);
            }
        }
        out
    }

    fn declare(&self, out: &mut String, class: &ApiClass, mode: Mode) {
        let name = self.name(class, mode);
        for unknown in &class.unknowns {
            let _ = writeln!(out, "// Not all of it is known: {}", said(unknown));
        }
        match &class.shape {
            ApiShape::Enumeration { members } => {
                let values: Vec<&str> = members.iter().map(|(value, _)| value.as_str()).collect();
                let values = if values.is_empty() { "never".to_owned() } else { values.join(" | ") };
                let _ = writeln!(out, "export type {name} = {values};");
            }
            ApiShape::Root { value } => {
                let _ = writeln!(out, "export type {name} = {};", self.spelled(value, mode));
            }
            ApiShape::Object { fields } => {
                let _ = writeln!(out, "export interface {name} {{");
                for field in fields.iter().filter(|field| mode == Mode::Response || !field.computed) {
                    let _ = writeln!(out, "  {}", self.field(field, mode));
                }
                out.push_str("}\n");
            }
        }
    }

    fn field(&self, field: &ApiField, mode: Mode) -> String {
        let (name, optional) = match mode {
            Mode::Request => (field.name.as_str(), !field.required),
            Mode::Response => (field.answered_as.as_deref().unwrap_or(&field.name), field.missing),
        };
        let value = value_of(field, mode);
        let comment = comment(value);
        let comment = if comment.is_empty() { comment } else { format!(" // {comment}") };
        format!("{}{}: {};{comment}", property(name), if optional { "?" } else { "" }, self.spelled(value, mode))
    }

    /// A value as a TypeScript type.
    pub(super) fn spelled(&self, value: &ApiValue, mode: Mode) -> String {
        let text = self.kind(&value.kind, mode);
        let has_null = text == "null" || text == "unknown";
        if value.nullable && !has_null { format!("{text} | null") } else { text }
    }

    fn kind(&self, kind: &ApiKind, mode: Mode) -> String {
        match kind {
            ApiKind::String { .. } => "string".to_owned(),
            ApiKind::Integer | ApiKind::Number => "number".to_owned(),
            ApiKind::Decimal { text, answered_as_text } => match (mode, text, answered_as_text) {
                (Mode::Request, true, _) => "number | string",
                (Mode::Request, false, _) | (Mode::Response, _, false) => "number",
                (Mode::Response, _, true) => "string",
            }
            .to_owned(),
            ApiKind::Boolean => "boolean".to_owned(),
            ApiKind::Null => "null".to_owned(),
            ApiKind::Constant { values } if values.is_empty() => "never".to_owned(),
            ApiKind::Constant { values } => values.join(" | "),
            ApiKind::Array { items } => {
                let items = self.spelled(items, mode);
                if items.contains(" | ") { format!("({items})[]") } else { format!("{items}[]") }
            }
            ApiKind::Tuple { items } => {
                let items: Vec<String> = items.iter().map(|item| self.spelled(item, mode)).collect();
                format!("[{}]", items.join(", "))
            }
            ApiKind::Map { values } => format!("Record<string, {}>", self.spelled(values, mode)),
            ApiKind::Object { fields } => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|field| {
                        let optional = if mode == Mode::Request && !field.required { "?" } else { "" };
                        format!("{}{optional}: {}", property(&field.name), self.spelled(&field.value, mode))
                    })
                    .collect();
                if fields.is_empty() {
                    "Record<string, never>".to_owned()
                } else {
                    format!("{{ {} }}", fields.join("; "))
                }
            }
            ApiKind::Class { class } => match self.class(class) {
                Some(class) => self.name(class, mode),
                None => "unknown".to_owned(),
            },
            ApiKind::Union { of } => {
                let mut parts: Vec<String> = Vec::new();
                for part in of.iter().map(|part| self.spelled(part, mode)) {
                    if !parts.contains(&part) {
                        parts.push(part);
                    }
                }
                parts.join(" | ")
            }
            ApiKind::Any | ApiKind::Unknown { .. } => "unknown".to_owned(),
        }
    }
}

/// A field's value in a mode.
pub(super) fn value_of(field: &ApiField, mode: Mode) -> &ApiValue {
    match (mode, &field.answered) {
        (Mode::Response, Some(answered)) => answered,
        _ => &field.value,
    }
}

/// The classes that look otherwise in responses than in requests.
fn differing(classes: &[ApiClass]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // Each round finds at least one more, so this ends.
    loop {
        let before = found.len();
        for class in classes {
            let differs = match &class.shape {
                ApiShape::Enumeration { .. } => false,
                ApiShape::Root { value } => is_differing(value, &found),
                ApiShape::Object { fields } => fields.iter().any(|field| {
                    field.computed
                        || field.answered.is_some()
                        || field.answered_as.is_some()
                        || (!field.required && !field.missing)
                        || is_differing(&field.value, &found)
                }),
            };
            if differs {
                found.insert(class.id.clone());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn is_differing(value: &ApiValue, known: &BTreeSet<String>) -> bool {
    let inner = match &value.kind {
        ApiKind::Decimal { .. } => return true,
        ApiKind::Array { items } | ApiKind::Map { values: items } => is_differing(items, known),
        ApiKind::Tuple { items } | ApiKind::Union { of: items } => items.iter().any(|item| is_differing(item, known)),
        _ => false,
    };
    let mut found = inner;
    value.each_class(&mut |id| found |= known.contains(id));
    found
}

/// What a comment beside a value says: the format of text, or why it is not known.
fn comment(value: &ApiValue) -> String {
    match &value.kind {
        ApiKind::String { format: Some(format) } => match format.as_str() {
            "date-time" => "date-time, ISO 8601".to_owned(),
            "date" => "date, YYYY-MM-DD".to_owned(),
            "duration" => "duration, ISO 8601".to_owned(),
            other => other.to_owned(),
        },
        ApiKind::Decimal { .. } => "decimal".to_owned(),
        ApiKind::Integer => "integer".to_owned(),
        ApiKind::Array { items } => comment(items),
        ApiKind::Unknown { unknown } => format!("not known: {}", said(unknown)),
        _ => String::new(),
    }
}

/// An unknown in a line.
pub(super) fn said(unknown: &Unknown) -> String {
    format!("{} ({})", unknown.reason.replace(['\n', '\r'], " "), unknown.at)
}

/// A name as TypeScript takes it.
pub(super) fn identifier(name: &str) -> String {
    let name: String =
        name.chars().map(|one| if one.is_ascii_alphanumeric() || one == '_' { one } else { '_' }).collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// A name of a property, quoted where it is no identifier.
pub(super) fn property(name: &str) -> String {
    let is_plain = !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_' || one == '$');
    if is_plain { name.to_owned() } else { serde_json::Value::from(name).to_string() }
}
