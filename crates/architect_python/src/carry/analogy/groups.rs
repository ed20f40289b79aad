//! Finds the places that name fields one by one.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, ExprDict, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Element, Group, Kind, Rows};
use crate::edit::document::Document;
use crate::style::walk::last_name;

type IsField<'f> = dyn Fn(TextSize, &str) -> bool + 'f;

/// Finds them.
pub(super) struct Groups<'d, 't> {
    document: &'d Document<'t>,
    rows: Rows<'d>,
    is_field: &'d IsField<'d>,
    statement: Option<TextRange>,
    function: Option<TextRange>,
    /// Blocks that are a part of an element.
    inner: Vec<TextSize>,
    found: Vec<Group>,
}

impl<'d, 't> Groups<'d, 't> {
    /// All of a text.
    pub(super) fn of(document: &'d Document<'t>, rows: Rows<'d>, is_field: &'d IsField<'d>) -> Vec<Group> {
        let (statement, function, inner, found) = (None, None, Vec::new(), Vec::new());
        let mut groups = Groups { document, rows, is_field, statement, function, inner, found };
        groups.suite(document.body());
        groups.visit_body(document.body());
        groups.found
    }

    fn element(&self, name: &str, at: TextSize, range: TextRange) -> Element {
        let (mut form, mut names, mut bare) = (Vec::new(), Vec::new(), false);
        let mut previous = TokenKind::Newline;
        let tokens: Vec<_> =
            self.document.tokens().in_range(range).iter().filter(|token| !token.kind().is_trivia()).collect();
        for (index, token) in tokens.iter().enumerate() {
            let word = self.document.source(token.range());
            let quoted = token.kind() == TokenKind::String && word.trim_matches(['"', '\'']) == name;
            let is_name = token.kind() == TokenKind::Name && word == name;
            if is_name || quoted {
                let is_keyword = is_name && index == 0;
                bare |= is_name && previous != TokenKind::Dot && !is_keyword;
                let quotes = TextSize::new(u32::from(quoted));
                names.push(TextRange::new(token.start() + quotes, token.end() - quotes));
                form.push("\u{a7}".to_owned());
            } else {
                form.push(word.to_owned());
            }
            previous = token.kind();
        }
        let is_value = self.rows.values.contains(&name);
        Element { name: name.to_owned(), at, range, form, names, bare, is_value }
    }

    fn call(&mut self, call: &ExprCall) {
        let keywords = &call.arguments.keywords;
        let named = keywords.iter().filter_map(|keyword| Some((keyword, keyword.arg.as_ref()?)));
        let elements: Vec<Element> = named
            .clone()
            .filter(|(_, name)| (self.is_field)(name.start(), name.as_str()))
            .map(|(keyword, name)| self.element(name.as_str(), name.start(), keyword.range()))
            .collect();
        if elements.is_empty() {
            return;
        }
        let made = last_name(&call.func).filter(|name| self.rows.classes.contains(name)).map(str::to_owned);
        self.found.push(Group {
            kind: if made.is_some() { Kind::Made } else { Kind::Called },
            made,
            elements,
            given: named.map(|(_, name)| name.to_string()).collect(),
            is_whole: keywords.iter().all(|keyword| keyword.arg.is_some()),
            statement: self.statement,
            function: self.function,
        });
    }

    fn dictionary(&mut self, dict: &ExprDict) {
        let keyed = dict.items.iter().filter_map(|item| {
            let key = item.key.as_ref()?.as_string_literal_expr()?;
            Some((item, key.value.to_str(), key.start() + TextSize::new(1)))
        });
        let elements: Vec<Element> = keyed
            .clone()
            .filter(|(_, name, at)| (self.is_field)(*at, name))
            .map(|(item, name, at)| self.element(name, at, item.range()))
            .collect();
        if elements.is_empty() {
            return;
        }
        self.found.push(Group {
            kind: Kind::Keys,
            made: None,
            elements,
            given: keyed.map(|(_, name, _)| name.to_owned()).collect(),
            is_whole: dict.items.iter().all(|item| item.key.is_some()),
            statement: self.statement,
            function: self.function,
        });
    }

    /// The attributes that the statements of a block set.
    fn suite(&mut self, body: &[Stmt]) {
        let mut elements = Vec::new();
        let mut given = Vec::new();
        for stmt in body {
            let Some((target, inner)) = sets(stmt) else { continue };
            let (name, at) = (target.attr.as_str(), target.attr.start());
            given.push(name.to_owned());
            if (self.is_field)(at, name) {
                elements.push(self.element(name, at, stmt.range()));
                self.inner.extend(inner);
            }
        }
        if !elements.is_empty() {
            let (is_whole, made, statement, function) = (true, None, None, self.function);
            self.found.push(Group { kind: Kind::Set, elements, given, is_whole, made, statement, function });
        }
    }
}

/// The attribute that a statement sets, alone or under one condition; then also where that block begins.
fn sets(stmt: &Stmt) -> Option<(&ExprAttribute, Option<TextSize>)> {
    let target = |stmt: &'_ Stmt| -> Option<TextRange> {
        let assign = stmt.as_assign_stmt().filter(|assign| assign.targets.len() == 1)?;
        assign.targets.first()?.as_attribute_expr().map(Ranged::range)
    };
    match stmt {
        Stmt::Assign(assign) => {
            target(stmt)?;
            Some((assign.targets.first()?.as_attribute_expr()?, None))
        }
        Stmt::If(test) if test.elif_else_clauses.is_empty() => {
            let mut setting = test.body.iter().filter(|stmt| target(stmt).is_some());
            let (only, None) = (setting.next()?, setting.next()) else { return None };
            let target = only.as_assign_stmt()?.targets.first()?.as_attribute_expr()?;
            Some((target, test.body.first().map(Ranged::start)))
        }
        _ => None,
    }
}

impl<'a> Visitor<'a> for Groups<'_, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let outer = self.statement.take();
        let is_simple = !matches!(
            stmt,
            Stmt::FunctionDef(_)
                | Stmt::ClassDef(_)
                | Stmt::If(_)
                | Stmt::For(_)
                | Stmt::While(_)
                | Stmt::With(_)
                | Stmt::Try(_)
                | Stmt::Match(_)
        );
        self.statement = is_simple.then_some(stmt.range());
        let around = self.function;
        if let Stmt::FunctionDef(function) = stmt {
            self.function = Some(function.range());
        }
        visitor::walk_stmt(self, stmt);
        self.function = around;
        self.statement = outer;
    }

    fn visit_body(&mut self, body: &'a [Stmt]) {
        let start = body.first().map(Ranged::start);
        let is_whole = start == self.document.body().first().map(Ranged::start);
        if !is_whole && !start.is_some_and(|start| self.inner.contains(&start)) {
            self.suite(body);
        }
        visitor::walk_body(self, body);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Dict(dict) => self.dictionary(dict),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}
