//! That nobody reaches what is somebody else's: not by reading, changing, listing, nor by attaching to it.

use architect_model::{AccessDesign, EntityDesign, IdKind, ListScope, OperationDesign, OperationKind, ParameterRole};

use super::Tests;
use super::request::{Actor, Key};
use crate::write::code::Code;
use crate::write::file::File;
use crate::write::relations::links_of;
use crate::write::schemas::ids_of;
use crate::write::select::Listing;
use crate::write::text;

impl<'a> Tests<'a> {
    /// Every operation that is not public asks who is there.
    pub(super) fn sign_in(&self, file: &mut File) -> Code {
        let Some(nobody) = &self.actors.nobody else { return Code::new() };
        let guarded: Vec<&OperationDesign> =
            self.router.operations.iter().filter(|op| op.access != AccessDesign::Public).collect();
        if guarded.is_empty() {
            return Code::new();
        }
        let pytest = file.module("pytest");
        let mut cases = Vec::new();
        for op in guarded {
            let url = self.url(file, op, |_| Key::Expression("UNKNOWN"));
            cases.push(format!("(\"{}\", {url})", op.method));
        }
        let mut parameters = nobody.parameters(file);
        parameters.extend(["method: str".to_owned(), "url: str".to_owned()]);
        let request = format!("{}.request(method, url)", nobody.client);
        let request = if self.house.style.tests.is_async.value { format!("(await {request})") } else { request };
        let statuses = if self.house.style.tests.expects_401 { "== 401" } else { "in (401, 403)" };
        let body = Code::of(format!("assert {request}.status_code {statuses}"));
        let mut code = Code::of(format!("@{pytest}.mark.parametrize((\"method\", \"url\"), [{}])", cases.join(", ")));
        code.add(&self.function(
            file,
            &format!("test_sign_in_is_required_for_{}", self.router.names.snakes),
            parameters,
            &body,
        ));
        code
    }

    /// The operations on one row that its owner alone may use.
    pub(super) fn owners(&self, entity: &EntityDesign) -> Vec<&'a OperationDesign> {
        let routers = self.house.modules.iter().flat_map(|module| &module.routers);
        let operations = routers.flat_map(|router| &router.operations);
        let is_own = |op: &&OperationDesign| op.entity == entity.names.class && op.access.is_owner();
        operations.filter(|op| is_own(op) && op.within().is_none()).collect()
    }

    /// What is mine cannot be seen, listed, changed or deleted by another.
    pub(super) fn somebody_else(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let owner = self.creator(entity)?;
        let operations = self.owners(entity);
        if !entity.owner.is_owned() || operations.is_empty() || *owner != self.actors.first {
            return None;
        }
        let other = &self.actors.second;
        let variable = &entity.names.snake;
        let mut body = self.made(entity, owner, variable, &[]);
        for op in operations.iter().filter(|op| op.item().is_none()) {
            self.refuse_above(file, entity, op, other, &mut body);
        }
        let rows: Vec<_> = operations.iter().filter(|op| op.item().is_some()).copied().collect();
        for op in &rows {
            let url = self.address(file, op, "");
            let extra = self.body_of(entity, op);
            body.line(other.refused(&op.method, &url, &extra, self.denied()));
        }
        self.through_own_parent(file, entity, &rows, &mut body);
        if let Some(op) = self.read(entity).filter(|op| op.access.is_owner()) {
            let url = self.address(file, op, "");
            body.line(self.same(&format!("{}.json()", owner.requested("get", &url, &[])), variable));
        }
        let mut actors = vec![owner, other];
        actors.extend(self.makers(entity));
        let name = self.test_name(entity, "stranger", "{entity}_of_somebody_else");
        Some(self.test(file, &name, &actors, &body))
    }

    /// Lists and creations: through somebody else's parent they are refused, without one nothing is shown.
    fn refuse_above(
        &self,
        file: &mut File,
        entity: &'a EntityDesign,
        op: &'a OperationDesign,
        other: &Actor,
        body: &mut Code,
    ) {
        if !op.parameters.is_empty() {
            let url = self.address(file, op, "");
            let extra = self.body_of(entity, op);
            body.line(other.refused(&op.method, &url, &extra, self.denied()));
            return;
        }
        match &op.kind {
            OperationKind::List { scope: ListScope::Owner, .. } => {
                let url = self.address(file, op, "");
                self.not_listed(entity, other, &url, body);
            }
            OperationKind::Create if self.takes_owned(entity) => {
                let url = self.address(file, op, "");
                let extra = self.body_beside(entity, op);
                body.line(other.refused(&op.method, &url, &extra, self.refused_reference()));
            }
            _ => {}
        }
    }

    /// Whether creation needs a row in the body that must be the caller's own.
    fn takes_owned(&self, entity: &EntityDesign) -> bool {
        let is_owned = |column: &architect_model::ColumnDesign| {
            column.reference.as_ref().is_some_and(|reference| reference.check == architect_model::ReferenceCheck::Own)
        };
        entity.columns.iter().any(|column| column.required_in_create() && is_owned(column))
    }

    /// A list that shows neither the row nor that there is one more.
    pub(super) fn not_listed(&self, entity: &EntityDesign, other: &Actor, url: &str, body: &mut Code) {
        let rows = self.rows();
        body.line(format!("page = {}.json()", other.requested("get", url, &[])));
        body.line(format!("assert {}[\"id\"] not in [row[\"id\"] for row in page{rows}]", entity.names.snake));
        if let Some(total) = self.house.page_total() {
            body.line(format!("assert page[\"{total}\"] == len(page{rows})"));
        }
    }

    /// The status for a reference in a body that the caller may not make.
    pub(super) fn refused_reference(&self) -> u16 {
        if self.house.style.errors.as_conflict.is_some() { 409 } else { self.denied() }
    }

    /// A stranger's own parent does not lead to the row either.
    fn through_own_parent(
        &self,
        file: &mut File,
        entity: &'a EntityDesign,
        rows: &[&'a OperationDesign],
        body: &mut Code,
    ) {
        let nested: Vec<_> = rows
            .iter()
            .filter(|op| op.parameters.iter().any(|parameter| parameter.role == ParameterRole::Ancestor))
            .collect();
        let list = self.list(entity).filter(|op| {
            matches!(op.kind, OperationKind::List { scope: ListScope::Parent, .. }) && op.access.is_owner()
        });
        if nested.is_empty() && list.is_none() {
            return;
        }
        let used = list.iter().chain(nested.iter().copied());
        let classes: Vec<&str> = used
            .flat_map(|op| op.parameters.iter().filter(|parameter| parameter.class != op.entity))
            .map(|parameter| parameter.class.as_str())
            .collect();
        body.add(&self.made_of(entity, &classes, &self.actors.second, "_of_other"));
        if let Some(op) = list {
            let url = self.address(file, op, "_of_other");
            self.not_listed(entity, &self.actors.second, &url, body);
        }
        for op in nested {
            let url = self.address(file, op, "_of_other");
            let extra = self.body_of(entity, op);
            body.line(self.actors.second.refused(&op.method, &url, &extra, 404));
        }
    }

    /// The keys of rows that a body names, as items: those that the path does not name.
    pub(super) fn keys_in_body(&self, entity: &'a EntityDesign, op: &OperationDesign) -> Vec<String> {
        let keys = self.keys(entity);
        let behind = keys.iter().skip(op.parameters.len());
        behind.map(|(key, other)| format!("{}: {}[\"id\"]", text::string(key), other.names.snake)).collect()
    }

    /// A valid body for an operation.
    pub(super) fn body_of(&self, entity: &'a EntityDesign, op: &OperationDesign) -> Vec<String> {
        let items = match op.kind {
            OperationKind::Create if self.by_fixture() => {
                return self.constant_body(entity, &[]).into_iter().collect();
            }
            OperationKind::Create => {
                let mut items = self.required(entity);
                items.extend(self.keys_in_body(entity, op));
                items
            }
            OperationKind::Update => self
                .change(entity)
                .into_iter()
                .map(|(name, value)| format!("{}: {value}", text::string(&name)))
                .collect(),
            _ => return Vec::new(),
        };
        vec![format!("json={{{}}}", items.join(", "))]
    }

    /// A valid body for a creation that takes no value of the row that is there already.
    fn body_beside(&self, entity: &'a EntityDesign, op: &OperationDesign) -> Vec<String> {
        let [_, values] = self.two_values(entity);
        if self.by_fixture() {
            return self.constant_body(entity, &values).into_iter().collect();
        }
        let mut body = self.body_of(entity, op);
        for (name, value) in values.iter().filter_map(|value| value.split_once('=')) {
            let key = format!("{}: ", text::string(name));
            let items = self.required(entity);
            if let (Some(item), Some(json)) = (items.iter().find(|item| item.starts_with(&key)), body.first_mut()) {
                *json = json.replace(item, &format!("{key}{value}"));
            }
        }
        body
    }

    /// What only a role may do is refused to others, and what is public is shown to everybody.
    pub(super) fn guarded(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let mut codes = Vec::new();
        let Some(maker) = self.creator(entity) else { return codes };
        let operations: Vec<_> = self.router.operations.iter().filter(|op| op.entity == entity.names.class).collect();
        let guarded = |op: &&&OperationDesign| matches!(op.access, AccessDesign::Superuser | AccessDesign::Role { .. });
        let role: Vec<_> = operations.iter().filter(guarded).copied().collect();
        let variable = &entity.names.snake;
        let role: Vec<_> = role.into_iter().filter(|op| !self.house.has_by_default(&op.access)).collect();
        if !role.is_empty() {
            let mut body = match role.iter().any(|op| op.item().is_some()) {
                true => self.made(entity, maker, variable, &[]),
                false => self.made_before(entity, maker, ""),
            };
            for op in role {
                let url = self.address(file, op, "");
                let extra = self.body_of(entity, op);
                body.line(self.actors.first.refused(&op.method, &url, &extra, 403));
            }
            let mut actors = vec![maker];
            actors.push(&self.actors.first);
            actors.extend(self.makers(entity));
            codes.push(self.test(file, &format!("{variable}_is_refused_to_others"), &actors, &body));
        }
        let is_public =
            |op: &&&OperationDesign| op.access == AccessDesign::Public && op.method == "GET" && op.within().is_none();
        let public: Vec<_> = operations.iter().filter(is_public).copied().collect();
        if let (Some(nobody), false) = (&self.actors.nobody, public.is_empty()) {
            let mut body = self.made(entity, maker, variable, &[]);
            for op in public {
                let url = self.address(file, op, "");
                let answer = format!("{}.json()", nobody.requested("get", &url, &[]));
                match Listing::of(&op.kind) {
                    Some(listing) if listing.only.is_empty() => {
                        body.line(self.among(variable, &format!("{answer}{}", self.rows())))
                    }
                    Some(_) => &mut body,
                    None => body.line(self.same(&answer, variable)),
                };
            }
            codes.push(self.test(file, &format!("{variable}_is_read_by_everybody"), &[nobody, maker], &body));
        }
        codes
    }

    /// What only a role may do is refused to others, where no test can make a row: the role is asked for first.
    pub(super) fn without_role(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let guarded = |op: &&OperationDesign| {
            matches!(op.access, AccessDesign::Superuser | AccessDesign::Role { .. })
                && op.entity == entity.names.class
                && !self.house.has_by_default(&op.access)
        };
        let mut body = Code::new();
        for op in self.router.operations.iter().filter(guarded) {
            let Some(extra) = self.body_without_rows(entity, op) else { continue };
            let url = self.url(file, op, |_| Key::Expression("UNKNOWN"));
            body.line(self.actors.first.refused(&op.method, &url, &extra, 403));
        }
        let name = format!("{}_is_refused_without_role", entity.names.snake);
        (!body.is_empty()).then(|| self.test(file, &name, &[&self.actors.first], &body))
    }

    /// A valid body whose references lead to no row; none where no value can be made up.
    fn body_without_rows(&self, entity: &'a EntityDesign, op: &OperationDesign) -> Option<Vec<String>> {
        if !matches!(op.kind, OperationKind::Create) {
            return Some(self.body_of(entity, op));
        }
        let in_path = |class: &str| op.parameters.iter().any(|parameter| parameter.class == class);
        let mut items = Vec::new();
        for column in entity.columns.iter().filter(|column| column.required_in_create()) {
            let value = match &column.reference {
                Some(reference) if in_path(&reference.target.class) => continue,
                Some(_) if column.id == Some(IdKind::Uuid) => "str(UNKNOWN)".to_owned(),
                Some(_) => "UNKNOWN".to_owned(),
                None => self.fresh(entity, column)?,
            };
            items.push(format!("{}: {value}", text::string(&column.name)));
        }
        Some(vec![format!("json={{{}}}", items.join(", "))])
    }

    /// Rows of others cannot be referred to.
    pub(super) fn references(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let mut codes = Vec::new();
        for column in self.owned_references(entity) {
            let Some(reference) = &column.reference else { continue };
            if self.keys(entity).iter().any(|(name, _)| *name == column.name)
                && column.required_in_create()
                && !column.in_update
            {
                continue;
            }
            let Some(target) = self.entity(&reference.target.class) else { continue };
            if self.creator(target) != Some(&self.actors.first) {
                continue;
            }
            let mut before = self.made_before(target, &self.actors.first, "_of_other");
            before.add(&self.made_alone(target, &self.actors.first, "strange", &[], "_of_other"));
            let status = self.refused_reference();
            codes.extend(self.attached(file, entity, &column.name, "strange[\"id\"]", status, &before));
        }
        for link in links_of(self.house, entity).collect::<Vec<_>>() {
            let Some(target) = self.entity(&link.right.names.class) else { continue };
            if !target.owner.is_owned() || self.creator(target) != Some(&self.actors.first) {
                continue;
            }
            let mut before = self.made_before(target, &self.actors.first, "_of_other");
            before.add(&self.made_alone(target, &self.actors.first, "strange", &[], "_of_other"));
            // Several rows are looked for among the caller's own: the others are not there.
            let status = if self.house.style.errors.as_conflict.is_some() { 409 } else { 404 };
            codes.extend(self.attached(file, entity, &ids_of(link), "[strange[\"id\"]]", status, &before));
        }
        codes
    }

    /// The second user may not set the field `name` to `strange`, neither at creation nor later.
    fn attached(
        &self,
        file: &mut File,
        entity: &'a EntityDesign,
        name: &str,
        strange: &str,
        status: u16,
        before: &Code,
    ) -> Option<Code> {
        let other = &self.actors.second;
        if self.creator(entity) != Some(&self.actors.first) {
            return None;
        }
        let create = self.create(entity)?;
        let quoted = text::string(name);
        let variable = &entity.names.snake;
        let mut body = before.clone();
        // Before the row itself is there, which may be unique by what the refused one has too.
        body.add(&self.made_before(entity, other, ""));
        body.line(format!("change = {{{quoted}: {strange}}}"));
        let items: Vec<_> = self
            .required(entity)
            .into_iter()
            .chain(
                self.keys(entity)
                    .iter()
                    .skip(create.parameters.len())
                    .filter(|(key, _)| key != name)
                    .map(|(key, other)| format!("{}: {}[\"id\"]", text::string(key), other.names.snake)),
            )
            .collect();
        let url = self.address(file, create, "");
        let json = if let Some(constant) = self.constant_body(entity, &[]) {
            format!("{constant} | change")
        } else if items.is_empty() {
            "json=change".to_owned()
        } else {
            format!("json={{{}, **change}}", items.join(", "))
        };
        body.line(other.refused(&create.method, &url, &[json], status));
        if let Some(op) = self.update(entity) {
            body.add(&self.made_alone(entity, other, variable, &[], ""));
            let url = self.address(file, op, "");
            body.line(other.refused(&op.method, &url, &["json=change".to_owned()], status));
        }
        let mut actors = vec![&self.actors.first, other];
        actors.extend(self.makers(entity));
        Some(self.test(file, &format!("{variable}_takes_own_{name}_only"), &actors, &body))
    }
}
