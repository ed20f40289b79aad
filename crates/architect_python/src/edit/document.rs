//! A file that is being edited: its text, tree and tokens, and the changes collected for it.

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Refused;
use crate::syntax::Tree;

/// A file that is being edited.
pub(crate) struct Document<'a> {
    pub(crate) text: &'a str,
    parsed: Parsed<ModModule>,
    /// How its lines end.
    pub(crate) newline: &'static str,
    changes: Vec<(TextRange, String)>,
}

impl<'a> Document<'a> {
    /// Parses a file; one that does not parse cannot be edited.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Refused> {
        let parsed = Tree::of(text).parsed;
        if let Some(error) = parsed.errors().first() {
            let reason = format!("the file cannot be edited because it does not parse: {}", error.error);
            return Err(Refused { reason, line: line_of(text, error.location.start()) });
        }
        let newline = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        Ok(Self { text, parsed, newline, changes: Vec::new() })
    }

    /// The statements of the module.
    pub(crate) fn body(&self) -> &[Stmt] {
        &self.parsed.syntax().body
    }

    /// The tokens, comments included.
    pub(crate) fn tokens(&self) -> &Tokens {
        self.parsed.tokens()
    }

    /// The source text of a node.
    pub(crate) fn source(&self, node: impl Ranged) -> &'a str {
        let range = node.range();
        &self.text[range.start().to_usize()..range.end().to_usize()]
    }

    /// The words of a part of the text: see [`words`].
    pub(crate) fn words(&self, range: TextRange) -> Vec<String> {
        words_of(self.text, self.tokens().in_range(range))
    }

    /// A refusal at a place.
    pub(crate) fn refuse(&self, at: TextSize, reason: impl Into<String>) -> Refused {
        Refused { reason: reason.into(), line: line_of(self.text, at) }
    }

    /// Plans to insert `text` at `at`. Insertions at one place stand in the order in which they were planned.
    pub(crate) fn insert(&mut self, at: TextSize, text: impl Into<String>) {
        self.changes.push((TextRange::empty(at), text.into()));
    }

    /// Plans to replace `range`.
    pub(crate) fn replace(&mut self, range: TextRange, text: impl Into<String>) {
        self.changes.push((range, text.into()));
    }

    /// Plans to insert `lines` at the beginning of a line. At the end of a file that does not end in a line break,
    /// one is put before them.
    pub(crate) fn insert_lines(&mut self, at: TextSize, lines: &str) {
        let before = &self.text[..at.to_usize()];
        let is_open = at.to_usize() == self.text.len() && !before.is_empty() && !before.ends_with(['\n', '\u{feff}']);
        let lines = self.native(lines);
        if is_open {
            let lines = lines.trim_end_matches(['\r', '\n']).to_owned();
            self.insert(at, format!("{}{lines}", self.newline));
        } else {
            self.insert(at, lines);
        }
    }

    /// `lines` with the line breaks of this file.
    pub(crate) fn native(&self, lines: &str) -> String {
        let plain = lines.replace("\r\n", "\n");
        if self.newline == "\n" { plain } else { plain.replace('\n', self.newline) }
    }

    /// Where the next logical line begins behind a statement that ends at `end`; a comment behind it stays on its line.
    pub(crate) fn next_line(&self, end: TextSize) -> TextSize {
        let is_end = |token: &&Token| token.kind() == TokenKind::Newline && token.start() >= end;
        let newline = self.tokens().after(end).iter().find(is_end);
        newline.map_or(TextSize::of(self.text), Ranged::end)
    }

    /// Where the line of `at` begins; a BOM stays before it.
    pub(crate) fn line_start(&self, at: TextSize) -> TextSize {
        let before = &self.text[..at.to_usize()];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let bom = if start == 0 && self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        size(start.max(bom))
    }

    /// What stands on the line of `at` before it, if that is nothing but blanks.
    pub(crate) fn indentation(&self, at: TextSize) -> Option<&'a str> {
        let before = &self.text[self.line_start(at).to_usize()..at.to_usize()];
        before.chars().all(|c| matches!(c, ' ' | '\t' | '\x0c')).then_some(before)
    }

    /// The blanks with which the line of `at` begins.
    pub(crate) fn indentation_of_line(&self, at: TextSize) -> &'a str {
        let line = &self.text[self.line_start(at).to_usize()..];
        let end = line.find(|c: char| !matches!(c, ' ' | '\t' | '\x0c')).unwrap_or(line.len());
        &line[..end]
    }

    /// The line that begins at `at`, without its line break; `None` behind the end.
    pub(crate) fn line_at(&self, at: TextSize) -> Option<&'a str> {
        let rest = &self.text[at.to_usize()..];
        (!rest.is_empty()).then(|| rest.lines().next().unwrap_or_default())
    }

    /// Where the comments begin that stand directly above the line of `at`.
    pub(crate) fn with_comments_above(&self, at: TextSize) -> TextSize {
        let mut start = self.line_start(at);
        while start.to_usize() > 0 {
            let above = self.line_start(start - TextSize::new(1));
            let line = self.line_at(above).unwrap_or_default();
            if above == start || !line.trim_start().starts_with('#') || line.starts_with("#!") {
                break;
            }
            start = above;
        }
        start
    }

    /// How many changes are planned.
    pub(crate) fn count(&self) -> usize {
        self.changes.len()
    }

    /// Takes back what was planned since there were `count` changes.
    pub(crate) fn forget_since(&mut self, count: usize) {
        self.changes.truncate(count);
    }

    /// Has each of `places` that is changed written anew by `layout`, from its text before, its text after, and its
    /// place. Changes that only touch its ends are none of it.
    pub(crate) fn relay(&mut self, places: &[TextRange], layout: impl Fn(&Self, &str, TextRange) -> String) {
        self.changes.sort_by_key(|(range, _)| range.start());
        for place in places {
            let is_within = |(range, text): &(TextRange, String)| {
                let starts = range.start() > place.start() || range.start() == place.start() && !range.is_empty();
                let ends = range.end() < place.end() || range.end() == place.end() && !text.starts_with(['\n', '\r']);
                starts && ends
            };
            let inside: Vec<(TextRange, String)> = self.changes.iter().filter(|one| is_within(one)).cloned().collect();
            if inside.is_empty() {
                continue;
            }
            let edited = applied(self.text, *place, &inside);
            let text = layout(self, &edited, *place);
            self.changes.retain(|one| !is_within(one));
            self.changes.push((*place, text));
            self.changes.sort_by_key(|(range, _)| range.start());
        }
    }

    /// Takes back what was planned within a range, or says `text`.
    pub(crate) fn forget(&mut self, is_it: impl Fn(TextRange, &str) -> bool) {
        self.changes.retain(|(range, text)| !is_it(*range, text));
    }

    /// The edited text, if it still parses.
    pub(crate) fn finish(mut self) -> Result<String, Refused> {
        self.edited()
    }

    /// The text with what is planned so far, if it still parses.
    pub(crate) fn edited(&mut self) -> Result<String, Refused> {
        if self.changes.is_empty() {
            return Ok(self.text.to_owned());
        }
        self.changes.sort_by_key(|(range, _)| range.start());
        let whole = TextRange::up_to(TextSize::of(self.text));
        let edited = applied(self.text, whole, &self.changes);
        let reparsed = Tree::of(&edited).parsed;
        match reparsed.errors().first() {
            None => Ok(edited),
            Some(error) => {
                let at = self.changes.first().map_or(TextSize::new(0), |(range, _)| range.start());
                Err(self.refuse(at, format!("the edit would break the file: {}", error.error)))
            }
        }
    }
}

/// A part of a text with changes made, which are sorted.
fn applied(text: &str, part: TextRange, changes: &[(TextRange, String)]) -> String {
    let mut edited = String::with_capacity(part.len().to_usize() + 256);
    let mut done = part.start().to_usize();
    for (range, new) in changes {
        edited.push_str(text.get(done..range.start().to_usize()).unwrap_or_default());
        edited.push_str(new);
        done = done.max(range.end().to_usize());
    }
    edited.push_str(text.get(done..part.end().to_usize()).unwrap_or_default());
    edited
}

/// A length or place in a text; Python files beyond 4 GB do not parse.
pub(crate) fn size(length: usize) -> TextSize {
    TextSize::new(u32::try_from(length).unwrap_or(u32::MAX))
}

/// The line of a place, counted from 1.
pub(crate) fn line_of(text: &str, at: TextSize) -> u32 {
    let before = text.get(..at.to_usize()).unwrap_or(text);
    u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
}

/// `lines`, each that is not empty behind `margin`.
pub(crate) fn indented(lines: &str, margin: &str) -> String {
    let mut text = String::with_capacity(lines.len() + 64);
    for line in lines.lines() {
        if !line.is_empty() {
            text.push_str(margin);
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

/// The words of a piece of source: two pieces with equal words differ in layout at most.
pub(crate) fn words(source: &str) -> Vec<String> {
    words_of(source, Tree::of(source).parsed.tokens())
}

fn words_of(source: &str, tokens: &[Token]) -> Vec<String> {
    let is_layout = |kind: TokenKind| {
        kind.is_trivia()
            || matches!(kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndOfFile)
    };
    let tokens = tokens.iter().filter(|token| !is_layout(token.kind()));
    tokens.map(|token| source[token.range()].replace('\'', "\"")).collect()
}
