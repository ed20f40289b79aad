//! Which files are about users and signing in: every project has them, and writes them by the book of its security
//! library rather than as its features.

use rayon::prelude::*;
use ruff_python_ast::Stmt;
use rustc_hash::{FxHashMap, FxHashSet};

use super::entity::Entity;
use super::facts::Facts;
use super::path;
use crate::resolve::Class;
use crate::syntax::File;

/// Libraries of passwords and tokens.
const LIBRARIES: &[&str] =
    &["jwt", "jose", "passlib", "pwdlib", "bcrypt", "argon2", "authlib", "fastapi_users", "authx", "fastapi.security"];

/// The paths of such files: those about the table of users alone, those that make tokens or check passwords, and what
/// stands beside them in a module of its own.
pub(super) fn files<'a>(facts: &Facts<'a>, users: Option<Class<'a>>) -> FxHashSet<String> {
    let mut handled: FxHashMap<&str, Vec<Entity<'a>>> = FxHashMap::default();
    for handler in &facts.handlers {
        handled.entry(&handler.function.file().path).or_default().extend(handler.entity);
    }
    let own = |file: &&&'a File| {
        let handled = handled.get(&*file.path).map_or(&[][..], Vec::as_slice);
        is_about(facts, file, handled, users) || signs_in(file)
    };
    let found: Vec<&'a File> = facts.files.par_iter().filter(own).copied().collect();
    let mut all: FxHashSet<String> = found.iter().map(|file| file.path.to_string()).collect();
    let modules: FxHashSet<&str> =
        found.iter().map(|file| path::folder(&file.path)).filter(|folder| is_module(facts, folder, users)).collect();
    let beside = facts.files.iter().filter(|file| modules.iter().any(|folder| path::is_below(&file.path, folder)));
    all.extend(beside.map(|file| file.path.to_string()));
    all
}

/// Whether a file is about the table of users, and about no other.
fn is_about<'a>(facts: &Facts<'a>, file: &'a File, handled: &[Entity<'a>], users: Option<Class<'a>>) -> bool {
    let Some(users) = users else { return false };
    let classes = facts.index.classes(file).filter_map(|class| facts.entity_of_name(class.name()));
    let named: Vec<bool> = classes.chain(handled.iter().copied()).map(|entity| entity.class == users).collect();
    !named.is_empty() && named.iter().all(|is_user| *is_user)
}

/// Whether a file uses a library of passwords or tokens.
fn signs_in(file: &File) -> bool {
    let is_one = |module: &str| {
        LIBRARIES
            .iter()
            .any(|library| module == *library || module.strip_prefix(library).is_some_and(|rest| rest.starts_with('.')))
    };
    file.body().iter().any(|stmt| match stmt {
        Stmt::Import(import) => import.names.iter().any(|alias| is_one(&alias.name)),
        Stmt::ImportFrom(import) => import.module.as_ref().is_some_and(|module| is_one(module)),
        _ => false,
    })
}

/// Whether a folder is a module with endpoints of its own, among others, and without a table that is not of users.
fn is_module<'a>(facts: &Facts<'a>, folder: &str, users: Option<Class<'a>>) -> bool {
    let has_handlers =
        |folder: &str| facts.handlers.iter().any(|handler| path::folder(&handler.function.file().path) == folder);
    let parent = path::folder(folder);
    let siblings = facts.handlers.iter().map(|handler| path::folder(&handler.function.file().path));
    let among = siblings.filter(|other| *other != folder && path::folder(other) == parent).count() > 0;
    let refers_elsewhere = |table: &Class<'a>| {
        path::is_below(&table.file().path, folder) && Some(*table) != users && !refers_to(facts, *table, users)
    };
    has_handlers(folder) && among && !folder.is_empty() && !facts.tables.iter().any(refers_elsewhere)
}

/// Whether a table hangs on users: sessions, tokens, roles of users.
fn refers_to<'a>(facts: &Facts<'a>, table: Class<'a>, users: Option<Class<'a>>) -> bool {
    let Some(users) = users else { return false };
    let name = super::models::naming::table_name(facts.index, users);
    facts.columns(table).iter().any(|column| {
        let target = column.foreign_key.as_deref().and_then(|target| target.rsplit_once('.'));
        target.is_some_and(|(table, _)| Some(table) == name.as_deref())
    })
}
