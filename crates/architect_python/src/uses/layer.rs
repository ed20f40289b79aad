//! Which layer a place belongs to.

use architect_model::{LayerKind, Location, Project, UseLayer};
use rustc_hash::FxHashMap;

use super::carriers::{Carriers, Role};
use crate::resolve::{Class, Frame, Index, Scope};
use crate::style::facts::is_table;
use crate::style::path;

/// The layers of functions, by the places of their names, and of files.
pub(super) struct LayerMap<'p> {
    functions: FxHashMap<(&'p str, u32), UseLayer>,
    classes: FxHashMap<(&'p str, u32), UseLayer>,
    files: FxHashMap<&'p str, Vec<LayerKind>>,
    revisions: Option<&'p str>,
}

impl<'p> LayerMap<'p> {
    /// The layers of a project.
    pub(super) fn of(project: &'p Project) -> Self {
        let place = |at: &'p Location| (&*at.file, at.line);
        let mut functions = FxHashMap::default();
        let mut classes = FxHashMap::default();
        let layered = [(&project.repositories, UseLayer::Queries), (&project.services, UseLayer::Service)];
        for (layers, layer) in layered {
            for found in layers {
                if !found.symbol.name.is_empty() {
                    classes.insert(place(&found.at), layer);
                }
                functions.extend(found.methods.iter().map(|method| (place(&method.at), layer)));
            }
        }
        functions.extend(project.handlers.iter().map(|handler| (place(&handler.at), UseLayer::Endpoints)));
        let mut files: FxHashMap<&str, Vec<LayerKind>> = FxHashMap::default();
        for found in project.modules.iter().flat_map(|module| &module.layers) {
            files.entry(&found.file).or_default().push(found.layer);
        }
        let revisions = project.style.migrations.versions.as_deref();
        Self { functions, classes, files, revisions }
    }

    /// Whether a file holds revisions.
    pub(super) fn is_revision(&self, file: &str) -> bool {
        path::name(path::folder(file)) == "versions"
            || self.revisions.is_some_and(|folder| path::folder(file) == folder)
    }

    /// The layer of a place.
    pub(super) fn at<'a>(&self, index: &'a Index<'a>, carriers: &Carriers<'a>, scope: Scope<'a>) -> UseLayer {
        let file = &*scope.file.path;
        if self.is_revision(file) {
            return UseLayer::Migrations;
        }
        if is_test(file) {
            return UseLayer::Tests;
        }
        let mut outer = Scope::module(scope.file);
        for frame in scope.frames() {
            let known = match frame {
                Frame::Function(def) | Frame::Call(def, _) => {
                    self.functions.get(&(file, scope.at(&def.name).line)).copied()
                }
                Frame::Class(def) => {
                    let class = Class { outer, def };
                    let layer = self.classes.get(&(file, class.at().line)).copied();
                    layer.or_else(|| of_class(index, carriers, class))
                }
            };
            if let Some(known) = known {
                return known;
            }
            outer = outer.inside(frame);
        }
        self.of_file(file)
    }

    fn of_file(&self, file: &str) -> UseLayer {
        match self.files.get(file).map(Vec::as_slice) {
            Some([only, rest @ ..]) if rest.iter().all(|other| other == only) => of_kind(*only),
            Some([LayerKind::Models, ..]) => UseLayer::Models,
            _ => UseLayer::Other,
        }
    }
}

fn of_class<'a>(index: &'a Index<'a>, carriers: &Carriers<'a>, class: Class<'a>) -> Option<UseLayer> {
    match carriers.of(class).map(|carrier| carrier.role) {
        Some(Role::Entity | Role::Base) => Some(UseLayer::Models),
        Some(Role::Schema) => Some(UseLayer::Schemas),
        None if is_table(index, class) => Some(UseLayer::Models),
        None if index.derives_from(class, "enum.Enum") => Some(UseLayer::Models),
        None if index.derives_from(class, "pydantic.BaseModel") => Some(UseLayer::Schemas),
        None => None,
    }
}

fn of_kind(kind: LayerKind) -> UseLayer {
    match kind {
        LayerKind::Models => UseLayer::Models,
        LayerKind::Schemas => UseLayer::Schemas,
        LayerKind::Repository => UseLayer::Queries,
        LayerKind::Service => UseLayer::Service,
        LayerKind::Endpoints => UseLayer::Endpoints,
        LayerKind::Dependencies => UseLayer::Dependencies,
        LayerKind::Errors => UseLayer::Other,
        LayerKind::Tests => UseLayer::Tests,
    }
}

/// Whether a file belongs to the tests.
pub(crate) fn is_test(file: &str) -> bool {
    let stem = path::stem(file);
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem == "conftest"
        || path::folder(file).split('/').any(|part| part == "tests" || part == "test")
}
