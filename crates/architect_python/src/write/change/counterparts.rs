//! Where the code has what the writers write of an entity: the facts of its endpoints know the very classes.

use architect_model::{EntityDesign, Handler, Project, Resolution, Schema, StandardOperation, Step, Symbol, Table};

use crate::carry::Counterpart;
use crate::write::naming::handler_name;

/// The places of the classes of all entities that the code has.
pub(super) fn of(resolution: &Resolution, project: &Project) -> Vec<Counterpart> {
    let mut found: Vec<Counterpart> = Vec::new();
    let layout = &project.style.layout;
    let together = layout.models.value == layout.schemas.value;
    let steps = (Some(Step::Models), Some(if together { Step::Models } else { Step::Schemas }));
    for entity in resolution.before.iter().flat_map(|module| &module.entities) {
        let table =
            project.tables().find(|table| table.class.as_ref().is_some_and(|class| class.name == entity.names.class));
        let Some(table) = table else { continue };
        handlers(&mut found, entity, table, project);
        let (models, schemas) = steps;
        add(&mut found, models, &entity.names.class, &table.at.file);
        for schema in self::schemas(entity, table, project) {
            add(&mut found, schemas, &schema.class.name, &schema.at.file);
        }
    }
    for item in resolution.before.iter().flat_map(|module| &module.enums) {
        let mut known = project.enums.iter().filter(|known| known.class.name == item.class);
        if let (Some(known), None) = (known.next(), known.next()) {
            add(&mut found, None, &item.class, &known.at.file);
        }
    }
    found
}

/// The functions of the usual endpoints of an entity, where the code calls them otherwise than the house does mostly.
fn handlers(found: &mut Vec<Counterpart>, entity: &EntityDesign, table: &Table, project: &Project) {
    let keys = [
        ("list", StandardOperation::List),
        ("read", StandardOperation::Read),
        ("create", StandardOperation::Create),
        ("update", StandardOperation::Update),
        ("delete", StandardOperation::Delete),
    ];
    for (key, operation) in keys {
        let is_it = |handler: &&Handler| handler.table == table.class && handler.operation == Some(operation);
        let mut own = project.handlers.iter().filter(is_it);
        let (Some(handler), None) = (own.next(), own.next()) else { continue };
        let written = handler_name(&project.style, key, &entity.names);
        let is_there = project.handlers.iter().any(|known| known.symbol.name == written);
        if written != handler.symbol.name && !is_there {
            let (path, actual) = (handler.at.file.to_string(), handler.symbol.name.clone());
            found.push(Counterpart { written, path, actual, step: Some(Step::Endpoints) });
        }
    }
}

fn add(found: &mut Vec<Counterpart>, step: Option<Step>, class: &str, path: &str) {
    if !found.iter().any(|known| known.written == class && known.step == step) {
        let (written, path, actual) = (class.to_owned(), path.to_owned(), class.to_owned());
        found.push(Counterpart { written, path, actual, step });
    }
}

/// The classes of requests and responses of an entity: those that its endpoints take and answer, and their bases.
fn schemas<'p>(entity: &EntityDesign, table: &Table, project: &'p Project) -> Vec<&'p Schema> {
    let own = project.handlers.iter().filter(|handler| handler.table == table.class);
    let used: Vec<&Symbol> = own.flat_map(|handler| handler.body.iter().chain(&handler.answer)).collect();
    let is_used = |schema: &Schema| used.contains(&&schema.class);
    let is_base = |base: &Schema| {
        let path = format!("{}.{}", base.class.module, base.class.name);
        project.schemas.iter().any(|schema| is_used(schema) && schema.bases.contains(&path))
    };
    let family = &entity.schemas;
    let names = [&family.base_class, &family.create_class, &family.update_class].into_iter().flatten();
    let found = names.chain([&family.output_class]).filter_map(|name| {
        let named = || project.schemas.iter().filter(|schema| schema.class.name == *name);
        let only = named().next().filter(|_| named().count() == 1);
        named().find(|schema| is_used(schema)).or_else(|| named().find(|schema| is_base(schema))).or(only)
    });
    found.collect()
}
