//! What the code has and a document cannot say so that it means the same: it is left out, with the reason.

use std::collections::BTreeSet;

use architect_model::{Assumption, Design, Location, Problem, Project};

use crate::endpoints::entity_of;
use crate::notes::Notes;
use crate::paths::shape;
use crate::resolve::modules;
use crate::world::World;

/// Leaves out of the design of code what could not be resolved again.
pub(super) fn keep(design: &mut Design, project: &Project) {
    distinct(design);
    // Each round takes something away, so this ends.
    loop {
        let mut notes = Notes::default();
        modules(&World::new(design, project), &mut notes);
        let size = parts(design);
        for problem in &notes.problems {
            leave_out(design, problem);
        }
        if notes.problems.is_empty() || parts(design) == size {
            return;
        }
    }
}

/// One operation may be registered by several handlers: the first answers.
fn distinct(design: &mut Design) {
    let mut seen = BTreeSet::new();
    design.endpoints.retain(|row| seen.insert((row.method.clone(), shape(&row.path))));
}

fn parts(design: &Design) -> usize {
    let of_entities = design.entities.iter().map(|entity| 1 + entity.fields.len() + entity.constraints.len());
    design.endpoints.len() + of_entities.sum::<usize>()
}

fn leave_out(design: &mut Design, problem: &Problem) {
    let is_here = |at: &Location| *at == problem.at;
    let mut gone: Vec<String> = Vec::new();
    design.endpoints.retain(|row| {
        let stays = !is_here(&row.at);
        if !stays {
            gone.push(format!("`{} {}`", row.method, row.path));
        }
        stays
    });
    if gone.is_empty() {
        for entity in &mut design.entities {
            let name = &entity.name;
            entity.fields.retain(|field| {
                let stays = !is_here(&field.at);
                if !stays {
                    gone.push(format!("`{name}.{}`", field.name));
                }
                stays
            });
        }
    }
    if gone.is_empty() {
        gone.extend(of_entity(design, problem));
    }
    for what in gone {
        let text = format!("{what} is left out: {}", problem.text);
        let assumption = Assumption { text, at: problem.at.clone() };
        if !design.assumptions.contains(&assumption) {
            design.assumptions.push(assumption);
        }
    }
}

/// Leaves out the constraints of the entity that is defined where the problem is, then its endpoints, then itself.
fn of_entity(design: &mut Design, problem: &Problem) -> Option<String> {
    let index = design.entities.iter().position(|entity| entity.at == problem.at)?;
    let name = design.entities[index].name.clone();
    if !design.entities[index].constraints.is_empty() {
        design.entities[index].constraints.clear();
        return Some(format!("what is unique or indexed over several fields of `{name}`"));
    }
    let before = design.endpoints.len();
    design.endpoints.retain(|row| entity_of(&row.action) != Some(&name));
    if design.endpoints.len() < before {
        return Some(format!("what works on rows of `{name}`"));
    }
    design.entities.remove(index);
    Some(format!("`{name}`"))
}
