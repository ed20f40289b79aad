//! What FastAPI injects into a function, and what it reads off the request for that: `fastapi.dependencies.utils`.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::contract::{Parameter, SecurityUse};
use architect_model::{Known, Location, ParameterPlace, Unknown};

use super::forms;
use super::parameters::{Analyzed, BodyPart, analyze};
use super::security::{Scheme, scheme};
use super::signature::{self, Taken};
use super::types::Types;
use crate::interpret::{Kind, Made, Value, reason_of};
use crate::read::endpoint::dependency::{defined_at, symbol, unwrapped, view_class};

/// From this version on, scopes are handed down to dependencies, and not shared between them.
const HANDS_DOWN_SCOPES: (u32, u32, u32) = (0, 123, 0);
/// From this version on, a scheme stands once in the security of an operation, with the scopes of all its uses.
const MERGES_SCOPES: (u32, u32, u32) = (0, 123, 8);
/// Dependencies nested deeper than this depend on each other.
const DEPTH: usize = 24;

/// Scopes in order, which may be shared.
type Scopes = Rc<RefCell<Vec<String>>>;

/// Something that FastAPI calls, with what it needs.
pub(super) struct Dependant<'a> {
    call: Value<'a>,
    /// Parameters outside the body, and whether they are models whose fields are the parameters.
    pub(super) parameters: Vec<(Parameter, bool)>,
    body: Vec<BodyPart>,
    dependencies: Vec<Dependant<'a>>,
    scheme: Option<Scheme>,
    scopes: Scopes,
    /// The scopes that it is told apart by.
    key: Vec<String>,
    has_own_scopes: bool,
    takes_scopes: bool,
    unknowns: Vec<Unknown>,
}

/// What all of them together need, in FastAPI's order.
#[derive(Default)]
pub(super) struct Flat {
    /// Parameters outside the body: path, query, header, cookie; whether each is a model of parameters.
    pub(super) parameters: Vec<(Parameter, bool)>,
    /// Parts of the body.
    pub(super) body: Vec<BodyPart>,
    /// Schemes.
    pub(super) security: Vec<SecurityUse>,
    /// What could not be told.
    pub(super) unknowns: Vec<Unknown>,
}

/// Reads dependants of one route.
pub(super) struct Reader<'t, 'm, 'a> {
    pub(super) types: &'t mut Types<'m, 'a>,
    /// Names in the path.
    pub(super) path_names: Vec<String>,
    /// Where the route is registered.
    pub(super) at: Location,
}

impl<'a> Reader<'_, '_, 'a> {
    /// The dependant of a route's function, with the dependencies of the routers around it before its own.
    pub(super) fn of_route(&mut self, function: &Value<'a>, around: &[Value<'a>]) -> Dependant<'a> {
        let mut root = self.dependant(function, None, &Scopes::default(), 0);
        let mut outer = Vec::new();
        for value in around {
            match value.made_by() {
                Some(("fastapi.Depends" | "fastapi.Security", made)) => {
                    match made.arguments.get(0, "dependency").cloned() {
                        Some(call) => outer.push(self.dependant(&call, Some(made), &Scopes::default(), 1)),
                        None => root.unknowns.push(Unknown::new(made.at.clone(), "a dependency without a function")),
                    }
                }
                _ => root.unknowns.push(reason_of(value, &self.at, "a dependency that could not be determined")),
            }
        }
        root.dependencies.splice(0..0, outer);
        if let Some(class) = view_class(function) {
            let class: Value<'a> = Kind::Class(class).into();
            root.dependencies.push(self.dependant(&class, None, &Scopes::default(), 1));
        }
        root
    }

    /// `get_dependant`, and `get_sub_dependant` around it.
    ///
    /// ```python
    /// security_scopes = security_scopes or []  # get_sub_dependant, before FastAPI 0.123
    /// if isinstance(depends, params.Security):
    ///     security_scopes.extend(depends.scopes)
    /// ```
    /// A list that is not empty was the same one for all dependencies of a function then, and each added to it.
    fn dependant(
        &mut self,
        call: &Value<'a>,
        depends: Option<&Rc<Made<'a>>>,
        parent: &Scopes,
        depth: usize,
    ) -> Dependant<'a> {
        let mut unknowns = Vec::new();
        let own = depends.map_or_else(Vec::new, |made| self.own_scopes(made, &mut unknowns));
        let scopes = if self.types.versions.fastapi >= HANDS_DOWN_SCOPES {
            let mut all = parent.borrow().clone();
            all.extend(own.iter().cloned());
            Rc::new(RefCell::new(all))
        } else {
            let shared = if parent.borrow().is_empty() { Scopes::default() } else { Rc::clone(parent) };
            shared.borrow_mut().extend(own.iter().cloned());
            shared
        };
        let mut key = scopes.borrow().clone();
        key.sort();
        key.dedup();
        let mut made = Dependant {
            call: call.clone(),
            parameters: Vec::new(),
            body: Vec::new(),
            dependencies: Vec::new(),
            scheme: scheme(self.types, call),
            scopes: Rc::clone(&scopes),
            key,
            has_own_scopes: !own.is_empty(),
            takes_scopes: false,
            unknowns,
        };
        if depth > DEPTH {
            made.unknowns.push(Unknown::new(self.at.clone(), "dependencies that depend on each other"));
            return made;
        }
        let at = defined_at(&unwrapped(call)).unwrap_or_else(|| self.at.clone());
        for taken in self.parameters_of(call, &at, &mut made) {
            self.add(&taken, &mut made, depth);
        }
        made
    }

    fn add(&mut self, taken: &Taken<'a>, made: &mut Dependant<'a>, depth: usize) {
        match analyze(self.types, taken, &self.path_names) {
            Analyzed::Dependency(call, depends) => {
                let scopes = Rc::clone(&made.scopes);
                made.dependencies.push(self.dependant(&call, depends.as_ref(), &scopes, depth + 1));
            }
            Analyzed::Special(is_scopes) => made.takes_scopes |= is_scopes,
            Analyzed::Parameter(parameter, is_model) => made.parameters.push((*parameter, is_model)),
            Analyzed::Body(part) => made.body.push(*part),
            Analyzed::Unknown(unknown) => made.unknowns.push(unknown),
        }
    }

    /// The parameters of what is called; unknown where a library has them.
    fn parameters_of(&mut self, call: &Value<'a>, at: &Location, made: &mut Dependant<'a>) -> Vec<Taken<'a>> {
        if let Some(parts) = forms::form_of(call, self.types.versions.fastapi) {
            made.body.extend(parts);
            return Vec::new();
        }
        let inner = unwrapped(call);
        let opaque = match &inner.kind {
            Kind::Function(function) => function.opaque_signature.borrow().clone(),
            Kind::Class(class) => class.opaque_signature.borrow().clone(),
            _ => None,
        };
        made.unknowns.extend(opaque.map(|unknown| (*unknown).clone()));
        let is_read = match &inner.kind {
            Kind::Function(_) | Kind::Bound(_) | Kind::Class(_) | Kind::Object(_) | Kind::Lambda(_) => true,
            Kind::Subscript(subscript) => matches!(subscript.0.kind, Kind::Class(_)),
            _ => made.scheme.is_some(),
        };
        if !is_read {
            let reason = match symbol(call) {
                Some(symbol) => format!("what `{symbol}` of a library takes"),
                None => "the dependency is made by code that could not be followed".to_owned(),
            };
            let at = call.made_by().map_or_else(|| self.at.clone(), |(_, made)| made.at.clone());
            made.unknowns.push(reason_of(&inner, &at, &reason));
        }
        signature::of(self.types.machine, call, at)
    }

    fn own_scopes(&self, made: &Rc<Made<'a>>, unknowns: &mut Vec<Unknown>) -> Vec<String> {
        let Some(scopes) = made.arguments.keyword("scopes").filter(|value| !matches!(value.kind, Kind::None)) else {
            return Vec::new();
        };
        let mut own = Vec::new();
        for scope in scopes.as_items().unwrap_or_else(|| vec![scopes.clone()]) {
            match scope.text() {
                Some(text) => own.push(text),
                None => unknowns.push(reason_of(&scope, &made.at, "a scope that could not be determined")),
            }
        }
        own
    }
}

impl<'a> Dependant<'a> {
    /// `get_flat_dependant`: itself, then its dependencies in order, each once (bodies: each time).
    pub(super) fn flat(self, fastapi: (u32, u32, u32)) -> Flat {
        let mut flat = Flat::default();
        let mut visited = Vec::new();
        self.gather_body(&mut flat);
        self.gather(&mut flat, &mut visited, &[], fastapi, true);
        let order = [ParameterPlace::Path, ParameterPlace::Query, ParameterPlace::Header, ParameterPlace::Cookie];
        flat.parameters.sort_by_key(|(parameter, _)| order.iter().position(|place| *place == parameter.place));
        if fastapi >= MERGES_SCOPES {
            flat.security = merged(flat.security);
        }
        flat
    }

    fn gather_body(&self, flat: &mut Flat) {
        flat.body.extend(self.body.iter().cloned());
        self.dependencies.iter().for_each(|dependency| dependency.gather_body(flat));
    }

    fn gather<'d>(
        &'d self,
        flat: &mut Flat,
        visited: &mut Vec<(&'d Value<'a>, Vec<String>)>,
        outer: &[String],
        fastapi: (u32, u32, u32),
        is_root: bool,
    ) {
        let key = if fastapi >= HANDS_DOWN_SCOPES && !self.uses_scopes() { Vec::new() } else { self.key.clone() };
        if visited.iter().any(|(call, scopes)| *scopes == key && is_same(call, &self.call)) {
            return;
        }
        visited.push((&self.call, key));
        flat.parameters.extend(self.parameters.iter().cloned());
        for unknown in &self.unknowns {
            if !flat.unknowns.contains(unknown) {
                flat.unknowns.push(unknown.clone());
            }
        }
        let mut scopes = outer.to_vec();
        for scope in self.scopes.borrow().iter() {
            if fastapi < HANDS_DOWN_SCOPES || !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        if let Some(scheme) = self.scheme.as_ref().filter(|_| !is_root) {
            let shows = scheme.takes_scopes || fastapi >= MERGES_SCOPES;
            let scopes = if shows { scopes.iter().cloned().map(Known::Known).collect() } else { Vec::new() };
            flat.security.push(SecurityUse { name: scheme.name.clone(), scheme: scheme.model.clone(), scopes });
        }
        let handed: &[String] = if fastapi >= HANDS_DOWN_SCOPES { &scopes } else { &[] };
        for dependency in &self.dependencies {
            dependency.gather(flat, visited, handed, fastapi, false);
        }
    }

    /// `_uses_scopes`.
    fn uses_scopes(&self) -> bool {
        self.has_own_scopes
            || self.takes_scopes
            || self.scheme.is_some()
            || self.dependencies.iter().any(Dependant::uses_scopes)
    }
}

/// Each scheme once, where it is used first.
fn merged(uses: Vec<SecurityUse>) -> Vec<SecurityUse> {
    let mut all: Vec<SecurityUse> = Vec::new();
    for one in uses {
        match all.iter_mut().find(|other| other.name == one.name && one.name.known().is_some()) {
            Some(other) => {
                other.scheme = one.scheme;
                let more: Vec<_> = one.scopes.into_iter().filter(|scope| !other.scopes.contains(scope)).collect();
                other.scopes.extend(more);
            }
            None => all.push(one),
        }
    }
    all
}

/// Whether both are the same to Python: methods that are bound to the same object, too.
fn is_same<'a>(one: &Value<'a>, other: &Value<'a>) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Bound(one), Kind::Bound(other)) => one.0.same(&other.0) && Rc::ptr_eq(&one.1, &other.1),
        (Kind::Subscript(one), Kind::Subscript(other)) => {
            is_same(&one.0, &other.0)
                && one.1.len() == other.1.len()
                && one.1.iter().zip(&other.1).all(|(one, other)| is_same(one, other))
        }
        (Kind::Lambda(one), Kind::Lambda(other)) => one.1 == other.1,
        _ => one.same(other),
    }
}
