//! What Alembic compares: the tables of the project, those of them that `env.py` imports, and the history.

use std::sync::Arc;

use architect_model::{History, Known, Project, Table, Unknown};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Keyword, Stmt};

use super::filter::{FilterFunction, ObjectFilter};
use super::{begin, reached, revision, table, versions};
use crate::Sources;
use crate::database::Database;
use crate::resolve::Index;
use crate::syntax::{File, Files};

/// What Alembic compares.
#[derive(Default)]
pub struct Migrated {
    /// The project as far as tables and its migrations go.
    pub project: Project,
    /// Tables that no import of any `env.py` reaches; none where one imports modules by computed names.
    pub unimported: Vec<Arc<Table>>,
    /// Tables that another `env.py` of the project imports, and this one does not: they are of another history.
    pub elsewhere: Vec<Arc<Table>>,
    /// Why there may be tables beside those that are known: classes of which it is not known whether they are tables, or
    /// how their table is called.
    pub unsettled: Vec<Unknown>,
    /// Whether `env.py` has Alembic compare server defaults; `None` where that is decided by a function, or when it runs.
    pub exact_defaults: Option<bool>,
    /// Whether `env.py` says `lock_timeout`: to its connections, or in SQL.
    pub lock_timeout: bool,
    /// The functions by which `env.py` has Alembic leave objects out (`include_object`, `include_name`).
    pub filter: Option<ObjectFilter<'static>>,
    /// The revisions.
    pub history: History,
}

/// Reads what Alembic compares, and leaves the rest of the project alone; `build` makes something of the history while
/// tables are still read. What reading it took is left to the system, as [`read_and_leave`](super::read_and_leave) does.
pub fn read_migrated<T: Send>(
    sources: &Sources,
    database: impl Database + 'static,
    build: impl FnOnce(&History) -> T + Send,
) -> (Migrated, T) {
    let files: &Files = Box::leak(Box::new(Files::open(sources)));
    let index: &Index<'_> = Box::leak(Box::new(Index::leaving(files)));
    let mut project = begin(files);
    let versions = versions::read(sources, &mut project);
    let read_tables = || {
        table::read(index, &versions, &mut project);
        let names = project.tables.iter().filter_map(|table| match &table.name {
            Known::Unknown { unknown } => Some(unknown),
            Known::Known(_) => None,
        });
        let unsettled: Vec<Unknown> = project.unknowns.iter().chain(names).cloned().collect();
        unsettled
    };
    let read_history = move || {
        let style = crate::style::migrations(sources, index);
        let history = revision::read(index, &style, Box::new(database));
        let built = build(&history);
        (history, style, built)
    };
    let (unsettled, (history, style, built)) = rayon::join(read_tables, read_history);
    project.style.migrations = style;
    project.unknowns.splice(0..0, index.files().unknowns());
    let env = project.style.migrations.script_location.as_deref().map(|folder| format!("{folder}/env.py"));
    let env = env.and_then(|env| index.files().by_path(&env));
    let (elsewhere, unimported) = env.map(|env| left_out(index, env, &project)).unwrap_or_default();
    let settings = env.map(EnvSettings::read).unwrap_or_default();
    let migrated = Migrated {
        project,
        unimported,
        elsewhere,
        unsettled,
        exact_defaults: settings.exact_defaults,
        lock_timeout: settings.lock_timeout,
        filter: env.filter(|_| !settings.functions.is_empty()).map(|env| ObjectFilter {
            index,
            env,
            functions: settings.functions,
        }),
        history,
    };
    (migrated, built)
}

/// The tables that `env` does not import: those that another `env.py` does, and the rest.
fn left_out<'a>(index: &Index<'a>, env: &'a File, project: &Project) -> (Vec<Arc<Table>>, Vec<Arc<Table>>) {
    let Some(imported) = reached::from(index, env) else { return Default::default() };
    let left: Vec<_> = project.tables.iter().filter(|table| !imported.contains(&*table.at.file)).cloned().collect();
    if left.is_empty() {
        return Default::default();
    }
    let is_other = |file: &&File| {
        !std::ptr::eq(*file, env) && file.path.ends_with("/env.py") && crate::style::runs_migrations(file)
    };
    let others: Vec<_> =
        index.files().project().iter().filter(is_other).map(|other| reached::from(index, other)).collect();
    let is_elsewhere = |table: &Arc<Table>| {
        others.iter().any(|other| other.as_ref().is_none_or(|imported| imported.contains(&*table.at.file)))
    };
    left.into_iter().partition(is_elsewhere)
}

/// What `env.py` tells Alembic:
///
/// ```python
/// context.configure(
///     connection=connection,
///     target_metadata=target_metadata,
///     include_object=include_object,
///     compare_server_default=True,
/// )
/// ```
struct EnvSettings {
    functions: Vec<FilterFunction>,
    exact_defaults: Option<bool>,
    lock_timeout: bool,
}

impl Default for EnvSettings {
    fn default() -> Self {
        Self { functions: Vec::new(), exact_defaults: Some(false), lock_timeout: false }
    }
}

impl EnvSettings {
    fn read(env: &File) -> Self {
        let mut finder = Finder { env, found: Self::default() };
        finder.visit_body(env.body());
        finder.found
    }
}

/// Whether server defaults are compared. A function may compare them in its own way.
fn exact(value: &Expr) -> Option<bool> {
    match value {
        Expr::BooleanLiteral(literal) => Some(literal.value),
        Expr::NoneLiteral(_) => Some(false),
        _ => None,
    }
}

struct Finder<'f> {
    env: &'f File,
    found: EnvSettings,
}

impl Finder<'_> {
    fn function(&mut self, given: &str, value: &Expr) {
        let name = value.as_name_expr().map(|name| name.id.to_string());
        let function = FilterFunction { of_objects: given == "include_object", name, at: self.env.at(value) };
        let is_it = |known: &FilterFunction| known.of_objects == function.of_objects && known.name == function.name;
        if !self.found.functions.iter().any(is_it) {
            self.found.functions.push(function);
        }
    }
}

impl<'s> Visitor<'s> for Finder<'_> {
    fn visit_keyword(&mut self, keyword: &'s Keyword) {
        match keyword.arg.as_ref().map_or("", |name| name.as_str()) {
            given @ ("include_object" | "include_name") if !keyword.value.is_none_literal_expr() => {
                self.function(given, &keyword.value);
            }
            "compare_server_default" => {
                self.found.exact_defaults = exact(&keyword.value);
            }
            "lock_timeout" => self.found.lock_timeout = true,
            _ => {}
        }
        visitor::walk_keyword(self, keyword);
    }

    fn visit_stmt(&mut self, stmt: &'s Stmt) {
        // A text that stands alone is a comment.
        if !matches!(stmt, Stmt::Expr(alone) if alone.value.is_string_literal_expr()) {
            visitor::walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'s Expr) {
        // `connection.execute(text("SET lock_timeout = '5s'"))`
        if let Expr::StringLiteral(text) = expr {
            self.found.lock_timeout |= text.value.to_str().contains("lock_timeout");
        }
        // `{"include_name": include_name}`, for `context.configure(**options)`.
        if let Expr::Dict(dict) = expr {
            for item in &dict.items {
                let key = item.key.as_ref().and_then(|key| key.as_string_literal_expr());
                match key.map(|key| key.value.to_str()) {
                    Some(given @ ("include_object" | "include_name")) => self.function(given, &item.value),
                    Some("compare_server_default") => self.found.exact_defaults = exact(&item.value),
                    _ => {}
                }
            }
        }
        visitor::walk_expr(self, expr);
    }
}
