//! What code says of the fields of a row one by one, said of a new one as well.
//!
//! `Item(title=data.title, words=data.words)` names its fields one by one, and so loses a new one without a word. Where
//! two of them are said in the same way, their own names aside, so is the new one; anything else is asked about.

use architect_model::FormatStyle;
use ruff_text_size::{TextRange, TextSize};

use super::layout::relaid;
use crate::edit::document::{Document, size};

mod demands;
mod groups;

pub use demands::demands;
use groups::Groups;

/// A place where the name of a field stands: its first byte, and the name.
pub type NamedField = (usize, String);

/// The fields of rows, and the classes that hold them.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Fields with values that clients give.
    pub values: &'a [&'a str],
    /// All other fields: keys, times.
    pub others: &'a [&'a str],
    /// The table's class, and those of requests and responses.
    pub classes: &'a [&'a str],
    /// Those of them that must be given the new field.
    pub demanding: &'a [&'a str],
}

/// A place that names fields one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedGroup {
    /// The fields.
    pub fields: Vec<NamedField>,
    /// Whether it does not work without the new field.
    pub demanded: bool,
}

/// A place that was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenPlace {
    /// First byte, in the text as it was.
    pub at: usize,
    /// Whether it does not work without the new field.
    pub demanded: bool,
}

/// What was said of a new field.
#[derive(Debug, Default)]
pub struct Analogy {
    /// The text with it; none where nothing was added.
    pub text: Option<String>,
    /// How often the new name was written.
    pub written: usize,
    /// Places that name their fields one by one in ways of their own.
    pub open: Vec<OpenPlace>,
}

/// The places of a text that name some of the fields `names` one by one: for a row of one of `classes`, as keys of a
/// dictionary, as attributes that are set. Whether these are the rows' own is not known here.
pub fn named_one_by_one(text: &str, rows: Rows<'_>) -> Vec<NamedGroup> {
    // Most files name none of them so, and need not be parsed.
    if !rows.values.iter().chain(rows.others).any(|name| may_give(text, name)) {
        return Vec::new();
    }
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let groups = Groups::of(&document, rows, &|_, name| rows.values.contains(&name) || rows.others.contains(&name));
    let named = |group: Group| NamedGroup {
        demanded: group.is_demanded(rows),
        fields: group.elements.into_iter().map(|one| (one.at.to_usize(), one.name)).collect(),
    };
    let is_one = |group: &Group| group.is_whole && (group.mirrors() || group.is_demanded(rows));
    groups.into_iter().filter(is_one).map(named).collect()
}

/// Whether a text has a name before `=`, or in quotes.
fn may_give(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        behind.trim_start().starts_with('=') || before.ends_with(['"', '\'']) && behind.starts_with(['"', '\''])
    })
}

/// Says of the field `new` what the text says of the fields at `known`.
pub fn by_analogy(text: &str, new: &str, known: &[NamedField], rows: Rows<'_>, style: &FormatStyle) -> Analogy {
    let mut found = Analogy::default();
    let Ok(mut document) = Document::parse(text) else { return found };
    let is_known = |at: TextSize, name: &str| known.iter().any(|(one, named)| *one == at.to_usize() && named == name);
    let groups = Groups::of(&document, rows, &is_known);
    // One question about a function is enough, and none about one that was understood.
    let mut asked: Vec<Option<TextRange>> = Vec::new();
    let is_understood = |group: &Group| group.is_open(new, rows) && group.pattern().is_some();
    asked.extend(groups.iter().filter(|group| is_understood(group)).map(|group| group.function));
    let mut places = Vec::new();
    for group in groups.into_iter().filter(|group| group.is_open(new, rows)) {
        match group.pattern() {
            Some(pattern) => {
                found.written += pattern.names.len();
                places.extend(group.add(pattern, new, &mut document));
            }
            None if group.function.is_some() && asked.contains(&group.function) && !group.is_demanded(rows) => {}
            None => {
                asked.push(group.function);
                let first = group.elements.iter().find(|one| one.is_value).or(group.elements.first());
                let demanded = group.is_demanded(rows);
                found.open.extend(first.map(|first| OpenPlace { at: first.range.start().to_usize(), demanded }));
            }
        }
    }
    if found.written == 0 {
        return found;
    }
    document.relay(&places, |document, edited, place| {
        let margin = document.indentation_of_line(place.start());
        document.native(&relaid(document.source(place), edited, margin, style))
    });
    match document.finish() {
        Ok(text) => found.text = Some(text),
        Err(_) => {
            found.written = 0;
            found.open.extend(known.first().map(|(at, _)| OpenPlace { at: *at, demanded: false }));
        }
    }
    found
}

/// What names fields one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Keywords of a call that makes a row.
    Made,
    /// Keywords of another call.
    Called,
    /// Keys of a dictionary.
    Keys,
    /// Attributes that are set, statement by statement.
    Set,
}

/// One field as it is said.
#[derive(Debug)]
struct Element {
    name: String,
    /// Where its name begins.
    at: TextSize,
    range: TextRange,
    /// Its words, with its name left open.
    form: Vec<String>,
    /// Where its name stands in it.
    names: Vec<TextRange>,
    /// Whether its name is a variable there too.
    bare: bool,
    /// Whether clients give it its values.
    is_value: bool,
}

/// Fields that one place names.
#[derive(Debug)]
struct Group {
    kind: Kind,
    elements: Vec<Element>,
    /// All names that it gives, fields or not.
    given: Vec<String>,
    /// Whether it gives nothing by `**`.
    is_whole: bool,
    /// The class of which it makes a row.
    made: Option<String>,
    /// The simple statement around it.
    statement: Option<TextRange>,
    /// The function around it.
    function: Option<TextRange>,
}

impl Group {
    /// Whether a new field may have to be said here too.
    fn is_open(&self, new: &str, rows: Rows<'_>) -> bool {
        let lacks_it = self.is_whole && !self.given.iter().any(|known| known == new);
        lacks_it && (self.mirrors() || self.is_demanded(rows))
    }

    /// Whether it makes a row that must be given the new field.
    fn is_demanded(&self, rows: Rows<'_>) -> bool {
        self.made.as_deref().is_some_and(|class| rows.demanding.contains(&class))
    }

    /// Whether it gives values on from something that has the same names: what it leaves out is lost.
    fn mirrors(&self) -> bool {
        let values = self.elements.iter().filter(|one| one.is_value);
        let number = values.clone().count();
        let mirrored = values.filter(|one| one.names.len() > 1 || one.bare).count();
        match self.kind {
            // One of several values may be set for reasons of its own.
            Kind::Made => mirrored > 0 && 2 * mirrored >= number,
            Kind::Set | Kind::Called | Kind::Keys => mirrored > 1,
        }
    }

    /// The last of the elements that most others are like.
    fn pattern(&self) -> Option<&Element> {
        if self.kind == Kind::Called {
            return None;
        }
        let alike = |one: &Element| self.elements.iter().filter(|other| other.form == one.form).count();
        let usable = self.elements.iter().filter(|one| one.names.len() > 1 && !one.bare);
        usable.filter(|one| alike(one) > 1).max_by_key(|one| (alike(one), one.range.start()))
    }

    /// Adds what `pattern` says, of another name; gives the statement to lay out again.
    fn add(&self, pattern: &Element, new: &str, document: &mut Document<'_>) -> Option<TextRange> {
        let mut text = String::new();
        let mut done = pattern.range.start();
        for name in &pattern.names {
            text.push_str(document.source(TextRange::new(done, name.start())));
            text.push_str(new);
            done = name.end();
        }
        text.push_str(document.source(TextRange::new(done, pattern.range.end())));
        if self.kind == Kind::Set {
            let at = document.next_line(pattern.range.end());
            let margin = document.indentation_of_line(pattern.range.start());
            let lines = format!("{margin}{text}\n");
            document.insert_lines(at, &lines);
            return None;
        }
        let end = pattern.range.end();
        let Some(margin) = document.indentation(pattern.range.start()) else {
            document.insert(end, format!(", {text}"));
            return self.statement;
        };
        let behind = document.line_at(end).unwrap_or_default();
        match behind.trim_start().strip_prefix(',').map(str::trim_start) {
            // A comment behind the line stays with it.
            Some(rest) if rest.is_empty() || rest.starts_with('#') => {
                let at = end + size(behind.len() + document.newline.len());
                let lines = format!("{margin}{text},\n");
                document.insert_lines(at, &lines);
            }
            _ => document.insert(end, format!(",{}{margin}{text}", document.newline)),
        }
        self.statement
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> (Option<String>, usize, Vec<OpenPlace>) {
        said_where(text, &[])
    }

    fn said_where(text: &str, demanding: &[&str]) -> (Option<String>, usize, Vec<OpenPlace>) {
        let rows = Rows { values: &["title", "words", "mail"], others: &["id"], classes: &["Item"], demanding };
        let groups = named_one_by_one(text, rows).into_iter();
        let known: Vec<NamedField> = groups.flat_map(|group| group.fields).collect();
        let style = FormatStyle { line_length: 88, indent: 4, double_quotes: true, ..FormatStyle::default() };
        let found = by_analogy(text, "tint", &known, rows, &style);
        (found.text, found.written, found.open)
    }

    #[test]
    fn rows_that_are_made_value_by_value_get_the_new_one() {
        let (text, written, open) = said("item = Item(id=1, title=data.title, words=data.words, by=user)\n");
        let wanted = "item = Item(id=1, title=data.title, words=data.words, tint=data.tint, by=user)\n";
        assert_eq!((text.as_deref(), written, open), (Some(wanted), 2, Vec::new()));
    }

    #[test]
    fn lists_of_lines_get_a_line() {
        let text = "return Item(\n    title=row.title,\n    words=row.words,  # long\n)\n";
        let wanted = "return Item(\n    title=row.title,\n    words=row.words,  # long\n    tint=row.tint,\n)\n";
        assert_eq!(said(text).0.as_deref(), Some(wanted));
        let text = "x = {\n    \"title\": row.title,\n    \"words\": row.words,\n}\n";
        let wanted = "x = {\n    \"title\": row.title,\n    \"words\": row.words,\n    \"tint\": row.tint,\n}\n";
        assert_eq!(said(text).0.as_deref(), Some(wanted));
    }

    #[test]
    fn attributes_that_are_set_one_by_one() {
        let text = "def f(row, data):\n    row.title = data.title\n    row.words = data.words\n    return row\n";
        let wanted = "def f(row, data):\n    row.title = data.title\n    row.words = data.words\n    row.tint = data.tint\n    return row\n";
        assert_eq!(said(text).0.as_deref(), Some(wanted));
        let text = "def f(row, data):\n    if data.title is not None:\n        row.title = data.title\n    if data.words is not None:\n        row.words = data.words\n";
        let wanted = "def f(row, data):\n    if data.title is not None:\n        row.title = data.title\n    if data.words is not None:\n        row.words = data.words\n    if data.tint is not None:\n        row.tint = data.tint\n";
        assert_eq!(said(text).0.as_deref(), Some(wanted));
    }

    #[test]
    fn what_is_said_in_ways_of_its_own_is_asked_about() {
        // A value of its own, parameters, and a function that may not take the new one.
        for text in [
            "def f(row, data):\n    if data.title:\n        check(data)\n        row.title = data.title\n    row.mail = data.mail.lower()\n",
            "Item(title=data.title, mail=data.mail.lower())\n",
            "Item(title=title, words=words)\n",
            "make(title=data.title, words=data.words)\n",
        ] {
            let (text, written, open) = said(text);
            assert_eq!((text, written, open.len()), (None, 0, 1));
        }
    }

    #[test]
    fn what_takes_all_or_has_it_already_is_left_alone() {
        for text in [
            "Item(title=data.title, words=data.words, **more)\n",
            "Item(title=data.title, words=data.words, tint=1)\n",
            "Item(title=\"a\", words=\"b\")\n",
            "select().filter_by(title=data.title)\n",
            "def f(row, title):\n    row.title = title\n",
            "make(id=data.id, title=data.title)\n",
        ] {
            assert_eq!(said(text), (None, 0, Vec::new()), "{text}");
        }
    }

    #[test]
    fn what_demands_the_new_one_is_asked_about_wherever_it_is_made() {
        for text in ["Item(title=\"a\", words=\"b\")\n", "Item(title  =  text(), words=1)\n"] {
            assert_eq!(said(text).2, [], "{text}");
            let open = said_where(text, &["Item"]).2;
            assert_eq!(open, [OpenPlace { at: 5, demanded: true }], "{text}");
        }
        assert_eq!(said_where("Item(title=\"a\", tint=1)\n", &["Item"]).2, []);
    }
}
