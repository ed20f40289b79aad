//! Lets a revision follow another one.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Refused;
use super::document::{Document, size};
use crate::write::text::string;

/// Puts `new` in place of `old` in `down_revision`, and in the line `Revises:` of the docstring; `None` is `None`.
///
/// # Errors
/// The file does not parse, or `down_revision` is not written out.
pub fn follow(text: &str, old: Option<&str>, new: &str) -> Result<String, Refused> {
    let mut document = Document::parse(text)?;
    let Some(value) = document.body().iter().find_map(down_revision).cloned() else {
        return Err(Refused { reason: "`down_revision` is not assigned here".to_owned(), line: 1 });
    };
    let Some(place) = parent(&value, old) else {
        return Err(document.refuse(value.start(), "`down_revision` does not spell out what it follows"));
    };
    let is_single = document.text[place.start().to_usize()..].starts_with('\'');
    let written = if is_single && !new.contains(['\'', '\\']) { format!("'{new}'") } else { string(new) };
    document.replace(place, written);
    if let Some((place, line)) = revises(&document) {
        let changed = match old {
            Some(old) => line.replacen(old, new, 1),
            None => format!("{} {new}", line.replace("None", "").trim_end()),
        };
        document.replace(place, changed);
    }
    document.finish()
}

/// The value of `down_revision = …`, `down_revision: str | None = …`.
fn down_revision(statement: &Stmt) -> Option<&Expr> {
    let is_it = |target: &Expr| target.as_name_expr().is_some_and(|name| name.id == "down_revision");
    match statement {
        Stmt::Assign(assign) if assign.targets.iter().any(is_it) => Some(&assign.value),
        Stmt::AnnAssign(assign) if is_it(&assign.target) => assign.value.as_deref(),
        _ => None,
    }
}

/// Where a parent is written.
fn parent(value: &Expr, old: Option<&str>) -> Option<TextRange> {
    match (value, old) {
        (Expr::NoneLiteral(none), None) => Some(none.range()),
        (Expr::StringLiteral(literal), Some(old)) => (literal.value.to_str() == old).then(|| literal.range()),
        (Expr::Tuple(tuple), old) => tuple.elts.iter().find_map(|element| parent(element, old)),
        (Expr::List(list), old) => list.elts.iter().find_map(|element| parent(element, old)),
        _ => None,
    }
}

/// The line `Revises: …` of the docstring, with its place.
fn revises(document: &Document<'_>) -> Option<(TextRange, String)> {
    let docstring = match document.body().first()? {
        Stmt::Expr(statement) => statement.value.as_string_literal_expr()?,
        _ => return None,
    };
    let start = docstring.start();
    let source = document.source(docstring);
    let at = source.find("Revises:")?;
    let line = source[at..].lines().next()?;
    let begin = start + size(at);
    Some((TextRange::at(begin, TextSize::of(line)), line.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

    use super::follow;

    #[test]
    fn both_places_change_and_nothing_else() {
        let text = "\"\"\"add\n\nRevision ID: b2\nRevises: a1\n\n\"\"\"\nrevision: str = 'b2'\n\
                    down_revision: str | None = 'a1'  # first\n";
        let expected = text.replace("a1", "c3");
        assert_eq!(follow(text, Some("a1"), "c3").unwrap(), expected);
        let merge = "down_revision = (\"a1\", \"b2\")\n";
        assert_eq!(follow(merge, Some("b2"), "c3").unwrap(), "down_revision = (\"a1\", \"c3\")\n");
        let first = "\"\"\"x\n\nRevises:\n\"\"\"\ndown_revision = None\n";
        assert_eq!(follow(first, None, "c3").unwrap(), "\"\"\"x\n\nRevises: c3\n\"\"\"\ndown_revision = \"c3\"\n");
    }

    #[test]
    fn what_is_not_written_out_is_refused() {
        assert!(follow("down_revision = PARENT\n", Some("a1"), "c3").is_err());
        assert!(follow("x = 1\n", Some("a1"), "c3").is_err());
        assert!(follow("down_revision = (\n", Some("a1"), "c3").is_err());
    }
}
