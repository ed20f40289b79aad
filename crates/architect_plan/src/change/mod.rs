//! Changes of what exists: the code as it is and as it will be, both as designs of the same things.
//!
//! The base is "the document as the code has it": what the code does not show, or shows as the document says it, is equal
//! on both sides and so does not change.

mod align;
mod edit;
mod joins;
mod told;

use architect_model::{Design, ModuleDesign, Project, Resolution};

use crate::clashes;
use crate::compare::Difference;
use crate::existing;
use crate::notes::Notes;
use crate::resolve::{modules, remark, traces};
use crate::world::World;

pub(crate) use align::aligned;
pub use edit::{Refused, behind_path, edited, entity, renamed};
pub(crate) use told::{made, taken_back, unknown};

/// Resolves a change of the code from `before` to `after`, which `differences` tell apart.
///
/// Both designs describe the same project: entities that only `after` has are new.
pub fn resolve_change(before: &Design, after: &Design, project: &Project) -> Resolution {
    let mut notes = Notes::default();
    let old_world = World::new(before, project);
    let mut ignored = Notes::default();
    let old = modules(&old_world, &mut ignored);
    for problem in ignored.problems {
        let text = format!("the code as it is cannot be followed: {}", problem.text);
        notes.problem(&problem.at, text, problem.help.unwrap_or_default());
    }
    let world = World::new(after, project);
    let new = modules(&world, &mut notes);
    clashes::report(&world, &added(&old, &new), &old, &mut notes);
    joins::check(project, &old, &new, &mut notes);
    remark(&world, &new, &mut notes);
    let traces = traces(after, &new, &mut notes);
    notes.problems.sort_by(|a, b| a.at.cmp(&b.at));
    let (before, modules) = if notes.problems.is_empty() { (old, new) } else { Default::default() };
    let existing = existing::existing(&world, &modules);
    Resolution {
        existing,
        before,
        renamed: Vec::new(),
        modules,
        problems: notes.problems,
        risks: notes.risks,
        assumptions: notes.assumptions,
        questions: notes.questions,
        traces,
    }
}

/// What only the new modules have.
pub(crate) fn added(old: &[ModuleDesign], new: &[ModuleDesign]) -> Vec<ModuleDesign> {
    let entities: Vec<&str> =
        old.iter().flat_map(|module| &module.entities).map(|entity| entity.names.class.as_str()).collect();
    let enums: Vec<&str> = old.iter().flat_map(|module| &module.enums).map(|found| found.class.as_str()).collect();
    let links: Vec<&str> = old.iter().flat_map(|module| &module.links).map(|link| link.class.as_str()).collect();
    let operations: Vec<(&str, &str)> = old
        .iter()
        .flat_map(|module| &module.routers)
        .flat_map(|router| &router.operations)
        .map(|operation| (operation.method.as_str(), operation.path.as_str()))
        .collect();
    let mut found = new.to_vec();
    for module in &mut found {
        module.entities.retain(|entity| !entities.contains(&entity.names.class.as_str()));
        module.enums.retain(|found| !enums.contains(&found.class.as_str()));
        module.links.retain(|link| !links.contains(&link.class.as_str()));
        for router in &mut module.routers {
            router.operations.retain(|one| !operations.contains(&(one.method.as_str(), one.path.as_str())));
        }
    }
    found
}

/// A difference that no edit of the code can settle, because the code is not known there.
pub(crate) fn is_unknown(difference: &Difference) -> bool {
    matches!(difference.kind, crate::compare::DifferenceKind::Unknown { .. })
}
