//! Names of a file by scope: those that nothing binds where they are used, and types that a function of that name hides.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    Comprehension, ExceptHandler, Expr, ExprContext, ExprName, Parameters, Pattern, Stmt, StmtFunctionDef, TypeParam,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::resolve::builtin;

/// A name that does not mean what the file needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault<'a> {
    /// The name.
    pub(crate) name: &'a str,
    /// Where it is used.
    pub(crate) at: TextSize,
    /// Whether it is a built-in type that a function of the same name hides; otherwise nothing binds it, or nothing yet.
    pub(crate) hidden: bool,
}

/// The faulty names of a file, by Python's rules of
/// [naming and binding](https://docs.python.org/3/reference/executionmodel.html#naming-and-binding):
///
/// ```python
/// class Service:
///     def list(self) -> Page: ...              # binds `list` in the class
///     def all(self) -> list[Row]:              # an annotation stands in the class: that method, no type
///         return list(rows)                    # the body of a function does not see the class: the built-in
///
/// def read(rows):
///     print(found)                             # bound here, but later: `UnboundLocalError`
///     found = list(rows)
/// ```
pub(crate) fn faults(body: &[Stmt]) -> Vec<Fault<'_>> {
    let mut names = Names::default();
    names.within(Kind::Module, bindings(body), |names| names.visit_body(body));
    names.faults
}

/// Names bound in a scope.
type Bound<'a> = BTreeMap<&'a str, Binding>;

/// How a name is bound in a scope.
#[derive(Debug, Clone, Copy, Default)]
struct Binding {
    /// Whether a function is bound to it.
    is_function: bool,
    /// Where it is bound first; the beginning of the file for parameters.
    first: TextSize,
}

/// What kind of scope it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Module,
    Class,
    Function,
    /// Runs where it stands.
    Comprehension,
}

struct Scope<'a> {
    kind: Kind,
    bound: Bound<'a>,
    /// The loops of this scope that are being looked at: what binds a name behind its use there may have run before.
    loops: Vec<TextRange>,
}

/// Looks every used name up.
#[derive(Default)]
struct Names<'a> {
    scopes: Vec<Scope<'a>>,
    in_annotation: bool,
    faults: Vec<Fault<'a>>,
}

impl<'a> Names<'a> {
    fn within(&mut self, kind: Kind, bound: Bound<'a>, work: impl FnOnce(&mut Self)) {
        self.scopes.push(Scope { kind, bound, loops: Vec::new() });
        let in_annotation = std::mem::take(&mut self.in_annotation);
        work(self);
        self.in_annotation = in_annotation;
        self.scopes.pop();
    }

    /// What a name is bound to here: scopes of classes are seen from nowhere but themselves.
    fn found(&self, name: &str) -> Option<Binding> {
        let innermost = self.scopes.len().saturating_sub(1);
        let is_seen = |at: usize, scope: &Scope<'_>| at == innermost || scope.kind != Kind::Class;
        let mut seen = self.scopes.iter().enumerate().rev().filter(|(at, scope)| is_seen(*at, scope));
        seen.find_map(|(_, scope)| scope.bound.get(name).or_else(|| scope.bound.get("*")).copied())
    }

    /// Whether a name that is used at `at` is a local one of the function around, which binds it only later.
    fn is_unbound_yet(&self, name: &str, at: TextSize) -> bool {
        let mut around = self.scopes.iter().rev();
        let inner = around.find(|scope| scope.kind != Kind::Comprehension || scope.bound.contains_key(name));
        let Some(scope) = inner.filter(|scope| scope.kind == Kind::Function) else { return false };
        let first = scope.bound.get(name).map(|binding| binding.first).filter(|first| *first > at);
        first.is_some_and(|first| !scope.loops.iter().any(|within| within.contains_inclusive(first)))
    }

    fn look_up(&mut self, name: &'a ExprName) {
        let id = name.id.as_str();
        let is_known = builtin(id).is_some();
        let fault = |hidden| Fault { name: id, at: name.start(), hidden };
        match self.found(id) {
            Some(Binding { is_function: true, .. }) if is_known && self.in_annotation => self.faults.push(fault(true)),
            Some(_) if self.is_unbound_yet(id, name.start()) => self.faults.push(fault(false)),
            None if !is_known && !id.starts_with("__") => self.faults.push(fault(false)),
            _ => {}
        }
    }

    fn function(&mut self, def: &'a StmtFunctionDef) {
        def.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
        self.visit_parameters(&def.parameters);
        def.returns.iter().for_each(|returns| self.visit_annotation(returns));
        let mut bound = bindings(&def.body);
        bound.extend(parameters(&def.parameters));
        self.within(Kind::Function, bound, |names| names.visit_body(&def.body));
    }

    /// A comprehension: its first iterable stands outside, all else in a scope of its own.
    fn comprehension(&mut self, generators: &'a [Comprehension], key: Option<&'a Expr>, value: &'a Expr) {
        let mut bound = Bindings::default();
        generators.iter().for_each(|generator| bound.visit_expr(&generator.target));
        generators.iter().take(1).for_each(|first| self.visit_expr(&first.iter));
        self.within(Kind::Comprehension, bound.bound, |names| {
            for (at, generator) in generators.iter().enumerate() {
                names.visit_expr(&generator.target);
                if at > 0 {
                    names.visit_expr(&generator.iter);
                }
                generator.ifs.iter().for_each(|condition| names.visit_expr(condition));
            }
            key.into_iter().chain([value]).for_each(|element| names.visit_expr(element));
        });
    }
}

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => {
                def.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
                def.arguments.iter().for_each(|arguments| self.visit_arguments(arguments));
                self.within(Kind::Class, bindings(&def.body), |names| names.visit_body(&def.body));
            }
            Stmt::For(_) | Stmt::While(_) => {
                self.scopes.iter_mut().last().into_iter().for_each(|scope| scope.loops.push(stmt.range()));
                visitor::walk_stmt(self, stmt);
                self.scopes.iter_mut().last().and_then(|scope| scope.loops.pop());
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        let outer = std::mem::replace(&mut self.in_annotation, true);
        self.visit_expr(annotation);
        self.in_annotation = outer;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx == ExprContext::Load => self.look_up(name),
            Expr::Lambda(lambda) => {
                lambda.parameters.iter().for_each(|parameters| self.visit_parameters(parameters));
                let bound = lambda.parameters.iter().flat_map(|all| parameters(all)).collect();
                self.within(Kind::Function, bound, |names| names.visit_expr(&lambda.body));
            }
            Expr::ListComp(found) => self.comprehension(&found.generators, None, &found.elt),
            Expr::SetComp(found) => self.comprehension(&found.generators, None, &found.elt),
            Expr::Generator(found) => self.comprehension(&found.generators, None, &found.elt),
            Expr::DictComp(found) => self.comprehension(&found.generators, found.key.as_deref(), &found.value),
            _ => visitor::walk_expr(self, expr),
        }
    }
}

fn parameters(all: &Parameters) -> impl Iterator<Item = (&str, Binding)> {
    all.iter().map(|parameter| (parameter.name().as_str(), Binding::default()))
}

fn bindings(body: &[Stmt]) -> Bound<'_> {
    let mut bound = Bindings::default();
    bound.visit_body(body);
    bound.bound
}

/// What statements bind in the scope that they stand in; scopes inside it are left alone.
#[derive(Default)]
struct Bindings<'a> {
    bound: Bound<'a>,
    /// Where the targets that are being looked at are bound: behind the value that they get.
    behind: Option<TextSize>,
}

impl<'a> Bindings<'a> {
    fn bind(&mut self, names: impl IntoIterator<Item = &'a str>, at: TextSize) {
        names.into_iter().for_each(|name| self.note(name, false, at));
    }

    fn targets(&mut self, targets: impl IntoIterator<Item = &'a Expr>, behind: TextSize) {
        self.behind = Some(behind);
        targets.into_iter().for_each(|target| self.visit_expr(target));
        self.behind = None;
    }

    fn note(&mut self, name: &'a str, is_function: bool, at: TextSize) {
        let at = self.behind.unwrap_or(at);
        let known = self.bound.entry(name).or_insert(Binding { is_function, first: at });
        *known = Binding { is_function, first: known.first.min(at) };
    }
}

impl<'a> Visitor<'a> for Bindings<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.note(def.name.as_str(), true, def.start());
                def.type_params.iter().for_each(|all| self.visit_type_params(all));
                return;
            }
            Stmt::ClassDef(def) => {
                self.bind([def.name.as_str()], def.start());
                def.type_params.iter().for_each(|all| self.visit_type_params(all));
                return;
            }
            Stmt::Import(import) => {
                let bound = import.names.iter().map(|alias| match &alias.asname {
                    Some(name) => name.as_str(),
                    None => alias.name.split('.').next().unwrap_or_default(),
                });
                self.bind(bound, import.start());
            }
            Stmt::ImportFrom(import) => {
                let bound = import.names.iter().map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                self.bind(bound, import.start());
            }
            Stmt::Assign(assign) => {
                self.targets(&assign.targets, stmt.end());
                return self.visit_expr(&assign.value);
            }
            Stmt::AnnAssign(assign) => {
                self.targets([&*assign.target], stmt.end());
                return assign.value.iter().for_each(|value| self.visit_expr(value));
            }
            Stmt::For(found) => self.targets([&*found.target], found.iter.end()),
            // Bound around the function, whenever.
            Stmt::Global(names) => self.bind(names.names.iter().map(|name| name.as_str()), TextSize::default()),
            Stmt::Nonlocal(names) => self.bind(names.names.iter().map(|name| name.as_str()), TextSize::default()),
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx != ExprContext::Load => self.bind([name.id.as_str()], name.start()),
            Expr::Lambda(_) => {}
            _ => visitor::walk_expr(self, expr),
        }
    }

    /// The targets are the comprehension's own; what `:=` binds in it is not.
    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.visit_expr(&comprehension.iter);
        comprehension.ifs.iter().for_each(|condition| self.visit_expr(condition));
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(found) = handler;
        self.bind(found.name.as_ref().map(|name| name.as_str()), found.start());
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(found) => found.name.as_ref(),
            Pattern::MatchStar(found) => found.name.as_ref(),
            Pattern::MatchMapping(found) => found.rest.as_ref(),
            _ => None,
        };
        self.bind(name.map(|name| name.as_str()), pattern.start());
        visitor::walk_pattern(self, pattern);
    }

    fn visit_type_param(&mut self, parameter: &'a TypeParam) {
        self.bind([parameter.name().as_str()], parameter.start());
    }
}

#[cfg(test)]
mod tests {
    use ruff_python_ast::PySourceType;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        let parsed = ruff_python_parser::parse_unchecked_source(text, PySourceType::Python);
        let word = |fault: &Fault<'_>| format!("{}{}", if fault.hidden { "hidden " } else { "" }, fault.name);
        faults(&parsed.syntax().body).iter().map(word).collect()
    }

    #[test]
    fn a_name_of_another_function_is_none_here() {
        let text = "def read(item_id): ...\n\n\ndef nested(item_code):\n    return read(item_id)\n";
        assert_eq!(names(text), ["item_id"]);
    }

    #[test]
    fn what_is_bound_around_is_seen() {
        let text = "import a.b, os as c\nfrom d import e\n\n\ndef f[T](x: T, *y, z=e, **w):\n    global later\n    \
                    def g(): return x, later, own, (lambda q: q + x)(1)\n    own = later = a, c, g, y, z, w\n    \
                    with own as v:\n        print(v, f)\n    for i, (j, *k) in own: print(i, j, k)\n    \
                    match own:\n        case {'a': m, **n}: print(m, n)\n        case [o, *p] as r: print(o, p, r)\n";
        assert_eq!(names(text), [""; 0]);
    }

    #[test]
    fn comprehensions_keep_their_targets() {
        assert_eq!(names("rows = [[x for x in y] for y in [] if y]\nprint(rows, y)\n"), ["y"]);
        assert_eq!(names("if any((found := x) for x in []): print(found, x)\n"), ["x"]);
        assert_eq!(names("pairs = {k: v for k, v in k}\n"), ["k"]);
    }

    #[test]
    fn what_is_bound_later_is_not_bound_yet() {
        let text = "def f(a):\n    b = c.d if a else [c for _ in a]\n    c = b\n    return c\n";
        assert_eq!(names(text), ["c", "c"]);
        let by_itself = "def f(a):\n    if a:\n        b = b.c(a)\n    b = a\n    a = a.c\n    return b\n";
        assert_eq!(names(by_itself), ["b"]);
        let in_loops = "def f(a):\n    for b in a:\n        if b > 1:\n            print(c)\n        c = b\n";
        assert_eq!(names(in_loops), [""; 0]);
        let inner = "def f(a):\n    def g(): return c\n    d = lambda: c\n    c = a\n    return g, d, [x for x in c]\n";
        assert_eq!(names(inner), [""; 0]);
    }

    #[test]
    fn methods_do_not_see_their_class() {
        let text = "class A:\n    size = 1\n    half = size\n\n    def a(self, n=size):\n        return size\n";
        assert_eq!(names(text), ["size"]);
    }

    #[test]
    fn a_method_hides_a_type_from_annotations() {
        let text = "class A:\n    def list(self) -> int:\n        return len(list([]))\n\n    \
                    def all(self, x: dict[str, list[int]]) -> list[int]: ...\n\n\ndef after() -> list[int]: ...\n";
        assert_eq!(names(text), ["hidden list", "hidden list"]);
    }
}
