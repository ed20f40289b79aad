//! Types with a name: `SessionDep = Annotated[Session, Depends(get_session)]`, `Text = Annotated[str, …]`.

use architect_model::Symbol;
use rayon::prelude::*;
use ruff_python_ast::{Expr, Stmt};

use super::facts::{Facts, assigned};
use super::handlers::depends_call;
use crate::resolve::{Annotation, Index, Scope};
use crate::syntax::File;

/// A name at the top level of a file that stands for an `Annotated` type.
pub(crate) struct Alias<'a> {
    /// The name.
    pub(crate) name: &'a str,
    /// The file.
    pub(crate) file: &'a File,
    /// What it stands for, taken apart.
    pub(crate) annotation: Annotation<'a>,
}

impl<'a> Alias<'a> {
    /// Its importable symbol.
    pub(crate) fn symbol(&self) -> Symbol {
        Symbol::new(self.file.module.clone(), self.name)
    }

    /// Whether it declares a dependency.
    pub(crate) fn depends(&self, index: &Index<'a>) -> bool {
        self.annotation.metadata.iter().any(|(scope, extra)| depends_call(index, *scope, extra).is_some())
    }
}

/// The aliases of all files of the application, in the order of the files.
pub(crate) fn collect<'a>(facts: &Facts<'a>) -> Vec<Alias<'a>> {
    let found: Vec<Vec<Alias<'a>>> = facts.files.par_iter().map(|file| of_file(facts.index, file)).collect();
    found.into_iter().flatten().collect()
}

fn of_file<'a>(index: &Index<'a>, file: &'a File) -> Vec<Alias<'a>> {
    let scope = Scope::module(file);
    let named = file.body().iter().filter_map(|stmt| match stmt {
        Stmt::Assign(assign) => Some((assigned(stmt)?, &*assign.value)),
        Stmt::AnnAssign(assign) => Some((assigned(stmt)?, assign.value.as_deref()?)),
        Stmt::TypeAlias(alias) => Some((alias.name.as_name_expr()?.id.as_str(), &*alias.value)),
        _ => None,
    });
    named.filter_map(|(name, value)| alias(index, scope, name, value)).collect()
}

fn alias<'a>(index: &Index<'a>, scope: Scope<'a>, name: &'a str, value: &'a Expr) -> Option<Alias<'a>> {
    let subscript = value.as_subscript_expr()?;
    if !index.resolve(scope, &subscript.value).is("typing.Annotated") {
        return None;
    }
    Some(Alias { name, file: scope.file, annotation: index.annotation(scope, value) })
}
