//! Rows of classes that the code has: found by its services where they can be reached, else by queries.

use architect_model::{
    EntityNames, EntityRef, LinkDesign, Method, OwnerChain, OwnerStep, ParameterPart as Part, ReferenceCheck,
};

use super::{Rule, Rules};
use crate::write::code::{Code, call};
use crate::write::errors::Refusal;
use crate::write::file::File;
use crate::write::house::House;
use crate::write::relations::links_of;
use crate::write::signature::Parameter;
use crate::write::values;

impl<'a> Rules<'a> {
    /// Finds an existing row into the variable of `names`, or refuses.
    pub(super) fn find_existing(
        &self,
        file: &mut File,
        target: &EntityRef,
        names: &EntityNames,
        key: &str,
        own: bool,
        body: &mut Code,
    ) {
        if let Some(call) = self.existing_call(target, names, key, own) {
            body.add(&self.assign(&names.snake, &call));
            return;
        }
        if let Some((_, method)) = existing_method(self.house, &target.class, own)
            .filter(|_| self.house.can_reach_service_of(&target.class) && !self.keeps_apart())
        {
            let call = self.existing_method_call(file, target, method, key);
            body.add(&self.assign(&names.snake, &call));
            return;
        }
        self.look_existing_up(file, target, names, key, own, body);
    }

    /// Statements that look an existing row up as the house does, into the variable of `names`.
    pub(super) fn look_existing_up(
        &self,
        file: &mut File,
        target: &EntityRef,
        names: &EntityNames,
        key: &str,
        own: bool,
        body: &mut Code,
    ) {
        if own && self.house.style.errors.denied_status.value == 403 {
            return self.find_openly(file, target, names, key, body);
        }
        let in_unit = self.existing_in_unit(target, key, own).filter(|_| self.keeps_apart());
        let found = in_unit.unwrap_or_else(|| self.looked_up(file, target, key, own));
        body.add(&self.assign(&names.snake, &found));
        self.refuse_none(file, names, key, body);
    }

    /// The row, then what it belongs to, up to what a user owns: a house that says "forbidden" tells that from
    /// "not found".
    pub(super) fn find_openly(
        &self,
        file: &mut File,
        target: &EntityRef,
        names: &EntityNames,
        key: &str,
        body: &mut Code,
    ) {
        let found = self.looked_up(file, target, key, false);
        body.add(&self.assign(&names.snake, &found));
        self.refuse_none(file, names, key, body);
        let mut below = names.clone();
        for step in &target.owner.steps {
            let above = self.house.names_of_class(&step.class);
            let key = format!("{}.{}", below.snake, step.column);
            let found = self.looked_up(file, &holder(step), &key, false);
            body.add(&self.assign(&above.snake, &found));
            self.refuse_none(file, &above, &key, body);
            below = above;
        }
        if target.owner.members.is_some() {
            let found = self.looked_up(file, target, key, true);
            self.refuse_unless(file, &found, Refusal::Denied(&below), key, body);
        } else if let Some(column) = &target.owner.user_column {
            self.refuse_strange(file, &below, column, key, body);
        }
    }

    pub(super) fn existing_method_call(
        &self,
        file: &mut File,
        target: &EntityRef,
        method: &Method,
        key: &str,
    ) -> String {
        let mut arguments = Vec::new();
        for parameter in &method.parameters {
            let value = if crate::write::store::is_session(self.house, parameter) {
                self.house.session_at(self.place, self.entity)
            } else if is_user(self.house, parameter) {
                self.user_argument()
            } else {
                key.to_owned()
            };
            let keyword = parameter.kind == architect_model::ParameterKind::KeywordOnly;
            arguments.push(if keyword { format!("{}={value}", parameter.name) } else { value });
        }
        let names = self.house.names_of(target);
        let function = self.house.existing_collaborator(file, self.entity, target, &names, &method.name);
        let call = call(&function, &arguments);
        if method.is_async { format!("await {call}") } else { call }
    }

    /// A row that no service gives, or none.
    pub(super) fn looked_up(&self, file: &mut File, target: &EntityRef, key: &str, own: bool) -> String {
        let user = self.house.user_key(file, self.place);
        self.store().other(file, target, false, key, own.then_some(user.as_str()), None)
    }

    /// The rules that find the rows of existing classes that the entity links.
    pub(super) fn find_linked(&self, file: &mut File) -> Vec<Rule> {
        let links = links_of(self.house, self.entity);
        let existing = links.filter(|link| self.house.new_entity(&link.right.names.class).is_none());
        existing.map(|link| self.find_linked_rows(file, link)).collect()
    }

    /// The rows of an existing class with the keys in a body, or a refusal that does not tell what is somebody else's
    /// from what is not there. They come in the order in which the relationship will load them: by their keys.
    fn find_linked_rows(&self, file: &mut File, link: &LinkDesign) -> Rule {
        let (target, names) = (&link.right.target, &link.right.names);
        let own = link.check == ReferenceCheck::Own;
        let class = file.symbol(&self.house.class_of(target));
        let key = format!("{}_id", names.snake);
        let says_forbidden = self.house.style.errors.denied_status.value == 403;
        let service = existing_method(self.house, &target.class, own)
            .filter(|_| self.house.can_reach_service_of(&target.class) && !(own && says_forbidden));
        let body = if let Some((_, method)) = service {
            let found = self.existing_method_call(file, target, method, &key);
            Code::of(format!("return [{found} for {key} in sorted(set({key}s))]"))
        } else {
            let user = self.house.user_key(file, self.place);
            let rows = self.store().other(file, target, true, &format!("{key}s"), own.then_some(user.as_str()), None);
            self.all_or_refused(file, names, &key, &rows)
        };
        let parameters = self.linked_parameters(file, link);
        let returns = self.list_of(file, &class);
        Rule { name: self.find_linked_name(link), signature: self.signature(file, parameters), returns, body }
    }

    fn linked_parameters(&self, file: &mut File, link: &LinkDesign) -> Vec<Parameter> {
        let key = values::key(file, link.right.id);
        let ids = self.list_of(file, &key);
        let mut parameters = vec![Parameter::new(Part::Path, format!("{}_ids", link.right.names.snake), ids)];
        if link.check == ReferenceCheck::Own {
            parameters.push(self.user_parameter(file));
        }
        parameters
    }

    fn find_linked_name(&self, link: &LinkDesign) -> String {
        if self.house.rules_in_class() {
            format!("find_{}", link.right.names.snakes)
        } else {
            format!("find_{}_of_{}", link.right.names.snakes, self.entity.names.snake)
        }
    }

    /// The call of that rule.
    pub(super) fn find_linked_call(&self, file: &mut File, link: &LinkDesign, ids: &str) -> String {
        let parameters = self.linked_parameters(&mut self.house.scratch(), link);
        let signature = self.signature(&mut self.house.scratch(), parameters);
        let arguments = signature.arguments(|parameter| match parameter.part {
            Part::Path => ids.to_owned(),
            Part::User => self.user_argument(),
            _ => parameter.name.clone(),
        });
        let function = self.receiver(file, self.entity, &self.find_linked_name(link));
        self.house.wait(&call(&function, &arguments))
    }
}

/// What a step towards the owner leads to.
fn holder(step: &OwnerStep) -> EntityRef {
    EntityRef {
        class: step.class.clone(),
        table: String::new(),
        existing: step.existing.clone(),
        module: step.module.clone(),
        owner: OwnerChain::default(),
    }
}

/// Whether a parameter takes the user who asks.
fn is_user(house: &House<'_>, parameter: &architect_model::Parameter) -> bool {
    let annotation = parameter.annotation.as_deref().unwrap_or_default();
    house.style.user.class.as_ref().is_some_and(|class| annotation == class.name)
}

/// The method of an existing service that gives a row by its key, for its owner where `own`.
pub(crate) fn existing_method<'h>(
    house: &House<'h>,
    class: &str,
    own: bool,
) -> Option<(&'h architect_model::Layer, &'h Method)> {
    let layers = house.project.services.iter().filter(|layer| {
        layer.model.as_deref() == Some(class)
            || layer.symbol.name == format!("{class}{}", house.style.service.suffix.value)
    });
    for layer in layers {
        let found = layer.methods.iter().find(|method| {
            let others: Vec<_> = method
                .parameters
                .iter()
                .filter(|parameter| !crate::write::store::is_session(house, parameter))
                .collect();
            let users = others.iter().filter(|parameter| is_user(house, parameter)).count();
            let keys = others
                .iter()
                .filter(|parameter| {
                    !is_user(house, parameter) && (parameter.name == "id" || parameter.name.ends_with("_id"))
                })
                .count();
            let returns = method.returns.as_deref().unwrap_or_default();
            keys == 1
                && users == usize::from(own)
                && others.len() == keys + users
                && returns == class
                && !method.name.starts_with('_')
                && (method.name.starts_with("get")
                    || method.name.starts_with("read")
                    || method.name.starts_with("find"))
        });
        if let Some(method) = found {
            return Some((layer, method));
        }
    }
    None
}
