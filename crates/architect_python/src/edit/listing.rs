//! Elements with commas between them: where one more goes, on one line or on many, with or without a comma at the end.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::document::Document;

/// Elements of a list, tuple, set, dictionary or `from` import.
pub(crate) struct Listing {
    /// Between the brackets; for elements without brackets from the first to the last.
    inner: TextRange,
    /// Whether there are brackets, so that line breaks are free.
    bracketed: bool,
    /// The elements, brackets around them included.
    elements: Vec<TextRange>,
    /// Place behind the comma that follows the last element.
    last_comma: Option<TextSize>,
}

impl Listing {
    /// The elements at `nodes`, which stand within `inner`.
    pub(crate) fn new(document: &Document<'_>, inner: TextRange, bracketed: bool, nodes: &[TextRange]) -> Self {
        let mut elements = Vec::with_capacity(nodes.len());
        let mut last_comma = None;
        let mut start = inner.start();
        for (index, node) in nodes.iter().enumerate() {
            let limit = nodes.get(index + 1).map_or(inner.end(), Ranged::start);
            let gap = document.tokens().in_range(TextRange::new(node.end(), limit));
            let comma = gap.iter().find(|token| token.kind() == TokenKind::Comma);
            let closing = gap.iter().take_while(|token| token.kind() != TokenKind::Comma);
            let end =
                closing.filter(|token| token.kind() == TokenKind::Rpar).map(Ranged::end).last().unwrap_or(node.end());
            let before = document.tokens().in_range(TextRange::new(start, node.start()));
            let opening = before.iter().find(|token| token.kind() == TokenKind::Lpar).map(Ranged::start);
            elements.push(TextRange::new(opening.unwrap_or(node.start()), end));
            start = comma.map_or(end, Ranged::end);
            last_comma = comma.map(Ranged::end);
        }
        Self { inner, bracketed, elements, last_comma }
    }

    /// Whether an element stands on more lines than the first, so that each new one gets its own.
    fn is_tall(&self, document: &Document<'_>) -> bool {
        self.bracketed
            && match self.elements.first() {
                Some(first) => document.indentation(first.start()).is_some(),
                None => document.source(self.inner).contains('\n'),
            }
    }

    /// Plans to insert `element` before the one at `index`, or behind the last.
    pub(crate) fn insert(&self, document: &mut Document<'_>, index: usize, element: &str, unit: &str) {
        let tall = self.is_tall(document);
        match (self.elements.get(index), self.elements.last()) {
            (Some(next), _) => match document.indentation(next.start()) {
                Some(margin) if self.bracketed => {
                    let lines = format!("{margin}{element},\n");
                    document.insert_lines(document.line_start(next.start()), &lines);
                }
                _ => document.insert(next.start(), format!("{element}, ")),
            },
            (None, Some(last)) if tall => self.append_line(document, *last, element),
            (None, Some(last)) => document.insert(last.end(), format!(", {element}")),
            (None, None) if tall => self.fill_tall(document, element, unit),
            (None, None) => document.insert(self.inner.start(), element),
        }
    }

    /// Plans to put each element on a line of its own, `element` before the one at `index`.
    pub(crate) fn explode(&self, document: &mut Document<'_>, index: usize, element: &str, unit: &str) {
        if !self.bracketed {
            return self.insert(document, index, element, unit);
        }
        let margin = document.indentation_of_line(self.inner.start());
        let mut elements: Vec<&str> = self.elements.iter().map(|range| document.source(*range)).collect();
        elements.insert(index, element);
        let rows: String = elements.iter().map(|element| format!("{margin}{unit}{element},\n")).collect();
        let text = document.native(&format!("\n{rows}{margin}"));
        document.replace(self.inner, text);
    }

    /// A new line behind the last element's; that one gets a comma if it has none.
    fn append_line(&self, document: &mut Document<'_>, last: TextRange, element: &str) {
        let margin = document
            .indentation(
                self.elements
                    .iter()
                    .rev()
                    .find_map(|element| document.indentation(element.start()).map(|_| element.start()))
                    .unwrap_or(last.start()),
            )
            .unwrap_or_default();
        if self.last_comma.is_none() {
            document.insert(last.end(), ",");
        }
        let from = self.last_comma.unwrap_or(last.end());
        let rest = document.tokens().in_range(TextRange::new(from, self.inner.end()));
        let line_break = rest.iter().find(|token| token.kind() == TokenKind::NonLogicalNewline);
        match line_break {
            Some(line_break) => document.insert_lines(line_break.end(), &format!("{margin}{element},\n")),
            // The closing bracket stands on the last element's line.
            None => {
                let text = document.native(&format!("\n{margin}{element}"));
                document.insert(from, text);
            }
        }
    }

    /// The first element between brackets on different lines.
    fn fill_tall(&self, document: &mut Document<'_>, element: &str, unit: &str) {
        let margin = document.indentation_of_line(self.inner.start());
        let at = document.line_start(self.inner.end());
        if document.indentation(self.inner.end()).is_some() {
            document.insert_lines(at, &format!("{margin}{unit}{element},\n"));
        } else {
            document.insert(self.inner.end(), element);
        }
    }
}
