//! Calls that do not fit what they call: functions and classes of the project, as their files define them.
//!
//! ```python
//! class NotFound(Exception):
//!     def __init__(self, *, message: str) -> None: ...
//!
//! raise NotFound("gone")  # TypeError: __init__() takes 1 positional argument but 2 were given
//! ```

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Parameters, Stmt};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use super::file_of;
use crate::syntax::Tree;

/// What a call must give.
struct Taken {
    /// Positional parameters by name, each with whether it has a default; without `self`.
    positional: Vec<(String, bool)>,
    /// Keyword-only parameters in the same way.
    keywords: Vec<(String, bool)>,
    any_positional: bool,
    any_keyword: bool,
}

impl Taken {
    fn of(parameters: &Parameters, is_method: bool) -> Self {
        let named = |all: &[ruff_python_ast::ParameterWithDefault]| -> Vec<(String, bool)> {
            all.iter().map(|one| (one.name().to_string(), one.default.is_some())).collect()
        };
        let mut positional = named(&parameters.posonlyargs);
        positional.extend(named(&parameters.args));
        if is_method && !positional.is_empty() {
            positional.remove(0);
        }
        Self {
            positional,
            keywords: named(&parameters.kwonlyargs),
            any_positional: parameters.vararg.is_some(),
            any_keyword: parameters.kwarg.is_some(),
        }
    }

    /// What is wrong with a call.
    fn refuses(&self, call: &ExprCall) -> Option<String> {
        let arguments = &call.arguments;
        let is_open =
            arguments.args.iter().any(Expr::is_starred_expr) || arguments.keywords.iter().any(|k| k.arg.is_none());
        if !self.any_positional && arguments.args.len() > self.positional.len() {
            return Some(format!("takes {} arguments by position at most", self.positional.len()));
        }
        let named: Vec<&str> =
            arguments.keywords.iter().filter_map(|keyword| Some(keyword.arg.as_ref()?.as_str())).collect();
        let all = || self.positional.iter().chain(&self.keywords);
        if let Some(unknown) =
            named.iter().find(|name| !all().any(|(known, _)| known == *name)).filter(|_| !self.any_keyword)
        {
            return Some(format!("takes no `{unknown}`"));
        }
        let behind = self.positional.iter().skip(arguments.args.len()).chain(&self.keywords);
        let mut missing = behind.filter(|(name, has_default)| !has_default && !named.contains(&name.as_str()));
        missing.next().filter(|_| !is_open).map(|(name, _)| format!("must be given `{name}`"))
    }
}

/// The calls of a text that do not fit; `texts` are all files as they will be, and `root` is the folder on `sys.path`.
pub(super) fn mismatches(text: &str, texts: &BTreeMap<&str, &str>, root: &str) -> Vec<(TextSize, String)> {
    let parsed = Tree::of(text).parsed;
    let body = &parsed.syntax().body;
    let mut called = Called::default();
    called.visit_body(body);
    let mut known: FxHashMap<String, Taken> = FxHashMap::default();
    for stmt in body {
        let Stmt::ImportFrom(import) = stmt else { continue };
        let Some(module) = import.module.as_ref().filter(|_| import.level == 0) else { continue };
        for alias in &import.names {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            known.extend(of_module(&format!("{module}.{}", alias.name), bound, &called, texts, root));
        }
        let bound = |alias: &'_ ruff_python_ast::Alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string();
        if !import.names.iter().any(|alias| called.0.contains(&bound(alias))) {
            continue;
        }
        let Some(source) = file_of(module, texts, root) else { continue };
        let defined = Tree::of(source).parsed;
        for alias in &import.names {
            let bound = bound(alias);
            known.extend(taken(&defined.syntax().body, &alias.name).map(|taken| (bound, taken)));
        }
    }
    let mut seen = Calls { known: &known, found: Vec::new() };
    seen.visit_body(body);
    seen.found
}

/// What the functions of a module take that are called by way of it: `crud.create_item(…)`.
fn of_module(
    module: &str,
    bound: &str,
    called: &Called,
    texts: &BTreeMap<&str, &str>,
    root: &str,
) -> Vec<(String, Taken)> {
    let prefix = format!("{bound}.");
    let names: Vec<&str> = called.0.iter().filter_map(|name| name.strip_prefix(&prefix)).collect();
    let Some(source) = file_of(module, texts, root).filter(|_| !names.is_empty()) else { return Vec::new() };
    let defined = Tree::of(source).parsed;
    let taken = |name: &&str| Some((format!("{prefix}{name}"), taken(&defined.syntax().body, name)?));
    names.iter().filter_map(taken).collect()
}

/// The name by which a function is called: its own, or behind that of a module.
fn called_name(call: &ExprCall) -> Option<String> {
    match &*call.func {
        Expr::Name(function) => Some(function.id.to_string()),
        Expr::Attribute(member) => Some(format!("{}.{}", member.value.as_name_expr()?.id, member.attr)),
        _ => None,
    }
}

/// What the function or class of a name takes; none where decorators, bases or metaclasses may say otherwise.
fn taken(body: &[Stmt], name: &str) -> Option<Taken> {
    let mut defined = body.iter().filter_map(|stmt| match stmt {
        Stmt::FunctionDef(def) if def.name.as_str() == name => {
            def.decorator_list.is_empty().then(|| Taken::of(&def.parameters, false))
        }
        Stmt::ClassDef(def) if def.name.as_str() == name => {
            let init =
                def.body.iter().filter_map(Stmt::as_function_def_stmt).find(|def| def.name.as_str() == "__init__");
            let is_bare = def.bases().is_empty() && def.keywords().is_empty() && def.decorator_list.is_empty();
            let makes =
                def.body.iter().filter_map(Stmt::as_function_def_stmt).any(|def| def.name.as_str() == "__new__");
            match init.filter(|init| init.decorator_list.is_empty()) {
                Some(init) => Some(Taken::of(&init.parameters, true)),
                None if is_bare && !makes && init.is_none() => Some(Taken {
                    positional: Vec::new(),
                    keywords: Vec::new(),
                    any_positional: false,
                    any_keyword: false,
                }),
                None => None,
            }
        }
        _ => None,
    });
    defined.next().filter(|_| defined.next().is_none())
}

/// The names that a text calls.
#[derive(Default)]
struct Called(FxHashSet<String>);

impl<'a> Visitor<'a> for Called {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.0.extend(called_name(call));
        }
        visitor::walk_expr(self, expr);
    }
}

struct Calls<'k> {
    known: &'k FxHashMap<String, Taken>,
    found: Vec<(TextSize, String)>,
}

impl<'a> Visitor<'a> for Calls<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Some(function) = called_name(call)
            && let Some(reason) = self.known.get(&function).and_then(|taken| taken.refuses(call))
        {
            self.found.push((call.start(), format!("`{function}` {reason}")));
        }
        visitor::walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_do_not_fit_are_told() {
        let code = "class A(E):\n    def __init__(self, *, message, code=1): ...\n\n\nclass B:\n    x = 1\n\n\nclass C(E):\n    pass\n\n\n\
                    def f(a, /, b, c=2, **more): ...\n\n\n@cached\ndef g(a): ...\n";
        let texts = BTreeMap::from([("src/app/code.py", code)]);
        let reasons = |calls: &str| -> Vec<String> {
            let text = format!("from app.code import A, B, C as D, f, g\n\n{calls}\n");
            mismatches(&text, &texts, "src").into_iter().map(|(_, reason)| reason).collect()
        };
        assert_eq!(
            reasons("A('x')\nB(1)\nf(1)\nA(text=1)"),
            [
                "`A` takes 0 arguments by position at most",
                "`B` takes 0 arguments by position at most",
                "`f` must be given `b`",
                "`A` takes no `text`",
            ]
        );
        let text = "from app import code\n\ncode.f(1)\ncode.f(1, 2)\n";
        assert_eq!(mismatches(text, &texts, "src").len(), 1);
        assert_eq!(reasons("A(message=1)\nB()\nD(1, 2)\nf(1, 2, x=3)\nf(1, b=2)\ng()\nA(**all)\nf(*all)"), [""; 0]);
    }
}
