//! Lays an edited statement out as the project's formatter would, where it was laid out so before.

use architect_model::FormatStyle;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr};
use ruff_python_ast::{Expr, ModModule};
use ruff_text_size::{Ranged, TextRange};

use crate::format::format;
use crate::syntax::Tree;

/// The text of a statement, or of its header, after an edit. One that is laid out in a way of its own stays so, unless
/// a line became longer than lines may be.
pub(crate) fn relaid(before: &str, after: &str, margin: &str, style: &FormatStyle) -> String {
    let (old, new) = (outdented(before, margin), outdented(after, margin));
    if has_long_string(&old) || has_long_string(&new) {
        return after.to_owned();
    }
    let layout = |text: &str, bare: bool| laid(text, margin, style, bare);
    let laid = if !old.contains('#') && layout(&old, true).as_deref() == Some(&old) {
        layout(&new, true)
    } else if layout(&old, false).as_deref() == Some(&old) {
        layout(&new, false)
    } else if length(&new) > length(&old).max(usize::from(narrowed(style, margin).line_length)) {
        layout(&new, true)
    } else {
        None
    };
    laid.map_or_else(|| after.to_owned(), |text| with_margin(&text, margin))
}

/// A statement of the writers at a margin of its own, without that margin.
pub(super) fn laid_out(text: &str, margin: &str, style: &FormatStyle) -> Option<String> {
    if has_long_string(text) {
        return None;
    }
    let text = format(&bare(text), &narrowed(style, margin)).ok()?;
    Some(text.trim_matches('\n').to_owned())
}

/// `lines` without `margin` and with plain line breaks.
pub(super) fn outdented(lines: &str, margin: &str) -> String {
    let plain = lines.replace("\r\n", "\n");
    let lines: Vec<&str> = plain.split('\n').map(|line| line.strip_prefix(margin).unwrap_or(line)).collect();
    lines.join("\n")
}

fn with_margin(text: &str, margin: &str) -> String {
    text.replace('\n', &format!("\n{margin}"))
}

fn narrowed(style: &FormatStyle, margin: &str) -> FormatStyle {
    let columns: usize = margin.chars().map(|char| if char == '\t' { usize::from(style.indent) } else { 1 }).sum();
    let columns = u16::try_from(columns).unwrap_or(u16::MAX);
    FormatStyle { line_length: style.line_length.saturating_sub(columns), crlf: false, ..style.clone() }
}

/// Length of the longest line.
fn length(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or_default()
}

/// The text as the formatter lays it out; `bare`: without the commas that hold lists open.
fn laid(text: &str, margin: &str, style: &FormatStyle, is_bare: bool) -> Option<String> {
    let first = text.split(|char: char| !char.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
    let is_header = text.trim_end().ends_with(':');
    let prefix = match first {
        "elif" => "if x:\n    pass\n",
        "except" => "try:\n    pass\n",
        "case" | "match" | "else" | "finally" | "try" if is_header => return None,
        _ => "",
    };
    let suffix = if is_header { "\n    pass\n" } else { "\n" };
    let whole = format!("{prefix}{text}{suffix}");
    let whole = if is_bare { bare(&whole) } else { whole };
    let laid = format(&whole, &narrowed(style, margin)).ok()?;
    let laid = laid.trim_end_matches('\n');
    let skipped = prefix.matches('\n').count();
    let lines: Vec<&str> = laid.split('\n').skip(skipped).collect();
    let kept = lines.len().checked_sub(usize::from(is_header))?;
    Some(lines.get(..kept)?.join("\n"))
}

fn has_long_string(text: &str) -> bool {
    let parsed = Tree::of(text).parsed;
    let is_string = |kind: TokenKind| matches!(kind, TokenKind::String | TokenKind::FStringMiddle);
    parsed.tokens().iter().any(|token| is_string(token.kind()) && text[token.range()].contains('\n'))
}

/// Without the commas behind last elements, which the formatter takes for the wish to have one element a line.
fn bare(text: &str) -> String {
    let parsed = Tree::of(text).parsed;
    let singles = Singles::of(parsed.syntax());
    let tokens: Vec<_> = parsed.tokens().iter().filter(|token| !token.kind().is_trivia()).collect();
    let mut bare = String::with_capacity(text.len());
    let mut done = 0;
    for pair in tokens.windows(2) {
        let [comma, next] = pair else { continue };
        let closes = matches!(next.kind(), TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace);
        if comma.kind() != TokenKind::Comma || !closes || singles.iter().any(|one| one.contains_range(comma.range())) {
            continue;
        }
        bare.push_str(text.get(done..comma.start().to_usize()).unwrap_or_default());
        done = comma.end().to_usize();
    }
    bare.push_str(text.get(done..).unwrap_or_default());
    bare
}

/// Tuples of one element, which are none without their comma.
#[derive(Default)]
struct Singles {
    found: Vec<TextRange>,
}

impl Singles {
    fn of(module: &ModModule) -> Vec<TextRange> {
        let mut singles = Self::default();
        singles.visit_body(&module.body);
        singles.found
    }
}

impl<'a> SourceOrderVisitor<'a> for Singles {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Tuple(tuple) = expression
            && let [only] = &tuple.elts[..]
        {
            self.found.push(TextRange::new(only.end(), tuple.end()));
        }
        walk_expr(self, expression);
    }
}
