//! Adds an attribute or method to a class.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Refused;
use super::definition::defined;
use super::document::{Document, indented};

/// What is added to a class, as source text without indentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member<'a> {
    /// Goes behind the last attribute.
    Attribute(&'a str),
    /// Goes to the end, an empty line before it.
    Method(&'a str),
}

/// Adds a member to the class `class`, unless it has one of that name. `unit` is one level of indentation, for bodies
/// that show none.
pub fn add_member(text: &str, class: &str, member: Member<'_>, unit: &str) -> Result<String, Refused> {
    let mut document = Document::parse(text)?;
    let found = document.body().iter().find_map(|stmt| match stmt {
        Stmt::ClassDef(stmt) if stmt.name.as_str() == class => Some(stmt.clone()),
        _ => None,
    });
    let Some(found) = found else {
        return Err(document.refuse(TextSize::new(0), format!("there is no class `{class}` in this file")));
    };
    let source = match member {
        Member::Attribute(source) | Member::Method(source) => source.trim_matches(['\r', '\n']),
    };
    let new = Document::parse(source).map_err(|refused| Refused { line: 1, ..refused })?;
    let wanted: Vec<&str> = new.body().iter().filter_map(bound).collect();
    if found.body.iter().filter_map(bound).any(|name| wanted.contains(&name)) {
        return Ok(text.to_owned());
    }
    insert(&mut document, &found, member, source, unit);
    document.finish()
}

fn insert(document: &mut Document<'_>, class: &StmtClassDef, member: Member<'_>, source: &str, unit: &str) {
    let Some(first) = class.body.first() else { return };
    let margin = match document.indentation(first.start()) {
        Some(margin) => margin.to_owned(),
        None => return open_up(document, class, first, source, unit),
    };
    let lines = indented(source, &margin);
    if let [only] = &class.body[..]
        && is_placeholder(only)
    {
        let text = document.native(lines.trim_end().trim_start());
        return document.replace(only.range(), text);
    }
    let is_attribute = |stmt: &&Stmt| matches!(stmt, Stmt::Assign(_) | Stmt::AnnAssign(_));
    let last = class.body.last().unwrap_or(first);
    let methods = class.body.iter().position(|stmt| matches!(stmt, Stmt::FunctionDef(_))).unwrap_or(class.body.len());
    match (member, class.body[..methods].iter().rfind(is_attribute)) {
        (Member::Method(_), _) => {
            let gap = if is_placeholder(last) { "" } else { "\n" };
            document.insert_lines(document.next_line(last.end()), &format!("{gap}{lines}"));
        }
        (Member::Attribute(_), Some(attribute)) => document.insert_lines(document.next_line(attribute.end()), &lines),
        (Member::Attribute(_), None) => match first {
            Stmt::Expr(doc) if doc.value.is_string_literal_expr() => {
                let at = document.next_line(doc.end());
                document.insert_lines(at, &format!("\n{lines}"));
            }
            _ => document.insert_lines(document.with_comments_above(first.start()), &format!("{lines}\n")),
        },
    }
}

/// `class A(B): ...` becomes a class with a body of its own.
fn open_up(document: &mut Document<'_>, class: &StmtClassDef, first: &Stmt, source: &str, unit: &str) {
    let margin = format!("{}{unit}", document.indentation_of_line(class.start()));
    let last = class.body.last().unwrap_or(first);
    let tokens = document.tokens().in_range(TextRange::new(class.name.end(), first.start()));
    let colon = tokens.iter().rfind(|token| token.kind() == TokenKind::Colon).map_or(first.start(), Ranged::end);
    let kept = TextRange::new(first.start(), last.end());
    let is_empty = class.body.iter().all(is_placeholder);
    let body = if is_empty { String::new() } else { format!("{margin}{}\n", document.source(kept)) };
    let text = format!("\n{body}{}", indented(source, &margin));
    let text = document.native(text.trim_end());
    document.replace(TextRange::new(colon, last.end()), text);
}

fn is_placeholder(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Pass(_) => true,
        Stmt::Expr(stmt) => matches!(&*stmt.value, Expr::EllipsisLiteral(_)),
        _ => false,
    }
}

/// The name that a statement of a class body binds.
fn bound(stmt: &Stmt) -> Option<&str> {
    match stmt {
        Stmt::AnnAssign(stmt) => named(&stmt.target),
        Stmt::Assign(stmt) => stmt.targets.first().and_then(named),
        stmt => defined(stmt),
    }
}

fn named(target: &Expr) -> Option<&str> {
    match target {
        Expr::Name(name) => Some(name.id.as_str()),
        _ => None,
    }
}
