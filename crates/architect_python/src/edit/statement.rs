//! Adds a statement behind another one, at its indentation.

use ruff_python_ast::Stmt;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_body};
use ruff_text_size::{Ranged, TextSize};

use super::Refused;
use super::document::{Document, indented, size, words};

/// Adds `statement` behind the innermost statement that stands on `line` (counted from 1), unless the same block has
/// it already.
pub fn add_statement_after(text: &str, line: u32, statement: &str) -> Result<String, Refused> {
    let mut document = Document::parse(text)?;
    put_statement_after(&mut document, line, statement)?;
    document.finish()
}

/// Plans the same in a document that gets more.
pub(crate) fn put_statement_after(document: &mut Document<'_>, line: u32, statement: &str) -> Result<(), Refused> {
    let mut search = Search { line: line_range(document.text, line), found: None };
    search.visit_body(document.body());
    let Some(found) = search.found else {
        return Err(Refused { reason: "no statement stands on this line".to_owned(), line });
    };
    let wanted = words(statement);
    if found.siblings.iter().any(|sibling| document.words(*sibling) == wanted) {
        return Ok(());
    }
    let Some(margin) = document.indentation(document_start(document, found.start)) else {
        return Err(document.refuse(found.start, "the statement stands behind a colon on the same line"));
    };
    let lines = indented(statement, margin);
    document.insert_lines(document.next_line(found.end), &lines);
    Ok(())
}

/// Where the first statement of a line begins: `a; b` is one line.
fn document_start(document: &Document<'_>, at: TextSize) -> TextSize {
    let before = &document.text[document.line_start(at).to_usize()..at.to_usize()];
    match before.trim_end().strip_suffix(';') {
        Some(_) => document.line_start(at) + TextSize::of(document.indentation_of_line(at)),
        None => at,
    }
}

struct Found {
    start: TextSize,
    end: TextSize,
    siblings: Vec<ruff_text_size::TextRange>,
}

/// Where the line `line` begins and ends, its line break left out; far behind the text if there is none.
fn line_range(text: &str, line: u32) -> (TextSize, TextSize) {
    let skipped = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let mut lines = text.split('\n');
    let before: usize = lines.by_ref().take(skipped).map(|line| line.len() + 1).sum();
    match lines.next() {
        Some(found) => (size(before), size(before + found.len())),
        None => (size(usize::MAX), size(usize::MAX)),
    }
}

struct Search {
    line: (TextSize, TextSize),
    found: Option<Found>,
}

impl<'a> SourceOrderVisitor<'a> for Search {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            if stmt.start() <= self.line.1 && stmt.end() > self.line.0 {
                let siblings = body.iter().map(Ranged::range).collect();
                self.found = Some(Found { start: stmt.start(), end: stmt.end(), siblings });
            }
        }
        walk_body(self, body);
    }
}
