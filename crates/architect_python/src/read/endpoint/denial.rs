//! Whether a function turns callers away: the statuses it raises, and what it looks at before.

use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtIf};
use rustc_hash::FxHashMap;

use crate::interpret::{Function, Kind, Machine, Scope, Value};

/// What a function does to callers that it turns away.
#[derive(Clone, Default)]
pub(super) struct Denial {
    /// It answers 401.
    pub(super) unauthenticated: bool,
    /// It answers 403.
    pub(super) forbidden: bool,
    /// Names, with the attribute read of them, in the conditions under which it answers 403.
    pub(super) conditions: Vec<(String, Option<String>)>,
}

/// What functions do to callers, remembered by definition.
#[derive(Default)]
pub(super) struct Denials {
    known: FxHashMap<usize, Denial>,
}

/// Functions that a function calls are followed this deep.
const DEPTH: usize = 4;

impl Denials {
    /// What a function does, the functions that it calls included.
    pub(super) fn of<'a>(
        &mut self,
        machine: &mut Machine<'a>,
        function: &Rc<Function<'a>>,
    ) -> Denial {
        self.at_depth(machine, function, DEPTH)
    }

    fn at_depth<'a>(
        &mut self,
        machine: &mut Machine<'a>,
        function: &Rc<Function<'a>>,
        depth: usize,
    ) -> Denial {
        let key = std::ptr::from_ref(function.def).addr();
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if depth == 0 {
            return Denial::default();
        }
        self.known.insert(key, Denial::default());
        let scope = Rc::new(Scope {
            names: std::cell::RefCell::default(),
            parent: Some(Rc::clone(&function.scope)),
            file: function.scope.file,
            qualifier: String::new(),
            is_class: false,
        });
        let mut finder = Finder {
            denials: self,
            machine,
            scope,
            depth,
            found: Denial::default(),
        };
        finder.visit_body(&function.def.body);
        let found = finder.found;
        self.known.insert(key, found.clone());
        found
    }
}

struct Finder<'f, 'm, 'a> {
    denials: &'f mut Denials,
    machine: &'m mut Machine<'a>,
    scope: Rc<Scope<'a>>,
    depth: usize,
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

    fn call(&mut self, call: &ExprCall) {
        let callee = self.machine.evaluate(&self.scope, &call.func);
        match &callee.kind {
            Kind::Library(path)
                if path.ends_with("HTTPException") || path.ends_with("Response") =>
            {
                let status = call.arguments.find_argument_value("status_code", 0);
                let status = status.map(|status| self.machine.evaluate(&self.scope, status));
                self.status(status.as_ref().and_then(number));
            }
            Kind::Class(class) if is_exception(&callee) => {
                let made = self
                    .machine
                    .evaluate(&self.scope, &Expr::Call(call.clone()));
                let status = match &made.kind {
                    Kind::Object(object) => object.attributes.borrow().get("status_code").cloned(),
                    _ => None,
                };
                let status = status.or_else(|| class.lookup("status_code"));
                self.status(status.as_ref().and_then(number));
            }
            Kind::Function(function) => {
                let inner = self
                    .denials
                    .at_depth(self.machine, function, self.depth - 1);
                self.found.unauthenticated |= inner.unauthenticated;
                self.found.forbidden |= inner.forbidden;
            }
            _ => {}
        }
    }

    /// An `if` whose body answers 403 does so because of what its condition reads.
    fn condition(&mut self, test: &StmtIf) {
        let before = std::mem::take(&mut self.found.forbidden);
        self.visit_body(&test.body);
        if self.found.forbidden {
            let mut names = Names(Vec::new());
            names.visit_expr(&test.test);
            self.found.conditions.append(&mut names.0);
        }
        for clause in &test.elif_else_clauses {
            self.visit_body(&clause.body);
        }
        self.found.forbidden |= before;
        self.visit_expr(&test.test);
    }
}

impl<'s> Visitor<'s> for Finder<'_, '_, '_> {
    fn visit_stmt(&mut self, statement: &'s Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::If(test) => self.condition(test),
            Stmt::Raise(raise) => {
                if let Some(Expr::Name(_) | Expr::Attribute(_)) = raise.exc.as_deref()
                    && let Some(exception) = raise
                        .exc
                        .as_deref()
                        .map(|exc| self.machine.evaluate(&self.scope, exc))
                    && let Kind::Class(class) = &exception.kind
                {
                    self.status(class.lookup("status_code").as_ref().and_then(number));
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

/// Names in an expression, with the attribute that is read of each.
struct Names(Vec<(String, Option<String>)>);

impl<'s> Visitor<'s> for Names {
    fn visit_expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Attribute(attribute) => match &*attribute.value {
                Expr::Name(name) => self
                    .0
                    .push((name.id.to_string(), Some(attribute.attr.to_string()))),
                inner => self.visit_expr(inner),
            },
            Expr::Name(name) => self.0.push((name.id.to_string(), None)),
            _ => walk_expr(self, expr),
        }
    }
}

fn is_exception(value: &Value<'_>) -> bool {
    let Kind::Class(class) = &value.kind else {
        return false;
    };
    class.ancestors.iter().any(|base| {
        base.as_library()
            .is_some_and(|path| path.ends_with("Exception") || path.ends_with("Error"))
    })
}

fn number(value: &Value<'_>) -> Option<i64> {
    match value.kind {
        Kind::Int(number) => Some(number),
        _ => None,
    }
}
