//! All files of a project, and the installed modules that it reaches.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use architect_model::{Location, Unknown};

use crate::source::{Installed, SourceText, Sources};

use super::kin::may_declare;
use super::outline::Outline;
use super::roots::Roots;
use super::{File, Memo};

/// Every file of a project, and modules of installed packages as they are asked for.
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
        let files = Self::open(sources);
        files.project.par_iter().for_each(File::parse);
        files
    }

    /// Finds the names under which all files are imported, and what they may declare. A file is parsed once it is asked
    /// for its statements.
    pub(crate) fn open(sources: &Sources) -> Self {
        let outlines: Vec<Outline<'_>> = sources.python.par_iter().map(|file| Outline::of(&file.text)).collect();
        let mut project: Vec<File> = sources.python.iter().map(|file| File::new(file.clone(), false)).collect();
        let imports: Vec<&[&str]> = outlines.iter().map(|outline| &*outline.imports).collect();
        let roots = Roots::discover(sources, &project, &imports);
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
        let is_own = |top: &str| names.contains_key(top) || folders.contains_key(top);
        for ((file, declares), outline) in project.iter_mut().zip(may_declare(&outlines, is_own)).zip(&outlines) {
            file.may_declare = declares;
            file.mentions = outline.mentions;
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

    /// Unreadable files, and the syntax errors of those that were parsed.
    pub(crate) fn unknowns(&self) -> Vec<Unknown> {
        let parsed = self.project.iter().filter(|file| file.is_parsed());
        self.unreadable.iter().cloned().chain(parsed.filter_map(File::syntax_error)).collect()
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
            let mut file = File::new(SourceText::new(module.path, module.text), true);
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
