//! Follows a value from where it is read to where something is demanded of it.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, Stmt, StmtFunctionDef, UnaryOp, find_node::covering_node};
use ruff_text_size::{Ranged, TextRange};

use super::demand::Demand;
use super::guard::is_guarded;
use crate::resolve::{Frame, Scope};
use crate::style::walk::{each_expr, last_name};
use crate::syntax::File;
use crate::uses::findings::Found;

/// Where something is demanded of a value.
pub(super) struct Place<'a> {
    /// The file.
    pub(super) file: &'a File,
    /// The value there.
    pub(super) range: TextRange,
    /// What is demanded.
    pub(super) demand: Demand<'a>,
    /// Whether the code sees to it first that there is a value.
    pub(super) is_guarded: bool,
}

/// The places that a field, or the local name that holds it, comes to. `on_class`: it is a column in a query, of which
/// only operators of Python are looked at.
pub(super) fn places<'a>(found: &Found<'a>, on_class: bool) -> Vec<Place<'a>> {
    let scope = found.scope;
    let Some(nodes) = nodes(scope.file, found.range) else { return Vec::new() };
    let is_it =
        |node: &AnyNodeRef<'a>| matches!(node, AnyNodeRef::ExprAttribute(one) if one.attr.range() == found.range);
    let Some(at) = nodes.iter().rposition(is_it) else { return Vec::new() };
    let mut follow = Follow { scope, on_class, places: Vec::new() };
    follow.climb(&nodes[..=at], true);
    follow.places
}

/// The nodes around a range, outermost first.
pub(super) fn nodes(file: &File, range: TextRange) -> Option<Vec<AnyNodeRef<'_>>> {
    let stmt = file.body().iter().find(|stmt| stmt.range().contains_range(range))?;
    let mut nodes: Vec<AnyNodeRef<'_>> = covering_node(AnyNodeRef::from(stmt), range).ancestors().collect();
    nodes.reverse();
    Some(nodes)
}

struct Follow<'a> {
    scope: Scope<'a>,
    on_class: bool,
    places: Vec<Place<'a>>,
}

/// What becomes of a value in the node around it.
enum Step<'a> {
    /// It is what the node gives.
    Passes,
    /// The node gives one for each row.
    Each,
    /// It goes no further, or is only looked at.
    Ends,
    /// Something is demanded of it.
    Demands(Demand<'a>),
    /// A local name holds it.
    Bound(&'a str),
}

impl<'a> Follow<'a> {
    /// `nodes` lead to the value, which is the last of them.
    fn climb(&mut self, nodes: &[AnyNodeRef<'a>], names: bool) {
        let mut each = false;
        for at in (1..nodes.len()).rev() {
            let (parent, child) = (nodes[at - 1], nodes[at]);
            let above = nodes.get(at.wrapping_sub(2)).copied();
            match self.step(parent, child, above, each) {
                Step::Passes => {}
                Step::Each => each = true,
                Step::Ends => return,
                Step::Demands(demand) => {
                    let value = nodes[nodes.len() - 1].range();
                    let is_guarded = is_guarded(self.scope.file, &nodes[..at], value);
                    let range = if each { value } else { child.range() };
                    let goes_on = matches!(demand, Demand::Arithmetic(_)) && matches!(parent, AnyNodeRef::ExprBinOp(_));
                    self.places.push(Place { file: self.scope.file, range, demand, is_guarded });
                    // What comes of a calculation is of the type of what it is made of.
                    if !goes_on {
                        return;
                    }
                }
                Step::Bound(name) => {
                    if names {
                        self.local(name, child.range());
                    }
                    return;
                }
            }
        }
    }

    fn step(
        &self,
        parent: AnyNodeRef<'a>,
        child: AnyNodeRef<'a>,
        above: Option<AnyNodeRef<'a>>,
        each: bool,
    ) -> Step<'a> {
        let here = child.range();
        if self.on_class && !matches!(parent, AnyNodeRef::ExprBinOp(_) | AnyNodeRef::ExprCompare(_)) {
            return Step::Ends;
        }
        match parent {
            AnyNodeRef::ExprAttribute(_) => Step::Demands(Demand::Attribute),
            AnyNodeRef::ExprSubscript(_) | AnyNodeRef::ExprStarred(_) => Step::Demands(Demand::Structure),
            AnyNodeRef::ExprBinOp(_)
            | AnyNodeRef::ExprUnaryOp(_)
            | AnyNodeRef::ExprCompare(_)
            | AnyNodeRef::ExprBoolOp(_) => operated(parent, here),
            AnyNodeRef::ExprIf(choice) if choice.test.range() != here => Step::Passes,
            AnyNodeRef::ExprAwait(_) | AnyNodeRef::ExprNamed(_) => Step::Passes,
            AnyNodeRef::ExprGenerator(_) | AnyNodeRef::ExprListComp(_) | AnyNodeRef::ExprSetComp(_) => match child {
                AnyNodeRef::Comprehension(_) => Step::Ends,
                _ => Step::Each,
            },
            AnyNodeRef::Comprehension(part) if part.iter.range() == here => Step::Demands(Demand::Structure),
            AnyNodeRef::ExprLambda(_) => Step::Each,
            AnyNodeRef::ExprCall(call) if call.func.range() == here => Step::Demands(Demand::Structure),
            AnyNodeRef::Arguments(_) => argument(above, each),
            AnyNodeRef::Keyword(keyword) if each => {
                let is_key = keyword.arg.as_ref().is_some_and(|name| name.as_str() == "key");
                if is_key { Step::Demands(Demand::Order(None)) } else { Step::Ends }
            }
            AnyNodeRef::Keyword(_) => Step::Demands(Demand::Taken),
            AnyNodeRef::InterpolatedElement(part) if part.format_spec.is_some() => Step::Demands(Demand::Formatted),
            AnyNodeRef::StmtReturn(_) if !each => self.returned(),
            _ => self.statement(parent, here, each),
        }
    }

    fn statement(&self, parent: AnyNodeRef<'a>, here: TextRange, each: bool) -> Step<'a> {
        match parent {
            AnyNodeRef::StmtAugAssign(_) => Step::Demands(Demand::Arithmetic(None)),
            AnyNodeRef::StmtFor(each) if each.iter.range() == here => Step::Demands(Demand::Structure),
            AnyNodeRef::StmtAnnAssign(assign) if !each && assign.target.range() != here => {
                Step::Demands(Demand::Declared { scope: self.scope, annotation: &assign.annotation })
            }
            AnyNodeRef::StmtAssign(assign) if !each && assign.value.range() == here => {
                match assign.targets.as_slice() {
                    [Expr::Name(name)] => Step::Bound(name.id.as_str()),
                    [Expr::Attribute(_)] => Step::Demands(Demand::Taken),
                    _ => Step::Ends,
                }
            }
            _ => Step::Ends,
        }
    }

    fn returned(&self) -> Step<'a> {
        let mut outer = Scope::module(self.scope.file);
        let mut found = None;
        for frame in self.scope.frames() {
            if let Frame::Function(def) | Frame::Call(def, _) = frame {
                found = Some((outer, def));
            }
            outer = outer.inside(frame);
        }
        let annotation = found.and_then(|(scope, def)| Some((scope, def.returns.as_deref()?)));
        match annotation {
            Some((scope, annotation)) => Step::Demands(Demand::Returned { scope, annotation }),
            None => Step::Ends,
        }
    }

    /// Follows a name that is bound once, from there on.
    fn local(&mut self, name: &'a str, from: TextRange) {
        let Some(function) = self.function() else { return };
        let (mut loads, mut stores) = (Vec::new(), 0);
        each_expr(&function.body, &mut |expr| {
            if let Expr::Name(one) = expr
                && one.id.as_str() == name
            {
                match one.ctx.is_load() {
                    true if one.range.start() > from.end() => loads.push(one.range),
                    true => {}
                    false => stores += 1,
                }
            }
        });
        if stores != 1 {
            return;
        }
        for range in loads {
            if let Some(nodes) = nodes(self.scope.file, range) {
                self.climb(&nodes, false);
            }
        }
    }

    fn function(&self) -> Option<&'a StmtFunctionDef> {
        self.scope.frames().rev().find_map(|frame| match frame {
            Frame::Function(def) | Frame::Call(def, _) => Some(def),
            Frame::Class(_) => None,
        })
    }
}

fn demands(demand: Option<Demand<'_>>) -> Step<'_> {
    demand.map_or(Step::Ends, Step::Demands)
}

/// A value between operators.
fn operated(parent: AnyNodeRef<'_>, here: TextRange) -> Step<'_> {
    match parent {
        AnyNodeRef::ExprBinOp(operation) => {
            let is_left = operation.left.range() == here;
            let other = if is_left { &*operation.right } else { &*operation.left };
            demands(Demand::of_operation(operation.op, other))
        }
        AnyNodeRef::ExprUnaryOp(operation) if operation.op != UnaryOp::Not => Step::Demands(Demand::Arithmetic(None)),
        AnyNodeRef::ExprCompare(compare) => {
            let sides: Vec<&Expr> = std::iter::once(&*compare.left).chain(&compare.comparators).collect();
            let mut pairs = sides.iter().zip(sides.iter().skip(1)).zip(&compare.ops);
            demands(pairs.find_map(|((left, right), operator)| {
                let is_left = left.range() == here;
                let other = if is_left { right } else { left };
                (is_left || right.range() == here).then(|| Demand::of_comparison(*operator, other, !is_left)).flatten()
            }))
        }
        AnyNodeRef::ExprBoolOp(operation) if operation.values.last().is_some_and(|last| last.range() == here) => {
            Step::Passes
        }
        _ => Step::Ends,
    }
}

/// A positional argument.
fn argument<'a>(above: Option<AnyNodeRef<'a>>, each: bool) -> Step<'a> {
    let Some(AnyNodeRef::ExprCall(call)) = above else { return Step::Ends };
    match (strict(call), each) {
        (Some(demand), _) => Step::Demands(demand),
        (None, true) => Step::Ends,
        (None, false) => Step::Demands(Demand::Taken),
    }
}

/// What a function of Python demands of its arguments.
fn strict<'a>(call: &'a ExprCall) -> Option<Demand<'a>> {
    let is_plain = match &*call.func {
        Expr::Name(_) => true,
        Expr::Attribute(attribute) => attribute.value.is_string_literal_expr(),
        _ => false,
    };
    last_name(&call.func).filter(|_| is_plain).and_then(Demand::of_builtin)
}

/// The statements that a node holds, block by block.
pub(super) fn blocks<'a>(node: AnyNodeRef<'a>) -> Vec<&'a [Stmt]> {
    match node {
        AnyNodeRef::StmtFunctionDef(def) => vec![&def.body],
        AnyNodeRef::StmtIf(choice) => vec![&choice.body],
        AnyNodeRef::ElifElseClause(clause) => vec![&clause.body],
        AnyNodeRef::StmtFor(each) => vec![&each.body, &each.orelse],
        AnyNodeRef::StmtWhile(each) => vec![&each.body, &each.orelse],
        AnyNodeRef::StmtWith(with) => vec![&with.body],
        AnyNodeRef::StmtTry(attempt) => vec![&attempt.body, &attempt.orelse, &attempt.finalbody],
        AnyNodeRef::ExceptHandlerExceptHandler(handler) => vec![&handler.body],
        AnyNodeRef::MatchCase(case) => vec![&case.body],
        _ => Vec::new(),
    }
}
