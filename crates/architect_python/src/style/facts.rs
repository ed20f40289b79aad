//! What all readers of the house style start from: application files, table classes, handlers, layers.

use architect_model::{LayerKind, Location, Symbol};
use ruff_python_ast::{Expr, Stmt};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::entity::{Entities, Entity};
use super::handlers::{self, Handler, Param};
use super::models::columns::{self, Column};
use super::path;
use super::vote::{USERS, USUAL};
use crate::resolve::{Ancestor, Class, Function, Index, Resolution};
use crate::syntax::{File, Memo};

/// What all readers of the house style start from.
pub(crate) struct Facts<'a> {
    /// Answers what names mean.
    pub(crate) index: &'a Index<'a>,
    /// The source root that most tables and handlers stand below.
    pub(crate) root: String,
    /// Files of the application: neither tests nor migrations, below the root.
    pub(crate) files: Vec<&'a File>,
    /// Table classes, in the order of their files.
    pub(crate) tables: Vec<Class<'a>>,
    /// The same by name.
    pub(crate) entities: Entities<'a>,
    /// Functions that answer requests.
    pub(crate) handlers: Vec<Handler<'a>>,
    /// Classes that handlers take or answer, and whose bases are not all there to read: they describe data.
    pub(crate) open_schemas: Vec<Class<'a>>,
    handler_files: FxHashSet<&'a str>,
    /// Files about users and signing in.
    accounts: FxHashSet<String>,
    parameters: Memo<usize, Vec<Param<'a>>>,
    columns: Memo<usize, Vec<Column<'a>>>,
}

impl<'a> Facts<'a> {
    /// Collects the facts of a project.
    pub(crate) fn collect(index: &'a Index<'a>) -> Self {
        let files: Vec<&'a File> = index.files().project().iter().filter(|file| is_application(file)).collect();
        let tables_of = |file: &&'a File| index.classes(file).filter(|class| is_table(index, *class)).collect();
        let tables: Vec<Vec<Class<'a>>> = files.par_iter().map(tables_of).collect();
        let tables: Vec<Class<'a>> = tables.into_iter().flatten().collect();
        let entities = Entities::new(&tables);
        let mut facts = Self {
            index,
            root: String::new(),
            files,
            tables,
            entities,
            handlers: Vec::new(),
            open_schemas: Vec::new(),
            handler_files: FxHashSet::default(),
            accounts: FxHashSet::default(),
            parameters: Memo::with_buckets(index.files().project().len() * 8),
            columns: Memo::with_buckets(index.files().project().len() * 2),
        };
        facts.handlers = handlers::collect(&facts);
        facts.open_schemas = facts.open_schemas();
        facts.handler_files = facts.handlers.iter().map(|handler| &*handler.function.file().path).collect();
        facts.root = facts.main_root();
        let root = facts.root.clone();
        facts.files.retain(|file| path::is_below(&file.path, &root));
        facts
    }

    /// FastAPI takes what a handler is given without `Depends`, and what it answers, for data.
    fn open_schemas(&self) -> Vec<Class<'a>> {
        let taken = self.handlers.iter().flat_map(|handler| &handler.parameters);
        let taken = taken.filter(|parameter| parameter.depends.is_none());
        let taken = taken.filter_map(|parameter| parameter.class()?.class());
        let answered = self.handlers.iter().filter_map(|handler| handler.response.item);
        let pages = self.handlers.iter().filter_map(|handler| Some(handler.response.page.as_ref()?.0));
        let mut seen = FxHashSet::default();
        let is_open = |class: &Class<'a>| {
            let mro = self.index.mro(*class);
            mro.is_open() && !self.is_schema(*class) && !mro.has("enum.Enum") && !self.is_table(*class)
        };
        taken.chain(answered).chain(pages).filter(|class| seen.insert(address(class.def))).filter(is_open).collect()
    }

    /// Whether a class describes what requests and responses hold.
    pub(crate) fn is_schema(&self, class: Class<'a>) -> bool {
        self.index.derives_from(class, "pydantic.BaseModel") || self.open_schemas.contains(&class)
    }

    /// Makes known which class users are: files about them and about signing in count half.
    pub(crate) fn weigh(&mut self, users: Option<Class<'a>>) {
        self.accounts = super::accounts::files(self, users);
        let weights: Vec<u32> =
            self.handlers.iter().map(|handler| self.weight_of(&handler.function.file().path)).collect();
        for (handler, weight) in self.handlers.iter_mut().zip(weights) {
            handler.weight = weight;
        }
    }

    /// How much a file says about the house. Users and the login count half: every project has them, and writes them
    /// in another way than its features.
    pub(crate) fn weight_of(&self, file: &str) -> u32 {
        if self.is_of_users(file) { USERS } else { USUAL }
    }

    /// Whether a file is about users or about signing in.
    pub(crate) fn is_of_users(&self, file: &str) -> bool {
        self.accounts.contains(file)
    }

    /// The root of most files that hold tables or handlers.
    fn main_root(&self) -> String {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        let telling =
            self.tables.iter().map(Class::file).chain(self.handlers.iter().map(|handler| handler.function.file()));
        for root in telling.map(root_of).chain(self.files.iter().copied().take(1).map(root_of)) {
            match counts.iter_mut().find(|(known, _)| *known == root) {
                Some((_, count)) => *count += 1,
                None => counts.push((root, 1)),
            }
        }
        let most = counts.iter().map(|(_, count)| *count).max();
        counts.into_iter().find(|(_, count)| Some(*count) == most).map(|(root, _)| root.to_owned()).unwrap_or_default()
    }

    /// The table that is named in the name of a class: `Item` for `ItemCreate`, `ItemsPublic`, `ItemService`.
    pub(crate) fn entity_of_name(&self, name: &str) -> Option<Entity<'a>> {
        self.entities.of_name(name)
    }

    /// The table that is named among the words of a name: `create_item` → `Item`.
    pub(crate) fn entity_in_words(&self, name: &str) -> Option<Entity<'a>> {
        self.entities.in_words(name)
    }

    /// The entity of a class that is a table.
    pub(crate) fn table(&self, class: Class<'a>) -> Option<Entity<'a>> {
        self.entities.of_class(class)
    }

    /// The parameters of a function, with their dependencies.
    pub(crate) fn parameters(&self, function: Function<'a>) -> &[Param<'a>] {
        self.parameters.get_or(address(function.def), || handlers::parameters(self.index, function))
    }

    /// The columns of a class as written, its own after those of its bases.
    pub(crate) fn columns(&self, class: Class<'a>) -> &[Column<'a>] {
        self.columns.get_or(address(class.def), || columns::of(self.index, class))
    }

    /// Whether a class is a table.
    pub(crate) fn is_table(&self, class: Class<'a>) -> bool {
        self.table(class).is_some()
    }

    /// Whether a file has handlers.
    pub(crate) fn has_handlers(&self, file: &File) -> bool {
        self.handler_files.contains(&*file.path)
    }
}

/// Nodes are told apart by their address: they live as long as the files.
pub(crate) fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node).addr()
}

/// Whether a file is part of the application: no test, no migration, no script of the environment.
pub(crate) fn is_application(file: &File) -> bool {
    let in_folder = |names: &[&str]| path::folder(&file.path).split('/').any(|part| names.contains(&part));
    !file.installed
        && !in_folder(&["tests", "test", "versions", "node_modules", "site-packages", ".venv", "venv"])
        && !super::tests::is_test_file(&file.path)
        && path::name(&file.path) != "conftest.py"
}

/// The folder on `sys.path` under which a file is imported.
pub(crate) fn root_of(file: &File) -> &str {
    let path = file.path.strip_suffix(".py").unwrap_or(&file.path);
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    let depth = file.module.split('.').filter(|part| !part.is_empty()).count();
    (0..depth).fold(path, |path, _| path::folder(path))
}

/// Whether a class is mapped to a table.
pub(crate) fn is_table<'a>(index: &Index<'a>, class: Class<'a>) -> bool {
    let mro = index.mro(class);
    if mro.has("sqlmodel.SQLModel") {
        return class
            .keyword("table")
            .is_some_and(|value| matches!(value, Expr::BooleanLiteral(literal) if literal.value));
    }
    let declarative = mro.has("sqlalchemy.orm.DeclarativeBase") || mro.ancestors.iter().any(is_made_base);
    let binds = |name: &str| class.def.body.iter().any(|stmt| assigned(stmt) == Some(name));
    declarative && !binds("__abstract__") && (binds("__tablename__") || binds("__table__") || declares_columns(class))
}

fn is_made_base(ancestor: &Ancestor<'_>) -> bool {
    let Ancestor::Variable(variable) = ancestor else { return false };
    let called = variable.value.and_then(super::walk::last_name);
    matches!(called, Some("declarative_base" | "generate_base" | "automap_base"))
}

/// The name that a statement in a class body binds.
pub(crate) fn assigned(stmt: &Stmt) -> Option<&str> {
    let target = match stmt {
        Stmt::Assign(assign) => assign.targets.first()?,
        Stmt::AnnAssign(assign) => &assign.target,
        _ => return None,
    };
    target.as_name_expr().map(|name| name.id.as_str())
}

fn declares_columns(class: Class<'_>) -> bool {
    class.def.body.iter().any(|stmt| {
        let value = match stmt {
            Stmt::Assign(assign) => Some(&*assign.value),
            Stmt::AnnAssign(assign) => assign.value.as_deref(),
            _ => None,
        };
        let called = value.and_then(Expr::as_call_expr).and_then(|call| super::walk::last_name(&call.func));
        matches!(called, Some("mapped_column" | "Column"))
    })
}

/// A function as an importable symbol, or what else a name stands for.
pub(crate) fn symbol_of(resolution: &Resolution<'_>) -> Option<Symbol> {
    match resolution {
        Resolution::Class(class) => Some(class.symbol()),
        Resolution::Function(function) => Some(function.symbol()),
        Resolution::Variable(variable) => Some(variable.symbol()),
        Resolution::Library(path) => {
            let (module, name) = path.rsplit_once('.')?;
            Some(Symbol::new(module, name))
        }
        Resolution::Builtin(name) => Some(Symbol::new("builtins", *name)),
        Resolution::Module(_) | Resolution::Namespace(_) | Resolution::Parameter { .. } | Resolution::Unknown(_) => {
            None
        }
    }
}

/// A class or file of a layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Layered {
    /// Classes of queries, or a file of query functions.
    Repository,
    /// Classes of business rules, or a file of such functions.
    Service,
}

impl From<Layered> for LayerKind {
    fn from(layer: Layered) -> Self {
        match layer {
            Layered::Repository => Self::Repository,
            Layered::Service => Self::Service,
        }
    }
}

/// A place at the start of a file.
pub(crate) fn start_of(file: &File) -> Location {
    Location::line(std::sync::Arc::clone(&file.path), 1)
}
