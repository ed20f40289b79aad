//! Parses Python text into a tree that can be walked, however deeply the text nests.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{AnyNodeRef, ModExpression, ModModule, PySourceType, Stmt, StringLiteral, Suite};
use ruff_python_parser::{ParseError, Parsed, parse_string_annotation, parse_unchecked_source};
use ruff_text_size::{Ranged, TextRange};

/// Levels of a tree that are walked. Python itself refuses 200 brackets within each other; people write chains of some
/// hundred calls or operators, each of which is a level or two.
pub(crate) const DEEPEST: usize = 1000;

/// The syntax tree of a text.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The tree; errors stay in it.
    pub(crate) parsed: Parsed<ModModule>,
    /// The first statement that nests too deeply to be walked: it is not in the tree.
    pub(crate) too_deep: Option<TextRange>,
}

/// The statements of a text. Its tokens, a third of the memory that a tree takes, are not kept.
#[derive(Debug)]
pub(crate) struct Module {
    /// The statements.
    pub(crate) body: Suite,
    /// The first syntax error.
    pub(crate) error: Option<ParseError>,
    /// The first statement that nests too deeply to be walked: it is not among the statements.
    pub(crate) too_deep: Option<TextRange>,
}

impl Module {
    /// Parses a text.
    pub(crate) fn of(text: &str) -> Self {
        let Tree { parsed, too_deep } = Tree::of(text);
        let error = parsed.errors().first().cloned();
        Self { body: parsed.into_suite(), error, too_deep }
    }
}

impl Tree {
    /// Parses a text. Ranges in the tree are those of the text.
    ///
    /// The parser makes its stack as large as a text needs; all who walk a tree have the stack of their thread. So a
    /// statement that nests too deeply is read as if it were blank.
    pub(crate) fn of(text: &str) -> Self {
        let parsed = parse_unchecked_source(text, PySourceType::Python);
        let deep = too_deep(&parsed);
        let Some(first) = deep.first().copied() else { return Self { parsed, too_deep: None } };
        // Dropping the tree would walk it, too.
        std::mem::forget(parsed);
        let mut blanked = text.as_bytes().to_vec();
        for range in deep {
            let bytes = blanked.get_mut(range.start().to_usize()..range.end().to_usize());
            bytes.into_iter().flatten().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
        }
        let parsed = parse_unchecked_source(&String::from_utf8_lossy(&blanked), PySourceType::Python);
        Self { parsed, too_deep: Some(first) }
    }
}

/// The expression inside a string annotation, with ranges into `text`; `None` where it is none or nests too deeply.
pub(crate) fn annotation(text: &str, literal: &StringLiteral) -> Option<Parsed<ModExpression>> {
    let parsed = parse_string_annotation(text, literal).ok()?;
    if 4 * parsed.tokens().len() > DEEPEST {
        let mut depth = Depth::default();
        depth.visit_expr(parsed.expr());
        if depth.exceeded {
            std::mem::forget(parsed);
            return None;
        }
    }
    Some(parsed)
}

/// The top-level statements that nest too deeply.
fn too_deep(parsed: &Parsed<ModModule>) -> Vec<TextRange> {
    if !may_be_deep(parsed) {
        return Vec::new();
    }
    let is_deep = |stmt: &&Stmt| {
        let mut depth = Depth::default();
        depth.visit_stmt(stmt);
        depth.exceeded
    };
    parsed.syntax().body.iter().filter(is_deep).map(Ranged::range).collect()
}

/// Whether any line has as many words as a deep tree needs: each level of a tree has a word of its own, or a margin.
fn may_be_deep(parsed: &Parsed<ModModule>) -> bool {
    let (mut words, mut margins) = (0_usize, 0_usize);
    for token in parsed.tokens() {
        match token.kind() {
            TokenKind::Newline => words = 0,
            TokenKind::Indent => margins += 1,
            TokenKind::Dedent => margins = margins.saturating_sub(1),
            _ => words += 1,
        }
        // A level of the text is at most four of the tree: call, arguments, keyword, value.
        if 4 * (words + margins) > DEEPEST {
            return true;
        }
    }
    false
}

/// Measures down to the deepest level that is walked, and no further.
#[derive(Default)]
struct Depth {
    level: usize,
    exceeded: bool,
}

impl<'a> SourceOrderVisitor<'a> for Depth {
    fn enter_node(&mut self, _: AnyNodeRef<'a>) -> TraversalSignal {
        self.level += 1;
        self.exceeded |= self.level > DEEPEST;
        if self.exceeded { TraversalSignal::Skip } else { TraversalSignal::Traverse }
    }

    fn leave_node(&mut self, _: AnyNodeRef<'a>) {
        self.level -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each way in which a text can nest, `depth` times.
    fn nested(depth: usize) -> Vec<String> {
        let around = |open: &str, close: &str| format!("x = {}a{}\n", open.repeat(depth), close.repeat(depth));
        let mut all: Vec<String> = [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("{1: ", "}"),
            ("f(", ")"),
            ("f(a=", ")"),
            ("-", ""),
            ("not ", ""),
            ("1 + ", ""),
            ("", " + 1"),
            ("1 ** ", ""),
            ("int | ", ""),
            ("", ".b"),
            ("", "()"),
            ("", "[0]"),
            ("1 if a else ", ""),
            ("lambda: ", ""),
            ("await ", ""),
            ("[a for b in ", "]"),
            ("*", ""),
            ("(yield ", ")"),
            ("(a := ", ")"),
        ]
        .map(|(open, close)| around(open, close))
        .to_vec();
        all.push(format!("x: \"{}int{}\" = 1\n", "list[".repeat(depth), "]".repeat(depth)));
        all.push(format!("match a:\n    case {}1{}:\n        pass\n", "[".repeat(depth), "]".repeat(depth)));
        let blocks = depth.min(1200);
        all.push((0..blocks).map(|at| " ".repeat(at) + "if a:\n").collect::<String>() + &" ".repeat(blocks) + "pass\n");
        all
    }

    /// Whatever nests too deeply is left out, and the rest is read.
    #[test]
    fn deep_texts_are_read_without_what_is_deep() {
        for text in nested(20_000) {
            let text = format!("before = 1\n{text}after = 2\n");
            let tree = Tree::of(&text);
            let body = &tree.parsed.syntax().body;
            // A string is not deep, and brackets that only group are no part of the tree.
            if text.contains('"') || text.contains("x = ((((") {
                continue;
            }
            assert_eq!(body.len(), 2, "{}", &text[..60]);
            assert_eq!(&text[body[1].range()], "after = 2");
            assert!(tree.too_deep.is_some_and(|range| range.start().to_u32() == 11));
        }
    }

    #[test]
    fn what_people_write_is_not_deep() {
        let chain = format!("x = select(a){}\n", ".where(a.b == c, d=[e])".repeat(150));
        let sum = format!("x = {}\n", vec!["\"text\""; 500].join(" + "));
        let list = format!("x = [{}]\n", "(1, {'a': f(b=2)}), ".repeat(5000));
        for text in [chain, sum, list] {
            assert!(Tree::of(&text).too_deep.is_none(), "{}", &text[..60]);
        }
    }
}
