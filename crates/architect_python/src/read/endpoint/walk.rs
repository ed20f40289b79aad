//! Walks what is registered on an application: routers within routers, and what those around a route add to it.

use std::rc::Rc;

use architect_model::{Known, Location, Unknown};

use super::app::joined;
use crate::interpret::{Arguments, Kind, Node, NodeKind, Object, Route, Value, reason_of};

/// Routers nested deeper than this are not followed: they include each other.
const DEPTH: usize = 40;
/// From this version of FastAPI on, what is registered on a router after its inclusion counts too.
pub(crate) const KEEPS_ROUTERS: (u32, u32) = (0, 137);

/// What is told of each route.
pub(crate) trait Visitor<'a> {
    /// A router whose registrations follow.
    fn enter(&mut self, router: &Rc<Object<'a>>);
    /// A route.
    fn route(&mut self, route: &Rc<Route<'a>>, around: Around<'a>, at: &Location);
    /// Something that could not be followed: it may register routes, or change them.
    fn unknown(&mut self, around: &Around<'a>, unknown: &Unknown);
}

/// What the routers around a route add to it.
#[derive(Clone)]
pub(crate) struct Around<'a> {
    /// Symbol of the application.
    pub(crate) app: Option<String>,
    /// What paths begin with.
    pub(crate) prefix: Known<String>,
    /// Tags, the outermost first.
    pub(crate) tags: Vec<Value<'a>>,
    /// Dependencies, the outermost first.
    pub(crate) dependencies: Vec<Value<'a>>,
    /// Values of `include_in_schema`.
    pub(crate) in_schema: Vec<Value<'a>>,
    pub(super) responses: Vec<Value<'a>>,
    /// Why it may not be registered when the program runs.
    pub(crate) condition: Option<Rc<Unknown>>,
    pub(super) middleware: Vec<Value<'a>>,
    /// What reworks routes on the way: functions of library packages, or code of the project.
    pub(crate) reworked: Vec<(Option<String>, Rc<Unknown>)>,
    /// Arguments of the routers and of their inclusions, the outermost first.
    pub(crate) layers: Vec<Rc<Arguments<'a>>>,
    /// Whether it is mounted, and so no route of the application.
    pub(crate) is_mounted: bool,
    /// Whether it is registered only where a setting has another value than its default.
    pub(crate) is_off: bool,
    pub(super) depth: usize,
}

/// Tells of every route of a router, and of those that it includes.
pub(crate) fn walk<'a>(
    visitor: &mut impl Visitor<'a>,
    router: &Rc<Object<'a>>,
    keeps_routers: bool,
    around: Around<'a>,
) {
    Walk { visitor, keeps_routers }.router(router, usize::MAX, around);
}

struct Walk<'v, V> {
    visitor: &'v mut V,
    keeps_routers: bool,
}

impl<V> Walk<'_, V> {
    fn router<'a>(&mut self, object: &Rc<Object<'a>>, until: usize, mut around: Around<'a>)
    where
        V: Visitor<'a>,
    {
        if around.depth > DEPTH {
            return;
        }
        around.depth += 1;
        self.visitor.enter(object);
        let (nodes, middleware) = match object.router.borrow().as_ref() {
            Some(router) => (router.nodes.clone(), router.middleware.clone()),
            None => return,
        };
        around.middleware.extend(middleware);
        for node in &nodes {
            if let NodeKind::Reworked(package, unknown) = &node.kind {
                around.reworked.push((package.clone(), Rc::clone(unknown)));
            }
        }
        let limit = if self.keeps_routers { usize::MAX } else { until };
        for node in nodes.iter().take(limit) {
            self.node(node, &around);
        }
    }

    fn node<'a>(&mut self, node: &Node<'a>, around: &Around<'a>)
    where
        V: Visitor<'a>,
    {
        let mut around = around.clone();
        around.condition = around.condition.or_else(|| node.condition.clone());
        around.is_off |= node.is_off;
        match &node.kind {
            NodeKind::Route(route) => {
                around.add(&node.own, &node.at);
                self.visitor.route(route, around, &node.at);
            }
            NodeKind::Include(object, until, arguments) => {
                around.add(&node.own, &node.at);
                around.add(arguments, &node.at);
                self.router(object, *until, around);
            }
            NodeKind::Mount(path, mounted) => match mounted.as_router() {
                Some(object) if object.router.borrow().as_ref().is_some_and(|router| !router.is_app) => {
                    around.prefix = joined(&around.prefix, path, &node.at);
                    around.is_mounted = true;
                    self.router(object, usize::MAX, around);
                }
                Some(_) => {}
                None if mounted.as_unknown().is_some() => {
                    around.prefix = joined(&around.prefix, path, &node.at);
                    around.is_mounted = true;
                    let unknown = reason_of(mounted, &node.at, "the mounted application could not be determined");
                    self.visitor.unknown(&around, &unknown);
                }
                None => {}
            },
            NodeKind::Unknown(unknown) | NodeKind::Reworked(_, unknown) => {
                around.add(&node.own, &node.at);
                self.visitor.unknown(&around, unknown);
            }
        }
    }
}

impl Default for Around<'_> {
    fn default() -> Self {
        Self {
            app: None,
            prefix: String::new().into(),
            tags: Vec::new(),
            dependencies: Vec::new(),
            in_schema: Vec::new(),
            responses: Vec::new(),
            condition: None,
            middleware: Vec::new(),
            reworked: Vec::new(),
            layers: Vec::new(),
            is_mounted: false,
            is_off: false,
            depth: 0,
        }
    }
}

impl<'a> Around<'a> {
    /// Adds what a router, or the inclusion of one, has.
    fn add(&mut self, arguments: &Rc<Arguments<'a>>, at: &Location) {
        self.layers.push(Rc::clone(arguments));
        if let Some(prefix) = arguments.keyword("prefix").filter(|value| !matches!(value.kind, Kind::None)) {
            self.prefix = match (&self.prefix, prefix.as_str()) {
                (Known::Known(before), Some(prefix)) => Known::Known(format!("{before}{prefix}")),
                (Known::Unknown { unknown }, _) => Known::Unknown { unknown: unknown.clone() },
                (_, None) => Known::Unknown { unknown: reason_of(prefix, at, "the prefix could not be determined") },
            };
        }
        self.add_route(arguments, at);
    }

    /// Adds what routers and routes both have.
    pub(crate) fn add_route(&mut self, arguments: &Arguments<'a>, at: &Location) {
        for (name, list) in [("tags", &mut self.tags), ("dependencies", &mut self.dependencies)] {
            match arguments.keyword(name) {
                None => {}
                Some(value) => match &value.kind {
                    Kind::None => {}
                    Kind::List(items) => list.extend(items.items.borrow().iter().cloned()),
                    _ => list.push(Value::unknown(Rc::new(reason_of(
                        value,
                        at,
                        &format!("`{name}` could not be determined"),
                    )))),
                },
            }
        }
        self.in_schema.extend(arguments.keyword("include_in_schema").cloned());
        self.responses.extend(arguments.keyword("responses").cloned());
    }
}
