//! Relationships of the code that follow the keys between their tables: told by which they join where there comes a
//! second one, taken out where the only one goes.

use architect_model::{FileChange, Join, Plan, Problem, Project, Question, Resolution, Step};
use architect_python::edit::{Refused, join_by, part, reaches};

use crate::Workspace;

/// Edits the relationships; reported where that cannot be done.
pub(crate) fn settle(workspace: &Workspace, project: &Project, resolution: &Resolution, plan: &mut Plan) {
    let style = &project.style.format;
    for join in &resolution.joins {
        edit(workspace, plan, join, |text| join_by(text, (&join.class, &join.attribute), &join.key, style));
    }
    for join in &resolution.parted {
        edit(workspace, plan, join, |text| part(text, (&join.class, &join.attribute), style));
    }
    for join in &resolution.parted {
        used(workspace, plan, join);
    }
}

fn edit(workspace: &Workspace, plan: &mut Plan, join: &Join, edited: impl FnOnce(&str) -> Result<String, Refused>) {
    let path = &*join.at.file;
    let planned = plan.files.iter().position(|file| file.path == path);
    let source = workspace.sources.python.iter().find(|file| &*file.path == path);
    let text = match (planned.and_then(|index| plan.files.get(index)), source) {
        (Some(file), _) => file.after.clone(),
        (None, Some(source)) => source.text.to_string(),
        (None, None) => return,
    };
    match edited(&text) {
        Ok(after) if after == text => {}
        Ok(after) => match planned.and_then(|index| plan.files.get_mut(index)) {
            Some(file) => file.after = after,
            None => {
                let before = Some(text);
                plan.files.push(FileChange { path: path.to_owned(), step: Step::Models, before, after });
            }
        },
        Err(refused) => plan.problems.push(Problem {
            text: format!(
                "`{}.{}` rests on the keys between two tables, and cannot be edited: {}",
                join.class, join.attribute, refused.reason
            ),
            help: Some(format!("Write it so that it does not (`{}` is its key); then plan again.", join.key)),
            at: join.at.clone(),
        }),
    }
}

/// Asks about what has the name of a relationship that goes, in the files as they will be.
fn used(workspace: &Workspace, plan: &mut Plan, join: &Join) {
    let mut questions = Vec::new();
    for source in &workspace.sources.python {
        let planned = plan.files.iter().find(|file| *file.path == *source.path);
        let text = planned.map_or(&*source.text, |file| &file.after);
        for (start, length) in reaches(text, &join.attribute) {
            let said = text.get(start..start + length).unwrap_or_default();
            let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
            questions.push(Question {
                text: format!("`{}.{}` goes with its key. Does this mean it: `{said}`?", join.class, join.attribute),
                default: "It stays as it is.".to_owned(),
                at: architect_model::Location::line(&*source.path, u32::try_from(line).unwrap_or(1)),
            });
        }
    }
    plan.questions.extend(questions);
}
