//! The text on its way, with the place in the document that it is written from.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::Refused;
use super::discriminator::Discriminators;
use super::fields::Fields;
use super::literal::property_name;

/// Writes TypeScript straight to its text.
pub(super) struct Writer<'a> {
    pub document: &'a Value,
    pub discriminators: &'a Discriminators<'a>,
    pub out: String,
    /// How deep the text stands; four spaces each.
    pub indent: usize,
    /// Where the document is being read; the `path` that openapi-typescript hands down.
    pub path: Vec<Segment<'a>>,
    /// The members of `operations`.
    pub operations: String,
    /// What stands at the end, in the order in which it was first needed.
    pub footer: Vec<Footer>,
    pub refused: Option<Refused>,
    /// References that lead somewhere, or were refused.
    pub known: HashSet<String>,
    /// The comment that is being made.
    pub comment: String,
}

/// What stands at the end of the file where it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Footer {
    Operations,
    WithRequired,
}

/// A step into the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> From<&'a str> for Segment<'a> {
    fn from(key: &'a str) -> Self {
        Self::Key(key)
    }
}

/// A path as a reference (`lib/utils`, `createRef`): empty steps are left out.
pub(super) fn pointer(path: &[Segment<'_>]) -> String {
    let mut text = "#".to_owned();
    for segment in path {
        match segment {
            Segment::Key("") => {}
            Segment::Key(key) => {
                text.push('/');
                for character in key.chars() {
                    match character {
                        '~' => text.push_str("~0"),
                        '/' => text.push_str("~1"),
                        _ => text.push(character),
                    }
                }
            }
            Segment::Index(index) => {
                let _ = write!(text, "/{index}");
            }
        }
    }
    text
}

impl<'a> Writer<'a> {
    pub(super) fn new(document: &'a Value, discriminators: &'a Discriminators<'a>) -> Self {
        Self {
            document,
            discriminators,
            out: String::with_capacity(1 << 16),
            indent: 0,
            path: Vec::new(),
            operations: String::new(),
            footer: Vec::new(),
            refused: None,
            known: HashSet::new(),
            comment: String::new(),
        }
    }

    /// The value with what discriminators add to it.
    pub(super) fn patched(&self, value: &'a Value) -> &'a Value {
        self.discriminators.patched(value)
    }

    /// Remembers the first reason why the document cannot be written.
    pub(super) fn refuse(&mut self, what: impl FnOnce() -> String) {
        if self.refused.is_none() {
            self.refused = Some(Refused { what: what(), at: pointer(&self.path) });
        }
    }

    /// Does something one step further into the document.
    pub(super) fn at<T>(&mut self, step: impl Into<Segment<'a>>, write: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step.into());
        let result = write(self);
        self.path.pop();
        result
    }

    pub(super) fn margin(&mut self) {
        const SPACES: &str = "                                                                ";
        let mut left = self.indent * 4;
        while left > 0 {
            let part = left.min(SPACES.len());
            self.out.push_str(&SPACES[..part]);
            left -= part;
        }
    }

    /// Opens an object type.
    pub(super) fn open(&mut self) {
        self.out.push_str("{\n");
        self.indent += 1;
    }

    pub(super) fn close(&mut self) {
        self.indent -= 1;
        self.margin();
        self.out.push('}');
    }

    /// Starts a member with its modifier (`readonly ` or none) and its mark (`?` or none).
    pub(super) fn property(&mut self, modifier: &str, name: &str, mark: &str) {
        self.margin();
        self.out.push_str(modifier);
        property_name(&mut self.out, name);
        self.out.push_str(mark);
        self.out.push_str(": ");
    }

    pub(super) fn end_property(&mut self) {
        self.out.push_str(";\n");
    }

    /// A member that is never there.
    pub(super) fn never(&mut self, name: &str) {
        self.margin();
        self.out.push_str(name);
        self.out.push_str("?: never;\n");
    }

    /// A member whose comment, name and type come from one object; `write` gives the type.
    pub(super) fn described<T>(
        &mut self,
        value: &'a Value,
        name: &str,
        mark: &str,
        write: impl FnOnce(&mut Self) -> T,
    ) {
        self.comment_of(value);
        self.property("", name, mark);
        write(self);
        self.end_property();
    }

    /// The comment of an object, where it says something.
    pub(super) fn comment_of(&mut self, value: &'a Value) {
        if let Value::Object(map) = value {
            self.write_comment(&Fields::of(map));
        }
    }
}
