//! Checks: roles, references in bodies, linked rows.

use architect_model::{
    AccessDesign, ColumnDesign, EntityDesign, EntityNames, EntityRef, LinkDesign, Method, ReferenceCheck,
};

use super::{Finder, Rule, Rules};
use crate::write::code::{Code, Function, call};
use crate::write::errors::{self, Refusal};
use crate::write::file::File;
use crate::write::house::House;
use crate::write::names::with_article;
use crate::write::place::Place;
use crate::write::select;
use crate::write::signature::Parameter;
use crate::write::text;
use crate::write::values;
use architect_model::ParameterPart as Part;

impl<'a> Rules<'a> {
    /// The statement that demands a role.
    pub(crate) fn role_check(&self, file: &mut File, access: &AccessDesign) -> Code {
        let user = self.house.user_name(self.place);
        match access {
            AccessDesign::Role { value, .. } => Code::of(format!("require_{}({user})", word(value))),
            AccessDesign::Superuser if self.house.superuser_by_dependency() => Code::new(),
            AccessDesign::Superuser => match &self.house.style.user.require_superuser {
                Some(symbol) => Code::of(format!("{}({user})", file.symbol(symbol))),
                None => Code::of(format!("require_superuser({user})")),
            },
            _ => Code::new(),
        }
    }

    /// Columns whose values in a body must be checked.
    fn checked(&self) -> Vec<&'a ColumnDesign> {
        let is_checked = |column: &&ColumnDesign| {
            let check = column.reference.as_ref().map_or(ReferenceCheck::None, |reference| reference.check);
            self.house.must_check(check) && (column.in_create || column.in_update)
        };
        self.entity.columns.iter().filter(is_checked).collect()
    }

    /// Whether bodies hold references that are checked.
    pub(crate) fn has_checked_references(&self) -> bool {
        !self.checked().is_empty() || crate::write::relations::links_of(self.house, self.entity).next().is_some()
    }

    /// Whether the check of references needs the user.
    pub(super) fn checks_need_user(&self) -> bool {
        let own = |column: &&ColumnDesign| {
            column.reference.as_ref().is_some_and(|reference| reference.check == ReferenceCheck::Own)
        };
        self.checked().iter().any(own)
            || crate::write::relations::links_of(self.house, self.entity).any(|link| link.right.target.owner.is_owned())
    }

    fn check_parameters(&self, file: &mut File) -> Vec<Parameter> {
        let family = &self.entity.schemas;
        let classes: Vec<_> = family
            .create_class
            .iter()
            .chain(&family.update_class)
            .map(|class| self.house.schema(self.entity, class))
            .collect();
        let annotation = classes.iter().map(|class| file.symbol(class)).collect::<Vec<_>>().join(" | ");
        let mut parameters = vec![Parameter::new(Part::Body, self.house.body_name(self.entity), annotation)];
        if self
            .checked()
            .iter()
            .any(|column| column.reference.as_ref().is_some_and(|reference| reference.check == ReferenceCheck::Own))
        {
            parameters.push(self.user_parameter(file));
        }
        parameters
    }

    /// The rule that checks the references in a body.
    pub(super) fn check_references(&self, file: &mut File) -> Option<Rule> {
        let checked = self.checked();
        let family = &self.entity.schemas;
        if checked.is_empty() || family.create_class.is_none() && family.update_class.is_none() {
            return None;
        }
        let data = self.house.body_name(self.entity);
        let mut body = Code::new();
        for column in checked {
            let Some(reference) = &column.reference else { continue };
            let key = format!("{data}.{}", column.name);
            let kind = column.id.unwrap_or_default();
            let class = values::key(file, kind);
            let condition = self.house.was_sent(&key, &class);
            let names = self.house.names_of(&reference.target);
            let own = reference.check == ReferenceCheck::Own;
            body.add(&self.reference_check(file, &reference.target, &names, &key, own, &condition));
        }
        if let Some(symbol) = &self.house.style.errors.as_conflict {
            let guard = format!("with {}():", file.symbol(symbol));
            let checks = std::mem::take(&mut body);
            body.block(guard, &checks);
        }
        let parameters = self.check_parameters(file);
        let name = self.check_name();
        Some(Rule { name, signature: self.signature(file, parameters), returns: "None".to_owned(), body })
    }

    fn check_name(&self) -> String {
        match (self.place, self.house.rules_in_class()) {
            (Place::Service, true) => "check_references".to_owned(),
            _ => format!("check_{}_references", self.entity.names.snake),
        }
    }

    /// The call of that rule, where there is one.
    pub(super) fn check_call(&self, file: &mut File, data: &str) -> Code {
        if self.checked().is_empty() {
            return Code::new();
        }
        let parameters = self.check_parameters(&mut self.house.scratch());
        let signature = self.signature(&mut self.house.scratch(), parameters);
        let arguments = signature.arguments(|parameter| match parameter.part {
            Part::Body => data.to_owned(),
            Part::User => self.user_argument(),
            _ => parameter.name.clone(),
        });
        let name = self.check_name();
        let function = self.receiver(file, self.entity, &name);
        Code::of(self.house.wait(&call(&function, &arguments)))
    }

    /// Statements that refuse a key in a body, where it was sent.
    fn reference_check(
        &self,
        file: &mut File,
        target: &EntityRef,
        names: &EntityNames,
        key: &str,
        own: bool,
        sent: &str,
    ) -> Code {
        let mut code = Code::new();
        if let Some((_, entity)) = self.house.new_entity(&target.class) {
            let call = self.finder_call(file, entity, Finder { owned: own, above: 0 }, &[key.to_owned()]);
            code.block(format!("if {sent}:"), &Code::of(call));
            return code;
        }
        if let Some((_, method)) = existing_method(self.house, &target.class, own)
            && self.house.can_reach_service_of(&target.class)
        {
            let call = self.existing_method_call(file, target, method, key);
            code.block(format!("if {sent}:"), &Code::of(call));
            return code;
        }
        if own && self.house.style.errors.denied_status.value == 403 {
            let mut found = Code::new();
            self.find_openly(file, target, names, key, &mut found);
            code.block(format!("if {sent}:"), &found);
            return code;
        }
        let found = self.existing_query(file, target, key, own);
        let raise = errors::raise(self.house, file, Refusal::NotFound(names), key, None);
        code.block(format!("if {sent} and {found} is None:"), &Code::of(raise));
        code
    }

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
        if let Some((_, method)) =
            existing_method(self.house, &target.class, own).filter(|_| self.house.can_reach_service_of(&target.class))
        {
            let call = self.existing_method_call(file, target, method, key);
            body.add(&self.assign(&names.snake, &call));
            return;
        }
        if own && self.house.style.errors.denied_status.value == 403 {
            return self.find_openly(file, target, names, key, body);
        }
        let found = self.existing_query(file, target, key, own);
        body.add(&self.assign(&names.snake, &found));
        let raise = errors::raise(self.house, file, Refusal::NotFound(names), key, None);
        body.block(format!("if {} is None:", names.snake), &Code::of(raise));
    }

    /// The row, then what it belongs to, up to what a user owns: a house that says "forbidden" tells that from
    /// "not found".
    fn find_openly(&self, file: &mut File, target: &EntityRef, names: &EntityNames, key: &str, body: &mut Code) {
        let found = self.existing_query(file, target, key, false);
        body.add(&self.assign(&names.snake, &found));
        self.refuse_none(file, names, key, body);
        let mut below = names.clone();
        for step in &target.owner.steps {
            let above = self.house.names_of_class(&step.class);
            let class = file.symbol(&self.house.class_at(&step.class, step.existing.as_ref(), step.module.as_deref()));
            let session = self.house.session_at(self.place, self.entity);
            let key = format!("{}.{}", below.snake, step.column);
            let found = self.house.wait(&format!("{session}.get({class}, {key})"));
            body.add(&self.assign(&above.snake, &found));
            self.refuse_none(file, &above, &key, body);
            below = above;
        }
        if let Some(column) = &target.owner.user_column {
            self.refuse_strange(file, &below, column, key, body);
        }
    }

    fn existing_method_call(&self, file: &mut File, target: &EntityRef, method: &Method, key: &str) -> String {
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

    /// A query for an existing row, where no service of the house offers one.
    fn existing_query(&self, file: &mut File, target: &EntityRef, key: &str, own: bool) -> String {
        let session = self.house.session_at(self.place, self.entity);
        let class = file.symbol(&self.house.class_of(target));
        if !own {
            return self.house.wait(&format!("{session}.get({class}, {key})"));
        }
        let select = select::select(self.house, file, &class);
        let user = self.house.user_key(file, self.place);
        let owned = select::owned_by(self.house, file, &class, &target.owner, &user);
        let attribute = self.house.key_of(target);
        let statement = format!("{select}.where({class}.{attribute} == {key}){owned}");
        select::first(self.house, &session, &statement)
    }

    /// The rows of the right side of a link with these keys: all of them, or a refusal.
    pub(super) fn linked_call(&self, file: &mut File, link: &LinkDesign, ids: &str) -> String {
        let Some((_, entity)) = self.house.new_entity(&link.right.names.class) else {
            return format!("[{ids}]");
        };
        let rules = Rules::new(self.house, entity);
        let parameters = rules.many_parameters(&mut self.house.scratch());
        let signature = rules.signature(&mut self.house.scratch(), parameters);
        let arguments = signature.arguments(|parameter| match parameter.part {
            Part::Path => ids.to_owned(),
            Part::User => self.user_argument(),
            _ => parameter.name.clone(),
        });
        let name = rules.many_name();
        let function = self.receiver(file, entity, &name);
        self.house.wait(&call(&function, &arguments))
    }

    fn many_name(&self) -> String {
        if self.house.rules_in_class() {
            "get_many".to_owned()
        } else {
            format!("get_many_{}", self.entity.names.snakes)
        }
    }

    fn many_parameters(&self, file: &mut File) -> Vec<Parameter> {
        let kind = self.entity.id().and_then(|id| id.id).unwrap_or_default();
        let key = values::key(file, kind);
        let ids = self.list_of(file, &key);
        let mut parameters = vec![Parameter::new(Part::Path, format!("{}s", self.key_name()), ids)];
        if self.entity.owner.is_owned() {
            parameters.push(self.user_parameter(file));
        }
        parameters
    }

    /// `list[Tag]`; in a class with a method `list`, that name is no type any more.
    fn list_of(&self, file: &mut File, item: &str) -> String {
        let is_hidden = self.house.rules_in_class() && self.house.method_name("list", self.entity) == "list";
        if is_hidden { format!("{}.list[{item}]", file.module("builtins")) } else { format!("list[{item}]") }
    }

    /// The rule that gives several rows by their keys, or refuses.
    pub(super) fn get_many(&self, file: &mut File) -> Rule {
        let parameters = self.many_parameters(file);
        let ids = format!("{}s", self.key_name());
        let owner = self.house.user_key(file, self.place);
        let owner = self.entity.owner.is_owned().then_some(owner.as_str());
        let store = crate::write::store::Store::new(self.house, self.entity, self.place);
        let rows = store.many(file, &ids, owner);
        let plural = &self.entity.names.snakes;
        let mut body = Code::of(format!("{plural} = {rows}"));
        let key = self.key_name();
        let raise = errors::raise(self.house, file, Refusal::NotFound(&self.entity.names), &key, None);
        if raise.contains(&key) {
            // The exception names the row: the first that is missing.
            let row = &self.entity.names.snake;
            body.line(format!("found = {{{row}.id for {row} in {plural}}}"));
            let mut missing = Code::new();
            missing.block(format!("if {key} not in found:"), &Code::of(raise));
            body.block(format!("for {key} in {ids}:"), &missing);
        } else {
            body.block(format!("if len({plural}) < len(set({ids})):"), &Code::of(raise));
        }
        body.line(format!("return list({plural})"));
        let model = self.model(file);
        let returns = self.list_of(file, &model);
        Rule { name: self.many_name(), signature: self.signature(file, parameters), returns, body }
    }
}

fn word(value: &str) -> String {
    heck::ToSnakeCase::to_snake_case(value)
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

/// Functions that demand a role, one for each role that the module's operations name.
pub(crate) fn role_functions(house: &House<'_>, file: &mut File, entities: &[&EntityDesign]) -> Vec<Code> {
    let mut done: Vec<String> = Vec::new();
    let mut codes = Vec::new();
    for entity in entities {
        let rules = Rules::new(house, entity);
        for op in rules.operations() {
            let (name, condition, role) = match &op.access {
                AccessDesign::Role { attribute, value, member } => {
                    let wanted = match member {
                        Some((class, member)) => format!("{}.{member}", file.symbol(class)),
                        None => text::string(value),
                    };
                    (word(value), format!("{attribute} != {wanted}"), value.clone())
                }
                AccessDesign::Superuser
                    if house.style.user.require_superuser.is_none() && !house.superuser_by_dependency() =>
                {
                    let attribute =
                        house.style.user.superuser_attribute.clone().unwrap_or_else(|| "is_superuser".to_owned());
                    ("superuser".to_owned(), format!("not {attribute}"), "superuser".to_owned())
                }
                _ => continue,
            };
            if done.contains(&name) {
                continue;
            }
            codes.push(role_function(house, file, rules.place, &name, &condition, &role));
            done.push(name);
        }
    }
    codes
}

fn role_function(house: &House<'_>, file: &mut File, place: Place, name: &str, condition: &str, role: &str) -> Code {
    let user = house.user_name(place);
    let condition = match condition.strip_prefix("not ") {
        Some(attribute) => format!("not {user}.{attribute}"),
        None => format!("{user}.{condition}"),
    };
    let message = format!("Only {} may do this", with_article(&role.replace('_', " ")));
    let raise = errors::raise(house, file, Refusal::Forbidden(&message), "", None);
    let class = house.user_annotation(file);
    let mut body = Code::new();
    body.block(format!("if {condition}:"), &Code::of(raise));
    Function {
        name: format!("require_{name}"),
        parameters: vec![format!("{user}: {class}")],
        returns: "None".to_owned(),
        body,
        ..Function::default()
    }
    .code()
}
