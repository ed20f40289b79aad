//! What a function does, step by step, as far as clients notice: calls, refusals, guards, fixed values, order.

use std::rc::Rc;

use architect_model::{Location, Unknown};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{
    ExceptHandler, ExceptHandlerExceptHandler, Expr, ExprCall, Stmt, StmtIf, StmtRaise, StmtTry, StmtWith,
};

use super::guards::Guard;
use super::rows::Rows;
use super::sets::{self, Assigned};
use crate::resolve::{Class, Function, Resolution, Scope};
use crate::style::walk::{keyword, last_name};

/// A condition on the way to a step.
#[derive(Clone, Copy)]
pub(crate) struct Condition<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) test: &'a Expr,
    pub(super) holds: bool,
}

impl Condition<'_> {
    /// It as Python source text.
    pub(super) fn text(&self) -> String {
        let text = self.scope.text(self.test).split_whitespace().collect::<Vec<_>>().join(" ");
        if self.holds { text } else { format!("not ({text})") }
    }
}

/// A step of a function.
pub(crate) struct Step<'a> {
    pub(super) kind: StepKind<'a>,
    /// The conditions around it, outermost first.
    pub(super) when: Vec<Condition<'a>>,
    /// Import paths of exceptions that are caught around it.
    pub(super) caught: Vec<Rc<Vec<String>>>,
    /// Import paths of the exceptions that the `except` clause around it answers.
    pub(super) handling: Vec<String>,
    pub(super) at: Location,
}

/// What happens in a step.
pub(crate) enum StepKind<'a> {
    /// A function of the project is called.
    Call(Function<'a>),
    /// A function is called that could not be found.
    Lost(Unknown),
    /// An exception is raised.
    Raise(&'a StmtRaise),
    /// A row must hold something, or an exception is raised.
    Guard(Guard),
    /// A column gets a value.
    Set(Assigned<'a>),
    /// The owner of a row is compared.
    Owner { table: Class<'a>, column: String, in_query: bool },
    /// Rows are ordered: by a column, descending.
    Order(String, bool),
    /// Of what was sent only the fields that were set are taken: `model_dump(exclude_unset=True)`.
    Partial,
}

/// Which steps are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sought {
    /// All of them.
    All,
    /// What columns are set to, and what refuses to: none of the steps that only lists and lost calls need.
    Sets,
}

/// The steps of a function, in order.
pub(crate) fn steps<'a>(rows: &Rows<'_, 'a>, function: Function<'a>, sought: Sought) -> Vec<Step<'a>> {
    let mut walk = Walk {
        rows,
        sought,
        function,
        scope: function.scope(),
        found: Vec::new(),
        when: Vec::new(),
        caught: Vec::new(),
        handling: Vec::new(),
    };
    walk.visit_body(&function.def.body);
    walk.found
}

struct Walk<'r, 'f, 'a> {
    rows: &'r Rows<'f, 'a>,
    sought: Sought,
    function: Function<'a>,
    scope: Scope<'a>,
    found: Vec<Step<'a>>,
    when: Vec<Condition<'a>>,
    caught: Vec<Rc<Vec<String>>>,
    handling: Vec<String>,
}

impl<'a> Walk<'_, '_, 'a> {
    fn add(&mut self, kind: StepKind<'a>, at: Location) {
        let (when, caught) = (self.when.clone(), self.caught.clone());
        self.found.push(Step { kind, when, caught, handling: self.handling.clone(), at });
    }

    fn under(&mut self, test: &'a Expr, holds: bool, body: &'a [Stmt]) {
        self.when.push(Condition { scope: self.scope, test, holds });
        self.visit_body(body);
        self.when.pop();
    }

    fn choice(&mut self, choice: &'a StmtIf) {
        self.visit_expr(&choice.test);
        if refuses(&choice.body) {
            for guard in super::guards::of(self.rows, self.scope, &choice.test) {
                self.add(StepKind::Guard(guard), self.scope.at(&*choice.test));
            }
        }
        self.under(&choice.test, true, &choice.body);
        let mut before = vec![&*choice.test];
        for clause in &choice.elif_else_clauses {
            for test in &before {
                self.when.push(Condition { scope: self.scope, test, holds: false });
            }
            match &clause.test {
                Some(test) => {
                    self.visit_expr(test);
                    self.under(test, true, &clause.body);
                }
                None => self.visit_body(&clause.body),
            }
            self.when.truncate(self.when.len() - before.len());
            before.extend(clause.test.as_ref());
        }
        // `if row.status == X: return` lets only others go on.
        if choice.elif_else_clauses.is_empty() && matches!(choice.body.last(), Some(Stmt::Return(_))) {
            self.when.push(Condition { scope: self.scope, test: &choice.test, holds: false });
        }
    }

    fn attempt(&mut self, attempt: &'a StmtTry) {
        self.caught.push(Rc::new(caught(self.rows, self.scope, &attempt.handlers)));
        self.visit_body(&attempt.body);
        self.caught.pop();
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            let before = std::mem::replace(&mut self.handling, handled(self.rows, self.scope, handler));
            self.visit_body(&handler.body);
            self.handling = before;
        }
        self.visit_body(&attempt.orelse);
        self.visit_body(&attempt.finalbody);
    }

    /// A context manager of the project catches what the block raises, as its own `try` around `yield` does.
    fn with(&mut self, with: &'a StmtWith) {
        let before = self.caught.len();
        for item in &with.items {
            self.visit_expr(&item.context_expr);
            let called = item.context_expr.as_call_expr();
            let function = called.and_then(|call| self.rows.facts.index.resolve(self.scope, &call.func).function());
            for stmt in function.iter().flat_map(|function| &function.def.body) {
                if let (Stmt::Try(attempt), Some(function)) = (stmt, function) {
                    self.caught.push(Rc::new(caught(self.rows, function.scope(), &attempt.handlers)));
                }
            }
        }
        self.visit_body(&with.body);
        self.caught.truncate(before);
    }

    fn call(&mut self, call: &'a ExprCall) {
        let at = self.scope.at(call);
        for assigned in sets::in_call(self.rows, self.scope, call) {
            self.add(StepKind::Set(assigned), at.clone());
        }
        if self.sought == Sought::All {
            self.order(call);
            let unset = keyword(call, "exclude_unset").and_then(Expr::as_boolean_literal_expr);
            if unset.is_some_and(|flag| flag.value) {
                self.add(StepKind::Partial, at.clone());
            }
        }
        match self.rows.layers.callee(self.rows.facts, self.function, call) {
            Some(callee) => self.add(StepKind::Call(callee), at),
            None if self.sought == Sought::All => {
                if let Some(unknown) = self.lost(call) {
                    self.add(StepKind::Lost(unknown), at);
                }
            }
            None => {}
        }
    }

    /// A call on a parameter, or on an attribute that holds one, whose class is not known.
    fn lost(&self, call: &'a ExprCall) -> Option<Unknown> {
        let method = call.func.as_attribute_expr()?;
        let on = match &*method.value {
            Expr::Name(_) => &*method.value,
            Expr::Attribute(inner) if inner.value.as_name_expr().is_some_and(|name| name.id == "self") => {
                &*method.value
            }
            _ => return None,
        };
        let index = self.rows.facts.index;
        let is_parameter = match index.resolve(self.scope, on) {
            Resolution::Parameter { .. } => true,
            Resolution::Variable(variable) => variable
                .value
                .is_some_and(|value| matches!(index.resolve(variable.scope, value), Resolution::Parameter { .. })),
            _ => false,
        };
        match index.instance(self.scope, on) {
            Resolution::Unknown(_) if is_parameter => {
                let reason =
                    format!("the type of `{}`, so that calls on it could not be followed", self.scope.text(on));
                Some(self.scope.file.unknown(on, reason))
            }
            _ => None,
        }
    }

    fn order(&mut self, call: &'a ExprCall) {
        let Some(name) = last_name(&call.func) else { return };
        let at = self.scope.at(call);
        match name {
            "desc" | "asc" => {
                let of = call.arguments.args.first().or_else(|| Some(&*call.func.as_attribute_expr()?.value));
                if let Some((_, column)) = of.and_then(|of| self.rows.column(self.scope, of)) {
                    self.add(StepKind::Order(column, name == "desc"), at);
                }
            }
            "order_by" => {
                for argument in &call.arguments.args {
                    if let Some((_, column)) = self.rows.column(self.scope, argument) {
                        self.add(StepKind::Order(column, false), at.clone());
                    }
                }
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Walk<'_, '_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::If(choice) => self.choice(choice),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => self.with(with),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Raise(raise) => {
                self.add(StepKind::Raise(raise), self.scope.at(raise));
                if let Some(Expr::Call(call)) = raise.exc.as_deref() {
                    call.arguments.args.iter().for_each(|argument| self.visit_expr(argument));
                }
            }
            Stmt::Assign(assign) => {
                walk_stmt(self, stmt);
                for target in &assign.targets {
                    let assigned = sets::assigned(self.rows, self.scope, target, &assign.value);
                    if let Some(assigned) = assigned {
                        self.add(StepKind::Set(assigned), self.scope.at(target));
                    }
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        walk_expr(self, expr);
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Compare(_) if self.sought == Sought::All => {
                for (table, column) in self.rows.owners_compared(self.scope, expr) {
                    let in_query = self.rows.is_query(self.scope, expr);
                    self.add(StepKind::Owner { table, column, in_query }, self.scope.at(expr));
                }
            }
            _ => {}
        }
    }

    fn visit_body(&mut self, body: &'a [Stmt]) {
        let before = self.when.len();
        body.iter().for_each(|stmt| self.visit_stmt(stmt));
        self.when.truncate(before);
    }
}

/// Whether statements end in a refusal.
fn refuses(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Raise(_)))
}

/// The import paths of what `except` clauses catch and do not raise again.
fn caught<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, handlers: &'a [ExceptHandler]) -> Vec<String> {
    let mut found = Vec::new();
    for ExceptHandler::ExceptHandler(handler) in handlers {
        let again = handler.body.iter().any(|stmt| matches!(stmt, Stmt::Raise(raise) if raise.exc.is_none()));
        if again {
            continue;
        }
        found.extend(handled(rows, scope, handler));
    }
    found
}

/// The import paths of what an `except` clause catches.
fn handled<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, handler: &'a ExceptHandlerExceptHandler) -> Vec<String> {
    match handler.type_.as_deref() {
        None => vec!["BaseException".to_owned()],
        Some(Expr::Tuple(tuple)) => {
            tuple.elts.iter().filter_map(|class| rows.facts.index.resolve(scope, class).path()).collect()
        }
        Some(class) => rows.facts.index.resolve(scope, class).path().into_iter().collect(),
    }
}
