//! Whether a function turns callers away: the statuses it raises, and what it looks at before.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::Unknown;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, ExprCall, Stmt, StmtIf, StmtTry, UnaryOp};
use rustc_hash::FxHashMap;

use crate::interpret::{Class, Function, Kind, Machine, Scope, Value};

/// What a function does to callers that it turns away.
#[derive(Clone, Default)]
pub(super) struct Denial {
    /// It answers 401.
    pub(super) unauthenticated: bool,
    /// It answers 403.
    pub(super) forbidden: bool,
    /// It raises something whose status could not be told.
    pub(super) unclear: Option<Unknown>,
    /// It lets callers without credentials pass: it returns nothing where a parameter is missing.
    pub(super) optional: bool,
    /// It hands a parameter to code that could not be followed.
    pub(super) unfollowed: Option<Unknown>,
    /// Names, with the attribute read of them, in the conditions under which it answers 403.
    pub(super) conditions: Vec<(String, Option<String>)>,
}

impl Denial {
    /// Whether it turns callers away for who they are.
    pub(super) fn denies(&self) -> bool {
        self.unauthenticated || self.forbidden
    }

    fn add(&mut self, inner: &Self) {
        self.unauthenticated |= inner.unauthenticated;
        self.forbidden |= inner.forbidden;
        if self.unclear.is_none() {
            self.unclear.clone_from(&inner.unclear);
        }
    }
}

/// What functions do to callers, remembered by definition.
pub(super) struct Denials<'a> {
    known: FxHashMap<usize, Denial>,
    handlers: Vec<(Value<'a>, Value<'a>)>,
}

/// Functions that a function calls are followed this deep.
const DEPTH: usize = 5;
/// Names that a variable is made of, beyond which they are no longer followed.
const SOURCES: usize = 40;

impl<'a> Denials<'a> {
    /// With these exception handlers, nothing known yet.
    pub(super) fn new(handlers: Vec<(Value<'a>, Value<'a>)>) -> Self {
        Self { known: FxHashMap::default(), handlers }
    }

    /// What a function does, the functions that it calls included.
    pub(super) fn of(&mut self, machine: &mut Machine<'a>, function: &Rc<Function<'a>>) -> Denial {
        self.at_depth(machine, function, DEPTH)
    }

    fn at_depth(&mut self, machine: &mut Machine<'a>, function: &Rc<Function<'a>>, depth: usize) -> Denial {
        let key = std::ptr::from_ref(function.def).addr();
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if depth == 0 {
            return Denial::default();
        }
        self.known.insert(key, Denial::default());
        let scope = Rc::new(Scope {
            names: RefCell::default(),
            parent: Some(Rc::clone(&function.scope)),
            file: function.scope.file,
            qualifier: String::new(),
            is_class: false,
        });
        let function = Rc::clone(function);
        let body = &function.def.body;
        let mut finder = Finder {
            denials: self,
            machine,
            function: Rc::clone(&function),
            scope,
            depth,
            locals: FxHashMap::default(),
            found: Denial::default(),
        };
        finder.visit_body(body);
        let found = finder.found;
        self.known.insert(key, found.clone());
        found
    }

    /// The function that answers exceptions of a class.
    fn handler(&self, class: &Rc<Class<'a>>) -> Option<Rc<Function<'a>>> {
        let own: Value<'a> = Kind::Class(Rc::clone(class)).into();
        let line = std::iter::once(&own).chain(&class.ancestors);
        let found = line.filter_map(|class| self.handlers.iter().find(|(handled, _)| handled.same(class)));
        found.map(|(_, function)| function).find_map(|function| match &function.kind {
            Kind::Function(function) => Some(Rc::clone(function)),
            _ => None,
        })
    }
}

struct Finder<'f, 'm, 'a> {
    denials: &'f mut Denials<'a>,
    machine: &'m mut Machine<'a>,
    function: Rc<Function<'a>>,
    scope: Rc<Scope<'a>>,
    depth: usize,
    /// What local variables are made of.
    locals: FxHashMap<String, Vec<(String, Option<String>)>>,
    found: Denial,
}

impl<'a> Finder<'_, '_, 'a> {
    fn status(&mut self, status: Option<i64>) {
        match status {
            Some(401) => self.found.unauthenticated = true,
            Some(403) => self.found.forbidden = true,
            _ => {}
        }
    }

    fn unclear(&mut self, expr: &Expr) {
        let reason = format!("the status of `{}` could not be told", self.scope.file.text(expr));
        self.found.unclear.get_or_insert_with(|| self.scope.file.unknown(expr, reason));
    }

    fn call(&mut self, call: &ExprCall) {
        let callee = match self.method(&call.func) {
            Some(method) => method,
            None => self.machine.evaluate(&self.scope, &call.func),
        };
        match &callee.kind {
            Kind::Library(path) if is_http_exception(path) || path.ends_with("Response") => {
                let given = call.arguments.find_argument_value("status_code", usize::from(path.ends_with("Response")));
                let status = given.map(|status| self.machine.evaluate(&self.scope, status));
                match status.as_ref().map(number) {
                    Some(Some(status)) => self.status(Some(status)),
                    Some(None) => self.unclear(&call.func),
                    None => {}
                }
            }
            Kind::Class(class) if is_exception(class) => {
                let made = self.machine.evaluate(&self.scope, &Expr::Call(call.clone()));
                self.exception(class, Some(&made), &call.func);
            }
            Kind::Function(function) => {
                let inner = self.denials.at_depth(self.machine, function, self.depth - 1);
                self.found.add(&inner);
            }
            Kind::Unknown(_) if self.hands_over(call) => {
                let reason = format!("`{}` could not be followed", self.scope.file.text(&*call.func));
                self.found.unfollowed.get_or_insert_with(|| self.scope.file.unknown(&*call.func, reason));
            }
            _ => {}
        }
    }

    /// Whether a call passes a parameter of the function on.
    fn hands_over(&self, call: &ExprCall) -> bool {
        let given = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
        let mut names = given.filter_map(|value| match value {
            Expr::Name(name) => Some(&name.id),
            _ => None,
        });
        names.any(|name| self.is_parameter(name))
    }

    fn is_parameter(&self, name: &str) -> bool {
        let mut parameters = self.function.def.parameters.iter_non_variadic_params();
        parameters.any(|parameter| parameter.name().id == name)
    }

    /// A method called on the first parameter or on `super()`.
    fn method(&self, func: &Expr) -> Option<Value<'a>> {
        let Expr::Attribute(attribute) = func else {
            return None;
        };
        let class = self.function.class.borrow().clone()?;
        match &*attribute.value {
            Expr::Name(name) => {
                let first = self.function.def.parameters.iter_non_variadic_params().next()?;
                (first.name().id == name.id).then(|| class.lookup(&attribute.attr)).flatten()
            }
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "super") => class
                .project_classes()
                .iter()
                .skip(1)
                .find_map(|class| class.scope.names.borrow().get(&attribute.attr.id).cloned()),
            _ => None,
        }
    }

    /// What happens where an exception of a class of the project is raised.
    fn exception(&mut self, class: &Rc<Class<'a>>, made: Option<&Value<'a>>, node: &Expr) {
        let own = match made.map(|made| &made.kind) {
            Some(Kind::Object(object)) => object.attributes.borrow().get("status_code").cloned(),
            _ => None,
        };
        let status = own.or_else(|| class.lookup("status_code"));
        if let Some(status) = status.as_ref().and_then(number) {
            return self.status(Some(status));
        }
        match self.denials.handler(class) {
            Some(handler) => {
                let inner = self.denials.at_depth(self.machine, &handler, self.depth - 1);
                self.found.add(&inner);
            }
            None => self.unclear(node),
        }
    }

    /// `raise library.Error(…)`: only its own handlers could tell the status.
    fn raise_library(&mut self, call: &ExprCall) {
        let callee = self.machine.evaluate(&self.scope, &call.func);
        if let Kind::Library(path) = &callee.kind
            && !is_http_exception(path)
            && !path.starts_with("builtins.")
        {
            self.unclear(&call.func);
        }
    }

    /// `raise name`: a class, or an exception that a module holds.
    fn raise(&mut self, exc: &Expr) {
        let value = self.machine.evaluate(&self.scope, exc);
        match (&value.kind, value.made_by()) {
            (Kind::Class(class), _) => self.exception(class, None, exc),
            (Kind::Object(object), _) => {
                if let Kind::Class(class) = &object.class.kind {
                    self.exception(class, Some(&value), exc);
                }
            }
            (_, Some((path, made))) if is_http_exception(path) => {
                self.status(made.arguments.get(0, "status_code").and_then(number));
            }
            _ => {}
        }
    }

    /// The names that decide an expression, local variables followed to what they were made of.
    fn deciding(&self, expr: &Expr) -> Vec<(String, Option<String>)> {
        let mut names = Names(Vec::new());
        names.visit_expr(expr);
        let mut all = Vec::new();
        for (name, attribute) in names.0 {
            for (source, read) in self.locals.get(&name).into_iter().flatten() {
                let read = attribute.clone().or_else(|| read.clone()).unwrap_or_default();
                all.push((source.clone(), Some(read)));
            }
            all.push((name, attribute));
        }
        all.truncate(SOURCES);
        all
    }

    /// Whether a condition asks whether a parameter is there: `not token`, `token is None`.
    fn tests_parameter(&self, test: &Expr) -> bool {
        match test {
            Expr::Name(name) => self.is_parameter(&name.id),
            Expr::UnaryOp(operation) => self.tests_parameter(&operation.operand),
            Expr::Compare(compare) => self.tests_parameter(&compare.left),
            Expr::BoolOp(operation) => operation.values.iter().any(|value| self.tests_parameter(value)),
            _ => false,
        }
    }

    /// Remembers what a local variable is made of.
    fn remember(&mut self, target: &Expr, value: &Expr) {
        if let Expr::Name(name) = target {
            let made_of = self.deciding(value);
            self.locals.insert(name.id.to_string(), made_of);
        }
    }

    /// An `if` whose body answers 403 does so because of what its condition reads.
    fn condition(&mut self, test: &StmtIf) {
        if let [Stmt::Return(nothing)] = &test.body[..]
            && matches!(nothing.value.as_deref(), None | Some(Expr::NoneLiteral(_)))
        {
            self.found.optional |= self.tests_parameter(&test.test);
        }
        let before = std::mem::take(&mut self.found.forbidden);
        self.visit_body(&test.body);
        if self.found.forbidden {
            let deciding = self.deciding(&test.test);
            self.found.conditions.extend(deciding);
        }
        for clause in &test.elif_else_clauses {
            self.visit_body(&clause.body);
        }
        self.found.forbidden |= before;
        self.visit_expr(&test.test);
    }

    /// What a `try` body raises counts only where no handler swallows it.
    fn attempt(&mut self, attempt: &StmtTry) {
        let before = self.found.clone();
        self.visit_body(&attempt.body);
        let swallows = attempt.handlers.iter().any(|ExceptHandler::ExceptHandler(handler)| {
            catches_http(handler.type_.as_deref()) && !raises(&handler.body)
        });
        if swallows {
            self.found = before;
        }
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            self.visit_body(&handler.body);
        }
        self.visit_body(&attempt.orelse);
        self.visit_body(&attempt.finalbody);
    }
}

impl<'s> Visitor<'s> for Finder<'_, '_, '_> {
    fn visit_stmt(&mut self, statement: &'s Stmt) {
        match statement {
            Stmt::ClassDef(_) => {}
            Stmt::If(test) => self.condition(test),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::Assign(assign) => {
                assign.targets.iter().for_each(|target| self.remember(target, &assign.value));
                walk_stmt(self, statement);
            }
            Stmt::Raise(raise) => {
                match raise.exc.as_deref() {
                    Some(exc @ (Expr::Name(_) | Expr::Attribute(_))) => self.raise(exc),
                    Some(Expr::Call(call)) => self.raise_library(call),
                    _ => {}
                }
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'s Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

/// Names that decide an expression, with the attribute that is read of each; empty where the value is handed to a call.
/// Whether something exists decides nothing more.
struct Names(Vec<(String, Option<String>)>);

impl<'s> Visitor<'s> for Names {
    fn visit_expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Attribute(attribute) => match &*attribute.value {
                Expr::Name(name) => self.0.push((name.id.to_string(), Some(attribute.attr.to_string()))),
                inner => self.visit_expr(inner),
            },
            Expr::Call(call) => {
                let values = call.arguments.keywords.iter().map(|keyword| &keyword.value);
                for value in call.arguments.args.iter().chain(values) {
                    match value {
                        Expr::Name(name) => self.0.push((name.id.to_string(), Some(String::new()))),
                        value => self.visit_expr(value),
                    }
                }
                self.visit_expr(&call.func);
            }
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not && operation.operand.is_name_expr() => {}
            Expr::Compare(compare)
                if compare.left.is_name_expr() && matches!(&*compare.comparators, [Expr::NoneLiteral(_)]) => {}
            Expr::Name(name) => self.0.push((name.id.to_string(), None)),
            _ => walk_expr(self, expr),
        }
    }
}

fn is_http_exception(path: &str) -> bool {
    path.ends_with("HTTPException")
}

fn is_exception(class: &Class<'_>) -> bool {
    let named = |path: &str| path.ends_with("Exception") || path.ends_with("Error");
    class.ancestors.iter().any(|base| base.as_library().is_some_and(named))
}

/// Whether an `except` clause with this type catches HTTP exceptions.
fn catches_http(ty: Option<&Expr>) -> bool {
    let is_one =
        |name: &str| matches!(name, "HTTPException" | "StarletteHTTPException" | "Exception" | "BaseException");
    match ty {
        None => true,
        Some(Expr::Name(name)) => is_one(&name.id),
        Some(Expr::Attribute(attribute)) => is_one(&attribute.attr),
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(|ty| catches_http(Some(ty))),
        Some(_) => false,
    }
}

/// Whether statements raise anything.
fn raises(body: &[Stmt]) -> bool {
    struct Raises(bool);
    impl<'s> Visitor<'s> for Raises {
        fn visit_stmt(&mut self, statement: &'s Stmt) {
            self.0 |= matches!(statement, Stmt::Raise(_));
            walk_stmt(self, statement);
        }
    }
    let mut found = Raises(false);
    found.visit_body(body);
    found.0
}

fn number(value: &Value<'_>) -> Option<i64> {
    match value.kind {
        Kind::Int(number) => Some(number),
        _ => None,
    }
}
