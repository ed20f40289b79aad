//! Groups: made together with their first membership, so that nobody's group is ever stored.

use architect_model::{CommitPlace, EntityDesign, Operation, ParameterKind};

use super::methods::Method;
use super::{base_method, function_body, statements};
use crate::write::code::{Code, call};
use crate::write::file::File;
use crate::write::house::House;
use crate::write::store::{Lines, is_session};
use crate::write::values;

/// The method that makes a group.
pub(crate) const FOUND: &str = "create_with_member";

/// What names the first member of a group, and the row that says so of the group in the variable `group`.
pub(crate) fn founding(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    founder: &str,
) -> Option<(String, String)> {
    let members = entity.owner.group()?;
    let user = entity.owner.user_column.clone()?;
    let step = &members.step;
    let class = file.symbol(&house.class_at(&step.class, step.existing.as_ref(), step.module.as_deref()));
    let key = entity.id().map_or("id", |id| id.name.as_str());
    let mut arguments = vec![format!("{}={}.{key}", step.key, entity.names.snake), format!("{user}={founder}")];
    if let Some(roles) = &members.role {
        arguments.push(format!("{}={}", roles.column, house.role_value(file, members, &roles.founder)));
    }
    Some((user, call(&class, &arguments)))
}

/// Statements that insert a group and its first membership at once.
#[expect(clippy::too_many_arguments, reason = "each is a name or value of the statements")]
pub(crate) fn founded(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    session: &str,
    variable: &str,
    data: &str,
    values: &[(String, String)],
    founder: &str,
    commits: bool,
) -> Lines {
    let mut lines = Lines::about(variable);
    lines.before.line(format!("{variable} = {}", statements::row(house, file, entity, data, values)));
    lines.before.line(format!("{session}.add({variable})"));
    lines.sent.line(house.wait(&format!("{session}.flush()")));
    if let Some((_, row)) = founding(house, file, entity, founder) {
        lines.sent.line(format!(
            "{session}.add({})",
            row.replace(&format!("={}.", entity.names.snake), &format!("={variable}."))
        ));
    }
    lines.sent.line(house.wait(&format!("{session}.{}()", if commits { "commit" } else { "flush" })));
    if commits {
        lines.after.line(house.wait(&format!("{session}.refresh({variable})")));
    }
    lines
}

impl Method<'_> {
    /// The method that makes a group with its first member.
    pub(super) fn found_group(&self, file: &mut File) -> Code {
        let (house, entity) = (self.house, self.entity);
        let Some(schema) = &entity.schemas.create_class else { return Code::new() };
        let Some((user, _)) = founding(house, file, entity, "") else { return Code::new() };
        let schema = file.symbol(&house.schema(entity, schema));
        let data = function_body(house, entity);
        let (mut parameters, values) = self.extra(file);
        parameters.push(format!("{user}: {}", values::key(file, house.style.user.id)));
        let variable = &entity.names.snake;
        let mut body = match self.made_by_base(file, &data, &values) {
            Some(made) => {
                let mut body = Code::of(format!("{variable} = {made}"));
                if let Some((_, row)) = founding(house, file, entity, &user) {
                    body.line(format!("{}.add({row})", self.session()));
                }
                body.line(house.wait(if house.base_flushes() { "self.flush()" } else { "self.session.flush()" }));
                body
            }
            None => {
                let commits = house.commits_at() == CommitPlace::Repository;
                founded(house, file, entity, &self.session(), variable, &data, &values, &user, commits).all()
            }
        };
        body.line(format!("return {variable}"));
        let returns = file.symbol(&house.model(entity));
        self.function(file, FOUND, vec![format!("{data}: {schema}")], parameters, returns, body)
    }

    /// The row as the base class makes it, where that does not commit.
    fn made_by_base(&self, file: &mut File, data: &str, values: &[(String, String)]) -> Option<String> {
        let house = self.house;
        if house.commits_at() == CommitPlace::Repository || house.session_in_calls() {
            return None;
        }
        let takes_more = |base: &&architect_model::BaseMethod| {
            let mut parameters = base.method.parameters.iter();
            values.is_empty() || parameters.any(|one| one.kind == ParameterKind::KeywordArguments)
        };
        let create = base_method(house, Operation::Create).filter(|base| base.gives && base.model_parameter.is_none());
        let (base, value) = match create.filter(takes_more) {
            Some(base) => (base, data.to_owned()),
            None => {
                let base = base_method(house, Operation::Add)?;
                (base, statements::row(house, file, self.entity, data, values))
            }
        };
        let is_add = !std::ptr::eq(base_method(house, Operation::Create).unwrap_or(base), base) || create.is_none();
        let must = base.method.parameters.iter().filter(|parameter| {
            let variadic = matches!(parameter.kind, ParameterKind::Arguments | ParameterKind::KeywordArguments);
            !variadic && parameter.default.is_none() && !is_session(house, parameter)
        });
        let mut arguments: Vec<String> = must
            .map(|parameter| match parameter.kind {
                ParameterKind::KeywordOnly => format!("{}={value}", parameter.name),
                _ => value.clone(),
            })
            .collect();
        if arguments.len() != 1 || !base.gives {
            return None;
        }
        if !is_add {
            arguments.extend(values.iter().map(|(name, value)| format!("{name}={value}")));
        }
        let call = call(&format!("self.{}", base.method.name), &arguments);
        Some(if base.method.is_async { format!("await {call}") } else { call })
    }
}
