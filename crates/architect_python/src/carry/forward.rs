//! Quotes what a new field says of classes that stand further below in its file: they are not there yet when it is read.

use ruff_python_ast::helpers::any_over_expr;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::code::Code;
use super::imports::imports;
use super::node::Node;
use crate::syntax::Tree;

/// The text of a field for a place of a file: `list[Loan]` becomes `list["Loan"]` above `class Loan`.
pub(super) fn quoted(text: &str, field: &Node, code: &Code<'_>, at: TextSize) -> String {
    if &*field.tag != "annotated" || is_deferred(code) {
        return text.to_owned();
    }
    let is_later = |name: &str| {
        let mut known = code.root.parts.iter().filter(|part| part.key.as_deref() == Some(name)).peekable();
        known.peek().is_some() && known.all(|part| &*part.tag == "class" && part.range.start() > at)
    };
    let parsed = Tree::of(text).parsed;
    let Some(Stmt::AnnAssign(stmt)) = parsed.syntax().body.first() else { return text.to_owned() };
    let mut places = Vec::new();
    find(&stmt.annotation, &is_later, &mut places);
    let mut text = text.to_owned();
    for place in places.iter().rev() {
        text.insert(place.end().to_usize(), '"');
        text.insert(place.start().to_usize(), '"');
    }
    text
}

/// Whether annotations of the file are not evaluated when they are read.
fn is_deferred(code: &Code<'_>) -> bool {
    imports(code).iter().any(|import| import.module == "__future__" && import.bound == "annotations")
}

/// The smallest parts that mean something in quotes: a name, or the union that it is an operand of.
fn find(expr: &Expr, is_later: &dyn Fn(&str) -> bool, places: &mut Vec<TextRange>) {
    let is_it = |expr: &Expr| matches!(expr, Expr::Name(name) if is_later(&name.id));
    match expr {
        Expr::Subscript(generic) => {
            find(&generic.value, is_later, places);
            find(&generic.slice, is_later, places);
        }
        Expr::Tuple(tuple) => tuple.iter().for_each(|part| find(part, is_later, places)),
        Expr::BinOp(_) if any_over_expr(expr, &is_it) => places.push(expr.range()),
        expr if is_it(expr) => places.push(expr.range()),
        _ => {}
    }
}
