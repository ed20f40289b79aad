//! Removes statements, and puts others in their place.

use ruff_text_size::{Ranged, TextRange, TextSize};

use super::merge::Merge;
use super::names::Names;
use super::node::{Kind, Node};
use super::suite::Blocks;
use crate::edit::document::{indented, size};

impl Merge<'_, '_> {
    /// Removes statements. A comment behind one goes with it; a comment above it stays, unless it belongs to a class or
    /// function and an empty line parts it from what stands before.
    pub(super) fn remove(&mut self, blocks: &Blocks<'_>, removed: &[(usize, &Node)], added: bool) {
        let code = blocks.code;
        let is_gone = |part: &&Node| removed.iter().any(|(_, gone)| gone.range == part.range);
        let empties = code.kind == Kind::Suite && !removed.is_empty() && !added && code.holes.is_empty();
        let empties = empties && code.parts.iter().all(|part| is_gone(&part));
        for (at, (pair, node)) in removed.iter().enumerate() {
            let document = &self.code.document;
            let line = document.line_start(node.range.start());
            let end = document.next_line(node.range.end());
            let shares =
                |other: &Node| other.range != node.range && other.range.end() > line && other.range.start() < end;
            if document.indentation(node.range.start()).is_none() || code.parts.iter().any(shares) {
                self.open(None, node, "A statement that the plan removes shares its line with others.");
                continue;
            }
            if empties && at == 0 && !self.code.document.indentation_of_line(node.range.start()).is_empty() {
                let line = self.code.source(TextRange::new(node.range.start(), end)).trim_end();
                let range = TextRange::at(node.range.start(), TextSize::of(line));
                self.code.document.replace(range, "pass");
                continue;
            }
            let start = self.beginning(code, node, line, end);
            let range = self.as_written(blocks, *pair, node).unwrap_or(TextRange::new(start, end));
            self.code.document.replace(range, "");
        }
    }

    /// From where a statement is removed: with its own comments and the empty lines that it leaves behind.
    fn beginning(&self, code: &Node, node: &Node, line: TextSize, end: TextSize) -> TextSize {
        let document = &self.code.document;
        let above = document.with_comments_above(node.range.start());
        let owns = node.is_definition() && self.code.blank_before(above) > 0;
        let start = if owns { above } else { line };
        let is_last = code.parts.last().is_some_and(|last| last.range == node.range);
        if start == line && above != line || self.code.blank_after(end) == 0 && !is_last {
            return start;
        }
        let mut start = start;
        while start.to_usize() > 0 {
            let previous = document.line_start(start - TextSize::new(1));
            if previous == start || !document.line_at(previous).is_some_and(|line| line.trim().is_empty()) {
                break;
            }
            start = previous;
        }
        start
    }

    /// The lines of a statement and as many empty ones that the writers' are left, where the code has empty lines around
    /// it as they had.
    fn as_written(&self, blocks: &Blocks<'_>, pair: usize, node: &Node) -> Option<TextRange> {
        let old = &blocks.before.parts[blocks.pairs.get(pair)?.before?];
        let next = blocks.pairs.get(pair + 1).filter(|_| blocks.found.get(pair + 1).is_some_and(Option::is_some))?;
        let next = &blocks.after.parts[next.after?];
        let (was, is) = (self.before.whole(old), self.code.whole(node));
        let (above, below) = (self.code.blank_before(is.start()), self.code.blank_after(is.end()));
        let is_alike = above == self.before.blank_before(was.start()) && below == self.before.blank_after(was.end());
        let line = self.code.document.line_start(node.range.start());
        if !is_alike || line != is.start() || above + below < self.blank(next) {
            return None;
        }
        let surplus = above + below - self.blank(next);
        let text = self.code.document.text;
        let lines = |text: &str, count: usize| text.split_inclusive('\n').take(count).map(str::len).sum::<usize>();
        let end = is.end().to_usize() + lines(&text[is.end().to_usize()..], surplus.min(below));
        let mut start = is.start();
        for _ in below..surplus {
            start = self.code.document.line_start(start - TextSize::new(1));
        }
        Some(TextRange::new(start, size(end)))
    }

    /// Puts a statement of the writers in the place of the code's, which says what theirs said before.
    pub(super) fn replace_statement(&mut self, after: &Node, code: &Node, names: &Names) {
        let document = &self.code.document;
        let tokens = document.tokens().iter().filter(|token| code.range.contains_range(token.range()));
        let has_comment = tokens.clone().any(|token| token.kind().is_comment());
        let Some(margin) = document.indentation(code.range.start()).filter(|_| !has_comment).map(str::to_owned) else {
            return self.open(
                Some(after),
                code,
                "the statement that it replaces has comments in it, or shares its line",
            );
        };
        let text = self.after.statement(after, names, &margin, self.unit, self.style);
        self.need(after);
        let text = indented(&text, &margin);
        let text = self.code.document.native(text.trim_end().strip_prefix(&*margin).unwrap_or(text.trim_end()));
        self.code.document.replace(code.range, text);
    }
}
