//! Changes of modules that exist: written as they are and as they will be, and the difference carried over to the code.

mod absent;
mod counterparts;
mod manner;
mod order;
mod untaken;
mod values;

use std::collections::BTreeMap;

use architect_model::{
    FileChange, ModuleDesign, OpenEdit, OperationDesign, Problem, Project, Question, Resolution, RouterDesign, Step,
};

use super::assembly::{Assembly, WrittenModules};
use super::module::write_module;
use super::verify;
use crate::carry::{Version, carry};
use crate::syntax::Tree;
use crate::uses::is_test;
use crate::{SourceText, Sources};

/// The files of modules as the writers give them, each with its step.
type Written = BTreeMap<String, (Step, String)>;

/// Writes what a resolution that changes existing modules makes of the code.
///
/// Both sides are written as if nothing were there. Code that was generated and not edited is what the one side gives;
/// other code resembles it. What differs between the two sides is carried over to what is really there.
pub fn write_change(resolution: &Resolution, project: &Project, sources: &Sources) -> WrittenModules {
    let project = &*manner::of(resolution, project, sources);
    let mut assembly = Assembly::new(project, sources);
    if let Some(problem) = verify::foreign_release(project) {
        assembly.written.problems.push(problem);
        return assembly.written;
    }
    let old = Resolution { modules: resolution.before.clone(), before: Vec::new(), ..resolution.clone() };
    let sides = (written(&old, project, sources), written(resolution, project, sources));
    let (before, after) = match sides {
        (Ok(before), Ok(after)) => (before, after),
        (Err(problem), _) | (_, Err(problem)) => {
            assembly.written.problems.push(problem);
            return assembly.written;
        }
    };
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    let entities = || resolution.before.iter().flat_map(|module| &module.entities);
    let gone: Vec<&str> = entities().flat_map(|entity| &entity.schemas.absent).map(String::as_str).collect();
    let renamed: Vec<(&str, &str)> = resolution.renamed.iter().map(|one| (&*one.from, &*one.to)).collect();
    let text = |side: &'_ Written, path: &String| side.get(path).map(|(_, text)| text.clone());
    let texts: Vec<_> = paths
        .iter()
        .map(|path| {
            let step = after.get(*path).or_else(|| before.get(*path)).map_or(Step::Models, |(step, _)| *step);
            let (old, new) = (text(&before, path), text(&after, path));
            let code = sources.python.iter().find(|file| *file.path == ***path);
            let (old, new) = match (old, new) {
                (Some(old), Some(new)) if old != new => {
                    let (old, new) = absent::without_classes(&old, &new, &gone, &project.style.format);
                    (Some(old), Some(new))
                }
                sides => sides,
            };
            match (old, new, code) {
                (Some(old), Some(new), Some(code)) if old != new => {
                    let (old, new) = absent::without_absent(
                        &old,
                        &new,
                        &code.text,
                        (step == Step::Tests, &renamed),
                        &project.style.format,
                    );
                    (path.as_str(), step, Some(old), Some(new))
                }
                // The house keeps classes in files of another pattern.
                (Some(old), Some(new), None) if old != new && step != Step::Tests => {
                    let sides = elsewhere(&old, sources).into_iter().fold((old, new), |(old, new), code| {
                        absent::without_absent(&old, &new, &code.text, (false, &renamed), &project.style.format)
                    });
                    (path.as_str(), step, Some(sides.0), Some(sides.1))
                }
                // Tests that are not there do not change.
                (Some(old), Some(_), None) if step == Step::Tests => {
                    (path.as_str(), step, Some(old.clone()), Some(old))
                }
                (old, new, _) => (path.as_str(), step, old, new),
            }
        })
        .collect();
    let versions: Vec<Version<'_>> = texts
        .iter()
        .map(|(path, step, before, after)| Version {
            path,
            step: *step,
            before: before.as_deref(),
            after: after.as_deref(),
        })
        .collect();
    let places = counterparts::of(resolution, project);
    let mut carried = carry(&versions, &places, sources, &project.style.format);
    if values::are_all(resolution) {
        carried.questions.retain(|question| !is_test(&question.at.file));
        carried.kept.retain(|kept| !is_test(&kept.at.file));
    }
    for mut file in carried.files {
        if let Some(before) = file.before.as_deref().filter(|_| project.style.models.dataclasses) {
            file.after = order::in_dataclass_order(before, file.after);
        }
        if let Some(design) = resolution.modules.first() {
            assembly.file(file, design);
        }
    }
    let open = carried.questions.into_iter().map(|question| OpenEdit { text: question.text, at: question.at });
    assembly.written.open_edits.extend(open);
    assembly.written.questions.extend(untaken::questions(resolution, project));
    assembly.written.questions.extend(carried.kept.into_iter().map(kept));
    for design in &added(resolution) {
        assembly.surroundings(design, resolution, sources);
    }
    assembly.finish()
}

/// The files of the code that have the classes of a text.
fn elsewhere<'s>(text: &str, sources: &'s Sources) -> Vec<&'s SourceText> {
    let parsed = Tree::of(text).parsed;
    let classes = parsed.syntax().body.iter().filter_map(|stmt| stmt.as_class_def_stmt());
    let mut found: Vec<&SourceText> = Vec::new();
    for class in classes {
        let name = class.name.as_str();
        let defines = |file: &&SourceText| {
            let is_it =
                |stmt: &ruff_python_ast::Stmt| stmt.as_class_def_stmt().is_some_and(|def| def.name.as_str() == name);
            file.text.contains(name) && file.body().iter().any(is_it)
        };
        let mut homes = sources.python.iter().filter(defines);
        if let (Some(home), None) = (homes.next(), homes.next())
            && !found.iter().any(|known| known.path == home.path)
        {
            found.push(home);
        }
    }
    found
}

/// A person's line that differs from what the plan would have changed: it stays.
fn kept(kept: crate::carry::Kept) -> Question {
    let text = format!("`{}` was edited by hand, and would become `{}`. Shall it?", kept.theirs, kept.wanted);
    Question { text, default: "It stays as it is.".to_owned(), at: kept.at }
}

/// All files of the modules of a resolution, as if none of them were there.
fn written(resolution: &Resolution, project: &Project, sources: &Sources) -> Result<Written, Problem> {
    let nothing = Sources {
        python: Vec::new(),
        other: sources.other.clone(),
        unreadable: Vec::new(),
        installed: std::sync::Arc::clone(&sources.installed),
        alembic: sources.alembic.clone(),
    };
    let mut files: Written = BTreeMap::new();
    for design in &resolution.modules {
        let so_far = files.iter().map(|(path, (_, text))| SourceText::new(path.as_str(), text.as_str()));
        let changes = write_module(design, resolution, project, &nothing.overlaid(so_far)).map_err(Problem::from)?;
        for FileChange { path, step, after, .. } in changes {
            files.insert(path, (step, after));
        }
    }
    Ok(files)
}

/// The modules with what is new in them alone: what has to be made known around them.
fn added(resolution: &Resolution) -> Vec<ModuleDesign> {
    let known: Vec<&str> =
        resolution.before.iter().flat_map(|module| &module.entities).map(|one| one.names.class.as_str()).collect();
    let is_new = |class: &str| !known.contains(&class);
    let mut found = resolution.modules.clone();
    for module in &mut found {
        module.entities.retain(|entity| is_new(&entity.names.class));
        let own = |router: &RouterDesign| {
            router.operations.iter().all(|operation: &OperationDesign| is_new(&operation.entity))
        };
        module.routers.retain(own);
    }
    found.retain(|module| !module.entities.is_empty());
    found
}
