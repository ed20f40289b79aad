//! Tests of a module's endpoints: what each of them does, and that nobody reaches what is somebody else's.

mod access;
mod behaviour;
mod body;
mod creation;
mod deleted;
mod life;
mod members;
mod polish;
mod request;

mod rows;
mod unique;
mod within;

use std::cell::Cell;

use architect_model::{
    AccessDesign, ColumnDesign, EntityDesign, OperationDesign, OperationKind, RouterDesign, RowMaking,
};

use super::code::{Code, Function};
use super::file::File;
use super::house::House;
use request::{Actor, Actors};

/// Fills the file of tests of a router; leaves it empty where the house's tests show no client and no users.
pub(crate) fn fill(house: &House<'_>, file: &mut File, router: &RouterDesign) {
    let Some(actors) = Actors::of(house) else { return };
    let by_key = house.style.tests.rows.value == RowMaking::KeyFixture;
    let empty = file.clone();
    let tests = Tests { house, router, actors: actors.clone(), by_key, takes_rows: Cell::new(false) };
    tests.fill(file);
    if by_key && tests.takes_rows.get() {
        // A test asks for more of a row than its key.
        *file = empty;
        Tests { house, router, actors, by_key: false, takes_rows: Cell::new(false) }.fill(file);
    }
}

struct Tests<'a> {
    house: &'a House<'a>,
    router: &'a RouterDesign,
    actors: Actors,
    /// Whether fixtures give the keys of rows.
    by_key: bool,
    /// Whether a test was seen to take a row from its fixture.
    takes_rows: Cell<bool>,
}

impl<'a> Tests<'a> {
    /// Writes the file.
    fn fill(&self, file: &mut File) {
        let tests = self;
        let by_fixture = tests.by_fixture();
        let mut codes: Vec<Code> = tests.entities().into_iter().flat_map(|entity| tests.of(file, entity)).collect();
        // Where each test of the house is about one thing, the one about all operations ends the file.
        let sign_in = tests.sign_in(file);
        codes.insert(if tests.tests_each_request() { codes.len() } else { 0 }, sign_in);
        let needed = tests.needed();
        let head = tests.head(file, &codes);
        let (has_head, constants) = (!head.is_empty(), tests.constants(&needed));
        let mut rows: Vec<Code> = Vec::new();
        for entity in needed {
            let code = if by_fixture { tests.row_fixture(file, entity) } else { tests.helper(file, entity) };
            rows.extend(code);
        }
        let is_random = |code: &Code| code.text().contains("uuid.uuid4()");
        if rows.iter().chain(&codes).chain(&constants).any(is_random) {
            file.module("uuid");
        }
        file.part(head);
        for (nth, constant) in constants.into_iter().enumerate() {
            if nth == 0 && !has_head { file.part(constant) } else { file.close_part(constant) }
        }
        for code in rows.into_iter().chain(codes) {
            file.part(code);
        }
    }

    /// Entities whose rows the router works on.
    fn entities(&self) -> Vec<&'a EntityDesign> {
        let used = |entity: &&EntityDesign| self.router.operations.iter().any(|op| op.entity == entity.names.class);
        self.house.module.entities.iter().filter(used).collect()
    }

    /// Entities that tests create: those of the router, their parents, and what they refer to.
    fn needed(&self) -> Vec<&'a EntityDesign> {
        let (mut seen, mut needed) = (Vec::new(), Vec::new());
        for entity in self.entities() {
            self.add_needed(entity, &mut seen, &mut needed);
        }
        needed
    }

    /// The entity whose class is `class`, new or in the code, as far as tests can speak of it.
    fn entity(&self, class: &str) -> Option<&'a EntityDesign> {
        let new = self.house.designed(class).map(|(_, entity)| entity);
        new.or_else(|| self.house.existing.iter().map(|one| &one.entity).find(|entity| entity.names.class == class))
    }

    /// Adds what `entity` needs, and then itself; `seen` ends the way where rows refer to rows of their own table, or
    /// in a circle.
    fn add_needed(&self, entity: &'a EntityDesign, seen: &mut Vec<&'a str>, needed: &mut Vec<&'a EntityDesign>) {
        if seen.contains(&entity.names.class.as_str()) {
            return;
        }
        seen.push(&entity.names.class);
        let parent = entity.parent.as_ref().map(|parent| parent.names.class.clone());
        // Of others, tests say no more than they must.
        let is_own = self.entities().iter().any(|own| own.names.class == entity.names.class);
        let is_said =
            |column: &&ColumnDesign| column.required_in_create() || is_own && (column.in_create || column.in_update);
        let references = entity.columns.iter().filter(is_said);
        let references = references.filter_map(|column| Some(column.reference.as_ref()?.target.class.clone()));
        let links = super::relations::links_of(self.house, entity).filter(|_| is_own);
        let links = links.map(|link| link.right.names.class.clone());
        for class in parent.into_iter().chain(references).chain(links).collect::<Vec<_>>() {
            if let Some(other) = self.entity(&class) {
                self.add_needed(other, seen, needed);
            }
        }
        needed.push(entity);
    }

    /// The operation on rows of `entity` that `wanted` describes; the standard one where there are several.
    fn operation(&self, entity: &EntityDesign, wanted: impl Fn(&OperationKind) -> bool) -> Option<&'a OperationDesign> {
        let routers = self.house.modules.iter().flat_map(|module| &module.routers);
        let all: Vec<_> = routers
            .flat_map(|router| &router.operations)
            .chain(self.house.existing.iter().map(|one| &one.create))
            .filter(|op| op.entity == entity.names.class && wanted(&op.kind))
            .collect();
        all.iter().find(|op| op.name.is_none()).or_else(|| all.first()).copied()
    }

    fn create(&self, entity: &EntityDesign) -> Option<&'a OperationDesign> {
        self.operation(entity, |kind| matches!(kind, OperationKind::Create))
    }

    fn read(&self, entity: &EntityDesign) -> Option<&'a OperationDesign> {
        self.operation(entity, |kind| matches!(kind, OperationKind::Read))
    }

    fn update(&self, entity: &EntityDesign) -> Option<&'a OperationDesign> {
        self.operation(entity, |kind| matches!(kind, OperationKind::Update))
    }

    fn delete(&self, entity: &EntityDesign) -> Option<&'a OperationDesign> {
        self.operation(entity, |kind| matches!(kind, OperationKind::Delete))
    }

    fn list(&self, entity: &EntityDesign) -> Option<&'a OperationDesign> {
        self.operation(entity, |kind| matches!(kind, OperationKind::List { within: None, .. }))
    }

    /// Whoever may create rows of `entity`.
    fn creator(&self, entity: &EntityDesign) -> Option<&Actor> {
        self.may(&self.create(entity)?.access, &self.actors.first)
    }

    /// Who has this access; `otherwise` where no role is asked for.
    fn may<'t>(&'t self, access: &AccessDesign, otherwise: &'t Actor) -> Option<&'t Actor> {
        match access {
            AccessDesign::Superuser => self.actors.admin.as_ref(),
            AccessDesign::Role { value, .. } => self.actors.holder(value),
            // Tests make their groups themselves, and have the role of those who do.
            AccessDesign::Member { role, .. } => self.founds_as(role).then_some(otherwise),
            _ => Some(otherwise),
        }
    }

    /// An operation with whoever may use it; `otherwise` where no role is asked for.
    fn allowed<'t>(
        &'t self,
        op: Option<&'a OperationDesign>,
        otherwise: &'t Actor,
    ) -> Option<(&'a OperationDesign, &'t Actor)> {
        op.and_then(|op| Some((op, self.may(&op.access, otherwise)?)))
    }

    /// The tests of one entity.
    fn of(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        if self.group_of(entity).is_some() {
            return self.membership(file, entity);
        }
        if self.creator(entity).is_none() || !self.can_create(entity) {
            return self.without_role(file, entity).into_iter().collect();
        }
        let mut codes = Vec::new();
        if self.tests_each_request() {
            codes.extend(self.each_request(file, entity));
        } else {
            codes.extend(self.life(file, entity));
        }
        codes.extend(self.deleted(file, entity));
        codes.extend(self.somebody_else(file, entity));
        codes.extend(self.shared_with_members(file, entity));
        codes.extend(self.guarded(file, entity));
        codes.extend(self.order(file, entity));
        codes.extend(self.filters(file, entity));
        codes.extend(self.within(file, entity));
        codes.extend(self.uniques(file, entity));
        codes.extend(self.nulls(file, entity));
        codes.extend(self.actions(file, entity));
        codes.extend(self.references(file, entity));
        codes.extend(self.circles(file, entity));
        codes.extend(self.links(file, entity));
        codes
    }

    /// A test function.
    fn test(&self, file: &mut File, name: &str, actors: &[&Actor], body: &Code) -> Code {
        let mut parameters: Vec<String> = Vec::new();
        for actor in actors {
            for parameter in actor.parameters(file) {
                if !parameters.contains(&parameter) {
                    parameters.push(parameter);
                }
            }
        }
        let body = &self.with_keys(body);
        if self.by_fixture() {
            let names = polish::names(&body.text());
            parameters
                .retain(|parameter| names.iter().any(|name| Some(name.text.as_str()) == parameter.split(':').next()));
            parameters.extend(self.given_rows(file, body));
        }
        self.function(file, &format!("test_{name}"), parameters, &self.polish().polished(body))
    }

    /// How the house's tests write their statements.
    fn polish(&self) -> polish::Polish<'_> {
        let style = &self.house.style;
        let indent = usize::from(style.format.indent.max(1));
        polish::Polish {
            width: usize::from(style.format.line_length).saturating_sub(indent),
            response: &style.tests.response.value,
            page: &style.tests.page.value,
        }
    }

    /// A function with or without annotations, as the house's tests are.
    fn annotated(&self, mut function: Function) -> Function {
        if !self.house.style.tests.annotated.value {
            for parameter in &mut function.parameters {
                parameter.truncate(parameter.find(':').unwrap_or(parameter.len()));
            }
            function.returns.clear();
        }
        function
    }

    fn function(&self, file: &mut File, name: &str, parameters: Vec<String>, body: &Code) -> Code {
        let mut decorators = Vec::new();
        if let Some(marker) = &self.house.style.tests.marker {
            let marker = marker.trim_start_matches('@');
            if let Some((module, _)) = marker.split_once('.') {
                file.module(module);
            }
            decorators.push(marker.to_owned());
        }
        let function = Function {
            decorators,
            is_async: self.house.style.tests.is_async.value,
            name: name.to_owned(),
            parameters,
            returns: "None".to_owned(),
            body: body.clone(),
            doc: None,
        };
        self.annotated(function).code()
    }
}
