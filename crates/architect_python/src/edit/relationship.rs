//! Says of a relationship by which key it joins.

use architect_model::FormatStyle;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{DictItem, Expr, ExprCall, Keyword, Stmt, StmtClassDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Refused;
use super::document::Document;
use super::listing::Listing;
use crate::carry::{relaid, without_import};

/// Gives the relationship `attribute` of a class its `foreign_keys`, unless it says by itself how it joins: `key` is class
/// and attribute, `Item.owner_id`. SQLModel hands it to SQLAlchemy in `sa_relationship_kwargs`.
pub fn join_by(
    text: &str,
    (class, attribute): (&str, &str),
    key: &str,
    style: &FormatStyle,
) -> Result<String, Refused> {
    let mut document = Document::parse(text)?;
    let found = document.body().iter().find_map(|stmt| match stmt {
        Stmt::ClassDef(stmt) if stmt.name.as_str() == class => Some(stmt),
        _ => None,
    });
    let Some((range, call)) = found.and_then(|class| declared(class, attribute)) else {
        return Err(document.refuse(TextSize::new(0), format!("`{class}.{attribute}` is not declared by a call here")));
    };
    let says = |keyword: &Keyword| {
        keyword.arg.as_ref().is_some_and(|name| matches!(name.as_str(), "foreign_keys" | "primaryjoin"))
    };
    if call.arguments.keywords.iter().any(says) {
        return Ok(text.to_owned());
    }
    if name(&call.func) == Some("Relationship") {
        let further = call.arguments.find_keyword("sa_relationship_kwargs").map(|keyword| &keyword.value);
        match further {
            None => argument(&mut document, &call, &format!("sa_relationship_kwargs={{\"foreign_keys\": \"{key}\"}}")),
            Some(Expr::Dict(entries)) if entries.items.iter().filter_map(|item| item.key.as_ref()).any(names_keys) => {
                return Ok(text.to_owned());
            }
            Some(Expr::Dict(entries)) => {
                let start = |item: &DictItem| item.key.as_ref().map_or(item.value.start(), Ranged::start);
                let nodes: Vec<TextRange> =
                    entries.items.iter().map(|item| TextRange::new(start(item), item.value.end())).collect();
                put(&mut document, entries.range(), &nodes, &format!("\"foreign_keys\": \"{key}\""));
            }
            Some(other) => {
                return Err(document.refuse(other.start(), "`sa_relationship_kwargs` is no dictionary here".to_owned()));
            }
        }
    } else {
        argument(&mut document, &call, &format!("foreign_keys=\"{key}\""));
    }
    let margin = document.indentation_of_line(range.start()).to_owned();
    document.relay(&[range], |document, edited, place| {
        document.native(&relaid(document.source(place), edited, &margin, style))
    });
    document.finish()
}

/// Takes the relationship `attribute` out of a class that still has it, with the imports that only it needed.
///
/// # Errors
/// It is declared otherwise than by a call of its own.
pub fn part(text: &str, (class, attribute): (&str, &str), style: &FormatStyle) -> Result<String, Refused> {
    let mut document = Document::parse(text)?;
    let found = document.body().iter().find_map(|stmt| match stmt {
        Stmt::ClassDef(stmt) if stmt.name.as_str() == class => Some(stmt),
        _ => None,
    });
    let has = |class: &&StmtClassDef| class.body.iter().any(|stmt| assigned(stmt, attribute).is_some());
    let Some(class) = found.filter(has) else { return Ok(text.to_owned()) };
    let Some((range, _)) = declared(class, attribute) else {
        return Err(document.refuse(class.start(), format!("`{attribute}` is not declared by a call here")));
    };
    let words: Vec<String> = document
        .source(range)
        .split(|char: char| !char.is_alphanumeric() && char != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let lines = TextRange::new(document.line_start(range.start()), document.next_line(range.end()));
    document.replace(lines, "");
    let mut text = document.finish()?;
    for word in words {
        text = without_import(&text, &word, style).unwrap_or(text);
    }
    Ok(text)
}

/// The places in a file where an attribute of that name is asked for, and not called: offset and length.
pub fn reaches(text: &str, attribute: &str) -> Vec<(usize, usize)> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let mut found = Reaches { attribute, places: Vec::new() };
    document.body().iter().for_each(|stmt| found.visit_stmt(stmt));
    found.places.iter().map(|range| (range.start().to_usize(), range.len().to_usize())).collect()
}

struct Reaches<'a> {
    attribute: &'a str,
    places: Vec<TextRange>,
}

impl<'a> Visitor<'a> for Reaches<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                if let Expr::Attribute(function) = &*call.func {
                    self.visit_expr(&function.value);
                } else {
                    self.visit_expr(&call.func);
                }
                call.arguments.iter_source_order().for_each(|argument| self.visit_expr(argument.value()));
                return;
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == self.attribute => {
                self.places.push(attribute.range());
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

fn names_keys(name: &Expr) -> bool {
    matches!(name, Expr::StringLiteral(text) if matches!(text.value.to_str(), "foreign_keys" | "primaryjoin"))
}

/// The call that declares an attribute of a class.
fn declared(class: &StmtClassDef, attribute: &str) -> Option<(TextRange, ExprCall)> {
    class.body.iter().find_map(|stmt| {
        let value = assigned(stmt, attribute)??;
        Some((stmt.range(), value.as_call_expr()?.clone()))
    })
}

/// What a statement assigns to a name, if it declares that.
fn assigned<'a>(stmt: &'a Stmt, name: &str) -> Option<Option<&'a Expr>> {
    let is_it = |target: &Expr| matches!(target, Expr::Name(found) if found.id == name);
    match stmt {
        Stmt::Assign(stmt) if stmt.targets.iter().any(is_it) => Some(Some(&*stmt.value)),
        Stmt::AnnAssign(stmt) if is_it(&stmt.target) => Some(stmt.value.as_deref()),
        _ => None,
    }
}

fn name(function: &Expr) -> Option<&str> {
    match function {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// One more keyword at the end of a call.
fn argument(document: &mut Document<'_>, call: &ExprCall, text: &str) {
    let nodes: Vec<TextRange> = call.arguments.iter_source_order().map(|argument| argument.range()).collect();
    put(document, call.arguments.range(), &nodes, text);
}

/// One more element between brackets.
fn put(document: &mut Document<'_>, brackets: TextRange, nodes: &[TextRange], element: &str) {
    let one = TextSize::new(1);
    let inner = TextRange::new(brackets.start() + one, brackets.end() - one);
    Listing::new(document, inner, true, nodes).insert(document, nodes.len(), element, "    ");
}
