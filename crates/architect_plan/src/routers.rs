//! Routers: which operations stand in one file, under which prefix, and what they are called.

use std::mem::discriminant;

use architect_model::{EntityNames, ListScope, OperationDesign, OperationKind, RouterDesign};
use heck::ToSnakeCase;

use crate::names;
use crate::paths;
use crate::world::World;

/// The routers of a module whose entities are `entities`, with their operations.
pub(crate) fn routers(
    world: &World<'_>,
    module: &str,
    entities: &[&str],
    operations: &[OperationDesign],
) -> Vec<RouterDesign> {
    let of = |wanted: &[&str]| -> Vec<OperationDesign> {
        operations.iter().filter(|operation| wanted.contains(&&*operation.entity)).cloned().collect()
    };
    let mut found = Vec::new();
    if has_file_per_entity(world) {
        for entity in entities {
            let names = names::entity_names(entity);
            let name = if world.plural_modules() { names.snakes.clone() } else { names.snake.clone() };
            found.push((name, names, of(&[entity])));
        }
    } else if let Some(first) = named_after(module, entities) {
        found.push((module.to_owned(), names::entity_names(first), of(entities)));
    }
    found
        .into_iter()
        .filter(|(_, _, operations)| !operations.is_empty())
        .map(|(module, names, operations)| router(world, module, names, operations))
        .collect()
}

/// Whether endpoints stand in a file for each entity: the layout says so, or modules are no folders.
fn has_file_per_entity(world: &World<'_>) -> bool {
    let layout = &world.style.layout;
    let endpoints = &layout.endpoints.value;
    endpoints.contains("{entity}") || endpoints.contains("{entities}") || !layout.models.value.contains("{module}")
}

/// The entity that the module is named after, else its first.
fn named_after<'a>(module: &str, entities: &[&'a str]) -> Option<&'a str> {
    let is_named = |entity: &&&str| {
        let names = names::entity_names(entity);
        names.snake == module || names.snakes == module
    };
    entities.iter().find(is_named).or_else(|| entities.first()).copied()
}

fn router(world: &World<'_>, module: String, names: EntityNames, mut operations: Vec<OperationDesign>) -> RouterDesign {
    name_operations(&mut operations);
    let operations = fixed_before_parameters(operations);
    let prefix = common_prefix(operations.iter().map(|operation| &*operation.path));
    let tag = tag(world, &module, &names);
    RouterDesign { module, names, prefix, tag, operations }
}

fn tag(world: &World<'_>, module: &str, names: &EntityNames) -> String {
    let pattern = &world.style.endpoints.tag.value;
    if pattern.is_empty() {
        return module.to_owned();
    }
    let joint = joint_of_tags(world);
    let spaced = |name: &str| joint.map_or_else(|| name.to_owned(), |joint| name.replace('_', joint));
    pattern
        .replace("{entity}", &spaced(&names.snake))
        .replace("{entities}", &spaced(&names.snakes))
        .replace("{Entity}", &names.class)
        .replace("{Entities}", &names.classes)
        .replace("{module}", &spaced(module))
}

/// What stands between the words of the house's tags; none where no tag has two words.
fn joint_of_tags<'w>(world: &World<'w>) -> Option<&'w str> {
    let tags = || world.project.endpoints.iter().flat_map(|endpoint| &endpoint.tags);
    let count = |joint: &str| tags().filter(|tag| tag.contains(joint)).count();
    [" ", "-", "_"].into_iter().filter(|joint| count(joint) > 0).max_by_key(|joint| count(joint))
}

/// The segments with which all paths begin, up to a plain one: `/projects`, `/projects/{project_id}/tasks`.
fn common_prefix<'a>(mut paths: impl Iterator<Item = &'a str>) -> String {
    let segments =
        |path: &'a str| path.split('/').skip(1).take_while(|segment| !segment.is_empty()).collect::<Vec<_>>();
    let Some(first) = paths.next() else { return String::new() };
    let mut common = segments(first);
    for path in paths {
        let same = segments(path).iter().zip(&common).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    while common.last().is_some_and(|last| paths::parameter(last).is_some()) {
        common.pop();
    }
    common.iter().map(|segment| format!("/{segment}")).collect()
}

/// Moves an operation before one whose parameter would swallow its path.
fn fixed_before_parameters(operations: Vec<OperationDesign>) -> Vec<OperationDesign> {
    let mut ordered: Vec<OperationDesign> = Vec::new();
    for operation in operations {
        let swallowing = ordered
            .iter()
            .position(|before| before.method == operation.method && paths::swallows(&before.path, &operation.path));
        match swallowing {
            Some(position) => ordered.insert(position, operation),
            None => ordered.push(operation),
        }
    }
    ordered
}

/// Names all operations but the first of each of the five standard kinds, which the house names.
fn name_operations(operations: &mut [OperationDesign]) {
    let mut taken: Vec<String> = Vec::new();
    for index in 0..operations.len() {
        let (before, rest) = operations.split_at_mut(index);
        let Some(operation) = rest.first_mut() else { continue };
        let is_first = !before.iter().any(|other| {
            other.entity == operation.entity
                && discriminant(&other.kind) == discriminant(&operation.kind)
                && other.within().is_none()
        });
        if is_standard(&operation.kind) && is_first && operation.within().is_none() {
            continue;
        }
        let base = operation.name.clone().unwrap_or_else(|| described(operation));
        let mut name = base.clone();
        let mut number = 2;
        while taken.contains(&name) {
            name = format!("{base}_{number}");
            number += 1;
        }
        taken.push(name.clone());
        operation.name = Some(name);
    }
}

fn is_standard(kind: &OperationKind) -> bool {
    !matches!(
        kind,
        OperationKind::Set { .. }
            | OperationKind::ListLinked { .. }
            | OperationKind::Link { .. }
            | OperationKind::Unlink { .. }
    )
}

/// A name from what the operation does and its path: `archive_project`, `list_archived_projects`.
fn described(operation: &OperationDesign) -> String {
    let names = names::entity_names(&operation.entity);
    let last = operation.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let word = paths::parameter(last).is_none().then(|| last.to_snake_case()).filter(|word| !word.is_empty());
    let is_rows = |word: &String| *word == names.snakes || *word == names.snake;
    if let Some(within) = operation.within() {
        return format!("list_{}_{}", within.names.snake, word.unwrap_or_else(|| names.snakes.clone()));
    }
    let (verb, noun) = match &operation.kind {
        OperationKind::Set { values, .. } => match word.filter(|word| !is_rows(word)) {
            Some(verb) => return with_noun(&verb, &names.snake),
            None => {
                let column = values.first().map_or("", |(column, _)| column);
                return format!("set_{}_{column}", names.snake);
            }
        },
        OperationKind::List { scope, .. } => {
            let above = operation.parent().map(|parent| parent.class.to_snake_case());
            let noun = match (scope, above) {
                (ListScope::All, _) => format!("all_{}", names.snakes),
                (_, Some(above)) => format!("{above}_{}", names.snakes),
                _ => names.snakes.clone(),
            };
            ("list", noun)
        }
        OperationKind::Create => ("create", names.snake.clone()),
        OperationKind::Update => ("update", names.snake.clone()),
        OperationKind::Delete => ("delete", names.snake.clone()),
        _ => ("read", names.snake.clone()),
    };
    match word.filter(|word| !is_rows(word)) {
        Some(word) => format!("{verb}_{word}_{}", noun.trim_start_matches("all_")),
        None => format!("{verb}_{noun}"),
    }
}

/// `archive_project`; `mark_done_task` where the words already say what is done to what.
fn with_noun(verb: &str, noun: &str) -> String {
    if verb.ends_with(noun) { verb.to_owned() } else { format!("{verb}_{noun}") }
}
