//! Rows of other entities that rules look up themselves: where services ask repositories, and not the services of others,
//! and where handlers look up their own rows.

use architect_model::{EntityDesign, EntityNames, EntityRef, IdKind, Method, Operation, ParameterKind};

use super::{Finder, Rule, Rules};
use crate::write::code::{Code, call};
use crate::write::file::File;
use crate::write::place::{Holds, Place};
use crate::write::repository;
use crate::write::signature::Parameter;
use architect_model::ParameterPart as Part;

/// A row of another entity that is looked up.
enum Foreign<'a> {
    /// Of the design.
    New(&'a EntityDesign, Finder),
    /// Of the code: what it is, what it is called, whether it must be the caller's own, and the type of its key.
    Existing(&'a EntityRef, &'a EntityNames, bool, IdKind),
}

impl<'a> Rules<'a> {
    /// Whether these rules look rows of other entities up themselves.
    pub(crate) fn keeps_apart(&self) -> bool {
        match self.place {
            Place::Handler => self.house.style.reach.in_handlers.value,
            Place::Service => {
                let by_unit = matches!(self.house.service_holds(), Holds::UnitOfWork(_));
                by_unit && self.house.unit_holds_repositories() && !self.house.style.reach.through_services.value
            }
        }
    }

    /// Whether the row that an operation works on is looked up where the operation stands.
    pub(super) fn looks_up_in_place(&self) -> bool {
        self.place == Place::Handler && self.keeps_apart()
    }

    /// Asks repositories for the queries by which other services look rows of this entity up.
    pub(super) fn ask_for_others(&self) {
        if self.keeps_apart() && self.place == Place::Service {
            for finder in self.asked_by_others() {
                self.finder(&mut self.house.scratch(), finder);
            }
        }
    }

    /// What a function that looks a row of another entity up is called.
    pub(super) fn foreign_name(&self, entity: &'a EntityDesign, finder: Finder) -> String {
        let foreign = self.foreign();
        let several = foreign.iter().filter(|known| match known {
            Foreign::New(other, _) => other.names.class == entity.names.class,
            Foreign::Existing(..) => false,
        });
        let name = self.word_for(&entity.names);
        let mut name = match (several.count() > 1, finder.owned, finder.above) {
            (false, ..) | (true, true, 0) => name,
            (true, false, 0) => format!("{name}_any"),
            (true, _, _) => format!("{name}_within"),
        };
        if let Some(role) = self.house.role_word(&entity.owner, finder.role) {
            name.push_str(&format!("_as_{role}"));
        }
        name
    }

    fn word_for(&self, names: &EntityNames) -> String {
        match self.place {
            Place::Handler => format!("get_{}_or_raise", names.snake),
            Place::Service if self.house.style.reach.private_helpers.value => format!("_get_{}", names.snake),
            Place::Service => format!("get_{}", names.snake),
        }
    }

    /// The expression by which such a function is reached.
    pub(super) fn foreign_receiver(&self, name: &str) -> String {
        if self.place == Place::Service { format!("self.{name}") } else { name.to_owned() }
    }

    /// The rows of other entities that the operations of this entity look up, the outermost first.
    fn foreign(&self) -> Vec<Foreign<'a>> {
        let mut found: Vec<Foreign<'a>> = Vec::new();
        if !self.keeps_apart() {
            return found;
        }
        for op in self.home_rules().operations() {
            if op.parent().is_some() {
                self.parents(self.home, Finder::of_parent(op), &mut found);
            }
            if let Some(within) = op.within() {
                match self.house.new_entity(&within.target.class) {
                    Some((_, entity)) if entity.names.class != self.home.names.class => {
                        add(&mut found, Foreign::New(entity, Finder { owned: within.owned, above: 0, role: None }));
                    }
                    _ => {}
                }
            }
        }
        for finder in self.home_rules().finders().into_iter().filter(|finder| finder.above > 0) {
            self.parents(self.home, finder.parent(), &mut found);
        }
        if self.asks_parent(self.home)
            && self.home_rules().finders().iter().any(|finder| finder.owned && finder.above == 0)
        {
            self.parents(self.home, Finder { owned: true, above: 0, role: None }, &mut found);
        }
        if self.place == Place::Handler {
            self.referred(&mut found);
        }
        found
    }

    /// Whether a row is found through its parent: the house refuses openly, and who owns the row shows only there.
    fn asks_parent(&self, entity: &EntityDesign) -> bool {
        let by_query = self.house.style.repository.owned.get.is_some() && self.house.has_repository_classes();
        self.house.style.errors.denied_status.value == 403 && !entity.owner.is_direct() && !by_query
    }

    pub(super) fn home_rules(&self) -> Rules<'a> {
        Rules::new(self.house, self.home)
    }

    /// The parent of `entity`, and what stands above it.
    fn parents(&self, entity: &'a EntityDesign, finder: Finder, found: &mut Vec<Foreign<'a>>) {
        let Some(parent) = &entity.parent else { return };
        if parent.target.class == self.home.names.class {
            return;
        }
        match self.house.new_entity(&parent.names.class) {
            Some((_, other)) => {
                if finder.above > 0 {
                    self.parents(other, finder.parent(), found);
                } else if finder.owned && self.asks_parent(other) {
                    self.parents(other, Finder { role: None, ..finder }, found);
                }
                add(found, Foreign::New(other, finder));
            }
            None => {
                let kind = entity.column(&parent.column).and_then(|column| column.id).unwrap_or_default();
                add(found, Foreign::Existing(&parent.target, &parent.names, finder.owned, kind));
            }
        }
    }

    /// Rows of the design that bodies refer to.
    fn referred(&self, found: &mut Vec<Foreign<'a>>) {
        for column in self.home_rules().checked() {
            let Some(reference) = column.reference.as_ref().filter(|reference| !reference.closes) else { continue };
            let own = reference.check == architect_model::ReferenceCheck::Own;
            if let Some((_, entity)) = self.house.new_entity(&reference.target.class)
                && entity.names.class != self.home.names.class
            {
                let role = self.parent_role(column);
                add(found, Foreign::New(entity, Finder { owned: own, above: 0, role }));
            }
        }
    }

    /// These functions as rules.
    pub(super) fn foreign_rules(&self, file: &mut File) -> Vec<Rule> {
        let rule = |foreign: Foreign<'a>| match foreign {
            Foreign::New(entity, finder) => {
                let rules = Rules { house: self.house, entity, place: self.place, home: self.home };
                Rule { name: self.foreign_name(entity, finder), ..rules.finder(file, finder) }
            }
            Foreign::Existing(target, names, own, kind) => self.existing_rule(file, target, names, own, kind),
        };
        self.foreign().into_iter().map(rule).collect()
    }

    fn existing_rule(&self, file: &mut File, target: &EntityRef, names: &EntityNames, own: bool, kind: IdKind) -> Rule {
        let key = format!("{}_id", names.snake);
        let mut parameters = vec![Parameter::new(Part::Path, key.clone(), self.key(file, kind))];
        if own {
            parameters.push(self.user_parameter(file));
        }
        let mut body = Code::new();
        self.look_existing_up(file, target, names, &key, own, &mut body);
        body.line(format!("return {}", names.snake));
        let returns = file.symbol(&self.house.class_of(target));
        Rule { name: self.word_for(names), signature: self.signature(file, parameters), returns, body }
    }

    /// The call of the function that looks an existing row up, where there is one here.
    pub(super) fn existing_call(
        &self,
        target: &EntityRef,
        names: &EntityNames,
        key: &str,
        own: bool,
    ) -> Option<String> {
        let is_it = |foreign: &Foreign<'a>| match foreign {
            Foreign::Existing(other, _, owned, _) => other.class == target.class && *owned == own,
            Foreign::New(..) => false,
        };
        self.foreign().iter().find(|foreign| is_it(foreign))?;
        let mut parameters = vec![Parameter::new(Part::Path, format!("{}_id", names.snake), "")];
        if own {
            parameters.push(self.user_parameter(&mut self.house.scratch()));
        }
        let signature = self.signature(&mut self.house.scratch(), parameters);
        let arguments = signature.arguments(|parameter| match parameter.part {
            Part::Path => key.to_owned(),
            Part::User => self.user_argument(),
            _ => parameter.name.clone(),
        });
        let function = self.foreign_receiver(&self.word_for(names));
        Some(self.house.wait(&call(&function, &arguments)))
    }

    /// The call of an existing repository that the unit of work holds: `self.uow.clients.get_for_user(client_id, user.id)`.
    pub(super) fn existing_in_unit(&self, target: &EntityRef, key: &str, own: bool) -> Option<String> {
        let Holds::UnitOfWork(holder) = self.house.service_holds() else { return None };
        let unit = self.house.style.session.unit_of_work.as_ref()?;
        let layer =
            self.house.project.repositories.iter().find(|layer| layer.model.as_deref() == Some(&target.class))?;
        let (attribute, _) = unit.repositories.iter().find(|(_, class)| *class == layer.symbol)?;
        let owner = repository::owner_key(self.house);
        let wanted = repository::owned_name(self.house);
        let base = repository::base_method(self.house, Operation::Get).map(|base| &base.method);
        let by_owner = layer.methods.iter().find(|method| method.name == wanted && method.parameters.len() == 2);
        let method: &Method = if own { by_owner? } else { base? };
        let user = self.house.user_key(&mut self.house.scratch(), self.place);
        let arguments: Vec<String> = method
            .parameters
            .iter()
            .map(|parameter| {
                let value = if parameter.name == owner { user.as_str() } else { key };
                let keyword = parameter.kind == ParameterKind::KeywordOnly;
                if keyword { format!("{}={value}", parameter.name) } else { value.to_owned() }
            })
            .collect();
        let call = call(&format!("self.{holder}.{attribute}.{}", method.name), &arguments);
        Some(if method.is_async { format!("await {call}") } else { call })
    }
}

/// Adds what is not there yet.
fn add<'a>(found: &mut Vec<Foreign<'a>>, new: Foreign<'a>) {
    let same = |known: &Foreign<'a>| match (known, &new) {
        (Foreign::New(a, one), Foreign::New(b, other)) => a.names.class == b.names.class && one == other,
        (Foreign::Existing(a, _, one, _), Foreign::Existing(b, _, other, _)) => a.class == b.class && one == other,
        _ => false,
    };
    if !found.iter().any(same) {
        found.push(new);
    }
}
