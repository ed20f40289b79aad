//! How services and repositories of the code are made: whether a new one may make them as the design would.

use architect_model::{EntityDesign, Layer, Parameter, ParameterKind};

use super::collaborators::Collaborator;
use super::endpoints;
use super::house::House;
use super::place::Holds;
use super::repository;
use super::store::is_session;

impl<'a> House<'a> {
    /// Whether the service of an existing entity takes what the design gives it, where new code has to make it.
    pub(crate) fn is_made_as_designed(&self, service: &Layer, entity: &'a EntityDesign) -> bool {
        if self.style.service.instance.is_some() || self.rules_are_static() || endpoints::has_providers(self) {
            return true;
        }
        let class = &entity.names.class;
        if let Some(known) = self.made.borrow().get(class) {
            return *known;
        }
        // Services that need each other are asked about each other.
        self.made.borrow_mut().insert(class.clone(), true);
        let is_made = self.takes_what_is_held(service) && self.takes_collaborators(service, entity);
        self.made.borrow_mut().insert(class.clone(), is_made);
        is_made
    }

    /// Whether an existing service can be made of what a new one holds: `ItemService(self.session)`.
    pub(crate) fn is_made_of_what_is_held(&self, service: &Layer) -> bool {
        let is_made = !self.gives_services() && self.style.service.instance.is_none() && !self.rules_are_static();
        !is_made
            || self.takes_what_is_held(service) && takes(service, usize::from(self.service_holds() != Holds::Nothing))
    }

    fn takes_collaborators(&self, service: &Layer, entity: &'a EntityDesign) -> bool {
        let new = self.collaborators(entity).into_iter().filter(|one| matches!(one, Collaborator::New(_))).count();
        let own = match self.service_holds() {
            Holds::Nothing => 0,
            Holds::Session(_) | Holds::UnitOfWork(_) => 1,
            Holds::Repository(_) => {
                let class = repository::class(self, entity);
                let repository = self.project.repositories.iter().find(|layer| layer.symbol == class);
                let is_there = self.style.repository.instance.value.is_some();
                if !is_there && repository.is_some_and(|one| !takes(one, usize::from(!self.session_in_calls()))) {
                    return false;
                }
                1
            }
        };
        takes(service, own + new)
    }

    /// Whether the first thing that a service is given may be what the house's services hold.
    fn takes_what_is_held(&self, service: &Layer) -> bool {
        let Some(first) =
            service.methods.iter().find(|method| method.name == "__init__").and_then(|init| init.parameters.first())
        else {
            return true;
        };
        let names = |layers: &[Layer], first: &Parameter| {
            layers.iter().any(|layer| first.annotation.as_deref() == Some(&layer.symbol.name))
        };
        match self.service_holds() {
            Holds::Repository(_) => !is_session(self, first),
            Holds::Session(_) | Holds::UnitOfWork(_) => {
                !names(&self.project.repositories, first) && !names(&self.project.services, first)
            }
            Holds::Nothing => true,
        }
    }
}

/// Whether a class of the code can be made with so many arguments by position; what it derives from may say so where it
/// does not.
fn takes(layer: &Layer, count: usize) -> bool {
    let Some(init) = layer.methods.iter().find(|method| method.name == "__init__") else {
        return count == 0 || !layer.bases.is_empty();
    };
    let of_kind = |wanted: &[ParameterKind]| -> Vec<&Parameter> {
        init.parameters.iter().filter(|parameter| wanted.contains(&parameter.kind)).collect()
    };
    let positional = of_kind(&[ParameterKind::PositionalOnly, ParameterKind::Normal]);
    let required = positional.iter().filter(|parameter| parameter.default.is_none()).count();
    let is_open = !of_kind(&[ParameterKind::Arguments]).is_empty();
    let by_keyword = of_kind(&[ParameterKind::KeywordOnly]).iter().any(|parameter| parameter.default.is_none());
    !by_keyword && required <= count && (is_open || count <= positional.len())
}
