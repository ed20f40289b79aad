//! Requests as the house's tests make them: who asks, with which client, under which address.

use architect_model::{AccessDesign, DeleteAnswer, Fixture, FixtureKind, IdKind, OperationDesign, PageShape};

use crate::write::code::call;
use crate::write::file::File;
use crate::write::house::House;

/// Somebody who makes requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Actor {
    /// Expression of the client.
    pub(super) client: String,
    /// Class of the client.
    class: String,
    /// Fixture with the headers of a signed-in user.
    headers: Option<String>,
    is_async: bool,
}

impl Actor {
    /// The fixtures that a test takes for this actor.
    pub(super) fn parameters(&self, file: &mut File) -> Vec<String> {
        let class = client_class(file, &self.class);
        let mut parameters = vec![format!("{}: {class}", self.client)];
        parameters.extend(self.headers.as_ref().map(|headers| format!("{headers}: dict[str, str]")));
        parameters
    }

    /// Arguments for a helper that makes requests for this actor.
    pub(super) fn arguments(&self) -> Vec<String> {
        std::iter::once(self.client.clone()).chain(self.headers.clone()).collect()
    }

    /// Whether a fixture of this name is part of the actor.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.client == name || self.headers.as_deref() == Some(name)
    }

    /// The same actor inside a helper.
    pub(super) fn inside(&self) -> Self {
        Self {
            client: "client".to_owned(),
            headers: self.headers.as_ref().map(|_| "headers".to_owned()),
            ..self.clone()
        }
    }

    /// A request: `alice.post(url, json=…)`, awaited where tests are asynchronous.
    pub(super) fn request(&self, method: &str, url: &str, extra: &[String]) -> String {
        let mut arguments = vec![url.to_owned()];
        arguments.extend(self.headers.as_ref().map(|headers| format!("headers={headers}")));
        arguments.extend(extra.iter().cloned());
        let call = call(&format!("{}.{}", self.client, method.to_lowercase()), &arguments);
        if self.is_async { format!("await {call}") } else { call }
    }

    /// The same, so that something can follow it.
    pub(super) fn requested(&self, method: &str, url: &str, extra: &[String]) -> String {
        let request = self.request(method, url, extra);
        if self.is_async { format!("({request})") } else { request }
    }

    /// `assert bob.get(url).status_code == 404`.
    pub(super) fn refused(&self, method: &str, url: &str, extra: &[String], status: u16) -> String {
        format!("assert {}.status_code == {status}", self.requested(method, url, extra))
    }
}

fn client_class(file: &mut File, class: &str) -> String {
    match class {
        "AsyncClient" => file.from("httpx", "AsyncClient"),
        "Client" => file.from("httpx", "Client"),
        _ => file.from("fastapi.testclient", "TestClient"),
    }
}

/// Everybody who makes requests.
#[derive(Debug, Clone)]
pub(super) struct Actors {
    /// Nobody in particular.
    pub(super) nobody: Option<Actor>,
    /// A user.
    pub(super) first: Actor,
    /// Another user.
    pub(super) second: Actor,
    /// An administrator.
    pub(super) admin: Option<Actor>,
    /// Users with a role, by the role.
    holders: Vec<(String, Actor)>,
}

impl Actors {
    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Actor> {
        let holders = self.holders.iter().map(|(_, holder)| holder);
        self.nobody.iter().chain([&self.first, &self.second]).chain(&self.admin).chain(holders)
    }

    /// The actors for whom the house has fixtures; none where it has no two users.
    pub(super) fn of(house: &House<'_>) -> Option<Self> {
        let style = &house.style.tests;
        let is_async = style.is_async.value;
        let client = style.client.as_ref();
        let actor = |fixture: &Fixture| match fixture.gives {
            FixtureKind::SignedInClient => {
                Some(Actor { client: fixture.name.clone(), class: given(fixture), headers: None, is_async })
            }
            FixtureKind::Headers => Some(Actor {
                client: client?.name.clone(),
                class: given(client?),
                headers: Some(fixture.name.clone()),
                is_async,
            }),
            _ => None,
        };
        let mut holders = Vec::new();
        for (role, member) in roles(house) {
            let has =
                |fixture: &&Fixture| fixture.says.iter().any(|said| *said == role || member.as_ref() == Some(said));
            let holder =
                style.users.iter().filter(has).find_map(|fixture| Some((fixture.name.clone(), actor(fixture)?)));
            holders.extend(holder.map(|(fixture, holder)| (role, fixture, holder)));
        }
        let is_plain =
            |fixture: &&Fixture| !fixture.admin && !holders.iter().any(|(_, holder, _)| *holder == fixture.name);
        let users: Vec<_> = style.users.iter().filter(is_plain).filter_map(actor).collect();
        let admin = style.users.iter().filter(|fixture| fixture.admin).find_map(actor);
        let nobody =
            client.map(|client| Actor { client: client.name.clone(), class: given(client), headers: None, is_async });
        let [first, second, ..] = users.as_slice() else { return None };
        let holders = holders.into_iter().map(|(role, _, holder)| (role, holder)).collect();
        Some(Self { nobody, first: first.clone(), second: second.clone(), admin, holders })
    }

    /// A user with a role.
    pub(super) fn holder(&self, role: &str) -> Option<&Actor> {
        self.holders.iter().find(|(known, _)| known == role).map(|(_, holder)| holder)
    }
}

/// The roles that the design asks for: values, and the members that stand for them.
fn roles(house: &House<'_>) -> Vec<(String, Option<String>)> {
    let mut roles = Vec::new();
    let operations = house.modules.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations);
    for op in operations {
        if let AccessDesign::Role { value, member, .. } = &op.access {
            let role = (value.clone(), member.as_ref().map(|(_, member)| member.clone()));
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
    }
    roles
}

/// The class that a fixture gives: `Iterator[TestClient]` gives a `TestClient`.
fn given(fixture: &Fixture) -> String {
    let returns = fixture.returns.as_deref().unwrap_or("TestClient");
    let inner = returns.split_once('[').map_or(returns, |(_, inner)| inner);
    inner.split([',', ']']).next().unwrap_or("TestClient").trim().to_owned()
}

/// Part of an address.
pub(super) enum Key<'a> {
    /// The `id` of the row in a variable.
    Row(&'a str),
    /// An expression.
    Expression(&'a str),
}

impl super::Tests<'_> {
    /// The address of an operation; `key` gives what stands for each parameter, by the class it names.
    pub(super) fn url<'k>(&self, file: &mut File, op: &OperationDesign, key: impl Fn(&str) -> Key<'k>) -> String {
        let mut keys = op.parameters.iter().map(|parameter| match key(&parameter.class) {
            Key::Row(variable) => format!("{{{variable}['id']}}"),
            Key::Expression(expression) => format!("{{{expression}}}"),
        });
        let segments = op
            .path
            .split('/')
            .map(|segment| if segment.starts_with('{') { keys.next().unwrap_or_default() } else { segment.to_owned() });
        let path = segments.collect::<Vec<_>>().join("/");
        self.quoted(file, path, !op.parameters.is_empty())
    }

    /// The address of a path as a string of Python; `has_keys`: with expressions in it.
    pub(super) fn quoted(&self, file: &mut File, path: String, has_keys: bool) -> String {
        let (prefix, settings) = self.prefix(file);
        let path = if prefix.is_empty() && self.is_relative() { path.trim_start_matches('/').to_owned() } else { path };
        let text = format!("{prefix}{path}");
        if has_keys || settings { format!("f\"{text}\"") } else { format!("\"{text}\"") }
    }

    /// Whether tests leave out the slash before paths: the base address of their client ends in one.
    pub(super) fn is_relative(&self) -> bool {
        let prefix = &self.house.style.tests.url_prefix;
        prefix.is_seen() && prefix.value.is_empty()
    }

    /// What stands before paths, and whether it is an expression.
    pub(super) fn prefix(&self, file: &mut File) -> (String, bool) {
        let prefix = self.house.style.tests.url_prefix.value.trim_end_matches('/').to_owned();
        // Where tests of one module alone were seen, its own path may seem to stand before all.
        let mounted =
            self.house.style.layout.registration.as_ref().map_or("", |registration| registration.mounted_at.as_str());
        let prefix = match prefix.strip_prefix(mounted) {
            Some(rest) if !mounted.is_empty() && rest.starts_with('/') => mounted.to_owned(),
            _ if !self.house.style.tests.url_prefix.is_seen() => mounted.to_owned(),
            _ => prefix,
        };
        let is_expression = prefix.contains('{');
        if let Some(symbol) = self.house.style.tests.prefix_import.as_ref().filter(|_| is_expression) {
            file.symbol(symbol);
        }
        (prefix, is_expression)
    }

    /// `assert answer == project`: by its key alone where a house's times do not come back as they were sent.
    pub(super) fn same(&self, answer: &str, variable: &str) -> String {
        if self.house.style.models.zoned_by_library {
            return format!("assert {answer} == {variable}");
        }
        format!("assert {answer}[\"id\"] == {variable}[\"id\"]")
    }

    /// `assert page["data"] == [newer, older]`, in the same way.
    pub(super) fn same_rows(&self, rows: &str, variables: &[&str]) -> String {
        if self.house.style.models.zoned_by_library {
            return format!("assert {rows} == [{}]", variables.join(", "));
        }
        let ids: Vec<_> = variables.iter().map(|variable| format!("{variable}[\"id\"]")).collect();
        format!("assert [row[\"id\"] for row in {rows}] == [{}]", ids.join(", "))
    }

    /// `assert project in page["data"]`, in the same way.
    pub(super) fn among(&self, variable: &str, rows: &str) -> String {
        if self.house.style.models.zoned_by_library {
            return format!("assert {variable} in {rows}");
        }
        format!("assert {variable}[\"id\"] in [row[\"id\"] for row in {rows}]")
    }

    /// The status that a stranger gets.
    pub(super) fn denied(&self) -> u16 {
        if self.house.style.errors.denied_status.value == 403 { 403 } else { 404 }
    }

    /// The status of a creation.
    pub(super) fn created(&self) -> u16 {
        match self.house.style.endpoints.create_status.value {
            0 => 201,
            status => status,
        }
    }

    /// The status of a deletion.
    pub(super) fn deleted_status(&self) -> u16 {
        if self.house.style.endpoints.delete.value == DeleteAnswer::NoContent { 204 } else { 200 }
    }

    /// `["data"]`: how the rows of a page are reached.
    pub(super) fn rows(&self) -> String {
        match &self.house.style.pages.shape.value {
            PageShape::PerEntity { rows, .. } | PageShape::Generic { rows, .. } => format!("[\"{rows}\"]"),
            PageShape::Bare => String::new(),
        }
    }

    /// A key that no row has.
    pub(super) fn unknown(&self) -> String {
        match self.house.style.models.id.value {
            IdKind::Uuid => "uuid.UUID(int=0)".to_owned(),
            IdKind::Integer => "10**9".to_owned(),
            IdKind::String => "\"unknown\"".to_owned(),
        }
    }
}
