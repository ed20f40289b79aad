//! Calls that do not fit what they call: functions and classes of the project, as their files define them.
//!
//! ```python
//! class NotFound(Exception):
//!     def __init__(self, *, message: str) -> None: ...
//!
//! raise NotFound("gone")  # TypeError: __init__() takes 1 positional argument but 2 were given
//! ```

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Parameters, Stmt, StmtClassDef};
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

    fn nothing() -> Self {
        Self { positional: Vec::new(), keywords: Vec::new(), any_positional: false, any_keyword: false }
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
    let around = Definitions { texts, root, parsed: RefCell::default() };
    let mut known = Known::default();
    for stmt in body {
        let Stmt::ImportFrom(import) = stmt else { continue };
        let Some(module) = import.module.as_ref().filter(|_| import.level == 0) else { continue };
        for alias in &import.names {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
            let by_module = format!("{bound}.");
            let inner = called.functions.iter().filter_map(|name| name.strip_prefix(&by_module));
            known.functions.extend(inner.filter_map(|name| {
                let taken = around.taken(&format!("{module}.{}", alias.name), name, None)?;
                Some((format!("{by_module}{name}"), taken))
            }));
            if called.functions.contains(&bound) {
                known.functions.extend(around.taken(module, &alias.name, None).map(|taken| (bound.clone(), taken)));
            }
            for (class, method) in called.methods.iter().filter(|(class, _)| *class == bound) {
                let taken = around.taken(module, &alias.name, Some(method));
                known.methods.extend(taken.map(|taken| ((class.clone(), method.clone()), taken)));
            }
        }
    }
    let mut seen = Calls { known: &known, found: Vec::new() };
    seen.visit_body(body);
    seen.found
}

/// The name by which a function is called: its own, or behind that of a module, `crud.create_item`.
fn called_name(call: &ExprCall) -> Option<String> {
    match &*call.func {
        Expr::Name(function) => Some(function.id.to_string()),
        Expr::Attribute(member) => Some(format!("{}.{}", member.value.as_name_expr()?.id, member.attr)),
        _ => None,
    }
}

/// How far names are followed to where they are defined, and classes to what they derive from.
const DEEP: u8 = 6;

/// Where functions and classes are defined.
struct Definitions<'t> {
    texts: &'t BTreeMap<&'t str, &'t str>,
    root: &'t str,
    /// The modules that were looked into, by import path.
    parsed: RefCell<FxHashMap<String, Rc<Tree>>>,
}

impl Definitions<'_> {
    /// What the function or class of a name takes, or the method of the class; none where decorators, metaclasses or bases
    /// of other packages may say otherwise.
    fn taken(&self, module: &str, name: &str, method: Option<&str>) -> Option<Taken> {
        match self.found(module, name, method, DEEP)? {
            Found::Takes(taken) => Some(taken),
            // `object.__init__` takes nothing.
            Found::Nothing if method.is_none() => Some(Taken::nothing()),
            Found::Nothing => None,
        }
    }

    fn found(&self, module: &str, name: &str, method: Option<&str>, steps: u8) -> Option<Found> {
        let steps = steps.checked_sub(1)?;
        let tree = self.tree(module)?;
        let body = &tree.parsed.syntax().body;
        let mut defined = body.iter().filter(|stmt| match stmt {
            Stmt::FunctionDef(def) => def.name.as_str() == name,
            Stmt::ClassDef(def) => def.name.as_str() == name,
            _ => false,
        });
        match (defined.next(), defined.next()) {
            (Some(Stmt::FunctionDef(def)), None) => {
                let is_plain = def.decorator_list.is_empty() && method.is_none();
                is_plain.then(|| Found::Takes(Taken::of(&def.parameters, false)))
            }
            (Some(Stmt::ClassDef(class)), None) => self.of_class(module, body, class, method, steps),
            (None, _) => {
                let (module, name) = self.imported(module, body, name)?;
                self.found(&module, &name, method, steps)
            }
            _ => None,
        }
    }

    fn tree(&self, module: &str) -> Option<Rc<Tree>> {
        if let Some(known) = self.parsed.borrow().get(module) {
            return Some(Rc::clone(known));
        }
        let tree = Rc::new(Tree::of(file_of(module, self.texts, self.root)?));
        self.parsed.borrow_mut().insert(module.to_owned(), Rc::clone(&tree));
        Some(tree)
    }

    /// From where a module has a name that it does not define.
    fn imported(&self, module: &str, body: &[Stmt], name: &str) -> Option<(String, String)> {
        let is_package = file_of(&format!("{module}.__init__"), self.texts, self.root).is_some();
        body.iter().filter_map(Stmt::as_import_from_stmt).find_map(|import| {
            let alias =
                import.names.iter().find(|alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str() == name)?;
            let up = usize::try_from(import.level).ok()?.checked_sub(usize::from(is_package && import.level > 0));
            let mut home: Vec<&str> = match import.level {
                0 => Vec::new(),
                _ => module.split('.').collect(),
            };
            home.truncate(home.len().checked_sub(up?)?);
            home.extend(import.module.as_deref());
            Some((home.join("."), alias.name.to_string()))
        })
    }

    fn of_class(
        &self,
        module: &str,
        body: &[Stmt],
        class: &StmtClassDef,
        method: Option<&str>,
        steps: u8,
    ) -> Option<Found> {
        if !class.decorator_list.is_empty() || !class.keywords().is_empty() {
            return None;
        }
        let wanted = method.unwrap_or("__init__");
        let defs = |name: &str| class.body.iter().filter(|stmt| binds(stmt, name)).collect::<Vec<_>>();
        if method.is_none() && !defs("__new__").is_empty() {
            return None;
        }
        match &defs(wanted)[..] {
            [Stmt::FunctionDef(def)] if def.decorator_list.is_empty() => {
                return Some(Found::Takes(Taken::of(&def.parameters, true)));
            }
            [] => {}
            _ => return None,
        }
        for base in class.bases() {
            let base = match base {
                Expr::Subscript(subscript) => &*subscript.value,
                base => base,
            };
            let name = base.as_name_expr()?.id.as_str();
            let is_local =
                body.iter().any(|stmt| stmt.as_class_def_stmt().is_some_and(|def| def.name.as_str() == name));
            let home = (!is_local).then(|| self.imported(module, body, name));
            let found = match home {
                None => self.found(module, name, method, steps),
                Some(Some((from, name))) if is_neutral(&from, &name) => Some(Found::Nothing),
                Some(Some((from, name))) => self.found(&from, &name, method, steps),
                Some(None) if name == "object" => Some(Found::Nothing),
                Some(None) => None,
            };
            match found? {
                Found::Nothing => {}
                taken @ Found::Takes(_) => return Some(taken),
            }
        }
        Some(Found::Nothing)
    }
}

/// What was found of what is called.
enum Found {
    Takes(Taken),
    /// The class and its bases say nothing of it.
    Nothing,
}

/// Whether a statement of a class binds a name.
fn binds(stmt: &Stmt, name: &str) -> bool {
    match stmt {
        Stmt::FunctionDef(def) => def.name.as_str() == name,
        Stmt::Assign(assign) => {
            assign.targets.iter().any(|target| target.as_name_expr().is_some_and(|one| one.id == name))
        }
        Stmt::AnnAssign(assign) => assign.target.as_name_expr().is_some_and(|one| one.id == name),
        // What stands under a condition may be another one.
        Stmt::If(_) | Stmt::Try(_) | Stmt::With(_) => true,
        _ => false,
    }
}

/// Whether a class of the standard library leaves the making of objects and all methods to those that extend it.
fn is_neutral(module: &str, name: &str) -> bool {
    matches!((module, name), ("abc", "ABC") | ("typing" | "typing_extensions", "Generic"))
}

/// What a text calls: functions and classes by name, and methods of objects that are made for it, `Items(session).get(1)`.
#[derive(Default)]
struct Called {
    functions: FxHashSet<String>,
    methods: FxHashSet<(String, String)>,
}

impl<'a> Visitor<'a> for Called {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.functions.extend(called_name(call));
            self.methods.extend(method(call));
        }
        visitor::walk_expr(self, expr);
    }
}

/// The class and the name of a method that is called on an object made on the spot.
fn method(call: &ExprCall) -> Option<(String, String)> {
    let attribute = call.func.as_attribute_expr()?;
    let made = attribute.value.as_call_expr()?.func.as_name_expr()?;
    Some((made.id.to_string(), attribute.attr.to_string()))
}

/// What is taken by what a text calls.
#[derive(Default)]
struct Known {
    functions: FxHashMap<String, Taken>,
    methods: FxHashMap<(String, String), Taken>,
}

struct Calls<'k> {
    known: &'k Known,
    found: Vec<(TextSize, String)>,
}

impl<'a> Visitor<'a> for Calls<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            if let Some(function) = called_name(call)
                && let Some(reason) = self.known.functions.get(&function).and_then(|taken| taken.refuses(call))
            {
                self.found.push((call.start(), format!("`{function}` {reason}")));
            }
            if let Some(named) = method(call)
                && let Some(reason) = self.known.methods.get(&named).and_then(|taken| taken.refuses(call))
            {
                self.found.push((call.start(), format!("`{}.{}` {reason}", named.0, named.1)));
            }
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
    #[test]
    fn classes_are_followed_to_their_bases_and_through_what_passes_names_on() {
        let base = "from abc import ABC\nfrom typing import Generic, TypeVar\n\nT = TypeVar('T')\n\n\nclass Base(ABC, Generic[T]):\n    \
                    def __init__(self, *, model): ...\n    def get(self, key): ...\n    async def all(self, *, skip=0): ...\n";
        let items = "from app.base import Base as B\n\n\nclass Items(B[int]):\n    pass\n\n\nclass Other(Exception):\n    pass\n";
        let texts = BTreeMap::from([
            ("src/app/base.py", base),
            ("src/app/items/items.py", items),
            ("src/app/items/__init__.py", "from .items import Items, Other\n"),
        ]);
        let reasons = |calls: &str| -> Vec<String> {
            let text = format!("from app.items import Items, Other\n\n{calls}\n");
            mismatches(&text, &texts, "src").into_iter().map(|(_, reason)| reason).collect()
        };
        assert_eq!(
            reasons("Items()\nItems(1)\nItems(model=1).get(1, 2)\nItems(model=1).all(1)"),
            [
                "`Items` must be given `model`",
                "`Items` takes 0 arguments by position at most",
                "`Items.get` takes 1 arguments by position at most",
                "`Items.all` takes 0 arguments by position at most",
            ]
        );
        assert_eq!(reasons("Items(model=1).get(1)\nItems(model=2).more(1, 2)\nOther(1, 2)"), [""; 0]);
    }
}
