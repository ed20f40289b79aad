//! Checks: roles, references in bodies, linked rows.

use architect_model::{
    AccessDesign, ColumnDesign, ColumnRole, EntityDesign, EntityNames, LinkDesign, OperationKind, ReferenceCheck,
    ReferenceChecks, ReferenceDesign,
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

/// A body by which rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    /// Of a new row.
    Creation,
    /// Of changes to one.
    Change,
}

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
    pub(super) fn checked(&self) -> Vec<&'a ColumnDesign> {
        let is_checked = |column: &&ColumnDesign| {
            let check = column.reference.as_ref().map_or(ReferenceCheck::None, |reference| reference.check);
            self.house.must_check(check) && (column.in_create || column.in_update)
        };
        self.entity.columns.iter().filter(is_checked).collect()
    }

    /// Those that a body of this kind holds.
    fn checked_in(&self, body: Write) -> Vec<&'a ColumnDesign> {
        let holds = |column: &&ColumnDesign| match body {
            Write::Creation => column.in_create,
            Write::Change => column.in_update,
        };
        self.checked().into_iter().filter(holds).collect()
    }

    /// The bodies that hold references that are checked, with their classes.
    fn checked_bodies(&self) -> Vec<(Write, &'a String)> {
        let family = &self.entity.schemas;
        let classes = [(Write::Creation, &family.create_class), (Write::Change, &family.update_class)];
        let all = classes.into_iter().filter_map(|(body, class)| Some((body, class.as_ref()?)));
        all.filter(|(body, _)| !self.checked_in(*body).is_empty()).collect()
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
        let bodies = self.checked_bodies();
        let classes: Vec<_> = bodies.iter().map(|(_, class)| self.house.schema(self.entity, class)).collect();
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

    /// How this entity's references are checked: as the house does, where that can be told apart.
    fn reference_checks(&self) -> ReferenceChecks {
        let how = self.house.style.reach.references.value;
        let in_class = self.place == Place::Service && self.house.rules_in_class();
        let is_static = self.house.style.service.made.value == architect_model::ServiceMaking::Static;
        if how == ReferenceChecks::Each && (!in_class || is_static) { ReferenceChecks::Together } else { how }
    }

    /// The rules that check the references in a body.
    pub(super) fn check_references(&self, file: &mut File) -> Vec<Rule> {
        let checked = self.checked();
        let family = &self.entity.schemas;
        if checked.is_empty() || family.create_class.is_none() && family.update_class.is_none() {
            return Vec::new();
        }
        match self.reference_checks() {
            ReferenceChecks::InPlace => Vec::new(),
            ReferenceChecks::Each => checked.into_iter().filter_map(|column| self.check_of(file, column)).collect(),
            ReferenceChecks::Together => {
                let body = self.all_checks(file, &self.house.body_name(self.entity), None);
                let parameters = self.check_parameters(file);
                let name = self.check_name();
                let signature = self.signature(file, parameters);
                vec![Rule { name, signature, returns: "None".to_owned(), body }]
            }
        }
    }

    /// Statements that check all references in a body of one kind, or of whichever it is.
    fn all_checks(&self, file: &mut File, data: &str, kind: Option<Write>) -> Code {
        let mut body = Code::new();
        for column in kind.map_or_else(|| self.checked(), |kind| self.checked_in(kind)) {
            let Some(reference) = &column.reference else { continue };
            let key = format!("{data}.{}", column.name);
            let class = values::key(file, column.id.unwrap_or_default());
            let mut condition = self.house.was_sent(&key, &class);
            if let Some(holder) = self.only_holder(column).filter(|_| kind.is_none()) {
                let holder = file.symbol(&self.house.schema(self.entity, holder));
                condition = format!("isinstance({data}, {holder}) and {condition}");
            }
            let names = self.house.names_of(&reference.target);
            let own = reference.check == ReferenceCheck::Own;
            let role = self.parent_role(column);
            body.add(&self.reference_check(file, reference, &names, &key, own, &condition, role));
        }
        self.as_conflict(file, body)
    }

    /// The class of the only body that holds a reference, where the other one holds references too.
    fn only_holder(&self, column: &ColumnDesign) -> Option<&'a String> {
        let bodies = self.checked_bodies();
        let holds = |(body, _): &&(Write, &String)| match body {
            Write::Creation => column.in_create,
            Write::Change => column.in_update,
        };
        let mut holders = bodies.iter().filter(holds);
        let (_, only) = holders.next()?;
        (holders.next().is_none() && bodies.len() > 1).then_some(*only)
    }

    /// Checks, guarded where the house answers a missing reference as a conflict.
    fn as_conflict(&self, file: &mut File, checks: Code) -> Code {
        let Some(symbol) = &self.house.style.errors.as_conflict else { return checks };
        let mut body = Code::new();
        body.block(format!("with {}():", file.symbol(symbol)), &checks);
        body
    }

    /// The rule that checks one reference: `_check_client(user, client_id)`.
    fn check_of(&self, file: &mut File, column: &ColumnDesign) -> Option<Rule> {
        let reference = column.reference.as_ref()?;
        let key = column.name.as_str();
        let names = self.house.names_of(&reference.target);
        let own = reference.check == ReferenceCheck::Own;
        let sent = if column.nullable { format!("{key} is not None") } else { String::new() };
        let checks = self.reference_check(file, reference, &names, key, own, &sent, self.parent_role(column));
        let body = self.as_conflict(file, checks);
        let parameters = self.parameters_of_check(file, column);
        let signature = self.signature(file, parameters);
        Some(Rule { name: self.name_of_check(&reference.name), signature, returns: "None".to_owned(), body })
    }

    fn parameters_of_check(&self, file: &mut File, column: &ColumnDesign) -> Vec<Parameter> {
        let class = values::key(file, column.id.unwrap_or_default());
        let annotation = if column.nullable { format!("{class} | None") } else { class };
        let mut parameters = vec![Parameter::new(Part::Path, &column.name, annotation)];
        if column.reference.as_ref().is_some_and(|reference| reference.check == ReferenceCheck::Own) {
            parameters.push(self.user_parameter(file));
        }
        parameters
    }

    fn name_of_check(&self, what: &str) -> String {
        let private = if self.house.style.reach.private_helpers.value { "_" } else { "" };
        format!("{private}check_{what}")
    }

    /// Calls of the rules that check one reference each; of a change, what need not be there was perhaps not sent.
    fn calls_of_checks(&self, file: &mut File, data: &str, body: Write) -> Code {
        let mut code = Code::new();
        for column in self.checked_in(body) {
            let Some(reference) = &column.reference else { continue };
            let parameters = self.parameters_of_check(&mut self.house.scratch(), column);
            let signature = self.signature(&mut self.house.scratch(), parameters);
            let key = format!("{data}.{}", column.name);
            let arguments = signature.arguments(|parameter| match parameter.part {
                Part::Path => key.clone(),
                Part::User => self.user_argument(),
                _ => parameter.name.clone(),
            });
            let function = format!("self.{}", self.name_of_check(&reference.name));
            let call = Code::of(self.house.wait(&call(&function, &arguments)));
            if column.nullable {
                code.add(&call);
            } else {
                let class = values::key(file, column.id.unwrap_or_default());
                code.block(format!("if {}:", self.house.was_sent(&key, &class)), &call);
            }
        }
        code
    }

    fn check_name(&self) -> String {
        let private = if self.house.style.reach.private_helpers.value { "_" } else { "" };
        match (self.place, self.house.rules_in_class()) {
            (Place::Service, true) => format!("{private}check_references"),
            _ => format!("check_{}_references", self.entity.names.snake),
        }
    }

    /// The call of that rule, where there is one.
    pub(super) fn check_call(&self, file: &mut File, data: &str, body: Write) -> Code {
        if self.checked_in(body).is_empty() {
            return Code::new();
        }
        match self.reference_checks() {
            ReferenceChecks::InPlace => return self.all_checks(file, data, Some(body)),
            ReferenceChecks::Each => return self.calls_of_checks(file, data, body),
            ReferenceChecks::Together => {}
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

    /// The role that whoever makes a row must have in the group that it names as its parent.
    pub(super) fn parent_role(&self, column: &ColumnDesign) -> Option<usize> {
        let rules = self.home_rules();
        let mut creates = rules.operations().filter(|op| op.kind == OperationKind::Create);
        creates.find(|op| op.parent().is_none() && column.role == ColumnRole::Parent)?.access.member_role()
    }

    /// Statements that refuse a key in a body, where it was sent.
    #[expect(clippy::too_many_arguments, reason = "each is a part of the check")]
    fn reference_check(
        &self,
        file: &mut File,
        reference: &ReferenceDesign,
        names: &EntityNames,
        key: &str,
        own: bool,
        sent: &str,
        role: Option<usize>,
    ) -> Code {
        let target = &reference.target;
        if let (Some(role), None) = (role, self.house.new_entity(&target.class)) {
            let mut checks = self.reference_check(file, reference, names, key, own, sent, None);
            let user = self.house.user_key(file, self.place);
            let found = self.store().other(file, target, false, key, Some(&user), Some(role));
            checks.add(&self.refuse_role(file, &target.owner, role, sent, &found));
            return checks;
        }
        let by_repository = self.keeps_apart() && self.place == Place::Service;
        if let Some((_, entity)) = self.house.new_entity(&target.class).filter(|_| !reference.closes) {
            if by_repository && (!own || entity.owner.is_owned()) {
                let store = crate::write::store::Store::new(self.house, entity, self.place);
                let user = self.house.user_key(file, self.place);
                let found = if own { store.get_owned(file, key, &user) } else { store.get(file, key) };
                let mut checks = self.refuse_missing(file, names, key, sent, &found);
                if let Some(role) = role {
                    let found = store.get_as(file, key, &user, role);
                    checks.add(&self.refuse_role(file, &target.owner, role, sent, &found));
                }
                return checks;
            }
            let call = self.finder_call(file, entity, Finder { owned: own, above: 0, role }, &[key.to_owned()]);
            return if_sent(sent, Code::of(call));
        }
        if let Some((_, method)) = existing_method(self.house, &target.class, own)
            && self.house.can_reach_service_of(&target.class)
            && !by_repository
        {
            let call = self.existing_method_call(file, target, method, key);
            return if_sent(sent, Code::of(call));
        }
        if own && self.house.style.errors.denied_status.value == 403 {
            let mut found = Code::new();
            self.find_openly(file, target, names, key, &mut found);
            return if_sent(sent, found);
        }
        let found = self.existing_in_unit(target, key, own).filter(|_| by_repository);
        let found = found.unwrap_or_else(|| self.looked_up(file, target, key, own));
        self.refuse_missing(file, names, key, sent, &found)
    }

    /// `if client_id is not None and await … is None: raise …`.
    fn refuse_missing(&self, file: &mut File, names: &EntityNames, key: &str, sent: &str, found: &str) -> Code {
        let raise = errors::raise(self.house, file, Refusal::NotFound(names), key, None);
        let mut code = Code::new();
        let both = if sent.is_empty() { format!("{found} is None") } else { format!("{sent} and {found} is None") };
        code.block(format!("if {both}:"), &Code::of(raise));
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

/// Statements under the condition that a value was sent; without one, by themselves.
fn if_sent(sent: &str, statements: Code) -> Code {
    if sent.is_empty() {
        return statements;
    }
    let mut code = Code::new();
    code.block(format!("if {sent}:"), &statements);
    code
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
