//! Tests that expect what was the default, or values of the type that was.

use architect_model::{Literal, UseKind};
use ruff_python_ast::{AnyNodeRef, CmpOp, Expr, ExprCompare, Number};
use ruff_text_size::{Ranged, TextRange};

use super::follow::nodes;
use super::{Conflict, Finder, Why, conflict, refusal, types};
use crate::resolve::Resolution;
use crate::style::walk::{each_expr, each_expr_in};
use crate::syntax::File;
use crate::uses::findings::Found;
use crate::uses::layer::is_test;

/// What a test does with the field.
enum Deed<'a> {
    /// It compares it with something.
    Expects(&'a ExprCompare, TextRange),
    /// It gives it this value, as a filter of a list or in a body.
    Gives(&'a Expr, bool),
}

impl<'a> Finder<'_, '_, 'a> {
    /// A place where a test names the field.
    pub(super) fn of_test(&self, found: &Found<'a>, conflicts: &mut Vec<Conflict>) {
        let Some(deed) = deed(found) else { return };
        let shape = self.world.carriers.entity().and_then(|class| self.declared(class));
        let shape = shape.filter(|_| self.becomes.retyped).map(|declared| types::shape(self.world, &declared));
        let (literals, is_expected) = match &deed {
            Deed::Expects(compare, here) => (literals(compare, *here), true),
            Deed::Gives(value, _) => (vec![*value], false),
        };
        for literal in literals {
            let fits = |shape: types::Shape| match is_expected {
                true => shape.is_shown_by(literal),
                false => shape.is_given_by(literal),
            };
            if shape.is_some_and(|shape| !fits(shape)) {
                conflicts.push(conflict(found, literal.range(), Why::Type));
            }
            let counts = matches!(deed, Deed::Expects(..) | Deed::Gives(_, true));
            let default = self.becomes.default.as_ref().filter(|_| counts);
            let is_given = || self.is_given(found, literal);
            if default.is_some_and(|default| says(literal, default)) && !is_given() {
                conflicts.push(conflict(found, literal.range(), Why::Default));
            }
            if self.becomes.untaken && counts && is_given() {
                conflicts.push(conflict(found, literal.range(), Why::Untaken));
            }
        }
        match deed {
            // What is looked up before it is taken is refused no more.
            Deed::Gives(value, false) if self.becomes.untaken && !value.is_literal_expr() && self.refuses(found) => {
                conflicts.push(conflict(found, value.range(), Why::Untaken));
            }
            Deed::Gives(value, false) => {
                conflicts.extend(self.beyond(found, value).map(|why| conflict(found, value.range(), why)));
            }
            Deed::Gives(value, true) if self.becomes.unfiltered => {
                conflicts.push(conflict(found, value.range(), Why::Unfiltered));
            }
            _ => {}
        }
    }

    /// Whether the test around a place expects a refusal of what does not exist, or is not the caller's.
    fn refuses(&self, found: &Found<'a>) -> bool {
        let file = found.scope.file;
        let test = file.body().iter().find(|stmt| stmt.range().contains_range(found.range));
        let mut refuses = false;
        each_expr(test.map(std::slice::from_ref).unwrap_or_default(), &mut |expr| {
            refuses |= match expr {
                Expr::NumberLiteral(_) => matches!(file.text(expr.range()), "403" | "404"),
                Expr::Attribute(member) => ["HTTP_403_", "HTTP_404_"].iter().any(|code| member.attr.starts_with(code)),
                _ => false,
            };
        });
        refuses
    }

    /// What does not go with other bounds of a value that is given.
    fn beyond(&self, found: &Found<'a>, value: &Expr) -> Option<Why> {
        let (old, new) = self.becomes.bounds.as_ref()?;
        let is_refused = refusal(found.scope.file, value.range());
        match (old.takes(value)?, new.takes(value)?) {
            (false, true) if is_refused => Some(Why::Within),
            (true, false) if !is_refused => Some(Why::Outside),
            _ => None,
        }
    }

    /// Whether the test, or what it uses, gives this very value itself.
    fn is_given(&self, found: &Found<'a>, literal: &Expr) -> bool {
        let within = self.within(found);
        self.findings.uses.iter().filter(|one| one.range != found.range).any(|one| {
            let is_near = within
                .iter()
                .any(|(file, range)| std::ptr::eq(*file, one.scope.file) && range.contains_range(one.range));
            is_near
                && matches!(deed(one), Some(Deed::Gives(value, false))
                    if value.range() != literal.range() && is_alike((one.scope.file, value), (found.scope.file, literal)))
        })
    }

    /// The statement around a place at the top of its file, and what that uses of the tests: constants, fixtures.
    fn within(&self, found: &Found<'a>) -> Vec<(&'a File, TextRange)> {
        let file = found.scope.file;
        let stmt = file.body().iter().find(|stmt| stmt.range().contains_range(found.range));
        let mut known: Vec<(&'a File, TextRange)> = stmt.map(|stmt| (file, stmt.range())).into_iter().collect();
        let mut next = 0;
        while let Some((file, range)) = known.get(next).copied() {
            next += 1;
            for name in names(file, range) {
                let member = self.world.index.module_member(file, name);
                let found = match member {
                    Some(Resolution::Function(function)) => Some((function.file(), function.def.range)),
                    Some(Resolution::Variable(variable)) => {
                        variable.value.map(|value| (variable.scope.file, value.range()))
                    }
                    _ => self.world.fixture(file, name).map(|fixture| (fixture.file(), fixture.def.range)),
                };
                let is_new = |one: &(&'a File, TextRange)| {
                    is_test(&one.0.path) && !known.iter().any(|known| std::ptr::eq(known.0, one.0) && known.1 == one.1)
                };
                known.extend(found.filter(is_new));
            }
        }
        known
    }
}

/// The names and parameters in a range of a file.
fn names(file: &File, range: TextRange) -> Vec<&str> {
    let mut found = Vec::new();
    let around = file.body().iter().filter(|stmt| stmt.range().intersect(range).is_some());
    for stmt in around {
        each_expr(std::slice::from_ref(stmt), &mut |expr| {
            if let Expr::Name(name) = expr {
                found.extend(range.contains_range(name.range).then_some(name.id.as_str()));
            }
        });
        if let Some(def) = stmt.as_function_def_stmt().filter(|def| range.contains_range(def.range)) {
            found.extend(def.parameters.iter_non_variadic_params().map(|one| one.name().as_str()));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What a test does with the field at a place.
fn deed<'a>(found: &Found<'a>) -> Option<Deed<'a>> {
    let nodes = nodes(found.scope.file, found.range)?;
    if found.kind == UseKind::Keyword {
        return nodes.iter().rev().find_map(|node| match node {
            AnyNodeRef::Keyword(keyword) => Some(Deed::Gives(&keyword.value, false)),
            _ => None,
        });
    }
    let mut value = found.range;
    for node in nodes.iter().rev() {
        match node {
            AnyNodeRef::ExprDict(dict) => {
                let item = dict
                    .items
                    .iter()
                    .find(|item| item.key.as_ref().is_some_and(|key| key.range().contains_range(found.range)))?;
                return Some(Deed::Gives(&item.value, is_filter(&nodes)));
            }
            AnyNodeRef::ExprCompare(compare) => {
                let is_alike =
                    compare.ops.iter().all(|one| matches!(one, CmpOp::Eq | CmpOp::NotEq | CmpOp::Is | CmpOp::IsNot));
                return is_alike.then_some(Deed::Expects(compare, value));
            }
            AnyNodeRef::StmtExpr(_) | AnyNodeRef::StmtFunctionDef(_) => return None,
            node => value = node.range(),
        }
    }
    None
}

/// Whether a dictionary is the query of a request.
fn is_filter(nodes: &[AnyNodeRef<'_>]) -> bool {
    nodes.iter().any(|node| match node {
        AnyNodeRef::Keyword(keyword) => keyword.arg.as_ref().is_some_and(|name| name.as_str() == "params"),
        _ => false,
    })
}

/// The literals on the other sides of a comparison.
fn literals(compare: &ExprCompare, here: TextRange) -> Vec<&Expr> {
    let mut found = Vec::new();
    for side in std::iter::once(&*compare.left).chain(&compare.comparators) {
        if !side.range().contains_range(here) {
            each_expr_in(side, &mut |part| {
                let is_value = part.is_literal_expr() || part.is_attribute_expr();
                found.extend(is_value.then_some(part));
            });
        }
    }
    found
}

/// Whether two expressions are one value.
fn is_alike((file, one): (&File, &Expr), (other_file, other): (&File, &Expr)) -> bool {
    match (one, other) {
        (Expr::StringLiteral(one), Expr::StringLiteral(other)) => one.value.to_str() == other.value.to_str(),
        // A member of an enumeration, and what is sent of it.
        (Expr::Attribute(member), Expr::StringLiteral(text)) | (Expr::StringLiteral(text), Expr::Attribute(member)) => {
            says(&Expr::Attribute(member.clone()), &Literal::Text(text.value.to_str().to_owned()))
        }
        _ => file.text(one.range()) == other_file.text(other.range()),
    }
}

/// Whether an expression is a value.
fn says(expr: &Expr, value: &Literal) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "_");
    match (expr, value) {
        (Expr::NoneLiteral(_), Literal::Null) => true,
        (Expr::BooleanLiteral(literal), Literal::Boolean(value)) => literal.value == *value,
        (Expr::StringLiteral(literal), Literal::Text(value)) => literal.value.to_str() == value,
        (Expr::Attribute(member), Literal::Text(value)) => plain(member.attr.as_str()) == plain(value),
        (Expr::NumberLiteral(literal), Literal::Integer(value)) => match &literal.value {
            Number::Int(number) => number.as_i64() == Some(*value),
            Number::Float(number) => number.to_string() == value.to_string(),
            Number::Complex { .. } => false,
        },
        (Expr::NumberLiteral(literal), Literal::Number { number }) => match &literal.value {
            Number::Float(known) => number.parse() == Ok(*known),
            Number::Int(known) => known.to_string() == *number,
            Number::Complex { .. } => false,
        },
        (Expr::StringLiteral(literal), Literal::Number { number }) => {
            let parsed = |text: &str| text.parse::<f64>().ok();
            parsed(literal.value.to_str()).is_some_and(|known| Some(known) == parsed(number))
        }
        (Expr::StringLiteral(literal), Literal::Integer(value)) => {
            literal.value.to_str().parse::<f64>().is_ok_and(|known| known.to_string() == value.to_string())
        }
        _ => false,
    }
}
