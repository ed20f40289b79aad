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

    /// Whether both mean the same thing, though one may take it from where it is passed on.
    fn is(&self, other: &Import) -> bool {
        self.name == other.name && is_one_source(&self.module, &other.module)
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

/// Whether a name may be passed on from one of the modules to the other: both belong to one package, or both are
/// homes of types in the standard library.
fn is_one_source(one: &str, two: &str) -> bool {
    let top = |module: &str| module.split('.').next().unwrap_or_default().to_owned();
    let is_types = |module: &str| matches!(module, "typing" | "typing_extensions" | "collections.abc");
    let is_own = |module: &str| !is_stdlib(&top(module));
    one == two
        || is_types(one) && is_types(two)
        || one.starts_with('.') && is_own(two)
        || two.starts_with('.') && is_own(one)
        || is_own(one) && top(one) == top(two)
}

/// What the code writes for the names that the writers import, where it is another name.
pub(super) fn renamed(
    written: &[Import],
    actual: &[Import],
    defined: impl Fn(&str) -> bool,
) -> FxHashMap<String, String> {
    let mut names = FxHashMap::default();
    for import in written {
        if let Some(name) = actual_name(import, actual, &defined) {
            names.insert(import.bound.clone(), name);
        }
    }
    names
}

fn actual_name(import: &Import, actual: &[Import], defined: &impl Fn(&str) -> bool) -> Option<String> {
    let here = actual.iter().find(|known| known.bound == import.bound);
    if here.is_some_and(|known| import.is(known)) {
        return None;
    }
    if let Some(other) = actual.iter().find(|known| import.is(known)) {
        return (other.bound != import.bound).then(|| other.bound.clone());
    }
    // Defined in this very file.
    if here.is_none() && import.name.as_deref() == Some(&import.bound) && defined(&import.bound) {
        return None;
    }
    let name = import.name.as_ref()?;
    let is_module = |known: &&Import| match &known.name {
        None => {
            known.module == import.module && (known.bound == known.module || !import.module.starts_with(&known.bound))
        }
        Some(last) => format!("{}.{last}", known.module) == import.module,
    };
    if let Some(module) = actual.iter().find(is_module) {
        return Some(format!("{}.{name}", module.bound));
    }
    (here.is_some() || defined(&import.bound)).then(|| alias(import, name))
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
