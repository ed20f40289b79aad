//! What classes say of fields that may be null: whether these are null where nobody gives them, and what type checkers are
//! told of them.

use super::node::Node;

const NONE: &str = "ExprNoneLiteral None";

/// Whether a new field that may be null gets `= None`, as the fields beside it that may be null have it. The writers ask
/// for a value where responses hold it; code that makes such a response by hand leaves it out.
pub(super) fn is_null_by_default(new: &Node, class: &Node) -> bool {
    if !is_nullable(new) || new.part(" = ").is_some() {
        return false;
    }
    let mut beside = nullable(class).map(|part| part.part(" = "));
    let mut any = false;
    beside.all(|value| {
        any |= value.is_some_and(is_none);
        value.is_some()
    }) && any
}

/// Whether the `= None` of a field goes: it may be null no more, and the writers give it no default.
pub(super) fn loses_none(before: &Node, after: &Node, code: &Node) -> bool {
    let allows = |node: &Node| annotation(node).map(allows_none);
    let no_default = |node: &Node| node.part(" = ").is_none();
    allows(before) == Some(true)
        && allows(after) == Some(false)
        && no_default(before)
        && no_default(after)
        && allows(code) == Some(true)
        && code.part(" = ").is_some_and(is_none)
}

/// The fields of a class that may be null.
pub(super) fn nullable(class: &Node) -> impl Iterator<Item = &Node> {
    class.parts.iter().filter(|part| annotation(part).is_some_and(allows_none))
}

/// Whether a field may be null.
pub(super) fn is_nullable(field: &Node) -> bool {
    annotation(field).is_some_and(allows_none)
}

/// The annotation of a field.
fn annotation(node: &Node) -> Option<&Node> {
    (&*node.tag == "annotated").then(|| node.parts.get(1)).flatten()
}

fn allows_none(annotation: &Node) -> bool {
    annotation.words.iter().any(|word| &*word.text == NONE)
}

fn is_none(value: &Node) -> bool {
    matches!(&*value.words, [only] if &*only.text == NONE)
}
