//! What stands at the head of a test file: constants, and a function that creates a row of each entity.

use architect_model::{EntityDesign, ParameterRole, ReferenceCheck};

use super::Tests;
use super::request::{Actor, Key};
use crate::write::code::{Code, Function};
use crate::write::file::File;
use crate::write::text;

impl<'a> Tests<'a> {
    /// Constants that the tests use.
    pub(super) fn head(&self, file: &mut File, codes: &[Code]) -> Code {
        if !codes.iter().any(|code| code.text().contains("UNKNOWN")) {
            return Code::new();
        }
        let unknown = self.unknown();
        if unknown.contains("uuid") {
            file.module("uuid");
        }
        Code::of(format!("UNKNOWN = {unknown}"))
    }

    /// Whether tests can create rows of an entity by themselves, with all that those need.
    pub(super) fn can_create(&self, entity: &EntityDesign) -> bool {
        self.can_create_below(entity, &mut Vec::new())
    }

    /// The same; `above` ends the way where rows need rows in a circle.
    fn can_create_below(&self, entity: &EntityDesign, above: &mut Vec<String>) -> bool {
        if above.contains(&entity.names.class) {
            return false;
        }
        let mut required = entity.columns.iter().filter(|column| column.required_in_create());
        let references = required.clone().filter_map(|column| Some(&column.reference.as_ref()?.target.class));
        let parent = entity.parent.as_ref().map(|parent| &parent.names.class);
        let needed: Vec<&String> = parent.into_iter().chain(references).collect();
        above.push(entity.names.class.clone());
        let is_made = |class: &String| {
            self.entity(class).is_some_and(|other| self.creator(other).is_some() && self.can_create_below(other, above))
        };
        let can = needed.into_iter().all(is_made);
        above.pop();
        can && required.all(|column| column.reference.is_some() || super::body::value(column, 0).is_some())
    }

    /// The names of the keys that a helper takes: parents in the path or body, and references that must be given.
    pub(super) fn keys(&self, entity: &'a EntityDesign) -> Vec<(String, &'a EntityDesign)> {
        let mut keys = Vec::new();
        let Some(op) = self.create(entity) else { return keys };
        for parameter in &op.parameters {
            if let Some(other) = self.entity(&parameter.class) {
                keys.push((format!("{}_id", other.names.snake), other));
            }
        }
        for column in entity.columns.iter().filter(|column| column.required_in_create()) {
            let Some(reference) = &column.reference else { continue };
            if let Some(other) = self.entity(&reference.target.class) {
                keys.push((column.name.clone(), other));
            }
        }
        keys
    }

    /// The function that creates a row.
    pub(super) fn helper(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let op = self.create(entity)?;
        let actor = self.creator(entity)?.inside();
        if !self.can_create(entity) {
            return None;
        }
        let any = file.from("typing", "Any");
        let mut parameters = actor.parameters(file);
        let key_type = if self.house.style.models.id.value == architect_model::IdKind::Integer { "int" } else { "str" };
        let keys = self.keys(entity);
        parameters.extend(keys.iter().map(|(name, _)| format!("{name}: {key_type}")));
        parameters.push("**values: object".to_owned());
        let mut items = self.required(entity);
        if items.iter().any(|item| item.contains("uuid.uuid4()")) {
            file.module("uuid");
        }
        let in_path = op.parameters.len();
        items.extend(keys.iter().skip(in_path).map(|(name, _)| format!("{}: {name}", text::string(name))));
        items.push("**values".to_owned());
        let names: Vec<(String, String)> =
            keys.iter().take(in_path).map(|(name, other)| (other.names.class.clone(), name.clone())).collect();
        let url = self.url(file, op, |class| {
            Key::Expression(names.iter().find(|(known, _)| known == class).map_or("UNKNOWN", |(_, name)| name.as_str()))
        });
        let variable = &entity.names.snake;
        let mut body = Code::of(format!("body = {{{}}}", items.join(", ")));
        body.line(format!("response = {}", actor.request(&op.method, &url, &["json=body".to_owned()])));
        body.line(format!("assert response.status_code == {}", self.created()));
        body.line(format!("{variable}: dict[str, {any}] = response.json()"));
        body.line(format!("return {variable}"));
        let function = Function {
            is_async: self.house.style.tests.is_async.value,
            name: format!("create_{variable}"),
            parameters,
            returns: format!("dict[str, {any}]"),
            body,
            ..Function::default()
        };
        Some(self.annotated(function).code())
    }

    /// Statements that create a row for `actor`, with all that must be there before it, and the row's variable.
    pub(super) fn made(&self, entity: &'a EntityDesign, actor: &Actor, variable: &str, values: &[String]) -> Code {
        let mut code = self.made_before(entity, actor, "");
        code.add(&self.made_alone(entity, actor, variable, values, ""));
        code
    }

    /// Statements that create what a row needs before it; `suffix` tells the variables apart.
    pub(super) fn made_before(&self, entity: &'a EntityDesign, actor: &Actor, suffix: &str) -> Code {
        let classes: Vec<&str> = self.keys(entity).iter().map(|(_, other)| other.names.class.as_str()).collect();
        self.made_of(entity, &classes, actor, suffix)
    }

    /// The same for what is of `classes`, with what that needs itself.
    pub(super) fn made_of(&self, entity: &'a EntityDesign, classes: &[&str], actor: &Actor, suffix: &str) -> Code {
        let mut code = Code::new();
        let mut done = Vec::new();
        for (_, other) in self.keys(entity) {
            if classes.contains(&other.names.class.as_str()) {
                self.make(other, &self.maker(other, actor), suffix, &mut done, &mut code);
            }
        }
        code
    }

    /// Whether a row cannot be made without one of another entity, through any number of others.
    pub(super) fn needs(&self, entity: &'a EntityDesign, class: &str) -> bool {
        let (mut waiting, mut seen) = (vec![entity], Vec::new());
        while let Some(one) = waiting.pop() {
            for (_, other) in self.keys(one) {
                if other.names.class == class {
                    return true;
                }
                if !seen.contains(&other.names.class.as_str()) {
                    seen.push(other.names.class.as_str());
                    waiting.push(other);
                }
            }
        }
        false
    }

    /// Makes a row once, after what it needs.
    fn make(&self, entity: &'a EntityDesign, actor: &Actor, suffix: &str, done: &mut Vec<&'a str>, code: &mut Code) {
        if done.contains(&entity.names.snake.as_str()) {
            return;
        }
        done.push(&entity.names.snake);
        for (_, other) in self.keys(entity) {
            self.make(other, &self.maker(other, actor), suffix, done, code);
        }
        code.add(&self.made_alone(entity, actor, &format!("{}{suffix}", entity.names.snake), &[], suffix));
    }

    fn maker(&self, entity: &EntityDesign, actor: &Actor) -> Actor {
        self.create(entity).and_then(|op| self.may(&op.access, actor)).unwrap_or(actor).clone()
    }

    /// The statement that creates a row, with what it needs in variables already.
    pub(super) fn made_alone(
        &self,
        entity: &'a EntityDesign,
        actor: &Actor,
        variable: &str,
        values: &[String],
        suffix: &str,
    ) -> Code {
        if self.by_fixture() {
            let is_given = suffix.is_empty() && self.is_given(entity, actor, variable, values);
            return if is_given { Code::new() } else { self.further_row(entity, actor, variable, values, suffix) };
        }
        let mut arguments = actor.arguments();
        arguments.extend(self.keys(entity).iter().map(|(_, other)| format!("{}{suffix}[\"id\"]", other.names.snake)));
        arguments.extend(values.iter().cloned());
        let call = crate::write::code::call(&format!("create_{}", entity.names.snake), &arguments);
        let call = if self.house.style.tests.is_async.value { format!("await {call}") } else { call };
        Code::of(if variable.is_empty() { call } else { format!("{variable} = {call}") })
    }

    /// Everybody else who has to be there so that a row can be made: those with the roles that its parents ask for.
    pub(super) fn makers(&self, entity: &'a EntityDesign) -> Vec<&Actor> {
        let mut makers = Vec::new();
        for (_, other) in self.keys(entity) {
            makers.extend(self.creator(other).filter(|maker| **maker != self.actors.first));
            makers.extend(self.makers(other));
        }
        makers
    }

    /// The address of an operation on rows in variables named after their entities, with `suffix` for the parents.
    pub(super) fn address(&self, file: &mut File, op: &architect_model::OperationDesign, suffix: &str) -> String {
        self.address_of(file, op, suffix, None)
    }

    /// The same, where the row worked on is in another variable.
    pub(super) fn address_of(
        &self,
        file: &mut File,
        op: &architect_model::OperationDesign,
        suffix: &str,
        item: Option<&str>,
    ) -> String {
        let variables: Vec<(String, String)> = op
            .parameters
            .iter()
            .filter(|parameter| !matches!(parameter.role, ParameterRole::Linked | ParameterRole::Within))
            .map(|parameter| {
                let snake = heck::ToSnakeCase::to_snake_case(parameter.class.as_str());
                let is_item = parameter.class == op.entity;
                let snake = if is_item { item.map_or(snake, str::to_owned) } else { format!("{snake}{suffix}") };
                (parameter.class.clone(), snake)
            })
            .collect();
        self.url(file, op, |class| match variables.iter().find(|(known, _)| known == class) {
            Some((_, variable)) => Key::Row(variable),
            None => Key::Expression("UNKNOWN"),
        })
    }

    /// Whether a body may refer to rows that must be the caller's own.
    pub(super) fn owned_references(&self, entity: &'a EntityDesign) -> Vec<&'a architect_model::ColumnDesign> {
        let columns = entity.columns.iter().filter(|column| column.in_create || column.in_update);
        columns
            .filter(|column| column.reference.as_ref().is_some_and(|reference| reference.check == ReferenceCheck::Own))
            .collect()
    }
}
