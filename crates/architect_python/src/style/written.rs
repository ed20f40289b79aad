//! Where the names in source that is taken over as written come from.

use std::collections::BTreeMap;

use architect_model::Symbol;
use ruff_python_ast::Expr;
use ruff_python_ast::visitor::{self, Visitor};

use crate::resolve::{BindingKind, Index};
use crate::syntax::File;

/// Names and what they are imported as; a module imported as a whole is a symbol without a name.
pub(crate) type Origins = BTreeMap<String, Symbol>;

/// Adds where the names in an expression of a file come from: what the file imports under their own names, and its own
/// functions. What was known before stays.
pub(crate) fn add<'a>(index: &Index<'a>, file: &'a File, expr: &'a Expr, origins: &mut Origins) {
    for name in names(file, expr) {
        if !origins.contains_key(name)
            && let Some(origin) = origin(index, file, name)
        {
            origins.insert(name.to_owned(), origin);
        }
    }
}

fn origin<'a>(index: &Index<'a>, file: &'a File, name: &str) -> Option<Symbol> {
    let bindings = index.module_names(file).by_name.get(name)?;
    match bindings.first()?.kind {
        BindingKind::From(import, alias) if alias.asname.is_none() => {
            Some(Symbol::new(index.imported_from(file, import)?, name))
        }
        BindingKind::Import(alias) if alias.asname.is_none() && alias.name.as_str() == name => {
            Some(Symbol::new(name, ""))
        }
        BindingKind::Function(_) => Some(Symbol::new(file.module.clone(), name)),
        _ => None,
    }
}

/// The names in an expression, those in string annotations included.
fn names<'a>(file: &'a File, expr: &'a Expr) -> Vec<&'a str> {
    struct Names<'a> {
        file: &'a File,
        found: Vec<&'a str>,
    }
    impl<'a> Visitor<'a> for Names<'a> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::Name(name) => self.found.push(&name.id),
                Expr::StringLiteral(text) => {
                    if let Some(inner) = self.file.string_annotation(text) {
                        self.visit_expr(inner);
                    }
                }
                _ => {}
            }
            visitor::walk_expr(self, expr);
        }
    }
    let mut names = Names { file, found: Vec::new() };
    names.visit_expr(expr);
    names.found
}
