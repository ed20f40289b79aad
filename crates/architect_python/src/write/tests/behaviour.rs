//! What the endpoints do for whoever may use them.

use architect_model::{ColumnDesign, EntityDesign, FieldType, ListScope, Literal, OperationDesign, OperationKind};

use super::Tests;
use super::body::value;
use super::request::Key;
use crate::write::code::Code;
use crate::write::file::File;
use crate::write::relations::links_of;
use crate::write::schemas::ids_of;
use crate::write::select::{self, Listing};
use crate::write::text;

impl<'a> Tests<'a> {
    /// Create, read, change, delete.
    pub(super) fn life(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let actor = self.creator(entity)?;
        let variable = &entity.names.snake;
        let mut body = self.made(entity, actor, variable, &[]);
        let read = self.allowed(self.read(entity), actor);
        let update = self.allowed(self.update(entity), actor);
        let delete = self.allowed(self.delete(entity), actor);
        if read.is_none() && update.is_none() && delete.is_none() {
            return None;
        }
        if let Some((op, reader)) = read {
            let url = self.address(file, op, "");
            body.line(self.same(&format!("{}.json()", reader.requested("get", &url, &[])), variable));
        }
        if let (Some((op, changer)), Some((name, value))) = (update, self.change(entity)) {
            let url = self.address(file, op, "");
            let change = format!("json={{{}: {value}}}", text::string(&name));
            body.line(format!("response = {}", changer.request(&op.method, &url, &[change])));
            body.line("assert response.status_code == 200");
            body.line(compared(&format!("response.json()[{}]", text::string(&name)), &value));
            if let Some((op, reader)) = read {
                let url = self.address(file, op, "");
                let stored = format!("{}.json()", reader.requested("get", &url, &[]));
                body.line(match self.house.style.models.zoned_by_library {
                    true => format!("assert {stored} == response.json()"),
                    false => compared(&format!("{stored}[{}]", text::string(&name)), &value),
                });
            }
        }
        if let Some((op, remover)) = delete {
            let url = self.address(file, op, "");
            body.line(remover.refused("delete", &url, &[], self.deleted_status()));
            match read {
                Some((read, reader)) => {
                    let url = self.address(file, read, "");
                    body.line(reader.refused("get", &url, &[], 404));
                }
                None => {
                    body.line(remover.refused("delete", &url, &[], 404));
                }
            }
        }
        let mut actors = vec![actor];
        actors.extend([read, update, delete].into_iter().flatten().map(|(_, by)| by));
        actors.extend(self.makers(entity));
        Some(self.test(file, &format!("{}_from_creation_to_deletion", entity.names.snake), &actors, &body))
    }

    /// Newest first, or oldest first, and one page of it.
    pub(super) fn order(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let actor = self.creator(entity)?;
        let (op, reader) = self.allowed(self.list(entity), actor)?;
        let listing = Listing::of(&op.kind)?;
        let first = listing.order.first()?;
        let created = entity.column(&first.column)?.role == architect_model::ColumnRole::CreatedAt;
        let shared = self.house.shares_rows_of_tests() && listing.scope != ListScope::Parent;
        if !created
            || !listing.only.is_empty()
            || shared && !first.descending
            || listing.scope == ListScope::Parent && op.parameters.len() < self.keys(entity).len()
        {
            return None;
        }
        let [one, two] = self.two_values(entity);
        let mut body = self.made_before(entity, actor, "");
        body.add(&self.made_alone(entity, actor, "older", &one, ""));
        let second = if self.once_per_reference(entity) { "_of_newer" } else { "" };
        if !second.is_empty() {
            if listing.scope == ListScope::Parent
                || self.keys(entity).iter().any(|(_, other)| !other.uniques.is_empty())
            {
                return None;
            }
            body.add(&self.made_before(entity, actor, second));
        }
        body.add(&self.made_alone(entity, actor, "newer", &two, second));
        let url = self.address(file, op, "");
        let rows = self.rows();
        let [_, size] = self.house.page_parameters();
        let (top, next) = if first.descending { ("newer", "older") } else { ("older", "newer") };
        let page = format!("params={{\"{size}\": 2}}");
        body.line(format!("page = {}.json()", reader.requested("get", &url, &[page])));
        body.line(self.same_rows(&format!("page{rows}"), &[top, next]));
        let [start, _] = self.house.page_parameters();
        let second = if self.house.counts_pages() { 2 } else { 1 };
        body.line(format!("params = {{\"{start}\": {second}, \"{size}\": 1}}"));
        body.line(format!("page = {}.json()", reader.requested("get", &url, &["params=params".to_owned()])));
        body.line(self.same_rows(&format!("page{rows}"), &[next]));
        if let (Some(total), false) = (self.house.page_total(), shared) {
            body.line(format!("assert page[\"{total}\"] == 2"));
        }
        let word = if first.descending { "newest" } else { "oldest" };
        let mut actors = vec![actor, reader];
        actors.extend(self.makers(entity));
        Some(self.test(file, &format!("{}_are_listed_{word}_first", entity.names.snakes), &actors, &body))
    }

    /// Whether a unique constraint allows one row only for each row referred to.
    pub(super) fn once_per_reference(&self, entity: &EntityDesign) -> bool {
        let is_reference = |name: &String| entity.column(name).is_some_and(|column| column.reference.is_some());
        entity.uniques.iter().any(|unique| is_reference(&unique.subject))
    }

    /// Values that make two rows differ where a unique constraint demands it.
    pub(super) fn two_values(&self, entity: &EntityDesign) -> [Vec<String>; 2] {
        let unique = |column: &&ColumnDesign| {
            column.in_create && column.reference.is_none() && self.is_unique(entity, &column.name)
        };
        let columns: Vec<_> = entity.columns.iter().filter(unique).collect();
        [0, 1].map(|nth| {
            if self.house.shares_rows_of_tests() {
                return Vec::new();
            }
            columns.iter().filter_map(|column| Some(format!("{}={}", column.name, value(column, nth)?))).collect()
        })
    }

    /// One test for each filter.
    pub(super) fn filters(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let Some(actor) = self.creator(entity) else { return Vec::new() };
        let Some((op, reader)) = self.allowed(self.list(entity), actor) else { return Vec::new() };
        let Some(listing) = Listing::of(&op.kind) else { return Vec::new() };
        let mut codes = Vec::new();
        for name in listing.filters {
            if let Some(link) = select::link_of(self.house, entity, name) {
                codes.extend(self.linked_filter(file, entity, op, link));
                continue;
            }
            let Some(column) = entity.column(name).filter(|column| column.in_create && column.reference.is_none())
            else {
                continue;
            };
            if matches!(&column.ty, FieldType::Enum { values, .. } if values.len() < 2) {
                continue;
            }
            let (Some(other), Some(wanted)) = (value(column, 0), value(column, 1)) else { continue };
            let [mut one, mut two] = self.two_values(entity);
            one.retain(|item| !item.starts_with(&format!("{name}=")));
            two.retain(|item| !item.starts_with(&format!("{name}=")));
            one.push(format!("{name}={other}"));
            two.push(format!("{name}={wanted}"));
            let mut body = self.made_before(entity, actor, "");
            body.add(&self.made_alone(entity, actor, "", &one, ""));
            body.add(&self.made_alone(entity, actor, &entity.names.snake, &two, ""));
            let url = self.address(file, op, "");
            let sent = if wanted == "True" { "\"true\"".to_owned() } else { wanted.clone() };
            let page = format!("params={{{}: {sent}}}", text::string(name));
            body.line(format!("page = {}.json()", reader.requested("get", &url, &[page])));
            let rows = self.rows();
            let variable = &entity.names.snake;
            body.line(self.among(variable, &format!("page{rows}")));
            body.line(format!("assert {{row[{0}] for row in page{rows}}} == {{{wanted}}}", text::string(name)));
            let mut actors = vec![actor, reader];
            actors.extend(self.makers(entity));
            codes.push(self.test(file, &format!("{}_by_{name}", entity.names.snakes), &actors, &body));
        }
        codes
    }

    /// A filter by a linked row shows the rows that it is linked to, and no others.
    fn linked_filter(
        &self,
        file: &mut File,
        entity: &'a EntityDesign,
        op: &'a OperationDesign,
        link: &architect_model::LinkDesign,
    ) -> Option<Code> {
        let other = self.entity(&link.right.names.class)?;
        let (actor, maker) = (self.creator(entity)?, self.creator(other)?);
        let reader = self.may(&op.access, actor)?;
        let (variable, row) = (&entity.names.snake, &other.names.snake);
        if !self.can_create(other) || self.once_per_reference(entity) || variable == row {
            return None;
        }
        let mut body = self.made(other, maker, row, &[]);
        let [mut one, two] = self.two_values(entity);
        one.push(format!("{}=[{row}[\"id\"]]", ids_of(link)));
        body.add(&self.made_before(entity, actor, ""));
        body.add(&self.made_alone(entity, actor, variable, &one, ""));
        body.add(&self.made_alone(entity, actor, "", &two, ""));
        let url = self.address(file, op, "");
        let params = format!("params={{{}: {row}[\"id\"]}}", text::string(&link.right.column));
        body.line(format!("page = {}.json()", reader.requested("get", &url, &[params])));
        let rows = self.rows();
        body.line(format!("assert [row[\"id\"] for row in page{rows}] == [{variable}[\"id\"]]"));
        let mut actors = vec![actor, maker, reader];
        actors.extend(self.makers(entity));
        Some(self.test(file, &format!("{}_by_{}", entity.names.snakes, link.right.column), &actors, &body))
    }

    /// Null is refused where a column cannot hold it, and empties one that can.
    pub(super) fn nulls(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let actor = self.creator(entity)?;
        let (op, changer) = self.allowed(self.update(entity), actor)?;
        let columns: Vec<_> = entity.columns.iter().filter(|column| column.in_update).collect();
        let (empty, solid): (Vec<_>, Vec<_>) = columns.into_iter().partition(|column| column.nullable);
        if solid.is_empty() {
            return None;
        }
        let variable = &entity.names.snake;
        let filled = empty.iter().filter(|column| column.in_create && column.reference.is_none());
        let filled: Vec<(String, String)> =
            filled.filter_map(|column| Some((column.name.clone(), value(column, 0)?))).collect();
        let given: Vec<_> = filled.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut body = self.made(entity, actor, variable, &given);
        let url = self.address(file, op, "");
        body.line(format!("url = {url}"));
        let solid: Vec<&str> = solid.iter().map(|column| column.name.as_str()).collect();
        for_each(&mut body, &solid, |field| {
            let null = format!("json={{{field}: None}}");
            Code::of(changer.refused(&op.method, "url", &[null], 422))
        });
        let filled: Vec<&str> = filled.iter().map(|(name, _)| name.as_str()).collect();
        for_each(&mut body, &filled, |field| {
            let null = format!("json={{{field}: None}}");
            let mut empty = Code::of(format!("response = {}", changer.request(&op.method, "url", &[null])));
            empty.line(format!("assert response.json()[{field}] is None"));
            empty
        });
        let mut actors = vec![actor, changer];
        actors.extend(self.makers(entity));
        Some(self.test(file, &format!("{variable}_null_is_not_absent"), &actors, &body))
    }

    /// One test for each action.
    pub(super) fn actions(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let operations = self.router.operations.iter().filter(|op| op.entity == entity.names.class);
        let mut codes = Vec::new();
        for op in operations {
            let OperationKind::Set { values, when } = &op.kind else { continue };
            let Some(actor) = self.creator(entity) else { continue };
            let Some((op, doer)) = self.allowed(Some(op), actor) else { continue };
            let Some(given) = self.before(entity, when) else { continue };
            let mut body = self.made(entity, actor, &entity.names.snake, &given);
            let url = self.address(file, op, "");
            body.line(format!("response = {}", doer.request(&op.method, &url, &[])));
            body.line("assert response.status_code == 200");
            for (name, literal) in values {
                if let Some(expected) = json(literal) {
                    body.line(compared(&format!("response.json()[{}]", text::string(name)), &expected));
                }
            }
            if !when.is_empty()
                && when
                    .iter()
                    .any(|(name, allowed)| values.iter().any(|(set, value)| set == name && !allowed.contains(value)))
            {
                body.line(doer.refused(&op.method, &url, &[], 409));
            }
            let name = op.name.clone().unwrap_or_default();
            let mut actors = vec![actor, doer];
            actors.extend(self.makers(entity));
            codes.push(self.test(file, &name, &actors, &body));
        }
        codes
    }

    /// Values that a row must have before an action; none where clients cannot give them.
    fn before(&self, entity: &EntityDesign, when: &[(String, Vec<Literal>)]) -> Option<Vec<String>> {
        let mut given = Vec::new();
        for (name, allowed) in when {
            let column = entity.column(name)?;
            if column.default.as_ref().is_some_and(|default| allowed.contains(default)) {
                continue;
            }
            if !column.in_create {
                return None;
            }
            given.push(format!("{name}={}", json(allowed.first()?)?));
        }
        Some(given)
    }

    /// Linked rows: replaced as a whole, and only the caller's own.
    pub(super) fn links(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let links: Vec<_> = links_of(self.house, entity).collect();
        let mut codes = Vec::new();
        for link in links {
            codes.extend(self.link(file, entity, link));
            codes.extend(self.linking(file, entity, link));
        }
        codes
    }

    /// Linked and unlinked one by one, and never with what is somebody else's.
    fn linking(&self, file: &mut File, entity: &'a EntityDesign, link: &architect_model::LinkDesign) -> Option<Code> {
        let of_link = |kind: &OperationKind| match kind {
            OperationKind::Link { link: class } => *class == link.class,
            _ => false,
        };
        let of_unlink =
            |kind: &OperationKind| matches!(kind, OperationKind::Unlink { link: class } if *class == link.class);
        let of_list = |kind: &OperationKind| matches!(kind, OperationKind::ListLinked { link: class, .. } if *class == link.class);
        let other = self.entity(&link.right.names.class)?;
        let (actor, maker) = (self.creator(entity)?, self.creator(other)?);
        let (add, linker) = self.allowed(self.operation(entity, of_link), actor)?;
        let (remove, unlinker) = self.allowed(self.operation(entity, of_unlink), actor)?;
        let (list, reader) = self.allowed(self.operation(entity, of_list), actor)?;
        let (variable, row) = (&entity.names.snake, &other.names.snake);
        let mut body = self.made(other, maker, row, &[]);
        body.add(&self.made(entity, actor, variable, &[]));
        let with_row = |class: &str| match class == link.right.names.class {
            true => Key::Row(row),
            false => Key::Row(variable),
        };
        let (add_url, list_url) = (self.url(file, add, with_row), self.url(file, list, with_row));
        let remove_url = self.url(file, remove, with_row);
        for _ in 0..2 {
            body.line(linker.refused(&add.method, &add_url, &[], 204));
        }
        let rows = format!("{}.json(){}", reader.requested("get", &list_url, &[]), self.rows());
        body.line(self.same_rows(&rows, &[row]));
        let [_, two] = self.two_values(entity);
        body.add(&self.made_alone(entity, actor, "unlinked", &two, ""));
        let url = self.url(file, list, |_| Key::Row("unlinked"));
        body.line(format!("page = {}.json()", reader.requested("get", &url, &[])));
        body.line(format!("assert page{} == []", self.rows()));
        if let Some(total) = self.house.page_total() {
            body.line(format!("assert page[\"{total}\"] == 0"));
        }
        body.line(unlinker.refused(&remove.method, &remove_url, &[], 204));
        body.line(unlinker.refused(&remove.method, &remove_url, &[], 404));
        let mut actors = vec![actor, linker, unlinker, reader];
        if *maker != *actor {
            actors.push(maker);
        }
        if link.right.target.owner.is_owned() && *maker == self.actors.first && *actor == self.actors.first {
            let second = &self.actors.second;
            body.add(&self.made_before(entity, second, "_of_other"));
            body.add(&self.made_alone(entity, second, &format!("{variable}_of_other"), &[], "_of_other"));
            let strange = format!("{variable}_of_other");
            let url = self.url(file, add, |class| match class == link.right.names.class {
                true => Key::Row(row),
                false => Key::Row(&strange),
            });
            body.line(second.refused(&add.method, &url, &[], 404));
            actors.push(second);
        }
        Some(self.test(file, &format!("{variable}_is_linked_with_{}", link.field), &actors, &body))
    }

    fn link(&self, file: &mut File, entity: &'a EntityDesign, link: &architect_model::LinkDesign) -> Option<Code> {
        let other = self.entity(&link.right.names.class)?;
        let actor = self.creator(entity)?;
        let maker = self.creator(other)?;
        let (read, reader) = self.allowed(self.read(entity), actor)?;
        let (update, changer) = self.allowed(self.update(entity), actor)?;
        let (field, ids, snake) = (&link.field, ids_of(link), &entity.names.snake);
        // What is linked may belong to a row of the same entity, which then has the usual name.
        let variable = &if self.needs(other, &entity.names.class) { format!("linked_{snake}") } else { snake.clone() };
        let [one, two] = self.two_values(other);
        let mut body = self.made_before(other, maker, "");
        body.add(&self.made_alone(other, maker, "first", &one, ""));
        body.add(&self.made_alone(other, maker, "second", &two, ""));
        body.add(&self.made(entity, actor, variable, &[format!("{ids}=[first[\"id\"], second[\"id\"]]")]));
        let url = self.address_of(file, read, "", Some(variable));
        body.line(format!("url = {url}"));
        body.line(format!("{field} = {variable}[\"{field}\"]"));
        body.line(format!("assert {{row[\"id\"] for row in {field}}} == {{first[\"id\"], second[\"id\"]}}"));
        body.line(self.same(&format!("{}.json()", reader.requested("get", "url", &[])), variable));
        body.line(format!("change = {{\"{ids}\": [second[\"id\"]]}}"));
        body.line(format!("response = {}", changer.request(&update.method, "url", &["json=change".to_owned()])));
        body.line(self.same_rows(&format!("response.json()[\"{field}\"]"), &["second"]));
        let mut actors = vec![actor, reader, changer];
        if *maker != *actor {
            actors.push(maker);
        }
        Some(self.test(file, &format!("{snake}_has_{field}"), &actors, &body))
    }
}

/// The same statements for each field: in a loop where there are several.
fn for_each(body: &mut Code, fields: &[&str], statements: impl Fn(&str) -> Code) {
    match fields {
        [] => body,
        [only] => body.add(&statements(&text::string(only))),
        several => {
            let names = crate::write::code::strings("(", several.iter().copied(), ")");
            body.block(format!("for field in {names}:"), &statements("field"))
        }
    };
}

/// A literal as it stands in JSON, written in Python.
fn json(literal: &Literal) -> Option<String> {
    Some(match literal {
        Literal::Null => "None".to_owned(),
        Literal::Boolean(yes) => if *yes { "True" } else { "False" }.to_owned(),
        Literal::Integer(number) => number.to_string(),
        Literal::Text(words) => text::string(words),
        _ => return None,
    })
}

/// A comparison of a value with one that is written out.
pub(super) fn compared(left: &str, right: &str) -> String {
    let operator = if ["None", "True", "False"].contains(&right) { "is" } else { "==" };
    format!("assert {left} {operator} {right}")
}
