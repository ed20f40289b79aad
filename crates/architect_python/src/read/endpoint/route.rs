//! Turns registrations into endpoints: prefixes, tags, dependencies and conditions of all routers on the way.

use std::rc::Rc;

use architect_model::{Endpoint, EndpointPart, Location, Project, Symbol, Unknown, UnknownRoutes};

use rustc_hash::FxHashSet;

use super::app::Application;
use super::dependency::{self, Dependency};
use super::part::{Unknowns, path, responses, status, tags};
use super::walk::{Around, KEEPS_ROUTERS, Visitor, walk};
use super::{access, response};
use crate::interpret::{Kind, Machine, NodeKind, Object, Route, Value, reason_of};

/// Reads endpoints off routers.
pub(super) struct Reader<'m, 'a> {
    pub(super) machine: &'m mut Machine<'a>,
    pub(super) denials: super::denial::Denials<'a>,
    context: Context,
    reached: Vec<Rc<Object<'a>>>,
    unknown: Vec<(String, UnknownRoutes)>,
}

/// What the rest of the project says that endpoints depend on.
pub(super) struct Context {
    /// FastAPI's version, where it is locked.
    version: Option<(u32, u32)>,
    tables: FxHashSet<Symbol>,
}

impl Context {
    /// That of a project whose versions and tables are read.
    pub(super) fn of(project: &Project) -> Self {
        let fastapi = project.versions.iter().find(|package| package.name == "fastapi");
        Self {
            version: fastapi.map(|package| minor(&package.version)),
            tables: project.tables().filter_map(|table| table.class.clone()).collect(),
        }
    }
}

impl<'m, 'a> Reader<'m, 'a> {
    /// A reader for what the machine has run.
    pub(super) fn new(machine: &'m mut Machine<'a>, context: Context) -> Self {
        let routers = machine.routers.iter().map(|object| object.router.borrow());
        let handlers = routers
            .flat_map(|router| router.iter().flat_map(|router| router.handlers.clone()).collect::<Vec<_>>())
            .collect();
        Self {
            machine,
            denials: super::denial::Denials::new(handlers),
            context,
            reached: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// The endpoints of an application.
    pub(super) fn endpoints_of(&mut self, app: &Application<'a>) -> Vec<Endpoint> {
        let around = Around {
            app: Some(app.symbol.clone()),
            prefix: app.prefix.clone(),
            condition: app.condition.clone(),
            ..Around::default()
        };
        self.found_below(&app.object, around)
    }

    /// The endpoints of routers that no application includes.
    pub(super) fn loose_endpoints(&mut self) -> Vec<Endpoint> {
        let mut endpoints = Vec::new();
        let routers = self.machine.routers.clone();
        let included: Vec<_> = routers.iter().flat_map(included_by).collect();
        for object in routers {
            let is_root = !self.reached.iter().chain(&included).any(|other| Rc::ptr_eq(other, &object));
            if is_root && object.router.borrow().as_ref().is_some_and(|router| !router.is_app) {
                endpoints.extend(self.found_below(&object, Around::default()));
            }
        }
        endpoints
    }

    /// Registrations that could not be followed, by application.
    pub(super) fn unknown_routes(self) -> Vec<(String, UnknownRoutes)> {
        self.unknown
    }

    fn found_below(&mut self, object: &Rc<Object<'a>>, around: Around<'a>) -> Vec<Endpoint> {
        let keeps_routers = self.context.version.is_none_or(|version| version >= KEEPS_ROUTERS);
        let mut finder = Finder { reader: self, endpoints: Vec::new() };
        walk(&mut finder, object, keeps_routers, around);
        finder.endpoints
    }

    fn note_unknown(&mut self, around: &Around<'a>, unknown: &Unknown) {
        let Some(app) = &around.app else { return };
        let under = around.prefix.known().cloned().unwrap_or_default();
        let entry = (app.clone(), UnknownRoutes { under, unknown: unknown.clone() });
        if !self.unknown.contains(&entry) {
            self.unknown.push(entry);
        }
    }

    fn endpoint(&mut self, route: &Rc<Route<'a>>, mut around: Around<'a>, at: &Location) -> Endpoint {
        let mut unknowns = Unknowns::default();
        around.add_route(&route.arguments, at);
        let methods =
            route.methods.clone().unwrap_or_else(|unknown| unknowns.add(EndpointPart::Methods, &unknown, Vec::new()));
        let function = dependency::unwrapped(&route.endpoint);
        let handler = dependency::symbol(&function).unwrap_or_else(|| {
            let unknown = reason_of(&function, at, "the function could not be determined");
            unknowns.add(EndpointPart::Handler, &unknown, Symbol::new("", ""))
        });
        let (direct, response) = if route.is_api {
            self.signature(route, &around, &function, at, &mut unknowns)
        } else {
            Default::default()
        };
        let status = status(route, at, &mut unknowns);
        let tags = tags(&around.tags, at, &mut unknowns);
        let responses = responses(&around.responses, at, &mut unknowns);
        let in_schema = self.in_schema(&around.in_schema, at, &mut unknowns)
            && route.is_api
            && !methods.iter().any(|m| m == "WEBSOCKET");
        let access =
            access::of(self, &direct, &around.middleware, &function, unknowns.first(EndpointPart::Dependencies));
        Endpoint {
            methods,
            path: path(&around.prefix, &route.path, at),
            handler,
            app: around.app.clone(),
            dependencies: dependency::flattened(&direct),
            direct_dependencies: direct.iter().map(|dependency| dependency.symbol.clone()).collect(),
            response,
            status,
            responses,
            in_schema,
            condition: around.condition.as_deref().cloned(),
            access,
            tags,
            at: dependency::defined_at(&function).unwrap_or_else(|| at.clone()),
            unknowns: unknowns.0,
        }
    }

    /// What FastAPI reads off the function: dependencies and response.
    fn signature(
        &mut self,
        route: &Rc<Route<'a>>,
        around: &Around<'a>,
        function: &Value<'a>,
        at: &Location,
        unknowns: &mut Unknowns,
    ) -> (Vec<Dependency<'a>>, Option<String>) {
        let direct = self.direct_dependencies(around, function, at, unknowns);
        let reads_returns = self.context.version.is_none_or(|version| version >= READS_RETURNS);
        let response = response::model(self.machine, route, function, reads_returns, unknowns);
        note_rework(around, response.as_ref(), unknowns);
        (direct, response.and_then(|response| response::spelled(&response)))
    }

    fn direct_dependencies(
        &mut self,
        around: &Around<'a>,
        function: &Value<'a>,
        at: &Location,
        unknowns: &mut Unknowns,
    ) -> Vec<Dependency<'a>> {
        let mut found = Vec::new();
        for value in &around.dependencies {
            match dependency::declared(self.machine, value, None) {
                Ok(Some(dependency)) => found.push(dependency),
                Ok(None) => {}
                Err(unknown) => unknowns.add(EndpointPart::Dependencies, &unknown, ()),
            }
        }
        let own = dependency::of_callable(self.machine, function, 0);
        found.extend(own.dependencies);
        for unknown in own.unknowns {
            unknowns.add(EndpointPart::Dependencies, &unknown, ());
        }
        if matches!(function.kind, Kind::Unknown(_)) {
            unknowns.add(
                EndpointPart::Dependencies,
                &reason_of(function, at, "the function could not be determined"),
                (),
            );
        }
        found
    }

    fn in_schema(&mut self, values: &[Value<'a>], at: &Location, unknowns: &mut Unknowns) -> bool {
        let mut result = true;
        for value in values {
            match (self.machine.is_true(value), &value.doubt) {
                (Some(truth), None) => result &= truth,
                (Some(truth), Some(doubt)) => {
                    result &= truth;
                    unknowns.add(EndpointPart::InSchema, doubt, ());
                }
                (None, _) => unknowns.add(
                    EndpointPart::InSchema,
                    &reason_of(value, at, "`include_in_schema` could not be determined"),
                    (),
                ),
            }
        }
        result
    }

    /// Whether a class is one of the tables.
    pub(super) fn is_table(&self, symbol: &Symbol) -> bool {
        self.context.tables.contains(symbol)
    }
}

/// Makes an endpoint of each route.
struct Finder<'r, 'm, 'a> {
    reader: &'r mut Reader<'m, 'a>,
    endpoints: Vec<Endpoint>,
}

impl<'a> Visitor<'a> for Finder<'_, '_, 'a> {
    fn enter(&mut self, router: &Rc<Object<'a>>) {
        if !self.reader.reached.iter().any(|other| Rc::ptr_eq(other, router)) {
            self.reader.reached.push(Rc::clone(router));
        }
    }

    fn route(&mut self, route: &Rc<Route<'a>>, around: Around<'a>, at: &Location) {
        self.endpoints.push(self.reader.endpoint(route, around, at));
    }

    fn unknown(&mut self, around: &Around<'a>, unknown: &Unknown) {
        self.reader.note_unknown(around, unknown);
    }
}

/// Notes that routes are reworked behind the program's back: all by its own code, those that use its types by a library.
fn note_rework(around: &Around<'_>, response: Option<&Value<'_>>, unknowns: &mut Unknowns) {
    for (package, unknown) in &around.reworked {
        match package {
            None => {
                unknowns.add(EndpointPart::Dependencies, unknown, ());
                unknowns.add(EndpointPart::Tags, unknown, ());
            }
            Some(package) if response.is_some_and(|response| response::uses(response, package)) => {
                unknowns.add(EndpointPart::Dependencies, unknown, ());
            }
            Some(_) => {}
        }
    }
}

/// The routers that a router includes.
fn included_by<'a>(object: &Rc<Object<'a>>) -> Vec<Rc<Object<'a>>> {
    let router = object.router.borrow();
    let nodes = router.iter().flat_map(|router| &router.nodes);
    nodes
        .filter_map(|node| match &node.kind {
            NodeKind::Include(object, ..) => Some(Rc::clone(object)),
            NodeKind::Mount(_, value) => value.as_router().cloned(),
            _ => None,
        })
        .collect()
}

/// From this version of FastAPI on, a return annotation is a response model.
const READS_RETURNS: (u32, u32) = (0, 89);

/// The first two numbers of a version.
fn minor(version: &str) -> (u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or_default());
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}
