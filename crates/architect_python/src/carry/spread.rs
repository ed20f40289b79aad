//! A statement that goes on with names which the code binds in several branches: it follows each of these bindings.
//!
//! The writers build a query once, and add a filter to it. Code may build it once for administrators and once for owners:
//!
//! ```python
//! if user.is_superuser:
//!     statement = select(Item)
//!     items = session.exec(statement).all()
//! else:
//!     statement = select(Item).where(Item.owner_id == user.id)
//!     items = session.exec(statement).all()
//! ```

use ruff_text_size::TextRange;

use super::merge::Merge;
use super::names::Names;
use super::node::{Kind, Node, Role, Word};
use crate::edit::document::indented;

/// A condition, and what it goes on with: each name, and the statement.
struct Continued<'n> {
    condition: TextRange,
    steps: Vec<(&'n Word, &'n Node)>,
}

/// A statement that begins what others go on with, and those behind it.
struct Beginning<'n> {
    statement: &'n Node,
    behind: &'n [Node],
}

impl Beginning<'_> {
    /// Whether the code has it already.
    fn has(&self, new: &Node, step: &Node, names: &Names) -> bool {
        self.behind.iter().any(|known| {
            let only = known.suite().map_or(&[][..], |suite| &suite.parts);
            let condition = new.parts.first().zip(known.parts.first());
            known.tag == new.tag
                && matches!(only, [only] if names.same(step, only))
                && condition.is_some_and(|(new, known)| names.same(new, known))
        })
    }
}

impl Merge<'_, '_> {
    /// Adds a statement behind each place where the code begins what it goes on with; whether there were such places, all
    /// of them in branches.
    pub(super) fn spread(&mut self, new: &Node, code: &Node, names: &Names) -> bool {
        let Some(continued) = continued(new) else { return false };
        let mut places: Vec<(Beginning<'_>, &Node)> = Vec::new();
        for (name, step) in &continued.steps {
            let name = names.translated(name);
            let is_here = code.parts.iter().any(|part| begins(part, name));
            let mut found = Vec::new();
            beginnings(code, name, false, &mut found);
            if is_here || found.is_empty() || found.iter().any(|place| self.margin_of(place.statement).is_none()) {
                return false;
            }
            places.extend(found.into_iter().map(|place| (place, *step)));
        }
        self.need(new);
        for (place, step) in places {
            let Some(margin) = self.margin_of(place.statement).filter(|_| !place.has(new, step, names)) else {
                continue;
            };
            let inner = format!("{margin}{}", self.unit);
            let header = self.after.renamed(continued.condition, new, names);
            let body = self.after.statement(step, names, &inner, self.unit, self.style);
            let text = format!("{}{}", indented(&header, &margin), indented(&body, &inner));
            let at = self.code.document.next_line(place.statement.range.end());
            self.code.document.insert_lines(at, &text);
        }
        true
    }

    /// How far a statement is indented, where it has lines of its own.
    fn margin_of(&self, statement: &Node) -> Option<String> {
        self.code.document.indentation(statement.range.start()).map(str::to_owned)
    }
}

/// `if status is not None:` with statements that go on with what was begun before: `query = query.where(…)`.
fn continued(new: &Node) -> Option<Continued<'_>> {
    let suite = new.suite().filter(|_| new.tag.starts_with("StmtIf") && new.parts.len() == 2)?;
    let steps: Option<Vec<_>> = suite.parts.iter().map(|step| Some((goes_on_with(step)?, step))).collect();
    Some(Continued { condition: new.header?, steps: steps.filter(|steps| !steps.is_empty())? })
}

/// The name that a statement gives a value made of the one it has.
fn goes_on_with(step: &Node) -> Option<&Word> {
    let name = assigned(step)?;
    let is_used = step.words.iter().any(|word| word.role == Role::Name && word.text == name.text);
    is_used.then_some(name)
}

/// The name that an assignment binds.
fn assigned(statement: &Node) -> Option<&Word> {
    let is_assignment = statement.tag.starts_with("StmtAssign") && statement.is_statement();
    let mut bound = statement.words.iter().filter(|word| word.role == Role::Store);
    match (bound.next(), bound.next()) {
        (Some(only), None) if is_assignment => Some(only),
        _ => None,
    }
}

/// Whether a statement gives a name a value that is not made of the one it has.
fn begins(statement: &Node, name: &str) -> bool {
    assigned(statement).is_some_and(|known| &*known.text == name) && goes_on_with(statement).is_none()
}

/// The statements of inner blocks that begin a name; functions and loops have values of their own.
fn beginnings<'n>(node: &'n Node, name: &str, is_inner: bool, found: &mut Vec<Beginning<'n>>) {
    for (at, part) in node.parts.iter().enumerate() {
        let is_apart = part.is_definition() || part.tag.starts_with("StmtFor") || part.tag.starts_with("StmtWhile");
        if is_inner && node.kind == Kind::Suite && begins(part, name) {
            found.push(Beginning { statement: part, behind: &node.parts[at + 1..] });
        } else if !is_apart && (node.kind == Kind::Suite || part.kind == Kind::Suite || part.header.is_some()) {
            beginnings(part, name, is_inner || node.kind != Kind::Suite, found);
        }
    }
}
