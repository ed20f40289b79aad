//! Which file holds which layer of which module, and the pattern of its path.

use architect_model::{LayerKind, Location};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::Facts;
use super::{path, words};

/// A file, or a part of it, that holds a layer.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// The layer.
    pub(crate) layer: LayerKind,
    /// The file.
    pub(crate) file: String,
    /// Names of the table classes it is about.
    pub(crate) entities: Vec<String>,
    /// Whether it shows where new code goes: schemas that handlers use do, base classes beside tables do not.
    pub(crate) telling: bool,
    /// The place that shows it.
    pub(crate) at: Location,
}

/// A file with its module and the pattern of its path.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    /// What it holds.
    pub(crate) held: Held,
    /// Its path with placeholders.
    pub(crate) pattern: String,
    /// Name of the module, where the path tells it.
    pub(crate) module: Option<String>,
    /// How much it says about the house.
    pub(crate) weight: u32,
}

/// Folders of modules, by path.
pub(crate) struct ModuleFolders {
    /// Paths: `backend/app/modules/item`.
    pub(crate) folders: FxHashSet<String>,
    names: FxHashSet<String>,
}

/// Words that name a layer and no module.
const LAYER_WORDS: [&str; 56] = [
    "__init__",
    "model",
    "models",
    "schema",
    "schemas",
    "repository",
    "repositories",
    "repo",
    "repos",
    "crud",
    "cruds",
    "dao",
    "daos",
    "service",
    "services",
    "router",
    "routers",
    "route",
    "routes",
    "endpoint",
    "endpoints",
    "api",
    "apis",
    "view",
    "views",
    "controller",
    "controllers",
    "dependencies",
    "dependency",
    "deps",
    "exceptions",
    "exception",
    "errors",
    "dto",
    "dtos",
    "entity",
    "entities",
    "table",
    "tables",
    "handlers",
    "handler",
    "queries",
    "use_cases",
    "usecases",
    "responses",
    "requests",
    "types",
    "enums",
    "constants",
    "database",
    "orm",
    "main",
    "db_models",
    "sqlmodels",
    "db",
    "tests",
];

/// Folders that hold modules or layers, and are none themselves.
const CONTAINERS: [&str; 38] = [
    "app",
    "src",
    "core",
    "common",
    "shared",
    "modules",
    "module",
    "domain",
    "domains",
    "features",
    "apps",
    "backend",
    "server",
    "lib",
    "libs",
    "utils",
    "base",
    "infrastructure",
    "infra",
    "presentation",
    "application",
    "adapters",
    "internal",
    "persistence",
    "data",
    "web",
    "http",
    "rest",
    "sql",
    "config",
    "v1",
    "v2",
    "v3",
    "public",
    "private",
    "helpers",
    "packages",
    "services",
];

fn is_layer_word(word: &str) -> bool {
    LAYER_WORDS.contains(&word)
}

fn is_no_module(word: &str) -> bool {
    is_layer_word(word) || CONTAINERS.contains(&word)
}

impl ModuleFolders {
    /// Finds the folders that hold the files of one module each: several of a kind stand side by side, or the
    /// folder is named after a table in it.
    pub(crate) fn find(facts: &Facts<'_>, held: &[Held]) -> Self {
        let mut candidates: FxHashMap<&str, Vec<&Held>> = FxHashMap::default();
        for one in held.iter().filter(|one| one.layer != LayerKind::Tests) {
            if let Some(folder) = candidate(&one.file) {
                candidates.entry(folder).or_default().push(one);
            }
        }
        let mut inside: FxHashMap<&str, usize> = FxHashMap::default();
        for folder in candidates.keys() {
            *inside.entry(path::folder(folder)).or_default() += 1;
        }
        let siblings = |folder: &str| inside.get(path::folder(folder)).copied().unwrap_or_default();
        let accepted = candidates.par_iter().filter(|(folder, inside)| {
            let named =
                inside.iter().flat_map(|one| &one.entities).any(|class| is_named_after(path::name(folder), class));
            let files: FxHashSet<&str> = inside.iter().map(|one| one.file.as_str()).collect();
            // The package of the application holds its modules, and is none.
            let below = || held.iter().filter(|one| path::is_below(&one.file, folder)).count();
            if !named && path::folder(folder) == facts.root && below() * 2 > held.len() {
                return false;
            }
            let holds_all = || facts.files.iter().all(|file| path::is_below(&file.path, folder));
            named || (siblings(folder) > 1 && **folder != facts.root) || (files.len() > 1 && !holds_all())
        });
        let folders: FxHashSet<String> = accepted.map(|(folder, _)| (*folder).to_owned()).collect();
        let names = folders.iter().map(|folder| path::name(folder).to_owned()).collect();
        Self { folders, names }
    }

    /// Gives a file its module and the pattern of its path.
    pub(crate) fn place(&self, facts: &Facts<'_>, held: Held) -> Placed {
        let weight = facts.weight_of(&held.file);
        let folder = path::upwards(path::folder(&held.file)).find(|folder| self.folders.contains(*folder));
        let module = folder.map(|folder| path::name(folder).to_owned());
        let start = folder.map_or(0, str::len);
        let front = folder.map(|folder| match path::folder(folder) {
            "" => "{module}".to_owned(),
            parent => format!("{parent}/{{module}}"),
        });
        let rest = held.file.get(start..).unwrap_or_default();
        let (rest, named) = self.named_file(rest, &held, module.as_deref());
        let pattern = format!("{}{rest}", front.unwrap_or_default());
        Placed { pattern, module: module.or(named), weight, held }
    }

    /// The rest of a path, with the placeholder that the file's name holds, and the module it names.
    fn named_file(&self, rest: &str, held: &Held, module: Option<&str>) -> (String, Option<String>) {
        let stem = path::stem(rest);
        let bare = stem.strip_prefix("test_").unwrap_or(stem);
        let bare = bare.strip_suffix("_test").unwrap_or(bare);
        if is_layer_word(bare) {
            return self.in_named_folder(rest, held, module);
        }
        let with = |replaced: String| {
            let replaced = if stem == bare { replaced } else { stem.replacen(bare, &replaced, 1) };
            let folder = path::folder(rest);
            let slash = if rest.contains('/') { "/" } else { "" };
            format!("{folder}{slash}{replaced}.py")
        };
        let (core, front, back) = without_layer_words(bare);
        if module == Some(core) || (module.is_none() && self.names.contains(core)) {
            return (with(format!("{front}{{module}}{back}")), Some(core.to_owned()));
        }
        for class in &held.entities {
            let replaced = words::with_placeholders(bare, class);
            if replaced != bare {
                return (with(replaced), module.is_none().then(|| core.to_owned()));
            }
        }
        if module.is_some() {
            return (rest.to_owned(), None);
        }
        (with(format!("{front}{{module}}{back}")), Some(core.to_owned()))
    }

    /// `routes/items/router.py`: the folder that names the module may hold this layer alone.
    fn in_named_folder(&self, rest: &str, held: &Held, module: Option<&str>) -> (String, Option<String>) {
        let folder = path::folder(rest);
        let name = path::name(folder);
        let named = module.is_none() && !name.is_empty() && !is_no_module(name);
        let known =
            named && (self.names.contains(name) || held.entities.iter().any(|class| is_named_after(name, class)));
        if !known {
            return (rest.to_owned(), None);
        }
        let parent = path::folder(folder);
        let slash = if folder.contains('/') { "/" } else { "" };
        (format!("{parent}{slash}{{module}}/{}", path::name(rest)), Some(name.to_owned()))
    }
}

/// `item_router` as `item`, `""` and `_router`.
fn without_layer_words(stem: &str) -> (&str, &str, &str) {
    if let Some((core, last)) = stem.rsplit_once('_')
        && is_layer_word(last)
        && !core.is_empty()
    {
        return (core, "", stem.get(core.len()..).unwrap_or_default());
    }
    if let Some((first, core)) = stem.split_once('_')
        && is_layer_word(first)
        && !core.is_empty()
    {
        return (core, stem.get(..=first.len()).unwrap_or_default(), "");
    }
    (stem, "", "")
}

/// Whether a file's name is that of a layer, or of an entity with no more than a layer's word beside it.
pub(crate) fn is_plain(stem: &str, entities: &[String]) -> bool {
    is_layer_word(stem) || entities.iter().any(|class| is_named_after(without_layer_words(stem).0, class))
}

/// Whether a folder is called like a table class, or its plural.
pub(crate) fn is_named_after(name: &str, class: &str) -> bool {
    let one = words::snake(class);
    name == one || words::is_plural_of(name, &one) || name.replace('_', "") == one.replace('_', "")
}

/// The nearest folder above a file that may be the folder of its module.
fn candidate(file: &str) -> Option<&str> {
    let folder = path::upwards(path::folder(file)).find(|folder| !is_layer_word(path::name(folder)))?;
    // A file in a folder of its layer (`models/item.py`) is told by its own name.
    let direct = folder == path::folder(file) || is_layer_word(path::stem(file)) || in_module(folder);
    (direct && !folder.is_empty() && !is_no_module(path::name(folder))).then_some(folder)
}

/// Whether a folder stands in one that holds modules.
fn in_module(folder: &str) -> bool {
    ["modules", "domains", "features", "apps", "domain"].contains(&path::name(path::folder(folder)))
}

#[cfg(test)]
mod tests {
    use super::{is_named_after, without_layer_words};

    #[test]
    fn names() {
        assert_eq!(without_layer_words("item_router"), ("item", "", "_router"));
        assert_eq!(without_layer_words("crud_item"), ("item", "crud_", ""));
        assert_eq!(without_layer_words("stock_movement"), ("stock_movement", "", ""));
        assert!(is_named_after("stock_movements", "StockMovement") && !is_named_after("stock", "StockMovement"));
    }
}
