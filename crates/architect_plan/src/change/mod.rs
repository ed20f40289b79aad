//! Changes of what exists: the code as it is and as it will be, both as designs of the same things.
//!
//! The base is "the document as the code has it": what the code does not show, or shows as the document says it, is equal
//! on both sides and so does not change.

mod align;
mod edit;
mod joins;
mod owner;
mod told;

use architect_model::{Design, ModuleDesign, Ownership, Project, RenamedColumn, Resolution};

use crate::clashes;
use crate::code::Described;
use crate::columns::column_name;
use crate::compare::{Difference, DifferenceKind, table_of};
use crate::existing;
use crate::notes::Notes;
use crate::resolve::{modules, remark, traces};
use crate::world::World;

pub(crate) use align::aligned;
pub use edit::{Refused, behind_path, edited, entity, renamed};
pub(crate) use told::{made, taken_back, unknown};

/// Resolves a change of the code from `before` to `after`, which `differences` tell apart.
///
/// Both designs describe the same project: entities that only `after` has are new. `renamed` are the columns that it
/// calls otherwise than the code.
pub fn resolve_change(before: &Design, after: &Design, renamed: &[RenamedColumn], project: &Project) -> Resolution {
    let mut notes = Notes::default();
    let old_world = World::new(before, project);
    let mut ignored = Notes::default();
    let old = modules(&old_world, &mut ignored);
    for problem in ignored.problems {
        let text = format!("the code as it is cannot be followed: {}", problem.text);
        notes.problem(&problem.at, text, problem.help.unwrap_or_default());
    }
    let world = World::new(after, project).with_renamed(renamed);
    let new = modules(&world, &mut notes);
    clashes::report(&world, &added(&old, &new), &old, &mut notes);
    let joins = joins::joins(project, &old, &new, &mut notes);
    let parted = joins::parted(project, &old, &new, renamed);
    remark(&world, &new, &mut notes);
    let traces = traces(after, &new, &mut notes);
    notes.problems.sort_by(|a, b| a.at.cmp(&b.at));
    let (before, modules) = if notes.problems.is_empty() { (old, new) } else { Default::default() };
    let existing = existing::existing(&world, &modules);
    Resolution {
        existing,
        before,
        renamed: renamed.to_vec(),
        joins,
        parted,
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

/// Whether a column that the document does not give is the key of an owner whom it gives the rows to no more.
pub(crate) fn takes_owner(design: &Design, project: &Project, difference: &Difference) -> bool {
    let DifferenceKind::FurtherColumn { column } = &difference.kind else { return false };
    let table = table_of(project, &difference.entity);
    let is_key = table.and_then(|table| table.owner.as_ref()).is_some_and(|owner| owner.column == *column);
    let entity = design.entities.iter().find(|entity| entity.name == difference.entity);
    is_key && entity.is_some_and(|entity| entity.owner == Ownership::Nobody)
}

/// Says of what the code has beyond the document that it stays.
pub(crate) fn unsaid(project: &Project, differences: &[Difference], notes: &mut Notes) {
    for difference in differences {
        let DifferenceKind::FurtherColumn { column } = &difference.kind else { continue };
        let Some(table) = table_of(project, &difference.entity) else { continue };
        let code = Described::new(project, table, &difference.entity).entity();
        if let Some(field) = code.fields.iter().find(|field| column_name(field) == *column) {
            align::stays(&difference.entity, field, difference, notes);
        }
    }
}

/// A difference that no edit of the code can settle, because the code is not known there.
pub(crate) fn is_unknown(difference: &Difference) -> bool {
    matches!(difference.kind, DifferenceKind::Unknown { .. })
}
