//! Calls: functions, classes, methods, libraries.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{Location, Unknown};
use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use rustc_hash::FxHashMap;

use super::define::origin;
use super::machine::{Frame, Machine};
use super::place::as_path;
use super::record::Noted;
use super::router::{changed_routes, class_of};
use super::statement::Flow;
use super::value::{Arguments, Binding, Class, Function, Kind, Made, Object, Scope, Value};

/// Function calls nested deeper than this are unknown.
const CALLS: usize = 100;

impl<'a> Machine<'a> {
    /// Calls a value.
    pub(crate) fn call(&mut self, callee: &Value<'a>, arguments: Arguments<'a>, at: &Location) -> Value<'a> {
        match &callee.kind {
            Kind::Function(function) => self.call_function(function, arguments, at),
            Kind::Bound(bound) => {
                let mut arguments = arguments;
                arguments.positional.insert(0, bound.0.clone());
                self.call_function(&bound.1, arguments, at).doubted(bound.0.doubt.as_ref())
            }
            Kind::Method(method) => self.call_method(&method.0, &method.1, callee, arguments, at),
            Kind::Class(class) => self.instantiate(class, callee, arguments, at),
            Kind::Subscript(subscript) => self.call(&origin(&subscript.0), arguments, at),
            Kind::Library(path) => self.call_library(&Rc::clone(path), callee, arguments, at),
            Kind::Made(made) => self.call_made(made, callee, arguments, at),
            Kind::Object(object) => self.call_object(object, callee, arguments, at),
            Kind::Unknown(unknown) => {
                self.note(|| Noted::Lost(arguments.values().cloned().collect(), Rc::clone(unknown)));
                self.escape(&arguments, "something unknown", at);
                Value::unknown(Rc::clone(unknown))
            }
            _ => self.unknown_at(at, "a call of something that could not be determined"),
        }
    }

    fn call_object(
        &mut self,
        object: &Rc<Object<'a>>,
        callee: &Value<'a>,
        arguments: Arguments<'a>,
        at: &Location,
    ) -> Value<'a> {
        if let Kind::Class(class) = &object.class.kind
            && let Some(Kind::Function(function)) = class.lookup("__call__").map(|value| value.kind)
        {
            let mut arguments = arguments;
            arguments.positional.insert(0, callee.clone());
            return self.call_function(&function, arguments, at);
        }
        self.unknown_at(at, "a call of an object")
    }

    /// Calls what a library call returned: a decorator, a partial function, or something else.
    fn call_made(
        &mut self,
        made: &Rc<Made<'a>>,
        callee: &Value<'a>,
        arguments: Arguments<'a>,
        at: &Location,
    ) -> Value<'a> {
        if let [function] = &arguments.positional[..]
            && arguments.keywords.is_empty()
            && let Some(value) = self.router_decorator(made, function)
        {
            return value;
        }
        match callee.made_by() {
            Some(("functools.partial", made)) => {
                let Some((function, given)) = made.arguments.positional.split_first() else {
                    return self.unknown_at(at, "an empty partial");
                };
                let mut all = made.arguments.clone();
                all.positional = given.iter().chain(&arguments.positional).cloned().collect();
                all.keywords.retain(|(name, _)| arguments.keyword(name).is_none());
                all.keywords.extend(arguments.keywords);
                self.call(function, all, at)
            }
            Some(("functools.wraps", made)) => {
                let wrapper = arguments.positional.into_iter().next().unwrap_or_else(Value::none);
                if let (Kind::Function(function), Some(wrapped)) = (&wrapper.kind, made.arguments.positional.first()) {
                    *function.wrapped.borrow_mut() = Some(wrapped.clone());
                }
                wrapper
            }
            _ => self.library_result(callee, arguments, at),
        }
    }

    /// The result of a call that is not followed. A decorator of a library gives back what it decorates.
    pub(super) fn library_result(&mut self, callee: &Value<'a>, arguments: Arguments<'a>, at: &Location) -> Value<'a> {
        let decorates = matches!(callee.kind, Kind::Made(_)) && arguments.keywords.is_empty();
        if let ([only], true) = (&arguments.positional[..], decorates)
            && matches!(only.kind, Kind::Function(_) | Kind::Class(_))
        {
            return only.clone();
        }
        if !is_harmless(callee) {
            self.escape(&arguments, &described(callee), at);
        }
        let made = Rc::new(Made { callee: callee.clone(), arguments, at: at.clone() });
        self.note_call(&made);
        Kind::Made(made).into()
    }

    /// Calls a function of the project.
    pub(super) fn call_function(
        &mut self,
        function: &Rc<Function<'a>>,
        arguments: Arguments<'a>,
        at: &Location,
    ) -> Value<'a> {
        self.called.insert(std::ptr::from_ref(function.def).addr());
        // What is noted is awaited somewhere.
        let is_postponed = function.def.is_async && self.record.is_none();
        if is_postponed || is_generator(function.def) {
            return self.library_result(&Value::library("builtins.coroutine"), Arguments::default(), at);
        }
        if self.calls > CALLS || !self.proceed() {
            return self.unknown_at(at, format!("`{}` is nested too deeply", function.def.name));
        }
        let scope = Rc::new(Scope {
            names: RefCell::new(self.bound_arguments(function, &arguments, at)),
            parent: Some(Rc::clone(&function.scope)),
            file: function.scope.file,
            qualifier: format!("{}.<locals>.", function.qualname),
            is_class: false,
        });
        let this = arguments.positional.first().cloned();
        self.frames.push(Frame { scope, function: Some(Rc::clone(function)), this, returned: Vec::new() });
        self.calls += 1;
        let value = self.run_body(function, at);
        self.calls -= 1;
        value
    }

    /// Runs the body of the function whose frame was pushed, and pops the frame.
    fn run_body(&mut self, function: &Rc<Function<'a>>, at: &Location) -> Value<'a> {
        let (doubt, depth) = (self.doubt.clone(), self.depth);
        let flow = self.block(&function.def.body);
        (self.doubt, self.depth) = (doubt, depth);
        let mut values = self.frames.pop().map(|frame| frame.returned).unwrap_or_default();
        match flow {
            Flow::Return(value) => values.push(value),
            Flow::Raise => self.note_raised(at),
            _ => values.push(Value::none()),
        }
        if values.is_empty() {
            return self.unknown_at(at, format!("`{}` raises an exception", function.def.name));
        }
        self.one_of(values, at)
    }

    fn bound_arguments(
        &mut self,
        function: &Rc<Function<'a>>,
        given: &Arguments<'a>,
        at: &Location,
    ) -> FxHashMap<Name, Value<'a>> {
        let parameters = &function.def.parameters;
        let mut names = FxHashMap::default();
        let mut count = 0;
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            let name = &parameter.name().id;
            let value = given.get(count, name).cloned();
            names.insert(name.clone(), value.unwrap_or_else(|| self.not_given(function, name, given, at)));
            count += 1;
        }
        for parameter in &parameters.kwonlyargs {
            let name = &parameter.name().id;
            let value = given.keyword(name).cloned();
            names.insert(name.clone(), value.unwrap_or_else(|| self.not_given(function, name, given, at)));
        }
        let or_unknown = |value: Value<'a>| given.unknown.clone().map_or(value, Value::unknown);
        if let Some(rest) = &parameters.vararg {
            let items = given.positional.get(count..).unwrap_or_default().to_vec();
            names.insert(rest.name.id.clone(), or_unknown(Value::list(items)));
        }
        if let Some(rest) = &parameters.kwarg {
            let extra = given.keywords.iter().filter(|(name, _)| !names.contains_key(name));
            let items = extra.map(|(name, value)| (Value::str(name), value.clone())).collect();
            let value = Kind::Dict(Rc::new(RefCell::new(items))).into();
            names.insert(rest.name.id.clone(), or_unknown(value));
        }
        names
    }

    fn not_given(&self, function: &Rc<Function<'a>>, name: &str, given: &Arguments<'a>, at: &Location) -> Value<'a> {
        match (&given.unknown, function.defaults.get(name)) {
            (Some(unknown), _) => Value::unknown(Rc::clone(unknown)),
            (None, Some(default)) => default.clone(),
            (None, None) => self.unknown_at(at, format!("the argument `{name}` is not given")),
        }
    }

    /// Makes an instance of a class of the project.
    fn instantiate(
        &mut self,
        class: &Rc<Class<'a>>,
        callee: &Value<'a>,
        arguments: Arguments<'a>,
        at: &Location,
    ) -> Value<'a> {
        if class.derives("enum.Enum") || class.derives("enum.StrEnum") {
            return self.enum_member(class, &arguments, at);
        }
        let object = self.new_router(callee.clone(), at.clone());
        let this: Value<'a> = Kind::Object(Rc::clone(&object)).into();
        match class.lookup("__init__").map(|value| value.kind) {
            Some(Kind::Function(init)) => {
                let mut all = arguments.clone();
                all.positional.insert(0, this.clone());
                self.call_function(&init, all, at);
            }
            _ => self.default_init(&object, class, &arguments),
        }
        let native = class.ancestors.iter().find_map(|base| class_of(base.as_library()?));
        let is_made = object.router.borrow().is_some();
        if let (Some(is_app), false) = (native, is_made) {
            self.init_router(&object, is_app, arguments);
        }
        this
    }

    fn enum_member(&mut self, class: &Rc<Class<'a>>, arguments: &Arguments<'a>, at: &Location) -> Value<'a> {
        let wanted = arguments.positional.first().cloned().unwrap_or_else(Value::none);
        let members: Vec<Value<'a>> = class.scope.names.borrow().values().cloned().collect();
        let is_it = |member: &&Value<'a>| match &member.kind {
            Kind::Object(object) => object.attributes.borrow().get("value").is_some_and(|value| value.same(&wanted)),
            _ => false,
        };
        members
            .iter()
            .find(is_it)
            .cloned()
            .unwrap_or_else(|| self.unknown_at(at, "an enumeration member that could not be determined"))
            .doubted(wanted.doubt.as_ref())
    }

    /// The `__init__` of models, dataclasses and plain classes: keyword arguments become attributes, and positional
    /// ones the fields in order.
    pub(super) fn default_init(&mut self, object: &Rc<Object<'a>>, class: &Rc<Class<'a>>, arguments: &Arguments<'a>) {
        let mut fields = Vec::new();
        for class in class.project_classes().iter().rev() {
            for statement in &class.def.body {
                if let Stmt::AnnAssign(field) = statement
                    && let Expr::Name(name) = &*field.target
                    && !fields.contains(&name.id)
                {
                    fields.push(name.id.clone());
                }
            }
        }
        let mut attributes = object.attributes.borrow_mut();
        for (name, value) in fields.into_iter().zip(&arguments.positional) {
            attributes.insert(name, value.clone());
        }
        for (name, value) in &arguments.keywords {
            attributes.insert(name.clone(), value.clone());
        }
    }

    /// Calls a method of something built in.
    fn call_method(
        &mut self,
        this: &Value<'a>,
        name: &str,
        callee: &Value<'a>,
        arguments: Arguments<'a>,
        at: &Location,
    ) -> Value<'a> {
        if let Some(router) = changed_routes(this, name) {
            self.rework(&router, at);
            return Value::none();
        }
        let result = match &this.kind {
            Kind::Object(object) if name == "__init__" => {
                self.native_init(object, arguments);
                return Value::none();
            }
            Kind::Object(object) if object.router.borrow().is_some() => {
                self.router_method(object, name, arguments.clone(), at)
            }
            Kind::Made(_) | Kind::Method(_) => match as_path(this) {
                Some(path) => self.path_method(&path, name, &arguments, at),
                None => self.asked(this, name, &arguments, at),
            },
            Kind::Str(text) => self.str_method(text, name, &arguments).map(|value| value.doubted(this.doubt.as_ref())),
            Kind::List(list) => self.list_method(list, name, &arguments),
            Kind::Dict(dict) => self.dict_method(dict, name, &arguments),
            _ => None,
        };
        result.unwrap_or_else(|| self.library_result(callee, arguments, at))
    }

    /// The `__init__` of the library class that a class of the project derives from.
    fn native_init(&mut self, object: &Rc<Object<'a>>, arguments: Arguments<'a>) {
        let Kind::Class(class) = origin(&object.class).kind else {
            return;
        };
        match class.ancestors.iter().find_map(|base| class_of(base.as_library()?)) {
            Some(is_app) => self.init_router(object, is_app, arguments),
            None => self.default_init(object, &class, &arguments),
        }
    }

    /// The attribute of a function found through a class or an instance.
    pub(super) fn bound(&mut self, function: &Rc<Function<'a>>, this: &Value<'a>, at: &Location) -> Value<'a> {
        match function.binding.get() {
            Binding::Static => Kind::Function(Rc::clone(function)).into(),
            Binding::Property => self.call_function(function, Arguments::of(vec![this.clone()]), at),
            Binding::Class => {
                let class = match &this.kind {
                    Kind::Object(object) => object.class.clone(),
                    _ => this.clone(),
                };
                Kind::Bound(Rc::new((class, Rc::clone(function)))).into()
            }
            Binding::Method => Kind::Bound(Rc::new((this.clone(), Rc::clone(function)))).into(),
        }
    }
}

/// Whether a function contains `yield`.
pub(crate) fn is_generator(def: &StmtFunctionDef) -> bool {
    struct Finder(bool);
    impl<'s> Visitor<'s> for Finder {
        fn visit_stmt(&mut self, statement: &'s Stmt) {
            if !self.0 && !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                walk_stmt(self, statement);
            }
        }
        fn visit_expr(&mut self, expr: &'s Expr) {
            match expr {
                Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
                Expr::Lambda(_) => {}
                _ => walk_expr(self, expr),
            }
        }
    }
    let mut finder = Finder(false);
    finder.visit_body(&def.body);
    finder.0
}

/// Library packages whose functions register no routes on an application that they receive.
const HARMLESS: &[&str] = &[
    "builtins",
    "typing",
    "fastapi",
    "starlette",
    "functools",
    "inspect",
    "logging",
    "uvicorn",
    "mangum",
    "copy",
    "contextlib",
];

fn is_harmless(callee: &Value<'_>) -> bool {
    match &callee.kind {
        Kind::Library(path) => HARMLESS.contains(&path.split('.').next().unwrap_or_default()),
        Kind::Method(method) => {
            matches!(method.0.kind, Kind::Str(_) | Kind::List(_) | Kind::Dict(_) | Kind::Object(_))
                || is_harmless(&method.0)
        }
        Kind::Made(made) => is_harmless(&made.callee),
        _ => false,
    }
}

fn described(callee: &Value<'_>) -> String {
    match &callee.kind {
        Kind::Library(path) => path.to_string(),
        Kind::Method(method) => format!("{}.{}", described(&method.0), method.1),
        Kind::Made(made) => format!("{}()", described(&made.callee)),
        _ => "something of a library".into(),
    }
}

/// Why a value of this description is unknown.
pub(super) fn because(at: &Location, reason: &str) -> Rc<Unknown> {
    Rc::new(Unknown::new(at.clone(), reason))
}
