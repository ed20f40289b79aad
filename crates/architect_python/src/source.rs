//! The texts that a project consists of, as the engine hands them over.

use std::sync::{Arc, OnceLock};

use ruff_python_ast::Stmt;

use crate::syntax::Module;

/// A file and its text. It is parsed when its tree is asked for, at most once, however often its clones are read.
#[derive(Debug, Clone)]
pub struct SourceText {
    /// Path relative to the project root, with `/` between its parts.
    pub path: Arc<str>,
    /// Its text, a BOM included where the file has one.
    pub text: Arc<str>,
    module: Arc<OnceLock<Module>>,
}

impl SourceText {
    /// A file with its text.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into(), module: Arc::default() }
    }

    /// Its statements; of a text with errors, what could be recovered.
    pub(crate) fn body(&self) -> &[Stmt] {
        &self.module().body
    }

    /// Whether it was parsed.
    pub(crate) fn is_parsed(&self) -> bool {
        self.module.get().is_some()
    }

    /// Its statements, and what is wrong with them.
    pub(crate) fn module(&self) -> &Module {
        self.module.get_or_init(|| Module::of(&self.text))
    }
}

/// Modules of installed packages, found by import path.
///
/// Two implementations: the engine's reads an environment's `site-packages`; [`NothingInstalled`] has none.
pub trait Installed: Send + Sync {
    /// The source of the module `dotted` (`sqlmodel.main`; a package's `__init__`), or `None`.
    fn module(&self, dotted: &str) -> Option<InstalledModule>;
}

/// A module of an installed package.
#[derive(Debug, Clone)]
pub struct InstalledModule {
    /// Path for messages.
    pub path: Arc<str>,
    /// Source text.
    pub text: Arc<str>,
    /// Whether it is a package (`__init__.py`).
    pub is_package: bool,
}

/// The environment of a project that has none: library classes are known by name only.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingInstalled;

impl Installed for NothingInstalled {
    fn module(&self, _dotted: &str) -> Option<InstalledModule> {
        None
    }
}

/// Everything that a project is read from.
pub struct Sources {
    /// Python files, sorted by path.
    pub python: Vec<SourceText>,
    /// Other files that matter: `pyproject.toml`, `alembic.ini`, `ruff.toml`, lock files, `.env.example`, `script.py.mako`, …
    pub other: Vec<SourceText>,
    /// Files that exist and could not be read as UTF-8 text, with the reason.
    pub unreadable: Vec<(Arc<str>, String)>,
    /// Installed packages.
    pub installed: Arc<dyn Installed>,
    /// The configuration of Alembic that is meant.
    pub alembic: AlembicChoice,
}

/// Which configuration of Alembic is meant, as `alembic -c FILE -n SECTION` says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlembicChoice {
    /// The file, by its path among the sources; by default the nearest one.
    pub config: Option<String>,
    /// The section of it, by default `alembic`.
    pub section: Option<String>,
}

impl Sources {
    /// Sources without installed packages: for tests and for text in memory.
    pub fn in_memory(files: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        let (python, other) = files
            .into_iter()
            .map(|(path, text)| SourceText::new(path, text))
            .partition(|file: &SourceText| file.path.ends_with(".py"));
        Self {
            python,
            other,
            unreadable: Vec::new(),
            installed: Arc::new(NothingInstalled),
            alembic: AlembicChoice::default(),
        }
    }

    /// The same sources with some files replaced or added: what the project will be after a plan.
    #[must_use]
    pub fn overlaid(&self, changes: impl IntoIterator<Item = SourceText>) -> Self {
        let mut python = self.python.clone();
        let mut other = self.other.clone();
        for change in changes {
            let list = if change.path.ends_with(".py") { &mut python } else { &mut other };
            match list.iter_mut().find(|file| file.path == change.path) {
                // An unchanged text keeps its syntax tree.
                Some(file) if file.text == change.text => {}
                Some(file) => *file = change,
                None => list.push(change),
            }
        }
        python.sort_by(|a, b| a.path.cmp(&b.path));
        Self {
            python,
            other,
            unreadable: self.unreadable.clone(),
            installed: Arc::clone(&self.installed),
            alembic: self.alembic.clone(),
        }
    }
}
