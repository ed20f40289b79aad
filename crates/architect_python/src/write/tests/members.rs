//! Groups: what their members may do with what the group owns, what only a role among them may, and who comes in.

use architect_model::{EndpointAccess, EntityDesign, ListScope, Membership, OperationDesign, OperationKind};

use super::Tests;
use super::request::Actor;
use crate::write::code::Code;
use crate::write::file::File;
use crate::write::select::Listing;
use crate::write::text;

impl<'a> Tests<'a> {
    /// Whether whoever makes a group has this role in it.
    pub(super) fn founds_as(&self, role: &str) -> bool {
        let entities = self.house.modules.iter().flat_map(|module| &module.entities);
        let existing = self.house.existing.iter().map(|one| &one.entity);
        let mut members = entities.chain(existing).filter_map(|entity| entity.owner.members.as_ref());
        members.any(|members| members.role.as_ref().is_some_and(|roles| roles.founder == role))
    }

    /// The group whose membership an entity is.
    pub(super) fn group_of(&self, entity: &EntityDesign) -> Option<&'a EntityDesign> {
        let members = entity.owner.members.as_ref()?;
        let is_it = members.step.class == entity.names.class;
        self.entity(&members.group).filter(|_| is_it)
    }

    /// The address that answers whoever asks with their own account.
    fn account(&self, file: &mut File) -> Option<String> {
        let (project, user) = (self.house.project, &self.house.style.user);
        let mounted = self.house.style.layout.registration.as_ref().map_or("", |one| one.mounted_at.as_str());
        let key = if user.id_attribute.is_empty() { "id" } else { user.id_attribute.as_str() };
        let found = project.endpoints.iter().find_map(|endpoint| {
            let path = endpoint.path.known()?;
            let handler = project.handlers.iter().find(|handler| handler.symbol == endpoint.handler)?;
            let answer = project.schemas.iter().find(|schema| Some(&schema.class) == handler.answer.as_ref())?;
            let is_one = endpoint.response.as_ref().is_some_and(|response| *response == answer.class.name);
            let is_account = handler.table == user.class && answer.fields.iter().any(|field| field.name == key);
            let asks_nothing = handler.parameters.iter().all(|one| handler.dependencies.contains(&one.name));
            let is_read = endpoint.methods.iter().any(|method| method == "GET") && !path.contains('{');
            let is_signed_in = matches!(endpoint.access, EndpointAccess::SignedIn { .. });
            (is_one && is_account && asks_nothing && is_read && is_signed_in).then(|| path.clone())
        })?;
        let path = found.strip_prefix(mounted).unwrap_or(&found).to_owned();
        Some(self.quoted(file, path, false))
    }

    /// The statement that puts the key of a user into `user_id`.
    fn key_of(&self, file: &mut File, actor: &Actor) -> Option<Code> {
        let url = self.account(file)?;
        let key = &self.house.style.user.id_attribute;
        let key = text::string(if key.is_empty() { "id" } else { key });
        Some(Code::of(format!("user_id = {}.json()[{key}]", actor.requested("get", &url, &[]))))
    }

    /// The operation that makes members, with its entity, where the first user may use it.
    fn joining(&self, members: &Membership) -> Option<(&'a EntityDesign, &'a OperationDesign)> {
        let entity = self.entity(&members.step.class)?;
        let op = self.create(entity)?;
        (self.may(&op.access, &self.actors.first) == Some(&self.actors.first)).then_some((entity, op))
    }

    /// The body that makes the user in `user_id` a member with a role.
    fn member_body(&self, members: &Membership, role: Option<&str>) -> Option<String> {
        let (entity, op) = self.joining(members)?;
        let user = entity.owner.user_column.as_ref()?;
        let column = members.role.as_ref().map(|roles| text::string(&roles.column));
        let is_role = |item: &String| column.as_ref().is_some_and(|column| item.starts_with(&format!("{column}:")));
        let mut items: Vec<String> = self.required(entity).into_iter().filter(|item| !is_role(item)).collect();
        if op.parameters.is_empty() {
            let group = heck::ToSnakeCase::to_snake_case(members.group.as_str());
            items.push(format!("{}: {group}[\"id\"]", text::string(&members.step.key)));
        }
        items.push(format!("{}: user_id", text::string(user)));
        items.extend(column.zip(role).map(|(column, role)| format!("{column}: {}", text::string(role))));
        Some(format!("json={{{}}}", items.join(", ")))
    }

    /// A role that no operation asks for and that whoever makes a group does not have.
    fn plain_role(&self, members: &'a Membership) -> Option<&'a str> {
        let roles = members.role.as_ref()?;
        let operations =
            || self.house.modules.iter().flat_map(|module| &module.routers).flat_map(|one| &one.operations);
        let is_asked = |nth: usize| operations().any(|op| op.access.member_role() == Some(nth));
        let mut plain =
            roles.values.iter().enumerate().filter(|(nth, role)| **role != roles.founder && !is_asked(*nth));
        plain.next().map(|(_, role)| role.as_str())
    }

    /// The second user becomes a member of the group of the first one.
    fn join(&self, file: &mut File, members: &'a Membership) -> Option<Code> {
        let role = self.plain_role(members);
        if members.role.is_some() && role.is_none() {
            return None;
        }
        let (_, op) = self.joining(members)?;
        let mut body = self.key_of(file, &self.actors.second)?;
        let url = self.address(file, op, "");
        let json = self.member_body(members, role)?;
        body.line(self.actors.first.refused(&op.method, &url, &[json], self.created()));
        Some(body)
    }

    /// What a group owns is there for all of its members, but for what needs a role.
    pub(super) fn shared_with_members(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let members = entity.owner.members.as_ref()?;
        let (first, second) = (&self.actors.first, &self.actors.second);
        if self.creator(entity) != Some(first) {
            return None;
        }
        let variable = &entity.names.snake;
        let mut body = self.made(entity, first, variable, &[]);
        body.add(&self.join(file, members)?);
        let operations: Vec<&OperationDesign> = self.owners(entity);
        for op in operations.iter().filter(|op| op.access.member_role().is_none()) {
            self.may_read(file, entity, op, second, &mut body);
        }
        for op in operations.iter().filter(|op| op.access.member_role().is_some()) {
            self.needs_role(file, entity, op, members, &mut body);
        }
        let update = self.update(entity).filter(|op| op.access == architect_model::AccessDesign::Owner);
        if let (Some(op), Some((name, value))) = (update, self.change(entity)) {
            let url = self.address(file, op, "");
            let change = format!("json={{{}: {value}}}", text::string(&name));
            body.line(second.refused(&op.method, &url, &[change], 200));
        }
        let mut actors = vec![first, second];
        actors.extend(self.makers(entity));
        Some(self.test(file, &format!("{variable}_is_shared_with_members"), &actors, &body))
    }

    /// A member sees the row, alone and in lists.
    fn may_read(&self, file: &mut File, entity: &EntityDesign, op: &OperationDesign, member: &Actor, body: &mut Code) {
        let variable = &entity.names.snake;
        match &op.kind {
            OperationKind::Read => {
                let url = self.address(file, op, "");
                body.line(self.same(&format!("{}.json()", member.requested("get", &url, &[])), variable));
            }
            OperationKind::List { scope: ListScope::Owner | ListScope::Parent, .. }
                if Listing::of(&op.kind).is_some_and(|listing| listing.only.is_empty()) =>
            {
                let url = self.address(file, op, "");
                body.line(format!("page = {}.json()", member.requested("get", &url, &[])));
                body.line(self.among(variable, &format!("page{}", self.rows())));
            }
            _ => {}
        }
    }

    /// A member without the role is refused, or sees nothing.
    fn needs_role(
        &self,
        file: &mut File,
        entity: &'a EntityDesign,
        op: &OperationDesign,
        members: &Membership,
        body: &mut Code,
    ) {
        let member = &self.actors.second;
        let url = self.address(file, op, "");
        if matches!(op.kind, OperationKind::List { scope: ListScope::Owner, .. }) {
            return self.not_listed(entity, member, &url, body);
        }
        let extra = match op.kind {
            OperationKind::Create if members.step.class == entity.names.class => {
                self.member_body(members, self.plain_role(members)).into_iter().collect()
            }
            _ => self.body_of(entity, op),
        };
        body.line(member.refused(&op.method, &url, &extra, 403));
    }

    /// Tests of a membership: in and out, and that nobody brings themselves in.
    pub(super) fn membership(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let Some(members) = entity.owner.members.as_ref() else { return Vec::new() };
        let Some(group) = self.group_of(entity) else { return Vec::new() };
        if self.creator(group) != Some(&self.actors.first) || !self.can_create(group) || self.joining(members).is_none()
        {
            return self.without_role(file, entity).into_iter().collect();
        }
        let mut codes: Vec<Code> = self.comes_and_goes(file, entity, group).into_iter().collect();
        codes.extend(self.strange_membership(file, entity, group));
        codes.extend(self.without_power(file, entity, group));
        codes
    }

    /// Statements that make a group and the second user its member, in the variable of the membership.
    fn joined(&self, file: &mut File, entity: &'a EntityDesign, group: &'a EntityDesign) -> Option<Code> {
        let members = entity.owner.members.as_ref()?;
        let (_, op) = self.joining(members)?;
        let mut body = self.made(group, &self.actors.first, &group.names.snake, &[]);
        body.add(&self.key_of(file, &self.actors.second)?);
        let url = self.address(file, op, "");
        let role = self.plain_role(members).or_else(|| members.role.as_ref().map(|roles| roles.founder.as_str()));
        let json = self.member_body(members, role)?;
        body.line(format!("response = {}", self.actors.first.request(&op.method, &url, std::slice::from_ref(&json))));
        body.line(format!("assert response.status_code == {}", self.created()));
        body.line(format!("{} = response.json()", entity.names.snake));
        Some(body)
    }

    fn comes_and_goes(&self, file: &mut File, entity: &'a EntityDesign, group: &'a EntityDesign) -> Option<Code> {
        let members = entity.owner.members.as_ref()?;
        let (first, second) = (&self.actors.first, &self.actors.second);
        let variable = &entity.names.snake;
        let mut body = self.joined(file, entity, group)?;
        let (_, create) = self.joining(members)?;
        let url = self.address(file, create, "");
        let role = self.plain_role(members).or_else(|| members.role.as_ref().map(|roles| roles.founder.as_str()));
        let json = self.member_body(members, role)?;
        body.line(first.refused(&create.method, &url, &[json], self.house.taken_status()));
        if let Some((op, reader)) = self.allowed(self.read(entity), first) {
            let url = self.address(file, op, "");
            body.line(self.same(&format!("{}.json()", reader.requested("get", &url, &[])), variable));
        }
        if let Some((op, reader)) = self.allowed(self.list(entity), first) {
            let url = self.address(file, op, "");
            body.line(format!("page = {}.json()", reader.requested("get", &url, &[])));
            body.line(self.among(variable, &format!("page{}", self.rows())));
        }
        let update = self.allowed(self.update(entity), first);
        if let (Some((op, changer)), Some((name, value))) = (update, self.change(entity)) {
            let url = self.address(file, op, "");
            let change = format!("json={{{}: {value}}}", text::string(&name));
            body.line(changer.refused(&op.method, &url, &[change], 200));
        }
        let read = self.read(group).filter(|op| op.access.is_owner());
        if let Some((op, remover)) = self.allowed(self.delete(entity), first) {
            let seen = read.map(|op| self.address(file, op, ""));
            let url = self.address(file, op, "");
            body.line(remover.refused("delete", &url, &[], self.deleted_status()));
            if let Some(seen) = seen {
                body.line(second.refused("get", &seen, &[], self.denied()));
            }
        }
        Some(self.test(file, &format!("{variable}_from_creation_to_deletion"), &[first, second], &body))
    }

    /// Who is no member sees no members, and makes none of themselves.
    fn strange_membership(&self, file: &mut File, entity: &'a EntityDesign, group: &'a EntityDesign) -> Option<Code> {
        let members = entity.owner.members.as_ref()?;
        let (first, second) = (&self.actors.first, &self.actors.second);
        let list = self.list(entity).filter(|op| op.access.is_owner() && self.may(&op.access, first) == Some(first))?;
        let variable = &entity.names.snake;
        let mut body = self.made(group, first, &group.names.snake, &[]);
        let url = self.address(file, list, "");
        body.line(format!("page = {}.json()", first.requested("get", &url, &[])));
        let key = text::string(&members.step.key);
        let (rows, shown) = (self.rows(), entity.column(&members.step.key).is_some_and(|column| column.in_output));
        let of_group = if shown { format!(" if row[{key}] == {}[\"id\"]", group.names.snake) } else { String::new() };
        body.line(format!("[{variable}] = [row for row in page{rows}{of_group}]"));
        body.add(&self.key_of(file, second)?);
        for op in self.owners(entity) {
            let url = self.address(file, op, "");
            let extra: Vec<String> = match op.kind {
                OperationKind::Create => self.member_body(members, self.plain_role(members)).into_iter().collect(),
                _ => self.body_of(entity, op),
            };
            if matches!(op.kind, OperationKind::List { scope: ListScope::Owner, .. }) {
                self.not_listed(entity, second, &url, &mut body);
                continue;
            }
            let status = if op.parameters.is_empty() { self.refused_reference() } else { self.denied() };
            body.line(second.refused(&op.method, &url, &extra, status));
        }
        let name = self.test_name(entity, "stranger", "{entity}_of_somebody_else");
        Some(self.test(file, &name, &[first, second], &body))
    }

    /// A member without the role changes no members.
    fn without_power(&self, file: &mut File, entity: &'a EntityDesign, group: &'a EntityDesign) -> Option<Code> {
        let members = entity.owner.members.as_ref()?;
        self.plain_role(members)?;
        let operations: Vec<&OperationDesign> = self.owners(entity);
        if operations.iter().all(|op| op.access.member_role().is_none()) {
            return None;
        }
        let mut body = self.joined(file, entity, group)?;
        for op in operations.iter().filter(|op| op.access.member_role().is_none()) {
            self.may_read(file, entity, op, &self.actors.second, &mut body);
        }
        for op in operations.iter().filter(|op| op.access.member_role().is_some()) {
            self.needs_role(file, entity, op, members, &mut body);
        }
        let name = format!("{}_is_kept_by_roles", entity.names.snake);
        Some(self.test(file, &name, &[&self.actors.first, &self.actors.second], &body))
    }
}
