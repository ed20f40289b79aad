//! Which module each new entity goes to, so that no two modules import each other.

use std::collections::BTreeMap;

use architect_model::Entity;
use heck::ToSnakeCase;

use crate::names;
use crate::notes::Notes;
use crate::order;
use crate::world::World;

/// Module of each entity, by its name.
type Modules<'a> = BTreeMap<&'a str, String>;

/// The modules of the entities: that of their topmost parent, or their own where the house does so.
///
/// Python cannot import two modules from each other by `from … import …` at their heads. Where what belongs to one
/// row refers to rows of another module, and the other way round, a child gets a module of its own.
pub(crate) fn assign<'a>(world: &World<'a>) -> Modules<'a> {
    let mut modules: Modules<'a> = world.entities().map(|entity| (&*entity.name, of(world, entity))).collect();
    if world.design.module.is_none() {
        while let Some(better) = parted(world, &modules) {
            modules = better;
        }
    }
    modules
}

/// Says which entities are not in the module of what they belong to, and why.
pub(crate) fn remark(world: &World<'_>, notes: &mut Notes) {
    for entity in world.entities() {
        let Some(module) = world.modules.get(&*entity.name).filter(|_| world.design.module.is_none()) else { continue };
        let usual = of(world, entity);
        if *module != usual && *module == own(world, entity) {
            let text = format!(
                "`{}` goes to the module `{module}`: in `{usual}`, that and another module would import each other",
                entity.name
            );
            notes.assume(&entity.at, text);
        }
    }
}

fn of<'a>(world: &World<'a>, entity: &'a Entity) -> String {
    if let Some(module) = existing(world, entity) {
        return module;
    }
    match &world.design.module {
        Some(name) => name.to_snake_case(),
        None if world.parts_children() => own(world, entity),
        None => own(world, world.topmost(entity)),
    }
}

/// The module of the code that holds the class of the entity, or that of what it belongs to, which it joins where the
/// house keeps the two together.
fn existing<'a>(world: &World<'a>, entity: &'a Entity) -> Option<String> {
    let holds = |class: &str| {
        let table = crate::compare::table_of(world.project, class)?;
        let file = &*table.at.file;
        let modules = &world.project.modules;
        modules
            .iter()
            .find(|module| module.layers.iter().any(|layer| layer.file == file))
            .map(|found| found.name.clone())
    };
    let top = world.topmost(entity);
    holds(&entity.name).or_else(|| holds(&top.name).filter(|_| !world.parts_children()))
}

/// A module named after the entity.
fn own(world: &World<'_>, entity: &Entity) -> String {
    let names = names::entity_names(&entity.name);
    if world.plural_modules() { names.snakes } else { names.snake }
}

/// The modules with one child and what belongs to it moved to its own, so that fewest references remain that go round
/// in circles of modules; none where that does not help.
fn parted<'a>(world: &World<'a>, modules: &Modules<'a>) -> Option<Modules<'a>> {
    let now = circular(world, modules);
    if now == 0 {
        return None;
    }
    let moved = world.entities().filter_map(|entity| {
        let module = own(world, entity);
        let parted = modules.get(&*entity.name).filter(|known| **known != module)?;
        let mut better = modules.clone();
        let below = world.entities().filter(|other| other.name == entity.name || world.is_below(other, entity));
        let below: Vec<&str> =
            below.map(|other| &*other.name).filter(|name| modules.get(name) == Some(parted)).collect();
        better.extend(below.iter().map(|name| (*name, module.clone())));
        Some((circular(world, &better), below.len(), better))
    });
    let (left, _, better) = moved.min_by_key(|(left, size, _)| (*left, *size))?;
    (left < now).then_some(better)
}

/// How many references between entities lead to a module from which a way leads back.
fn circular(world: &World<'_>, modules: &Modules<'_>) -> usize {
    let edges: Vec<(&str, &str)> = world
        .entities()
        .flat_map(order::edges_of)
        .filter(|edge| !edge.closes(world))
        .filter_map(|edge| Some((modules.get(edge.from)?.as_str(), modules.get(edge.to)?.as_str())))
        .filter(|(from, to)| from != to)
        .collect();
    edges.iter().filter(|(from, to)| order::leads(&edges, to, from)).count()
}
