//! Tests that the plan leaves as they are, and that expect to be refused where nothing of theirs is refused any more, or
//! ask an endpoint that goes: left to a person.

use architect_model::{
    AccessDesign, ModuleDesign, OpenEdit, OperationDesign, OperationKind, Plan, Project, Resolution,
};
use architect_python::{Opened, SourceText, refusals};

use crate::Workspace;
use crate::contradicted::as_it_is;
use crate::impact::find_subject;

/// Leaves to a person what tests expect of endpoints that refuse less or go, in lines that the plan does not write.
pub(crate) fn settle(workspace: &Workspace, project: &Project, resolution: &Resolution, plan: &mut Plan) {
    let is_left = |old: &OperationDesign| {
        let is_same = |new: &OperationDesign| new.method == old.method && shape(&new.path) == shape(&old.path);
        operations(&resolution.modules).any(is_same)
    };
    for gone in operations(&resolution.before).filter(|old| !is_left(old)) {
        leave(workspace, project, plan, gone, (Vec::new(), "goes"));
    }
    for operation in operations(&resolution.modules) {
        let is_it = |one: &&OperationDesign| one.method == operation.method && one.path == operation.path;
        let Some(before) = operations(&resolution.before).find(is_it) else { continue };
        let less = [opened(before, operation), no_longer_unique(project, resolution, operation)];
        for why in less.into_iter().flatten() {
            leave(workspace, project, plan, operation, why);
        }
    }
}

/// Leaves to a person where tests expect one of some status codes of an endpoint, or ask it at all where there is none.
fn leave(
    workspace: &Workspace,
    project: &Project,
    plan: &mut Plan,
    operation: &OperationDesign,
    (statuses, why): (Vec<String>, &str),
) {
    let Some(path) = path(project, operation) else { return };
    let Ok(subject) = find_subject(project, &operation.entity) else { return };
    let files = plan.files.iter();
    let sources =
        workspace.sources.overlaid(files.map(|file| SourceText::new(file.path.as_str(), file.after.as_str())));
    let expected = if statuses.is_empty() { "it is asked" } else { "a refusal is expected" };
    let opened = Opened { method: operation.method.clone(), path, statuses };
    for refusal in refusals(&sources, project, &subject, &opened) {
        let Some(at) = as_it_is(workspace, plan, &refusal.at) else { continue };
        let inside = refusal.inside.as_ref().map(|inside| format!(" in `{inside}`")).unwrap_or_default();
        let text = format!(
            "`{} {}` {why} from then on, and {expected}{inside}: `{}`",
            operation.method, opened.path, refusal.text
        );
        plan.open_edits.push(OpenEdit { text, at });
    }
}

fn operations(modules: &[ModuleDesign]) -> impl Iterator<Item = &OperationDesign> {
    modules.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations)
}

/// The status codes with which an endpoint refuses nobody any more, and what it is then: what is not there is so for
/// everybody.
fn opened(before: &OperationDesign, after: &OperationDesign) -> Option<(Vec<String>, &'static str)> {
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    match (&before.access, &after.access) {
        (old, new) if old == new => None,
        (_, AccessDesign::Public) => Some((codes(&["401", "403"]), "is for everybody")),
        (AccessDesign::Public, _) => None,
        (_, AccessDesign::SignedIn) => Some((codes(&["403"]), "is for every signed-in user")),
        _ => None,
    }
}

/// The same where rows come to be unique by nothing.
fn no_longer_unique(
    project: &Project,
    resolution: &Resolution,
    operation: &OperationDesign,
) -> Option<(Vec<String>, &'static str)> {
    let writes = matches!(operation.kind, OperationKind::Create | OperationKind::Update);
    let entity = |modules: &'_ [ModuleDesign]| -> Option<bool> {
        let entity =
            modules.iter().flat_map(|module| &module.entities).find(|one| one.names.class == operation.entity)?;
        Some(!entity.uniques.is_empty() || entity.columns.iter().any(|column| column.unique.is_some()))
    };
    let goes = writes && entity(&resolution.before)? && !entity(&resolution.modules)?;
    let errors = &project.style.errors;
    let of_class = errors.conflict.as_ref().and_then(|class| class.status);
    let of_house = errors.taken_status.is_seen().then_some(errors.taken_status.value);
    let codes = [of_class, of_house, Some(409)];
    goes.then(|| (codes.into_iter().flatten().map(|code| code.to_string()).collect(), "takes what is there already"))
}

/// The full path of an operation, as the code has it.
fn path(project: &Project, operation: &OperationDesign) -> Option<String> {
    let wanted = shape(&operation.path);
    let endpoint = project.endpoints.iter().find(|endpoint| {
        let path = endpoint.path.known().map(|path| shape(path));
        endpoint.methods.contains(&operation.method) && path.is_some_and(|path| path.ends_with(&wanted))
    })?;
    endpoint.path.known().cloned()
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let parts = path.trim_end_matches('/').split('/');
    parts.map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}
