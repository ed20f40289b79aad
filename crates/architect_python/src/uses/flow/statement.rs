//! Statements.

use std::sync::Arc;

use ruff_python_ast::{ExceptHandler, Expr, Pattern, Stmt, StmtClassDef, StmtFunctionDef, StmtMatch, StmtTry};

use super::Flow;
use crate::resolve::{Class, Frame};
use crate::uses::types::Type;
use crate::uses::world::is_vague;

impl<'a> Flow<'_, '_, 'a> {
    pub(super) fn statement(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.define_function(def),
            Stmt::ClassDef(def) => self.define_class(def),
            Stmt::Return(result) => {
                let value = result.value.as_ref().map_or(Type::Plain, |value| self.expr(value));
                self.returned.push(value);
            }
            Stmt::Assign(assign) => {
                let value = self.expr(&assign.value);
                for target in &assign.targets {
                    self.assign(target, value.clone());
                    self.see_assigned(target, &assign.value);
                    self.see_stored(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                self.annotation(&assign.annotation);
                let declared = self.world.annotated(self.scope, &assign.annotation, &self.bound);
                let value = assign.value.as_ref().map(|value| self.expr(value));
                // The keys of `{…}` may be fields, unless its values are said to be rows.
                let known = match (declared, value) {
                    (Type::Unknown | Type::Plain, Some(value)) => value,
                    (Type::Keyed(item), Some(value)) if is_vague(&item) => value,
                    (declared, _) => declared,
                };
                self.assign(&assign.target, known);
                if let Some(value) = &assign.value {
                    self.see_assigned(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) => {
                self.expr(&assign.value);
                self.expr(&assign.target);
            }
            Stmt::TypeAlias(alias) => {
                self.annotation(&alias.value);
            }
            Stmt::For(each) => {
                let item = self.expr(&each.iter).item();
                self.assign(&each.target, item);
                self.branch(&each.body);
                self.branch(&each.orelse);
            }
            Stmt::While(each) => {
                self.expr(&each.test);
                self.branch(&each.body);
                self.branch(&each.orelse);
            }
            Stmt::If(choice) => {
                self.expr(&choice.test);
                self.branch(&choice.body);
                for clause in &choice.elif_else_clauses {
                    if let Some(test) = &clause.test {
                        self.expr(test);
                    }
                    self.branch(&clause.body);
                }
            }
            Stmt::With(with) => {
                for item in &with.items {
                    let value = self.expr(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        let entered = self.entered(&value);
                        self.assign(target, entered);
                    }
                }
                self.body(&with.body);
            }
            Stmt::Match(choice) => self.choice(choice),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::Raise(raise) => raise.exc.iter().chain(&raise.cause).for_each(|expr| drop(self.expr(expr))),
            Stmt::Assert(assert) => {
                self.expr(&assert.test);
                assert.msg.iter().for_each(|expr| drop(self.expr(expr)));
            }
            Stmt::Delete(delete) => delete.targets.iter().for_each(|expr| drop(self.expr(expr))),
            Stmt::Expr(expr) => drop(self.expr(&expr.value)),
            Stmt::ImportFrom(import) => self.see_import(import),
            _ => {}
        }
    }

    fn branch(&mut self, body: &'a [Stmt]) {
        self.branches += 1;
        self.body(body);
        self.branches -= 1;
    }

    fn attempt(&mut self, attempt: &'a StmtTry) {
        self.body(&attempt.body);
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            if let Some(class) = &handler.type_ {
                let raised = self.expr(class);
                if let Some(name) = &handler.name {
                    self.bind(name.as_str(), crate::uses::world::as_object(raised));
                }
            }
            self.branch(&handler.body);
        }
        self.body(&attempt.orelse);
        self.body(&attempt.finalbody);
    }

    fn choice(&mut self, choice: &'a StmtMatch) {
        let subject = self.expr(&choice.subject);
        for case in &choice.cases {
            self.pattern(&case.pattern, &subject);
            if let Some(guard) = &case.guard {
                self.expr(guard);
            }
            self.branch(&case.body);
        }
    }

    fn pattern(&mut self, pattern: &'a Pattern, subject: &Type<'a>) {
        match pattern {
            Pattern::MatchValue(value) => {
                self.expr(&value.value);
            }
            Pattern::MatchAs(named) => {
                if let Some(inner) = &named.pattern {
                    self.pattern(inner, subject);
                }
                if let Some(name) = &named.name {
                    self.bind(name.as_str(), subject.clone());
                }
            }
            Pattern::MatchOr(several) => several.patterns.iter().for_each(|one| self.pattern(one, subject)),
            Pattern::MatchSequence(sequence) => {
                let item = subject.item();
                sequence.patterns.iter().for_each(|one| self.pattern(one, &item));
            }
            Pattern::MatchClass(class) => {
                let matched = crate::uses::world::as_object(self.expr(&class.cls));
                for keyword in &class.arguments.keywords {
                    self.see_attribute(&matched, &keyword.attr);
                    let part = self.world.member(&matched, keyword.attr.as_str(), self.depth);
                    self.pattern(&keyword.pattern, &part);
                }
                class.arguments.patterns.iter().for_each(|one| self.pattern(one, &Type::Unknown));
            }
            Pattern::MatchMapping(mapping) => {
                for (key, value) in mapping.keys.iter().zip(&mapping.patterns) {
                    self.see_key(subject, key);
                    self.pattern(value, &Type::Unknown);
                }
            }
            _ => {}
        }
    }

    fn define_function(&mut self, def: &'a StmtFunctionDef) {
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression);
        }
        self.see_function(def);
        for parameter in &def.parameters {
            if let Some(annotation) = parameter.annotation() {
                self.annotation(annotation);
            }
            if let Some(default) = parameter.default() {
                self.expr(default);
            }
        }
        if let Some(returns) = &def.returns {
            self.annotation(returns);
        }
        let outer = self.scope;
        let receiver = match outer.frames().last() {
            Some(Frame::Class(class)) => self.class_around(class).map(Type::object),
            _ => None,
        };
        let locals = self.locals.clone();
        if !outer.is_local() {
            self.locals.clear();
        }
        let (returned, yielded) = (std::mem::take(&mut self.returned), std::mem::take(&mut self.yielded));
        let branches = std::mem::take(&mut self.branches);
        self.scope = outer.inside(Frame::Function(def));
        let bound = Arc::clone(&self.bound);
        self.enter_parameters(&receiver.unwrap_or(Type::Unknown), &bound);
        self.see_fixtures(def);
        self.body(&def.body);
        (self.scope, self.locals, self.branches) = (outer, locals, branches);
        (self.returned, self.yielded) = (returned, yielded);
    }

    /// The decorators and bases of a class.
    pub(super) fn class_head(&mut self, def: &'a StmtClassDef) {
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression);
        }
        if let Some(arguments) = &def.arguments {
            arguments.args.iter().for_each(|base| self.annotation(base));
            arguments.keywords.iter().for_each(|keyword| drop(self.expr(&keyword.value)));
        }
    }

    fn define_class(&mut self, def: &'a StmtClassDef) {
        self.class_head(def);
        let outer = self.scope;
        let class = Class { outer, def };
        let locals = std::mem::take(&mut self.locals);
        self.scope = class.scope();
        for stmt in &def.body {
            self.see_member(class, stmt);
            self.statement(stmt);
        }
        (self.scope, self.locals) = (outer, locals);
    }

    /// What `with value as …` gives.
    fn entered(&mut self, value: &Type<'a>) -> Type<'a> {
        value.map(|one| match one {
            Type::Many(item) => (**item).clone(),
            Type::Object(..) => {
                let method = ["__aenter__", "__enter__"].into_iter().find_map(|name| {
                    match self.world.member(one, name, self.depth) {
                        Type::Function(function, receiver) => Some((function, receiver)),
                        _ => None,
                    }
                });
                match method {
                    Some((function, _)) => {
                        let bound = self.world.filled(function, one).unwrap_or_else(|| Arc::clone(&self.bound));
                        match self.world.returned(function, Some(one), &bound, self.depth) {
                            Type::Unknown | Type::Plain => one.clone(),
                            known => known,
                        }
                    }
                    None => one.clone(),
                }
            }
            other => other.clone(),
        })
    }

    /// An annotation: the classes that it names.
    pub(super) fn annotation(&mut self, expr: &'a Expr) {
        let file = self.scope.file;
        if let Expr::StringLiteral(text) = expr {
            if let Some(inner) = file.string_annotation(text) {
                self.annotation(inner);
            }
            return;
        }
        match expr {
            Expr::Subscript(subscript) => {
                self.annotation(&subscript.value);
                match &*subscript.slice {
                    Expr::Tuple(several) => several.elts.iter().for_each(|one| self.annotation(one)),
                    one => self.annotation(one),
                }
            }
            Expr::BinOp(union) => {
                self.annotation(&union.left);
                self.annotation(&union.right);
            }
            Expr::List(several) => several.elts.iter().for_each(|one| self.annotation(one)),
            other => drop(self.expr(other)),
        }
    }
}
