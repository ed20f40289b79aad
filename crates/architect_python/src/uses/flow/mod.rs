//! Follows the code of a file statement by statement: what each name holds, and where the subject is used.

mod call;
mod declare;
mod dictionary;
mod expression;
mod handed;
mod library;
mod parameters;
mod passed;
mod see;
mod statement;

use std::sync::Arc;

use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashMap;

pub(in crate::uses) use passed::Passed;
pub(in crate::uses) use see::{content, word_at};

use super::findings::Findings;
use super::types::{Bound, Type};
use super::world::{DEPTH, World};
use crate::resolve::{Class, Frame, Function, Scope};
use crate::syntax::File;

/// The state at one place of the code.
pub(super) struct Flow<'f, 'w, 'a> {
    world: &'f World<'w, 'a>,
    scope: Scope<'a>,
    locals: FxHashMap<&'a str, Type<'a>>,
    bound: Bound<'a>,
    returned: Vec<Type<'a>>,
    yielded: Vec<Type<'a>>,
    /// Blocks around the place that may not run.
    branches: u32,
    depth: u8,
    /// What calls pass to functions of the file, while that is asked for.
    passed: Option<Passed<'a>>,
    /// What was found; none while only types are asked for.
    seen: Option<Findings<'a>>,
}

impl<'f, 'w, 'a> Flow<'f, 'w, 'a> {
    /// Asks for types only.
    pub(super) fn silent(world: &'f World<'w, 'a>, scope: Scope<'a>, depth: u8) -> Self {
        Self {
            world,
            scope,
            locals: FxHashMap::default(),
            bound: Arc::from([]),
            returned: Vec::new(),
            yielded: Vec::new(),
            branches: 0,
            depth,
            passed: None,
            seen: None,
        }
    }

    /// What is found in those statements of a file and of its classes that are wanted.
    pub(super) fn of_file(
        world: &'f World<'w, 'a>,
        file: &'a File,
        wanted: &mut dyn FnMut(&'a Stmt) -> bool,
    ) -> Findings<'a> {
        let mut flow = Self::silent(world, Scope::module(file), DEPTH);
        flow.seen = Some(Findings::default());
        flow.units(file.body(), wanted);
        flow.seen.unwrap_or_default()
    }

    fn units(&mut self, body: &'a [Stmt], wanted: &mut dyn FnMut(&'a Stmt) -> bool) {
        for stmt in body {
            match stmt {
                Stmt::ClassDef(def) => {
                    if wanted(stmt) {
                        self.class_head(def);
                    }
                    let class = Class { outer: self.scope, def };
                    let outer = std::mem::replace(&mut self.scope, class.scope());
                    for stmt in &def.body {
                        if wanted(stmt) {
                            self.see_member(class, stmt);
                            self.statement(stmt);
                        }
                    }
                    self.scope = outer;
                    self.locals.clear();
                }
                stmt if wanted(stmt) => self.statement(stmt),
                _ => {}
            }
        }
    }

    /// What a function without annotation returns.
    pub(super) fn result_of(mut self, function: Function<'a>) -> Type<'a> {
        let receiver = function.class().map(Type::object);
        self.enter_parameters(&receiver.unwrap_or(Type::Unknown), &Arc::from([]));
        self.body(&function.def.body);
        if !self.yielded.is_empty() {
            return Type::many(self.yielded.into_iter().reduce(Type::or).unwrap_or(Type::Plain));
        }
        self.returned.into_iter().reduce(Type::or).unwrap_or(Type::Plain)
    }

    /// The class that a definition around the place makes.
    fn class_around(&self, def: &'a ruff_python_ast::StmtClassDef) -> Option<Class<'a>> {
        let mut outer = Scope::module(self.scope.file);
        for frame in self.scope.frames() {
            match frame {
                Frame::Class(found) if std::ptr::eq(found, def) => return Some(Class { outer, def }),
                _ => outer = outer.inside(frame),
            }
        }
        None
    }

    /// The outermost function around the place.
    fn function(&self) -> Option<Function<'a>> {
        enclosing(self.scope)
    }

    fn body(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            self.statement(stmt);
        }
    }

    /// The type of an expression without what is found in it.
    fn peek(&mut self, expr: &'a Expr) -> Type<'a> {
        let seen = self.seen.take();
        let found = self.expr(expr);
        self.seen = seen;
        found
    }

    /// Makes a name hold a value.
    fn bind(&mut self, name: &'a str, value: Type<'a>) {
        let value = match self.locals.remove(name) {
            Some(known) if self.branches > 0 && !matches!(known, Type::Plain) => known.or(value),
            _ => value,
        };
        self.locals.insert(name, value);
    }

    /// Makes the names of a target hold the parts of a value.
    fn assign(&mut self, target: &'a Expr, value: Type<'a>) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), value),
            Expr::Tuple(_) | Expr::List(_) => {
                let targets = crate::resolve::elements(target);
                for (number, target) in targets.iter().enumerate() {
                    let part = value.map(|one| match one {
                        Type::Tuple(items) => items.get(number).cloned().unwrap_or(Type::Unknown),
                        other => other.item(),
                    });
                    self.assign(target, part);
                }
            }
            Expr::Starred(starred) => self.assign(&starred.value, Type::many(Type::Unknown)),
            target => {
                self.expr(target);
            }
        }
    }
}

/// The outermost function around a place.
pub(super) fn enclosing(scope: Scope<'_>) -> Option<Function<'_>> {
    let mut outer = Scope::module(scope.file);
    for frame in scope.frames() {
        match frame {
            Frame::Function(def) => return Some(Function { outer, def }),
            _ => outer = outer.inside(frame),
        }
    }
    None
}
