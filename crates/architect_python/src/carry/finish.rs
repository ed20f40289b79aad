//! Finishes an edited file: layout of what was edited, and imports.

use architect_model::FileChange;
use rustc_hash::FxHashSet;

use super::code::Code;
use super::file::{Target, Work, headers};
use super::imports::{Import, imports};
use super::layout::relaid;
use super::unused::without_import;
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
        let needed = std::mem::take(&mut target.needed);
        let edited = target.code.document.finish().and_then(|text| self.with_imports(text, &path, needed));
        match edited {
            Ok(after) if after == before => {}
            Ok(after) => self.files.push(FileChange { path, step, before: Some(before.to_owned()), after }),
            Err(refused) => {
                self.findings.ask(&path, refused.line, format!("How is this file changed? {}", refused.reason));
            }
        }
    }

    /// Adds the imports that new code needs, and removes those that nothing needs any more.
    fn with_imports(&self, mut text: String, path: &str, needed: super::file::Needed) -> Result<String, Refused> {
        let mut gone: Vec<&str> = Vec::new();
        for (number, (names, globals)) in needed {
            let Some(written) = self.written.get(number) else { continue };
            let typed = |name: &str| written.after.iter().any(|import| import.bound == name && import.typing_only);
            for name in names.iter().filter_map(|name| match name.strip_prefix('"') {
                Some(quoted) => typed(quoted).then_some(quoted),
                None => Some(&**name),
            }) {
                let actual = globals.get(name).map_or(name, String::as_str);
                if actual.contains('.') || bound(&text)?.contains(actual) {
                    continue;
                }
                let import = written.after.iter().find(|import| import.bound == name).map(|import| import.edit(actual));
                let import = import.or_else(|| self.import_from_home(name, actual, path, number));
                if let Some(import) = import {
                    text = add_import(&text, &import, self.style)?;
                }
            }
            let is_gone = |import: &&Import| !written.after.iter().any(|kept| kept.bound == import.bound);
            gone.extend(written.before.iter().filter(is_gone).map(|import| import.bound.as_str()));
        }
        for name in gone {
            text = without_import(&text, name, self.style).unwrap_or(text);
        }
        Ok(text)
    }

    /// The import of a name that the writers define in the same file, where the code has it in another one.
    fn import_from_home(&self, name: &str, actual: &str, path: &str, number: usize) -> Option<NewImport> {
        let home = self.written.get(number)?.homes.get(name).filter(|home| *home != path)?;
        let module = home.strip_suffix(".py")?.trim_end_matches("/__init__");
        let parts: Vec<&str> = module.split('/').collect();
        let start = parts.iter().position(|part| self.style.first_party.iter().any(|own| own == part));
        Some(NewImport::from(parts.get(start.unwrap_or_default()..)?.join("."), actual))
    }
}

/// The names that a module binds at its top level.
fn bound(text: &str) -> Result<FxHashSet<String>, Refused> {
    let code = Code::read(text)?;
    let mut names: FxHashSet<String> = imports(&code).into_iter().map(|import| import.bound).collect();
    names.extend(code.root.parts.iter().filter_map(|part| part.key.as_deref().map(str::to_owned)));
    Ok(names)
}
