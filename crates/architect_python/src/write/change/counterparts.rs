//! Where the code has what the writers write of an entity: the facts of its endpoints know the very classes.

use architect_model::{EntityDesign, Handler, Project, Resolution, Schema, StandardOperation, Step, Symbol, Table};

use crate::carry::Counterpart;
use crate::write::house::House;
use crate::write::module::house;
use crate::write::naming::handler_name;

/// The places of the classes of all entities that the code has.
pub(super) fn of(resolution: &Resolution, project: &Project) -> Vec<Counterpart> {
    let mut found: Vec<Counterpart> = Vec::new();
    let layout = &project.style.layout;
    let together = layout.models.value == layout.schemas.value;
    let steps = (Some(Step::Models), Some(if together { Step::Models } else { Step::Schemas }));
    let entities = resolution.before.iter().flat_map(|module| module.entities.iter().map(move |one| (module, one)));
    for (module, entity) in entities {
        let table =
            project.tables().find(|table| table.class.as_ref().is_some_and(|class| class.name == entity.names.class));
        let Some(table) = table else { continue };
        handlers(&mut found, entity, table, project);
        methods(&mut found, &house(module, resolution, project), entity, table);
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

const KEYS: [(&str, StandardOperation); 5] = [
    ("list", StandardOperation::List),
    ("read", StandardOperation::Read),
    ("create", StandardOperation::Create),
    ("update", StandardOperation::Update),
    ("delete", StandardOperation::Delete),
];

/// The only handler of one of the usual operations of a table.
fn usual<'p>(project: &'p Project, table: &Table, operation: StandardOperation) -> Option<&'p Handler> {
    let is_it = |handler: &&Handler| handler.table == table.class && handler.operation == Some(operation);
    let mut own = project.handlers.iter().filter(is_it);
    own.next().filter(|_| own.next().is_none())
}

/// The methods of the service of an entity that its handlers call, where they are called otherwise than mostly: in the
/// service, and in the file of the handlers where these call no other service.
fn methods(found: &mut Vec<Counterpart>, house: &House<'_>, entity: &EntityDesign, table: &Table) {
    let project = house.project;
    for (key, operation) in KEYS.into_iter().filter(|_| house.rules_in_class()) {
        let Some(handler) = usual(project, table, operation) else { continue };
        let Some((class, actual)) = handler.rule.as_ref().and_then(|rule| rule.name.rsplit_once('.')) else { continue };
        let written = house.method_name(key, entity);
        let Some(service) = project.services.iter().find(|one| one.symbol.name == class) else { continue };
        let is_there = |name: &str| service.methods.iter().any(|method| method.name == name);
        let home = service.methods.iter().find(|method| method.name == actual);
        let Some(home) = home.filter(|_| !is_there(&written)) else { continue };
        let of_others = |other: &Handler| {
            let is_same = |rule: &Symbol| rule.name.rsplit_once('.').is_some_and(|(known, _)| known == class);
            other.at.file == handler.at.file && other.rule.as_ref().is_some_and(|rule| !is_same(rule))
        };
        let mut places = vec![(home.at.file.to_string(), Step::Service)];
        if !project.handlers.iter().any(of_others) {
            places.push((handler.at.file.to_string(), Step::Endpoints));
        }
        let named = |name: &str| format!("{class}.{name}");
        found.extend(places.into_iter().map(|(path, step)| Counterpart {
            written: named(&written),
            path,
            actual: named(actual),
            step: Some(step),
        }));
    }
}

/// The functions of the usual endpoints of an entity, where the code calls them otherwise than the house does mostly.
fn handlers(found: &mut Vec<Counterpart>, entity: &EntityDesign, table: &Table, project: &Project) {
    for (key, operation) in KEYS {
        let Some(handler) = usual(project, table, operation) else { continue };
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
