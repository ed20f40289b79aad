//! Where a new import statement goes: the block of its section, in sorted place.

use std::cmp::Ordering;

use architect_model::FormatStyle;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::document::{Document, indented};
use super::import::{NewImport, module_of, section_of};
use crate::write::import_order::{Section, compare_members, compare_modules};

/// What orders an import statement among others.
struct Key {
    section: Section,
    /// `from` imports stand behind `import` statements.
    is_from: bool,
    module: String,
    /// The first name, by which statements of one module are sorted.
    member: String,
}

impl Key {
    fn of(stmt: &Stmt, style: &FormatStyle) -> Option<Self> {
        let (is_from, module, member) = match stmt {
            Stmt::Import(stmt) => (false, stmt.names.first()?.name.to_string(), String::new()),
            Stmt::ImportFrom(stmt) => (true, module_of(stmt), stmt.names.first()?.name.to_string()),
            _ => return None,
        };
        Some(Self { section: section_of(&module, style), is_from, module, member })
    }

    fn compare(&self, other: &Self) -> Ordering {
        let by_kind = self.section.cmp(&other.section).then(self.is_from.cmp(&other.is_from));
        let by_module = by_kind.then_with(|| compare_modules(&self.module, &other.module));
        by_module.then_with(|| compare_members(&self.member, &other.member))
    }
}

/// Plans to add `new` as a statement of its own among those of `body`.
pub(super) fn place(document: &mut Document<'_>, body: &[Stmt], new: &NewImport, style: &FormatStyle) {
    let margin = body.first().map_or("", |stmt| document.indentation_of_line(stmt.start())).to_owned();
    let width = usize::from(style.line_length).saturating_sub(margin.len());
    let statement = indented(&new.statement(width, usize::from(style.indent)), &margin);
    let (module, member) = (new.module.clone(), new.name.clone().unwrap_or_default());
    let key = Key { section: section_of(&module, style), is_from: new.name.is_some(), module, member };
    let imports: Vec<(&Stmt, Key)> = leading(body)
        .iter()
        .filter_map(|stmt| Some((stmt, Key::of(stmt, style)?)))
        .filter(|(stmt, _)| starts_line(document, stmt))
        .collect();
    let Some((first, _)) = imports.first() else {
        without_imports(document, body, &statement);
        return;
    };
    let own = imports.iter().filter(|(_, known)| known.section == key.section);
    let (before, after): (Vec<_>, Vec<_>) = own.partition(|(_, known)| known.compare(&key) != Ordering::Greater);
    match (before.last(), after.first()) {
        (Some((stmt, _)), _) => document.insert_lines(document.next_line(stmt.end()), &statement),
        (None, Some((stmt, _))) => document.insert_lines(document.with_comments_above(stmt.start()), &statement),
        (None, None) => match imports.iter().rfind(|(_, known)| known.section < key.section) {
            Some((stmt, _)) => own_block(document, document.next_line(stmt.end()), &statement),
            None => document.insert_lines(document.with_comments_above(first.start()), &format!("{statement}\n")),
        },
    }
}

/// A block of its own behind another one.
fn own_block(document: &mut Document<'_>, at: TextSize, statement: &str) {
    let gap = if is_followed_by_code(document, at) { "\n" } else { "" };
    document.insert_lines(at, &format!("\n{statement}{gap}"));
}

fn is_followed_by_code(document: &Document<'_>, at: TextSize) -> bool {
    document.line_at(at).is_some_and(|line| !line.trim().is_empty())
}

fn starts_line(document: &Document<'_>, stmt: &Stmt) -> bool {
    document.indentation(stmt.start()).is_some()
}

/// The statements up to the first class or function, where imports are.
fn leading(body: &[Stmt]) -> &[Stmt] {
    let is_import = |stmt: &Stmt| matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_));
    let end = body.iter().position(|stmt| matches!(stmt, Stmt::ClassDef(_) | Stmt::FunctionDef(_)));
    let head = &body[..end.unwrap_or(body.len())];
    if head.iter().any(is_import) { head } else { body }
}

/// The first import of a file: behind its docstring, else before its first statement, else at its end.
fn without_imports(document: &mut Document<'_>, body: &[Stmt], statement: &str) {
    match body {
        [] => document.insert_lines(super::document::size(document.text.len()), statement),
        [doc, ..] if is_docstring(doc) => own_block(document, document.next_line(doc.end()), statement),
        [first, ..] => {
            let gap = if matches!(first, Stmt::ClassDef(_) | Stmt::FunctionDef(_)) { "\n\n" } else { "\n" };
            document.insert_lines(document.with_comments_above(first.start()), &format!("{statement}{gap}"));
        }
    }
}

fn is_docstring(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Expr(stmt) if stmt.value.is_string_literal_expr())
}

/// Whether an expression is `TYPE_CHECKING` or `typing.TYPE_CHECKING`.
pub(super) fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}
