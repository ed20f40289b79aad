//! Which files import a file, themselves or through others: only they can hold an object of a class in it.

use rayon::prelude::*;
use ruff_python_ast::{Stmt, StmtImportFrom};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::resolve::Index;
use crate::style::facts::address;
use crate::style::walk::each_stmt;
use crate::syntax::{File, Files};

/// The files that import one of `sources`, directly or not, and these themselves; by address.
pub(super) fn importers<'a>(index: &'a Index<'a>, sources: impl IntoIterator<Item = &'a File>) -> FxHashSet<usize> {
    let files = index.files();
    let edges: Vec<(usize, Vec<usize>)> =
        files.project().par_iter().map(|file| (address(file), imported(files, file))).collect();
    let mut by: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    for (importer, imported) in edges {
        for file in imported {
            by.entry(file).or_default().push(importer);
        }
    }
    let mut reached: FxHashSet<usize> = sources.into_iter().map(address).collect();
    let mut open: Vec<usize> = reached.iter().copied().collect();
    while let Some(file) = open.pop() {
        for importer in by.get(&file).into_iter().flatten() {
            if reached.insert(*importer) {
                open.push(*importer);
            }
        }
    }
    reached
}

/// The files of the project that a file imports, in functions too.
fn imported(files: &Files, file: &File) -> Vec<usize> {
    let mut found = Vec::new();
    let mut see = |dotted: &str| {
        if let Some(module) = files.project_module(dotted, file) {
            found.push(address(module));
        }
    };
    each_stmt(file.body(), &mut |stmt| match stmt {
        Stmt::Import(import) => import.names.iter().for_each(|alias| see(&alias.name)),
        Stmt::ImportFrom(import) => {
            let module = source(file, import);
            see(&module);
            import.names.iter().for_each(|alias| see(&format!("{module}.{}", alias.name)));
        }
        _ => {}
    });
    found
}

/// The module that `from … import` names: relative to the file's own package, where it begins with dots.
fn source(file: &File, import: &StmtImportFrom) -> String {
    let named = import.module.as_ref().map_or("", |module| module.as_str());
    if import.level == 0 {
        return named.to_owned();
    }
    let mut parts: Vec<&str> = file.module.split('.').collect();
    let above = usize::try_from(import.level).unwrap_or_default() - usize::from(file.is_package);
    parts.truncate(parts.len().saturating_sub(above));
    parts.extend((!named.is_empty()).then_some(named));
    parts.join(".")
}
