//! Services that a service works with: what they are called, how they are reached, which of them it is given.

use architect_model::{EntityDesign, EntityNames, EntityRef, Layer, ParameterRole, ReferenceCheck, Symbol};

use super::file::File;
use super::house::House;
use super::names::filled;
use super::place::{Holds, Place};
use super::{rules, service};

impl<'a> House<'a> {
    /// What the service of another entity is called inside a service.
    pub(crate) fn collaborator_name(&self, names: &EntityNames) -> String {
        match self.service_holds() {
            Holds::Repository(pattern) if pattern == "{entities}" => names.snakes.clone(),
            _ => format!("{}_service", names.snake),
        }
    }

    /// Whether services are given the services of other entities when they are made.
    pub(crate) fn gives_services(&self) -> bool {
        matches!(self.service_holds(), Holds::Repository(_)) && self.style.service.instance.is_none()
    }

    /// The expression by which a rule of `from` reaches the rule `name` of `to`.
    pub(crate) fn collaborator_at(
        &self,
        file: &mut File,
        _from: &EntityDesign,
        to: &'a EntityDesign,
        name: &str,
    ) -> String {
        if self.rules_at() == Place::Handler {
            let module =
                self.designed(&to.names.class).map_or(self.module.name.as_str(), |(module, _)| module.name.as_str());
            let path = self.path(&self.style.layout.endpoints.value, module, &to.names);
            return file.symbol(&Symbol::new(self.dotted(&path), name));
        }
        let class = service::class(self, to);
        if !self.rules_in_class() {
            return file.symbol(&Symbol::new(class.module, name));
        }
        self.through_service(file, &class, &to.names, name)
    }

    fn through_service(&self, file: &mut File, class: &Symbol, names: &EntityNames, name: &str) -> String {
        if let Some(instance) = &self.style.service.instance {
            let instance = file.symbol(&Symbol::new(class.module.clone(), filled(instance, names)));
            return format!("{instance}.{name}");
        }
        match (self.service_holds(), self.style.service.made.value) {
            (Holds::Repository(_), _) => format!("self.{}.{name}", self.collaborator_name(names)),
            (Holds::Session(held) | Holds::UnitOfWork(held), _) => {
                format!("{}(self.{held}).{name}", file.symbol(class))
            }
            (Holds::Nothing, _) if self.rules_are_static() => format!("{}.{name}", file.symbol(class)),
            (Holds::Nothing, _) => format!("{}().{name}", file.symbol(class)),
        }
    }

    /// Whether the service of an existing class can be reached from a new one.
    pub(crate) fn can_reach_service_of(&self, class: &str) -> bool {
        if self.rules_at() == Place::Handler || !self.rules_in_class() {
            return false;
        }
        if self.style.service.instance.is_some() || !self.gives_services() {
            let layer =
                rules::existing_method(self, class, true).or_else(|| rules::existing_method(self, class, false));
            return layer.is_none_or(|(layer, _)| self.is_made_of_what_is_held(layer));
        }
        self.provider_alias(class).is_some()
    }

    /// The alias by which handlers are given the service of an existing class: `UserServiceDep`.
    pub(crate) fn provider_alias(&self, class: &str) -> Option<Symbol> {
        let serves = |layer: &&Layer| layer.model.as_deref() == Some(class) && layer.alias.is_some();
        self.project.services.iter().find(serves)?.alias.clone()
    }

    /// The expression by which a rule reaches the method of an existing service.
    pub(crate) fn existing_collaborator(
        &self,
        file: &mut File,
        _from: &EntityDesign,
        target: &EntityRef,
        names: &EntityNames,
        method: &str,
    ) -> String {
        let Some((layer, _)) = rules::existing_method(self, &target.class, true)
            .or_else(|| rules::existing_method(self, &target.class, false))
        else {
            return method.to_owned();
        };
        self.through_service(file, &layer.symbol, names, method)
    }

    /// Collaborators that the service of `entity` is given: new entities, and existing classes.
    pub(crate) fn collaborators(&self, entity: &'a EntityDesign) -> Vec<Collaborator<'a>> {
        let mut all = Vec::new();
        if !self.gives_services() {
            return all;
        }
        let mut add = |target: &'a EntityRef, own: bool| {
            if let Some((_, other)) = self.new_entity(&target.class) {
                if other.names.class != entity.names.class {
                    all.push(Collaborator::New(other));
                }
            } else if rules::existing_method(self, &target.class, own).is_some()
                && self.can_reach_service_of(&target.class)
            {
                all.push(Collaborator::Existing(target));
            }
        };
        let by_path = self.module.routers.iter().flat_map(|router| &router.operations).any(|op| {
            let own =
                op.parameters.iter().filter(|key| matches!(key.role, ParameterRole::Item | ParameterRole::Within));
            op.entity == entity.names.class && op.parameters.len() > own.count()
        });
        if let Some(parent) = entity.parent.as_ref().filter(|_| by_path) {
            add(&parent.target, true);
        }
        let lists = self.module.routers.iter().flat_map(|router| &router.operations);
        for within in lists.filter(|op| op.entity == entity.names.class).filter_map(|op| op.within()) {
            add(&within.target, within.owned);
        }
        for column in entity.columns.iter().filter(|column| column.in_create || column.in_update) {
            if let Some(reference) =
                column.reference.as_ref().filter(|reference| self.must_check(reference.check) && !reference.closes)
            {
                add(&reference.target, reference.check == ReferenceCheck::Own);
            }
        }
        for link in super::relations::links_of(self, entity) {
            add(&link.right.target, link.right.target.owner.is_owned());
        }
        let mut seen = Vec::new();
        all.retain(|collaborator| {
            let class = collaborator.class().to_owned();
            let fresh = !seen.contains(&class);
            seen.push(class);
            fresh
        });
        all
    }
}

/// A service that another service is given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Collaborator<'a> {
    /// Of an entity of the design.
    New(&'a EntityDesign),
    /// Of a class that exists.
    Existing(&'a EntityRef),
}

impl Collaborator<'_> {
    /// The class whose service it is.
    pub(crate) fn class(&self) -> &str {
        match self {
            Self::New(entity) => &entity.names.class,
            Self::Existing(target) => &target.class,
        }
    }
}
