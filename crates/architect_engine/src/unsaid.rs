//! What the code has and its document cannot say: names that the format does not take, and what would be read in
//! another way than it was meant. It is left out, with the reason.

use std::collections::BTreeMap;

use architect_model::{Action, Assumption, Design, EntityConstraint, Location, Problem, Project};

/// A part of a document, by its place in the design; those that are taken away first come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Entity(usize),
    Field(usize, usize),
    Constraint(usize, usize),
    Endpoint(usize),
}

/// Leaves out of the design of code whatever its document, once it is read again, does not say so that the code has it.
/// `written` gives the document.
pub(crate) fn leave_out(design: &mut Design, project: &Project, written: impl Fn(&Design) -> String) {
    // Each round takes something away, so this ends.
    loop {
        let text = written(design);
        let (read, mut problems) = architect_design::read("", &text);
        if problems.is_empty() {
            problems = architect_plan::contradictions(&read, project);
        }
        let mut parts: BTreeMap<Part, &Problem> = BTreeMap::new();
        for problem in &problems {
            if let Some(part) = part_at(&text, problem.at.line) {
                parts.entry(part).or_insert(problem);
            }
        }
        if parts.is_empty() {
            return;
        }
        for (part, problem) in parts.into_iter().rev() {
            take_away(design, project, part, &problem.text);
        }
    }
}

/// The part of a written document that a line says. A document lists its parts as the design does.
fn part_at(text: &str, line: u32) -> Option<Part> {
    let line = usize::try_from(line).ok()?.checked_sub(1)?;
    let (mut entities, mut rows, mut constraints, mut in_endpoints) = (0_usize, 0_usize, 0_usize, false);
    for (number, content) in text.lines().enumerate() {
        if content.starts_with("### ") {
            (entities, rows, constraints, in_endpoints) = (entities + 1, 0, 0, false);
        } else if content.starts_with("## Endpoints") {
            (rows, in_endpoints) = (0, true);
        } else if content.starts_with('|') {
            rows += 1;
        } else if content.starts_with("- ") {
            constraints += 1;
        }
        if number < line {
            continue;
        }
        // The first two rows of a table are its head.
        let row = rows.checked_sub(3);
        let entity = entities.checked_sub(1);
        return match (content.as_bytes().first(), in_endpoints) {
            (Some(b'|'), true) => Some(Part::Endpoint(row?)),
            (_, true) => None,
            (Some(b'|'), false) => Some(Part::Field(entity?, row?)),
            (Some(b'-'), false) => Some(Part::Constraint(entity?, constraints.checked_sub(1)?)),
            _ => Some(Part::Entity(entity?)),
        };
    }
    None
}

fn take_away(design: &mut Design, project: &Project, part: Part, why: &str) {
    let (what, at) = match part {
        Part::Endpoint(row) => return endpoint(design, project, row, why),
        Part::Constraint(entity, number) => {
            let Some(entity) = design.entities.get_mut(entity) else { return };
            if number >= entity.constraints.len() {
                return;
            }
            let (EntityConstraint::Unique { fields } | EntityConstraint::Index { fields }) =
                entity.constraints.remove(number);
            (format!("what is unique or indexed by `{}` in `{}`", fields.join("`, `"), entity.name), entity.at.clone())
        }
        Part::Field(entity, number) => {
            let Some(entity) = design.entities.get_mut(entity) else { return };
            if number >= entity.fields.len() {
                return;
            }
            let gone = entity.fields.remove(number);
            entity.constraints.retain(|constraint| match constraint {
                EntityConstraint::Unique { fields } | EntityConstraint::Index { fields } => {
                    !fields.contains(&gone.name)
                }
            });
            (format!("`{}.{}`", entity.name, gone.name), gone.at)
        }
        Part::Entity(number) => {
            if number >= design.entities.len() {
                return;
            }
            let entity = &mut design.entities[number];
            if !entity.constraints.is_empty() {
                entity.constraints.clear();
                let what = format!("what is unique or indexed over several fields of `{}`", entity.name);
                let at = entity.at.clone();
                return note(design, format!("{what} is left out: {why}"), at);
            }
            let gone = design.entities.remove(number);
            design.endpoints.retain(|row| row.action.entity() != Some(&gone.name));
            (format!("`{}`", gone.name), gone.at)
        }
    };
    note(design, format!("{what} is left out: {why}"), at);
}

/// An endpoint is said in words alone, or not at all where those are not understood either.
fn endpoint(design: &mut Design, project: &Project, number: usize, why: &str) {
    let Some(row) = design.endpoints.get_mut(number) else { return };
    let named = format!("`{} {}`", row.method, row.path);
    let at = row.at.clone();
    let handler = project.endpoints.iter().find(|endpoint| endpoint.at == at).map(|endpoint| &endpoint.handler.name);
    match (&row.action, handler) {
        (Action::Other { .. }, _) | (_, None) => {
            design.endpoints.remove(number);
            note(design, format!("{named} is left out: {why}"), at);
        }
        (_, Some(handler)) => {
            row.action = Action::Other { text: handler.replace('_', " ") };
            note(design, format!("{named} is given in words alone: {why}"), at);
        }
    }
}

fn note(design: &mut Design, text: String, at: Location) {
    let assumption = Assumption { text, at };
    if !design.assumptions.contains(&assumption) {
        design.assumptions.push(assumption);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "## Data model\n\n### A\n\nShared.\n\n| Field | Type |\n|-------|------|\n| one   | text |\n| two   | text |\n\n- Unique: one, two\n\n### B\n\n## Endpoints\n\n| Method | Path |\n|--------|------|\n| GET    | /a   |\n";

    #[test]
    fn lines_of_a_document_are_parts_of_the_design() {
        let part = |line| part_at(DOCUMENT, line);
        assert_eq!(part(5), Some(Part::Entity(0)));
        assert_eq!(part(10), Some(Part::Field(0, 1)));
        assert_eq!(part(12), Some(Part::Constraint(0, 0)));
        assert_eq!(part(14), Some(Part::Entity(1)));
        assert_eq!(part(20), Some(Part::Endpoint(0)));
        assert_eq!((part(8), part(19), part(0), part(90)), (None, None, None, None));
    }
}
