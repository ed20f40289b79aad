//! Finishes an edited file: layout of what was edited, and imports.

use architect_model::FileChange;
use ruff_text_size::TextRange;
use rustc_hash::FxHashSet;

use super::code::Code;
use super::file::{Target, Work};
use super::imports::{Import, imports};
use super::layout::relaid;
use super::node::{Kind, Node};
use super::places::defines;
use super::unused::{is_taken_from, is_used, uses, without_import};
use crate::edit::{NewImport, Refused, add_import};

impl Work<'_> {
    /// Makes the edits of a file, or asks why they cannot be made.
    pub(super) fn finish_target(&mut self, mut target: Target<'_>) {
        let mut places = Vec::new();
        headers(&target.root, &mut places);
        let style = self.style;
        target.code.document.relay(&places, |document, edited, place| {
            let margin = document.indentation_of_line(place.start());
            document.native(&relaid(document.source(place), edited, margin, style))
        });
        let (path, step, before) = (target.path.to_owned(), target.step, target.code.document.text);
        let needed = target.needed.clone();
        let edited = loop {
            let edited = target.code.document.edited();
            let edited = edited.and_then(|text| self.with_imports(text, &path, &needed));
            let edited = edited.map(|text| self.without_idle_imports(&target, text));
            let Ok(text) = &edited else { break edited };
            if !self.withdrawn(&mut target, text) && !self.idle(&mut target, text) {
                break edited;
            }
        };
        match edited {
            Ok(after) if after == before => {}
            Ok(after) => self.files.push(FileChange { path, step, before: Some(before.to_owned()), after }),
            Err(refused) => {
                self.findings.ask(&path, refused.line, format!("How is this file changed? {}", refused.reason));
            }
        }
    }

    /// Adds the imports that new code needs, and removes those that nothing needs any more.
    fn with_imports(&self, mut text: String, path: &str, needed: &super::file::Needed) -> Result<String, Refused> {
        let mut gone: Vec<&str> = Vec::new();
        for (number, (names, globals)) in needed {
            let Some(written) = self.written.get(*number) else { continue };
            let typed = |name: &str| written.after.iter().any(|import| import.bound == name && import.typing_only);
            let code = Code::read(&text)?;
            let is_used = |name: &str| code.root.parts.iter().any(|part| uses(part, name));
            let called = |name: &str| globals.get(name).map_or(name.to_owned(), Clone::clone);
            let wanted: Vec<&str> = names
                .iter()
                .filter_map(|name| match (name.strip_prefix('"'), name.strip_prefix('!')) {
                    (Some(quoted), _) => typed(quoted).then_some(quoted),
                    (_, Some(effect)) => Some(effect),
                    _ => is_used(&called(name)).then_some(&**name),
                })
                .collect();
            let mut known = bound(&code);
            for name in wanted {
                let actual = globals.get(name).map_or(name, String::as_str);
                if actual.contains('.') || !known.insert(actual.to_owned()) {
                    continue;
                }
                let import = written.after.iter().find(|import| import.bound == name);
                let import = import.map(|import| self.moved(import).edit(actual));
                let import = import.or_else(|| self.import_from_home(name, actual, path, *number));
                if let Some(import) = import {
                    text = add_import(&text, &import, self.style)?;
                }
            }
            let is_gone = |import: &&Import| !written.after.iter().any(|kept| kept.bound == import.bound);
            gone.extend(written.before.iter().filter(is_gone).map(|import| import.bound.as_str()));
        }
        // What is gone may have been the last that used another one.
        for name in gone.iter().chain(&gone) {
            text = without_import(&text, name, self.style).unwrap_or(text);
        }
        Ok(text)
    }

    /// The text without the imports that the code used and that nothing in it uses any more.
    fn without_idle_imports(&self, target: &Target<'_>, text: String) -> String {
        let Ok(after) = Code::read(&text) else { return text };
        let idle = target.imports.iter().map(|import| &*import.bound);
        let idle = idle.filter(|name| !is_used(&after.root, name) && is_used(&target.root, name));
        let idle: Vec<&str> = idle.filter(|name| !is_taken_from(self.sources, target.path, name)).collect();
        idle.iter().fold(text, |text, name| without_import(&text, name, self.style).unwrap_or(text))
    }

    /// An import of the writers from the file that really has the name, where a person moved it.
    fn moved(&self, import: &Import) -> Import {
        let from = |module: String| Import { module, ..import.clone() };
        // What a package has is not the project's, whatever the project calls the same.
        let package = import.module.trim_start_matches('.').split('.').next().unwrap_or_default();
        let is_own = import.module.starts_with('.') || self.style.first_party.iter().any(|own| own == package);
        let home = import.name.as_deref().filter(|_| is_own).and_then(|name| self.places.only(name));
        let planned = import.module.replace('.', "/");
        let is_planned = |path: &str| {
            let module = path.trim_end_matches(".py").trim_end_matches("/__init__");
            module == planned || module.ends_with(&format!("/{planned}"))
        };
        let name = import.name.as_deref().unwrap_or_default();
        let planned_in = self.written.iter().find(|written| is_planned(&written.path));
        let placed = planned_in.and_then(|written| written.homes.get(name)).filter(|home| !is_planned(home));
        if let Some(module) = placed.and_then(|home| self.module(home)) {
            return from(module);
        }
        let has_it = |file: &crate::SourceText| is_planned(&file.path) && passes_on(file, name);
        match home {
            Some(home) if !self.sources.python.iter().any(has_it) && !self.is_written(name, &is_planned) => {
                self.module(&home.path).map_or_else(|| import.clone(), from)
            }
            _ => import.clone(),
        }
    }

    /// Whether a new file has a name.
    fn is_written(&self, name: &str, is_planned: &dyn Fn(&str) -> bool) -> bool {
        self.files.iter().any(|file| is_planned(&file.path) && file.after.contains(name))
    }

    /// The module of a file.
    fn module(&self, path: &str) -> Option<String> {
        let module = path.strip_suffix(".py")?.trim_end_matches("/__init__");
        let parts: Vec<&str> = module.split('/').collect();
        let start = parts.iter().position(|part| self.style.first_party.iter().any(|own| own == part));
        Some(parts.get(start.unwrap_or_default()..)?.join("."))
    }

    /// The import of a name that the writers define in the same file, where the code has it in another one.
    fn import_from_home(&self, name: &str, actual: &str, path: &str, number: usize) -> Option<NewImport> {
        let home = self.written.get(number)?.homes.get(name).filter(|home| *home != path)?;
        Some(NewImport::from(self.module(home)?, actual))
    }
}

/// Whether a file defines a name, or says that it is there for others though it comes from elsewhere: type checkers let no
/// other import be passed on.
fn passes_on(file: &crate::SourceText, name: &str) -> bool {
    let says = |text: &str| file.text.contains(text);
    file.path.ends_with("/__init__.py") && says(name)
        || defines(file, name)
        || says(&format!("{name} as {name}"))
        || says("__all__") && (says(&format!("\"{name}\"")) || says(&format!("'{name}'")))
}

/// The names that a module binds at its top level.
fn bound(code: &Code<'_>) -> FxHashSet<String> {
    let mut names: FxHashSet<String> = imports(code).into_iter().map(|import| import.bound).collect();
    names.extend(code.root.parts.iter().filter_map(|part| part.key.as_deref().map(str::to_owned)));
    names
}

/// Where the headers of a node's statements are.
fn headers(node: &Node, found: &mut Vec<TextRange>) {
    if matches!(node.kind, Kind::Leaf) && !node.is_statement() {
        return;
    }
    found.extend(node.header);
    node.parts.iter().for_each(|part| headers(part, found));
}
