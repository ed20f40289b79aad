//! Endpoints: the router, the providers of services, the handlers.

mod handler;
mod provider;

use architect_model::{AccessDesign, EntityDesign, OperationDesign, OperationKind, RouterDesign};

use super::code::{Code, call};
use super::file::File;
use super::house::House;
use super::place::Place;
use super::rules::{self, Rules};
use super::text;

pub(crate) use provider::has_providers;

/// Fills the file of a router.
pub(crate) fn fill(house: &House<'_>, file: &mut File, router: &RouterDesign) {
    let entities = entities(house, router);
    file.shadows_status = house.rules_at() == Place::Handler && filters_by_status(router);
    let mut handlers = Vec::new();
    for op in &router.operations {
        if let Some(entity) = house.entity(&op.entity) {
            file.imports.reserve(&handler::name(house, entity, op));
        }
    }
    for op in in_sequence(house, router) {
        if let Some(entity) = house.entity(&op.entity) {
            handlers.push(handler::code(house, file, router, entity, op));
        }
    }
    if house.style.endpoints.shared.is_none() {
        let head = head(house, file, router);
        file.part(head);
    }
    let first = file.parts.len();
    if house.rules_at() == Place::Handler {
        for part in functions(house, file, &entities) {
            file.part(part);
        }
    } else {
        for entity in &entities {
            for part in provider::parts(house, file, entity) {
                file.part(part);
            }
        }
    }
    for code in handlers {
        file.part(code);
    }
    if file.needs_violates {
        let code = rules::violates_function(file);
        file.parts.insert(first, (code, false));
    }
}

/// The operations of a router in the order of the house: the usual ones of an entity among themselves, as far as nothing
/// else stands between them. FastAPI takes the first path that fits: `/items/{id}` above `/items/late` would hide that.
fn in_sequence<'a>(house: &House<'_>, router: &'a RouterDesign) -> Vec<&'a OperationDesign> {
    let sequence = &house.style.endpoints.sequence.value;
    let rank = |op: &&OperationDesign| {
        let key = handler::usual(op)?;
        sequence.iter().position(|known| known == key)
    };
    let mut operations: Vec<&OperationDesign> = router.operations.iter().collect();
    let together =
        |a: &&OperationDesign, b: &&OperationDesign| a.entity == b.entity && rank(a).is_some() && rank(b).is_some();
    operations.chunk_by_mut(together).for_each(|run| run.sort_by_key(rank));
    operations
}

/// Entities whose rows the router's operations work on, in the order of the module.
fn entities<'a>(house: &House<'a>, router: &RouterDesign) -> Vec<&'a EntityDesign> {
    let used = |entity: &&EntityDesign| router.operations.iter().any(|op| op.entity == entity.names.class);
    house.module.entities.iter().filter(used).collect()
}

fn filters_by_status(router: &RouterDesign) -> bool {
    router.operations.iter().any(
        |op| matches!(&op.kind, OperationKind::List { filters, .. } if filters.iter().any(|name| name == "status")),
    )
}

/// `router = APIRouter(prefix="/projects", tags=["projects"])`.
fn head(house: &House<'_>, file: &mut File, router: &RouterDesign) -> Code {
    let class = file.from("fastapi", "APIRouter");
    let style = &house.style.endpoints;
    let mut arguments = Vec::new();
    if style.prefix_on_router.value && !router.prefix.is_empty() {
        arguments.push(format!("prefix={}", text::string(&router.prefix)));
    }
    if style.tags_on_router.value {
        arguments.push(format!("tags=[{}]", text::string(&router.tag)));
    }
    let all_signed_in = router.operations.iter().all(|op| op.access != AccessDesign::Public);
    if let (Some(function), Some(class), true) =
        (&house.style.endpoints.responses, &house.style.errors.unauthorized, all_signed_in)
    {
        arguments.push(format!("responses={}({})", file.symbol(function), file.symbol(class)));
    }
    Code::of(format!("{} = {}", house.router_variable(router), call(&class, &arguments)))
}

/// Rules that several handlers share, in a house without services.
fn functions(house: &House<'_>, file: &mut File, entities: &[&EntityDesign]) -> Vec<Code> {
    let mut parts = rules::role_functions(house, file, entities);
    let mut names: Vec<String> = Vec::new();
    for entity in entities {
        let rules = Rules::new(house, entity);
        let mut all = rules.beside(file);
        all.extend(rules.shared(file));
        for rule in all {
            if names.contains(&rule.name) {
                continue;
            }
            names.push(rule.name.clone());
            let function = super::code::Function {
                is_async: house.is_async(),
                name: rule.name.clone(),
                parameters: rule.signature.written(),
                returns: rule.returns.clone(),
                body: rule.body.clone(),
                ..super::code::Function::default()
            };
            parts.push(function.code());
        }
    }
    parts
}
