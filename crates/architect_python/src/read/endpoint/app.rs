//! Finds the applications of a project by running the modules that make them.

use std::rc::Rc;

use architect_model::{App, Known, Location, Mount, Unknown, UnknownRoutes};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};

use crate::interpret::{Arguments, Kind, Machine, NodeKind, Object, Value};
use crate::syntax::{File, Files};

/// An application with its name, and where it is mounted.
pub(crate) struct Application<'a> {
    /// `app.main:app`, or `app.main:create_app()`.
    pub(crate) symbol: String,
    /// The object.
    pub(crate) object: Rc<Object<'a>>,
    /// Symbol of the application it is mounted on.
    pub(crate) mounted_on: Option<String>,
    /// What its paths begin with, because it is mounted.
    pub(crate) prefix: Known<String>,
    /// Why it may not be mounted when the program runs.
    pub(crate) condition: Option<Rc<Unknown>>,
}

impl Application<'_> {
    /// The application for the model.
    pub(crate) fn described(self, unknown_routes: &[(String, UnknownRoutes)]) -> App {
        let own = unknown_routes.iter().filter(|(symbol, _)| *symbol == self.symbol);
        let unknown_routes = own.map(|(_, unknown)| unknown.clone()).collect();
        let router = self.object.router.borrow();
        let names = router.iter().flat_map(|router| router.names.iter().chain(&router.wrappers));
        let aliases = names.filter(|name| **name != self.symbol).cloned().collect();
        let factory = router.as_ref().and_then(|router| router.factory.clone());
        App {
            factory,
            aliases,
            mounted: self.mounted_on.map(|app| Mount { app, path: self.prefix }),
            unknown_routes,
            at: self.object.at.clone(),
            symbol: self.symbol,
        }
    }
}

/// Imports every module that makes applications, calls their factories, then imports what holds further routers.
pub(crate) fn run_programs<'a>(machine: &mut Machine<'a>, files: &'a Files) {
    let mut programs: Vec<&'a File> = files.project().iter().filter(|file| !is_test(&file.path)).collect();
    programs.sort_by_key(|file| (file.path.matches('/').count(), &file.path));
    let makers: Vec<&'a File> = programs
        .iter()
        .copied()
        .filter(|file| file.source().contains("FastAPI") && makes(file.body(), "FastAPI"))
        .collect();
    for file in &makers {
        machine.import(file);
    }
    import_users(machine, &programs);
    for (file, function) in factories(&makers) {
        for user in programs.iter().filter(|user| imports(user.body(), &function.name)) {
            machine.import(user);
        }
        call_factory(machine, file, function);
    }
    for file in programs {
        if file.source().contains("APIRouter") && makes(file.body(), "APIRouter") {
            machine.import(file);
        }
    }
}

/// Imports the modules that import an application: they may register more on it.
fn import_users<'a>(machine: &mut Machine<'a>, programs: &[&'a File]) {
    let mut names: Vec<String> = Vec::new();
    for object in &machine.routers {
        if let Some(router) = object.router.borrow().as_ref().filter(|router| router.is_app) {
            names.extend(router.names.iter().filter_map(|name| Some(name.rsplit_once(':')?.1.to_owned())));
        }
    }
    for user in programs {
        if names.iter().any(|name| imports(user.body(), name)) {
            machine.import(user);
        }
    }
}

/// Functions that make applications.
fn factories<'a>(makers: &[&'a File]) -> Vec<(&'a File, &'a StmtFunctionDef)> {
    let mut found = Vec::new();
    for file in makers {
        for statement in file.body() {
            if let Stmt::FunctionDef(function) = statement
                && makes(&function.body, "FastAPI")
            {
                found.push((*file, function));
            }
        }
    }
    found
}

/// Whether a module imports something called `name` at its top level.
fn imports(body: &[Stmt], name: &str) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::ImportFrom(import) => import.names.iter().any(|alias| alias.name.as_str() == name),
        _ => false,
    })
}

/// Calls a factory that the program itself has not called, its parameters at their defaults.
fn call_factory<'a>(machine: &mut Machine<'a>, file: &'a File, function: &'a StmtFunctionDef) {
    if machine.called.contains(&std::ptr::from_ref(function).addr()) {
        return;
    }
    if let Some(factory) = machine.global(file, &function.name) {
        let made = machine.call(&factory, Arguments::default(), &file.at(&function.name));
        if let Some(Kind::Object(object)) = Some(made.kind)
            && let Some(router) = object.router.borrow_mut().as_mut()
            && router.names.is_empty()
        {
            router.factory = Some(format!("{}:{}", file.module, function.name));
        }
    }
}

/// Tests make applications of their own; those are no part of the product.
fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let in_tests = path.split('/').rev().skip(1).any(|folder| folder == "tests" || folder == "test");
    in_tests || name == "conftest.py" || name.starts_with("test_") || name.ends_with("_test.py")
}

/// Whether the statements call or subclass something called `name`.
fn makes(body: &[Stmt], name: &str) -> bool {
    struct Finder<'n> {
        name: &'n str,
        found: bool,
    }
    impl<'s> Visitor<'s> for Finder<'_> {
        fn visit_expr(&mut self, expr: &'s Expr) {
            match expr {
                Expr::Name(found) if found.id == self.name => self.found = true,
                Expr::Attribute(found) if found.attr.as_str() == self.name => self.found = true,
                _ if self.found => {}
                _ => walk_expr(self, expr),
            }
        }
        fn visit_annotation(&mut self, _annotation: &'s Expr) {}
    }
    let mut finder = Finder { name, found: false };
    finder.visit_body(body);
    finder.found
}

/// The applications that have a name or a factory, those that are mounted with where.
pub(crate) fn applications<'a>(machine: &Machine<'a>) -> Vec<Application<'a>> {
    let mut apps: Vec<Application<'a>> = Vec::new();
    for object in &machine.routers {
        let router = object.router.borrow();
        let Some(router) = router.as_ref().filter(|router| router.is_app) else {
            continue;
        };
        let symbol =
            router.names.last().cloned().or_else(|| router.factory.as_ref().map(|factory| format!("{factory}()")));
        let Some(symbol) = symbol.filter(|symbol| apps.iter().all(|app| app.symbol != *symbol)) else {
            continue;
        };
        apps.push(Application {
            symbol,
            object: Rc::clone(object),
            mounted_on: None,
            prefix: String::new().into(),
            condition: None,
        });
    }
    for _ in 0..apps.len().min(8) {
        mount(&mut apps);
    }
    apps
}

/// Notes one level of mounts.
fn mount(apps: &mut [Application<'_>]) {
    let mut mounts = Vec::new();
    for outer in apps.iter() {
        let router = outer.object.router.borrow();
        for node in router.iter().flat_map(|router| &router.nodes) {
            if let NodeKind::Mount(path, inner) = &node.kind
                && let Some(inner) = inner.as_router()
                && let Some(position) = apps.iter().position(|app| Rc::ptr_eq(&app.object, inner))
            {
                let prefix = joined(&outer.prefix, path, &node.at);
                let condition = outer.condition.clone().or_else(|| node.condition.clone());
                mounts.push((position, outer.symbol.clone(), prefix, condition));
            }
        }
    }
    for (position, outer, prefix, condition) in mounts {
        if let Some(app) = apps.get_mut(position) {
            app.mounted_on = Some(outer);
            app.prefix = prefix;
            app.condition = condition;
        }
    }
}

/// The path of a mount behind the prefix of the outer application.
pub(crate) fn joined(prefix: &Known<String>, path: &Value<'_>, at: &Location) -> Known<String> {
    let own = match path.as_str() {
        Some(path) => Known::Known(path.trim_end_matches('/').to_owned()),
        None => Known::Unknown {
            unknown: crate::interpret::reason_of(path, at, "the path of the mount could not be determined"),
        },
    };
    match (prefix, own) {
        (Known::Known(prefix), Known::Known(own)) => Known::Known(format!("{prefix}{own}")),
        (Known::Unknown { unknown }, _) => Known::Unknown { unknown: unknown.clone() },
        (_, Known::Unknown { unknown }) => Known::Unknown { unknown },
    }
}
