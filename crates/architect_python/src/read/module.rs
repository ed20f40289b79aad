//! Feature modules: the files of one bounded context, wherever each layer keeps them.

use architect_model::{LayerFile, LayerKind, Module};

use crate::style::places::{Placed, is_named_after};

/// Groups the placed files by module.
pub(crate) fn read(placed: &[Placed]) -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    let naming = [LayerKind::Endpoints, LayerKind::Models, LayerKind::Service, LayerKind::Repository, LayerKind::Schemas];
    for layer in naming {
        for one in placed.iter().filter(|one| one.held.layer == layer) {
            if let Some(name) = &one.module
                && position(&modules, name, &one.held.entities).is_none()
            {
                modules.push(Module { name: name.clone(), path: one.held.file.clone(), layers: Vec::new() });
            }
        }
    }
    for one in placed {
        // A folder of its own is the place of a module, wherever its routes stand.
        if let (Some(folder), Some(name)) = (folder(one), &one.module)
            && let Some(found) = position(&modules, name, &one.held.entities)
            && let Some(module) = modules.get_mut(found)
        {
            module.path = folder;
        }
    }
    for one in placed {
        match &one.module {
            Some(name) => {
                let found = position(&modules, name, &one.held.entities);
                add(found.and_then(|found| modules.get_mut(found)), one);
            }
            // A file for all modules belongs to each that has a table in it.
            None => {
                for module in &mut modules {
                    if one.held.entities.iter().any(|class| is_named_after(&module.name, class)) {
                        add(Some(module), one);
                    }
                }
            }
        }
    }
    modules.retain(|module| !module.layers.is_empty());
    modules.sort_by(|a, b| (&a.path, &a.name).cmp(&(&b.path, &b.name)));
    modules
}

/// The module of that name, or of the table that it is named after: `models/item.py` belongs to `routes/items.py`.
fn position(modules: &[Module], name: &str, entities: &[String]) -> Option<usize> {
    let same = modules.iter().position(|module| module.name == name);
    same.or_else(|| {
        let class = entities.iter().find(|class| is_named_after(name, class))?;
        modules.iter().position(|module| is_named_after(&module.name, class))
    })
}

/// The folder of a module that has one.
fn folder(one: &Placed) -> Option<String> {
    let at = one.pattern.find("{module}/")?;
    let depth = one.pattern.get(..at)?.matches('/').count() + 1;
    Some(one.held.file.split('/').take(depth).collect::<Vec<_>>().join("/"))
}

fn add(module: Option<&mut Module>, one: &Placed) {
    let Some(module) = module else { return };
    let file = LayerFile { layer: one.held.layer, file: one.held.file.clone() };
    if !module.layers.contains(&file) {
        module.layers.push(file);
        module.layers.sort_by(|a, b| (a.layer, &a.file).cmp(&(b.layer, &b.file)));
    }
}
