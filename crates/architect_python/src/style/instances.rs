//! The package through which code reaches the instances of repositories.
//!
//! ```python
//! # crud/__init__.py
//! from .crud_item import item
//!
//! # routes
//! from app import crud
//! crud.item.get(session, id=item_id)
//! ```

use std::sync::Arc;

use architect_model::{InstancePackage, ModelImports};
use ruff_python_ast::{Expr, Stmt, StmtImportFrom};

use super::facts::Facts;
use super::model_imports::is_in_all;
use super::path;
use super::repository::instance;
use super::trace::Layers;
use super::vote::Votes;
use super::walk::{comment_behind, each_expr};
use super::words::snake;
use crate::read::layer::LayerClass;
use crate::resolve::{Resolution, Scope};
use crate::syntax::File;

/// Finds the package, where most handlers that reach an instance do so through one.
pub(super) fn package<'a>(facts: &Facts<'a>, layers: &Layers<'a>) -> Option<InstancePackage> {
    let shown: Vec<Shown<'_>> = layers.repositories.classes.iter().filter_map(|layer| shown(facts, layer)).collect();
    if shown.is_empty() {
        return None;
    }
    let mut votes = Votes::default();
    for handler in &facts.handlers {
        let scope = handler.function.scope();
        each_expr(&handler.function.def.body, &mut |expr| {
            let through = through(facts, &shown, scope, expr);
            votes.extend_with(through, handler.weight, &handler.function.at());
        });
    }
    let path = votes.winner()?.value?;
    let last = shown.iter().rev().find(|one| one.package.path == path)?;
    let imports = ModelImports {
        file: path.to_string(),
        import: last.import.clone(),
        neighbour: last.entity.map_or_else(|| path::stem(&last.made_in.path).to_owned(), snake),
        class: Some(last.name.to_owned()),
        in_all: is_in_all(last.package, last.name),
        at: last.package.at(last.stmt),
    };
    Some(InstancePackage { module: last.package.module.clone(), imports })
}

/// The file of the package through which an expression reaches an instance: `Some(None)` for one that is imported itself.
fn through<'a>(facts: &Facts<'a>, shown: &[Shown<'_>], scope: Scope<'a>, expr: &'a Expr) -> Option<Option<Arc<str>>> {
    match expr {
        Expr::Attribute(attribute) => {
            let Resolution::Module(file) = facts.index.resolve(scope, &attribute.value) else { return None };
            let is_it = |one: &&Shown<'_>| one.package.path == file.path && attribute.attr.as_str() == one.name;
            shown.iter().find(is_it).map(|one| Some(Arc::clone(&one.package.path)))
        }
        Expr::Name(name) if shown.iter().any(|one| name.id == one.name) => {
            let found = facts.index.resolve(scope, expr).variable()?;
            shown.iter().any(|one| found.scope.file.path == one.made_in.path).then_some(None)
        }
        _ => None,
    }
}

/// An instance that a package shows.
struct Shown<'a> {
    name: &'a str,
    made_in: &'a File,
    package: &'a File,
    stmt: &'a StmtImportFrom,
    import: String,
    /// The class of the rows.
    entity: Option<&'a str>,
}

fn shown<'a>(facts: &Facts<'a>, layer: &LayerClass<'a>) -> Option<Shown<'a>> {
    let (name, _) = instance(facts, layer.class)?;
    let made_in = layer.class.file();
    let (folder, _) = made_in.path.rsplit_once('/')?;
    let package = facts.index.files().by_path(&format!("{folder}/__init__.py"))?;
    let found = facts.index.module_member(package, name)?.variable()?;
    (found.scope.file.path == made_in.path).then_some(())?;
    package.body().iter().find_map(|stmt| {
        let Stmt::ImportFrom(import) = stmt else { return None };
        let alias = import.names.iter().find(|alias| alias.name.as_str() == name && alias.asname.is_none())?;
        let written = import.module.as_ref().map_or("", |module| module.as_str());
        let front = format!("from {}{written} import", ".".repeat(import.level as usize));
        let import_text = format!("{front} {}{}", package.text(alias), comment_behind(package, stmt));
        let entity = layer.entity.map(|entity| entity.name());
        Some(Shown { name, made_in, package, stmt: import, import: import_text, entity })
    })
}
