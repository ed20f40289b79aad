//! Where each layer lives: the patterns of paths that most modules follow.

use architect_model::{LayerKind, LayoutStyle, Location, Observed};
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::Facts;
use super::path;
use super::places::{ModuleFolders, Placed, is_named_after};
use super::vote::Votes;
use super::words::looks_plural;

/// Reads the layout from the placed files.
pub(super) fn read(facts: &Facts<'_>, folders: &ModuleFolders, placed: &[Placed]) -> LayoutStyle {
    let root = facts.root.clone();
    let brief = |rest: &str| path::join(&root, rest).unwrap_or_else(|| rest.to_owned());
    let models = pattern(placed, LayerKind::Models)
        .unwrap_or_else(|| Observed::assumed(brief("app/modules/{module}/models.py")));
    let endpoints =
        pattern(placed, LayerKind::Endpoints).unwrap_or_else(|| Observed::assumed(brief("app/api/routes/{module}.py")));
    let folders_of_modules: Vec<&str> =
        [&models, &endpoints].into_iter().filter_map(|one| module_folder(&one.value)).collect();
    let within = |layer: LayerKind| pattern_within(placed, layer, &folders_of_modules);
    let schemas = within(LayerKind::Schemas).unwrap_or_else(|| beside(&models, "schemas.py"));
    LayoutStyle {
        plural_modules: plural(folders, placed),
        init_files: init_files(facts, folders),
        init_docs: init_docs(facts, folders),
        repository: optional(within(LayerKind::Repository), &endpoints),
        service: optional(within(LayerKind::Service), &endpoints),
        tests: tests(placed, &endpoints),
        errors: per_module(optional(pattern(placed, LayerKind::Errors), &endpoints)),
        source_root: root,
        models,
        schemas,
        endpoints,
        registration: None,
        model_imports: None,
    }
}

/// The folder that holds modules, where each has one of its own: `app/modules` of `app/modules/{module}/models.py`.
fn module_folder(pattern: &str) -> Option<&str> {
    pattern.split_once("{module}/").map(|(front, _)| front)
}

/// The pattern that most places of a layer follow, within the folders of modules where some are there: clients of
/// other services, and modules inside modules, may be more.
fn pattern_within(placed: &[Placed], layer: LayerKind, folders: &[&str]) -> Option<Observed<String>> {
    let beside = |one: &&Placed| module_folder(&one.pattern).is_some_and(|folder| folders.contains(&folder));
    let files = files_of(placed, layer);
    most(files.iter().copied().filter(beside).collect()).or_else(|| most(files))
}

/// The pattern that most places of a layer follow.
fn pattern(placed: &[Placed], layer: LayerKind) -> Option<Observed<String>> {
    most(files_of(placed, layer))
}

/// The pattern that most places follow. Patterns that differ in the placeholder alone are one pattern:
/// irregular plurals and modules of several tables would tear it apart.
fn most(files: Vec<&Placed>) -> Option<Observed<String>> {
    let of_layer = || files.iter();
    let mut skeletons = Votes::default();
    for one in of_layer() {
        skeletons.add(skeleton(&one.pattern), one.weight, &one.held.at);
    }
    let skeleton_won = skeletons.winner()?;
    let mut patterns = Votes::default();
    for one in of_layer().filter(|one| skeleton(&one.pattern) == skeleton_won.value) {
        patterns.add(one.pattern.clone(), one.weight, &one.held.at);
    }
    let won = patterns.winner()?;
    Some(Observed { value: won.value, count: skeleton_won.count, of: skeleton_won.of, example: won.example })
}

/// The files of a layer, each once; one alone where it holds most of the layer.
fn files_of(placed: &[Placed], layer: LayerKind) -> Vec<&Placed> {
    let of_layer = || placed.iter().filter(move |one| one.held.layer == layer);
    let any_telling = of_layer().any(|one| one.held.telling);
    let telling: Vec<&Placed> = of_layer().filter(|one| one.held.telling || !any_telling).collect();
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for one in &telling {
        *counts.entry(&one.held.file).or_default() += 1;
    }
    let holds_most = |one: &&&Placed| counts.get(one.held.file.as_str()).is_some_and(|count| count * 2 > telling.len());
    if let Some(one) = telling.iter().find(holds_most) {
        return vec![one];
    }
    let mut seen = FxHashSet::default();
    telling.into_iter().filter(|one| seen.insert(one.held.file.as_str())).collect()
}

fn skeleton(pattern: &str) -> String {
    pattern.replace("{module}", "{}").replace("{entities}", "{}").replace("{entity}", "{}")
}

/// The pattern of a layer that a house may do without.
fn optional(found: Option<Observed<String>>, endpoints: &Observed<String>) -> Observed<Option<String>> {
    match found {
        Some(found) => Observed { value: Some(found.value), count: found.count, of: found.of, example: found.example },
        None => Observed { value: None, count: endpoints.of, of: endpoints.of, example: endpoints.example.clone() },
    }
}

/// Tests of a new module need a file of their own: a pattern without a place for its name is none.
fn tests(placed: &[Placed], endpoints: &Observed<String>) -> Observed<Option<String>> {
    let found = optional(pattern(placed, LayerKind::Tests), endpoints);
    match &found.value {
        Some(pattern) if !pattern.contains('{') => Observed { value: None, count: 0, ..found },
        _ => found,
    }
}

/// Exceptions count as part of the layout only where each module keeps its own.
fn per_module(found: Observed<Option<String>>) -> Observed<Option<String>> {
    let value = found.value.filter(|pattern| pattern.contains('{'));
    Observed { value, ..found }
}

/// The file beside another.
fn beside(models: &Observed<String>, name: &str) -> Observed<String> {
    let folder = path::folder(&models.value);
    Observed::assumed(if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") })
}

/// Whether modules are named in the plural: compared with the tables in them.
fn plural(folders: &ModuleFolders, placed: &[Placed]) -> Observed<bool> {
    let mut votes = Votes::default();
    let mut seen: Vec<&str> = Vec::new();
    let prefer = |layer: LayerKind| placed.iter().filter(move |one| one.held.layer == layer);
    let order = [LayerKind::Endpoints, LayerKind::Models, LayerKind::Service, LayerKind::Repository];
    for one in order.into_iter().flat_map(prefer) {
        let Some(module) = one.module.as_deref().filter(|module| !seen.contains(module)) else { continue };
        let named = one.held.entities.iter().find(|class| is_named_after(module, class));
        // A folder without a table of its name says nothing: `auth`, `billing`.
        if named.is_none() && !(folders.folders.len() > 1 && looks_plural(module)) {
            continue;
        }
        seen.push(module);
        let is_plural = named.is_none_or(|class| super::words::snake(class) != module);
        votes.add(is_plural, one.weight, &one.held.at);
    }
    votes.or_assumed(true)
}

/// Whether the `__init__.py` of modules opens with a docstring.
fn init_docs(facts: &Facts<'_>, folders: &ModuleFolders) -> Observed<bool> {
    let mut votes = Votes::default();
    let mut sorted: Vec<&String> = folders.folders.iter().collect();
    sorted.sort_unstable();
    for folder in sorted {
        let init = format!("{folder}/__init__.py");
        let Some(file) = facts.index.files().by_path(&init) else { continue };
        let first = file.body().first().and_then(|stmt| stmt.as_expr_stmt());
        let says = first.is_some_and(|stmt| stmt.value.is_string_literal_expr());
        votes.add(says, facts.weight_of(folder), &Location::line(init, 1));
    }
    votes.or_assumed(false)
}

fn init_files(facts: &Facts<'_>, folders: &ModuleFolders) -> Observed<bool> {
    let mut votes = Votes::default();
    let mut sorted: Vec<&String> = folders.folders.iter().collect();
    sorted.sort_unstable();
    for folder in sorted {
        let init = format!("{folder}/__init__.py");
        let has = facts.index.files().by_path(&init).is_some();
        votes.add(has, facts.weight_of(folder), &Location::line(init, 1));
    }
    votes.or_assumed(true)
}
