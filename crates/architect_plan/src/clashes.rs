//! What the code has already: tables, classes, modules, enumerations, paths.

use architect_model::{EntityDesign, LinkDesign, Location, ModuleDesign, OperationDesign, Project, Table};

use crate::notes::Notes;
use crate::paths::shape;
use crate::world::{World, qualified};

/// Reports everything in `modules` that the project, or another part of the design, has already. They may add to the
/// modules `known`.
pub(crate) fn report(world: &World<'_>, modules: &[ModuleDesign], known: &[ModuleDesign], notes: &mut Notes) {
    for module in modules {
        if !known.iter().any(|known| known.name == module.name) {
            folder(world, module, notes);
        }
        for entity in &module.entities {
            table(world, &entity.names.class, &entity.table, &entity.at, notes);
            schemas(world, module, entity, notes);
        }
        for link in &module.links {
            table(world, &link.class, &link.table, &link.at, notes);
        }
        for found in &module.enums {
            enumeration(world, module, &found.class, &found.type_name, &found.at, notes);
        }
    }
    unnamed(world.project, modules, notes);
    unseen_keys(world.project, modules, notes);
    within(world.project, modules, notes);
    endpoints(world.project, modules, notes);
}

fn folder(world: &World<'_>, module: &ModuleDesign, notes: &mut Notes) {
    let layout = &world.style.layout;
    let patterns = [&layout.models.value, &layout.schemas.value, &layout.endpoints.value];
    if !patterns.iter().any(|pattern| pattern.contains("{module}")) {
        return;
    }
    if let Some(known) = world.project.modules.iter().find(|known| known.name == module.name) {
        let text = format!("the module `{}` exists already: `{}`", module.name, known.path);
        notes.problem(
            &module.at,
            text,
            "Rename the entity, or write another name: `Module: …` under the first heading.",
        );
    }
}

fn table(world: &World<'_>, class: &str, table: &str, at: &Location, notes: &mut Notes) {
    for known in &world.project.tables {
        let known_class = known.class.as_ref().map(|class| &*class.name);
        if known_class == Some(class) {
            notes.problem(
                at,
                format!("the class `{class}` exists already: {}", known.at),
                "Give the entity another name.",
            );
        } else if qualified(known) == table || known.name.known().is_some_and(|name| name == table) {
            let text =
                format!("the table `{table}` exists already: `{}`, {}", known_class.unwrap_or("a table"), known.at);
            notes.problem(at, text, "Give the entity another name.");
        }
    }
}

/// Tables of the code whose names are not known may have those of new ones.
fn unnamed(project: &Project, modules: &[ModuleDesign], notes: &mut Notes) {
    let unknown = project.tables().filter(|table| table.name.known().is_none());
    let classes: Vec<String> = unknown.map(|table| format!("`{}`", table_class(table))).collect();
    let Some(entity) = modules.iter().flat_map(|module| &module.entities).next() else { return };
    let listed = match classes.as_slice() {
        [] => return,
        [only] => format!("the name of the table of {only} is"),
        [a, b] => format!("the names of the tables of {a} and {b} are"),
        [first, .., last] => format!("the names of {} tables, from {first} to {last}, are", classes.len()),
    };
    notes.risk(&entity.at, format!("{listed} not known: whether the names of the new tables are free is not certain"));
}

/// Where no table shows its primary key, and its base is not there to read, the key of new ones is not known either.
fn unseen_keys(project: &Project, modules: &[ModuleDesign], notes: &mut Notes) {
    let lacks_key = |table: &&Table| table.columns.iter().all(|column| !column.primary_key);
    let Some(entity) = modules.iter().flat_map(|module| &module.entities).next() else { return };
    if !project.tables().all(|table| lacks_key(&table)) {
        return;
    }
    let Some(unknown) = project.tables().find_map(|table| table.unknowns.first()) else { return };
    let text = format!("the primary key of this project's tables is not known: {} ({})", unknown.reason, unknown.at);
    notes.problem(&entity.at, text, "Install the packages of the project where its environment is looked for.");
}

fn table_class(table: &Table) -> String {
    table.class.as_ref().map_or_else(|| table.at.to_string(), |class| class.name.clone())
}

/// Import path of the file that a layout pattern gives.
fn dotted(world: &World<'_>, pattern: &str, module: &str, entity: &EntityDesign) -> String {
    let path = pattern
        .replace("{module}", module)
        .replace("{entity}", &entity.names.snake)
        .replace("{entities}", &entity.names.snakes);
    let root = world.style.layout.source_root.trim_end_matches('/');
    let inner = path.strip_prefix(root).unwrap_or(&path).trim_start_matches('/');
    let stem = inner.strip_suffix(".py").unwrap_or(inner);
    stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".")
}

/// Classes of the same name in the same file.
fn schemas(world: &World<'_>, module: &ModuleDesign, entity: &EntityDesign, notes: &mut Notes) {
    let layout = &world.style.layout;
    let files =
        [&layout.models.value, &layout.schemas.value].map(|pattern| dotted(world, pattern, &module.name, entity));
    let family = &entity.schemas;
    let optional = [&family.base_class, &family.create_class, &family.update_class];
    let classes = optional.into_iter().flatten().chain([&family.output_class, &entity.names.class]);
    for class in classes {
        let known = world
            .project
            .schemas
            .iter()
            .find(|known| known.class.name == *class && files.contains(&known.class.module));
        if let Some(known) = known {
            notes.problem(
                &entity.at,
                format!("the class `{class}` exists already: {}", known.at),
                "Give the entity another name.",
            );
        }
    }
}

fn enumeration(
    world: &World<'_>,
    module: &ModuleDesign,
    class: &str,
    type_name: &str,
    at: &Location,
    notes: &mut Notes,
) {
    let Some(entity) = module.entities.first() else { return };
    let layout = &world.style.layout;
    let files =
        [&layout.models.value, &layout.schemas.value].map(|pattern| dotted(world, pattern, &module.name, entity));
    for known in &world.project.enums {
        let is_same_file = known.class.name == class && files.contains(&known.class.module);
        let is_same_type = known.class.name.to_lowercase() == type_name && is_stored(world.project, &known.class.name);
        if is_same_file || is_same_type {
            let text = format!("the enumeration `{class}` exists already: {}", known.at);
            notes.problem(at, text, "Name it otherwise: `enum Name(a, b)`, or rename the field.");
        }
    }
}

/// Whether a column is typed by the enumeration, so that PostgreSQL has a type of its name.
fn is_stored(project: &Project, class: &str) -> bool {
    let name = class.to_lowercase();
    project.tables().flat_map(|table| &table.columns).any(|column| {
        matches!(column.ty.known(), Some(architect_model::ColumnType::Enum { name: Some(known), .. }) if *known == name)
    })
}

/// Names that the design itself uses twice.
fn within(project: &Project, modules: &[ModuleDesign], notes: &mut Notes) {
    let mut taken: Vec<(&str, &str)> = Vec::new();
    let entities = modules.iter().flat_map(|module| &module.entities).map(|entity| {
        let EntityDesign { names, table, at, .. } = entity;
        (&*names.class, &**table, at)
    });
    let links = modules.iter().flat_map(|module| &module.links).map(|link| {
        let LinkDesign { class, table, at, .. } = link;
        (&**class, &**table, at)
    });
    for (class, table, at) in entities.chain(links) {
        let known = taken.iter().find(|(other, name)| *other == class || *name == table);
        if let Some((other, _)) = known {
            notes.problem(
                at,
                format!("`{class}` and `{other}` would share the table `{table}`"),
                "Rename one of them.",
            );
        }
        taken.push((class, table));
    }
    classes_within(project, modules, notes);
}

/// Enumerations and schemas that would have the name of an entity or of each other.
fn classes_within(project: &Project, modules: &[ModuleDesign], notes: &mut Notes) {
    let layout = &project.style.layout;
    let apart = layout.models.value != layout.schemas.value;
    for module in modules {
        let mut taken: Vec<&str> = Vec::new();
        let entities = module.entities.iter().flat_map(|entity| {
            let family = &entity.schemas;
            let optional = [&family.base_class, &family.create_class, &family.update_class];
            // A response may have the table's name in a file of its own.
            let table = Some(&entity.names.class).filter(|class| !apart || **class != family.output_class);
            let all = optional.into_iter().flatten().chain([&family.output_class]).chain(table);
            all.map(|class| (&**class, &entity.at))
        });
        let enums = module.enums.iter().map(|found| (&*found.class, &found.at));
        for (class, at) in entities.chain(enums) {
            if taken.contains(&class) {
                notes.problem(
                    at,
                    format!("two classes of the module `{}` would be named `{class}`", module.name),
                    "Rename one of them.",
                );
            }
            taken.push(class);
        }
    }
}

fn endpoints(project: &Project, modules: &[ModuleDesign], notes: &mut Notes) {
    let mounted = project.style.layout.registration.as_ref().map_or("", |found| &found.mounted_at);
    let mut taken: Vec<(&str, String, &Location)> = Vec::new();
    let operations = modules.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations);
    for operation in operations {
        let path = shape(&operation.path);
        if let Some((_, _, at)) = taken.iter().find(|(method, known, _)| *method == operation.method && *known == path)
        {
            let text = format!("`{} {}` is there twice, first from line {}", operation.method, operation.path, at.line);
            notes.problem(&operation.at, text, "Remove one of the two, or change its path.");
        }
        existing(project, operation, &format!("{mounted}{path}"), notes);
        taken.push((&operation.method, path, &operation.at));
    }
}

fn existing(project: &Project, operation: &OperationDesign, full: &str, notes: &mut Notes) {
    let known = project.endpoints.iter().find(|known| {
        known.methods.contains(&operation.method) && known.path.known().is_some_and(|path| shape(path) == full)
    });
    if let Some(known) = known {
        let text = format!("`{} {}` exists already: {}", operation.method, operation.path, known.at);
        notes.problem(&operation.at, text, "Change the path, or leave the endpoint out.");
    }
}
