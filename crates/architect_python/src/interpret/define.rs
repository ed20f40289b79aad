//! What `def` and `class` statements do.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use architect_model::Unknown;
use ruff_python_ast::{Decorator, Expr, StmtClassDef, StmtFunctionDef, TypeParam, TypeParams};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::machine::{Frame, Machine};
use super::value::{Arguments, Binding, Class, Function, Kind, List, Made, Object, Scope, Value};

impl<'a> Machine<'a> {
    /// Runs a `def` statement.
    pub(super) fn define_function(&mut self, def: &'a StmtFunctionDef) {
        let Some(scope) = self.frames.last().map(|frame| Rc::clone(&frame.scope)) else {
            return;
        };
        let decorators = self.decorators(&def.decorator_list);
        let mut defaults = FxHashMap::default();
        for parameter in def.parameters.iter_non_variadic_params() {
            if let Some(default) = parameter.default() {
                defaults.insert(parameter.name().id.clone(), self.eval(default));
            }
        }
        let function = Rc::new(Function {
            def,
            qualname: format!("{}{}", scope.qualifier, def.name),
            scope,
            defaults,
            binding: Cell::new(Binding::Method),
            class: RefCell::default(),
            wrapped: RefCell::default(),
            opaque_signature: RefCell::default(),
        });
        let value = self.decorated(Kind::Function(function).into(), decorators, &def.decorator_list);
        self.bind(&def.name.id, value);
    }

    fn decorators(&mut self, list: &'a [Decorator]) -> Vec<Value<'a>> {
        list.iter().map(|decorator| self.eval(&decorator.expression)).collect()
    }

    fn decorated(&mut self, mut value: Value<'a>, decorators: Vec<Value<'a>>, list: &'a [Decorator]) -> Value<'a> {
        for (decorator, node) in decorators.into_iter().zip(list).rev() {
            value = self.decorate(&decorator, value, node);
        }
        value
    }

    /// Applies one decorator. One that is not of the project leaves the function as FastAPI sees it: libraries use
    /// `functools.wraps`.
    fn decorate(&mut self, decorator: &Value<'a>, value: Value<'a>, node: &'a Decorator) -> Value<'a> {
        if let (Some(binding), Kind::Function(function)) = (built_in(decorator), &value.kind) {
            function.binding.set(binding);
            return value;
        }
        match &decorator.kind {
            Kind::Made(made) => {
                if let Some(value) = self.router_decorator(made, &value) {
                    return value;
                }
                if let Some(("functools.wraps" | "functools.partial", _)) = decorator.made_by() {
                    return self.call(decorator, Arguments::of(vec![value]), &self.at(node));
                }
                note_signature(made, &value);
                value
            }
            Kind::Function(_) | Kind::Object(_) | Kind::Bound(_) | Kind::Class(_) => {
                let at = self.at(node);
                let result = self.call(decorator, Arguments::of(vec![value.clone()]), &at);
                match &result.kind {
                    Kind::Unknown(_) | Kind::None => value,
                    _ => result,
                }
            }
            _ => value,
        }
    }

    /// Runs a `class` statement.
    pub(super) fn define_class(&mut self, def: &'a StmtClassDef) {
        let Some(outer) = self.frames.last().map(|frame| Rc::clone(&frame.scope)) else {
            return;
        };
        let decorators = self.decorators(&def.decorator_list);
        let mut bases = Vec::new();
        let arguments = def.arguments.as_deref();
        for base in arguments.into_iter().flat_map(|arguments| &arguments.args) {
            if !matches!(base, Expr::Starred(_)) {
                bases.push(self.eval(base));
            }
        }
        let qualname = format!("{}{}", outer.qualifier, def.name);
        let qualifier = format!("{qualname}.");
        let scope = Rc::new(Scope {
            names: RefCell::default(),
            parent: Some(outer),
            file: self.file(),
            qualifier,
            is_class: true,
        });
        self.frames.push(Frame { scope: Rc::clone(&scope), function: None, this: None, returned: Vec::new() });
        self.bind_type_parameters(def.type_params.as_deref());
        self.block(&def.body);
        self.frames.pop();
        let class =
            Rc::new(Class { def, scope, qualname, ancestors: ancestors(&bases), opaque_signature: RefCell::default() });
        self.adopt(&class);
        let value = self.decorated(Kind::Class(class).into(), decorators, &def.decorator_list);
        self.bind(&def.name.id, value);
    }

    /// The parameters of `class Page[T]`, as `TypeVar("T")` makes them.
    fn bind_type_parameters(&mut self, parameters: Option<&TypeParams>) {
        for parameter in parameters.into_iter().flat_map(|parameters| &parameters.type_params) {
            let TypeParam::TypeVar(variable) = parameter else { continue };
            let mut arguments = Arguments::of(vec![Value::str(&*variable.name)]);
            for (keyword, expr) in [("bound", &variable.bound), ("default", &variable.default)] {
                if let Some(expr) = expr {
                    arguments.keywords.push((keyword.into(), self.eval(expr)));
                }
            }
            let made = Made { callee: Value::library("typing.TypeVar"), arguments, at: self.at(parameter) };
            self.bind(&variable.name.id, Kind::Made(Rc::new(made)).into());
        }
    }

    /// Tells the functions of a class body their class, and makes the members of an enumeration.
    fn adopt(&mut self, class: &Rc<Class<'a>>) {
        let is_enum =
            class.ancestors.iter().any(|base| base.as_library().is_some_and(|path| path.starts_with("enum.")));
        let names: Vec<_> =
            class.scope.names.borrow().iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        for (name, value) in names {
            match &value.kind {
                Kind::Function(function) => {
                    function.class.borrow_mut().get_or_insert_with(|| Rc::clone(class));
                }
                Kind::Str(_) | Kind::Int(_) | Kind::Float(_) | Kind::Made(_) | Kind::List(_)
                    if is_enum && !name.starts_with('_') =>
                {
                    let attributes = FxHashMap::from_iter([
                        ("name".into(), Value::str(&name)),
                        ("value".into(), enum_value(class, &name, value)),
                    ]);
                    let at = self.at(class.def.name.range());
                    let class_value = Kind::Class(Rc::clone(class)).into();
                    let member = Object {
                        class: class_value,
                        attributes: RefCell::new(attributes),
                        router: RefCell::default(),
                        at,
                    };
                    class.scope.names.borrow_mut().insert(name, Kind::Object(Rc::new(member)).into());
                }
                _ => {}
            }
        }
    }

    /// A list that unknown code may have changed.
    pub(super) fn doubt_list(list: &List<'a>, why: &Rc<architect_model::Unknown>) {
        list.doubt.borrow_mut().get_or_insert_with(|| Rc::clone(why));
    }
}

/// `auto()` of `StrEnum` is the name in lower case; of others it is what the enumeration counts or makes.
fn enum_value<'a>(class: &Class<'a>, name: &str, value: Value<'a>) -> Value<'a> {
    match value.made_by() {
        Some(("enum.auto", _)) if class.derives("enum.StrEnum") => Value::str(name.to_lowercase()),
        _ => value,
    }
}

/// A library decorator that is given a signature replaces the function's own.
fn note_signature(made: &Made<'_>, value: &Value<'_>) {
    let is_signature =
        |value: &Value<'_>| matches!(value.made_by(), Some(("inspect.Signature" | "inspect.signature", _)));
    if let Kind::Function(function) = &value.kind
        && made.arguments.values().any(is_signature)
    {
        let unknown = Unknown::new(made.at.clone(), "its signature is made by code");
        *function.opaque_signature.borrow_mut() = Some(Rc::new(unknown));
    }
}

fn built_in(decorator: &Value<'_>) -> Option<Binding> {
    Some(match decorator.as_library()? {
        "builtins.staticmethod" => Binding::Static,
        "builtins.classmethod" => Binding::Class,
        "builtins.property" | "functools.cached_property" => Binding::Property,
        _ => return None,
    })
}

/// The bases of a class in method resolution order.
fn ancestors<'a>(bases: &[Value<'a>]) -> Vec<Value<'a>> {
    let bases: Vec<Value<'a>> = bases.iter().map(origin).collect();
    let mut lines: Vec<Vec<Value<'a>>> = bases.iter().map(line).collect();
    lines.push(bases);
    let mut order: Vec<Value<'a>> = Vec::new();
    loop {
        lines.retain(|line| !line.is_empty());
        let candidates = lines.iter().filter_map(|line| line.first());
        let fits = |head: &&Value<'a>| !lines.iter().any(|line| line.iter().skip(1).any(|other| other.same(head)));
        let Some(next) = candidates.clone().find(fits).or_else(|| candidates.clone().next()).cloned() else {
            return order;
        };
        for line in &mut lines {
            line.retain(|other| !other.same(&next));
        }
        lines.iter_mut().for_each(|line| {
            line.retain(|other| !matches!(other.kind, Kind::Unknown(_)) || !matches!(next.kind, Kind::Unknown(_)))
        });
        order.push(next);
    }
}

/// A class followed by its own ancestors.
fn line<'a>(base: &Value<'a>) -> Vec<Value<'a>> {
    let mut line = vec![base.clone()];
    match &base.kind {
        Kind::Class(class) => line.extend(class.ancestors.iter().cloned()),
        Kind::Library(path) => library_ancestors(path, &mut line),
        _ => {}
    }
    line
}

fn library_ancestors<'a>(path: &str, line: &mut Vec<Value<'a>>) {
    for base in crate::resolve::library_bases(path) {
        line.push(Value::library(base));
        library_ancestors(base, line);
    }
}

/// The class of a subscribed generic class.
pub(super) fn origin<'a>(value: &Value<'a>) -> Value<'a> {
    match &value.kind {
        Kind::Subscript(subscript) => origin(&subscript.0),
        _ => value.clone(),
    }
}
