//! Collects which files hold which layers, and for which tables.

use architect_model::LayerKind;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::facts::{Facts, Layered, address, start_of};
use super::places::Held;
use super::{File, path, tests};
use crate::read::layer::Found;
use crate::resolve::Class;

/// The layers of all files, in the order of the files.
pub(crate) fn collect<'a>(facts: &Facts<'a>, repositories: &Found<'a>, services: &Found<'a>) -> Vec<Held> {
    let mut held = Vec::new();
    for table in &facts.tables {
        held.push(one(
            LayerKind::Models,
            table.file(),
            facts.table(*table).map(|entity| entity.name().to_owned()).into_iter().collect(),
            Some(*table),
        ));
    }
    let used = used_schemas(facts);
    for class in schemas(facts) {
        let entity = facts.entity_of_name(class.name()).map(|entity| entity.name().to_owned());
        let telling = used.contains(&address(class.def));
        held.push(Held { telling, ..one(LayerKind::Schemas, class.file(), entity.into_iter().collect(), Some(class)) });
    }
    for (found, layer) in [(repositories, Layered::Repository), (services, Layered::Service)] {
        for class in &found.classes {
            let entities = class.entity.map(|entity| entity.name().to_owned()).into_iter().collect();
            held.push(one(layer.into(), class.class.file(), entities, Some(class.class)));
        }
        for file in &found.files {
            held.push(one(layer.into(), file.file, entities_in_functions(facts, file), None));
        }
    }
    held.extend(endpoints(facts));
    held.extend(errors(facts));
    held.extend(test_files(facts));
    held.sort_by(|a, b| (&a.file, a.at.line).cmp(&(&b.file, b.at.line)));
    held
}

fn one(layer: LayerKind, file: &File, entities: Vec<String>, class: Option<Class<'_>>) -> Held {
    Held {
        layer,
        file: file.path.to_string(),
        entities,
        telling: true,
        at: class.map_or_else(|| start_of(file), |class| class.at()),
    }
}

/// Classes that handlers take or answer, by address.
fn used_schemas(facts: &Facts<'_>) -> FxHashSet<usize> {
    let answered = facts.handlers.iter().filter_map(|handler| handler.response.item);
    let taken = facts
        .handlers
        .iter()
        .flat_map(|handler| &handler.parameters)
        .filter_map(|parameter| parameter.class()?.class());
    answered.chain(taken).map(|class| address(class.def)).collect()
}

/// Classes of requests and responses that are about a table.
pub(crate) fn schemas<'a>(facts: &Facts<'a>) -> Vec<Class<'a>> {
    let all = facts.files.par_iter().flat_map_iter(|file| facts.index.classes(file));
    all.filter(|class| is_schema(facts, *class))
        .filter(|class| !facts.is_table(*class) && facts.entity_of_name(class.name()).is_some())
        .collect()
}

fn is_schema<'a>(facts: &Facts<'a>, class: Class<'a>) -> bool {
    facts.is_schema(class) && !facts.index.derives_from(class, "pydantic_settings.BaseSettings")
}

fn entities_in_functions(facts: &Facts<'_>, found: &crate::read::layer::LayerFunctions<'_>) -> Vec<String> {
    let mut entities: Vec<String> = Vec::new();
    for function in &found.functions {
        if let Some(entity) = facts.entity_in_words(function.name())
            && !entities.iter().any(|known| known == entity.name())
        {
            entities.push(entity.name().to_owned());
        }
    }
    entities
}

/// One entry for each file with handlers; the application's own (`/health` in `main.py`) are no module's.
fn endpoints(facts: &Facts<'_>) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    for handler in facts.handlers.iter().filter(|handler| handler.router != "app" || handler.entity.is_some()) {
        let file = handler.function.file();
        let entity = handler.entity.map(|entity| entity.name().to_owned());
        match held.last_mut().filter(|last| *last.file == *file.path) {
            Some(last) => last.entities.extend(entity.filter(|entity| !last.entities.contains(entity))),
            None => held.push(Held {
                layer: LayerKind::Endpoints,
                file: file.path.to_string(),
                entities: entity.into_iter().collect(),
                telling: true,
                at: handler.function.at(),
            }),
        }
    }
    held
}

fn errors(facts: &Facts<'_>) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    for file in &facts.files {
        let is_named = ["exceptions", "exception", "errors"].contains(&path::stem(&file.path));
        if is_named {
            let first = facts.index.classes(file).find(|class| facts.index.mro(*class).has("Exception"));
            held.extend(first.map(|class| one(LayerKind::Errors, file, Vec::new(), Some(class))));
        }
    }
    held
}

/// Files that test endpoints, each with the tables that its name speaks of; any tests, where none make requests.
fn test_files(facts: &Facts<'_>) -> Vec<Held> {
    let all: Vec<&File> = facts.index.files().project().iter().filter(|file| tests::is_test_file(&file.path)).collect();
    let mut chosen: Vec<&File> = all.par_iter().copied().filter(|file| makes_requests(file)).collect();
    if chosen.is_empty() {
        chosen = all;
    }
    let held = chosen.into_iter().map(|file| {
        let entity = facts.entity_in_words(path::stem(&file.path)).map(|entity| entity.name().to_owned());
        one(LayerKind::Tests, file, entity.into_iter().collect(), None)
    });
    let held: Vec<Held> = held.collect();
    // `test_health.py` and `test_items_of_others.py` say less than `test_items.py`.
    let plain = |one: &Held| {
        let stem = path::stem(&one.file);
        let bare = stem.strip_prefix("test_").or_else(|| stem.strip_suffix("_test")).unwrap_or(stem);
        super::places::is_plain(bare, &one.entities)
    };
    let any = held.iter().any(plain);
    held.into_iter().map(|one| Held { telling: !any || plain(&one), ..one }).collect()
}

/// Whether a file calls `client.get("/…")` or the like.
fn makes_requests(file: &File) -> bool {
    let mut found = false;
    super::walk::each_expr(file.body(), &mut |expr| {
        let Some(call) = expr.as_call_expr() else { return };
        let Some(method) = call.func.as_attribute_expr() else { return };
        let is_request = ["get", "post", "put", "patch", "delete"].contains(&method.attr.as_str());
        let on_client = super::walk::last_name(&method.value).is_some_and(|name| name != "session" && name != "db");
        let url = call
            .arguments
            .args
            .first()
            .is_some_and(|url| url.is_string_literal_expr() || url.is_f_string_expr() || url.is_name_expr());
        found |= is_request && on_client && url && !matches!(call.arguments.args.len(), 2..);
    });
    found
}
