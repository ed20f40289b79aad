//! Services: the class of each entity with its rules, or the functions in its place.

use architect_model::{EntityDesign, Symbol};

use super::code::{Class, Code, Function, call};
use super::collaborators::Collaborator;
use super::file::File;
use super::hidden;
use super::house::House;
use super::names::filled;
use super::place::Holds;
use super::repository;
use super::rules::{Rule, Rules, existing_method};

/// The service class of an entity of this design.
pub(crate) fn class(house: &House<'_>, entity: &EntityDesign) -> Symbol {
    let pattern = house.style.layout.service.value.clone().unwrap_or_default();
    let module =
        house.designed(&entity.names.class).map_or(house.module.name.as_str(), |(module, _)| module.name.as_str());
    let suffix = &house.style.service.suffix.value;
    let suffix = if suffix.is_empty() { "Service" } else { suffix };
    Symbol::new(house.dotted(&house.path(&pattern, module, &entity.names)), format!("{}{suffix}", entity.names.class))
}

/// The service of an entity as source: a class, or functions.
pub(crate) fn parts(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Vec<Code> {
    if !house.rules_in_class() {
        // A function of the repository that is called the same must not be hidden by the service's.
        for other in &house.module.entities {
            for rule in Rules::new(house, other).all(&mut house.scratch()) {
                file.imports.reserve(&rule.name);
            }
        }
    }
    let rules = Rules::new(house, entity).all(file);
    if !house.rules_in_class() {
        return rules.iter().map(|rule| function(house, rule, false).code()).collect();
    }
    let statics = house.rules_are_static();
    let mut members: Vec<Code> = constructor(house, file, entity).into_iter().collect();
    members.extend(rules.iter().map(|rule| function(house, rule, !statics).code()));
    if statics {
        members = rules
            .iter()
            .map(|rule| {
                let mut method = function(house, rule, false);
                method.decorators.push("staticmethod".to_owned());
                method.code()
            })
            .collect();
    }
    let bases = house.style.service.base.iter().map(|base| file.symbol(base)).collect();
    let class = Class { name: class(house, entity).name, bases, doc: None, members };
    let mut parts = vec![hidden::class(file, &class)];
    if let Some(instance) = &house.style.service.instance {
        let arguments = match house.service_holds() {
            Holds::Repository(_) => vec![house.repository_at(file, super::place::Place::Handler, entity)],
            _ => Vec::new(),
        };
        parts.push(Code::of(format!("{} = {}", filled(instance, &entity.names), call(&class.name, &arguments))));
    }
    parts
}

fn function(house: &House<'_>, rule: &Rule, method: bool) -> Function {
    let mut parameters = rule.signature.written();
    if method {
        parameters.insert(0, "self".to_owned());
    }
    Function {
        is_async: house.is_async(),
        name: rule.name.clone(),
        parameters,
        returns: rule.returns.clone(),
        body: rule.body.clone(),
        ..Function::default()
    }
}

/// `__init__`, with what the service is given.
fn constructor(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Option<Code> {
    let held = held(house, file, entity);
    if held.is_empty() {
        return None;
    }
    let mut body = Code::new();
    for (name, _) in &held {
        body.line(format!("self.{name} = {name}"));
    }
    if matches!(house.service_holds(), Holds::Session(_)) && house.has_repository_classes() && !house.session_in_calls()
    {
        let class = file.symbol(&repository::class(house, entity));
        if let Some((session, _)) = held.first() {
            body.line(format!("self.repository = {class}({session})"));
        }
    }
    let mut parameters = vec!["self".to_owned()];
    parameters.extend(held.iter().map(|(name, annotation)| format!("{name}: {annotation}")));
    let init =
        Function { name: "__init__".to_owned(), parameters, returns: "None".to_owned(), body, ..Function::default() };
    Some(init.code())
}

/// Names and annotations of what the service is given.
fn held(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Vec<(String, String)> {
    let mut held = match house.service_holds() {
        Holds::Repository(pattern) => {
            vec![(filled(&pattern, &entity.names), file.symbol(&repository::class(house, entity)))]
        }
        Holds::Session(name) => {
            let class = house.style.session.class.clone().unwrap_or_else(|| Symbol::new("sqlmodel", "Session"));
            vec![(name, file.symbol(&class))]
        }
        Holds::UnitOfWork(name) => {
            let class = house.style.session.unit_of_work.as_ref().map(|unit| file.symbol(&unit.class));
            vec![(name, class.unwrap_or_else(|| file.from("typing", "Any")))]
        }
        Holds::Nothing => Vec::new(),
    };
    for collaborator in house.collaborators(entity) {
        let (name, symbol) = collaborator_parameter(house, collaborator);
        held.push((name, file.symbol(&symbol)));
    }
    held
}

/// The name and the class of a collaborating service.
pub(crate) fn collaborator_parameter(house: &House<'_>, collaborator: Collaborator<'_>) -> (String, Symbol) {
    match collaborator {
        Collaborator::New(other) => (house.collaborator_name(&other.names), class(house, other)),
        Collaborator::Existing(target) => {
            let names = house.names_of(target);
            let layer =
                existing_method(house, &target.class, true).or_else(|| existing_method(house, &target.class, false));
            let symbol = layer.map_or_else(|| Symbol::new("", ""), |(layer, _)| layer.symbol.clone());
            (house.collaborator_name(&names), symbol)
        }
    }
}
