//! The machine that runs module-level code abstractly: modules, frames, limits.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{Location, Unknown};
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::{FxHashMap, FxHashSet};

use super::listed::Listed;
use super::record::Record;
use super::value::{Class, Function, Kind, Object, Scope, Value};
use crate::resolve::{builtin, canonical};
use crate::syntax::{File, Files};

/// Evaluations after which the machine gives up: far more than the import of a large project takes.
const FUEL: u32 = 5_000_000;
/// Strings and lists longer than this are unknown.
pub(super) const LENGTH: usize = 50_000;
/// Calls and expressions nested deeper than this are unknown.
const DEPTH: u32 = 300;

/// Modules and calls nested deeper than this are not run.
const NESTING: usize = 600;

/// Runs what Python would run at import, with values that may be unknown.
pub(crate) struct Machine<'a> {
    pub(super) files: &'a Files,
    start: &'a File,
    pub(super) modules: FxHashMap<*const File, Rc<Scope<'a>>>,
    opened: FxHashSet<*const File>,
    pub(super) frames: Vec<Frame<'a>>,
    fuel: u32,
    pub(super) depth: u32,
    /// How many functions of the project are being run inside each other.
    pub(super) calls: usize,
    /// Why the statement being run may not be run in reality.
    pub(super) doubt: Option<Rc<Unknown>>,
    /// Whether the statement being run is not run with the defaults of the settings.
    pub(super) dry: bool,
    /// Every router and application, in the order of creation.
    pub(crate) routers: Vec<Rc<Object<'a>>>,
    /// The calls of libraries, where they are to be noted.
    pub(crate) record: Option<Record<'a>>,
    /// Functions that were called, by definition.
    pub(crate) called: FxHashSet<usize>,
    /// Whether modules are run only where something of them is needed, as for revisions: what a module does besides making
    /// names is nothing to them.
    pub(crate) lazy: bool,
    /// Whether a module was imported by a name that could not be determined.
    pub(crate) imports_unknown: bool,
    /// Whether code may go through the routes of routers; if so, whether FastAPI keeps included routers as they are, and
    /// does not copy their routes.
    pub(crate) lists_routes: Option<bool>,
    /// Routes that code went through.
    pub(crate) listed: Vec<Listed<'a>>,
}

/// A function call, module body or class body that is being run.
pub(super) struct Frame<'a> {
    pub(super) scope: Rc<Scope<'a>>,
    pub(super) function: Option<Rc<Function<'a>>>,
    /// The first argument, for `super()`.
    pub(super) this: Option<Value<'a>>,
    /// Values that were returned where it was not certain that they are.
    pub(super) returned: Vec<Value<'a>>,
}

impl<'a> Machine<'a> {
    /// A machine for a project, which will import `start` first.
    pub(crate) fn new(files: &'a Files, start: &'a File) -> Self {
        Self {
            files,
            start,
            modules: FxHashMap::default(),
            opened: FxHashSet::default(),
            frames: Vec::new(),
            fuel: FUEL,
            depth: 0,
            calls: 0,
            doubt: None,
            dry: false,
            routers: Vec::new(),
            record: None,
            called: FxHashSet::default(),
            lazy: false,
            imports_unknown: false,
            lists_routes: None,
            listed: Vec::new(),
        }
    }

    /// Lets the machine run as much again as at first.
    pub(crate) fn refuel(&mut self) {
        self.fuel = FUEL;
    }

    /// Lets the machine run so many evaluations from now on.
    pub(crate) fn refuel_with(&mut self, fuel: u32) {
        self.fuel = fuel;
    }

    /// Whether it stopped because it had run all that it may.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.fuel == 0
    }

    /// Imports a file of the project: its parents first, then its body, once.
    pub(crate) fn import(&mut self, file: &'a File) -> Value<'a> {
        let key = std::ptr::from_ref(file);
        if !self.modules.contains_key(&key) && self.opened.insert(key) {
            self.import_parents(file);
        }
        if !self.modules.contains_key(&key) && self.frames.len() < NESTING {
            self.run_module(file);
        }
        Kind::Module(file).into()
    }

    /// The paths of the files that were imported.
    pub(crate) fn imported(&self) -> Vec<&'a str> {
        self.modules.values().map(|scope| &*scope.file.path).collect()
    }

    fn import_parents(&mut self, file: &'a File) {
        let mut end = 0;
        while let Some(dot) = file.module[end..].find('.') {
            let parent = &file.module[..end + dot];
            if let Some(package) = self.files.project_module(parent, file) {
                self.import(package);
            }
            end += dot + 1;
        }
    }

    fn run_module(&mut self, file: &'a File) {
        let scope =
            Rc::new(Scope { names: RefCell::default(), parent: None, file, qualifier: String::new(), is_class: false });
        self.modules.insert(std::ptr::from_ref(file), Rc::clone(&scope));
        scope.names.borrow_mut().insert("__name__".into(), Value::str(&file.module));
        let (doubt, dry, record) = (self.doubt.take(), std::mem::take(&mut self.dry), self.record.take());
        self.frames.push(Frame { scope, function: None, this: None, returned: Vec::new() });
        self.block(file.body());
        self.frames.pop();
        (self.doubt, self.dry, self.record) = (doubt, dry, record);
    }

    /// The module `dotted` as the file `importer` imports it.
    pub(super) fn module(&mut self, dotted: &str, importer: &'a File) -> Value<'a> {
        if let Some(file) = self.files.project_module(dotted, importer) {
            return if self.lazy { Kind::Module(file).into() } else { self.import(file) };
        }
        if self.files.is_project_package(dotted) {
            return Kind::Namespace(dotted.into()).into();
        }
        Value::library(canonical(dotted.to_owned()))
    }

    /// The attribute `name` of a module of the project.
    pub(super) fn member(&mut self, file: &'a File, name: &str, at: &Location) -> Value<'a> {
        self.import(file);
        if let Some(value) = self.global(file, name) {
            return value;
        }
        let dotted = format!("{}.{name}", file.module);
        if let Some(submodule) = self.files.project_module(&dotted, file).filter(|_| file.is_package) {
            return self.import(submodule);
        }
        if file.is_package && self.files.is_project_package(&dotted) {
            return Kind::Namespace(dotted.into()).into();
        }
        match name {
            "__path__" if file.is_package => return folder(file),
            "__file__" => return Value::str(&*file.path),
            _ => {}
        }
        if is_alembic(&file.module, name) {
            return Value::library(dotted);
        }
        if let Some(lazy) = self.global(file, "__getattr__") {
            return self.call(&lazy, super::value::Arguments::of(vec![Value::str(name)]), at);
        }
        self.unknown_at(at, format!("`{}` has no `{name}`", file.module))
    }

    /// The scope of the module in a file, where it was imported.
    pub(crate) fn module_scope(&self, path: &str) -> Option<Rc<Scope<'a>>> {
        let file = self.files.by_path(path)?;
        self.modules.get(&std::ptr::from_ref(file)).map(Rc::clone)
    }

    /// What a module imports under `if TYPE_CHECKING:`, imported now: annotations name it, and the program has it not.
    pub(crate) fn typing_scope(&mut self, file: &'a File) -> Option<Rc<Scope<'a>>> {
        let is_typing = |statement: &&'a Stmt| match statement {
            Stmt::If(branch) => {
                matches!(&*branch.test, Expr::Name(name) if name.id == "TYPE_CHECKING")
                    || matches!(&*branch.test, Expr::Attribute(attribute) if attribute.attr.as_str() == "TYPE_CHECKING")
            }
            _ => false,
        };
        let bodies: Vec<&'a Stmt> = file.body().iter().filter(is_typing).collect();
        if bodies.is_empty() {
            return None;
        }
        let parent = self.modules.get(&std::ptr::from_ref(file)).map(Rc::clone);
        let scope =
            Rc::new(Scope { names: RefCell::default(), parent, file, qualifier: String::new(), is_class: false });
        self.frames.push(Frame { scope: Rc::clone(&scope), function: None, this: None, returned: Vec::new() });
        for statement in bodies {
            if let Stmt::If(branch) = statement {
                self.block(&branch.body);
            }
        }
        self.frames.pop();
        Some(scope)
    }

    /// The global variable `name` of a module that was imported.
    pub(crate) fn global(&mut self, file: &'a File, name: &str) -> Option<Value<'a>> {
        let scope = Rc::clone(self.modules.get(&std::ptr::from_ref(file))?);
        let value = scope.names.borrow().get(name).cloned()?;
        Some(self.looked_up(&scope, name, value))
    }

    /// The value of a name that is imported lazily.
    fn looked_up(&mut self, scope: &Scope<'a>, name: &str, value: Value<'a>) -> Value<'a> {
        let Kind::Import(import) = &value.kind else { return value };
        // Modules that import each other do not go round in circles.
        let open = self.unknown_at(&import.at, format!("`{name}` is imported in a circle"));
        scope.names.borrow_mut().insert(name.into(), open);
        let found = self.member(import.file, &import.name, &import.at).doubted(value.doubt.as_ref());
        scope.names.borrow_mut().insert(name.into(), found.clone());
        found
    }

    /// The value of a name at the place that is being run.
    pub(super) fn name(&mut self, name: &Name, node: impl Ranged) -> Value<'a> {
        let mut scope = self.frames.last().map(|frame| Rc::clone(&frame.scope));
        let mut first = true;
        while let Some(current) = scope {
            let found = if first || !current.is_class { current.names.borrow().get(name).cloned() } else { None };
            if let Some(value) = found {
                return self.looked_up(&current, name, value);
            }
            first = false;
            scope = current.parent.clone();
        }
        if builtin(name).is_some() || name == "__import__" {
            return Value::library(format!("builtins.{name}"));
        }
        let file = self.file();
        let package = || file.module.rsplit_once('.').map_or("", |(package, _)| package);
        match name.as_str() {
            "__file__" => return Value::str(&*file.path),
            "__package__" if file.is_package => return Value::str(&file.module),
            "__package__" => return Value::str(package()),
            "__path__" if file.is_package => return folder(file),
            _ => {}
        }
        self.unknown(node, format!("`{name}` is not defined here"))
    }

    /// Binds a name in the scope that is being run.
    pub(super) fn bind(&mut self, name: &Name, value: Value<'a>) {
        let doubt = self.doubt.clone();
        let Some(frame) = self.frames.last() else {
            return;
        };
        frame.scope.names.borrow_mut().insert(name.clone(), value.doubted(doubt.as_ref()));
    }

    /// Binds a name that an assignment names, and notes what it is the name of.
    pub(super) fn bind_variable(&mut self, name: &Name, value: Value<'a>) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        if frame.function.is_none() && !frame.scope.is_class && !self.dry {
            christen(&value, &format!("{}:{name}", frame.scope.file.module));
        }
        self.bind(name, value);
    }

    /// The value of an expression in a scope.
    pub(crate) fn evaluate(&mut self, scope: &Rc<Scope<'a>>, expr: &Expr) -> Value<'a> {
        self.frames.push(Frame { scope: Rc::clone(scope), function: None, this: None, returned: Vec::new() });
        let value = self.eval(expr);
        self.frames.pop();
        value
    }

    /// The type that an annotation in a scope stands for; a string is what it holds.
    pub(crate) fn annotation(&mut self, scope: &Rc<Scope<'a>>, expr: &Expr) -> Value<'a> {
        match expr {
            Expr::StringLiteral(string) => match scope.file.string_annotation(string) {
                Some(inner) => self.evaluate(scope, inner),
                None => self.unknown_at(&scope.file.at(expr), "an annotation that is no expression"),
            },
            _ => self.evaluate(scope, expr),
        }
    }

    /// Whether a value counts as true, where that is known.
    pub(crate) fn is_true(&mut self, value: &Value<'a>) -> Option<bool> {
        self.truth(value)
    }

    /// The file that is being run.
    pub(super) fn file(&self) -> &'a File {
        self.frames.last().map_or(self.start, |frame| frame.scope.file)
    }

    /// The function that is being run.
    pub(super) fn current_function(&self) -> Option<&Rc<Function<'a>>> {
        self.frames.iter().rev().find_map(|frame| frame.function.as_ref().filter(|f| f.class.borrow().is_none()))
    }

    /// The class whose method is being run, and the object it runs on.
    pub(super) fn current_class(&self) -> Option<(Rc<Class<'a>>, Value<'a>)> {
        let frame = self.frames.last()?;
        let class = frame.function.as_ref()?.class.borrow().clone()?;
        Some((class, frame.this.clone()?))
    }

    /// The place of a node of the file that is being run.
    pub(super) fn at(&self, node: impl Ranged) -> Location {
        self.file().at(node)
    }

    /// An unknown value at a node.
    pub(super) fn unknown(&self, node: impl Ranged, reason: impl Into<String>) -> Value<'a> {
        self.unknown_at(&self.at(node), reason)
    }

    /// An unknown value at a place.
    #[expect(clippy::unused_self, reason = "reads as its sibling `unknown`")]
    pub(super) fn unknown_at(&self, at: &Location, reason: impl Into<String>) -> Value<'a> {
        Value::unknown(Rc::new(Unknown::new(at.clone(), reason)))
    }

    /// Spends fuel; false where there is none left, or the nesting is too deep.
    pub(super) fn proceed(&mut self) -> bool {
        self.fuel = self.fuel.saturating_sub(1);
        self.fuel > 0 && self.depth < DEPTH
    }
}

/// Whether a module is named as Alembic is, as the folder of its environment often is, and a name is one of Alembic's own:
/// the folder is run, never imported, so the package is what the name means.
pub(super) fn is_alembic(module: &str, name: &str) -> bool {
    module == "alembic" && matches!(name, "op" | "context")
}

/// `__path__` of a package.
pub(super) fn folder<'a>(file: &File) -> Value<'a> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Value::list(vec![Value::str(folder)])
}

/// Notes that a module variable holds an application or router, or something of a library made around it.
fn christen(value: &Value<'_>, name: &str) {
    match &value.kind {
        Kind::Object(object) => {
            if let Some(router) = object.router.borrow_mut().as_mut() {
                router.names.retain(|known| known != name);
                router.names.push(name.to_owned());
            }
        }
        Kind::Made(made) => {
            for inner in made.arguments.values().filter_map(Value::as_router) {
                if let Some(router) = inner.router.borrow_mut().as_mut() {
                    router.wrappers.push(name.to_owned());
                }
            }
        }
        _ => {}
    }
}
