//! Providers: the functions by which FastAPI makes a service for a handler.

use architect_model::{EntityDesign, ServiceMaking, Symbol};

use crate::write::code::{Code, Function, call};
use crate::write::collaborators::Collaborator;
use crate::write::file::File;
use crate::write::house::House;
use crate::write::names::filled;
use crate::write::place::Holds;
use crate::write::{repository, service};

/// The provider of an entity's service and its alias, where the house has providers.
pub(super) fn parts(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Vec<Code> {
    if !has_providers(house) {
        return Vec::new();
    }
    let class = file.symbol(&service::class(house, entity));
    let (mut parameters, mut arguments) = (Vec::new(), Vec::new());
    let (name, annotation) = session(house, file);
    match house.service_holds() {
        Holds::Repository(_) => {
            let repository = file.symbol(&repository::class(house, entity));
            let given = if house.session_in_calls() { String::new() } else { name.clone() };
            if !house.session_in_calls() {
                parameters.push(format!("{name}: {annotation}"));
            }
            arguments.push(format!("{repository}({given})"));
        }
        Holds::Session(_) | Holds::UnitOfWork(_) => {
            parameters.push(format!("{name}: {annotation}"));
            arguments.push(name);
        }
        Holds::Nothing => {}
    }
    for collaborator in house.collaborators(entity) {
        let (name, _) = service::collaborator_parameter(house, collaborator);
        parameters.push(format!("{name}: {}", alias_of(house, file, collaborator)));
        arguments.push(name);
    }
    // Python wants those with a default behind those without.
    parameters.sort_by_key(|parameter| parameter.contains(" = "));
    let provider = Function {
        name: provider_name(house, entity),
        parameters,
        returns: class.clone(),
        body: Code::of(format!("return {}", call(&class, &arguments))),
        ..Function::default()
    };
    let annotated = file.from("typing", "Annotated");
    let depends = file.from("fastapi", "Depends");
    let alias = Code::of(format!(
        "{} = {annotated}[{class}, {depends}({})]",
        alias_name(house, entity),
        provider_name(house, entity)
    ));
    vec![provider.code(), alias]
}

/// Whether handlers are given services by provider functions.
pub(crate) fn has_providers(house: &House<'_>) -> bool {
    house.rules_in_class() && house.style.service.made.value == ServiceMaking::Provider
}

fn provider_name(house: &House<'_>, entity: &EntityDesign) -> String {
    own_name(house, entity, house.style.service.provider.as_deref().unwrap_or("get_{entity}_service"))
}

pub(super) fn alias_name(house: &House<'_>, entity: &EntityDesign) -> String {
    own_name(house, entity, house.style.service.alias.as_deref().unwrap_or("{Entity}ServiceDep"))
}

/// A name of the house for what each entity has one of. Where neighbours need none of their entity in it, as each file
/// has one, the first of a module is called the same and the others are told apart.
fn own_name(house: &House<'_>, entity: &EntityDesign, pattern: &str) -> String {
    let first = house.module.entities.first().is_none_or(|first| first.names.class == entity.names.class);
    if first || pattern.contains("{entity") || pattern.contains("{Entit") {
        return filled(pattern, &entity.names);
    }
    let snake = pattern.chars().all(|letter| !letter.is_ascii_uppercase());
    let (word, placeholder) = if snake { ("service", "{entity}_") } else { ("Service", "{Entity}") };
    let told_apart = if pattern.contains(word) {
        pattern.replacen(word, &format!("{placeholder}{word}"), 1)
    } else if snake {
        format!("{pattern}_{{entity}}")
    } else {
        format!("{placeholder}{pattern}")
    };
    filled(&told_apart, &entity.names)
}

/// The alias of another entity's service.
pub(super) fn alias_of(house: &House<'_>, file: &mut File, collaborator: Collaborator<'_>) -> String {
    match collaborator {
        Collaborator::New(other) => {
            let module = house
                .designed(&other.names.class)
                .map_or(house.module.name.as_str(), |(module, _)| module.name.as_str());
            let path = house.path(&house.style.layout.endpoints.value, module, &other.names);
            file.symbol(&Symbol::new(house.dotted(&path), alias_name(house, other)))
        }
        Collaborator::Existing(target) => match house.provider_alias(&target.class) {
            Some(symbol) => file.symbol(&symbol),
            None => target.class.clone(),
        },
    }
}

/// The annotation of what a dependency gives: `Annotated[User, Depends(get_user)]`, or `User = Depends(get_user)`.
pub(super) fn depending(file: &mut File, class: &str, dependency: &Symbol, annotated: bool) -> String {
    let depends = file.from("fastapi", "Depends");
    let function = file.symbol(dependency);
    if !annotated {
        return format!("{class} = {depends}({function})");
    }
    let annotated = file.from("typing", "Annotated");
    format!("{annotated}[{class}, {depends}({function})]")
}

/// The session as a provider or handler declares it: name and annotation with its default.
pub(super) fn session(house: &House<'_>, file: &mut File) -> (String, String) {
    let parameter = &house.style.session.parameter.value;
    let name = house.handler_session_name();
    let annotation = match (&parameter.alias, &parameter.class, &parameter.dependency) {
        (Some(alias), _, _) => file.symbol(alias),
        (None, class, Some(dependency)) => {
            let class = match class {
                Some(class) => file.symbol(class),
                None => repository::session_class(house, file),
            };
            depending(file, &class, dependency, parameter.annotated)
        }
        (None, Some(class), None) => file.symbol(class),
        (None, None, None) => repository::session_class(house, file),
    };
    (name, annotation)
}
