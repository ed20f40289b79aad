//! Builds the plain tree from the syntax tree.

use std::rc::Rc;

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal, walk_node};
use ruff_python_ast::{AnyNodeRef, Expr, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::node::{Kind, Node, Role, Word, mark};

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Module,
    Class,
    Function,
}

/// Builds nodes from one text.
pub(super) struct Builder<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
}

/// A child as the syntax tree gives it.
enum Child<'a> {
    Node(AnyNodeRef<'a>),
    Suite(&'a [Stmt]),
}

/// Collects the children of a node, not theirs.
struct Children<'a> {
    entered: bool,
    found: Vec<Child<'a>>,
}

impl<'a> SourceOrderVisitor<'a> for Children<'a> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        if self.entered {
            self.found.push(Child::Node(node));
            return TraversalSignal::Skip;
        }
        self.entered = true;
        TraversalSignal::Traverse
    }

    fn visit_body(&mut self, body: &'a [Stmt]) {
        if !body.is_empty() {
            self.found.push(Child::Suite(body));
        }
    }
}

impl<'t> Builder<'t> {
    /// The source of a range.
    pub(super) fn source(&self, range: TextRange) -> &'t str {
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }

    /// The tokens that lie within a range.
    pub(super) fn tokens_in(&self, range: TextRange) -> &'t [Token] {
        let start = self.tokens.partition_point(|token| token.start() < range.start());
        let end = self.tokens.partition_point(|token| token.end() <= range.end());
        self.tokens.get(start..end).unwrap_or_default()
    }

    pub(super) fn word(&self, range: TextRange, role: Role) -> Word {
        Word { text: self.source(range).into(), role, range }
    }

    /// A range with the brackets around it, as far as they lie within `limit`.
    pub(super) fn outer(&self, range: TextRange, limit: TextRange) -> TextRange {
        let is_layout = |token: &&Token| !token.kind().is_trivia();
        let start = self.tokens.partition_point(|token| token.start() < range.start());
        let end = self.tokens.partition_point(|token| token.end() <= range.end());
        let before = self.tokens.get(..start).unwrap_or_default().iter().rev().filter(is_layout);
        let before = before.take_while(|token| token.kind() == TokenKind::Lpar && token.start() >= limit.start());
        let after = self.tokens.get(end.max(start)..).unwrap_or_default().iter().filter(is_layout);
        let after = after.take_while(|token| token.kind() == TokenKind::Rpar && token.end() <= limit.end());
        before.zip(after).last().map_or(range, |(open, close)| TextRange::new(open.start(), close.end()))
    }

    /// A child of a node that reaches over `limit`.
    pub(super) fn expression(&self, expression: &Expr, limit: TextRange, scope: Scope) -> Node {
        let mut node = self.node(AnyNodeRef::from(expression), scope);
        node.outer = self.outer(node.range, limit);
        node
    }

    /// A node of any kind.
    pub(super) fn node(&self, any: AnyNodeRef<'_>, scope: Scope) -> Node {
        let range = any.range();
        match any {
            AnyNodeRef::ExprName(name) => {
                let role = if name.ctx.is_load() { Role::Name } else { Role::Store };
                Node::leaf("name", range, vec![Word { text: name.id.as_str().into(), role, range }])
            }
            AnyNodeRef::Identifier(_) => Node::leaf("name", range, vec![self.word(range, Role::Store)]),
            AnyNodeRef::ExprStringLiteral(string) => {
                self.value("string", range, format!("{:?}", string.value.to_str()))
            }
            AnyNodeRef::StringLiteral(string) => self.value("string", range, format!("{:?}", &*string.value)),
            AnyNodeRef::ExprAttribute(_) | AnyNodeRef::ExprCall(_) | AnyNodeRef::ExprSubscript(_) => {
                any.as_expr_ref().map_or_else(|| self.generic(any, scope), |expression| self.chain(expression, scope))
            }
            AnyNodeRef::ExprBoolOp(operation) => {
                let (tag, operator) = if operation.op.is_and() { ("and", " and ") } else { ("or", " or ") };
                self.operands(tag, operator, operation.values.iter().collect(), range, scope)
            }
            AnyNodeRef::ExprBinOp(operation) if operation.op == Operator::BitOr => {
                let mut operands = vec![&*operation.right];
                let mut left = &*operation.left;
                while let Expr::BinOp(inner) = left
                    && inner.op == Operator::BitOr
                {
                    operands.push(&inner.right);
                    left = &inner.left;
                }
                operands.push(left);
                operands.reverse();
                self.operands("|", " | ", operands, range, scope)
            }
            AnyNodeRef::ExprList(list) => self.elements("[]", &list.elts, true, range, scope),
            AnyNodeRef::ExprSet(set) => self.elements("{}", &set.elts, true, range, scope),
            AnyNodeRef::ExprTuple(tuple) => self.elements("()", &tuple.elts, tuple.parenthesized, range, scope),
            AnyNodeRef::ExprDict(dict) => self.dict(dict, scope),
            AnyNodeRef::Arguments(arguments) => self.arguments(arguments, scope),
            AnyNodeRef::Keyword(keyword) => self.keyword(keyword, scope),
            AnyNodeRef::Parameters(parameters) => self.parameters(parameters, scope),
            AnyNodeRef::StmtFunctionDef(function) => self.function(function, scope),
            AnyNodeRef::StmtClassDef(class) => self.class(class, scope),
            AnyNodeRef::StmtAnnAssign(assign) => self.annotated(assign, scope),
            _ => self.generic(any, scope),
        }
    }

    fn value(&self, tag: &str, range: TextRange, text: String) -> Node {
        Node::leaf(tag, range, vec![Word { text: text.into(), role: Role::Plain, range }])
    }

    /// `a and b`, `int | None`: operands of one operator.
    fn operands(&self, tag: &str, operator: &'static str, all: Vec<&Expr>, range: TextRange, scope: Scope) -> Node {
        let parts = all.into_iter().map(|operand| self.expression(operand, range, scope)).collect();
        Node::of(Kind::Operands(operator), tag, range, parts)
    }

    /// Any other node: its own words, and its children.
    pub(super) fn generic(&self, any: AnyNodeRef<'_>, scope: Scope) -> Node {
        let mut children = Children { entered: false, found: Vec::new() };
        walk_node(&mut children, any);
        let range = any.range();
        let parts: Vec<Node> = children.found.iter().map(|child| self.child(child, range, scope)).collect();
        let tag = self.tag(any, &parts);
        if parts.is_empty() {
            return Node::leaf(&tag, range, vec![Word { text: Rc::clone(&tag), role: Role::Plain, range }]);
        }
        Node::of(Kind::Fixed, &tag, range, parts)
    }

    fn child(&self, child: &Child<'_>, limit: TextRange, scope: Scope) -> Node {
        match child {
            Child::Suite(body) => self.suite(body, scope),
            Child::Node(any) if any.is_statement() => self.statement(*any, scope),
            Child::Node(any) => {
                let mut node = self.node(*any, scope);
                if any.is_expression() {
                    node.outer = self.outer(node.range, limit);
                }
                if matches!(any, AnyNodeRef::ElifElseClause(_) | AnyNodeRef::ExceptHandlerExceptHandler(_)) {
                    node.header = Some(self.header(&node));
                }
                node
            }
        }
    }

    /// What a node is, and the words that are no part's.
    fn tag(&self, any: AnyNodeRef<'_>, parts: &[Node]) -> Rc<str> {
        let mut tag = format!("{:?}", any.kind());
        let mut inner = parts.iter().map(|part| part.outer).peekable();
        for token in self.tokens_in(any.range()) {
            while inner.next_if(|range| range.end() <= token.start()).is_some() {}
            let covered = inner.peek().is_some_and(|range| range.contains_range(token.range()));
            if covered || is_layout(token.kind()) {
                continue;
            }
            tag.push(' ');
            tag.push_str(&self.source(token.range()).replace('\'', "\""));
        }
        tag.into()
    }

    /// The statements of a block; those that only fill it are no parts of it.
    pub(super) fn suite(&self, body: &[Stmt], scope: Scope) -> Node {
        let range = match (body.first(), body.last()) {
            (Some(first), Some(last)) => TextRange::new(first.start(), last.end()),
            _ => TextRange::empty(TextSize::new(0)),
        };
        let is_hole = |stmt: &&Stmt| match stmt {
            Stmt::Pass(_) => true,
            Stmt::Expr(stmt) => stmt.value.is_ellipsis_literal_expr(),
            _ => false,
        };
        let mut parts: Vec<Node> = Vec::with_capacity(body.len());
        for stmt in body.iter().filter(|stmt| !is_hole(stmt)) {
            let mut node = self.statement(AnyNodeRef::from(stmt), scope);
            if parts.is_empty() && matches!(stmt, Stmt::Expr(stmt) if stmt.value.is_string_literal_expr()) {
                node = node.keyed("\"docstring\"");
                node.tag = "docstring".into();
            } else if let Some(name) = self.bound(stmt, scope) {
                let count =
                    parts.iter().filter(|part| part.key.as_deref().is_some_and(|key| is_nth(key, name))).count();
                node = node.keyed(if count == 0 { name.to_owned() } else { format!("{name}#{count}") });
            }
            parts.push(node);
        }
        let says = parts.iter().filter(|part| &*part.tag != "docstring");
        let mut words = vec![mark("suite", says.clone().count(), range)];
        words.extend(says.flat_map(|part| part.words.iter().cloned()));
        let mut node = Node::with_words(Kind::Suite, "suite".into(), range, words, parts);
        node.holes = body.iter().filter(is_hole).map(Ranged::range).collect();
        node
    }

    /// A statement, with its header.
    fn statement(&self, any: AnyNodeRef<'_>, scope: Scope) -> Node {
        let mut node = self.node(any, scope);
        node.header = Some(self.header(&node));
        node
    }

    /// From a statement's beginning to the colon before its first block, or to its end.
    fn header(&self, node: &Node) -> TextRange {
        let Some(suite) = node.suite() else { return node.range };
        let first =
            suite.holes.iter().map(Ranged::start).chain(suite.parts.iter().map(|part| part.range.start())).min();
        let before = self.tokens_in(TextRange::new(node.range.start(), first.unwrap_or(node.range.end())));
        let colon = before.iter().rfind(|token| token.kind() == TokenKind::Colon);
        TextRange::new(node.range.start(), colon.map_or(node.range.end(), Ranged::end))
    }

    /// The name by which a statement is found among its neighbours: definitions everywhere, and what a class or a
    /// module binds.
    fn bound<'a>(&self, stmt: &'a Stmt, scope: Scope) -> Option<&'a str> {
        let name = |target: &'a Expr| target.as_name_expr().map(|name| name.id.as_str());
        match stmt {
            Stmt::FunctionDef(stmt) => Some(stmt.name.as_str()),
            Stmt::ClassDef(stmt) => Some(stmt.name.as_str()),
            Stmt::AnnAssign(stmt) if scope != Scope::Function => name(&stmt.target),
            Stmt::Assign(stmt) if scope != Scope::Function => stmt.targets.first().and_then(name),
            _ => None,
        }
    }
}

/// Whether `key` is `name`, or `name` once more.
fn is_nth(key: &str, name: &str) -> bool {
    key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
}

fn is_layout(kind: TokenKind) -> bool {
    kind.is_trivia()
        || matches!(
            kind,
            TokenKind::Newline
                | TokenKind::Indent
                | TokenKind::Dedent
                | TokenKind::EndOfFile
                | TokenKind::Comma
                | TokenKind::Lpar
                | TokenKind::Rpar
                | TokenKind::Lsqb
                | TokenKind::Rsqb
        )
}
