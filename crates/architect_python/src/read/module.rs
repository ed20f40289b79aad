//! Feature modules: the files of one bounded context, wherever each layer keeps them.

use architect_model::{LayerFile, LayerKind, Module};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::style::places::{Placed, is_named_after};
use crate::style::words::snake;

/// Groups the placed files by module.
pub(crate) fn read(placed: &[Placed]) -> Vec<Module> {
    let mut seen = FxHashSet::default();
    let placed: Vec<&Placed> =
        placed.iter().filter(|one| seen.insert((one.held.layer, &one.held.file, &one.held.entities))).collect();
    let mut modules = Modules::default();
    let naming =
        [LayerKind::Endpoints, LayerKind::Models, LayerKind::Service, LayerKind::Repository, LayerKind::Schemas];
    for layer in naming {
        for one in placed.iter().filter(|one| one.held.layer == layer) {
            modules.name(one);
        }
    }
    for one in &placed {
        modules.add(one);
    }
    let mut found = modules.list;
    found.retain(|module| !module.layers.is_empty());
    found.sort_by(|a, b| (&a.path, &a.name).cmp(&(&b.path, &b.name)));
    found
}

/// The modules found so far.
#[derive(Default)]
struct Modules {
    list: Vec<Module>,
    by_name: FxHashMap<String, usize>,
    /// By the table, in snake case, that a module is named after.
    by_table: FxHashMap<String, usize>,
}

impl Modules {
    /// Takes the name of a module from a file.
    fn name(&mut self, one: &Placed) {
        let Some(name) = one.module.as_ref().filter(|name| self.position(name, &one.held.entities).is_none()) else {
            return;
        };
        let number = self.list.len();
        self.list.push(Module { name: name.clone(), path: one.held.file.clone(), layers: Vec::new() });
        self.by_name.insert(name.clone(), number);
        for class in one.held.entities.iter().filter(|class| is_named_after(name, class)) {
            self.by_table.entry(snake(class)).or_insert(number);
        }
    }

    /// The module of that name, or of the table that it is named after: `models/item.py` belongs to `routes/items.py`.
    fn position(&self, name: &str, entities: &[String]) -> Option<usize> {
        let same = self.by_name.get(name).copied();
        same.or_else(|| {
            let class = entities.iter().find(|class| is_named_after(name, class))?;
            self.by_table.get(&snake(class)).copied()
        })
    }

    /// Adds a file to its module; a file for all modules to each that has a table in it.
    fn add(&mut self, one: &Placed) {
        let numbers: Vec<usize> = match &one.module {
            Some(name) => self.position(name, &one.held.entities).into_iter().collect(),
            None => one.held.entities.iter().filter_map(|class| self.by_table.get(&snake(class)).copied()).collect(),
        };
        for number in numbers {
            let Some(module) = self.list.get_mut(number) else { continue };
            // A folder of its own is the place of a module, wherever its routes stand.
            if let Some(folder) = folder(one) {
                module.path = folder;
            }
            let file = LayerFile { layer: one.held.layer, file: one.held.file.clone() };
            if !module.layers.contains(&file) {
                module.layers.push(file);
                module.layers.sort_by(|a, b| (a.layer, &a.file).cmp(&(b.layer, &b.file)));
            }
        }
    }
}

/// The folder of a module that has one.
fn folder(one: &Placed) -> Option<String> {
    let at = one.pattern.find("{module}/")?;
    let depth = one.pattern.get(..at)?.matches('/').count() + 1;
    Some(one.held.file.split('/').take(depth).collect::<Vec<_>>().join("/"))
}
