//! Where code stands, and by which expressions it reaches the session, the repositories and the user from there.

use architect_model::{
    BaseClass, EntityDesign, RepositoryKind, ServiceHolds, ServiceKind, ServiceMaking, SessionPassing,
};

use super::file::File;
use super::house::House;
use super::names::filled;
use super::repository;

/// What a service class is given when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holds {
    /// The repository, under this name (with `{entity}` or `{entities}`).
    Repository(String),
    /// The session, under this name.
    Session(String),
    /// The unit of work, under this name.
    UnitOfWork(String),
    /// Nothing.
    Nothing,
}

/// Where code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a method of a service class, or in a service function.
    Service,
    /// In a handler, or in a function beside handlers.
    Handler,
}

impl House<'_> {
    /// Where the rules stand.
    pub(crate) fn rules_at(&self) -> Place {
        if self.style.service.kind.value == ServiceKind::None { Place::Handler } else { Place::Service }
    }

    /// Whether rules are methods of a class.
    pub(crate) fn rules_in_class(&self) -> bool {
        self.style.service.kind.value == ServiceKind::Classes
    }

    /// Whether rules are static methods, called on their class.
    pub(crate) fn rules_are_static(&self) -> bool {
        let style = &self.style.service;
        let called = style.statics.value && self.service_holds() == Holds::Nothing;
        self.rules_in_class() && (style.made.value == ServiceMaking::Static || called)
    }

    /// What a service class is given.
    pub(crate) fn service_holds(&self) -> Holds {
        let style = &self.style.service;
        if !self.rules_in_class() {
            return Holds::Nothing;
        }
        match &style.holds {
            Some(ServiceHolds::UnitOfWork { name }) => return Holds::UnitOfWork(name.clone()),
            Some(ServiceHolds::Repository { name }) => return Holds::Repository(name.clone()),
            Some(ServiceHolds::Session { name }) => return Holds::Session(name.clone()),
            None => {}
        }
        let unit = self.style.session.unit_of_work.is_some();
        match style.session.value {
            SessionPassing::Constructor if unit => Holds::UnitOfWork("uow".to_owned()),
            SessionPassing::Constructor if self.has_repository_classes() && !self.session_in_calls() => {
                Holds::Repository("{entities}".to_owned())
            }
            SessionPassing::Constructor => Holds::Session(self.session_name()),
            _ => Holds::Nothing,
        }
    }

    /// The class that repositories extend.
    pub(crate) fn base_class(&self) -> Option<&BaseClass> {
        self.style.repository.base.as_ref()
    }

    /// Class attribute of repositories with the answers to broken unique constraints.
    pub(crate) fn conflicts_attribute(&self) -> Option<&str> {
        self.base_class()?.conflicts.as_deref()
    }

    /// Attribute of repositories that holds the session.
    pub(crate) fn session_attribute(&self) -> &str {
        self.base_class().and_then(|base| base.session_attribute.as_deref()).unwrap_or("session")
    }

    /// Whether repositories are classes.
    pub(crate) fn has_repository_classes(&self) -> bool {
        self.style.repository.kind.value == RepositoryKind::Classes
    }

    /// Whether the session is given with each call of a repository.
    pub(crate) fn session_in_calls(&self) -> bool {
        self.style.repository.session.value != SessionPassing::Constructor
    }

    /// What functions call their session parameter.
    pub(crate) fn session_name(&self) -> String {
        let handler = &self.style.session.parameter.value.name;
        if self.style.session.unit_of_work.is_some() && !handler.is_empty() {
            return handler.clone();
        }
        let repository = &self.style.repository.session_name.value;
        [repository, handler].into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_else(|| "session".to_owned())
    }

    /// What handlers call their session parameter.
    pub(crate) fn handler_session_name(&self) -> String {
        let name = &self.style.session.parameter.value.name;
        if name.is_empty() { self.session_name() } else { name.clone() }
    }

    /// The session, where code at `place` needs it itself.
    pub(crate) fn session_at(&self, place: Place, entity: &EntityDesign) -> String {
        if place == Place::Handler {
            return match self.style.session.unit_of_work.as_ref() {
                Some(unit) => {
                    let attribute = unit.session_attribute.as_deref().unwrap_or("session");
                    format!("{}.{attribute}", self.handler_session_name())
                }
                None => self.handler_session_name(),
            };
        }
        match self.service_holds() {
            Holds::Session(name) => format!("self.{name}"),
            Holds::UnitOfWork(name) => {
                let unit = self.style.session.unit_of_work.as_ref();
                let attribute = unit.and_then(|unit| unit.session_attribute.as_deref()).unwrap_or("session");
                format!("self.{name}.{attribute}")
            }
            Holds::Repository(pattern) if !self.session_in_calls() => {
                format!("self.{}.{}", filled(&pattern, &entity.names), self.session_attribute())
            }
            _ => match self.style.session.unit_of_work.as_ref() {
                Some(unit) => {
                    let attribute = unit.session_attribute.as_deref().unwrap_or("session");
                    format!("{}.{attribute}", self.session_name())
                }
                None => self.session_name(),
            },
        }
    }

    /// The repository of `entity`, as code at `place` reaches it.
    pub(crate) fn repository_at(&self, file: &mut File, place: Place, entity: &EntityDesign) -> String {
        if place == Place::Service {
            match self.service_holds() {
                Holds::Repository(pattern) => return format!("self.{}", filled(&pattern, &entity.names)),
                Holds::UnitOfWork(name) if self.unit_holds_repositories() => {
                    return format!("self.{name}.{}", self.unit_attribute(entity));
                }
                Holds::Nothing if self.unit_holds_repositories() => {
                    return format!("{}.{}", self.session_name(), self.unit_attribute(entity));
                }
                Holds::Session(_) if !self.session_in_calls() => return "self.repository".to_owned(),
                _ => {}
            }
        }
        if let Some(instance) = &self.style.repository.instance.value {
            let instance = filled(instance, &entity.names);
            let package = self.style.repository.package.as_ref().and_then(|package| package.module.rsplit_once('.'));
            if let Some((parent, last)) = package {
                return format!("{}.{instance}", file.from(parent, last));
            }
            return file.symbol(&architect_model::Symbol::new(repository::module(self, entity), instance));
        }
        let class = file.symbol(&repository::class(self, entity));
        if self.session_in_calls() {
            return format!("{class}()");
        }
        format!("{class}({})", self.session_at(place, entity))
    }

    /// Whether the unit of work holds repositories in a way that a new one can follow.
    pub(crate) fn unit_holds_repositories(&self) -> bool {
        self.style.session.unit_of_work.as_ref().is_some_and(|unit| unit.last_made.is_some())
    }

    /// Whether the repository's own method `name` takes what follows the session by keyword only.
    pub(crate) fn by_keyword(&self, name: &str) -> bool {
        match self.style.repository.session.value {
            SessionPassing::Keyword => true,
            _ => self.style.repository.owned.keywords && self.session_in_calls() && !name.starts_with("save"),
        }
    }

    /// The attribute of the unit of work that holds the repository of `entity`.
    pub(crate) fn unit_attribute(&self, entity: &EntityDesign) -> String {
        let layer = self.project.repositories.iter().find(|layer| layer.model.as_ref() == Some(&entity.names.class));
        let held = self.style.session.unit_of_work.iter().flat_map(|unit| &unit.repositories);
        let known = layer.and_then(|layer| held.into_iter().find(|(_, class)| *class == layer.symbol));
        known.map_or_else(|| entity.names.snakes.clone(), |(attribute, _)| attribute.clone())
    }

    /// The further argument by which a response is made of a row, where its class does not say so itself.
    pub(crate) fn conversion(&self) -> &'static str {
        let by_class = self.style.schemas.from_attributes.value || self.schemas_are_models();
        if by_class { "" } else { ", from_attributes=True" }
    }

    /// The condition under which a row that was looked up is not there.
    pub(crate) fn is_missing(&self, place: Place, variable: &str) -> String {
        let by_truth = &self.style.idioms.by_truth;
        let by_truth = if by_truth.is_seen() { by_truth.value } else { place == Place::Handler };
        if by_truth { format!("not {variable}") } else { format!("{variable} is None") }
    }

    /// Whether functions at `place` take the session as a parameter.
    pub(crate) fn takes_session(&self, place: Place) -> bool {
        match place {
            Place::Handler => true,
            Place::Service => match self.service_holds() {
                Holds::Nothing => true,
                Holds::Repository(_) => self.session_in_calls(),
                Holds::Session(_) | Holds::UnitOfWork(_) => false,
            },
        }
    }

    /// Whether services are given the user's key alone.
    pub(crate) fn passes_user_key(&self) -> bool {
        self.service_user().is_some_and(|name| is_key(name))
    }

    /// What services call the user, or the user's key, which tells nothing of roles; none where no service shows it.
    fn service_user(&self) -> Option<&String> {
        let service = &self.style.service;
        let shown = Some(&service.user_parameter.value).filter(|name| service.has_features && !name.is_empty());
        shown.filter(|name| !is_key(name) || !self.rules_ask_more_than_the_key())
    }

    /// What the user is called at `place`.
    pub(crate) fn user_name(&self, place: Place) -> String {
        let handler = &self.style.user.parameter.value.name;
        let service = self.service_user().filter(|_| place == Place::Service);
        let handler = Some(handler).filter(|name| !name.is_empty());
        service.or(handler).cloned().unwrap_or_else(|| "user".to_owned())
    }
}

/// Whether a parameter of the user is the key alone.
fn is_key(name: &str) -> bool {
    name.ends_with("_id")
}
