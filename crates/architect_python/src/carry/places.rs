//! Finds the files that have a definition.

use std::cell::RefCell;
use std::sync::Arc;

use ruff_python_ast::Stmt;
use rustc_hash::FxHashMap;

use crate::source::{SourceText, Sources};

/// The top-level names of the files that were looked at.
pub(super) struct Places<'s> {
    sources: &'s Sources,
    paths: FxHashMap<&'s str, usize>,
    found: RefCell<FxHashMap<String, Arc<[usize]>>>,
}

impl<'s> Places<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        let paths = sources.python.iter().enumerate().map(|(at, file)| (&*file.path, at)).collect();
        Self { sources, paths, found: RefCell::default() }
    }

    /// The file at a path.
    pub(super) fn file(&self, path: &str) -> Option<&'s SourceText> {
        self.paths.get(path).and_then(|at| self.sources.python.get(*at))
    }

    /// The only file that defines `name` at its top level.
    pub(super) fn only(&self, name: &str) -> Option<&'s SourceText> {
        let known = self.found.borrow().get(name).cloned();
        let found = known.unwrap_or_else(|| {
            let files = self.sources.python.iter().enumerate();
            let found: Arc<[usize]> = files.filter(|(_, file)| defines(file, name)).map(|(at, _)| at).collect();
            self.found.borrow_mut().insert(name.to_owned(), Arc::clone(&found));
            found
        });
        match &found[..] {
            [only] => self.sources.python.get(*only),
            _ => None,
        }
    }
}

/// Whether a file defines a name at its top level. A file without the word is not parsed.
pub(super) fn defines(file: &SourceText, name: &str) -> bool {
    file.text.contains(name) && file.body().iter().any(|stmt| bound(stmt) == Some(name))
}

fn bound(stmt: &Stmt) -> Option<&str> {
    match stmt {
        Stmt::FunctionDef(stmt) => Some(stmt.name.as_str()),
        Stmt::ClassDef(stmt) => Some(stmt.name.as_str()),
        Stmt::AnnAssign(stmt) => stmt.target.as_name_expr().map(|name| name.id.as_str()),
        Stmt::Assign(stmt) => stmt.targets.first()?.as_name_expr().map(|name| name.id.as_str()),
        _ => None,
    }
}
