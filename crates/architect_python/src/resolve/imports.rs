//! Modules and what is imported from them.

use architect_model::Unknown;
use ruff_python_ast::{Alias, StmtImportFrom};
use ruff_text_size::TextRange;

use crate::syntax::File;

use super::library::{canonical, is_known};
use super::lookup::{STEPS, address};
use super::{Index, Resolution, Scope};

impl<'a> Index<'a> {
    /// The module that a dotted name means to a file.
    pub(crate) fn module(&self, dotted: &str, importer: &'a File) -> Resolution<'a> {
        if importer.installed {
            if is_known(dotted) {
                return Resolution::Library(canonical(dotted.to_owned()));
            }
            return match self.files().installed_module(dotted) {
                Some(file) => Resolution::Module(file),
                None if self.files().installed_module(top(dotted)).is_some() => no_module(importer, dotted),
                None => Resolution::Library(dotted.to_owned()),
            };
        }
        if let Some(file) = self.files().project_module(dotted, importer) {
            return Resolution::Module(file);
        }
        if self.files().is_project_package(dotted) {
            return Resolution::Namespace(dotted.to_owned());
        }
        let top = top(dotted);
        if self.files().project_module(top, importer).is_some() || self.files().is_project_package(top) {
            return no_module(importer, dotted);
        }
        Resolution::Library(canonical(dotted.to_owned()))
    }

    /// What `name` of the module `dotted` is to a file that imports it.
    pub(crate) fn imported(&self, importer: &'a File, dotted: &str, name: &str) -> Resolution<'a> {
        self.imported_in(importer, dotted, name, STEPS)
    }

    fn imported_in(&self, importer: &'a File, dotted: &str, name: &str, steps: u8) -> Resolution<'a> {
        match self.module(dotted, importer) {
            Resolution::Module(file) => {
                if std::ptr::eq(file, importer) {
                    let submodule = self.module(&format!("{dotted}.{name}"), importer);
                    if !matches!(submodule, Resolution::Unknown(_)) {
                        return submodule;
                    }
                }
                self.module_member_in(file, name, steps).unwrap_or_else(|| {
                    let reason = format!("`{dotted}` has no `{name}`");
                    Resolution::Unknown(Unknown::new(importer.at_range(TextRange::default()), reason))
                })
            }
            Resolution::Namespace(package) => self.module(&format!("{package}.{name}"), importer),
            Resolution::Library(path) => Resolution::Library(canonical(format!("{path}.{name}"))),
            other => other,
        }
    }

    /// The dotted name of the module that a `from … import` names.
    pub(crate) fn imported_from(&self, file: &File, import: &StmtImportFrom) -> Option<String> {
        let named = import.module.as_ref().map(|module| module.as_str());
        if import.level == 0 {
            return named.map(str::to_owned);
        }
        let mut package = file.module.as_str();
        let climbs = import.level - u32::from(file.is_package);
        for _ in 0..climbs {
            package = package.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
        match (package, named) {
            ("", named) => named.map(str::to_owned),
            (package, None) => Some(package.to_owned()),
            (package, Some(named)) => Some(format!("{package}.{named}")),
        }
    }

    pub(super) fn import(&self, file: &'a File, alias: &'a Alias) -> Resolution<'a> {
        let dotted = match &alias.asname {
            Some(_) => alias.name.as_str(),
            None => top(&alias.name),
        };
        self.module(dotted, file)
    }

    /// What `from module import alias` binds; what is known stays known, however many steps led to it.
    pub(super) fn member_import(
        &self,
        scope: Scope<'a>,
        import: &'a StmtImportFrom,
        alias: &'a Alias,
        steps: u8,
    ) -> Resolution<'a> {
        let key = address(alias);
        if let Some(known) = self.imports.get(&key) {
            return known.clone();
        }
        match self.follow_import(scope, import, alias, steps) {
            unknown @ Resolution::Unknown(_) => unknown,
            known => self.imports.get_or(key, || known).clone(),
        }
    }

    fn follow_import(
        &self,
        scope: Scope<'a>,
        import: &'a StmtImportFrom,
        alias: &'a Alias,
        steps: u8,
    ) -> Resolution<'a> {
        let Some(dotted) = self.imported_from(scope.file, import) else {
            return match import.level {
                0 => Resolution::Unknown(scope.file.unknown(alias, "an import without a module")),
                _ => self.module(&alias.name, scope.file),
            };
        };
        match self.imported_in(scope.file, &dotted, &alias.name, steps) {
            Resolution::Unknown(unknown) if unknown.at.start == 0 => {
                Resolution::Unknown(scope.file.unknown(alias, unknown.reason))
            }
            found => found,
        }
    }
}

fn no_module<'a>(importer: &'a File, dotted: &str) -> Resolution<'a> {
    let at = importer.at_range(TextRange::default());
    Resolution::Unknown(Unknown::new(at, format!("there is no module `{dotted}` in the project")))
}

/// The first part of a dotted name.
fn top(dotted: &str) -> &str {
    dotted.split('.').next().unwrap_or(dotted)
}
