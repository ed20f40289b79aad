//! What the code has and a document cannot say so that it means the same: it is left out, with the reason.

use std::collections::BTreeSet;

use architect_model::{
    Action, Assumption, Design, EndpointDesign, Entity, EntityConstraint, Location, Problem, Project,
};

use crate::change::takes_owner;
use crate::columns::column_name;
use crate::compare::{Difference, DifferenceKind, compare};
use crate::endpoints::entity_of;
use crate::notes::Notes;
use crate::paths::shape;
use crate::resolve::modules;
use crate::world::World;

/// Leaves out of the design of code what could not be resolved again, and what would then say something else than the
/// code.
pub(super) fn keep(design: &mut Design, project: &Project) {
    distinct(design);
    // Each round takes something away, so this ends.
    loop {
        let (problems, differences) = against(design, project);
        let size = parts(design);
        for problem in &problems {
            leave_out(design, project, problem);
        }
        for difference in &differences {
            unsay(design, project, difference);
        }
        if parts(design) == size {
            return;
        }
    }
}

/// What keeps a design from being what the code has: each with the line of the design.
pub fn contradictions(design: &Design, project: &Project) -> Vec<Problem> {
    let (mut problems, differences) = against(design, project);
    problems.extend(differences.into_iter().map(|difference| Problem {
        text: difference.text(),
        help: None,
        at: difference.designed_at,
    }));
    problems
}

/// Why a design cannot be resolved; where it can, in what it differs from the code.
fn against(design: &Design, project: &Project) -> (Vec<Problem>, Vec<Difference>) {
    let mut notes = Notes::default();
    let all = modules(&World::new(design, project), &mut notes);
    if !notes.problems.is_empty() {
        return (notes.problems, Vec::new());
    }
    let mut differences = compare(design, &all, project);
    differences.retain(|difference| difference.changes() || takes_owner(design, project, difference));
    (Vec::new(), differences)
}

/// One operation may be registered by several handlers: the first answers.
fn distinct(design: &mut Design) {
    let mut seen = BTreeSet::new();
    design.endpoints.retain(|row| seen.insert((row.method.clone(), shape(&row.path))));
}

/// A measure that each thing left out makes smaller.
fn parts(design: &Design) -> usize {
    let of_field = |field: &architect_model::Field| {
        1 + usize::from(field.unique.is_some()) + usize::from(field.index) + usize::from(field.filter)
    };
    let of_entity = |entity: &Entity| 1 + entity.constraints.len() + entity.fields.iter().map(of_field).sum::<usize>();
    let of_row = |row: &EndpointDesign| if matches!(row.action, Action::Other { .. }) { 1 } else { 2 };
    design.endpoints.iter().map(of_row).sum::<usize>() + design.entities.iter().map(of_entity).sum::<usize>()
}

fn leave_out(design: &mut Design, project: &Project, problem: &Problem) {
    if endpoint(design, project, &problem.at, &problem.text) {
        return;
    }
    let mut gone: Vec<String> = Vec::new();
    for entity in &mut design.entities {
        let name = &entity.name;
        entity.fields.retain(|field| {
            let stays = field.at != problem.at;
            if !stays {
                gone.push(format!("`{name}.{}`", field.name));
            }
            stays
        });
    }
    if gone.is_empty() {
        gone.extend(of_entity(design, &problem.at));
    }
    for what in gone {
        note(design, &format!("{what} is left out: {}", problem.text), &problem.at);
    }
}

/// Says in words alone what the endpoints of a place do, or leaves them out; whether there are any.
fn endpoint(design: &mut Design, project: &Project, at: &Location, why: &str) -> bool {
    let mut said: Vec<String> = Vec::new();
    let mut found = false;
    design.endpoints.retain_mut(|row| {
        if row.at != *at {
            return true;
        }
        found = true;
        let named = format!("`{} {}`", row.method, row.path);
        let handler = project.endpoints.iter().find(|endpoint| endpoint.at == row.at).map(|one| &one.handler.name);
        match (&row.action, handler) {
            (Action::Other { .. }, _) | (_, None) => {
                said.push(format!("{named} is left out: {why}"));
                false
            }
            (_, Some(handler)) => {
                row.action = Action::Other { text: handler.replace('_', " ") };
                said.push(format!("{named} is given in words alone: {why}"));
                true
            }
        }
    });
    for text in said {
        note(design, &text, at);
    }
    found
}

fn note(design: &mut Design, text: &str, at: &Location) {
    let assumption = Assumption { text: text.to_owned(), at: at.clone() };
    if !design.assumptions.contains(&assumption) {
        design.assumptions.push(assumption);
    }
}

/// Leaves out the constraints of the entity that is defined at a place, then its endpoints, then itself.
fn of_entity(design: &mut Design, at: &Location) -> Option<String> {
    let index = design.entities.iter().position(|entity| entity.at == *at)?;
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

/// Leaves out what the design says otherwise than the code.
fn unsay(design: &mut Design, project: &Project, difference: &Difference) {
    let why = difference.text();
    let at = difference.found_at.clone().unwrap_or_else(|| difference.designed_at.clone());
    let class = &difference.entity;
    let entity = design.entities.iter_mut().find(|entity| entity.name == *class);
    let gone = match (&difference.kind, entity) {
        (DifferenceKind::MissingEndpoint { .. } | DifferenceKind::Access { .. }, _) => {
            endpoint(design, project, &difference.designed_at, &why);
            return;
        }
        (DifferenceKind::MissingTable, _) => {
            let problem = Problem { text: why, help: None, at: difference.designed_at.clone() };
            return leave_out(design, project, &problem);
        }
        (DifferenceKind::Filter { column }, Some(entity)) => {
            let field = entity.fields.iter_mut().find(|field| column_name(field) == *column);
            field.map(|field| {
                field.filter = false;
                format!("the filter by `{class}.{}`", field.name)
            })
        }
        (DifferenceKind::Index { columns } | DifferenceKind::Unique { columns }, Some(entity)) => {
            Some(constraint(entity, columns))
        }
        (
            DifferenceKind::MissingColumn { column }
            | DifferenceKind::FurtherColumn { column }
            | DifferenceKind::Type { column, .. }
            | DifferenceKind::Nullability { column, .. }
            | DifferenceKind::ForeignKey { column, .. }
            | DifferenceKind::Default { column, .. },
            Some(entity),
        ) => field(entity, column),
        (DifferenceKind::Unknown { column, .. }, Some(entity)) => match column {
            Some(column) => field(entity, column),
            // It is told of beside what it may be about.
            None => return,
        },
        (_, None) => return,
    };
    match gone {
        Some(what) => note(design, &format!("{what} is left out: {why}"), &at),
        None => {
            let entity = design.entities.iter().position(|entity| entity.name == *class);
            if let Some(index) = entity {
                design.entities.remove(index);
                design.endpoints.retain(|row| entity_of(&row.action) != Some(class));
                note(design, &format!("`{class}` is left out: {why}"), &at);
            }
        }
    }
}

/// Takes the field of a column away, and the constraints that name it.
fn field(entity: &mut Entity, column: &str) -> Option<String> {
    let index = entity.fields.iter().position(|field| column_name(field) == column)?;
    let gone = entity.fields.remove(index);
    entity.constraints.retain(|constraint| match constraint {
        EntityConstraint::Unique { fields } | EntityConstraint::Index { fields } => !fields.contains(&gone.name),
    });
    Some(format!("`{}.{}`", entity.name, gone.name))
}

/// Takes away what is unique or has an index over these columns or fields.
fn constraint(entity: &mut Entity, columns: &[String]) -> String {
    let is_meant = |fields: &[String]| {
        let is_named = |field: &String, column: &String| field == column || column.strip_suffix("_id") == Some(field);
        let is_role = |field: &String| ["owner", "parent"].contains(&field.as_str());
        fields.len() == columns.len()
            && fields.iter().zip(columns).all(|(field, column)| is_named(field, column) || is_role(field))
    };
    entity.constraints.retain(|constraint| match constraint {
        EntityConstraint::Unique { fields } | EntityConstraint::Index { fields } => !is_meant(fields),
    });
    if let Some(last) = columns.last()
        && let Some(field) = entity.fields.iter_mut().find(|field| column_name(field) == *last || field.name == *last)
    {
        field.unique = None;
        field.index &= columns.len() > 1;
    }
    format!("what is unique or has an index by `{}` in `{}`", columns.join("`, `"), entity.name)
}
