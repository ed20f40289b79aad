//! Tests of a module's endpoints: what each of them does, and that nobody reaches what is somebody else's.

mod access;
mod behaviour;
mod body;
mod creation;
mod request;
mod within;

use architect_model::{AccessDesign, EntityDesign, OperationDesign, OperationKind, RouterDesign};

use super::code::{Code, Function};
use super::file::File;
use super::house::House;
use request::{Actor, Actors};

/// Fills the file of tests of a router; leaves it empty where the house's tests show no client and no users.
pub(crate) fn fill(house: &House<'_>, file: &mut File, router: &RouterDesign) {
    let Some(actors) = Actors::of(house) else { return };
    let tests = Tests { house, router, actors };
    let mut codes = vec![tests.sign_in(file)];
    for entity in tests.entities() {
        codes.extend(tests.of(file, entity));
    }
    let head = tests.head(file, &codes);
    file.part(head);
    for entity in tests.needed() {
        if let Some(code) = tests.helper(file, entity) {
            file.part(code);
        }
    }
    for code in codes {
        file.part(code);
    }
}

struct Tests<'a> {
    house: &'a House<'a>,
    router: &'a RouterDesign,
    actors: Actors,
}

impl<'a> Tests<'a> {
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

    /// Adds what `entity` needs, and then itself; `seen` ends the way where rows refer to rows of their own table, or
    /// in a circle.
    fn add_needed(&self, entity: &'a EntityDesign, seen: &mut Vec<&'a str>, needed: &mut Vec<&'a EntityDesign>) {
        if seen.contains(&entity.names.class.as_str()) {
            return;
        }
        seen.push(&entity.names.class);
        let parent = entity.parent.as_ref().map(|parent| parent.names.class.clone());
        let references = entity.columns.iter().filter(|column| column.in_create || column.in_update);
        let references = references.filter_map(|column| Some(column.reference.as_ref()?.target.class.clone()));
        let links = super::relations::links_of(self.house, entity).map(|link| link.right.names.class.clone());
        for class in parent.into_iter().chain(references).chain(links).collect::<Vec<_>>() {
            if let Some((_, other)) = self.house.new_entity(&class) {
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
        if self.creator(entity).is_none() || !self.can_create(entity) {
            return self.without_role(file, entity).into_iter().collect();
        }
        let mut codes = Vec::new();
        codes.extend(self.life(file, entity));
        codes.extend(self.somebody_else(file, entity));
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
        self.function(file, &format!("test_{name}"), parameters, body)
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
        function.code()
    }
}
