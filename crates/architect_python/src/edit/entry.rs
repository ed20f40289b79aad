//! Adds an element to a list, tuple, set or dictionary that a module assigns to a name.

use architect_model::FormatStyle;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Refused;
use super::document::{Document, words};
use super::listing::Listing;
use crate::write::import_order::compare_members;

/// Adds `entry` (an expression, or `key: value`) to what the module assigns to `name`, unless it is there. Sorted
/// string literals stay sorted; else it goes to the end. A line that would grow beyond the house's width is broken, one
/// element a line.
pub fn add_entry(text: &str, name: &str, entry: &str, style: &FormatStyle) -> Result<String, Refused> {
    let mut document = Document::parse(text)?;
    let Some(value) = assigned(document.body(), name).cloned() else {
        return Err(document.refuse(TextSize::new(0), format!("the file assigns nothing to `{name}`")));
    };
    let (bracketed, nodes) = match elements(&value) {
        Some(found) => found,
        None => return Err(document.refuse(value.start(), format!("`{name}` is no list, tuple, set or dictionary"))),
    };
    let wanted = words(entry);
    let key = |source: &str| words(source);
    let is_same = |node: &TextRange| key(document.source(*node)) == wanted;
    if nodes.iter().any(is_same) {
        return Ok(text.to_owned());
    }
    let one = TextSize::new(1);
    let inner = if bracketed { TextRange::new(value.start() + one, value.end() - one) } else { value.range() };
    let index = place(&document, &nodes, entry);
    let unit = " ".repeat(usize::from(style.indent));
    let listing = Listing::new(&document, inner, bracketed, &nodes);
    match document.line_at(document.line_start(value.start())).map(|line| line.chars().count()) {
        Some(length) if !document.source(inner).contains('\n') && grows(length, entry, style) => {
            listing.explode(&mut document, index, entry, &unit);
        }
        _ => listing.insert(&mut document, index, entry, &unit),
    }
    document.finish()
}

/// Whether one more element makes a line of `length` too long that was short enough before.
fn grows(length: usize, entry: &str, style: &FormatStyle) -> bool {
    let width = usize::from(style.line_length);
    length <= width && length + entry.chars().count() + ", ".len() > width
}

fn assigned<'a>(body: &'a [Stmt], name: &str) -> Option<&'a Expr> {
    let is_name = |target: &Expr| matches!(target, Expr::Name(found) if found.id == name);
    body.iter().rev().find_map(|stmt| match stmt {
        Stmt::Assign(stmt) if stmt.targets.iter().any(is_name) => Some(&*stmt.value),
        Stmt::AnnAssign(stmt) if is_name(&stmt.target) => stmt.value.as_deref(),
        _ => None,
    })
}

/// Whether the elements stand in brackets, and where each is.
fn elements(value: &Expr) -> Option<(bool, Vec<TextRange>)> {
    let ranges = |elements: &[Expr]| elements.iter().map(Ranged::range).collect();
    Some(match value {
        Expr::List(list) => (true, ranges(&list.elts)),
        Expr::Set(set) => (true, ranges(&set.elts)),
        Expr::Tuple(tuple) => (tuple.parenthesized, ranges(&tuple.elts)),
        Expr::Dict(dict) => {
            let items = dict.items.iter().map(|item| match &item.key {
                Some(key) => TextRange::new(key.start(), item.value.end()),
                // `**other`
                None => TextRange::new(item.value.start() - TextSize::new(2), item.value.end()),
            });
            (true, items.collect())
        }
        _ => return None,
    })
}

fn place(document: &Document<'_>, nodes: &[TextRange], entry: &str) -> usize {
    let names: Option<Vec<&str>> = nodes.iter().map(|node| literal(document.source(*node))).collect();
    let (Some(names), Some(entry)) = (names, literal(entry)) else { return nodes.len() };
    if names.len() < 2 {
        return nodes.len();
    }
    if names.is_sorted_by(|a, b| compare_members(a, b).is_le()) {
        return names.partition_point(|name| compare_members(name, entry).is_lt());
    }
    if names.is_sorted() {
        return names.partition_point(|name| *name < entry);
    }
    nodes.len()
}

fn literal(source: &str) -> Option<&str> {
    let inner = |quote: char| source.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\''))
}
