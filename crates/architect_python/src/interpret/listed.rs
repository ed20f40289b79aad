//! The routes of a router as objects, for code that goes through `app.routes` and sets something of each.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{Location, Unknown};
use ruff_python_ast::name::Name;
use rustc_hash::FxHashMap;

use super::machine::Machine;
use super::router::{NodeKind, Route};
use super::value::{Arguments, Kind, Object, Value};

/// Routers nested deeper than this include each other.
const DEPTH: usize = 40;

/// A route as an object.
pub(crate) struct Listed<'a> {
    /// The router that was asked for its routes.
    pub(crate) router: Rc<Object<'a>>,
    /// The route.
    pub(crate) route: Rc<Route<'a>>,
    /// How often the same route stood before it: a router may be included several times.
    pub(crate) nth: usize,
    /// What the code sees.
    pub(crate) object: Rc<Object<'a>>,
    before: FxHashMap<Name, Value<'a>>,
}

impl<'a> Listed<'a> {
    /// What the code has set, by name.
    pub(crate) fn set(&self) -> Vec<(Name, Value<'a>)> {
        let now = self.object.attributes.borrow();
        let is_same = |name: &Name, value: &Value<'a>| {
            let before = self.before.get(name);
            before.is_some_and(|before| before.same(value) && before.doubt.is_none() == value.doubt.is_none())
        };
        now.iter().filter(|(name, value)| !is_same(name, value)).map(|(n, v)| (n.clone(), v.clone())).collect()
    }
}

/// What routers around a route add to it, as far as its object shows it.
#[derive(Clone, Default)]
struct Outer<'a> {
    prefix: String,
    unknown: Option<Rc<Unknown>>,
    tags: Vec<Value<'a>>,
}

impl<'a> Outer<'a> {
    fn add(&mut self, arguments: &Arguments<'a>, at: &Location) {
        match arguments.keyword("prefix").map(|prefix| (prefix, prefix.as_str())) {
            Some((_, Some(prefix))) => self.prefix.push_str(prefix),
            Some((Value { kind: Kind::None, .. }, _)) | None => {}
            Some(_) => self.unknown = Some(Rc::new(Unknown::new(at.clone(), "the prefix could not be determined"))),
        }
        self.tags.extend(arguments.keyword("tags").and_then(Value::as_items).unwrap_or_default());
    }
}

impl<'a> Machine<'a> {
    /// The routes of `router.routes`: those of the routers that it includes too, where FastAPI copies them.
    pub(super) fn listed_routes(&mut self, router: &Rc<Object<'a>>) -> Option<Vec<Value<'a>>> {
        let keeps_routers = self.lists_routes?;
        let mut found = Vec::new();
        collect(router, usize::MAX, keeps_routers, &Outer::default(), DEPTH, &mut found);
        let mut objects: Vec<Value<'a>> = Vec::new();
        let mut seen: Vec<*const Route<'a>> = Vec::new();
        for (route, outer, at) in found {
            let nth = seen.iter().filter(|other| std::ptr::eq(**other, &*route)).count();
            seen.push(Rc::as_ptr(&route));
            let known = self.listed.iter().find(|listed| {
                Rc::ptr_eq(&listed.router, router) && Rc::ptr_eq(&listed.route, &route) && listed.nth == nth
            });
            let object = match known {
                Some(known) => Rc::clone(&known.object),
                None => {
                    let before = attributes(&route, &outer);
                    let object = Rc::new(Object {
                        class: Value::library("fastapi.APIRoute"),
                        attributes: RefCell::new(before.clone()),
                        router: RefCell::default(),
                        at,
                    });
                    let (router, seen) = (Rc::clone(router), Rc::clone(&object));
                    self.listed.push(Listed { router, route, nth, object: seen, before });
                    object
                }
            };
            objects.push(Kind::Object(object).into());
        }
        Some(objects)
    }
}

type Found<'a> = Vec<(Rc<Route<'a>>, Outer<'a>, Location)>;

fn collect<'a>(
    router: &Rc<Object<'a>>,
    until: usize,
    keeps_routers: bool,
    outer: &Outer<'a>,
    depth: usize,
    found: &mut Found<'a>,
) {
    let nodes = router.router.borrow().as_ref().map(|router| router.nodes.clone()).unwrap_or_default();
    for node in nodes.iter().take(until).filter(|node| !node.is_off) {
        let mut outer = outer.clone();
        outer.add(&node.own, &node.at);
        match &node.kind {
            NodeKind::Route(route) => {
                let is_socket = route.methods.as_ref().is_ok_and(|methods| methods.iter().any(|m| m == "WEBSOCKET"));
                if route.is_api && !is_socket {
                    found.push((Rc::clone(route), outer, node.at.clone()));
                }
            }
            NodeKind::Include(inner, until, arguments) if !keeps_routers && depth > 0 => {
                outer.add(arguments, &node.at);
                collect(inner, *until, keeps_routers, &outer, depth - 1, found);
            }
            _ => {}
        }
    }
}

/// What code may ask a route.
fn attributes<'a>(route: &Rc<Route<'a>>, outer: &Outer<'a>) -> FxHashMap<Name, Value<'a>> {
    let given = |name: &str| route.arguments.keyword(name).cloned();
    let path = match (&outer.unknown, route.path.as_str()) {
        (Some(unknown), _) => Value::unknown(Rc::clone(unknown)),
        (None, Some(path)) => Value::str(format!("{}{path}", outer.prefix)),
        (None, None) => route.path.clone(),
    };
    let mut tags = outer.tags.clone();
    tags.extend(given("tags").as_ref().and_then(Value::as_items).unwrap_or_default());
    let methods = match &route.methods {
        Ok(methods) => Value::list(methods.iter().map(Value::str).collect()),
        Err(unknown) => Value::unknown(Rc::clone(unknown)),
    };
    let name = given("name").filter(|name| !matches!(name.kind, Kind::None));
    let name = name.or_else(|| name_of(&route.endpoint).map(Value::str));
    let mut all = FxHashMap::from_iter([
        ("path".into(), path.clone()),
        ("path_format".into(), path),
        ("methods".into(), methods),
        ("tags".into(), Value::list(tags)),
        ("endpoint".into(), route.endpoint.clone()),
        ("operation_id".into(), given("operation_id").unwrap_or_else(Value::none)),
        ("include_in_schema".into(), given("include_in_schema").unwrap_or_else(|| Value::bool(true))),
    ]);
    all.extend(name.map(|name| ("name".into(), name)));
    all
}

/// `starlette.routing.get_name`: `__name__` of functions and classes, the name of the class of anything else.
pub(crate) fn name_of(function: &Value<'_>) -> Option<String> {
    match &function.kind {
        Kind::Function(function) => match &*function.wrapped.borrow() {
            Some(inner) => name_of(inner),
            None => Some(function.def.name.to_string()),
        },
        Kind::Bound(bound) => Some(bound.1.def.name.to_string()),
        Kind::Class(class) => Some(class.def.name.to_string()),
        Kind::Object(object) => name_of(&object.class),
        Kind::Library(path) => path.rsplit('.').next().map(str::to_owned),
        Kind::Lambda(_) => Some("<lambda>".to_owned()),
        Kind::Made(_) => match function.made_by()?.0 {
            "functools.partial" => Some("partial".to_owned()),
            _ => None,
        },
        _ => None,
    }
}
