//! Uses of what goes, or gets another name, that the carried change leaves as they are: edited, asked about, or a reason
//! not to plan.

use std::collections::BTreeMap;

use architect_model::{
    Certainty, ColumnDesign, FieldType, FileChange, OpenEdit, Plan, Problem, Project, Question, Renaming, Resolution,
    Risk, Step, Subject, Use, UseKind, UseLayer,
};
use architect_python::uses;
use similar::{ChangeTag, TextDiff};

use crate::Workspace;
use crate::impact::find_subject;

/// What goes, or what it is called from then on.
struct Gone {
    /// `Project.color`, `Project.status=archived`.
    named: String,
    /// The new name, where it stays under another one.
    to: Option<String>,
}

/// Sees to the uses that the files of the plan do not change yet.
pub(crate) fn settle(workspace: &Workspace, project: &Project, resolution: &Resolution, plan: &mut Plan) {
    nulls(workspace, project, resolution, plan);
    for gone in gone(resolution) {
        let Ok(subject) = find_subject(project, &gone.named) else { continue };
        let found = uses(&workspace.sources, project, &subject);
        let python = found.iter().filter(|one| {
            one.layer < UseLayer::Migrations && one.renaming != Renaming::Untouched && names(workspace, &subject, one)
        });
        let mut left: Vec<(&Use, usize)> = Vec::new();
        for one in python {
            left.extend(remains(workspace, plan, one).map(|start| (one, start)));
        }
        doubt(plan, &mut left, &gone.named);
        if gone.to.is_some() {
            parameters(project, plan, &found, &mut left, &gone.named);
        }
        match &gone.to {
            Some(to) => rename(workspace, plan, &left, &gone.named, to),
            None => report(plan, &left, &gone.named),
        }
    }
}

/// Tests that give no value to what becomes required contradict the change: asked about.
fn nulls(workspace: &Workspace, project: &Project, resolution: &Resolution, plan: &mut Plan) {
    let after = || resolution.modules.iter().flat_map(|module| &module.entities);
    for entity in resolution.before.iter().flat_map(|module| &module.entities) {
        let class = &entity.names.class;
        let Some(new) = after().find(|new| new.names.class == *class) else { continue };
        let required = entity
            .columns
            .iter()
            .filter(|column| column.nullable && new.column(&column.name).is_some_and(|column| !column.nullable));
        for column in required {
            let named = format!("{class}.{}", column.name);
            let Ok(subject) = find_subject(project, &named) else { continue };
            for one in uses(&workspace.sources, project, &subject) {
                let gives = matches!(one.kind, UseKind::Key | UseKind::Keyword) && one.text.contains("None");
                if one.layer == UseLayer::Tests && gives && remains(workspace, plan, &one).is_some() {
                    leave(plan, &one, format!("`{named}` becomes required, and this test gives none: `{}`", one.text));
                }
            }
        }
    }
}

/// The columns and values that the design takes away or renames.
fn gone(resolution: &Resolution) -> Vec<Gone> {
    let mut found: Vec<Gone> = resolution
        .renamed
        .iter()
        .map(|one| Gone { named: format!("{}.{}", one.class, one.from), to: Some(one.to.clone()) })
        .collect();
    let after = || resolution.modules.iter().flat_map(|module| &module.entities);
    for entity in resolution.before.iter().flat_map(|module| &module.entities) {
        let class = &entity.names.class;
        let Some(new) = after().find(|new| new.names.class == *class) else { continue };
        for column in entity.columns.iter().filter(|column| new.column(&column.name).is_none()) {
            let is_renamed = resolution.renamed.iter().any(|one| one.class == *class && one.from == column.name);
            if !is_renamed {
                found.push(Gone { named: format!("{class}.{}", column.name), to: None });
            }
        }
        for column in &entity.columns {
            let Some(ColumnDesign { ty, .. }) = new.column(&column.name) else { continue };
            if let (FieldType::Enum { values: old, .. }, FieldType::Enum { values, .. }) = (&column.ty, ty) {
                let lost = old.iter().filter(|value| !values.contains(value));
                found.extend(lost.map(|value| Gone { named: format!("{class}.{}={value}", column.name), to: None }));
            }
        }
    }
    found
}

/// Whether a use of a value's field names that value.
fn names(workspace: &Workspace, subject: &Subject, one: &Use) -> bool {
    let Some(value) = &subject.value else { return true };
    let source = workspace.sources.python.iter().find(|file| file.path == one.at.file);
    let (start, end) = (usize::try_from(one.at.start), usize::try_from(one.at.end));
    let text = match (source, start, end) {
        (Some(source), Ok(start), Ok(end)) => source.text.get(start..end),
        _ => None,
    };
    text.is_some_and(|text| text == value || subject.member.as_deref() == Some(text))
}

/// Parameters keep their names: what a function calls its own is its own affair, and whatever calls it may do so by that
/// name. Those of endpoints are told of, because clients know them. Where the plan has renamed all of them, what is given
/// to them is renamed, too.
fn parameters(project: &Project, plan: &mut Plan, found: &[Use], left: &mut Vec<(&Use, usize)>, named: &str) {
    let is_parameter = |one: &Use| one.kind == UseKind::Parameter && one.layer < UseLayer::Tests;
    let stay = left.iter().filter(|(one, _)| is_parameter(one)).count();
    let all = found.iter().filter(|one| is_parameter(one)).count();
    for (one, _) in left.iter().filter(|(one, _)| is_parameter(one)) {
        if project.handlers.iter().any(|handler| one.inside.as_ref() == Some(&handler.symbol)) {
            ask(plan, one, &format!("Clients give `{named}` by this name: does it change, too? `{}`", one.text));
        }
    }
    left.retain(|(one, _)| one.kind != UseKind::Parameter && (one.kind != UseKind::Argument || stay < all));
}

/// Places that only have the same name are told of together: they are no reason to ask.
fn doubt(plan: &mut Plan, left: &mut Vec<(&Use, usize)>, named: &str) {
    let (possible, kept): (Vec<_>, Vec<_>) =
        left.drain(..).partition(|(one, _)| matches!(one.certain, Certainty::Possible { .. }));
    *left = kept;
    let Some((first, _)) = possible.first() else { return };
    let text = match possible.len() {
        1 => format!("one place has the name of `{named}`, and may mean it"),
        number => format!(
            "{number} places have the name of `{named}`, and may mean it; `architect impact {named}` lists them"
        ),
    };
    plan.risks.push(Risk { text, at: Some(first.at.clone()) });
}

/// Where a use begins in the text that the plan gives its file, if the plan leaves its line as it is.
fn remains(workspace: &Workspace, plan: &Plan, one: &Use) -> Option<usize> {
    let start = usize::try_from(one.at.start).ok()?;
    let Some(file) = plan.files.iter().find(|file| *file.path == *one.at.file) else {
        workspace.sources.python.iter().find(|file| file.path == one.at.file)?;
        return Some(start);
    };
    let before = file.before.as_deref()?;
    let line_start = before.get(..start)?.rfind('\n').map_or(0, |newline| newline + 1);
    let diff = TextDiff::from_lines(before, &file.after);
    let (mut old, mut new) = (0, 0);
    for change in diff.iter_all_changes() {
        let length = change.value().len();
        match change.tag() {
            ChangeTag::Equal => {
                if old == line_start {
                    return Some(new + (start - line_start));
                }
                old += length;
                new += length;
            }
            ChangeTag::Delete => old += length,
            ChangeTag::Insert => new += length,
        }
    }
    None
}

/// Gives the places that surely mean the column its new name, and asks about the others.
fn rename(workspace: &Workspace, plan: &mut Plan, left: &[(&Use, usize)], named: &str, to: &str) {
    let mut edits: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
    for (one, start) in left {
        let length = usize::try_from(one.at.end.saturating_sub(one.at.start)).unwrap_or_default();
        match (&one.renaming, &one.certain) {
            (Renaming::Edits, Certainty::Known | Certainty::Probable { .. }) => {
                edits.entry(&one.at.file).or_default().push((*start, length));
            }
            _ => leave(plan, one, format!("`{named}` becomes `{to}`, and this may name it: `{}`", one.text)),
        }
    }
    for (path, mut places) in edits {
        let step = step(left.iter().find(|(one, _)| *one.at.file == *path).map(|(one, _)| one.layer));
        let index = match plan.files.iter().position(|file| file.path == path) {
            Some(index) => index,
            None => {
                let Some(source) = workspace.sources.python.iter().find(|file| &*file.path == path) else { continue };
                let text = source.text.to_string();
                plan.files.push(FileChange { path: path.to_owned(), step, before: Some(text.clone()), after: text });
                plan.files.len() - 1
            }
        };
        places.sort_unstable();
        places.dedup();
        if let Some(file) = plan.files.get_mut(index) {
            for (start, length) in places.into_iter().rev() {
                if file.after.get(start..start + length).is_some() {
                    file.after.replace_range(start..start + length, to);
                }
            }
        }
    }
}

/// What others use does not go: that is a reason not to plan. Tests, and what may be something else, are asked about.
fn report(plan: &mut Plan, left: &[(&Use, usize)], named: &str) {
    // A parameter that carried the values stands by itself: what its function does with them is a use of its own.
    for (one, _) in left.iter().filter(|(one, _)| one.kind != UseKind::Parameter) {
        let inside = one.inside.as_ref().map(|inside| format!(" in `{inside}`")).unwrap_or_default();
        if one.certain == Certainty::Known && one.layer != UseLayer::Tests {
            plan.problems.push(Problem {
                text: format!("`{named}` is used{inside}: `{}`", one.text),
                help: Some(format!("Remove this use first; `architect impact {named}` shows all of them.")),
                at: one.at.clone(),
            });
        } else {
            leave(plan, one, format!("`{named}` goes, and this names it{inside}: `{}`", one.text));
        }
    }
}

/// What contradicts the change is left to a person.
fn leave(plan: &mut Plan, one: &Use, text: String) {
    let edit = OpenEdit { text, at: one.at.clone() };
    if !plan.open_edits.contains(&edit) {
        plan.open_edits.push(edit);
    }
}

fn ask(plan: &mut Plan, one: &Use, text: &str) {
    let question = Question { text: text.to_owned(), default: "It stays as it is.".to_owned(), at: one.at.clone() };
    if !plan.questions.contains(&question) {
        plan.questions.push(question);
    }
}

/// The step of a plan in which code of a layer changes.
pub(crate) fn step(layer: Option<UseLayer>) -> Step {
    match layer {
        Some(UseLayer::Models) => Step::Models,
        Some(UseLayer::Schemas) => Step::Schemas,
        Some(UseLayer::Queries) => Step::Repository,
        Some(UseLayer::Dependencies | UseLayer::Endpoints) => Step::Endpoints,
        Some(UseLayer::Tests) => Step::Tests,
        _ => Step::Service,
    }
}
