//! Imports on both sides: what the code calls what the writers import, and what it still has to import.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;

use super::code::Code;
use crate::edit::{NewImport, module_of};
use crate::syntax::is_stdlib;

/// One imported name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) module: String,
    /// None for `import module`.
    pub(super) name: Option<String>,
    /// The name under which it is used.
    pub(super) bound: String,
    pub(super) typing_only: bool,
    /// A comment behind it that linters read: `noqa: F401`.
    pub(super) comment: Option<String>,
}

impl Import {
    /// The same as an edit, under the name `bound`.
    pub(super) fn edit(&self, bound: &str) -> NewImport {
        let new = match &self.name {
            Some(name) => NewImport::from(&self.module, name),
            None => NewImport::module(&self.module),
        };
        let own = self.name.as_deref().unwrap_or(&self.module);
        let is_plain = own == bound || self.name.is_none() && own.split('.').next() == Some(bound);
        let new = if is_plain { new } else { new.bound_to(bound) };
        let new = match &self.comment {
            Some(comment) => new.with_comment(comment),
            None => new,
        };
        if self.typing_only { new.typing_only() } else { new }
    }
}

/// The imports of a module.
pub(super) fn imports(code: &Code<'_>) -> Vec<Import> {
    let mut found = Vec::new();
    collect(code, code.document.body(), false, &mut found);
    found
}

fn collect(code: &Code<'_>, body: &[Stmt], typing_only: bool, found: &mut Vec<Import>) {
    for stmt in body {
        let comment = noqa(code, stmt);
        match stmt {
            Stmt::Import(stmt) => found.extend(stmt.names.iter().map(|alias| {
                let own = alias.name.as_str();
                let bound = alias.asname.as_ref().map_or(own.split('.').next().unwrap_or(own), |name| name.as_str());
                Import {
                    module: own.to_owned(),
                    name: None,
                    bound: bound.to_owned(),
                    typing_only,
                    comment: comment.clone(),
                }
            })),
            Stmt::ImportFrom(stmt) => found.extend(stmt.names.iter().map(|alias| {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                Import {
                    module: module_of(stmt),
                    name: Some(alias.name.to_string()),
                    bound,
                    typing_only,
                    comment: comment.clone(),
                }
            })),
            Stmt::If(stmt) => collect(code, &stmt.body, is_typing(&stmt.test), found),
            Stmt::Try(stmt) => collect(code, &stmt.body, typing_only, found),
            _ => {}
        }
    }
}

/// The comment for linters behind a statement.
fn noqa(code: &Code<'_>, stmt: &Stmt) -> Option<String> {
    let line = TextRange::new(stmt.end(), code.document.next_line(stmt.end()));
    let comment = code.source(line).trim().strip_prefix('#')?.trim();
    comment.starts_with("noqa").then(|| comment.to_owned())
}

fn is_typing(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}

/// What is known about the two files whose imports are compared.
pub(super) struct Known<'k> {
    /// What the writers import before the change.
    pub(super) before: &'k [Import],
    /// What the code imports.
    pub(super) actual: &'k [Import],
    /// Whether the code's file defines a name itself.
    pub(super) defined: &'k dyn Fn(&str) -> bool,
    /// Whether only one file of the project defines a name.
    pub(super) unique: &'k dyn Fn(&str) -> bool,
}

impl Known<'_> {
    /// What the code writes for the names that the writers import, where it is another name.
    pub(super) fn renamed(&self, written: &[Import]) -> FxHashMap<String, String> {
        let names = written.iter().filter_map(|import| Some((import.bound.clone(), self.actual_name(import)?)));
        names.collect()
    }

    /// Whether an import of the code brings what the writers import, though maybe from where it is passed on or was
    /// moved to.
    fn is_one(&self, written: &Import, actual: &Import) -> bool {
        let (one, two) = (&*written.module, &*actual.module);
        let is_own = top(one) == top(two) && !is_stdlib(top(one));
        let was_there = || self.before.iter().any(|before| before.bound == written.bound && before.module == one);
        let same_name = || written.bound == actual.bound && was_there();
        written.name == actual.name
            && (is_passed_on(one, two)
                || is_own && written.name.as_deref().is_some_and(|name| (self.unique)(name))
                || is_own && same_name())
    }

    fn actual_name(&self, import: &Import) -> Option<String> {
        let here = self.actual.iter().find(|known| known.bound == import.bound);
        if here.is_some_and(|known| self.is_one(import, known)) {
            return None;
        }
        if let Some(other) = self.actual.iter().find(|known| self.is_one(import, known)) {
            return (other.bound != import.bound).then(|| other.bound.clone());
        }
        let is_defined = (self.defined)(&import.bound);
        // Defined in this very file.
        if here.is_none() && import.name.as_deref() == Some(&import.bound) && is_defined {
            return None;
        }
        let name = import.name.as_ref()?;
        let is_module = |known: &&Import| match &known.name {
            None => {
                known.module == import.module
                    && (known.bound == known.module || !known.module.starts_with(&known.bound))
            }
            Some(last) => format!("{}.{last}", known.module) == import.module,
        };
        if let Some(module) = self.actual.iter().find(is_module) {
            return Some(format!("{}.{name}", module.bound));
        }
        (here.is_some() || is_defined).then(|| alias(import, name))
    }
}

fn top(module: &str) -> &str {
    module.split('.').next().unwrap_or_default()
}

/// Whether a name may be passed on from one of the modules to the other: one lies in the other, or both are homes of
/// types in the standard library.
fn is_passed_on(one: &str, two: &str) -> bool {
    let is_types = |module: &str| matches!(module, "typing" | "typing_extensions" | "collections.abc");
    let lies_in = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
    let is_tail = |relative: &str, whole: &str| {
        let tail = relative.trim_start_matches('.');
        relative.starts_with('.') && (tail.is_empty() || whole == tail || whole.ends_with(&format!(".{tail}")))
    };
    one == two
        || is_types(one) && is_types(two)
        || lies_in(one, two)
        || lies_in(two, one)
        || is_tail(one, two)
        || is_tail(two, one)
}

/// A name of its own for something whose name is taken: `ModelsProject`, `models_project`.
fn alias(import: &Import, name: &str) -> String {
    let last = import.module.rsplit('.').next().unwrap_or_default();
    if name.starts_with(|char: char| char.is_uppercase()) {
        let mut chars = last.chars();
        let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
        format!("{first}{}{name}", chars.as_str())
    } else {
        format!("{last}_{name}")
    }
}
