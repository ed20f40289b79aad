//! The values that module-level code computes, as far as static reading needs them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use architect_model::{Location, Symbol, Unknown};
use ruff_python_ast::name::Name;
use ruff_python_ast::{StmtClassDef, StmtFunctionDef};
use rustc_hash::FxHashMap;

use super::router::Router;
use crate::syntax::File;

/// A value, and the reason why it may be another one when the program runs.
#[derive(Clone)]
pub(crate) struct Value<'a> {
    /// What it is.
    pub(crate) kind: Kind<'a>,
    /// Set where it rests on the default of a setting, which the environment may override.
    pub(crate) doubt: Option<Rc<Unknown>>,
}

/// What a value is.
#[derive(Clone)]
pub(crate) enum Kind<'a> {
    /// Something that could not be determined.
    Unknown(Rc<Unknown>),
    /// `None`.
    None,
    /// `...`.
    Ellipsis,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number that is no integer.
    Float(f64),
    /// A string.
    Str(Rc<str>),
    /// A list, tuple or set.
    List(Rc<List<'a>>),
    /// A dictionary.
    Dict(Rc<RefCell<Vec<(Value<'a>, Value<'a>)>>>),
    /// A module of the project.
    Module(&'a File),
    /// A name of a module of the project that is looked up when it is needed.
    Import(Rc<Import<'a>>),
    /// A package of the project without `__init__.py`, by its dotted name.
    Namespace(Rc<str>),
    /// A function of the project.
    Function(Rc<Function<'a>>),
    /// A class of the project.
    Class(Rc<Class<'a>>),
    /// An instance of a class of the project, or a router or application.
    Object(Rc<Object<'a>>),
    /// A function bound to what it is called on.
    Bound(Rc<(Value<'a>, Rc<Function<'a>>)>),
    /// A method of a built-in value, router or library object.
    Method(Rc<(Value<'a>, Name)>),
    /// A module or member of a library, by canonical import path.
    Library(Rc<str>),
    /// What a call to a library returned.
    Made(Rc<Made<'a>>),
    /// A subscription of a class or type: `Annotated[Item, …]`, `Page[Item]`.
    Subscript(Rc<(Value<'a>, Vec<Value<'a>>)>),
    /// A union of types.
    Union(Rc<Vec<Value<'a>>>),
    /// A text that is there perhaps: it is no other one, but it may be none.
    Perhaps(Rc<(Value<'a>, Rc<Unknown>)>),
    /// A lambda expression, by where it stands.
    Lambda(Rc<(Symbol, Location)>),
}

/// `from module import name`.
pub(crate) struct Import<'a> {
    /// The module.
    pub(crate) file: &'a File,
    /// The name.
    pub(crate) name: Name,
    /// Where it is imported.
    pub(crate) at: Location,
}

/// A list, tuple or set.
pub(crate) struct List<'a> {
    /// Its items.
    pub(crate) items: RefCell<Vec<Value<'a>>>,
    /// Set where code that may not run, or is not understood, changed it.
    pub(crate) doubt: RefCell<Option<Rc<Unknown>>>,
}

/// The names of a module, class or function call.
pub(crate) struct Scope<'a> {
    /// Names bound here.
    pub(crate) names: RefCell<FxHashMap<Name, Value<'a>>>,
    /// The scope in which other names are looked up.
    pub(crate) parent: Option<Rc<Scope<'a>>>,
    /// The file.
    pub(crate) file: &'a File,
    /// What comes before a name defined here: `Outer.`, `make.<locals>.`.
    pub(crate) qualifier: String,
    /// Whether it is the body of a class, whose names functions inside do not see.
    pub(crate) is_class: bool,
}

/// A function as `def` makes it.
pub(crate) struct Function<'a> {
    /// Its definition.
    pub(crate) def: &'a StmtFunctionDef,
    /// The scope that the definition stands in.
    pub(crate) scope: Rc<Scope<'a>>,
    /// `__qualname__`.
    pub(crate) qualname: String,
    /// Defaults of its parameters.
    pub(crate) defaults: FxHashMap<Name, Value<'a>>,
    /// Built-in decoration.
    pub(crate) binding: Cell<Binding>,
    /// The class whose body defines it.
    pub(crate) class: RefCell<Option<Rc<Class<'a>>>>,
    /// `__wrapped__`.
    pub(crate) wrapped: RefCell<Option<Value<'a>>>,
    /// `__signature__`, where the program sets it.
    pub(crate) opaque_signature: RefCell<Option<Rc<Unknown>>>,
}

/// How a function of a class is reached through an instance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// A method.
    Method,
    /// `@staticmethod`.
    Static,
    /// `@classmethod`.
    Class,
    /// `@property` and the like.
    Property,
}

/// A class as `class` makes it.
pub(crate) struct Class<'a> {
    /// Its definition.
    pub(crate) def: &'a StmtClassDef,
    /// The scope of its body.
    pub(crate) scope: Rc<Scope<'a>>,
    /// `__qualname__`.
    pub(crate) qualname: String,
    /// Itself left out, its bases in method resolution order: classes, library symbols, unknowns.
    pub(crate) ancestors: Vec<Value<'a>>,
    /// Set where a decorator that was not followed may have changed its signature.
    pub(crate) opaque_signature: RefCell<Option<Rc<Unknown>>>,
}

/// An instance.
pub(crate) struct Object<'a> {
    /// Its class: a class of the project or a library symbol.
    pub(crate) class: Value<'a>,
    /// Its attributes.
    pub(crate) attributes: RefCell<FxHashMap<Name, Value<'a>>>,
    /// What it is as a router.
    pub(crate) router: RefCell<Option<Router<'a>>>,
    /// Where it was made.
    pub(crate) at: Location,
}

/// The result of a call to a library.
pub(crate) struct Made<'a> {
    /// What was called: a library symbol, or a method of something.
    pub(crate) callee: Value<'a>,
    /// The arguments.
    pub(crate) arguments: Arguments<'a>,
    /// Where.
    pub(crate) at: Location,
}

/// The arguments of a call.
#[derive(Clone, Default)]
pub(crate) struct Arguments<'a> {
    /// Positional ones.
    pub(crate) positional: Vec<Value<'a>>,
    /// Keyword ones.
    pub(crate) keywords: Vec<(Name, Value<'a>)>,
    /// Set where a `*` or `**` argument is unknown, so that others may be given.
    pub(crate) unknown: Option<Rc<Unknown>>,
}

impl<'a> Arguments<'a> {
    /// Arguments by position only.
    pub(crate) fn of(positional: Vec<Value<'a>>) -> Self {
        Self { positional, ..Self::default() }
    }

    /// The keyword argument `name`.
    pub(crate) fn keyword(&self, name: &str) -> Option<&Value<'a>> {
        self.keywords.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The argument that is passed by `position` or by `name`.
    pub(crate) fn get(&self, position: usize, name: &str) -> Option<&Value<'a>> {
        self.positional.get(position).or_else(|| self.keyword(name))
    }

    /// All values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        self.positional.iter().chain(self.keywords.iter().map(|(_, value)| value))
    }
}

impl<'a> From<Kind<'a>> for Value<'a> {
    fn from(kind: Kind<'a>) -> Self {
        Self { kind, doubt: None }
    }
}

impl<'a> Value<'a> {
    /// `None`.
    pub(crate) fn none() -> Self {
        Kind::None.into()
    }

    /// A string.
    pub(crate) fn str(text: impl AsRef<str>) -> Self {
        Kind::Str(text.as_ref().into()).into()
    }

    /// A truth value.
    pub(crate) fn bool(value: bool) -> Self {
        Kind::Bool(value).into()
    }

    /// A list.
    pub(crate) fn list(items: Vec<Self>) -> Self {
        Kind::List(Rc::new(List { items: RefCell::new(items), doubt: RefCell::default() })).into()
    }

    /// A library symbol.
    pub(crate) fn library(path: impl AsRef<str>) -> Self {
        Kind::Library(path.as_ref().into()).into()
    }

    /// An unknown.
    pub(crate) fn unknown(unknown: Rc<Unknown>) -> Self {
        Kind::Unknown(unknown).into()
    }

    /// The same value, in doubt for this reason too.
    pub(crate) fn doubted(mut self, doubt: Option<&Rc<Unknown>>) -> Self {
        if self.doubt.is_none() {
            self.doubt = doubt.cloned();
        }
        self
    }

    /// The string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The string that it is, or that the member of an enumeration stands for.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.kind {
            Kind::Str(text) => Some(text.to_string()),
            Kind::Object(object) => {
                let attributes = object.attributes.borrow();
                attributes.get("value").filter(|_| attributes.contains_key("name"))?.as_str().map(str::to_owned)
            }
            _ => None,
        }
    }

    /// Why it is unknown.
    pub(crate) fn as_unknown(&self) -> Option<&Rc<Unknown>> {
        match &self.kind {
            Kind::Unknown(unknown) => Some(unknown),
            Kind::Perhaps(perhaps) => Some(&perhaps.1),
            _ => None,
        }
    }

    /// Length of a string, list or dictionary; 0 for anything else.
    pub(crate) fn length(&self) -> usize {
        match &self.kind {
            Kind::Str(text) => text.len(),
            Kind::List(list) => list.items.borrow().len(),
            Kind::Dict(items) => items.borrow().len(),
            _ => 0,
        }
    }

    /// The items of a list.
    pub(crate) fn as_items(&self) -> Option<Vec<Self>> {
        match &self.kind {
            Kind::List(list) => Some(list.items.borrow().clone()),
            _ => None,
        }
    }

    /// The library symbol's path.
    pub(crate) fn as_library(&self) -> Option<&str> {
        match &self.kind {
            Kind::Library(path) => Some(path),
            _ => None,
        }
    }

    /// The path of the library symbol that made it by a call.
    pub(crate) fn made_by(&self) -> Option<(&str, &Rc<Made<'a>>)> {
        match &self.kind {
            Kind::Made(made) => Some((made.callee.as_library()?, made)),
            _ => None,
        }
    }

    /// The router, as an object.
    pub(crate) fn as_router(&self) -> Option<&Rc<Object<'a>>> {
        match &self.kind {
            Kind::Object(object) if object.router.borrow().is_some() => Some(object),
            _ => None,
        }
    }

    /// Whether both are the same object, or equal plain values.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.same_within(other, 32)
    }

    /// Whether they are the same, as far as lists nested this deep can tell.
    fn same_within(&self, other: &Self, depth: u32) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::None, Kind::None) | (Kind::Ellipsis, Kind::Ellipsis) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Int(a), Kind::Int(b)) => a == b,
            (Kind::Float(a), Kind::Float(b)) => a.total_cmp(b).is_eq(),
            (Kind::Str(a), Kind::Str(b))
            | (Kind::Library(a), Kind::Library(b))
            | (Kind::Namespace(a), Kind::Namespace(b)) => a == b,
            (Kind::List(a), Kind::List(b)) => {
                Rc::ptr_eq(a, b) || {
                    let (a, b) = (a.items.borrow(), b.items.borrow());
                    depth > 0 && a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same_within(b, depth - 1))
                }
            }
            (Kind::Dict(a), Kind::Dict(b)) => Rc::ptr_eq(a, b),
            (Kind::Module(a), Kind::Module(b)) => std::ptr::eq(*a, *b),
            (Kind::Function(a), Kind::Function(b)) => Rc::ptr_eq(a, b),
            (Kind::Import(a), Kind::Import(b)) => Rc::ptr_eq(a, b),
            (Kind::Class(a), Kind::Class(b)) => Rc::ptr_eq(a, b),
            (Kind::Object(a), Kind::Object(b)) => Rc::ptr_eq(a, b),
            (Kind::Made(a), Kind::Made(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl<'a> Class<'a> {
    /// The value of `name` in the class or the first base that has it, with the class it was found in.
    pub(crate) fn lookup(self: &Rc<Self>, name: &str) -> Option<Value<'a>> {
        if let Some(value) = self.scope.names.borrow().get(name) {
            return Some(value.clone());
        }
        self.ancestors.iter().find_map(|base| match &base.kind {
            Kind::Class(class) => class.scope.names.borrow().get(name).cloned(),
            _ => None,
        })
    }

    /// Whether a library class is among its bases.
    pub(crate) fn derives(&self, path: &str) -> bool {
        self.ancestors.iter().any(|base| base.as_library() == Some(path))
    }

    /// The classes of the project among itself and its bases, in method resolution order.
    pub(crate) fn project_classes(self: &Rc<Self>) -> Vec<Rc<Self>> {
        let bases = self.ancestors.iter().filter_map(|base| match &base.kind {
            Kind::Class(class) => Some(Rc::clone(class)),
            _ => None,
        });
        std::iter::once(Rc::clone(self)).chain(bases).collect()
    }

    /// Its importable symbol.
    pub(crate) fn symbol(&self) -> Symbol {
        Symbol::new(self.scope.file.module.clone(), self.qualname.clone())
    }
}

impl<'a> Function<'a> {
    /// Its importable symbol.
    pub(crate) fn symbol(&self) -> Symbol {
        Symbol::new(self.scope.file.module.clone(), self.qualname.clone())
    }
}
