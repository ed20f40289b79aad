//! A text with its plain tree, and pieces of it as they are written elsewhere.

use architect_model::FormatStyle;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::build::{Builder, Scope};
use super::layout::{laid_out, outdented};
use super::names::Names;
use super::node::{Node, Role};
use crate::edit::Refused;
use crate::edit::document::Document;

/// A Python text, its tree, and the edits planned for it.
pub(super) struct Code<'t> {
    pub(super) document: Document<'t>,
    pub(super) root: Node,
}

impl<'t> Code<'t> {
    /// Reads a text; one that does not parse cannot be compared.
    pub(super) fn read(text: &'t str) -> Result<Self, Refused> {
        let document = Document::parse(text)?;
        let builder = Builder { text, tokens: document.tokens() };
        let root = builder.suite(document.body(), Scope::Module);
        Ok(Self { document, root })
    }

    /// The source of a range.
    pub(super) fn source(&self, range: TextRange) -> &'t str {
        self.document.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }

    /// One level of indentation; none where nothing is indented.
    pub(super) fn unit(&self) -> Option<&'t str> {
        let indent = self.document.tokens().iter().find(|token| token.kind() == TokenKind::Indent)?;
        self.document.source(indent.range()).rsplit(['\n', '\r']).next()
    }

    /// A statement with the comments above it and behind it, its margin included.
    pub(super) fn whole(&self, node: &Node) -> TextRange {
        let start = self.document.with_comments_above(node.range.start());
        TextRange::new(start, self.document.next_line(node.range.end()))
    }

    /// How many empty lines stand before a place at the beginning of a line.
    pub(super) fn blank_before(&self, at: TextSize) -> usize {
        let before = &self.document.text[..at.to_usize()];
        let blank = before.trim_end_matches([' ', '\t', '\r', '\n', '\x0c']);
        let lines = before[blank.len()..].matches('\n').count();
        if blank.is_empty() { lines } else { lines.saturating_sub(1) }
    }

    /// How many empty lines stand behind a place at the beginning of a line.
    pub(super) fn blank_after(&self, at: TextSize) -> usize {
        let rest = &self.document.text[at.to_usize()..];
        rest.lines().take_while(|line| line.trim().is_empty()).count()
    }

    /// The source of a range with the code's names.
    pub(super) fn renamed(&self, range: TextRange, node: &Node, names: &Names) -> String {
        let mut words: Vec<_> = node
            .words
            .iter()
            .filter(|word| word.role != Role::Plain && range.contains_range(word.range))
            .map(|word| (word.range, names.translated(word)))
            .collect();
        words.sort_by_key(|(range, _)| range.start());
        words.dedup_by_key(|(range, _)| *range);
        let mut text = String::with_capacity(range.len().to_usize());
        let mut done = range.start();
        for (place, name) in words {
            if place.start() < done {
                continue;
            }
            text.push_str(self.source(TextRange::new(done, place.start())));
            text.push_str(name);
            done = place.end();
        }
        text.push_str(self.source(TextRange::new(done, range.end())));
        text
    }

    /// A statement as it is written at `margin`, without that margin; `unit` is one level of indentation there.
    pub(super) fn statement(
        &self,
        node: &Node,
        names: &Names,
        margin: &str,
        unit: &str,
        style: &FormatStyle,
    ) -> String {
        let range = self.whole(node);
        let own = self.document.indentation_of_line(node.range.start());
        let text = outdented(self.renamed(range, node, names).trim_end(), own);
        let as_it_is = outdented(self.source(range).trim_end(), own);
        let text = if text == as_it_is && columns(own, style) == columns(margin, style) {
            text
        } else {
            laid_out(&text, margin, style).unwrap_or(text)
        };
        reindented(&text, &" ".repeat(usize::from(style.indent)), unit)
    }

    /// An expression as it is written on a line with `margin`.
    pub(super) fn expression(&self, range: TextRange, node: &Node, names: &Names, margin: &str) -> String {
        let own = self.document.indentation_of_line(range.start());
        let text = self.renamed(range, node, names);
        outdented(&text, own).replace('\n', &format!("\n{margin}"))
    }
}

fn columns(margin: &str, style: &FormatStyle) -> usize {
    margin.chars().map(|char| if char == '\t' { usize::from(style.indent) } else { 1 }).sum()
}

/// Lines with another unit of indentation.
fn reindented(text: &str, from: &str, to: &str) -> String {
    if from == to || from.is_empty() {
        return text.to_owned();
    }
    let lines = text.split('\n').map(|line| {
        let mut rest = line;
        let mut margin = String::new();
        while let Some(inner) = rest.strip_prefix(from) {
            margin.push_str(to);
            rest = inner;
        }
        margin + rest
    });
    lines.collect::<Vec<_>>().join("\n")
}
