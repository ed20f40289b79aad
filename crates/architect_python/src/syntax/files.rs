//! All files of a project, parsed, and the installed modules that it reaches.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use architect_model::{Location, Unknown};

use crate::source::{Installed, SourceText, Sources};

use super::roots::Roots;
use super::{File, Memo};

/// Every parsed file of a project, and modules of installed packages as they are asked for.
pub(crate) struct Files {
    project: Vec<File>,
    roots: Vec<String>,
    names: FxHashMap<String, Vec<usize>>,
    paths: FxHashMap<Arc<str>, usize>,
    folders: FxHashMap<String, ()>,
    provider: Arc<dyn Installed>,
    installed: Memo<String, Option<File>>,
    unreadable: Vec<Unknown>,
}

impl Files {
    /// Parses all files, several at a time, and finds the names under which they are imported.
    pub(crate) fn parse(sources: &Sources) -> Self {
        let mut project: Vec<File> = sources.python.par_iter().map(|file| File::parse(file.clone(), false)).collect();
        let roots = Roots::discover(sources, &project);
        let mut names: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut folders = FxHashMap::default();
        let dotted_names: Vec<Vec<String>> = project.par_iter().map(|file| roots.dotted_names(&file.path)).collect();
        for (number, (file, dotted)) in project.iter_mut().zip(dotted_names).enumerate() {
            for name in &dotted {
                let mut parent = name.as_str();
                while let Some((above, _)) = parent.rsplit_once('.') {
                    if folders.insert(above.to_owned(), ()).is_some() {
                        break;
                    }
                    parent = above;
                }
            }
            file.module = dotted.first().cloned().unwrap_or_default();
            for name in dotted {
                names.entry(name).or_default().push(number);
            }
        }
        let paths = project.iter().enumerate().map(|(number, file)| (Arc::clone(&file.path), number)).collect();
        let unreadable = sources
            .unreadable
            .iter()
            .map(|(path, reason)| Unknown::new(Location::line(Arc::clone(path), 1), reason.clone()))
            .collect();
        let provider = Arc::clone(&sources.installed);
        Self { project, roots: roots.names(), names, paths, folders, provider, installed: Memo::default(), unreadable }
    }

    /// The files of the project, by path.
    pub(crate) fn project(&self) -> &[File] {
        &self.project
    }

    /// The source roots, the one most imports need first.
    pub(crate) fn roots(&self) -> &[String] {
        &self.roots
    }

    /// The file at a path relative to the project root.
    pub(crate) fn by_path(&self, path: &str) -> Option<&File> {
        self.paths.get(path).and_then(|number| self.project.get(*number))
    }

    /// Unreadable files and syntax errors.
    pub(crate) fn unknowns(&self) -> Vec<Unknown> {
        self.unreadable.iter().cloned().chain(self.project.iter().filter_map(File::syntax_error)).collect()
    }

    /// The project file that `dotted` means to the file `importer`: where several have the name, the nearest one.
    pub(crate) fn project_module(&self, dotted: &str, importer: &File) -> Option<&File> {
        let numbers = self.names.get(dotted)?;
        if let [only] = numbers[..] {
            return self.project.get(only);
        }
        let files = numbers.iter().filter_map(|number| self.project.get(*number));
        files.rev().max_by_key(|file| (shared_prefix(&file.path, &importer.path), file.is_package))
    }

    /// Whether some project module lies below `dotted`: a package, maybe a namespace package.
    pub(crate) fn is_project_package(&self, dotted: &str) -> bool {
        self.folders.contains_key(dotted)
    }

    /// The module `dotted` of an installed package.
    pub(crate) fn installed_module(&self, dotted: &str) -> Option<&File> {
        let load = || {
            let module = self.provider.module(dotted)?;
            let mut file = File::parse(SourceText::new(module.path, module.text), true);
            file.module = dotted.to_owned();
            file.is_package = module.is_package;
            Some(file)
        };
        self.installed.get_or(dotted.to_owned(), load).as_ref()
    }
}

/// Number of leading folders that two paths share.
fn shared_prefix(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}
