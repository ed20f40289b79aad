//! Rows that fixtures give to tests, and the bodies of requests in constants.

use architect_model::{ColumnDesign, EntityDesign, IdKind, RowMaking};

use super::Tests;
use super::body::value;
use super::polish;
use super::request::{Actor, Key};
use crate::write::code::{Code, Function};
use crate::write::file::File;
use crate::write::text;

/// Names that pytest gives a meaning of its own.
const TAKEN: [&str; 10] =
    ["request", "cache", "capsys", "caplog", "monkeypatch", "recwarn", "tmp_path", "url", "response", "page"];

impl<'a> Tests<'a> {
    /// Whether fixtures give rows: as the house does, and where their names are free.
    pub(super) fn by_fixture(&self) -> bool {
        let style = &self.house.style.tests;
        let free = |entity: &&EntityDesign| {
            let name = &entity.names.snake;
            !TAKEN.contains(&name.as_str())
                && !style.fixtures.iter().any(|fixture| fixture.name == *name)
                && self.actors.all().all(|actor| !actor.takes(name))
        };
        style.rows.value != RowMaking::Function && self.needed().iter().all(free)
    }

    /// Whether a row comes from its fixture: one like any other, made by whom its fixture lets make it.
    pub(super) fn is_given(&self, entity: &EntityDesign, actor: &Actor, variable: &str, values: &[String]) -> bool {
        let is_usual = variable == entity.names.snake && values.is_empty();
        is_usual && self.creator(entity) == Some(actor) && self.by_fixture()
    }

    /// `ITEM`: the constant with the body that creates a row.
    fn constant(entity: &EntityDesign) -> String {
        entity.names.snake.to_uppercase()
    }

    /// Constants with the bodies that create rows: what is the same each time.
    pub(super) fn constants(&self, entities: &[&'a EntityDesign]) -> Vec<Code> {
        if !self.by_fixture() {
            return Vec::new();
        }
        let of = |entity: &&'a EntityDesign| {
            let items: Vec<String> = self.required(entity).into_iter().filter(|item| !is_fresh(item)).collect();
            // An empty dictionary does not show a type checker what it is for.
            let annotation = if items.is_empty() { ": dict[str, str]" } else { "" };
            Code::of(format!("{}{annotation} = {{{}}}", Self::constant(entity), items.join(", ")))
        };
        entities.iter().filter(|entity| self.can_create(entity) && self.creator(entity).is_some()).map(of).collect()
    }

    /// The fixture that gives a row.
    pub(super) fn row_fixture(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        let op = self.create(entity)?;
        let actor = self.creator(entity)?.clone();
        if !self.can_create(entity) {
            return None;
        }
        let json = self.body_for_row(file, entity, &[], "");
        let url = self.address(file, op, "");
        let mut body = Code::of(format!("response = {}", actor.request(&op.method, &url, &[json])));
        body.line(format!("assert response.status_code == {}", self.created()));
        let (name, returns) = if self.by_key {
            let kind = self.key_class();
            body.line(format!("return {kind}(response.json()[\"id\"])"));
            (format!("{}_id", entity.names.snake), kind.to_owned())
        } else {
            let returns = self.row_class(file);
            if returns == "Any" {
                body.line("return response.json()");
            } else {
                // A checker does not take `Any` for it.
                body.line(format!("{}: {returns} = response.json()", entity.names.snake));
                body.line(format!("return {}", entity.names.snake));
            }
            (entity.names.snake.clone(), returns)
        };
        let body = self.with_keys(&body);
        let mut parameters = actor.parameters(file);
        parameters.extend(self.given_rows(file, &body));
        let decorator = &self.house.style.tests.row_decorator;
        let decorator = if decorator.is_empty() { "pytest.fixture" } else { decorator };
        if let Some((module, _)) = decorator.split_once('.') {
            file.module(module);
        }
        let function = Function {
            decorators: vec![decorator.to_owned()],
            is_async: self.house.style.tests.is_async.value,
            name,
            parameters,
            returns,
            body: self.polish().polished(&body),
            doc: None,
        };
        Some(self.annotated(function).code())
    }

    /// The request that makes a further row, bound to `variable` unless that is empty.
    pub(super) fn further_row(
        &self,
        entity: &'a EntityDesign,
        actor: &Actor,
        variable: &str,
        values: &[String],
        suffix: &str,
    ) -> Code {
        let Some(op) = self.create(entity) else { return Code::new() };
        let mut scratch =
            File::new(&self.house.style.format, String::new(), String::new(), architect_model::Step::Tests);
        let json = self.body_for_row(&mut scratch, entity, values, suffix);
        let url = self.address(&mut scratch, op, suffix);
        if variable.is_empty() {
            return Code::of(actor.request(&op.method, &url, &[json]));
        }
        Code::of(format!("{variable} = {}.json()", actor.requested(&op.method, &url, &[json])))
    }

    /// `json=ITEM | {"title": "Title 2"}`.
    fn body_for_row(&self, _: &mut File, entity: &'a EntityDesign, values: &[String], suffix: &str) -> String {
        let mut own: Vec<String> = values
            .iter()
            .filter_map(|value| value.split_once('='))
            .map(|(name, value)| format!("{}: {value}", text::string(name)))
            .collect();
        let is_given = |item: &String, own: &[String]| {
            let name = item.split(':').next().unwrap_or_default();
            own.iter().any(|known| known.split(':').next() == Some(name))
        };
        let fresh: Vec<String> =
            self.required(entity).into_iter().filter(|item| is_fresh(item) && !is_given(item, &own)).collect();
        let in_path = self.create(entity).map_or(0, |op| op.parameters.len());
        let keys = self.keys(entity).into_iter().skip(in_path);
        let keys = keys.map(|(name, other)| format!("{}: {}{suffix}[\"id\"]", text::string(&name), other.names.snake));
        let mut items = fresh;
        items.extend(keys.filter(|key| !is_given(key, &own)).collect::<Vec<_>>());
        items.append(&mut own);
        let constant = Self::constant(entity);
        if items.is_empty() {
            format!("json={constant}")
        } else {
            format!("json={constant} | {{{}}}", items.join(", "))
        }
    }

    /// A whole body that an operation can be sent: the constant, where there is one.
    pub(super) fn constant_body(&self, entity: &'a EntityDesign, values: &[String]) -> Option<String> {
        let mut scratch =
            File::new(&self.house.style.format, String::new(), String::new(), architect_model::Step::Tests);
        self.by_fixture().then(|| self.body_for_row(&mut scratch, entity, values, ""))
    }

    /// The value of the row that a fixture gives is taken: for its owner, not for others.
    pub(super) fn unique_beside_given(
        &self,
        file: &mut File,
        entity: &'a EntityDesign,
        column: &ColumnDesign,
        by_owner: bool,
    ) -> Option<Code> {
        let actor = self.creator(entity)?;
        let op = self.create(entity)?;
        let (quoted, variable) = (text::string(&column.name), &entity.names.snake);
        let is_constant = self.fresh(entity, column).is_some_and(|value| !is_fresh(&value));
        let holder = if is_constant { Self::constant(entity) } else { variable.clone() };
        let taken = format!("{holder}[{quoted}]");
        let same = if is_constant { Vec::new() } else { vec![format!("{}={taken}", column.name)] };
        let mut body = if is_constant {
            // Nothing in the body names the row of the fixture.
            let mut before = self.made_before(entity, actor, "");
            before.add(&self.further_row(entity, actor, "", &same, ""));
            before
        } else {
            self.made(entity, actor, variable, &[])
        };
        let url = self.address(file, op, "");
        let json = self.constant_body(entity, &same)?;
        body.line(actor.refused(&op.method, &url, std::slice::from_ref(&json), self.house.taken_status()));
        let mut actors = vec![actor];
        if let Some((update, changer)) = self.allowed(self.update(entity), actor).filter(|_| column.in_update) {
            let other = if is_constant { vec![format!("{}={}", column.name, value(column, 1)?)] } else { Vec::new() };
            body.add(&self.further_row(entity, actor, "other", &other, ""));
            let url = self.url(file, update, |class| {
                if class == entity.names.class {
                    return Key::Row("other");
                }
                self.needed_key(class)
            });
            let change = format!("json={{{quoted}: {taken}}}");
            body.line(changer.refused(&update.method, &url, &[change], self.house.taken_status()));
            actors.push(changer);
        }
        if by_owner && *actor == self.actors.first && entity.parent.is_none() {
            body.line(self.actors.second.refused(&op.method, &url, &[json], self.created()));
            actors.push(&self.actors.second);
        }
        actors.extend(self.makers(entity));
        Some(self.test(file, &format!("{variable}_is_unique_by_{}", column.name), &actors, &body))
    }

    /// The key of the row of this class that a fixture gives.
    fn needed_key(&self, class: &str) -> Key<'a> {
        let entity = self.needed().into_iter().find(|entity| entity.names.class == class);
        entity.map_or(Key::Expression("UNKNOWN"), |entity| Key::Row(&entity.names.snake))
    }

    /// Parameters for the rows that a body uses and does not make.
    pub(super) fn given_rows(&self, file: &mut File, body: &Code) -> Vec<String> {
        let names = polish::names(&body.text());
        let used = |name: &str| {
            let of = |stored: bool| names.iter().any(|known| known.text == name && known.stored == stored);
            of(false) && !of(true)
        };
        let mut parameters = Vec::new();
        for entity in self.needed() {
            let (row, key) = (&entity.names.snake, format!("{}_id", entity.names.snake));
            if self.by_key && used(&key) {
                parameters.push(format!("{key}: {}", self.key_class()));
            }
            if used(row) {
                self.takes_rows.set(true);
                parameters.push(format!("{row}: {}", self.row_class(file)));
            }
        }
        parameters
    }

    /// The body with the keys of rows that fixtures give, where they give keys.
    pub(super) fn with_keys(&self, body: &Code) -> Code {
        if !self.by_key {
            return body.clone();
        }
        let mut text = body.text();
        for entity in self.needed() {
            let row = &entity.names.snake;
            let names = polish::names(&text);
            if !names.iter().any(|name| name.text == *row && name.stored) {
                for quote in ['\'', '"'] {
                    text = polish::replaced(&text, &format!("{row}[{quote}id{quote}]"), &format!("{row}_id"));
                }
            }
        }
        Code::of(text.trim_end_matches('\n'))
    }

    fn key_class(&self) -> &'static str {
        if self.house.style.models.id.value == IdKind::Integer { "int" } else { "str" }
    }

    /// The annotation of a row that a fixture gives.
    fn row_class(&self, file: &mut File) -> String {
        let any = file.from("typing", "Any");
        if self.house.style.tests.row_annotation == "Any" { any } else { format!("dict[str, {any}]") }
    }
}

/// Whether an item of a body is another each time that it is evaluated.
fn is_fresh(item: &str) -> bool {
    item.contains("uuid4()")
}
