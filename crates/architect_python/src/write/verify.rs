//! What would break when Python runs a new file: names that nothing binds, imports that do not exist, `await` out of place.

mod calls;

use std::collections::{BTreeMap, BTreeSet};

use architect_model::{Location, OpenEdit, Problem, Project};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::scope;
use crate::syntax::Tree;

/// What a file is checked against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    /// All files as they will be.
    pub(crate) texts: &'a BTreeMap<&'a str, &'a str>,
    /// The folder on `sys.path`.
    pub(crate) root: &'a str,
    /// The classes that only a dependency may give to a handler.
    pub(crate) given: &'a [&'a str],
}

/// Says what is wrong with the new file at `path`.
pub(crate) fn problems(path: &str, text: &str, around: Around<'_>) -> Vec<Problem> {
    faults(text, around).into_iter().map(|(at, reason)| problem(path, text, at, &reason)).collect()
}

/// What an edit of the file at `path` makes wrong that is not so yet.
pub(crate) fn broken(path: &str, before: &str, after: &str, around: Around<'_>) -> Vec<OpenEdit> {
    let found = faults(after, around);
    if found.is_empty() {
        return Vec::new();
    }
    let known = faults(before, around);
    let is_new = |reason: &str| !known.iter().any(|(_, other)| other == reason);
    let found = found.into_iter().filter(|(_, reason)| is_new(reason));
    let found = found.map(|(at, reason)| {
        let text = format!("What the plan puts here would not run: {reason}");
        // The line that stands there now, as far as nothing was put before it.
        let line = before.lines().zip(after.lines()).take_while(|(one, other)| one == other).count() + 1;
        let line = line.min(line_at(after, at));
        OpenEdit { text, at: Location::line(path, u32::try_from(line).unwrap_or(u32::MAX)) }
    });
    found.collect()
}

/// Calls in a file that the plan leaves as it is and that no longer fit what they call; `before` are all files as they are.
pub(crate) fn left_behind(
    path: &str,
    text: &str,
    before: &BTreeMap<&str, &str>,
    Around { texts, root, .. }: Around<'_>,
) -> Vec<OpenEdit> {
    let found = calls::mismatches(text, texts, root);
    if found.is_empty() {
        return Vec::new();
    }
    let known = calls::mismatches(text, before, root);
    let found = found.into_iter().filter(|one| !known.contains(one)).map(|(at, reason)| {
        let line = u32::try_from(line_at(text, at)).unwrap_or(u32::MAX);
        OpenEdit { text: format!("What is called here changes: {reason}"), at: Location::line(path, line) }
    });
    found.collect()
}

fn faults(text: &str, around: Around<'_>) -> Vec<(TextSize, String)> {
    let Around { texts, root, given } = around;
    let parsed = Tree::of(text).parsed;
    let mut seen = Seen::default();
    seen.visit_body(&parsed.syntax().body);
    let mut found: Vec<(TextSize, String)> = Vec::new();
    for scope::Fault { name, at, hidden } in scope::faults(&parsed.syntax().body) {
        let reason = if hidden {
            format!("`{name}` is a function there, and no type")
        } else {
            format!("nothing there is called `{name}`")
        };
        found.push((at, reason));
    }
    found
        .extend(seen.awaits.iter().map(|at| (*at, "`await` would stand in a function that is not `async`".to_owned())));
    for (function, class, at) in &seen.bare {
        let called = seen.depended.contains(function) || seen.decorated.contains(function);
        if called && given.contains(&class.as_str()) {
            found.push((*at, format!("no dependency is known that gives a `{class}`, and a request must not")));
        }
    }
    for (module, name, at) in &seen.imports {
        if lacks(module, name, texts, root) {
            found.push((*at, format!("`{module}` has no `{name}` to import")));
        }
    }
    found.extend(calls::mismatches(text, texts, root));
    found.sort();
    found.dedup_by(|a, b| a.1 == b.1);
    found
}

/// What new code cannot be written for: Pydantic 1 has other names for validators, settings of classes and conversions.
pub(crate) fn foreign_release(project: &Project) -> Option<Problem> {
    let old = project.versions.iter().find(|one| one.name == "pydantic" && one.version.starts_with("1."))?;
    Some(Problem {
        text: format!("the project uses Pydantic {}, and new modules are written for Pydantic 2", old.version),
        help: Some(
            "Move the project to Pydantic 2 first, or write this module by hand after its neighbours.".to_owned(),
        ),
        at: Location::line(old.source.as_str(), 1),
    })
}

fn problem(path: &str, text: &str, at: TextSize, reason: &str) -> Problem {
    let line = line_at(text, at);
    Problem {
        text: format!("the style of this project could not be followed in the new file `{path}`: {reason}"),
        help: Some(
            "Write this module by hand after its neighbours; `architect survey` shows what was understood of them."
                .to_owned(),
        ),
        at: Location::line(path, u32::try_from(line).unwrap_or(u32::MAX)),
    }
}

fn line_at(text: &str, at: TextSize) -> usize {
    text.get(..at.to_usize()).unwrap_or_default().matches('\n').count() + 1
}

/// Where the file of `module` is, without its ending.
fn stem_of(module: &str, root: &str) -> String {
    [root, &module.replace('.', "/")].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/")
}

/// The text of the file of `module`, where it is here.
fn file_of<'t>(module: &str, texts: &BTreeMap<&str, &'t str>, root: &str) -> Option<&'t str> {
    let stem = stem_of(module, root);
    let (file, package) = (format!("{stem}.py"), format!("{stem}/__init__.py"));
    texts.get(file.as_str()).or_else(|| texts.get(package.as_str())).copied()
}

/// Whether the file of `module` is here and defines nothing called `name`.
fn lacks(module: &str, name: &str, texts: &BTreeMap<&str, &str>, root: &str) -> bool {
    let stem = stem_of(module, root);
    let Some(text) = file_of(module, texts, root) else { return false };
    let inside = format!("{stem}/{name}");
    let is_module = texts.contains_key(format!("{inside}.py").as_str())
        || texts
            .range(format!("{inside}/").as_str()..)
            .next()
            .is_some_and(|(path, _)| path.starts_with(&format!("{inside}/")));
    // Names may come from elsewhere where the file says so; the word alone is enough here.
    let open = text.contains("import *") || text.contains("__getattr__") || text.contains("globals()");
    !is_module && !open && !text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}

/// What a file imports, awaits, and takes from requests.
#[derive(Default)]
struct Seen {
    imports: Vec<(String, String, TextSize)>,
    awaits: Vec<TextSize>,
    /// Parameters without a default: function and annotation, where that is a plain name.
    bare: Vec<(String, String, TextSize)>,
    /// Functions inside `Depends(…)`.
    depended: BTreeSet<String>,
    /// Functions with a decorator that is called: `@router.get(…)`.
    decorated: BTreeSet<String>,
    /// Whether each function around the current place is asynchronous.
    functions: Vec<bool>,
}

impl<'a> Visitor<'a> for Seen {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                if def.decorator_list.iter().any(|decorator| decorator.expression.is_call_expr()) {
                    self.decorated.insert(def.name.to_string());
                }
                for parameter in
                    def.parameters.iter_non_variadic_params().filter(|parameter| parameter.default.is_none())
                {
                    if let Some(Expr::Name(class)) = parameter.annotation() {
                        self.bare.push((def.name.to_string(), class.id.to_string(), parameter.start()));
                    }
                }
                self.functions.push(def.is_async);
                visitor::walk_stmt(self, stmt);
                self.functions.pop();
                return;
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    if let Some(module) = import.module.as_ref().filter(|_| import.level == 0) {
                        self.imports.push((module.to_string(), alias.name.to_string(), alias.start()));
                    }
                }
            }
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                if let (Expr::Name(function), Some(Expr::Name(given))) = (&*call.func, call.arguments.args.first())
                    && function.id.as_str() == "Depends"
                {
                    self.depended.insert(given.id.to_string());
                }
            }
            Expr::Await(found) if self.functions.last() == Some(&false) => self.awaits.push(found.start()),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(text: &str) -> Vec<String> {
        let texts = BTreeMap::from([("src/app/db.py", "def get_session():\n    ...\n"), ("src/app/new.py", text)]);
        let around = Around { texts: &texts, root: "src", given: &["User"] };
        problems("src/app/new.py", text, around).into_iter().map(|problem| problem.text).collect()
    }

    #[test]
    fn what_runs_passes() {
        let text = "from app.db import get_session\nfrom os import path\n\n\
                    async def a(x: int, *y) -> None:\n    try:\n        await x(*[z for z in y], path, len(y))\n    except OSError as error:\n        print(error, get_session)\n";
        assert_eq!(reasons(text), [""; 0]);
    }

    #[test]
    fn a_name_of_another_function_is_none_here() {
        let found = reasons("def a(item_id): ...\n\n\ndef b(item_code):\n    return a(item_id)\n");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("nothing there is called `item_id`"));
    }

    #[test]
    fn a_request_gives_no_user() {
        let found = reasons(
            "from fastapi import APIRouter\nfrom a import User\n\nrouter = APIRouter()\n\n\n@router.get('/')\ndef a(user: User): ...\n\n\ndef b(user: User): ...\n",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("gives a `User`"));
    }

    #[test]
    fn what_breaks_is_told() {
        let found = reasons("from app.db import missing\n\ndef a():\n    await self.b(missing)\n");
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("`app.db` has no `missing`"));
        assert!(found[1].contains("`await`") && found[2].contains("`self`"));
    }
}
