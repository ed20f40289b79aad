//! Business rules: who may do what, and what is done. They stand in services, or in handlers where the house has none.

mod change;
mod check;
mod existing;
mod find;
mod finish;
mod foreign;
mod linked;
mod list;
mod members;

use architect_model::{
    AccessDesign, EntityDesign, IdKind, OperationDesign, OperationKind, ParameterRole, PathParameter,
};

pub(crate) use check::role_functions;
pub(crate) use existing::existing_method;
pub(crate) use find::Finder;
pub(crate) use finish::violates_function;

use super::code::Code;
use super::file::File;
use super::house::House;
use super::place::Place;
use super::schemas::ids_of;
use super::signature::{Parameter, Signature};
use super::{repository, values};
use architect_model::{ParameterOrder, ParameterPart as Part};

/// One rule: a method of a service, a function, or the body of a handler.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Name.
    pub(crate) name: String,
    /// Parameters.
    pub(crate) signature: Signature,
    /// Return annotation.
    pub(crate) returns: String,
    /// Body.
    pub(crate) body: Code,
}

/// Writes the rules of one entity for one place.
pub(crate) struct Rules<'a> {
    pub(crate) house: &'a House<'a>,
    pub(crate) entity: &'a EntityDesign,
    pub(crate) place: Place,
    /// The entity in whose class, or file, the rules stand: another one where they only look rows of `entity` up.
    pub(crate) home: &'a EntityDesign,
}

impl<'a> Rules<'a> {
    /// The rules of `entity`.
    pub(crate) fn new(house: &'a House<'a>, entity: &'a EntityDesign) -> Self {
        Self { house, entity, place: house.rules_at(), home: entity }
    }

    /// All rules that a service of the entity has, in the order of its operations; lists and finders stand above the
    /// rest, in the order of the house.
    pub(crate) fn all(&self, file: &mut File) -> Vec<Rule> {
        let lists = self.operations().filter(|op| matches!(op.kind, OperationKind::List { .. }));
        let mut rules: Vec<Rule> = lists.map(|op| self.of(file, op)).collect();
        let finders: Vec<Rule> = self.finders().into_iter().map(|finder| self.finder(file, finder)).collect();
        self.ask_for_others();
        if self.house.style.service.finds_first {
            rules.splice(0..0, finders);
        } else {
            rules.extend(finders);
        }
        if self.is_linked_to() {
            rules.push(self.get_many(file));
        }
        for op in self.operations() {
            let is_found = matches!(op.kind, OperationKind::Read) && !self.is_guarded(op);
            if !matches!(op.kind, OperationKind::List { .. }) && !is_found {
                rules.push(self.of(file, op));
            }
        }
        rules.extend(self.foreign_rules(file));
        rules.extend(self.check_references(file));
        rules.extend(self.find_linked(file));
        rules
    }

    /// The rules that others call: finders and checks.
    pub(crate) fn shared(&self, file: &mut File) -> Vec<Rule> {
        let own = if self.looks_up_in_place() { self.asked_by_itself() } else { self.finders() };
        let mut rules: Vec<Rule> = own.into_iter().map(|finder| self.finder(file, finder)).collect();
        if self.is_linked_to() {
            rules.push(self.get_many(file));
        }
        rules.extend(self.check_references(file));
        rules.extend(self.find_linked(file));
        rules
    }

    /// The rows of other entities that these rules look up themselves, as functions beside handlers.
    pub(crate) fn beside(&self, file: &mut File) -> Vec<Rule> {
        self.foreign_rules(file)
    }

    /// Whether a role guards an operation, and not a dependency does.
    fn is_guarded(&self, op: &OperationDesign) -> bool {
        match op.access {
            AccessDesign::Role { .. } => true,
            AccessDesign::Superuser => !self.house.superuser_by_dependency(),
            _ => false,
        }
    }

    /// One row, for those with a role.
    fn read(&self, file: &mut File, op: &'a OperationDesign) -> Rule {
        let roles = [ParameterRole::Parent, ParameterRole::Ancestor, ParameterRole::Item];
        let mut parameters = self.path_parameters(file, op, &roles);
        parameters.push(self.user_parameter(file));
        let mut body = self.role_check(file, &op.access);
        body.add(&self.give_item(file, op));
        let returns = self.model(file);
        Rule { name: self.name_of(op), signature: self.signature(file, parameters), returns, body }
    }

    /// The rule of an operation; a read is its finder, and has none of its own.
    pub(crate) fn of(&self, file: &mut File, op: &'a OperationDesign) -> Rule {
        match &op.kind {
            OperationKind::List { .. } => self.list(file, op),
            OperationKind::Read if self.is_guarded(op) => self.read(file, op),
            OperationKind::Read => self.finder(file, Finder::of(op)),
            OperationKind::Create => self.create(file, op),
            OperationKind::Update => self.update(file, op),
            OperationKind::Delete => self.delete(file, op),
            OperationKind::Set { values, when } => self.set(file, op, values, when),
            OperationKind::ListLinked { link, order } => self.list_linked(file, op, link, order),
            OperationKind::Link { link } => self.link(file, op, link, true),
            OperationKind::Unlink { link } => self.link(file, op, link, false),
        }
    }

    /// Operations on rows of this entity, in all routers: a rule has one name, whichever module calls it.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &'a OperationDesign> {
        let class = &self.entity.names.class;
        let routers = self.house.modules.iter().flat_map(|module| &module.routers);
        routers.flat_map(|router| &router.operations).filter(move |op| op.entity == *class)
    }

    /// The name of the rule of an operation.
    pub(crate) fn name_of(&self, op: &OperationDesign) -> String {
        let key = match op.kind {
            OperationKind::List { .. } => "list",
            OperationKind::Read if self.is_guarded(op) => {
                return op.name.as_deref().map_or_else(|| "read".to_owned(), |name| self.own_name(name));
            }
            OperationKind::Read => return self.finder_name(Finder::of(op)),
            OperationKind::Create => "create",
            OperationKind::Update => "update",
            OperationKind::Delete => "delete",
            _ => "",
        };
        match (&op.name, op.within()) {
            (None, _) => self.house.method_name(key, self.entity),
            (Some(_), Some(_)) if self.house.rules_in_class() && repository::is_only_way(self.house, op) => {
                repository::list_name(self.house, self.entity, op)
            }
            (Some(name), _) => self.own_name(name),
        }
    }

    /// `archive_project` in a class of projects is `archive`.
    fn own_name(&self, name: &str) -> String {
        if !self.house.rules_in_class() {
            return name.to_owned();
        }
        let names = &self.entity.names;
        let short = name
            .strip_suffix(&format!("_{}", names.snake))
            .or_else(|| name.strip_suffix(&format!("_{}", names.snakes)));
        let short = short.unwrap_or(name);
        if ["list", "get", "create", "update", "delete"].contains(&short) { name.to_owned() } else { short.to_owned() }
    }

    /// A signature in the house's order, the session included where this place needs it.
    pub(crate) fn signature(&self, file: &mut File, mut parameters: Vec<Parameter>) -> Signature {
        if self.house.takes_session(self.place) {
            let name = if self.place == Place::Handler {
                self.house.handler_session_name()
            } else {
                self.house.session_name()
            };
            let class = self.session_annotation(file);
            parameters.push(Parameter::new(Part::Session, name, class));
        }
        Signature::new(parameters, &self.order())
    }

    fn order(&self) -> ParameterOrder {
        let order = match self.place {
            Place::Service => &self.house.style.service.order,
            Place::Handler => &self.house.style.endpoints.order,
        };
        let by_keyword = self.place == Place::Handler && self.house.style.reach.function_keywords.value;
        ParameterOrder {
            keyword_from: if by_keyword { order.parts.first().copied() } else { order.keyword_from },
            ..order.clone()
        }
    }

    fn session_annotation(&self, file: &mut File) -> String {
        let style = &self.house.style.session;
        match (&style.unit_of_work, &style.class) {
            (Some(unit), _) => file.symbol(&unit.class),
            (None, Some(class)) => file.symbol(class),
            (None, None) if self.house.is_async() => file.from("sqlalchemy.ext.asyncio", "AsyncSession"),
            (None, None) => file.from("sqlmodel", "Session"),
        }
    }

    /// The parameter of the user.
    pub(crate) fn user_parameter(&self, file: &mut File) -> Parameter {
        let annotation = if self.place == Place::Service && self.house.passes_user_key() {
            values::key(file, self.house.style.user.id)
        } else {
            self.house.user_annotation(file)
        };
        Parameter::new(Part::User, self.house.user_name(self.place), annotation)
    }

    /// Parameters for keys in the path, those that `wanted` names.
    pub(crate) fn path_parameters(
        &self,
        file: &mut File,
        op: &OperationDesign,
        wanted: &[ParameterRole],
    ) -> Vec<Parameter> {
        let chosen = op.parameters.iter().filter(|parameter| wanted.contains(&parameter.role));
        chosen.map(|parameter| self.path_parameter(file, parameter)).collect()
    }

    fn path_parameter(&self, file: &mut File, parameter: &PathParameter) -> Parameter {
        Parameter::new(Part::Path, &parameter.name, self.key(file, parameter.id))
    }

    fn key(&self, file: &mut File, kind: IdKind) -> String {
        values::key(file, kind)
    }

    /// Parameters of a page.
    pub(crate) fn page_parameters(&self, file: &mut File) -> Vec<Parameter> {
        match &self.house.style.pages.object {
            Some(page) => vec![Parameter::new(Part::Page, "params", file.symbol(&page.class))],
            None => self.house.page_parameters().iter().map(|name| Parameter::new(Part::Page, *name, "int")).collect(),
        }
    }

    /// The parameter of a body of class `class`.
    pub(crate) fn body_parameter(&self, file: &mut File, class: &str) -> Parameter {
        let class = file.symbol(&self.house.schema(self.entity, class));
        Parameter::new(Part::Body, self.house.body_name(self.entity), class)
    }

    /// The table class, imported.
    pub(crate) fn model(&self, file: &mut File) -> String {
        file.symbol(&self.house.model(self.entity))
    }

    /// Whether the user's identity matters for an operation.
    pub(crate) fn needs_user(&self, op: &OperationDesign) -> bool {
        let by_access = match &op.access {
            AccessDesign::Owner | AccessDesign::Member { .. } => {
                !matches!(op.kind, OperationKind::Create) || self.entity.parent.is_some() || self.sets_owner()
            }
            AccessDesign::Role { .. } => true,
            AccessDesign::Superuser => !self.house.superuser_by_dependency(),
            AccessDesign::SignedIn | AccessDesign::Public => false,
        };
        let writes = matches!(op.kind, OperationKind::Create | OperationKind::Update);
        let is_founded = || self.sets_owner() || self.entity.owner.group().is_some();
        // What is linked to must be the user's own.
        let links = |class: &str| {
            let mut known = super::relations::links_of(self.house, self.entity);
            known.any(|link| link.class == class && link.right.target.owner.is_owned())
        };
        by_access
            || matches!(&op.kind, OperationKind::Link { link } if links(link))
            || matches!(op.kind, OperationKind::Create) && is_founded()
            || writes && self.checks_need_user()
    }

    fn sets_owner(&self) -> bool {
        self.house.given_by_server(self.entity).iter().any(|column| column.role == architect_model::ColumnRole::Owner)
    }

    /// The statement that a finder or store gives to a variable: `project = …`.
    pub(crate) fn assign(&self, variable: &str, expression: &str) -> Code {
        Code::of(format!("{variable} = {expression}"))
    }

    /// Whether another entity of the design links to this one.
    fn is_linked_to(&self) -> bool {
        let class = &self.entity.names.class;
        self.house.modules.iter().flat_map(|module| &module.links).any(|link| link.right.names.class == *class)
    }

    /// The expression of what a body says of linked rows.
    pub(crate) fn linked_ids(&self, data: &str, link: &architect_model::LinkDesign) -> String {
        format!("{data}.{}", ids_of(link))
    }

    /// The attribute with the key of a row: `id`.
    pub(crate) fn own_key(&self) -> &'a str {
        self.entity.id().map_or("id", |id| id.name.as_str())
    }

    /// The attribute with the key of a row's parent.
    pub(crate) fn parent_key(&self) -> String {
        self.entity.parent.as_ref().map_or_else(|| "id".to_owned(), |parent| self.house.key_of(&parent.target))
    }

    /// The key parameter of the entity itself: `project_id`.
    pub(crate) fn key_name(&self) -> String {
        repository::key_name(self.entity)
    }
}
