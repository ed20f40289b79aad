//! Routers and applications as objects: what their constructors and methods do when a program is imported.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{Location, Unknown};

use super::machine::Machine;
use super::value::{Arguments, Kind, Made, Object, Value};

/// What an object is as a router, and what was registered on it.
pub(crate) struct Router<'a> {
    /// Whether it is an application (`FastAPI`), and not an `APIRouter`.
    pub(crate) is_app: bool,
    /// Arguments of the constructor: `prefix`, `tags`, `dependencies`, `include_in_schema`, …
    pub(crate) arguments: Rc<Arguments<'a>>,
    /// Registrations in order.
    pub(crate) nodes: Vec<Node<'a>>,
    /// Middleware that was added to it.
    pub(crate) middleware: Vec<Value<'a>>,
    /// Classes of exceptions, and the functions that answer them.
    pub(crate) handlers: Vec<(Value<'a>, Value<'a>)>,
    /// Modules and variables that hold it, the last one last.
    pub(crate) names: Vec<String>,
    /// Modules and variables that hold something of a library made around it.
    pub(crate) wrappers: Vec<String>,
    /// Module and name of the function in which it was made.
    pub(crate) factory: Option<String>,
}

/// Something that was registered on a router.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    /// What.
    pub(crate) kind: NodeKind<'a>,
    /// What the router was made with, and changed to by then: each registration takes that over.
    pub(crate) own: Rc<Arguments<'a>>,
    /// Why it may not be registered when the program runs.
    pub(crate) condition: Option<Rc<Unknown>>,
    /// Whether it is registered only where a setting has another value than its default.
    pub(crate) is_off: bool,
    /// Where.
    pub(crate) at: Location,
}

/// What was registered on a router.
#[derive(Clone)]
pub(crate) enum NodeKind<'a> {
    /// A route.
    Route(Rc<Route<'a>>),
    /// Another router; the number of nodes that it had by then; arguments of `include_router`.
    Include(Rc<Object<'a>>, usize, Rc<Arguments<'a>>),
    /// Another application, at a path.
    Mount(Value<'a>, Value<'a>),
    /// Something that could not be followed.
    Unknown(Rc<Unknown>),
    /// A function of this library package received the router: it may register routes, or rework those that use
    /// its types. Without a package: code of the project reworks the routes themselves.
    Reworked(Option<String>, Rc<Unknown>),
}

/// A route.
pub(crate) struct Route<'a> {
    /// Path, prefixes left out.
    pub(crate) path: Value<'a>,
    /// HTTP methods in upper case, or `WEBSOCKET`.
    pub(crate) methods: Result<Vec<String>, Rc<Unknown>>,
    /// The function.
    pub(crate) endpoint: Value<'a>,
    /// Keyword arguments of the registration.
    pub(crate) arguments: Arguments<'a>,
    /// Whether FastAPI reads the function's signature (a Starlette `Route` calls it with the request).
    pub(crate) is_api: bool,
}

/// The methods that register a function by decoration.
const VERBS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Whether a library class is a router or an application.
pub(crate) fn class_of(path: &str) -> Option<bool> {
    match path {
        "fastapi.FastAPI" | "starlette.applications.Starlette" => Some(true),
        "fastapi.APIRouter" | "starlette.routing.Router" => Some(false),
        _ => None,
    }
}

impl<'a> Machine<'a> {
    /// A router or application that a constructor makes; `class` is its class.
    pub(super) fn new_router(&mut self, class: Value<'a>, at: Location) -> Rc<Object<'a>> {
        Rc::new(Object { class, attributes: RefCell::default(), router: RefCell::new(None), at })
    }

    /// What `FastAPI.__init__` and `APIRouter.__init__` do.
    pub(super) fn init_router(&mut self, object: &Rc<Object<'a>>, is_app: bool, arguments: Arguments<'a>) {
        let factory = self.current_function().map(|function| function.symbol().to_string());
        let mut nodes = Vec::new();
        if let Some(unknown) = &arguments.unknown {
            nodes.push(Node {
                kind: NodeKind::Unknown(Rc::clone(unknown)),
                own: Rc::default(),
                condition: None,
                is_off: false,
                at: object.at.clone(),
            });
        }
        let arguments = Rc::new(arguments);
        *object.router.borrow_mut() = Some(Router {
            is_app,
            arguments,
            nodes,
            middleware: Vec::new(),
            handlers: Vec::new(),
            names: Vec::new(),
            wrappers: Vec::new(),
            factory,
        });
        self.routers.push(Rc::clone(object));
    }

    /// The router of an application's webhooks: none of its own routes are in it.
    ///
    /// ```python
    /// # fastapi.FastAPI.__init__
    /// self.webhooks = webhooks or routing.APIRouter()
    /// ```
    pub(super) fn webhooks(&mut self, app: &Rc<Object<'a>>, at: &Location) -> Value<'a> {
        let given = app.router.borrow().as_ref().and_then(|router| router.arguments.keyword("webhooks").cloned());
        let value = given.unwrap_or_else(|| {
            let router = self.new_router(Value::library("fastapi.APIRouter"), at.clone());
            self.init_router(&router, false, Arguments::default());
            self.routers.pop();
            Kind::Object(router).into()
        });
        app.attributes.borrow_mut().insert("webhooks".into(), value.clone());
        value
    }

    /// Calls a built-in method of a router.
    pub(super) fn router_method(
        &mut self,
        router: &Rc<Object<'a>>,
        name: &str,
        arguments: Arguments<'a>,
        at: &Location,
    ) -> Option<Value<'a>> {
        match name {
            _ if VERBS.contains(&name) || is_decorator(name) => {
                let callee = Kind::Method(Rc::new((Kind::Object(Rc::clone(router)).into(), name.into()))).into();
                return Some(Kind::Made(Rc::new(Made { callee, arguments, at: at.clone() })).into());
            }
            "add_api_route" | "add_route" => self.add_route(router, name == "add_api_route", arguments, at),
            "add_api_websocket_route" | "add_websocket_route" => self.add_websocket(router, arguments, at),
            "include_router" => self.include(router, arguments, at),
            "mount" => {
                let get = |position, name| arguments.get(position, name).cloned().unwrap_or_else(Value::none);
                self.register(router, NodeKind::Mount(get(0, "path"), get(1, "app")), at);
            }
            "add_middleware" => {
                if let (Some(middleware), Some(data)) =
                    (arguments.get(0, "middleware_class"), router.router.borrow_mut().as_mut())
                {
                    data.middleware.push(middleware.clone());
                }
            }
            "add_exception_handler" | "add_event_handler" | "setup" | "build_middleware_stack" | "url_path_for" => {}
            _ => return None,
        }
        Some(Value::none())
    }

    /// Applies the decorator that a router's method returned.
    pub(super) fn router_decorator(&mut self, made: &Rc<Made<'a>>, function: &Value<'a>) -> Option<Value<'a>> {
        let Kind::Method(method) = &made.callee.kind else {
            return None;
        };
        let router = method.0.as_router()?.clone();
        let mut arguments = made.arguments.clone();
        match method.1.as_str() {
            "middleware" => {
                if let Some(data) = router.router.borrow_mut().as_mut() {
                    data.middleware.push(function.clone());
                }
            }
            "exception_handler" => {
                if let (Some(class), Some(data)) = (arguments.positional.first(), router.router.borrow_mut().as_mut()) {
                    data.handlers.push((class.clone(), function.clone()));
                }
            }
            "websocket" | "websocket_route" => {
                arguments.positional.insert(1.min(arguments.positional.len()), function.clone());
                self.add_websocket(&router, arguments, &made.at);
            }
            verb if VERBS.contains(&verb) => {
                let methods = Value::list(vec![Value::str(verb.to_uppercase())]);
                arguments.keywords.retain(|(name, _)| name != "methods");
                arguments.keywords.push(("methods".into(), methods));
                self.decorate_route(&router, "add_api_route", arguments, function, &made.at);
            }
            "api_route" => self.decorate_route(&router, "add_api_route", arguments, function, &made.at),
            "route" => self.decorate_route(&router, "add_route", arguments, function, &made.at),
            _ => {}
        }
        Some(function.clone())
    }

    /// Calls `add_api_route` as the class of the router has it, which may be overridden.
    fn decorate_route(
        &mut self,
        router: &Rc<Object<'a>>,
        name: &str,
        mut arguments: Arguments<'a>,
        function: &Value<'a>,
        at: &Location,
    ) {
        if arguments.positional.is_empty() {
            arguments.keywords.push(("endpoint".into(), function.clone()));
        } else {
            arguments.positional.insert(1, function.clone());
        }
        let this: Value<'a> = Kind::Object(Rc::clone(router)).into();
        let method = self.attribute(&this, name, at);
        self.call(&method, arguments, at);
    }

    fn add_route(&mut self, router: &Rc<Object<'a>>, is_api: bool, arguments: Arguments<'a>, at: &Location) {
        let path = arguments.get(0, "path").cloned();
        let endpoint = arguments.get(1, "endpoint").or_else(|| arguments.keyword("route")).cloned();
        let (Some(path), Some(endpoint)) = (path, endpoint) else {
            let unknown = arguments
                .unknown
                .clone()
                .unwrap_or_else(|| Rc::new(Unknown::new(at.clone(), "a route without path or function")));
            return self.register(router, NodeKind::Unknown(unknown), at);
        };
        let methods = self.methods(arguments.keyword("methods").or_else(|| arguments.positional.get(2)), at);
        let route = Route { path, methods, endpoint, arguments, is_api };
        self.register(router, NodeKind::Route(Rc::new(route)), at);
    }

    fn add_websocket(&mut self, router: &Rc<Object<'a>>, arguments: Arguments<'a>, at: &Location) {
        let path = arguments.get(0, "path").cloned().unwrap_or_else(Value::none);
        let endpoint =
            arguments.get(1, "endpoint").or_else(|| arguments.keyword("route")).cloned().unwrap_or_else(Value::none);
        let route = Route { path, methods: Ok(vec!["WEBSOCKET".into()]), endpoint, arguments, is_api: true };
        self.register(router, NodeKind::Route(Rc::new(route)), at);
    }

    fn methods(&self, value: Option<&Value<'a>>, at: &Location) -> Result<Vec<String>, Rc<Unknown>> {
        let Some(value) = value.filter(|value| !matches!(value.kind, Kind::None)) else {
            return Ok(vec!["GET".into()]);
        };
        let unknown = || Rc::new(Unknown::new(at.clone(), "the HTTP methods could not be determined"));
        let items = value.as_items().ok_or_else(unknown)?;
        let mut methods = Vec::new();
        for item in items {
            methods.push(item.as_str().ok_or_else(unknown)?.to_uppercase());
        }
        Ok(methods)
    }

    fn include(&mut self, router: &Rc<Object<'a>>, arguments: Arguments<'a>, at: &Location) {
        let included = arguments.get(0, "router").cloned();
        let kind = match included.as_ref().map(|value| (value, value.as_router())) {
            Some((_, Some(object))) => {
                let until = object.router.borrow().as_ref().map_or(0, |data| data.nodes.len());
                NodeKind::Include(Rc::clone(object), until, Rc::new(arguments))
            }
            Some((value, None)) => {
                let why = value
                    .as_unknown()
                    .map_or_else(|| "it is no router that the source shows".to_owned(), |u| u.reason.clone());
                NodeKind::Include(self.opaque_router(at, &why), usize::MAX, Rc::new(arguments))
            }
            None => NodeKind::Unknown(Rc::new(Unknown::new(at.clone(), "the included router is not given"))),
        };
        self.register(router, kind, at);
    }

    /// A router of which nothing is known.
    fn opaque_router(&mut self, at: &Location, why: &str) -> Rc<Object<'a>> {
        let unknown =
            Rc::new(Unknown::new(at.clone(), format!("the routes of this router could not be determined: {why}")));
        let object = self.new_router(Value::library("fastapi.APIRouter"), at.clone());
        let node = Node {
            kind: NodeKind::Unknown(unknown),
            own: Rc::default(),
            condition: None,
            is_off: false,
            at: at.clone(),
        };
        let arguments = Rc::default();
        *object.router.borrow_mut() = Some(Router {
            is_app: false,
            arguments,
            nodes: vec![node],
            middleware: Vec::new(),
            handlers: Vec::new(),
            names: Vec::new(),
            wrappers: Vec::new(),
            factory: None,
        });
        object
    }

    /// Notes that something was registered.
    pub(super) fn register(&mut self, router: &Rc<Object<'a>>, kind: NodeKind<'a>, at: &Location) {
        let condition = self.doubt.clone();
        if let Some(data) = router.router.borrow_mut().as_mut() {
            data.nodes.push(Node {
                kind,
                own: Rc::clone(&data.arguments),
                condition,
                is_off: self.dry,
                at: at.clone(),
            });
        }
    }

    /// Code of the project changes the list of routes.
    pub(super) fn rework(&mut self, router: &Rc<Object<'a>>, at: &Location) {
        let unknown = Rc::new(Unknown::new(at.clone(), "code changes the list of routes"));
        self.register(router, NodeKind::Reworked(None, unknown), at);
    }

    /// A library function received applications or routers.
    pub(super) fn escape(&mut self, arguments: &Arguments<'a>, callee: &str, at: &Location) {
        let package = callee.split('.').next().unwrap_or_default();
        let reason = format!("`{callee}` receives the application or router and may register routes");
        let unknown = Rc::new(Unknown::new(at.clone(), reason));
        for value in arguments.values() {
            if let Some(router) = value.as_router() {
                let kind = NodeKind::Reworked(Some(package.to_owned()), Rc::clone(&unknown));
                self.register(&router.clone(), kind, at);
            }
        }
    }
}

/// Methods that change a list.
const CHANGES: &[&str] = &["append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse"];

/// The router whose list of routes a method call changes: `router.routes.remove(…)`.
pub(super) fn changed_routes<'a>(this: &Value<'a>, name: &str) -> Option<Rc<Object<'a>>> {
    match &this.kind {
        Kind::Method(list) if list.1 == "routes" && CHANGES.contains(&name) => list.0.as_router().cloned(),
        _ => None,
    }
}

/// Methods that return a decorator, beside those of the HTTP methods.
fn is_decorator(name: &str) -> bool {
    matches!(
        name,
        "api_route" | "route" | "websocket" | "websocket_route" | "middleware" | "exception_handler" | "on_event"
    )
}
