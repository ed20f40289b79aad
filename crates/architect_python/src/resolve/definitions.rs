//! The classes and functions that files and classes define.

use ruff_python_ast::{ExceptHandler, Stmt};

use crate::syntax::File;

use super::lookup::address;
use super::{BindingKind, Class, Frame, Function, Index, Names, Scope};

impl<'a> Index<'a> {
    /// The classes of a file, nested ones after the one they stand in.
    pub(crate) fn classes(&self, file: &'a File) -> impl Iterator<Item = Class<'a>> + use<'_, 'a> {
        let classes = self.classes.get_or(address(file), || {
            let mut found = Vec::new();
            collect_classes(Scope::module(file), file.body(), &mut found);
            found
        });
        classes.iter().copied()
    }

    /// The functions at the top level of a file, those in `if` and `try` blocks included.
    pub(crate) fn functions(&self, file: &'a File) -> Vec<Function<'a>> {
        functions_of(Scope::module(file), self.module_names(file))
    }

    /// The methods that a class defines itself.
    pub(crate) fn methods(&self, class: Class<'a>) -> Vec<Function<'a>> {
        functions_of(class.scope(), self.frame_names(Frame::Class(class.def)))
    }
}

fn functions_of<'a>(scope: Scope<'a>, names: &Names<'a>) -> Vec<Function<'a>> {
    let bindings = names.by_name.values().flatten();
    let mut functions: Vec<Function<'a>> = bindings
        .filter_map(|binding| match binding.kind {
            BindingKind::Function(def) => Some(Function { outer: scope, def }),
            _ => None,
        })
        .collect();
    functions.sort_by_key(|function| function.def.range.start());
    functions
}

fn collect_classes<'a>(scope: Scope<'a>, body: &'a [Stmt], found: &mut Vec<Class<'a>>) {
    for statement in body {
        match statement {
            Stmt::ClassDef(def) => {
                let class = Class { outer: scope, def };
                found.push(class);
                collect_classes(class.scope(), &def.body, found);
            }
            Stmt::FunctionDef(def) => collect_classes(scope.inside(Frame::Function(def)), &def.body, found),
            Stmt::If(test) => {
                collect_classes(scope, &test.body, found);
                for clause in &test.elif_else_clauses {
                    collect_classes(scope, &clause.body, found);
                }
            }
            Stmt::Try(attempt) => {
                collect_classes(scope, &attempt.body, found);
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    collect_classes(scope, &handler.body, found);
                }
            }
            _ => {}
        }
    }
}
