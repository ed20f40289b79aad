//! Builds definitions, parameters, arguments and chains, whose parts have places of their own.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{
    AnyNodeRef, AnyParameterRef, ArgOrKeyword, Arguments, Expr, ExprDict, ExprRef, Keyword, Parameter, Parameters,
    StmtAnnAssign, StmtClassDef, StmtFunctionDef,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::build::{Builder, Scope};
use super::node::{Kind, Node, Role, Word, mark};
use crate::style::walk::last_name;

impl Builder<'_> {
    pub(super) fn function(&self, function: &StmtFunctionDef, scope: Scope) -> Node {
        let role = if scope == Scope::Class { Role::Attribute } else { Role::Store };
        let mut parts = vec![self.decorators(&function.decorator_list, function.range, scope)];
        parts.push(Node::leaf("name", function.name.range, vec![self.word(function.name.range, role)]));
        if let Some(types) = &function.type_params {
            parts.push(self.node(AnyNodeRef::from(&**types), scope).in_slot(" "));
        }
        parts.push(self.parameters(&function.parameters, scope));
        if let Some(returns) = &function.returns {
            parts.push(self.expression(returns, function.range, scope).in_slot(" -> "));
        }
        parts.push(self.suite(&function.body, Scope::Function));
        Node::of(Kind::Fixed, if function.is_async { "async def" } else { "def" }, function.range, parts)
    }

    pub(super) fn class(&self, class: &StmtClassDef, scope: Scope) -> Node {
        let mut parts = vec![self.decorators(&class.decorator_list, class.range, scope)];
        parts.push(Node::leaf("name", class.name.range, vec![self.word(class.name.range, Role::Store)]));
        if let Some(types) = &class.type_params {
            parts.push(self.node(AnyNodeRef::from(&**types), scope).in_slot(" "));
        }
        if let Some(arguments) = &class.arguments {
            parts.push(self.arguments(arguments, scope).in_slot("bases"));
        }
        parts.push(self.suite(&class.body, Scope::Class));
        Node::of(Kind::Fixed, "class", class.range, parts)
    }

    fn decorators(&self, list: &[ruff_python_ast::Decorator], definition: TextRange, scope: Scope) -> Node {
        let parts: Vec<Node> = list
            .iter()
            .map(|decorator| {
                let inner = self.expression(&decorator.expression, decorator.range, scope);
                let base = inner.parts.first().unwrap_or(&inner);
                let key: String = base.words.iter().map(|word| &*word.text).collect::<Vec<_>>().join(".");
                Node::of(Kind::Fixed, "@", decorator.range, vec![inner]).keyed(key)
            })
            .collect();
        let range = match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => TextRange::new(first.range.start(), last.range.end()),
            _ => TextRange::empty(definition.start()),
        };
        Node::of(Kind::Decorators, "decorators", range, parts)
    }

    pub(super) fn annotated(&self, assign: &StmtAnnAssign, scope: Scope) -> Node {
        let mut parts = vec![
            self.expression(&assign.target, assign.range, scope),
            self.expression(&assign.annotation, assign.range, scope),
        ];
        if let Some(value) = &assign.value {
            let mut node = self.expression(value, assign.range, scope);
            if let Some(default) = only_default(value) {
                // `Field(default=1)` says no more than `1`.
                let inner = self.expression(default, assign.range, scope);
                let (range, outer) = (node.range, node.outer);
                node = Node::with_words(Kind::Leaf, inner.tag, range, inner.words.to_vec(), Vec::new());
                node.outer = outer;
            }
            parts.push(node.in_slot(" = "));
        }
        Node::of(Kind::Fixed, "annotated", assign.range, parts)
    }

    pub(super) fn parameters(&self, parameters: &Parameters, scope: Scope) -> Node {
        let mut parts: Vec<Node> = parameters
            .iter_source_order()
            .map(|parameter| match parameter {
                AnyParameterRef::NonVariadic(both) => {
                    self.parameter(&both.parameter, both.default.as_deref(), both.range, scope)
                }
                AnyParameterRef::Variadic(one) => self.parameter(one, None, one.range, scope),
            })
            .collect();
        for token in self.tokens_in(parameters.range) {
            let is_inside = |part: &Node| part.range.contains_range(token.range());
            if !matches!(token.kind(), TokenKind::Star | TokenKind::Slash) || parts.iter().any(is_inside) {
                continue;
            }
            let mark = self.source(token.range());
            let node = Node::leaf("mark", token.range(), vec![self.word(token.range(), Role::Plain)]).keyed(mark);
            parts.push(node);
        }
        parts.sort_by_key(|part| part.range.start());
        let mut node = Node::of(Kind::Commas, "parameters", parameters.range, parts);
        node.inner = within_brackets(self.source(parameters.range), parameters.range);
        node
    }

    fn parameter(&self, one: &Parameter, default: Option<&Expr>, range: TextRange, scope: Scope) -> Node {
        let before = self.tokens.partition_point(|token| token.start() < range.start());
        let star = before.checked_sub(1).and_then(|at| self.tokens.get(at)).filter(|token| {
            matches!(token.kind(), TokenKind::Star | TokenKind::DoubleStar) && token.end() == range.start()
        });
        let whole = TextRange::new(star.map_or(range.start(), Ranged::start), range.end());
        let stars = star.map_or("", |token| self.source(token.range()));
        let mut parts = vec![Node::leaf("name", one.name.range, vec![self.word(one.name.range, Role::Store)])];
        if let Some(annotation) = &one.annotation {
            parts.push(self.expression(annotation, range, scope).in_slot(": "));
        }
        if let Some(default) = default {
            parts.push(self.expression(default, range, scope).in_slot(" = "));
        }
        Node::of(Kind::Fixed, &format!("parameter{stars}"), whole, parts).keyed(format!("{stars}{}", one.name))
    }

    /// Keyword arguments have no order.
    pub(super) fn arguments(&self, arguments: &Arguments, scope: Scope) -> Node {
        let inner = within_brackets(self.source(arguments.range), arguments.range);
        let parts: Vec<Node> = arguments
            .iter_source_order()
            .map(|argument| match argument {
                ArgOrKeyword::Arg(argument) => self.expression(argument, inner, scope),
                ArgOrKeyword::Keyword(keyword) => self.keyword(keyword, scope),
            })
            .collect();
        let mut sorted: Vec<&Node> = parts.iter().collect();
        sorted.sort_by(|one, two| one.key.cmp(&two.key));
        let mut words = vec![mark("arguments", parts.len(), arguments.range)];
        words.extend(sorted.into_iter().flat_map(|part| part.words.iter().cloned()));
        let mut node = Node::with_words(Kind::Commas, "arguments".into(), arguments.range, words, parts);
        node.inner = inner;
        node
    }

    pub(super) fn keyword(&self, keyword: &Keyword, scope: Scope) -> Node {
        let value = self.expression(&keyword.value, keyword.range, scope);
        match &keyword.arg {
            Some(name) => {
                Node::of(Kind::Fixed, &format!("{name}="), keyword.range, vec![value]).keyed(format!("{name}="))
            }
            None => Node::of(Kind::Fixed, "**", keyword.range, vec![value]),
        }
    }

    pub(super) fn elements(&self, tag: &str, all: &[Expr], bracketed: bool, range: TextRange, scope: Scope) -> Node {
        let inner = if bracketed { shrunk(range) } else { range };
        let parts = all.iter().map(|element| self.expression(element, inner, scope)).collect();
        let mut node = Node::of(Kind::Commas, tag, range, parts);
        node.inner = inner;
        node
    }

    pub(super) fn dict(&self, dict: &ExprDict, scope: Scope) -> Node {
        let inner = shrunk(dict.range);
        let parts = dict.items.iter().map(|item| {
            let value = self.expression(&item.value, inner, scope);
            let Some(key) = &item.key else {
                let start = value.outer.start().checked_sub(TextSize::new(2)).unwrap_or(inner.start());
                return Node::of(Kind::Fixed, "**", TextRange::new(start, value.outer.end()), vec![value]);
            };
            let key = self.expression(key, inner, scope);
            let name: Vec<&str> = key.words.iter().map(|word| &*word.text).collect();
            let name = name.join(" ");
            let range = TextRange::new(key.outer.start(), value.outer.end());
            Node::of(Kind::Fixed, "item", range, vec![key, value]).keyed(name)
        });
        let mut node = Node::of(Kind::Commas, "dict", dict.range, parts.collect());
        node.inner = inner;
        node
    }

    /// Calls, attributes and subscripts: what they begin with, and the links behind it.
    pub(super) fn chain(&self, expression: ExprRef<'_>, scope: Scope) -> Node {
        let range = expression.range();
        if let Some(words) = self.dotted(expression) {
            return Node::leaf("name", range, words);
        }
        let mut links: Vec<Node> = Vec::new();
        let mut current = expression;
        loop {
            current = match current {
                ExprRef::Call(call) => {
                    let arguments = self.arguments(&call.arguments, scope);
                    match &*call.func {
                        Expr::Attribute(attribute) if self.dotted(ExprRef::from(&*call.func)).is_none() => {
                            links.push(self.link(Some(&attribute.attr), Some(arguments), &attribute.value, range));
                            ExprRef::from(&*attribute.value)
                        }
                        function => {
                            links.push(self.link(None, Some(arguments), function, range));
                            ExprRef::from(function)
                        }
                    }
                }
                ExprRef::Attribute(attribute) if self.dotted(current).is_none() => {
                    links.push(self.link(Some(&attribute.attr), None, &attribute.value, range));
                    ExprRef::from(&*attribute.value)
                }
                ExprRef::Subscript(subscript) => {
                    let slice = self.expression(&subscript.slice, subscript.range, scope);
                    let start = self.outer(subscript.value.range(), range).end();
                    let whole = TextRange::new(self.skip(start), subscript.range.end());
                    links.push(Node::of(Kind::Fixed, "[]", whole, vec![slice]));
                    ExprRef::from(&*subscript.value)
                }
                _ => break,
            };
        }
        let limit = TextRange::new(range.start(), links.last().map_or(range.end(), |link| link.range.start()));
        let mut base = match self.dotted(current) {
            Some(words) => Node::leaf("name", current.range(), words),
            None => self.node(AnyNodeRef::from(current), scope),
        };
        base.outer = self.outer(base.range, limit);
        let mut parts = vec![base.keyed("base")];
        parts.extend(links.into_iter().rev());
        self.optional(range, &parts).unwrap_or_else(|| Node::of(Kind::Chain, "chain", range, parts))
    }

    /// `.where(…)`, `.id`, `(…)`: behind `value`.
    fn link(
        &self,
        name: Option<&ruff_python_ast::Identifier>,
        arguments: Option<Node>,
        value: &Expr,
        limit: TextRange,
    ) -> Node {
        let start = self.skip(self.outer(value.range(), limit).end());
        let end = arguments.as_ref().map(|node| node.range.end()).or(name.map(|name| name.range.end()));
        let range = TextRange::new(start, end.unwrap_or(start).max(start));
        let tag = name.map_or("()".to_owned(), |name| format!(".{name}"));
        let mut words = vec![mark("link", usize::from(arguments.is_some()), range)];
        words.extend(name.map(|name| self.word(name.range, Role::Attribute)));
        words.extend(arguments.iter().flat_map(|node| node.words.iter().cloned()));
        Node::with_words(Kind::Fixed, tag.as_str().into(), range, words, arguments.into_iter().collect())
    }

    /// Where the next word begins at or behind `at`.
    fn skip(&self, at: TextSize) -> TextSize {
        let from = self.tokens.partition_point(|token| token.start() < at);
        let next = self.tokens.get(from..).unwrap_or_default().iter().find(|token| !token.kind().is_trivia());
        next.map_or(at, Ranged::start)
    }

    /// `Optional[int]` says `int | None`.
    fn optional(&self, range: TextRange, parts: &[Node]) -> Option<Node> {
        let [base, link] = parts else { return None };
        let is_optional = base.words.last().is_some_and(|word| &*word.text == "Optional");
        let [inner] = &link.parts[..] else { return None };
        if !is_optional || &*link.tag != "[]" {
            return None;
        }
        let mut words = vec![mark("|", 2, range)];
        words.extend(inner.words.iter().cloned());
        words.push(Word { text: "ExprNoneLiteral None".into(), role: Role::Plain, range });
        Some(Node::with_words(Kind::Fixed, "Optional".into(), range, words, vec![inner.clone()]))
    }

    /// The words of `a.b.c`.
    fn dotted(&self, expression: ExprRef<'_>) -> Option<Vec<Word>> {
        match expression {
            ExprRef::Name(name) => {
                let role = if name.ctx.is_load() { Role::Name } else { Role::Store };
                Some(vec![Word { text: name.id.as_str().into(), role, range: name.range }])
            }
            ExprRef::Attribute(attribute) => {
                let mut words = self.dotted(ExprRef::from(&*attribute.value))?;
                let is_own = words.len() == 1 && words.first().is_some_and(|word| &*word.text == "self");
                let role = match (is_own, attribute.ctx.is_load()) {
                    (true, true) => Role::Own,
                    (true, false) => Role::OwnStore,
                    (false, _) => Role::Attribute,
                };
                words.push(Word { text: attribute.attr.as_str().into(), role, range: attribute.attr.range });
                Some(words)
            }
            _ => None,
        }
    }
}

/// The default that is all a `Field(…)` gives.
fn only_default(value: &Expr) -> Option<&Expr> {
    let call = value.as_call_expr().filter(|call| last_name(&call.func) == Some("Field"))?;
    match (&*call.arguments.args, &*call.arguments.keywords) {
        ([only], []) if !only.is_ellipsis_literal_expr() => Some(only),
        ([], [only]) if only.arg.as_deref() == Some("default") => Some(&only.value),
        _ => None,
    }
}

/// Without the brackets at both ends.
fn shrunk(range: TextRange) -> TextRange {
    let one = TextSize::new(1);
    if range.len() < TextSize::new(2) { range } else { TextRange::new(range.start() + one, range.end() - one) }
}

fn within_brackets(source: &str, range: TextRange) -> TextRange {
    if source.starts_with('(') && source.ends_with(')') { shrunk(range) } else { range }
}
