//! Reading a whole project.
//!
//! Each reader is a function `read(index: &Index<'_>, project: &mut Project)` that fills its own fields; a later one
//! may use what an earlier one found.

mod bounds;
pub(crate) mod endpoint;
mod enumeration;
pub(crate) mod fields;
mod filter;
pub(crate) mod layer;
mod migrated;
pub(crate) mod module;
mod reached;
mod requests;
mod revision;
pub(crate) mod schema;
pub(crate) mod table;
pub(crate) mod versions;

pub use filter::ObjectFilter;
pub use migrated::{Migrated, read_migrated};
pub use requests::test_requests;
pub use revision::read_history;

use std::mem::ManuallyDrop;
use std::sync::Arc;

use architect_model::{Api, FORMAT, Project, Table};

use crate::resolve::Index;
use crate::source::Sources;
use crate::syntax::Files;

/// Reads a project: never fails; what could not be understood is among the unknowns.
pub fn read(sources: &Sources) -> Project {
    let files = Files::parse(sources);
    let index = Index::new(&files);
    read_by(&index, sources)
}

/// The same, for a process that ends soon after: the project and what was remembered on the way are left to the system,
/// which takes all memory back at once. Giving it back piece by piece takes a tenth of the whole time.
pub fn read_and_leave(sources: &Sources) -> ManuallyDrop<Project> {
    let files: &Files = Box::leak(Box::new(Files::parse(sources)));
    let index: &Index<'_> = Box::leak(Box::new(Index::leaving(files)));
    ManuallyDrop::new(read_by(index, sources))
}

/// What the models of a project declare, and how its migrations are kept; the rest is left alone, and the memory as by
/// [`read_and_leave`].
pub fn read_declared(sources: &Sources) -> ManuallyDrop<Project> {
    let files: &Files = Box::leak(Box::new(Files::open(sources)));
    let index: &Index<'_> = Box::leak(Box::new(Index::leaving(files)));
    let mut project = begin(files);
    let versions = versions::read(sources, &mut project);
    table::read(index, &versions, &mut project);
    project.unknowns.splice(0..0, files.unknowns());
    project.style.migrations = crate::style::migrations(sources, index);
    ManuallyDrop::new(project)
}

/// The same as [`read`], with what clients of its API see.
pub fn read_with_api(sources: &Sources) -> (Project, Api) {
    let files: &Files = Box::leak(Box::new(Files::parse(sources)));
    let index: &Index<'_> = Box::leak(Box::new(Index::leaving(files)));
    let project = read_by(index, sources);
    let api = crate::api::read(index, &project);
    (project, api)
}

fn read_by<'a>(index: &'a Index<'a>, sources: &Sources) -> Project {
    let mut project = begin(index.files());
    project.unknowns = index.files().unknowns();
    let versions = versions::read(sources, &mut project);
    let context = |project: &mut Project| table::read(index, &versions, project);
    endpoint::read(index, &mut project, context, |project| {
        schema::read(index, &versions, project);
        enumeration::read(index, project);
        crate::style::read(sources, index, &versions, project);
        table::read_owners(index, project);
    });
    project
}

/// Reads the tables of some files, without owners: what a migration is written from once the rest is known. `known` are
/// the tables of all files as they were before these files changed.
pub fn read_tables(sources: &Sources, changed: &[&str], known: &[Arc<Table>]) -> Vec<Table> {
    let files = Files::parse(sources);
    let index = Index::new(&files);
    let versions = versions::read(sources, &mut begin(&files));
    let is_changed = |path: &str| changed.contains(&path);
    let others: Vec<Arc<Table>> = known.iter().filter(|table| !is_changed(&table.at.file)).cloned().collect();
    table::read_some(&index, &versions, |file| is_changed(&file.path), &others)
}

fn begin(files: &Files) -> Project {
    Project { format: FORMAT, source_roots: files.roots().to_vec(), files: files.project().len(), ..Project::default() }
}
