//! Checks: roles, references in bodies, linked rows.

use architect_model::{
    AccessDesign, ColumnDesign, EntityDesign, EntityNames, LinkDesign, ReferenceCheck, ReferenceDesign,
};

use super::existing::existing_method;
use super::{Finder, Rule, Rules};
use crate::write::code::{Code, Function, call};
use crate::write::errors::{self, Refusal};
use crate::write::file::File;
use crate::write::house::House;
use crate::write::names::with_article;
use crate::write::place::Place;
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
            body.add(&self.reference_check(file, reference, &names, &key, own, &condition));
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
        reference: &ReferenceDesign,
        names: &EntityNames,
        key: &str,
        own: bool,
        sent: &str,
    ) -> Code {
        let mut code = Code::new();
        let target = &reference.target;
        if let Some((_, entity)) = self.house.new_entity(&target.class).filter(|_| !reference.closes) {
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
        let found = self.looked_up(file, target, key, own);
        let raise = errors::raise(self.house, file, Refusal::NotFound(names), key, None);
        code.block(format!("if {sent} and {found} is None:"), &Code::of(raise));
        code
    }

    /// The rows of the right side of a link with these keys: all of them, or a refusal.
    pub(super) fn linked_call(&self, file: &mut File, link: &LinkDesign, ids: &str) -> String {
        let Some((_, entity)) = self.house.new_entity(&link.right.names.class) else {
            return self.find_linked_call(file, link, ids);
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
    pub(super) fn list_of(&self, file: &mut File, item: &str) -> String {
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
        let body = self.all_or_refused(file, &self.entity.names, &self.key_name(), &rows);
        let model = self.model(file);
        let returns = self.list_of(file, &model);
        Rule { name: self.many_name(), signature: self.signature(file, parameters), returns, body }
    }

    /// Statements that give all `rows` with the keys in `{key}s`, or refuse.
    pub(super) fn all_or_refused(&self, file: &mut File, names: &EntityNames, key: &str, rows: &str) -> Code {
        let (plural, row) = (&names.snakes, &names.snake);
        let mut body = Code::of(format!("{plural} = {rows}"));
        let raise = errors::raise(self.house, file, Refusal::NotFound(names), key, None);
        if raise.contains(key) {
            // The exception names the row: the first that is missing.
            body.line(format!("found = {{{row}.id for {row} in {plural}}}"));
            let mut missing = Code::new();
            missing.block(format!("if {key} not in found:"), &Code::of(raise));
            body.block(format!("for {key} in {key}s:"), &missing);
        } else {
            body.block(format!("if len({plural}) < len(set({key}s)):"), &Code::of(raise));
        }
        body.line(format!("return list({plural})"));
        body
    }
}

fn word(value: &str) -> String {
    heck::ToSnakeCase::to_snake_case(value)
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
