//! What FastAPI injects into a function: the tree of its dependencies.

use std::rc::Rc;

use architect_model::{Location, Symbol, Unknown};
use ruff_python_ast::{Expr, Stmt};

use crate::interpret::{Arguments, Binding, Class, Function, Kind, Machine, Scope, Value};

/// A dependency and what it depends on itself.
#[derive(Clone)]
pub(super) struct Dependency<'a> {
    /// The function or class.
    pub(super) symbol: Symbol,
    /// What FastAPI calls.
    pub(super) call: Value<'a>,
    /// Parameter that receives it.
    pub(super) parameter: Option<String>,
    /// What it depends on.
    pub(super) children: Vec<Dependency<'a>>,
    /// What of its own dependencies could not be followed.
    pub(super) unknowns: Vec<Unknown>,
}

/// The dependencies of something callable.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) dependencies: Vec<Dependency<'a>>,
    pub(super) unknowns: Vec<Unknown>,
}

/// A parameter of something callable.
pub(crate) struct Parameter<'a> {
    /// Its name.
    pub(crate) name: String,
    /// Its annotation, and where that stands.
    pub(crate) annotation: Option<(&'a Expr, Rc<Scope<'a>>)>,
    /// Its default.
    pub(crate) default: Option<Value<'a>>,
}

/// Dependencies nested deeper than this depend on each other.
const DEPTH: usize = 24;

/// The function behind decorators and partial applications, as `inspect.unwrap` finds it.
pub(crate) fn unwrapped<'a>(value: &Value<'a>) -> Value<'a> {
    match &value.kind {
        Kind::Function(function) => match &*function.wrapped.borrow() {
            Some(inner) => unwrapped(inner),
            None => value.clone(),
        },
        _ => match value.made_by() {
            Some(("functools.partial", made)) => {
                made.arguments.positional.first().map_or_else(|| value.clone(), unwrapped)
            }
            _ => value.clone(),
        },
    }
}

/// The importable symbol of something callable.
pub(crate) fn symbol(value: &Value<'_>) -> Option<Symbol> {
    match &unwrapped(value).kind {
        Kind::Function(function) => Some(function.symbol()),
        Kind::Bound(bound) => Some(bound.1.symbol()),
        Kind::Class(class) => Some(class.symbol()),
        Kind::Object(object) => symbol(&object.class),
        Kind::Subscript(subscript) => symbol(&subscript.0),
        Kind::Lambda(lambda) => Some(lambda.0.clone()),
        Kind::Library(path) => path.rsplit_once('.').map(|(module, name)| Symbol::new(module, name)),
        Kind::Made(made) => symbol(&made.callee).filter(|symbol| symbol.name.starts_with(char::is_uppercase)),
        Kind::Method(method) => match &method.0.kind {
            Kind::Library(path) => {
                path.rsplit_once('.').map(|(module, name)| Symbol::new(module, format!("{name}.{}", method.1)))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Where something callable is defined.
pub(crate) fn defined_at(value: &Value<'_>) -> Option<Location> {
    match &value.kind {
        Kind::Function(function) => Some(function.scope.file.at(&function.def.name)),
        Kind::Bound(bound) => Some(bound.1.scope.file.at(&bound.1.def.name)),
        Kind::Class(class) => Some(class.scope.file.at(&class.def.name)),
        Kind::Lambda(lambda) => Some(lambda.1.clone()),
        _ => None,
    }
}

/// The dependency that a `Depends(…)` or `Security(…)` declares; `ty` is the annotated type beside it.
pub(super) fn declared<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    ty: Option<&Value<'a>>,
) -> Result<Option<Dependency<'a>>, Unknown> {
    dependency_at(machine, value, ty, 0)
}

fn dependency_at<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    ty: Option<&Value<'a>>,
    depth: usize,
) -> Result<Option<Dependency<'a>>, Unknown> {
    let made = match (&value.kind, value.made_by()) {
        (Kind::Unknown(unknown), _) => return Err((**unknown).clone()),
        (_, Some(("fastapi.Depends" | "fastapi.Security", made))) => made,
        (Kind::Made(made), Some((path, _))) if !is_plain_library(path) => {
            return Err(Unknown::new(made.at.clone(), format!("what `{path}` of a library declares")));
        }
        _ => return Ok(None),
    };
    let given = made.arguments.get(0, "dependency").filter(|value| !matches!(value.kind, Kind::None));
    let Some(call) = given.or(ty).cloned() else {
        return Err(Unknown::new(made.at.clone(), "a dependency without a function"));
    };
    let Some(symbol) = symbol(&call) else {
        return Err(crate::interpret::reason_of(
            &call,
            &made.at,
            "the dependency is made by code that could not be followed",
        ));
    };
    let found = if depth < DEPTH { of_callable(machine, &call, depth + 1) } else { Found::default() };
    Ok(Some(Dependency { symbol, call, parameter: None, children: found.dependencies, unknowns: found.unknowns }))
}

/// Libraries whose values in a signature are no dependencies.
fn is_plain_library(path: &str) -> bool {
    let top = path.split('.').next().unwrap_or_default();
    matches!(top, "fastapi" | "pydantic" | "builtins" | "typing" | "annotated_types" | "sqlmodel" | "uuid" | "datetime")
}

/// The dependencies of something callable, in the order of its parameters.
pub(super) fn of_callable<'a>(machine: &mut Machine<'a>, call: &Value<'a>, depth: usize) -> Found<'a> {
    let mut found = Found::default();
    for parameter in parameters(call) {
        match of_parameter(machine, &parameter, depth) {
            Ok(Some(mut dependency)) => {
                dependency.parameter = Some(parameter.name);
                found.dependencies.push(dependency);
            }
            Ok(None) => {}
            Err(unknown) => found.unknowns.push(unknown),
        }
    }
    if depth == 0
        && let Some(class) = view_class(call)
    {
        let value: Value<'a> = Kind::Class(Rc::clone(&class)).into();
        let inner = of_callable(machine, &value, 1);
        let own = Dependency {
            symbol: class.symbol(),
            call: value,
            parameter: None,
            children: inner.dependencies,
            unknowns: inner.unknowns,
        };
        found.dependencies.insert(0, own);
    }
    let function = match &unwrapped(call).kind {
        Kind::Function(function) => Some(Rc::clone(function)),
        Kind::Object(object) => match &object.class.kind {
            Kind::Class(class) => method(class, "__call__"),
            _ => None,
        },
        _ => None,
    };
    if let Some(unknown) = function.and_then(|function| function.opaque_signature.borrow().clone()) {
        found.unknowns.push((*unknown).clone());
    }
    found
}

/// The class whose instance a handler receives as `self`: a class-based view.
pub(crate) fn view_class<'a>(call: &Value<'a>) -> Option<Rc<Class<'a>>> {
    let Kind::Function(function) = unwrapped(call).kind else {
        return None;
    };
    let class = function.class.borrow().clone()?;
    let first = function.def.parameters.iter_non_variadic_params().next()?;
    (function.binding.get() == Binding::Method && first.annotation().is_none() && first.default().is_none())
        .then_some(class)
}

fn of_parameter<'a>(
    machine: &mut Machine<'a>,
    parameter: &Parameter<'a>,
    depth: usize,
) -> Result<Option<Dependency<'a>>, Unknown> {
    let annotation = parameter.annotation.as_ref().map(|(expr, scope)| machine.annotation(scope, expr));
    let (ty, metadata) = match &annotation {
        Some(value) => taken_apart(value),
        None => (None, Vec::new()),
    };
    if let Some(default) = &parameter.default
        && let Some(dependency) = dependency_at(machine, default, ty.as_ref(), depth)?
    {
        return Ok(Some(dependency));
    }
    for value in metadata.iter().rev() {
        if let Some(("fastapi.Depends" | "fastapi.Security", _)) = value.made_by() {
            return dependency_at(machine, value, ty.as_ref(), depth);
        }
    }
    match (&ty, &parameter.default) {
        (Some(Value { kind: Kind::Unknown(unknown), .. }), None) => Err((**unknown).clone()),
        _ => Ok(None),
    }
}

/// The type and the metadata of an annotation.
pub(crate) fn taken_apart<'a>(annotation: &Value<'a>) -> (Option<Value<'a>>, Vec<Value<'a>>) {
    if let Kind::Subscript(subscript) = &annotation.kind
        && subscript.0.as_library() == Some("typing.Annotated")
        && let Some((first, rest)) = subscript.1.split_first()
    {
        let (ty, mut metadata) = taken_apart(first);
        metadata.extend(rest.iter().cloned());
        return (ty, metadata);
    }
    (Some(annotation.clone()), Vec::new())
}

/// The parameters that FastAPI sees.
pub(crate) fn parameters<'a>(call: &Value<'a>) -> Vec<Parameter<'a>> {
    match &call.kind {
        Kind::Function(function) => match &*function.wrapped.borrow() {
            Some(inner) => parameters(inner),
            None => {
                let skip = usize::from(function.class.borrow().is_some() && function.binding.get() == Binding::Method);
                of_function(function, skip)
            }
        },
        Kind::Bound(bound) => of_function(&bound.1, 1),
        Kind::Class(class) => of_class(class),
        Kind::Object(object) => match &object.class.kind {
            Kind::Class(class) => method(class, "__call__").map_or_else(Vec::new, |function| of_function(&function, 1)),
            _ => Vec::new(),
        },
        Kind::Subscript(subscript) => parameters(&subscript.0),
        _ => match call.made_by() {
            Some(("functools.partial", made)) => without(made.arguments.clone()),
            _ => Vec::new(),
        },
    }
}

/// The parameters that a partial application leaves open.
fn without<'a>(arguments: Arguments<'a>) -> Vec<Parameter<'a>> {
    let Some((function, given)) = arguments.positional.split_first() else {
        return Vec::new();
    };
    let rest = parameters(function).into_iter().skip(given.len());
    rest.filter(|parameter| arguments.keyword(&parameter.name).is_none()).collect()
}

pub(crate) fn of_function<'a>(function: &Rc<Function<'a>>, skip: usize) -> Vec<Parameter<'a>> {
    let parameters = function.def.parameters.iter_non_variadic_params().skip(skip);
    parameters
        .map(|parameter| Parameter {
            name: parameter.name().to_string(),
            annotation: parameter.annotation().map(|annotation| (annotation, Rc::clone(&function.scope))),
            default: function.defaults.get(&parameter.name().id).cloned(),
        })
        .collect()
}

/// The method `name` of a class or of a base of the project.
pub(crate) fn method<'a>(class: &Rc<Class<'a>>, name: &str) -> Option<Rc<Function<'a>>> {
    match class.lookup(name)?.kind {
        Kind::Function(function) => Some(function),
        _ => None,
    }
}

/// The parameters of a class: of its `__init__`, or its fields where a library makes `__init__` of them.
fn of_class<'a>(class: &Rc<Class<'a>>) -> Vec<Parameter<'a>> {
    let init = method(class, "__init__");
    let mut parameters = init.as_ref().map_or_else(Vec::new, |init| of_function(init, 1));
    let makes_init = init.is_none() || class.opaque_signature.borrow().is_some();
    if !makes_init && !parameters.is_empty() {
        return parameters;
    }
    for class in class.project_classes().iter().rev() {
        for statement in &class.def.body {
            let Stmt::AnnAssign(field) = statement else {
                continue;
            };
            let Expr::Name(name) = &*field.target else {
                continue;
            };
            parameters.retain(|parameter| parameter.name != name.id.as_str());
            parameters.push(Parameter {
                name: name.id.to_string(),
                annotation: Some((&field.annotation, Rc::clone(&class.scope))),
                default: field.value.as_ref().and_then(|_| class.scope.names.borrow().get(&name.id).cloned()),
            });
        }
    }
    parameters
}

/// All dependencies, outermost first, each once.
pub(super) fn flattened(dependencies: &[Dependency<'_>]) -> Vec<Symbol> {
    fn add(dependencies: &[Dependency<'_>], all: &mut Vec<Symbol>) {
        for dependency in dependencies {
            if !all.contains(&dependency.symbol) {
                all.push(dependency.symbol.clone());
            }
            add(&dependency.children, all);
        }
    }
    let mut all = Vec::new();
    add(dependencies, &mut all);
    all
}
