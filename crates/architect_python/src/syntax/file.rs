//! One Python file.

use std::sync::{Arc, OnceLock};

use architect_model::{Location, Unknown};
use ruff_python_ast::{Expr, ExprStringLiteral, ModExpression, Stmt};
use ruff_python_parser::Parsed;
use ruff_source_file::LineIndex;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::kin::MayDeclare;
use super::outline::Mentions;
use super::{DEEPEST, Memo, annotation};
use crate::source::SourceText;

/// A Python file: its text, its syntax tree, and the name under which it is imported.
///
/// ```ignore
/// let file = index.file("app/models.py")?;
/// for statement in file.body() {
///     println!("{} {}", file.at(statement), file.text(statement));
/// }
/// ```
pub(crate) struct File {
    /// Path relative to the project root; for an installed module, its path for messages.
    pub(crate) path: Arc<str>,
    /// Dotted name under which the project imports it: `app.models`.
    pub(crate) module: String,
    /// Whether it is an `__init__.py`.
    pub(crate) is_package: bool,
    /// Whether it belongs to an installed package and not to the project.
    pub(crate) installed: bool,
    /// What it may declare, as far as can be seen without parsing it.
    pub(crate) may_declare: MayDeclare,
    /// What its text mentions.
    pub(crate) mentions: Mentions,
    text: SourceText,
    lines: OnceLock<LineIndex>,
    annotations: OnceLock<Memo<TextSize, Option<Parsed<ModExpression>>>>,
}

impl File {
    /// A file, which is parsed when its statements are asked for the first time. Errors stay in it; what could be
    /// recovered is in the tree.
    pub(crate) fn new(text: SourceText, installed: bool) -> Self {
        let path = Arc::clone(&text.path);
        let is_package = path.ends_with("/__init__.py") || &*path == "__init__.py";
        Self {
            path,
            module: String::new(),
            is_package,
            installed,
            may_declare: MayDeclare::default(),
            mentions: Mentions::default(),
            text,
            lines: OnceLock::new(),
            annotations: OnceLock::new(),
        }
    }

    /// The statements of the module.
    pub(crate) fn body(&self) -> &[Stmt] {
        self.text.body()
    }

    /// Parses it, unless that was done.
    pub(crate) fn parse(&self) {
        self.text.module();
    }

    /// Whether it was parsed, by whoever asked for its statements.
    pub(crate) fn is_parsed(&self) -> bool {
        self.text.is_parsed()
    }

    /// The whole text.
    pub(crate) fn source(&self) -> &str {
        &self.text.text
    }

    /// The source text of a node.
    pub(crate) fn text(&self, node: impl Ranged) -> &str {
        let range = node.range();
        self.text.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }

    /// The place of a node.
    pub(crate) fn at(&self, node: impl Ranged) -> Location {
        self.at_range(node.range())
    }

    /// The place of a range.
    pub(crate) fn at_range(&self, range: TextRange) -> Location {
        let lines = self.lines.get_or_init(|| LineIndex::from_source_text(&self.text.text));
        let place = lines.line_column(range.start().min(TextSize::of(&*self.text.text)), &self.text.text);
        Location {
            file: Arc::clone(&self.path),
            line: u32::try_from(place.line.get()).unwrap_or(u32::MAX),
            column: u32::try_from(place.column.get()).unwrap_or(u32::MAX),
            start: range.start().to_u32(),
            end: range.end().to_u32(),
        }
    }

    /// An unknown at a node.
    pub(crate) fn unknown(&self, node: impl Ranged, reason: impl Into<String>) -> Unknown {
        Unknown::new(self.at(node), reason)
    }

    /// One unknown for the first statement that nests too deeply or the first syntax error, if there is one.
    pub(crate) fn syntax_error(&self) -> Option<Unknown> {
        if let Some(range) = self.text.module().too_deep {
            let reason = format!("this statement nests deeper than {DEEPEST} levels; it is not read");
            return Some(Unknown::new(self.at_range(range), reason));
        }
        let error = self.text.module().error.as_ref()?;
        let reason = format!("syntax error: {}; what follows may be incomplete", error.error);
        Some(Unknown::new(self.at_range(error.location), reason))
    }

    /// The expression inside a string annotation (`"Item | None"`), with ranges into this file.
    pub(crate) fn string_annotation(&self, string: &ExprStringLiteral) -> Option<&Expr> {
        let literal = string.as_single_part_string()?;
        let memo = self.annotations.get_or_init(|| Memo::with_buckets(16));
        let parsed = memo.get_or(string.range.start(), || annotation(&self.text.text, literal));
        parsed.as_ref().map(|parsed| &*parsed.syntax().body)
    }
}
