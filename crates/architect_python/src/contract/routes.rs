//! Routes with what the routers around them add: `APIRouter.include_router`, `add_api_route`, `APIRoute.__init__`.

use std::rc::Rc;

use architect_model::contract::{Parameter, Route};
use architect_model::{Known, Location, Symbol, Unknown};

use super::dependants::Reader;
use super::identifiers::{description_of, made_unique_id, path_format, shown, summary, unique_id};
use super::said::{Said, innermost, is_written, path_of, reworked, status, tags};
use super::types::Types;
use super::{body, responses, streams};
use crate::interpret::{Arguments, Kind, Object, Route as Registered, Value, name_of, reason_of};
use crate::read::endpoint::dependency::{defined_at, symbol, unwrapped};
use crate::read::endpoint::walk::{Around, KEEPS_ROUTERS, Visitor, walk};

/// Reads the routes of applications and routers.
pub(super) struct Routes<'t, 'm, 'a> {
    pub(super) types: &'t mut Types<'m, 'a>,
    /// Routes in order of registration.
    pub(super) found: Vec<Route>,
    /// Which parameters, by route, are models whose fields are the parameters.
    pub(super) models: Vec<(usize, usize)>,
    /// What could not be followed.
    pub(super) unknowns: Vec<Unknown>,
    root: Option<Rc<Object<'a>>>,
    seen: Vec<Rc<Registered<'a>>>,
}

impl<'t, 'm, 'a> Routes<'t, 'm, 'a> {
    /// A reader that has read nothing.
    pub(super) fn new(types: &'t mut Types<'m, 'a>) -> Self {
        Self { types, found: Vec::new(), models: Vec::new(), unknowns: Vec::new(), root: None, seen: Vec::new() }
    }

    /// Reads the routes of an application or a router.
    pub(super) fn read(&mut self, router: &Rc<Object<'a>>) {
        self.root = Some(Rc::clone(router));
        let (major, minor, _) = self.types.versions.fastapi;
        walk(self, router, (major, minor) >= KEEPS_ROUTERS, Around::default());
    }

    fn note(&mut self, unknown: &Unknown) {
        if !self.unknowns.contains(unknown) {
            self.unknowns.push(unknown.clone());
        }
    }

    fn made(&mut self, route: &Registered<'a>, mut around: Around<'a>, at: &Location) -> Route {
        around.add_route(&route.arguments, at);
        let mut layers: Vec<&Arguments<'a>> = around.layers.iter().map(|layer| &**layer).collect();
        layers.push(&route.arguments);
        let mut unknowns = Vec::new();
        if let Some(unknown) = &route.arguments.unknown {
            unknowns.push((**unknown).clone());
        }
        let function = unwrapped(&route.endpoint);
        let path = path_of(&around.prefix, &route.path, at);
        let format = path.clone().map(|path| path_format(&path));
        let path_names = format.known().map(|(_, names)| names.clone()).unwrap_or_default();
        let path = format.map(|(path, _)| path);
        let methods = match &route.methods {
            Ok(methods) => methods.clone(),
            Err(unknown) => {
                unknowns.push((**unknown).clone());
                Vec::new()
            }
        };
        let said = Said { arguments: &route.arguments, at };
        let name = said.text("name").and_then(|name| name.known().cloned());
        let name = name.or_else(|| name_of(&route.endpoint)).unwrap_or_else(|| {
            unknowns.push(reason_of(&function, at, "the function could not be determined"));
            String::new()
        });
        let operation_id = said.text("operation_id");
        let tags = tags(&around.tags, at);
        let unique_id = self.unique_id(&layers, &operation_id, &name, &path, &methods, &tags, at);
        let mut reader = Reader { types: self.types, path_names, at: at.clone() };
        let fastapi = reader.types.versions.fastapi;
        let flat = reader.of_route(&route.endpoint, &around.dependencies).flat(fastapi);
        unknowns.extend(flat.unknowns);
        for (index, _) in flat.parameters.iter().enumerate().filter(|(_, (_, is_model))| *is_model) {
            self.models.push((self.found.len(), index));
        }
        let class = innermost(&layers, "response_class", "default_response_class");
        let model = said.given("response_model");
        let (stream, is_streamed) = streams::of(self.types, model.is_some(), class, &function);
        let response = if is_streamed { Ok(None) } else { responses::model(self.types, model, &function, at) };
        let response = response.unwrap_or_else(|unknown| {
            unknowns.push(unknown);
            None
        });
        let response_class = responses::class(class, at);
        let deprecated = self.is_deprecated(&layers, at, &mut unknowns);
        let in_schema = self.in_schema(&around.in_schema, at, &mut unknowns);
        let responses = responses::extra(self.types, &layers, at, &mut unknowns);
        let callbacks = self.callbacks(&layers, at, &mut unknowns);
        reworked(&around, &layers, &mut unknowns);
        Route {
            path,
            methods,
            summary: Some(said.text("summary").filter(is_written).unwrap_or_else(|| Known::Known(summary(&name)))),
            description: match said.text("description").filter(is_written) {
                Some(Known::Known(text)) => shown(&text).map(Known::Known),
                Some(unknown) => Some(unknown),
                None => description_of(&function).map(Known::Known),
            },
            name,
            operation_id,
            unique_id,
            tags,
            deprecated,
            in_schema,
            parameters: flat.parameters.into_iter().map(|(parameter, _)| parameter).collect::<Vec<Parameter>>(),
            body: body::of(flat.body, fastapi),
            security: flat.security,
            status: status(&said),
            response,
            stream,
            response_description: said.text("response_description"),
            response_class,
            responses,
            callbacks,
            openapi_extra: said.given("openapi_extra").map(|extra| self.types.json(extra, at)),
            handler: symbol(&function).unwrap_or_else(|| Symbol::new("", "")),
            unknowns,
            at: defined_at(&function).unwrap_or_else(|| at.clone()),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a function that makes identifiers may ask a route")]
    fn unique_id(
        &mut self,
        layers: &[&Arguments<'a>],
        operation_id: &Option<Known<String>>,
        name: &str,
        path: &Known<String>,
        methods: &[String],
        tags: &[Known<String>],
        at: &Location,
    ) -> Known<String> {
        if let Some(given) = operation_id {
            return given.clone();
        }
        let path = match path {
            Known::Known(path) => path,
            Known::Unknown { unknown } => return Known::Unknown { unknown: unknown.clone() },
        };
        let Some(function) = innermost(layers, "generate_unique_id_function", "generate_unique_id_function") else {
            return Known::Known(unique_id(name, path, methods));
        };
        if function.as_library() == Some("fastapi.utils.generate_unique_id") {
            return Known::Known(unique_id(name, path, methods));
        }
        let tag = |tag: &Known<String>| match tag {
            Known::Known(text) => Value::str(text),
            Known::Unknown { unknown } => Value::unknown(Rc::new(unknown.clone())),
        };
        let attributes = vec![
            ("name", Value::str(name)),
            ("path", Value::str(path)),
            ("path_format", Value::str(path)),
            ("methods", Value::list(methods.iter().map(Value::str).collect())),
            ("tags", Value::list(tags.iter().map(tag).collect())),
            ("operation_id", Value::none()),
        ];
        made_unique_id(self.types.machine, function, attributes, at)
    }

    fn is_deprecated(&mut self, layers: &[&Arguments<'a>], at: &Location, unknowns: &mut Vec<Unknown>) -> bool {
        let mut deprecated = false;
        for value in layers.iter().filter_map(|layer| layer.keyword("deprecated")) {
            match self.types.machine.is_true(value) {
                Some(truth) => deprecated |= truth,
                None => unknowns.push(reason_of(value, at, "`deprecated` could not be determined")),
            }
        }
        deprecated
    }

    /// Whether it stands in the document: routers around it may say that it does not.
    fn in_schema(&mut self, values: &[Value<'a>], at: &Location, unknowns: &mut Vec<Unknown>) -> Known<bool> {
        let mut shown = true;
        for value in values {
            match self.types.machine.is_true(value) {
                Some(truth) => shown &= truth,
                None => {
                    let unknown = reason_of(value, at, "`include_in_schema` could not be determined");
                    return Known::Unknown { unknown };
                }
            }
            unknowns.extend(value.doubt.iter().map(|doubt| (**doubt).clone()));
        }
        Known::Known(shown)
    }

    /// What code sets that goes through `app.routes`: `route.operation_id = route.name`.
    fn set_by_code(&mut self, route: &Rc<Registered<'a>>, made: &mut Route, at: &Location) {
        let nth = self.seen.iter().filter(|other| Rc::ptr_eq(other, route)).count();
        self.seen.push(Rc::clone(route));
        for listed in self.types.machine.listed.iter().filter(|listed| Rc::ptr_eq(&listed.route, route)) {
            let is_it = listed.nth == nth && self.root.as_ref().is_some_and(|root| Rc::ptr_eq(root, &listed.router));
            let is_part = self.root.as_ref().is_none_or(|root| !Rc::ptr_eq(root, &listed.router));
            for (name, value) in listed.set() {
                match (name.as_str(), value.text()) {
                    ("operation_id", Some(text)) if is_it => {
                        made.operation_id = Some(Known::Known(text));
                        made.unknowns.extend(value.doubt.iter().map(|doubt| (**doubt).clone()));
                    }
                    _ if is_it || is_part => {
                        let reason = format!("`{name}` of the route is set by code");
                        made.unknowns.push(reason_of(&value, at, &reason));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Routes that the client is to have, of the routers around and the route's own.
    fn callbacks(&mut self, layers: &[&Arguments<'a>], at: &Location, unknowns: &mut Vec<Unknown>) -> Vec<Route> {
        let mut all = Vec::new();
        for value in layers.iter().filter_map(|layer| layer.keyword("callbacks")) {
            let router = match &value.kind {
                Kind::None => continue,
                // `callbacks=router.routes`
                Kind::Method(method) if method.1 == "routes" => method.0.as_router().cloned(),
                _ => None,
            };
            let Some(router) = router else {
                unknowns.push(reason_of(value, at, "`callbacks` could not be determined"));
                continue;
            };
            let mut inner = Routes::new(self.types);
            inner.read(&router);
            unknowns.extend(inner.unknowns);
            all.extend(inner.found);
        }
        all
    }
}

impl<'a> Visitor<'a> for Routes<'_, '_, 'a> {
    fn enter(&mut self, _router: &Rc<Object<'a>>) {}

    fn route(&mut self, route: &Rc<Registered<'a>>, around: Around<'a>, at: &Location) {
        let is_socket = route.methods.as_ref().is_ok_and(|methods| methods.iter().any(|one| one == "WEBSOCKET"));
        if !route.is_api || is_socket || around.is_mounted {
            return;
        }
        if let Some(condition) = &around.condition {
            self.note(&Rc::clone(condition));
        }
        if !around.is_off {
            let mut made = self.made(route, around, at);
            self.set_by_code(route, &mut made, at);
            self.found.push(made);
        }
    }

    fn unknown(&mut self, around: &Around<'a>, unknown: &Unknown) {
        if !around.is_mounted {
            self.note(unknown);
        }
    }
}
