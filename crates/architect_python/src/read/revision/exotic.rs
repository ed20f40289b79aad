//! Types that are read from their source: those of the project and of other packages, and those with variants.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{ColumnType, Known, Location};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use crate::interpret;
use crate::read::table;
use crate::resolve::{Class, Frame, Index, Scope};
use crate::syntax::File;

/// Reads expressions by where they stand.
pub(super) struct Exotic<'a> {
    pub(super) index: &'a Index<'a>,
    calls: RefCell<FxHashMap<*const File, Calls<'a>>>,
}

/// The calls of a file, by where they begin and end.
type Calls<'a> = Rc<FxHashMap<(u32, u32), &'a Expr>>;

impl<'a> Exotic<'a> {
    /// A reader of a project.
    pub(super) fn new(index: &'a Index<'a>) -> Self {
        Self { index, calls: RefCell::default() }
    }

    /// The type that a call at this place makes.
    pub(super) fn made(&self, at: &Location) -> Option<Known<ColumnType>> {
        let (scope, expr) = self.call(at)?;
        Some(table::column_type(self.index, scope, expr))
    }

    /// The SQL of the expression that a call at this place makes.
    pub(super) fn sql(&self, at: &Location) -> Option<Known<String>> {
        let placed = self.call(at)?;
        Some(table::sql_expression(self.index, placed))
    }

    /// A type of a library that is given without a call.
    pub(super) fn bare(&self, path: &str) -> Known<ColumnType> {
        table::bare_type(self.index, path)
    }

    /// A type class of the project that is given without a call.
    pub(super) fn class(&self, class: &Rc<interpret::Class<'a>>) -> Known<ColumnType> {
        table::class_type(self.index, resolved(class))
    }

    /// The type that an enumeration class makes in a call at this place.
    pub(super) fn enumeration(&self, class: &Rc<interpret::Class<'a>>, at: &Location) -> Known<ColumnType> {
        match self.made(at) {
            Some(known @ Known::Known(ColumnType::Enum { values: Known::Known(_), .. })) => known,
            _ => table::class_enumeration(self.index, resolved(class)),
        }
    }

    fn call(&self, at: &Location) -> Option<(Scope<'a>, &'a Expr)> {
        let file = self.index.files().by_path(&at.file)?;
        let mut known = self.calls.borrow_mut();
        let calls = known.entry(std::ptr::from_ref(file)).or_insert_with(|| Rc::new(calls(file)));
        let expr = *calls.get(&(at.start, at.end))?;
        let within = |stmt: &&Stmt| stmt.range().contains_range(expr.range());
        let scope = match file.body().iter().find(within) {
            Some(Stmt::FunctionDef(function)) => Scope::module(file).inside(Frame::Function(function)),
            _ => Scope::module(file),
        };
        Some((scope, expr))
    }
}

fn resolved<'a>(class: &interpret::Class<'a>) -> Class<'a> {
    Class { outer: Scope::module(class.scope.file), def: class.def }
}

fn calls(file: &File) -> FxHashMap<(u32, u32), &Expr> {
    struct Finder<'s>(FxHashMap<(u32, u32), &'s Expr>);
    impl<'s> Visitor<'s> for Finder<'s> {
        fn visit_expr(&mut self, expr: &'s Expr) {
            if expr.is_call_expr() {
                self.0.insert((expr.start().to_u32(), expr.end().to_u32()), expr);
            }
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder(FxHashMap::default());
    finder.visit_body(file.body());
    finder.0
}
