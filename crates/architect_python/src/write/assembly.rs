//! Whole modules as changes of files: new files, additions to files that modules share, and what makes a module known.

use std::collections::BTreeMap;
use std::sync::Arc;

use architect_model::{
    EntityNames, FileChange, Location, ModuleDesign, OpenEdit, Problem, Project, Question, Resolution, Step,
};

use rayon::prelude::*;

use super::module::{write_module, write_surroundings};
use super::names::{capital, filled};
use super::registration::{NewRouter, import_models, register_router};
use super::verify;
use crate::edit::Refused;
use crate::{SourceText, Sources};

/// What writing modules gives.
#[derive(Debug, Clone, Default)]
pub struct WrittenModules {
    /// New and edited files, each once, in workflow order.
    pub files: Vec<FileChange>,
    /// Edits that cannot be made safely, each with its exact place.
    pub questions: Vec<Question>,
    /// Edits of a change that a person has to make.
    pub open_edits: Vec<OpenEdit>,
    /// Why a file cannot be written; then nothing may be.
    pub problems: Vec<Problem>,
}

/// Writes the modules of a resolution in the house's style into a project.
pub fn write_modules(resolution: &Resolution, project: &Project, sources: &Sources) -> WrittenModules {
    let mut assembly = Assembly::new(project, sources);
    if let Some(problem) = verify::foreign_release(project) {
        assembly.written.problems.push(problem);
        return assembly.written;
    }
    for design in &resolution.modules {
        assembly.module(design, resolution, sources);
    }
    assembly.finish()
}

/// Files as they are read and as they are planned so far.
pub(crate) struct Assembly<'a> {
    project: &'a Project,
    before: BTreeMap<&'a str, &'a SourceText>,
    after: BTreeMap<String, (Step, String)>,
    pub(crate) written: WrittenModules,
}

impl<'a> Assembly<'a> {
    /// Nothing is planned yet.
    pub(crate) fn new(project: &'a Project, sources: &'a Sources) -> Self {
        Self {
            project,
            before: sources.python.iter().chain(&sources.other).map(|file| (&*file.path, file)).collect(),
            after: BTreeMap::new(),
            written: WrittenModules::default(),
        }
    }

    fn module(&mut self, design: &ModuleDesign, resolution: &Resolution, sources: &Sources) {
        match write_module(design, resolution, self.project, &self.planned(sources)) {
            Ok(changes) => changes.into_iter().for_each(|change| self.file(change, design)),
            Err(unwritten) => self.written.problems.push(unwritten.into()),
        }
        self.known(design);
    }

    /// Plans what stands in files around a module whose own files are planned.
    pub(crate) fn surroundings(&mut self, design: &ModuleDesign, resolution: &Resolution, sources: &Sources) {
        match write_surroundings(design, resolution, self.project, &self.planned(sources)) {
            Ok(changes) => changes.into_iter().for_each(|change| self.file(change, design)),
            Err(unwritten) => self.written.problems.push(unwritten.into()),
        }
        self.known(design);
    }

    /// Makes a module known: Alembic learns of its models, the application of its routers.
    fn known(&mut self, design: &ModuleDesign) {
        self.model_imports(design);
        self.instances(design);
        for router in &design.routers {
            let pattern = self.project.style.layout.endpoints.value.clone();
            let path = path(&pattern, &router.module, &router.names);
            let new = NewRouter {
                module: &router.module,
                names: &router.names,
                dotted: &self.dotted(&path),
                variable: &filled(named(&self.project.style.endpoints.router.value, "router"), &router.names),
                prefix: &router.prefix,
                tag: &router.tag,
            };
            self.register(&path, &new);
        }
    }

    /// The text as it is now: as planned so far, else as it was read.
    fn text(&self, path: &str) -> Option<Arc<str>> {
        let planned = self.after.get(path).map(|(_, text)| text.as_str().into());
        planned.or_else(|| self.before.get(path).map(|file| Arc::clone(&file.text)))
    }

    fn put(&mut self, path: &str, step: Step, text: String) {
        self.after.entry(path.to_owned()).and_modify(|(_, old)| old.clone_from(&text)).or_insert((step, text));
    }

    /// The sources with what is planned so far.
    fn planned(&self, sources: &Sources) -> Sources {
        let text = |(path, (_, text)): (&String, &(Step, String))| SourceText::new(path.as_str(), text.as_str());
        sources.overlaid(self.after.iter().map(text))
    }

    /// Plans a file of a module.
    pub(crate) fn file(&mut self, change: FileChange, design: &ModuleDesign) {
        if self.text(&change.path).is_none() {
            self.packages(&change.path, change.step, design);
        }
        self.put(&change.path, change.step, change.after);
    }

    /// `__init__.py` in new folders of packages, where the house's modules have them.
    fn packages(&mut self, path: &str, step: Step, design: &ModuleDesign) {
        let layout = &self.project.style.layout;
        if !layout.init_files.value {
            return;
        }
        let root = layout.source_root.trim_end_matches('/').to_owned();
        let mut folder = path;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            folder = parent;
            let inside = format!("{folder}/");
            let exists = self.before.keys().any(|known| known.starts_with(&inside));
            if exists || folder == root || step == Step::Tests {
                return;
            }
            let about = design.entities.first().filter(|_| layout.init_docs.value);
            let text = about.map(|entity| format!("\"\"\"{}.\"\"\"\n", capital(&entity.names.labels)));
            self.after.entry(format!("{folder}/__init__.py")).or_insert((Step::Models, text.unwrap_or_default()));
        }
    }

    /// Shows the instances of new repositories where the package shows those of the others.
    fn instances(&mut self, design: &ModuleDesign) {
        let repository = &self.project.style.repository;
        let (Some(package), Some(instance)) = (repository.package.clone(), repository.instance.value.clone()) else {
            return;
        };
        let Some(pattern) = self.project.style.layout.repository.value.clone() else { return };
        for entity in &design.entities {
            let path = path(&pattern, &design.name, &entity.names);
            if !self.after.contains_key(&path) {
                continue;
            }
            let Some(text) = self.text(&package.imports.file) else { continue };
            let (dotted, names) = (self.dotted(&path), [filled(&instance, &entity.names)]);
            let around = self.package_of(&package.imports.file);
            let format = &self.project.style.format;
            match import_models(
                &text,
                &package.imports,
                (&design.name, &entity.names),
                (&dotted, &around),
                &names,
                format,
            ) {
                Ok(text) => self.put(&package.imports.file, Step::Repository, text),
                Err(refused) => self.refuse(&package.imports.file, &refused, &format!("import {dotted}")),
            }
        }
    }

    fn model_imports(&mut self, design: &ModuleDesign) {
        let layout = &self.project.style.layout;
        let Some(first) = design.entities.first() else { return };
        let Some(imports) = layout.model_imports.clone() else {
            let path = path(&layout.models.value, &design.name, &first.names);
            // Alembic knows the tables beside it, wherever it learns of them.
            if self.before.contains_key(path.as_str()) {
                return;
            }
            self.ask(
                &format!("Where does Alembic learn of the models in `{path}`? No file that imports models was found."),
                "the migration is written, but `alembic check` sees the tables only once something imports them",
                &Location::line(path.as_str(), 1),
            );
            return;
        };
        let pattern = layout.models.value.clone();
        let mut places: BTreeMap<String, (&EntityNames, Vec<String>)> = BTreeMap::new();
        for entity in &design.entities {
            let place =
                places.entry(path(&pattern, &design.name, &entity.names)).or_insert((&entity.names, Vec::new()));
            place.1.push(entity.names.class.clone());
        }
        for (path, (names, mut classes)) in places {
            if path == imports.file {
                continue;
            }
            classes.extend(design.links.iter().filter(|link| link.left.names == *names).map(|link| link.class.clone()));
            let Some(text) = self.text(&imports.file) else { continue };
            let (dotted, around) = (self.dotted(&path), self.package_of(&imports.file));
            let format = &self.project.style.format;
            match import_models(&text, &imports, (&design.name, names), (&dotted, &around), &classes, format) {
                Ok(text) => self.put(&imports.file, Step::Migration, text),
                Err(refused) => self.refuse(&imports.file, &refused, &format!("import {dotted}")),
            }
        }
    }

    fn register(&mut self, path: &str, router: &NewRouter<'_>) {
        let Some(registration) = self.project.style.layout.registration.clone() else {
            self.ask(
                &format!("Where is the router of `{path}` registered? No `include_router` of a neighbour was found."),
                "the router is written and not registered: no request reaches it yet",
                &Location::line(path, 1),
            );
            return;
        };
        if self.before.contains_key(path) {
            return;
        }
        let Some(text) = self.text(&registration.file) else { return };
        match register_router(&text, &registration, router, &self.project.style.format) {
            Ok(text) => self.put(&registration.file, Step::Endpoints, text),
            Err(refused) => {
                let line = format!("{}.include_router(...) of {}", registration.target, router.dotted);
                self.refuse(&registration.file, &refused, &line);
            }
        }
    }

    fn refuse(&mut self, file: &str, refused: &Refused, missing: &str) {
        self.ask(
            &format!("`{missing}` could not be added safely: {}. Where does it go?", refused.reason),
            "the rest is written; add this line by hand",
            &Location::line(file, refused.line),
        );
    }

    fn ask(&mut self, text: &str, default: &str, at: &Location) {
        let (text, default, at) = (text.to_owned(), default.to_owned(), at.clone());
        self.written.questions.push(Question { text, default, at });
    }

    /// The import path of the folder of the file at `path`.
    fn package_of(&self, path: &str) -> String {
        path.rsplit_once('/').map_or(String::new(), |(folder, _)| self.dotted(folder))
    }

    /// The import path of the file at `path`.
    fn dotted(&self, path: &str) -> String {
        let root = self.project.style.layout.source_root.trim_end_matches('/');
        let inner = path.strip_prefix(root).unwrap_or(path).trim_start_matches('/');
        inner.strip_suffix(".py").unwrap_or(inner).replace('/', ".")
    }

    /// All that is planned, the new files verified.
    pub(crate) fn finish(self) -> WrittenModules {
        let mut written = self.written;
        let before = |path: &str| self.before.get(path).map(|file| file.text.to_string());
        let changes =
            self.after.into_iter().map(|(path, (step, after))| FileChange { before: before(&path), path, step, after });
        written.files = changes.filter(|change| change.before.as_ref() != Some(&change.after)).collect();
        let as_it_is: BTreeMap<&str, &str> = self.before.iter().map(|(path, file)| (*path, &*file.text)).collect();
        let mut texts = as_it_is.clone();
        texts.extend(written.files.iter().map(|change| (change.path.as_str(), change.after.as_str())));
        let root = self.project.style.layout.source_root.trim_end_matches('/');
        let classes = [self.project.style.session.class.as_ref(), self.project.style.user.class.as_ref()];
        let given: Vec<&str> = classes.into_iter().flatten().map(|class| class.name.as_str()).collect();
        let around = verify::Around { texts: &texts, root, given: &given };
        let python = written.files.par_iter().filter(|change| change.path.ends_with(".py"));
        let verified = python.map(|change| match &change.before {
            None => (verify::problems(&change.path, &change.after, around), Vec::new()),
            Some(before) => (Vec::new(), verify::broken(&change.path, before, &change.after, around)),
        });
        for (problems, open_edits) in verified.collect::<Vec<_>>() {
            written.problems.extend(problems);
            written.open_edits.extend(open_edits);
        }
        let is_left = |path: &str| !written.files.iter().any(|change| change.path == path);
        let calls: Vec<String> = changed(&written.files).iter().map(|name| format!("{name}(")).collect();
        for (path, text) in as_it_is.iter().filter(|_| !calls.is_empty()) {
            if path.ends_with(".py") && calls.iter().any(|call| text.contains(call)) && is_left(path) {
                written.open_edits.extend(verify::left_behind(path, text, &as_it_is, around));
            }
        }
        written.files.sort_by(|a, b| (a.step, &a.path).cmp(&(b.step, &b.path)));
        written
    }
}

/// The names of functions of modules whose first line changes.
fn changed(files: &[FileChange]) -> Vec<&str> {
    let headers = |text: &'_ str| -> Vec<String> { definitions(text).map(|(_, header)| header.to_owned()).collect() };
    let mut names = Vec::new();
    for change in files {
        let Some(before) = change.before.as_deref() else { continue };
        let after = headers(&change.after);
        let gone = definitions(before).filter(|(_, header)| !after.iter().any(|known| known == header));
        names.extend(gone.map(|(name, _)| name));
    }
    names
}

/// The functions at the top of a text: name, and what stands up to the end of the parameters.
fn definitions(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let starts = text.match_indices("def ").filter(|(at, _)| {
        let before = &text[..*at];
        before.is_empty() || before.ends_with('\n') || before.ends_with("\nasync ")
    });
    starts.filter_map(|(at, _)| {
        let rest = &text[at + 4..];
        let header = rest.split_once(":\n").map_or(rest, |(header, _)| header);
        Some((header.split('(').next()?, header))
    })
}

fn path(pattern: &str, module: &str, names: &EntityNames) -> String {
    filled(&pattern.replace("{module}", module), names)
}

fn named<'n>(name: &'n str, otherwise: &'n str) -> &'n str {
    if name.is_empty() { otherwise } else { name }
}
