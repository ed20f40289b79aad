//! The requests that the project's tests make, those of the functions that they call included.

use architect_model::{TestCall, TestRequest};
use rayon::prelude::*;
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use rustc_hash::FxHashMap;

use crate::Sources;
use crate::style::tests::{method, url};
use crate::style::walk::{each_expr, each_stmt};
use crate::syntax::{File, Files};

/// The requests of all test functions, in the order of the files.
pub fn test_requests(sources: &Sources) -> Vec<TestRequest> {
    let files = Files::parse(sources);
    let tests: Vec<&File> = files.project().iter().filter(|file| is_test(&file.path)).collect();
    let found: Vec<Vec<TestRequest>> = tests.par_iter().map(|file| of_file(file)).collect();
    found.into_iter().flatten().collect()
}

/// What pytest collects by default (`python_files`).
fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("test_") || name.ends_with("_test.py")
}

fn of_file(file: &File) -> Vec<TestRequest> {
    let mut functions: Vec<&StmtFunctionDef> = Vec::new();
    for stmt in file.body() {
        match stmt {
            Stmt::FunctionDef(function) => functions.push(function),
            Stmt::ClassDef(class) => functions.extend(class.body.iter().filter_map(Stmt::as_function_def_stmt)),
            _ => {}
        }
    }
    let made: FxHashMap<&str, Made<'_>> =
        functions.iter().map(|function| (function.name.as_str(), Made::by(file, function))).collect();
    let mut found = Vec::new();
    for function in functions.iter().filter(|function| function.name.as_str().starts_with("test")) {
        let test = TestCall { name: function.name.to_string(), at: file.at(&function.name) };
        let mut requests = Vec::new();
        gather(function.name.as_str(), &made, &mut Vec::new(), &mut requests);
        found.extend(requests.into_iter().map(|(method, url)| TestRequest { test: test.clone(), method, url }));
    }
    found
}

/// What a function asks of the API, and which functions of its file it calls.
struct Made<'a> {
    requests: Vec<(String, String)>,
    calls: Vec<&'a str>,
}

impl<'a> Made<'a> {
    fn by(file: &File, function: &'a StmtFunctionDef) -> Self {
        let mut urls: FxHashMap<&str, String> = FxHashMap::default();
        each_stmt(&function.body, &mut |stmt| {
            if let Stmt::Assign(assign) = stmt
                && let [Expr::Name(name)] = assign.targets.as_slice()
                && let Some(url) = url(file, &assign.value)
            {
                urls.insert(name.id.as_str(), url);
            }
        });
        let mut made = Self { requests: Vec::new(), calls: Vec::new() };
        each_expr(&function.body, &mut |expr| {
            let Expr::Call(call) = expr else { return };
            if let Expr::Name(name) = &*call.func {
                made.calls.push(name.id.as_str());
            }
            let (Some(method), Some(first)) = (method(call), call.arguments.args.first()) else { return };
            let held = || urls.get(first.as_name_expr()?.id.as_str()).cloned();
            made.requests.extend(url(file, first).or_else(held).map(|url| (method.to_uppercase(), url)));
        });
        made
    }
}

/// The requests of a function and of those that it calls.
fn gather<'a>(
    name: &'a str,
    made: &FxHashMap<&'a str, Made<'a>>,
    seen: &mut Vec<&'a str>,
    requests: &mut Vec<(String, String)>,
) {
    let Some(own) = made.get(name).filter(|_| !seen.contains(&name)) else { return };
    seen.push(name);
    requests.extend(own.requests.iter().cloned());
    for call in &own.calls {
        gather(call, made, seen, requests);
    }
}
