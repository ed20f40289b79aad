//! Changes of the rows of one entity: inserting, changing, deleting them as the house does.

use architect_model::{BaseMethod, CommitPlace, Operation, Parameter, ParameterKind, RepositoryKind};

use super::super::code::Code;
use super::super::deletion;
use super::super::file::File;
use super::super::house::Need;
use super::super::repository::{self, founding};
use super::{Effect, Lines, Store, is_session};
use crate::style::operations::is_key_name;

impl Store<'_> {
    /// Inserts what `data` says, with further values.
    pub(crate) fn create(&self, file: &mut File, data: &str, values: &[(String, String)]) -> Effect {
        let names = &self.entity.names;
        if self.house.style.repository.kind.value == RepositoryKind::Functions
            && self.house.style.repository.functions.iter().any(|verb| verb == "create")
        {
            self.house.need(self.entity, Need::Create);
            let call = self.function_call(file, &format!("create_{}", names.snake), data, values);
            return if self.house.functions_commit() { Effect::Stored(call) } else { Effect::Value(call) };
        }
        if !self.has_class() {
            let variable = names.snake.clone();
            return Effect::Lines(repository::insert_lines(
                self.house,
                file,
                self.entity,
                &self.session(),
                &variable,
                data,
                values,
                self.commits_here(),
            ));
        }
        let takes_all = |method: &&BaseMethod| takes_anything(method) || takes_mapping(method) || values.is_empty();
        if let Some(method) = self.base(Operation::Create).filter(|method| method.gives).filter(takes_all) {
            let give = |parameter: &Parameter| {
                (!is_session(self.house, parameter)).then(|| given_as(parameter, data, "", values))
            };
            let extra = if takes_mapping(method) { &[] } else { values };
            let extra = extra.iter().map(|(name, value)| format!("{name}={value}"));
            return Effect::Value(self.base_call_with(file, method, give, extra.collect()));
        }
        if let Some(method) = self.base(Operation::Add) {
            let row = repository::row(self.house, file, self.entity, data, values);
            if !method.gives || self.stores_alone() {
                let mut lines = Lines::about(&names.snake);
                lines.before.line(format!("{} = {row}", lines.variable));
                lines.sent.line(self.stored(file, method, &names.snake));
                return Effect::Lines(lines);
            }
            let give = |parameter: &Parameter| (!is_session(self.house, parameter)).then(|| row.clone());
            return Effect::Value(self.base_call(file, method, give));
        }
        self.house.need(self.entity, Need::Create);
        let mut arguments = vec![("data", data.to_owned())];
        arguments.extend(values.iter().map(|(name, value)| (name.as_str(), value.clone())));
        Effect::Value(self.own_call(file, repository::create_name(self.house), &arguments, false))
    }

    /// Inserts a group as `data` says, with `founder`, a user's key, as its first member.
    pub(crate) fn found_group(
        &self,
        file: &mut File,
        data: &str,
        values: &[(String, String)],
        founder: &str,
    ) -> Effect {
        let Some((column, _)) = founding(self.house, file, self.entity, "") else {
            return self.create(file, data, values);
        };
        let values: Vec<_> = values.iter().cloned().chain([(column, founder.to_owned())]).collect();
        let by_function = self.house.style.repository.kind.value == RepositoryKind::Functions
            && self.house.style.repository.functions.iter().any(|verb| verb == "create");
        if by_function {
            return self.create(file, data, &values);
        }
        if self.has_class() {
            self.house.need(self.entity, Need::Found);
            let body = repository::function_body(self.house, self.entity);
            let mut arguments = vec![(body.as_str(), data.to_owned())];
            arguments.extend(values.iter().map(|(name, value)| (name.as_str(), value.clone())));
            return Effect::Value(self.own_call(file, repository::FOUND, &arguments, false));
        }
        let variable = self.entity.names.snake.clone();
        let commits = self.commits_here();
        let values = &values[..values.len() - 1];
        Effect::Lines(repository::founded(
            self.house,
            file,
            self.entity,
            &self.session(),
            &variable,
            data,
            values,
            founder,
            commits,
        ))
    }

    /// Changes a row as `data` says, with further values.
    pub(crate) fn update(&self, file: &mut File, item: &str, data: &str, values: &[(String, String)]) -> Effect {
        let takes_all = |method: &BaseMethod| takes_anything(method) || takes_mapping(method) || values.is_empty();
        let takes_data = |method: &&BaseMethod| self.takes(method) > 1 && takes_all(method);
        if let Some(method) = self.base(Operation::Update).filter(takes_data) {
            let mut first = true;
            let schema = |parameter: &Parameter| repository::is_schema(self.house, parameter);
            let give = |parameter: &Parameter| {
                if is_session(self.house, parameter) {
                    return None;
                }
                let is_data = schema(parameter) || is_mapping(parameter) || !std::mem::take(&mut first);
                Some(match is_data {
                    true => given_as(parameter, data, "exclude_unset=True", values),
                    false if is_key_name(&parameter.name) => self.key_of(item),
                    false => item.to_owned(),
                })
            };
            let extra = if takes_mapping(method) { &[] } else { values };
            let extra = extra.iter().map(|(name, value)| format!("{name}={value}"));
            let call = self.base_call_with(file, method, give, extra.collect());
            return if method.gives { Effect::Value(call) } else { Effect::Lines(Lines::sending(item, call)) };
        }
        if let Some(method) = self.base(Operation::Update).filter(|method| self.takes(method) == 1) {
            // The base stores a row that was changed already.
            let mut lines = self.assigned(item, data, values);
            lines.sent.line(self.stored(file, method, item));
            return Effect::Lines(lines);
        }
        if self.has_class() && self.keeps_session() {
            self.house.need(self.entity, Need::Update);
            let mut arguments = vec![(self.entity.names.snake.as_str(), item.to_owned()), ("data", data.to_owned())];
            arguments.extend(values.iter().map(|(name, value)| (name.as_str(), value.clone())));
            return Effect::Value(self.own_call(file, "update", &arguments, false));
        }
        let mut lines = self.assigned(item, data, values);
        self.persist(&mut lines);
        Effect::Lines(lines)
    }

    /// A row that was changed in memory.
    fn assigned(&self, item: &str, data: &str, values: &[(String, String)]) -> Lines {
        let mut lines = Lines::about(item);
        lines.before = repository::assignment(self.house, self.entity, item, data);
        for (name, value) in values {
            lines.before.line(format!("{item}.{name} = {value}"));
        }
        lines
    }

    /// Whether a `try` around what may break a constraint of this entity holds that statement alone.
    fn stores_alone(&self) -> bool {
        self.house.style.idioms.stores_alone.value
            && self.house.conflicts_attribute().is_none()
            && !repository::conflicts(self.house, self.entity).is_empty()
    }

    /// Whether a method changes a row as a schema says.
    pub(crate) fn updates_by_schema(&self) -> bool {
        match self.base(Operation::Update) {
            Some(method) => self.takes(method) > 1,
            None => self.has_class() && self.keeps_session(),
        }
    }

    /// Whether only repositories can store what was changed.
    pub(super) fn keeps_session(&self) -> bool {
        self.house.commits_at() == CommitPlace::Repository || self.house.service_hides_session()
    }

    /// Stores changes of a row that were made attribute by attribute.
    pub(crate) fn save(&self, file: &mut File, item: &str, values: &[(String, String)]) -> Effect {
        let mut lines = Lines::about(item);
        for (name, value) in values {
            lines.before.line(format!("{item}.{name} = {value}"));
        }
        if let Some(method) = self.base(Operation::Update).filter(|method| self.takes(method) == 1) {
            lines.sent.line(self.stored(file, method, item));
            return Effect::Lines(lines);
        }
        if self.has_class() && self.keeps_session() {
            self.house.need(self.entity, Need::Save);
            let call = self.own_call(file, "save", &[(self.entity.names.snake.as_str(), item.to_owned())], false);
            lines.sent.line(call);
            return Effect::Lines(lines);
        }
        self.persist(&mut lines);
        Effect::Lines(lines)
    }

    /// How many arguments a base method must be given beside the session.
    pub(super) fn takes(&self, method: &BaseMethod) -> usize {
        let must = |parameter: &&Parameter| {
            let variadic = matches!(parameter.kind, ParameterKind::Arguments | ParameterKind::KeywordArguments);
            !variadic && parameter.default.is_none() && !is_session(self.house, parameter)
        };
        method.method.parameters.iter().filter(must).count()
    }

    /// The call of a base method that stores a changed row.
    pub(super) fn stored(&self, file: &mut File, method: &BaseMethod, item: &str) -> String {
        let give = |parameter: &Parameter| (!is_session(self.house, parameter)).then(|| item.to_owned());
        self.base_call(file, method, give)
    }

    fn key_of(&self, item: &str) -> String {
        format!("{item}.{}", self.entity.id().map_or("id", |id| &id.name))
    }

    /// Deletes a row.
    pub(crate) fn delete(&self, file: &mut File, item: &str) -> Code {
        if let Some(method) = self.base(Operation::Delete) {
            let give = |parameter: &Parameter| (!is_session(self.house, parameter)).then(|| item.to_owned());
            return Code::of(self.base_call(file, method, give));
        }
        if let Some(method) = self.base(Operation::DeleteById) {
            let give = |parameter: &Parameter| (!is_session(self.house, parameter)).then(|| self.key_of(item));
            return Code::of(self.base_call(file, method, give));
        }
        if self.has_class() {
            self.house.need(self.entity, Need::Delete);
            return Code::of(self.own_call(
                file,
                "delete",
                &[(self.entity.names.snake.as_str(), item.to_owned())],
                false,
            ));
        }
        let session = self.session();
        let mut code = match self.house.mark(self.entity) {
            Some(mark) => {
                let value = deletion::value(self.house, file, self.entity, mark);
                Code::of(format!("{item}.{} = {value}", mark.column))
            }
            None => Code::of(self.house.wait(&format!("{session}.delete({item})"))),
        };
        code.line(self.house.wait(&format!("{session}.{}()", if self.commits_here() { "commit" } else { "flush" })));
        code
    }

    /// Statements that store a changed row, as far as this place is in charge of it.
    fn persist(&self, lines: &mut Lines) {
        let (session, item) = (self.session(), lines.variable.clone());
        if self.commits_at_once() {
            lines.before.line(format!("{session}.add({item})"));
            lines.sent.line(self.house.wait(&format!("{session}.commit()")));
            lines.after.line(self.house.wait(&format!("{session}.refresh({item})")));
        } else if self.house.commits_at() == CommitPlace::Dependency {
            lines.sent.line(self.house.wait(&format!("{session}.flush()")));
        }
    }
}

/// Whether a parameter takes a mapping and nothing else: `data: dict[str, Any]`.
pub(super) fn is_mapping(parameter: &Parameter) -> bool {
    let annotation = parameter.annotation.as_deref().unwrap_or_default();
    let outer = annotation.split('[').next().unwrap_or_default();
    let name = outer.rsplit('.').next().unwrap_or_default();
    ["dict", "Dict", "Mapping", "MutableMapping"].contains(&name) && !annotation.contains('|')
}

pub(super) fn takes_mapping(method: &BaseMethod) -> bool {
    let given =
        |parameter: &&Parameter| parameter.kind != ParameterKind::KeywordArguments && parameter.default.is_none();
    method.method.parameters.iter().filter(given).any(is_mapping)
}

/// What `data` says as a parameter takes it: the schema, or a mapping of its values with further ones.
pub(super) fn given_as(parameter: &Parameter, data: &str, options: &str, values: &[(String, String)]) -> String {
    if !is_mapping(parameter) {
        return data.to_owned();
    }
    let dumped = format!("{data}.model_dump({options})");
    let further: Vec<String> = values.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    if further.is_empty() { dumped } else { format!("{dumped} | {{{}}}", further.join(", ")) }
}

pub(super) fn takes_anything(method: &BaseMethod) -> bool {
    method.method.parameters.iter().any(|parameter| parameter.kind == ParameterKind::KeywordArguments)
}
