//! The imports of a new file: collected in any order, written as ruff's `I001` wants them.

use std::collections::{BTreeMap, BTreeSet};

use architect_model::{FormatStyle, Symbol};
use ruff_python_ast::Stmt;

use crate::edit::module_of;
use crate::resolve::canonical;

use super::import_order::{Section, compare_members, compare_modules};

/// The imports of one file. Adding one twice changes nothing.
///
/// ```ignore
/// let mut imports = Imports::new(&style.format);
/// imports.module("uuid").from("sqlmodel", "Field");
/// let session = imports.symbol(&Symbol::new("app.api.deps", "SessionDep")); // "SessionDep"
/// imports.typing_only("app.models", "Item"); // stands under `if TYPE_CHECKING:`
/// let text = imports.text();
/// ```
#[derive(Debug, Clone)]
pub(crate) struct Imports {
    first_party: Vec<String>,
    width: usize,
    indent: usize,
    runtime: Statements,
    typing: Statements,
    /// What a file that is there imports from libraries, by the name it is bound to.
    given: BTreeMap<String, Symbol>,
    /// Names that the file itself defines or must leave free, and the imported ones with their origin.
    bound: BTreeMap<String, Option<Symbol>>,
}

#[derive(Debug, Clone, Default)]
struct Statements {
    /// Module and the name it is bound to, where that is given.
    modules: BTreeSet<(String, Option<String>)>,
    /// Module, and of it names with the names they are bound to, where those are given.
    names: BTreeMap<String, BTreeSet<(String, Option<String>)>>,
}

impl Imports {
    /// No imports, for a file in this format.
    pub(crate) fn new(format: &FormatStyle) -> Self {
        Self {
            first_party: format.first_party.clone(),
            width: usize::from(format.line_length),
            indent: usize::from(format.indent.max(1)),
            runtime: Statements::default(),
            typing: Statements::default(),
            given: BTreeMap::new(),
            bound: BTreeMap::new(),
        }
    }

    /// Takes over what the file that new code is added to imports from libraries: those names stay what they are.
    pub(crate) fn keep(&mut self, body: &[Stmt]) -> &mut Self {
        for import in body.iter().filter_map(Stmt::as_import_from_stmt) {
            let module = module_of(import);
            let is_own = |top: &str| top.is_empty() || self.first_party.iter().any(|own| own == top);
            if module.split('.').next().is_none_or(is_own) {
                continue;
            }
            for alias in &import.names {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                self.given.insert(bound, Symbol::new(module.as_str(), alias.name.as_str()));
            }
        }
        self
    }

    /// Adds `from __future__ import annotations`.
    pub(crate) fn future_annotations(&mut self) -> &mut Self {
        self.from("__future__", "annotations")
    }

    /// Adds `import module`.
    pub(crate) fn module(&mut self, module: &str) -> &mut Self {
        self.runtime.modules.insert((module.to_owned(), None));
        self
    }

    /// Adds `from module import name`. A relative module starts with its dots.
    pub(crate) fn from(&mut self, module: &str, name: &str) -> &mut Self {
        self.runtime.add(module, name, None);
        self.bound.insert(name.to_owned(), Some(Symbol::new(module, name)));
        self
    }

    /// Adds `from module import name as other`.
    pub(crate) fn renamed(&mut self, module: &str, name: &str, other: &str) -> &mut Self {
        let given = (other != name).then(|| other.to_owned());
        self.runtime.add(module, name, given);
        self.bound.insert(other.to_owned(), Some(Symbol::new(module, name)));
        self
    }

    /// Adds `from module import name` under `if TYPE_CHECKING:`, unless it is imported anyway.
    pub(crate) fn typing_only(&mut self, module: &str, name: &str) -> &mut Self {
        self.typing.add(module, name, None);
        self
    }

    /// Keeps the name of a symbol for that symbol: it may be imported later.
    pub(crate) fn prefer(&mut self, symbol: &Symbol) -> &mut Self {
        self.bound.entry(symbol.name.clone()).or_insert_with(|| Some(symbol.clone()));
        self
    }

    /// Keeps `name` free: the file defines it, so no import may bind it.
    pub(crate) fn reserve(&mut self, name: &str) -> &mut Self {
        self.bound.insert(name.to_owned(), None);
        self
    }

    /// Imports a symbol and gives the expression that names it in this file.
    ///
    /// Where its name is taken by another import or [reserved](Self::reserve), it is bound to `module_Name` instead.
    /// Of a dotted name (a nested class) the outermost part is imported.
    pub(crate) fn symbol(&mut self, symbol: &Symbol) -> String {
        let (outer, rest) = match symbol.name.split_once('.') {
            Some((outer, rest)) => (outer, Some(rest)),
            None => (symbol.name.as_str(), None),
        };
        let origin = Symbol::new(symbol.module.as_str(), outer);
        let local = self.local_name(&origin);
        if !self.given.contains_key(&local) {
            self.renamed(&origin.module, outer, &local);
        }
        match rest {
            Some(rest) => format!("{local}.{rest}"),
            None => local,
        }
    }

    fn local_name(&self, origin: &Symbol) -> String {
        let path = |symbol: &Symbol| canonical(format!("{}.{}", symbol.module, symbol.name));
        let is_free = |name: &str| {
            self.given.get(name).is_none_or(|given| given == origin || path(given) == path(origin))
                && self.bound.get(name).is_none_or(|taken| taken.as_ref() == Some(origin))
        };
        if is_free(&origin.name) {
            return origin.name.clone();
        }
        let top = origin.module.split('.').next().unwrap_or_default();
        let is_own = top.is_empty() || self.first_party.iter().any(|own| own == top);
        let kind =
            [("schema", "Schema"), ("model", "Model")].into_iter().find(|(word, _)| origin.module.contains(word));
        let kind = kind.filter(|_| is_own);
        let is_class = origin.name.starts_with(char::is_uppercase);
        if let Some((_, kind)) = kind.filter(|_| is_class)
            && is_free(&format!("{}{kind}", origin.name))
        {
            return format!("{}{kind}", origin.name);
        }
        let parts = origin.module.rsplit('.').filter(|part| !part.is_empty());
        let mut local = origin.name.clone();
        for part in parts {
            local = format!("{part}_{local}");
            if is_free(&local) {
                break;
            }
        }
        local
    }

    /// Removes the imports whose names `text` does not hold.
    pub(crate) fn keep_used(&mut self, text: &str) {
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        self.runtime.keep_used(&words);
        self.typing.keep_used(&words);
    }

    /// Every import by itself: for a file that a person wrote, to which each is added where it belongs.
    pub(crate) fn each(&self) -> Vec<Imported> {
        let mut all = self.runtime.each(false);
        all.extend(self.typing.without(&self.runtime).each(true));
        all
    }

    /// The sorted import statements, without an empty line at the end; empty where there are none.
    pub(crate) fn text(&self) -> String {
        let typing = self.typing.without(&self.runtime);
        let mut runtime = self.runtime.clone();
        if !typing.is_empty() {
            runtime.add("typing", "TYPE_CHECKING", None);
        }
        let mut text = runtime.text(&self.first_party, self.width, self.indent);
        if !typing.is_empty() {
            let margin = " ".repeat(self.indent);
            let width = self.width.saturating_sub(self.indent);
            let inner = typing.text(&self.first_party, width, self.indent);
            text.push_str("\nif TYPE_CHECKING:\n");
            for line in inner.lines() {
                let margin = if line.is_empty() { "" } else { &margin };
                text.push_str(&format!("{margin}{line}\n"));
            }
        }
        text
    }
}

/// One import of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Imported {
    /// Module; a relative one begins with its dots.
    pub(crate) module: String,
    /// Name inside it; none for `import module`.
    pub(crate) name: Option<String>,
    /// Name it is bound to, where it is another.
    pub(crate) alias: Option<String>,
    /// Whether it is for annotations only.
    pub(crate) typing_only: bool,
}

impl Statements {
    fn each(&self, typing_only: bool) -> Vec<Imported> {
        let modules = self.modules.iter().map(|(module, alias)| Imported {
            module: module.clone(),
            name: None,
            alias: alias.clone(),
            typing_only,
        });
        let names = self.names.iter().flat_map(|(module, names)| {
            names.iter().map(move |(name, alias)| Imported {
                module: module.clone(),
                name: Some(name.clone()),
                alias: alias.clone(),
                typing_only,
            })
        });
        modules.chain(names).collect()
    }

    fn add(&mut self, module: &str, name: &str, given: Option<String>) {
        self.names.entry(module.to_owned()).or_default().insert((name.to_owned(), given));
    }

    fn keep_used(&mut self, words: &BTreeSet<&str>) {
        self.modules.retain(|(module, alias)| {
            let bound = alias.as_deref().or_else(|| module.split('.').next());
            bound.is_some_and(|name| words.contains(name))
        });
        for (module, names) in &mut self.names {
            names.retain(|(name, alias)| {
                module == "__future__" || words.contains(alias.as_ref().unwrap_or(name).as_str())
            });
        }
        self.names.retain(|_, names| !names.is_empty());
    }

    fn is_empty(&self) -> bool {
        self.modules.is_empty() && self.names.is_empty()
    }

    fn without(&self, others: &Self) -> Self {
        let mut rest = Self { modules: &self.modules - &others.modules, names: BTreeMap::new() };
        for (module, names) in &self.names {
            let left = match others.names.get(module) {
                Some(others) => names - others,
                None => names.clone(),
            };
            if !left.is_empty() {
                rest.names.insert(module.clone(), left);
            }
        }
        rest
    }

    fn text(&self, first_party: &[String], width: usize, indent: usize) -> String {
        let mut sections: BTreeMap<Section, Vec<String>> = BTreeMap::new();
        let mut modules: Vec<_> = self.modules.iter().collect();
        modules.sort_by(|a, b| compare_modules(&a.0, &b.0).then_with(|| a.1.cmp(&b.1)));
        for (module, given) in modules {
            let lines = sections.entry(Section::of(module, first_party)).or_default();
            lines.push(format!("import {module}{}\n", as_clause(given.as_deref())));
        }
        let mut froms: Vec<_> = self.names.iter().collect();
        froms.sort_by(|a, b| compare_modules(a.0, b.0));
        for (module, names) in froms {
            let lines = sections.entry(Section::of(module, first_party)).or_default();
            lines.extend(from_lines(module, names, width, indent));
        }
        let blocks: Vec<String> = sections.into_values().map(|lines| lines.concat()).collect();
        blocks.join("\n")
    }
}

fn as_clause(given: Option<&str>) -> String {
    given.map(|name| format!(" as {name}")).unwrap_or_default()
}

/// The `from` statements of one module: one for all plain names, one for each that is bound to another name.
fn from_lines(module: &str, names: &BTreeSet<(String, Option<String>)>, width: usize, indent: usize) -> Vec<String> {
    let mut plain: Vec<&str> =
        names.iter().filter(|(_, given)| given.is_none()).map(|(name, _)| name.as_str()).collect();
    plain.sort_by(|a, b| compare_members(a, b));
    let mut lines: Vec<(&str, Option<&str>, String)> = names
        .iter()
        .filter_map(|(name, given)| {
            let given = given.as_deref()?;
            Some((name.as_str(), Some(given), format!("from {module} import {name} as {given}\n")))
        })
        .collect();
    if let Some(first) = plain.first() {
        lines.push((first, None, from_line(module, &plain, width, indent)));
    }
    lines.sort_by(|a, b| compare_members(a.0, b.0).then_with(|| a.1.cmp(&b.1)));
    lines.into_iter().map(|(_, _, line)| line).collect()
}

/// `from module import a, b`, one name a line in parentheses where it is too long for one.
pub(crate) fn from_line(module: &str, names: &[&str], width: usize, indent: usize) -> String {
    let line = format!("from {module} import {}", names.join(", "));
    if line.chars().count() <= width {
        return line + "\n";
    }
    let margin = " ".repeat(indent);
    let rows: String = names.iter().map(|name| format!("{margin}{name},\n")).collect();
    format!("from {module} import (\n{rows})\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports() -> Imports {
        Imports::new(&FormatStyle { first_party: vec!["app".into()], ..FormatStyle::default() })
    }

    #[test]
    fn sections_and_order() {
        let mut imports = imports();
        imports.future_annotations().module("uuid").module("datetime");
        imports
            .from("sqlmodel", "Field")
            .from("sqlmodel", "SQLModel")
            .from("sqlmodel", "func")
            .from("sqlmodel", "Field");
        imports.from("app.core.db", "get_session").from(".models", "Item");
        imports.renamed("sqlmodel", "Session", "DbSession").from("collections.abc", "Sequence");
        assert_eq!(
            imports.text(),
            "from __future__ import annotations\n\nimport datetime\nimport uuid\nfrom collections.abc import Sequence\n\n\
             from sqlmodel import Field, SQLModel, func\nfrom sqlmodel import Session as DbSession\n\n\
             from app.core.db import get_session\n\nfrom .models import Item\n"
        );
    }

    #[test]
    fn long_lists_stand_one_a_line() {
        let mut imports = imports();
        for name in ["ProjectCreate", "ProjectPublic", "ProjectUpdate", "ProjectsPublic"] {
            imports.from("app.modules.projects.schemas", name);
        }
        assert_eq!(
            imports.text(),
            "from app.modules.projects.schemas import (\n    ProjectCreate,\n    ProjectPublic,\n    ProjectsPublic,\n    ProjectUpdate,\n)\n"
        );
    }

    #[test]
    fn typing_only_block() {
        let mut imports = imports();
        imports.from("typing", "Any").from("app.models", "User");
        imports.typing_only("app.models", "Item").typing_only("app.models", "User");
        assert_eq!(
            imports.text(),
            "from typing import TYPE_CHECKING, Any\n\nfrom app.models import User\n\nif TYPE_CHECKING:\n    from app.models import Item\n"
        );
    }

    #[test]
    fn a_taken_name_gets_another() {
        let mut imports = imports();
        imports.reserve("Project");
        assert_eq!(imports.symbol(&Symbol::new("app.core.errors", "NotFound")), "NotFound");
        assert_eq!(imports.symbol(&Symbol::new("app.core.errors", "NotFound")), "NotFound");
        assert_eq!(imports.symbol(&Symbol::new("app.other", "NotFound")), "other_NotFound");
        assert_eq!(imports.symbol(&Symbol::new("app.models", "Project")), "ProjectModel");
        assert_eq!(imports.symbol(&Symbol::new("app.models", "User.Role")), "User.Role");
    }
}
