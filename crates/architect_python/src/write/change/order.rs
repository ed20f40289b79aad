//! The order of fields in tables that are dataclasses.

use ruff_python_ast::{Expr, Stmt, StmtAnnAssign, StmtClassDef};
use ruff_text_size::Ranged;

use crate::syntax::Tree;

/// The text after a change with the fields in an order that Python takes: one that came to have a default stands behind
/// those that have none.
///
/// ```python
/// class Kind(Base):                                            # a `MappedAsDataclass`
///     name: Mapped[str | None] = mapped_column(default=None)
///     code: Mapped[str]      # TypeError: non-default argument 'code' follows default argument 'name'
/// ```
///
/// [dataclasses](https://docs.python.org/3/library/dataclasses.html#module-contents) raise it as the class is made.
pub(super) fn in_dataclass_order(before: &str, after: String) -> String {
    let known = Tree::of(before).parsed;
    let was_in_order = |name: &str| {
        let mut classes = known.syntax().body.iter().filter_map(Stmt::as_class_def_stmt);
        classes.find(|class| class.name.as_str() == name).is_none_or(|class| misplaced(class).is_none())
    };
    let mut text = after;
    // Each round moves one field; none comes before a field that it was moved behind.
    for _ in 0..text.lines().count() {
        let parsed = Tree::of(&text).parsed;
        let mut classes = parsed.syntax().body.iter().filter_map(Stmt::as_class_def_stmt);
        let found = classes.find_map(|class| misplaced(class).filter(|_| was_in_order(class.name.as_str())));
        let Some((field, last)) = found else { break };
        let start = text[..field.start().to_usize()].rfind('\n').map_or(0, |newline| newline + 1);
        let behind = |end: usize| text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1);
        let (end, place) = (behind(field.end().to_usize()), behind(last.end().to_usize()));
        if !text[start..field.start().to_usize()].trim().is_empty() || place < end {
            break;
        }
        let gap = if text[end..place].ends_with('\n') { "" } else { "\n" };
        text = format!("{}{}{gap}{}{}", &text[..start], &text[end..place], &text[start..end], &text[place..]);
    }
    text
}

/// The first field with a default that stands before one without, and the last such one.
fn misplaced(class: &StmtClassDef) -> Option<(&StmtAnnAssign, &StmtAnnAssign)> {
    let by_keyword = class.arguments.as_ref().is_some_and(|all| all.find_keyword("kw_only").is_some());
    let fields: Vec<(&StmtAnnAssign, bool)> =
        class.body.iter().filter_map(Stmt::as_ann_assign_stmt).filter_map(|one| Some((one, default(one)?))).collect();
    let last = fields.iter().rposition(|(_, has_default)| !has_default)?;
    let first = fields[..last].iter().find(|(_, has_default)| *has_default).filter(|_| !by_keyword)?;
    Some((first.0, fields[last].0))
}

/// Whether a field has a default; none where `__init__` does not take it in turn.
fn default(field: &StmtAnnAssign) -> Option<bool> {
    let Expr::Name(wrapper) = (match &*field.annotation {
        Expr::Subscript(subscript) => &*subscript.value,
        other => other,
    }) else {
        return None;
    };
    if wrapper.id.as_str() != "Mapped" {
        return None;
    }
    match field.value.as_deref() {
        None => Some(false),
        Some(Expr::Call(call)) => {
            let given = |name: &str| call.arguments.find_keyword(name);
            let is = |name: &str, value: bool| {
                given(name).is_some_and(
                    |found| matches!(&found.value, Expr::BooleanLiteral(literal) if literal.value == value),
                )
            };
            let in_turn = !is("init", false) && !is("kw_only", true);
            in_turn.then(|| given("default").is_some() || given("default_factory").is_some())
        }
        Some(_) => Some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "class A(Base):\n    id: Mapped[int] = mapped_column(init=False)\n    name: Mapped[str] = mapped_column(String(9))\n    code: Mapped[str]  # short\n    note: Mapped[str | None] = mapped_column(default=None)\n";

    #[test]
    fn a_field_that_came_to_have_a_default_moves_behind_those_that_have_none() {
        let after = BEFORE.replace("String(9)", "\n        String(9), default=None\n    ");
        let moved = in_dataclass_order(BEFORE, after);
        let (code, name, note) = (moved.find("    code:"), moved.find("    name:"), moved.find("    note:"));
        assert!(code < name && name < note, "{moved}");
        assert!(moved.contains("    code: Mapped[str]  # short\n    name: Mapped[str] = mapped_column(\n"), "{moved}");
        assert_eq!(in_dataclass_order(BEFORE, moved.clone()), moved);
    }

    #[test]
    fn what_was_not_in_order_before_is_left_alone() {
        let odd = "class A(Base):\n    a: Mapped[int] = mapped_column(default=1)\n    b: Mapped[int]";
        let more = format!("{odd}\n    c: Mapped[int]\n");
        assert_eq!(in_dataclass_order(odd, more.clone()), more);
        let added = format!("{BEFORE}    size: Mapped[int]");
        let moved = in_dataclass_order(BEFORE, added);
        assert!(
            moved.ends_with("    size: Mapped[int]\n    note: Mapped[str | None] = mapped_column(default=None)\n"),
            "{moved}"
        );
    }
}
