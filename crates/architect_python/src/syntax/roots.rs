//! Source roots: the folders that are on `sys.path` when the project runs, found by what its imports need.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::{SourceText, Sources};

use super::stdlib::is_stdlib;
use super::{File, Memo};

/// Source roots by the number of imports that need them, `""` being the project root.
pub(super) struct Roots {
    votes: BTreeMap<String, usize>,
}

impl Roots {
    /// Finds the roots of a project: by configuration, and by where the absolute imports of each file lead.
    pub(super) fn discover(sources: &Sources, files: &[File], imports: &[&[&str]]) -> Self {
        let tree = Tree::new(files);
        let foreign = Foreign { declared: declared_packages(&sources.other), sources, asked: Memo::default() };
        let mut votes: BTreeMap<String, usize> =
            hints(&sources.other, &tree).into_iter().map(|root| (root, 1)).collect();
        let mut qualified: FxHashMap<String, usize> = FxHashMap::default();
        let led_to = |(file, imports): (&File, &&[&str])| -> Vec<(&str, usize, Vec<String>)> {
            let roots = counted(imports).into_iter().flat_map(|(dotted, times)| {
                let roots = tree.roots_for(dotted, &file.path, &foreign);
                roots.into_iter().map(move |root| (root, dotted, times)).collect::<Vec<_>>()
            });
            roots.map(|(root, dotted, times)| (root, times, folders_passed(&tree, root, dotted))).collect()
        };
        let found: Vec<_> = files.par_iter().zip(imports).flat_map_iter(led_to).collect();
        for (root, times, folders) in found {
            for folder in folders {
                *qualified.entry(folder).or_default() += times;
            }
            match votes.get_mut(root) {
                Some(count) => *count += times,
                None => drop(votes.insert(root.to_owned(), times)),
            }
        }
        // A folder that is imported as part of a package is no root, though a file in it has the name of a library.
        votes.retain(|root, count| {
            let as_package = qualified.get(root).copied().unwrap_or_default();
            as_package == 0 || (!tree.packages.contains(root.as_str()) && *count > as_package)
        });
        Self { votes }
    }

    /// The roots, best first.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.votes.iter().collect();
        names.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        names.into_iter().map(|(name, _)| name.clone()).collect()
    }

    /// The dotted names of a file, the one used most first.
    pub(super) fn dotted_names(&self, path: &str) -> Vec<String> {
        let mut above: Vec<(&String, usize)> = self
            .votes
            .iter()
            .filter(|(root, _)| below(path, root).is_some())
            .map(|(root, votes)| (root, *votes))
            .collect();
        above.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| b.0.len().cmp(&a.0.len())));
        let mut names: Vec<String> = above.iter().filter_map(|(root, _)| below(path, root)).map(dotted).collect();
        if names.is_empty() {
            names.push(dotted(path));
        }
        names.retain(|name| !name.is_empty());
        names
    }
}

/// Each module with the number of times that it is imported.
fn counted<'t>(imports: &[&'t str]) -> Vec<(&'t str, usize)> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for dotted in imports.iter().copied() {
        match counts.iter_mut().find(|(known, _)| *known == dotted) {
            Some((_, count)) => *count += 1,
            None => counts.push((dotted, 1)),
        }
    }
    counts
}

/// The folders below `root` that an import passes.
fn folders_passed(tree: &Tree<'_>, root: &str, dotted: &str) -> Vec<String> {
    let mut path = root.to_owned();
    let mut passed = Vec::new();
    for part in dotted.split('.') {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(part);
        if !tree.folders.contains(path.as_str()) {
            break;
        }
        passed.push(path.clone());
    }
    passed
}

/// The part of `path` below the folder `root`.
fn below<'p>(path: &'p str, root: &str) -> Option<&'p str> {
    if root.is_empty() { Some(path) } else { path.strip_prefix(root)?.strip_prefix('/') }
}

/// `app/core/__init__.py` as `app.core`. What cannot stand in an import is on the way to a root: `packages/my-lib/lib.py`
/// is imported as `lib`.
fn dotted(path: &str) -> String {
    let is_word = |part: &str| part.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let (folders, _) = split(path);
    let mut start = 0;
    let mut end = 0;
    for part in folders.split('/') {
        end += part.len() + 1;
        if !is_word(part) {
            start = end;
        }
    }
    let path = path.get(start..).unwrap_or(path);
    let path = path.strip_suffix(".py").unwrap_or(path);
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    if path == "__init__" { String::new() } else { path.replace('/', ".") }
}

/// Packages that a project of this kind has whether it declares them or not.
const KNOWN_PACKAGES: &[&str] = &[
    "alembic",
    "fastapi",
    "jwt",
    "pydantic",
    "pydantic_settings",
    "pytest",
    "redis",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
];

/// Names that an absolute import takes from elsewhere although the project has a file of that name.
struct Foreign<'a> {
    declared: FxHashSet<String>,
    sources: &'a Sources,
    asked: Memo<String, bool>,
}

impl Foreign<'_> {
    fn owns(&self, top: &str) -> bool {
        *self.asked.get_or(top.to_owned(), || {
            is_stdlib(top)
                || KNOWN_PACKAGES.contains(&top)
                || self.declared.contains(&top.to_lowercase())
                || self.sources.installed.module(top).is_some()
        })
    }
}

/// The folders and modules of the project.
struct Tree<'a> {
    modules: FxHashSet<&'a str>,
    folders: FxHashSet<&'a str>,
    packages: FxHashSet<&'a str>,
    parents: FxHashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Tree<'a> {
    fn new(files: &'a [File]) -> Self {
        let mut tree = Self {
            modules: FxHashSet::default(),
            folders: FxHashSet::default(),
            packages: FxHashSet::default(),
            parents: FxHashMap::default(),
        };
        for file in files {
            let path = file.path.strip_suffix(".py").unwrap_or(&file.path);
            tree.modules.insert(path);
            let (mut folder, name) = split(path);
            if name == "__init__" {
                tree.packages.insert(folder);
            } else {
                tree.parents.entry(name).or_default().push(folder);
            }
            while !folder.is_empty() && tree.folders.insert(folder) {
                let (parent, name) = split(folder);
                tree.parents.entry(name).or_default().push(parent);
                folder = parent;
            }
        }
        tree
    }

    fn exists(&self, path: &str) -> bool {
        self.modules.contains(path) || self.folders.contains(path)
    }

    /// The roots under which the absolute import `dotted` of the file `importer` finds something.
    fn roots_for(&self, dotted: &str, importer: &str, foreign: &Foreign<'_>) -> Vec<&'a str> {
        let top = dotted.split('.').next().unwrap_or(dotted);
        let Some(parents) = self.parents.get(top) else {
            return Vec::new();
        };
        let rest = dotted.split('.').take(2).collect::<Vec<_>>().join("/");
        let found: Vec<&str> = parents
            .iter()
            .copied()
            .filter(|root| {
                !self.packages.contains(root) || below(importer, root).is_some_and(|rest| !rest.contains('/'))
            })
            .filter(|root| !dotted.contains('.') || self.reaches(root, &rest))
            .collect();
        let near: Vec<&str> = found.iter().copied().filter(|root| below(importer, root).is_some()).collect();
        let chosen = match near.iter().max_by_key(|root| root.len()) {
            Some(nearest) => vec![*nearest],
            None => found,
        };
        if chosen.is_empty() || foreign.owns(top) { Vec::new() } else { chosen }
    }

    fn reaches(&self, root: &str, rest: &str) -> bool {
        let path = if root.is_empty() { rest.to_owned() } else { format!("{root}/{rest}") };
        self.exists(&path)
            || split(&path).0 != root && self.modules.contains(split(&path).0)
            || self.packages.contains(split(&path).0)
    }
}

/// A path as folder and last part.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Roots that configuration names, where they exist.
fn hints(other: &[SourceText], tree: &Tree<'_>) -> Vec<String> {
    let mut roots = Vec::new();
    for file in other {
        let (folder, name) = split(&file.path);
        let named: Vec<String> = match name {
            "pyproject.toml" => pyproject_paths(&file.text),
            "alembic.ini" | "pytest.ini" | "setup.cfg" | "tox.ini" => ini_paths(&file.text),
            _ => continue,
        };
        for path in named {
            let root = join(folder, &path);
            if root.is_empty() || tree.folders.contains(root.as_str()) {
                roots.push(root);
            }
        }
    }
    roots
}

/// `path` below `folder`, with `.` and `..` resolved.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn pyproject_paths(text: &str) -> Vec<String> {
    let Ok(document) = text.parse::<toml_edit::DocumentMut>() else {
        return Vec::new();
    };
    let Some(tool) = document.get("tool") else {
        return Vec::new();
    };
    let lists = [
        tool.get("pytest").and_then(|pytest| pytest.get("ini_options")).and_then(|options| options.get("pythonpath")),
        tool.get("setuptools").and_then(|s| s.get("packages")).and_then(|p| p.get("find")).and_then(|f| f.get("where")),
        tool.get("alembic").and_then(|alembic| alembic.get("prepend_sys_path")),
    ];
    lists.into_iter().flatten().flat_map(strings).collect()
}

/// The strings of a TOML value: one string, or a list of them.
fn strings(item: &toml_edit::Item) -> Vec<String> {
    if let Some(text) = item.as_str() {
        return text.split([' ', ':', ',']).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    }
    item.as_array().into_iter().flatten().filter_map(|value| value.as_str()).map(str::to_owned).collect()
}

fn ini_paths(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| matches!(key.trim(), "prepend_sys_path" | "pythonpath"))
        .flat_map(|(_, value)| value.split([' ', ':', ',']).map(str::trim))
        .filter(|path| !path.is_empty())
        .map(|path| path.replace("%(here)s", "."))
        .collect()
}

/// Import names (as far as they equal package names) that the project declares as dependencies.
fn declared_packages(other: &[SourceText]) -> FxHashSet<String> {
    let mut names = FxHashSet::default();
    for file in other {
        let (_, name) = split(&file.path);
        if name.starts_with("requirements") && name.ends_with(".txt") {
            names.extend(file.text.lines().filter_map(requirement_name));
        } else if name == "pyproject.toml" {
            names.extend(pyproject_dependencies(&file.text));
        }
    }
    names
}

fn pyproject_dependencies(text: &str) -> Vec<String> {
    let Ok(document) = text.parse::<toml_edit::DocumentMut>() else {
        return Vec::new();
    };
    let listed = document.get("project").and_then(|project| project.get("dependencies"));
    let mut names: Vec<String> = listed
        .map(|list| list.as_array().into_iter().flatten().filter_map(|item| requirement_name(item.as_str()?)).collect())
        .unwrap_or_default();
    let poetry = document.get("tool").and_then(|tool| tool.get("poetry")).and_then(|poetry| poetry.get("dependencies"));
    names.extend(
        poetry
            .and_then(|table| table.as_table_like())
            .into_iter()
            .flat_map(|table| table.iter().map(|(name, _)| name.replace('-', "_").to_lowercase()).collect::<Vec<_>>()),
    );
    names
}

/// The name in a requirement (`uvicorn[standard]>=0.30`), as an import name.
fn requirement_name(line: &str) -> Option<String> {
    let end = line.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(line.len());
    let name = line.get(..end).filter(|name| !name.is_empty() && !name.starts_with('-'))?;
    Some(name.replace(['-', '.'], "_").to_lowercase())
}
