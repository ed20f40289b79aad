//! One test for each kind of request, where the house has it so.

use architect_model::EntityDesign;

use super::Tests;
use super::behaviour::compared;
use super::request::Key;
use crate::write::code::Code;
use crate::write::file::File;
use crate::write::names::filled;
use crate::write::text;

impl<'a> Tests<'a> {
    /// Whether the house tests each kind of request by itself.
    pub(super) fn tests_each_request(&self) -> bool {
        let names = &self.house.style.tests.names;
        let kinds = ["read", "update", "delete"];
        names.iter().filter(|(kind, _)| kinds.contains(&kind.as_str())).count() > 1
    }

    /// The house's name for a test of a kind of request; `otherwise` where it has none, or where a name that speaks of
    /// no entity would be given twice.
    pub(super) fn test_name(&self, entity: &EntityDesign, kind: &str, otherwise: &str) -> String {
        let known = self.house.style.tests.names.iter().find(|(known, _)| known == kind).map(|(_, name)| name.as_str());
        let is_alone = self.entities().len() == 1;
        filled(known.filter(|name| is_alone || name.contains('{')).unwrap_or(otherwise), &entity.names)
    }

    /// Tests that create, read, change and delete a row.
    pub(super) fn each_request(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let creates = self.house.style.tests.names.iter().any(|(kind, _)| kind == "create");
        let misses = self.house.style.tests.names.iter().any(|(kind, _)| kind == "missing");
        let mut codes = Vec::new();
        codes.extend(creates.then(|| self.creates(file, entity)).flatten());
        codes.extend(self.reads(file, entity));
        codes.extend(misses.then(|| self.misses(file, entity)).flatten());
        codes.extend(self.updates(file, entity));
        codes.extend(self.deletes(file, entity));
        codes
    }

    fn creates(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let actor = self.creator(entity)?;
        let op = self.create(entity)?;
        let json = self.constant_body(entity, &[])?;
        let sent = self.required(entity).into_iter().find(|item| !item.contains("uuid4()"));
        let mut body = self.made_before(entity, actor, "");
        let url = self.address(file, op, "");
        body.line(format!("response = {}", actor.request(&op.method, &url, &[json])));
        body.line(format!("assert response.status_code == {}", self.created()));
        if let Some((name, value)) = sent.as_deref().and_then(|item| item.split_once(": ")) {
            body.line(compared(&format!("response.json()[{name}]"), value));
        }
        let mut actors = vec![actor];
        actors.extend(self.makers(entity));
        Some(self.test(file, &self.test_name(entity, "create", "create_{entity}"), &actors, &body))
    }

    fn reads(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let actor = self.creator(entity)?;
        let (op, reader) = self.allowed(self.read(entity), actor)?;
        let variable = &entity.names.snake;
        let mut body = self.made(entity, actor, variable, &[]);
        let url = self.address(file, op, "");
        body.line(format!("response = {}", reader.request("get", &url, &[])));
        body.line("assert response.status_code == 200");
        body.line(self.same("response.json()", variable));
        let mut actors = vec![actor, reader];
        actors.extend(self.makers(entity));
        Some(self.test(file, &self.test_name(entity, "read", "read_{entity}"), &actors, &body))
    }

    fn misses(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let actor = self.creator(entity)?;
        let (op, reader) = self.allowed(self.read(entity), actor)?;
        let class = &entity.names.class;
        let mut body = self.made_before(entity, actor, "");
        let parents: Vec<_> = self.keys(entity).into_iter().map(|(_, other)| other).collect();
        let url = self.url(file, op, |of| match parents.iter().find(|parent| parent.names.class == of) {
            Some(parent) if of != class => Key::Row(&parent.names.snake),
            _ => Key::Expression("UNKNOWN"),
        });
        body.line(reader.refused("get", &url, &[], 404));
        let mut actors = vec![actor, reader];
        actors.extend(self.makers(entity));
        Some(self.test(file, &self.test_name(entity, "missing", "{entity}_not_found"), &actors, &body))
    }

    fn updates(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let actor = self.creator(entity)?;
        let (op, changer) = self.allowed(self.update(entity), actor)?;
        let (name, value) = self.change(entity)?;
        let mut body = self.made(entity, actor, &entity.names.snake, &[]);
        let url = self.address(file, op, "");
        let change = format!("json={{{}: {value}}}", text::string(&name));
        body.line(format!("response = {}", changer.request(&op.method, &url, &[change])));
        body.line("assert response.status_code == 200");
        body.line(compared(&format!("response.json()[{}]", text::string(&name)), &value));
        let read = self.allowed(self.read(entity), actor);
        let mut actors = vec![actor, changer];
        if let Some((read, reader)) = read {
            let url = self.address(file, read, "");
            let stored = format!("{}.json()", reader.requested("get", &url, &[]));
            body.line(compared(&format!("{stored}[{}]", text::string(&name)), &value));
            actors.push(reader);
        }
        actors.extend(self.makers(entity));
        Some(self.test(file, &self.test_name(entity, "update", "update_{entity}"), &actors, &body))
    }

    fn deletes(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let actor = self.creator(entity)?;
        let (op, remover) = self.allowed(self.delete(entity), actor)?;
        let mut body = self.made(entity, actor, &entity.names.snake, &[]);
        let url = self.address(file, op, "");
        body.line(remover.refused("delete", &url, &[], self.deleted_status()));
        let mut actors = vec![actor, remover];
        match self.allowed(self.read(entity), actor) {
            Some((read, reader)) => {
                let url = self.address(file, read, "");
                body.line(reader.refused("get", &url, &[], 404));
                actors.push(reader);
            }
            None => {
                body.line(remover.refused("delete", &url, &[], 404));
            }
        }
        actors.extend(self.makers(entity));
        Some(self.test(file, &self.test_name(entity, "delete", "delete_{entity}"), &actors, &body))
    }
}
