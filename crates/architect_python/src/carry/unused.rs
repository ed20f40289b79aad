//! Removes imports that nothing uses any more.

use architect_model::FormatStyle;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Alias, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::code::Code;
use super::layout::relaid;
use super::lists::remove_run;
use super::node::{Kind, Node, Role, Word};
use crate::source::{SourceText, Sources};

/// The text without its import of `name`, if it has one and nothing uses it.
pub(crate) fn without_import(text: &str, name: &str, style: &FormatStyle) -> Option<String> {
    let mut code = Code::read(text).ok()?;
    if is_used(&code.root, name) {
        return None;
    }
    let bound = |alias: &Alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str() == name;
    let found = |stmt: &'_ Stmt| -> Option<(TextRange, Vec<Alias>, usize)> {
        match stmt {
            Stmt::ImportFrom(one) => Some((stmt.range(), one.names.to_vec(), one.names.iter().position(bound)?)),
            Stmt::Import(one) => Some((stmt.range(), one.names.to_vec(), one.names.iter().position(bound)?)),
            _ => None,
        }
    };
    let (range, aliases, at) = code.document.body().iter().find_map(|stmt| match stmt {
        Stmt::If(block) if block.elif_else_clauses.is_empty() => {
            let (range, aliases, at) = block.body.iter().find_map(found)?;
            // The only import of a block goes with it.
            let is_only = block.body.len() == 1 && aliases.len() == 1;
            Some((if is_only { stmt.range() } else { range }, aliases, at))
        }
        stmt => found(stmt),
    })?;
    let parts: Vec<Node> = aliases.iter().map(|alias| Node::leaf("alias", alias.range, Vec::new())).collect();
    code.document.indentation(range.start())?;
    if parts.len() == 1 {
        remove_statement(&mut code, range);
    } else {
        let document = &mut code.document;
        let (first, last) = (parts.first()?.range.start(), parts.last()?.range.end());
        let bracketed = document.source(range).ends_with(')');
        let mut list = Node::of(Kind::Commas, "import", range, parts);
        list.inner = TextRange::new(first, if bracketed { range.end() - TextSize::new(1) } else { last });
        remove_run(document, &list, (at, at));
        let margin = document.indentation_of_line(range.start());
        document.relay(&[range], |document, edited, place| {
            document.native(&relaid(document.source(place), edited, margin, style))
        });
    }
    code.document.finish().ok()
}

/// The whole statement, and the empty line before it where one follows.
fn remove_statement(code: &mut Code<'_>, range: TextRange) {
    let document = &mut code.document;
    let (mut start, mut end) = (document.line_start(range.start()), document.next_line(range.end()));
    let is_blank = |at: TextSize| document.line_at(at).is_none_or(|line| line.trim().is_empty());
    let above = document.line_start(TextSize::new(start.to_u32().saturating_sub(1)));
    if above < start && is_blank(above) && is_blank(end) {
        start = above;
    }
    let is_first = document.text[..start.to_usize()].trim_start_matches('\u{feff}').is_empty();
    while is_first && is_blank(end) && end < TextSize::of(document.text) {
        let line = document.text[end.to_usize()..].split_inclusive('\n').next().unwrap_or_default();
        end += TextSize::of(line);
    }
    document.replace(TextRange::new(start, end), "");
}

/// Whether another file has a name from the file at `path`, which may only pass it on.
pub(super) fn is_taken_from(sources: &Sources, path: &str, name: &str) -> bool {
    let stem = path.trim_end_matches(".py").trim_end_matches("/__init__").rsplit('/').next().unwrap_or(path);
    let through = format!("{stem}.{name}");
    let takes = |file: &&SourceText| {
        let mut takers = Takers { stem, name, found: false };
        takers.visit_body(file.body());
        takers.found
    };
    let others = sources.python.iter().filter(|file| *file.path != *path && file.text.contains(name));
    others.into_iter().any(|file| file.text.contains(&through) || takes(&file))
}

/// Looks for imports of a name from modules that are called like one.
struct Takers<'n> {
    stem: &'n str,
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Takers<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::ImportFrom(import) = stmt {
            let last = import.module.as_ref().and_then(|module| module.rsplit('.').next());
            let is_it = last.is_none_or(|last| last == self.stem);
            self.found |= is_it
                && import.names.iter().any(|alias| matches!(&*alias.name, name if name == self.name || name == "*"));
        }
        visitor::walk_stmt(self, stmt);
    }
}

/// Whether a statement is an import, or a block of nothing else.
pub(super) fn is_import(node: &Node) -> bool {
    if node.tag.starts_with("StmtImport") {
        return true;
    }
    let is_block = node.tag.starts_with("StmtIf") && node.parts.len() == 2;
    is_block && node.suite().is_some_and(|suite| !suite.parts.is_empty() && suite.parts.iter().all(is_import))
}

/// Whether a module uses a name for anything but to import more: the condition of imports is a use.
pub(super) fn is_used(module: &Node, name: &str) -> bool {
    module.parts.iter().any(|part| match is_import(part) {
        true => part.parts.first().is_some_and(|first| part.tag.starts_with("StmtIf") && uses(first, name)),
        false => uses(part, name),
    })
}

/// Whether a name is used, or written in a string, which may be an annotation.
pub(super) fn uses(node: &Node, name: &str) -> bool {
    let in_string = |word: &Word| {
        word.text.starts_with('"')
            && word.text.split(|char: char| !char.is_alphanumeric() && char != '_').any(|part| part == name)
    };
    node.words.iter().any(|word| match word.role {
        Role::Name | Role::Store => &*word.text == name,
        Role::Plain => in_string(word),
        _ => false,
    })
}
