//! Code that sees to it first that there is a value: `if item.due is not None: …`.

use ruff_python_ast::{AnyNodeRef, BoolOp, CmpOp, Expr, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::follow::blocks;
use crate::syntax::File;

/// Whether the code around a place, `nodes` from the outermost, has made sure that the value in `range` is there.
pub(super) fn is_guarded(file: &File, nodes: &[AnyNodeRef<'_>], range: TextRange) -> bool {
    let guard = Guard { file, value: words(file.text(range)) };
    nodes.iter().rev().any(|node| guard.by(*node, range))
}

fn words(text: &str) -> String {
    text.split_whitespace().collect()
}

struct Guard<'g> {
    file: &'g File,
    /// The value as it is written.
    value: String,
}

impl Guard<'_> {
    fn by(&self, node: AnyNodeRef<'_>, range: TextRange) -> bool {
        let inside = |part: TextRange| part.contains_range(range);
        let by_node = match node {
            AnyNodeRef::StmtIf(choice) => {
                let in_body = choice.body.iter().any(|stmt| inside(stmt.range()));
                let later = choice.elif_else_clauses.iter().any(|clause| inside(clause.range));
                in_body && self.is_there(&choice.test) || later && self.is_there_unless(&choice.test)
            }
            AnyNodeRef::ElifElseClause(clause) => {
                let in_body = clause.body.iter().any(|stmt| inside(stmt.range()));
                in_body && clause.test.as_ref().is_some_and(|test| self.is_there(test))
            }
            AnyNodeRef::StmtWhile(each) => !inside(each.test.range()) && self.is_there(&each.test),
            AnyNodeRef::ExprIf(choice) => {
                inside(choice.body.range()) && self.is_there(&choice.test)
                    || inside(choice.orelse.range()) && self.is_there_unless(&choice.test)
            }
            AnyNodeRef::ExprBoolOp(operation) => {
                let mut before = operation.values.iter().take_while(|value| !inside(value.range()));
                match operation.op {
                    BoolOp::And => before.any(|value| self.is_there(value)),
                    BoolOp::Or => before.any(|value| self.is_there_unless(value)),
                }
            }
            AnyNodeRef::ExprListComp(list) => self.by_comprehension(&list.generators),
            AnyNodeRef::ExprSetComp(set) => self.by_comprehension(&set.generators),
            AnyNodeRef::ExprGenerator(generator) => self.by_comprehension(&generator.generators),
            AnyNodeRef::ExprDictComp(dict) => self.by_comprehension(&dict.generators),
            _ => false,
        };
        let block = blocks(node).into_iter().find(|block| block.iter().any(|stmt| inside(stmt.range())));
        let mut before = block.into_iter().flatten().take_while(|stmt| !inside(stmt.range()));
        by_node || before.any(|stmt| self.leaves_it_there(stmt))
    }

    fn by_comprehension(&self, generators: &[ruff_python_ast::Comprehension]) -> bool {
        generators.iter().flat_map(|generator| &generator.ifs).any(|test| self.is_there(test))
    }

    /// Whether the value is there once a statement has run.
    fn leaves_it_there(&self, stmt: &Stmt) -> bool {
        match stmt {
            Stmt::If(choice) => {
                let leaves = matches!(
                    choice.body.last(),
                    Some(Stmt::Return(_) | Stmt::Raise(_) | Stmt::Continue(_) | Stmt::Break(_))
                );
                leaves && self.is_there_unless(&choice.test)
            }
            Stmt::Assert(assert) => self.is_there(&assert.test),
            Stmt::Assign(assign) => {
                let is_value = match &*assign.value {
                    Expr::BoolOp(operation) => operation.op == BoolOp::Or,
                    Expr::BinOp(_) => true,
                    value => value.is_literal_expr() && !value.is_none_literal_expr(),
                };
                is_value && assign.targets.iter().any(|target| self.is_it(target))
            }
            _ => false,
        }
    }

    fn is_it(&self, expr: &Expr) -> bool {
        words(self.file.text(expr)) == self.value
    }

    /// Whether the value is there if a test holds.
    fn is_there(&self, test: &Expr) -> bool {
        match test {
            Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
                ([CmpOp::IsNot | CmpOp::NotEq], [Expr::NoneLiteral(_)]) => self.is_it(&compare.left),
                _ => false,
            },
            Expr::BoolOp(operation) if operation.op == BoolOp::And => {
                operation.values.iter().any(|value| self.is_there(value))
            }
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => self.is_there_unless(&operation.operand),
            Expr::Call(call) if call.func.as_name_expr().is_some_and(|name| name.id == "isinstance") => {
                call.arguments.args.first().is_some_and(|first| self.is_it(first))
            }
            other => self.is_it(other),
        }
    }

    /// Whether the value is there if a test does not hold.
    fn is_there_unless(&self, test: &Expr) -> bool {
        match test {
            Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
                ([CmpOp::Is | CmpOp::Eq], [Expr::NoneLiteral(_)]) => self.is_it(&compare.left),
                _ => false,
            },
            Expr::BoolOp(operation) if operation.op == BoolOp::Or => {
                operation.values.iter().any(|value| self.is_there_unless(value))
            }
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => self.is_there(&operation.operand),
            _ => false,
        }
    }
}
