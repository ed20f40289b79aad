//! Which files the import of one file imports.

use std::collections::VecDeque;
use std::thread;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashSet;

use crate::interpret::Machine;
use crate::resolve::{Index, Resolution};
use crate::syntax::File;

/// What imports modules by names that are computed.
const COMPUTED: &[&str] = &["__import__", "import_module", "exec_module", "load_module", "find_module"];

/// Stack for the machine: programs nest calls deeply.
const STACK: usize = 512 << 20;

/// The paths of the project's files that are imported, in the end, where `start` is run; none where that is not
/// known, as a module is imported by a name that could not be determined, or from a folder that is not known to be a
/// source root. Where modules are imported by computed names, the program is run as far as its source shows it.
///
/// An import runs the packages above a module too, and a name imported from a package may be a module of it:
///
/// ```python
/// from app.modules import item  # runs app/__init__.py, app/modules/__init__.py, app/modules/item.py
/// ```
pub(super) fn from<'a>(index: &Index<'a>, start: &'a File) -> Option<FxHashSet<&'a str>> {
    let mut found: FxHashSet<&str> = FxHashSet::from_iter([&*start.path]);
    let mut queue = VecDeque::from([start]);
    let mut computed = false;
    while let Some(file) = queue.pop_front() {
        let mut imports = Imports { index, file, modules: Vec::new(), members: Vec::new(), computed: false };
        imports.visit_body(file.body());
        computed |= imports.computed;
        if imports.modules.iter().any(|dotted| is_missed(index, file, dotted)) {
            return None;
        }
        for dotted in imports.modules.iter().chain(&imports.members) {
            let ends = dotted.match_indices('.').map(|(end, _)| end).chain([dotted.len()]);
            for end in ends {
                if let Resolution::Module(next) = index.module(&dotted[..end], file)
                    && !next.installed
                    && found.insert(&next.path)
                {
                    queue.push_back(next);
                }
            }
        }
    }
    if computed {
        found.extend(run(index, start)?);
    }
    Some(found)
}

/// The files whose modules are run where `start` is; none where one is imported by a name that could not be determined.
fn run<'a>(index: &Index<'a>, start: &'a File) -> Option<Vec<&'a str>> {
    let files = index.files();
    let run = move || {
        let mut machine = Machine::new(files, start);
        machine.import(start);
        (!machine.imports_unknown).then(|| machine.imported())
    };
    thread::scope(|scope| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).ok()?.join().ok()?)
}

/// Whether a module is not found though a folder or file of that name is in the project.
fn is_missed<'a>(index: &Index<'a>, file: &'a File, dotted: &str) -> bool {
    let top = dotted.split('.').next().unwrap_or(dotted);
    let is_named = |path: &str| {
        let mut parts = path.rsplit('/');
        parts.next().and_then(|name| name.strip_suffix(".py")) == Some(top) || parts.any(|part| part == top)
    };
    !matches!(index.module(dotted, file), Resolution::Module(_) | Resolution::Namespace(_))
        && index.files().project().iter().any(|known| is_named(&known.path))
}

/// What a file imports, by dotted name.
struct Imports<'i, 'a> {
    index: &'i Index<'a>,
    file: &'a File,
    modules: Vec<String>,
    /// Names imported from modules, which may be modules too.
    members: Vec<String>,
    computed: bool,
}

impl<'s> Visitor<'s> for Imports<'_, '_> {
    fn visit_stmt(&mut self, stmt: &'s Stmt) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.modules.push(alias.name.to_string());
                }
            }
            Stmt::ImportFrom(import) => {
                let Some(dotted) = self.index.imported_from(self.file, import) else { return };
                self.members.extend(import.names.iter().map(|alias| format!("{dotted}.{}", alias.name)));
                self.modules.push(dotted);
            }
            Stmt::If(conditional) if is_type_checking(&conditional.test) => {
                conditional.elif_else_clauses.iter().for_each(|clause| self.visit_body(&clause.body));
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'s Expr) {
        let named = match expr {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        self.computed |= COMPUTED.contains(&named);
        visitor::walk_expr(self, expr);
    }
}

fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}
