//! What classes say of fields that may be null: whether these are null where nobody gives them, and what type checkers are
//! told of them.

use ruff_text_size::{TextRange, TextSize};

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

/// Whether a field may be null no more, and the writers give it no default: then its `None` goes, too.
fn loses_null(before: &Node, after: &Node, code: &Node) -> bool {
    let allows = |node: &Node| annotation(node).map(allows_none);
    let no_default = |node: &Node| node.part(" = ").is_none();
    allows(before) == Some(true)
        && allows(after) == Some(false)
        && no_default(before)
        && no_default(after)
        && allows(code) == Some(true)
}

/// Whether the `= None` of a field goes.
pub(super) fn loses_none(before: &Node, after: &Node, code: &Node) -> bool {
    loses_null(before, after, code) && code.part(" = ").is_some_and(is_none)
}

/// The `None` in `Field(None, …)` or `Field(default=None, …)` that goes: the arguments, and which of them.
pub(super) fn loses_default<'n>(before: &Node, after: &Node, code: &'n Node) -> Option<(&'n Node, usize)> {
    let value = code.part(" = ").filter(|_| loses_null(before, after, code))?;
    let arguments = field_arguments(value)?;
    let says_none = |part: &Node| part.words.last().is_some_and(|word| &*word.text == NONE);
    let is_default = |(at, part): (usize, &Node)| match part.key.as_deref() {
        Some(key) => key == "default=",
        None => at == 0 && is_none(part),
    };
    let at = arguments.parts.iter().enumerate().position(is_default)?;
    says_none(&arguments.parts[at]).then_some((arguments, at))
}

/// The arguments of `Field(…)`.
fn field_arguments(value: &Node) -> Option<&Node> {
    let [base, link] = &value.parts[..] else { return None };
    let is_field = base.words.last().is_some_and(|word| &*word.text == "Field");
    link.parts.first().filter(|arguments| is_field && &*arguments.tag == "arguments")
}

/// What the code says of NULL in so many words, where a field comes to allow `None` or no longer does: the literal, and what
/// becomes of it. The writers leave it to the annotation.
pub(super) fn said_of_null(before: &Node, after: &Node, code: &Node) -> Option<(TextRange, &'static str)> {
    let allows = |node: &Node| annotation(node).map(allows_none);
    let says = |node: &Node| node.words.iter().position(|word| word.text.starts_with("nullable=:"));
    let (was, is) = (allows(before)?, allows(after)?);
    if was == is || says(before).is_some() || says(after).is_some() {
        return None;
    }
    let literal = code.words.get(says(code)? + 1).filter(|word| word.text.starts_with("ExprBooleanLiteral"))?;
    Some((literal.range, if is { "True" } else { "False" }))
}

/// The same of a keyword `nullable` that the writers add, where the code says the opposite.
pub(super) fn of_null(after: &Node, code: &Node) -> Option<(TextRange, &'static str)> {
    let literal = |node: &Node| {
        let is_it = node.key.as_deref() == Some("nullable=");
        is_it.then(|| node.words.iter().find(|word| word.text.starts_with("ExprBooleanLiteral")).cloned()).flatten()
    };
    let (wanted, known) = (literal(after)?, literal(code)?);
    Some((known.range, if wanted.text.ends_with("True") { "True" } else { "False" }))
}

/// Where a `Field(…)` that has arguments and no default takes one: before its bracket closes.
pub(super) fn place_of_default(value: &Node) -> Option<TextSize> {
    let arguments = field_arguments(value)?;
    let says = |name: &str| value.words.iter().any(|word| word.text.starts_with(name));
    let is_given = says("default=:") || says("default_factory=:");
    let by_keyword = arguments.parts.iter().all(|part| part.key.is_some());
    (by_keyword && !is_given && !arguments.parts.is_empty()).then(|| arguments.inner.end())
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
