//! What code says of the fields of a row one by one, said of a new one as well.
//!
//! `Item(title=data.title, words=data.words)` names its fields one by one, and so loses a new one without a word. Where
//! two of them are said in the same way, their own names aside, so is the new one; anything else is asked about.

use architect_model::FormatStyle;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, ExprDict, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::layout::relaid;
use crate::edit::document::{Document, size};
use crate::style::walk::last_name;

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
}

/// What was said of a new field.
#[derive(Debug, Default)]
pub struct Analogy {
    /// The text with it; none where nothing was added.
    pub text: Option<String>,
    /// How often the new name was written.
    pub written: usize,
    /// First bytes, in the text as it was, of places that name their fields one by one in ways of their own.
    pub open: Vec<usize>,
}

/// The places of a text that name some of the fields `names` one by one: for a row of one of `classes`, as keys of a
/// dictionary, as attributes that are set. Whether these are the rows' own is not known here.
pub fn named_one_by_one(text: &str, rows: Rows<'_>) -> Vec<Vec<NamedField>> {
    // Most files name none of them so, and need not be parsed.
    let forms = |name: &&str| [format!("{name}="), format!("{name} ="), format!("\"{name}\""), format!("'{name}'")];
    if !rows.values.iter().flat_map(forms).any(|form| text.contains(&form)) {
        return Vec::new();
    }
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let groups = Groups::of(&document, rows, &|_, name| rows.values.contains(&name) || rows.others.contains(&name));
    let fields = |group: Group| group.elements.into_iter().map(|one| (one.at.to_usize(), one.name)).collect();
    groups.into_iter().filter(|group| group.is_whole && group.mirrors()).map(fields).collect()
}

/// Says of the field `new` what the text says of the fields at `known`.
pub fn by_analogy(text: &str, new: &str, known: &[NamedField], rows: Rows<'_>, style: &FormatStyle) -> Analogy {
    let mut found = Analogy::default();
    let Ok(mut document) = Document::parse(text) else { return found };
    let is_known = |at: TextSize, name: &str| known.iter().any(|(one, named)| *one == at.to_usize() && named == name);
    let groups = Groups::of(&document, rows, &is_known);
    // One question about a function is enough, and none about one that was understood.
    let mut asked: Vec<Option<TextRange>> = Vec::new();
    let is_understood = |group: &Group| group.is_open(new) && group.pattern().is_some();
    asked.extend(groups.iter().filter(|group| is_understood(group)).map(|group| group.function));
    let mut places = Vec::new();
    for group in groups.into_iter().filter(|group| group.is_open(new)) {
        match group.pattern() {
            Some(pattern) => {
                found.written += pattern.names.len();
                places.extend(group.add(pattern, new, &mut document));
            }
            None if group.function.is_some() && asked.contains(&group.function) => {}
            None => {
                asked.push(group.function);
                let first = group.elements.iter().find(|one| one.is_value).or(group.elements.first());
                found.open.extend(first.map(|first| first.range.start().to_usize()));
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
            found.open.extend(known.first().map(|(at, _)| *at));
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
    /// The simple statement around it.
    statement: Option<TextRange>,
    /// The function around it.
    function: Option<TextRange>,
}

impl Group {
    /// Whether a new field may have to be said here too.
    fn is_open(&self, new: &str) -> bool {
        self.is_whole && self.mirrors() && !self.given.iter().any(|known| known == new)
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

type IsField<'f> = dyn Fn(TextSize, &str) -> bool + 'f;

/// Finds them.
struct Groups<'d, 't> {
    document: &'d Document<'t>,
    rows: Rows<'d>,
    is_field: &'d IsField<'d>,
    statement: Option<TextRange>,
    function: Option<TextRange>,
    /// Blocks that are a part of an element.
    inner: Vec<TextSize>,
    found: Vec<Group>,
}

impl<'d, 't> Groups<'d, 't> {
    fn of(document: &'d Document<'t>, rows: Rows<'d>, is_field: &'d IsField<'d>) -> Vec<Group> {
        let (statement, function, inner, found) = (None, None, Vec::new(), Vec::new());
        let mut groups = Groups { document, rows, is_field, statement, function, inner, found };
        groups.suite(document.body());
        groups.visit_body(document.body());
        groups.found
    }

    fn element(&self, name: &str, at: TextSize, range: TextRange) -> Element {
        let (mut form, mut names, mut bare) = (Vec::new(), Vec::new(), false);
        let mut previous = TokenKind::Newline;
        let tokens: Vec<_> =
            self.document.tokens().in_range(range).iter().filter(|token| !token.kind().is_trivia()).collect();
        for (index, token) in tokens.iter().enumerate() {
            let word = self.document.source(token.range());
            let quoted = token.kind() == TokenKind::String && word.trim_matches(['"', '\'']) == name;
            let is_name = token.kind() == TokenKind::Name && word == name;
            if is_name || quoted {
                let is_keyword = is_name && index == 0;
                bare |= is_name && previous != TokenKind::Dot && !is_keyword;
                let quotes = TextSize::new(u32::from(quoted));
                names.push(TextRange::new(token.start() + quotes, token.end() - quotes));
                form.push("\u{a7}".to_owned());
            } else {
                form.push(word.to_owned());
            }
            previous = token.kind();
        }
        let is_value = self.rows.values.contains(&name);
        Element { name: name.to_owned(), at, range, form, names, bare, is_value }
    }

    fn call(&mut self, call: &ExprCall) {
        let keywords = &call.arguments.keywords;
        let named = keywords.iter().filter_map(|keyword| Some((keyword, keyword.arg.as_ref()?)));
        let elements: Vec<Element> = named
            .clone()
            .filter(|(_, name)| (self.is_field)(name.start(), name.as_str()))
            .map(|(keyword, name)| self.element(name.as_str(), name.start(), keyword.range()))
            .collect();
        if elements.is_empty() {
            return;
        }
        let makes = last_name(&call.func).is_some_and(|name| self.rows.classes.contains(&name));
        self.found.push(Group {
            kind: if makes { Kind::Made } else { Kind::Called },
            elements,
            given: named.map(|(_, name)| name.to_string()).collect(),
            is_whole: keywords.iter().all(|keyword| keyword.arg.is_some()),
            statement: self.statement,
            function: self.function,
        });
    }

    fn dictionary(&mut self, dict: &ExprDict) {
        let keyed = dict.items.iter().filter_map(|item| {
            let key = item.key.as_ref()?.as_string_literal_expr()?;
            Some((item, key.value.to_str(), key.start() + TextSize::new(1)))
        });
        let elements: Vec<Element> = keyed
            .clone()
            .filter(|(_, name, at)| (self.is_field)(*at, name))
            .map(|(item, name, at)| self.element(name, at, item.range()))
            .collect();
        if elements.is_empty() {
            return;
        }
        self.found.push(Group {
            kind: Kind::Keys,
            elements,
            given: keyed.map(|(_, name, _)| name.to_owned()).collect(),
            is_whole: dict.items.iter().all(|item| item.key.is_some()),
            statement: self.statement,
            function: self.function,
        });
    }

    /// The attributes that the statements of a block set.
    fn suite(&mut self, body: &[Stmt]) {
        let mut elements = Vec::new();
        let mut given = Vec::new();
        for stmt in body {
            let Some((target, inner)) = sets(stmt) else { continue };
            let (name, at) = (target.attr.as_str(), target.attr.start());
            given.push(name.to_owned());
            if (self.is_field)(at, name) {
                elements.push(self.element(name, at, stmt.range()));
                self.inner.extend(inner);
            }
        }
        if !elements.is_empty() {
            let (is_whole, statement, function) = (true, None, self.function);
            self.found.push(Group { kind: Kind::Set, elements, given, is_whole, statement, function });
        }
    }
}

/// The attribute that a statement sets, alone or under one condition; then also where that block begins.
fn sets(stmt: &Stmt) -> Option<(&ExprAttribute, Option<TextSize>)> {
    let target = |stmt: &'_ Stmt| -> Option<TextRange> {
        let assign = stmt.as_assign_stmt().filter(|assign| assign.targets.len() == 1)?;
        assign.targets.first()?.as_attribute_expr().map(Ranged::range)
    };
    match stmt {
        Stmt::Assign(assign) => {
            target(stmt)?;
            Some((assign.targets.first()?.as_attribute_expr()?, None))
        }
        Stmt::If(test) if test.elif_else_clauses.is_empty() => {
            let mut setting = test.body.iter().filter(|stmt| target(stmt).is_some());
            let (only, None) = (setting.next()?, setting.next()) else { return None };
            let target = only.as_assign_stmt()?.targets.first()?.as_attribute_expr()?;
            Some((target, test.body.first().map(Ranged::start)))
        }
        _ => None,
    }
}

impl<'a> Visitor<'a> for Groups<'_, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let outer = self.statement.take();
        let is_simple = !matches!(
            stmt,
            Stmt::FunctionDef(_)
                | Stmt::ClassDef(_)
                | Stmt::If(_)
                | Stmt::For(_)
                | Stmt::While(_)
                | Stmt::With(_)
                | Stmt::Try(_)
                | Stmt::Match(_)
        );
        self.statement = is_simple.then_some(stmt.range());
        let around = self.function;
        if let Stmt::FunctionDef(function) = stmt {
            self.function = Some(function.range());
        }
        visitor::walk_stmt(self, stmt);
        self.function = around;
        self.statement = outer;
    }

    fn visit_body(&mut self, body: &'a [Stmt]) {
        let start = body.first().map(Ranged::start);
        let is_whole = start == self.document.body().first().map(Ranged::start);
        if !is_whole && !start.is_some_and(|start| self.inner.contains(&start)) {
            self.suite(body);
        }
        visitor::walk_body(self, body);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Dict(dict) => self.dictionary(dict),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> (Option<String>, usize, Vec<usize>) {
        let rows = Rows { values: &["title", "words", "mail"], others: &["id"], classes: &["Item"] };
        let known: Vec<NamedField> = named_one_by_one(text, rows).concat();
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
}
