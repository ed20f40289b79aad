//! From a design and a project to a plan.

use architect_model::{Design, DesignEdit, FORMAT, Input, Location, NextStep, Plan, Problem, Project, Resolution};
use architect_python::{SourceText, write_change, write_modules};

use rayon::prelude::*;

use crate::apply::input;
use crate::changes::changes;
use crate::migration::add_revision;
use crate::{DesignDocument, Result, RowValue, Workspace};
use crate::{contradicted, entered, joins, refused, remaining};

/// Plans the document in the project: every file as it will be, the migration included.
///
/// `edits` are renamings and removals of fields, which no document says; `fill` is what rows that exist get.
///
/// The planned files are laid over the sources and read again: the migration is written from the tables that the new
/// code really declares.
///
/// # Errors
/// The folder holds no FastAPI project.
pub fn plan(workspace: &Workspace, document: &DesignDocument, edits: &[DesignEdit], fill: &[RowValue]) -> Result<Plan> {
    let mut project = workspace.fastapi_project()?;
    let resolution = architect_plan::resolve_with(&document.design, edits, &project);
    let mut plan = begin(workspace, Some(document), &document.design, &resolution);
    plan.problems.splice(0..0, document.problems.iter().cloned());
    if plan.problems.is_empty() && resolution.modules.is_empty() {
        // The code has it all, and so has answered what the document leaves open.
        plan.questions.clear();
        plan.assumptions.clone_from(&resolution.assumptions);
    }
    Ok(write(workspace, &mut project, &resolution, fill, plan))
}

/// Plans one change of what the code has.
///
/// # Errors
/// The folder holds no FastAPI project, or `edit` fails.
pub fn plan_edit(
    workspace: &Workspace,
    edit: impl FnOnce(&Project) -> Result<DesignEdit>,
    fill: &[RowValue],
) -> Result<Plan> {
    let mut project = workspace.fastapi_project()?;
    let edit = &edit(&project)?;
    let (before, after) = match architect_plan::edited(&project, edit) {
        Ok(designs) => designs,
        Err((text, help)) => {
            let problem = Problem { text, help: Some(help), at: Location::line("", 0) };
            return Ok(Plan { format: FORMAT, problems: vec![problem], ..Plan::default() });
        }
    };
    let renamed = architect_plan::renamed(&project, edit, &before);
    let mut resolution = architect_plan::resolve_change(&before, &after, &renamed, &project);
    // Only what the change brings with it is news.
    let known = architect_plan::resolve_change(&before, &before, &[], &project);
    resolution.questions.retain(|question| !known.questions.contains(question));
    resolution.assumptions.retain(|assumption| !known.assumptions.contains(assumption));
    resolution.risks.retain(|risk| !known.risks.contains(risk));
    let plan = begin(workspace, None, &Design::default(), &resolution);
    Ok(write(workspace, &mut project, &resolution, fill, plan))
}

/// Writes what a resolution says: all files of the plan, or why not.
fn write(
    workspace: &Workspace,
    project: &mut Project,
    resolution: &Resolution,
    fill: &[RowValue],
    mut plan: Plan,
) -> Plan {
    if !plan.problems.is_empty() || resolution.modules.is_empty() {
        return plan;
    }
    let written = match resolution.before.is_empty() {
        true => write_modules(resolution, project, &workspace.sources),
        false => write_change(resolution, project, &workspace.sources),
    };
    plan.questions.extend(written.questions);
    plan.open_edits = written.open_edits;
    plan.problems.extend(written.problems);
    plan.files = written.files;
    if !resolution.before.is_empty() {
        joins::settle(workspace, project, resolution, &mut plan);
        remaining::settle(workspace, project, resolution, &mut plan);
        entered::settle(workspace, project, resolution, &mut plan);
        contradicted::settle(workspace, project, resolution, &mut plan);
        refused::settle(workspace, project, resolution, &mut plan);
    }
    let mut unwritten = None;
    if plan.problems.is_empty() {
        unwritten = add_revision(workspace, project, resolution, fill, &mut plan);
    }
    if !plan.problems.is_empty() {
        plan.files.clear();
        plan.open_edits.clear();
        return plan;
    }
    plan.changes.extend(changes(resolution, project));
    plan.changes.sort_by_key(|change| change.step);
    plan.files.sort_by(|a, b| (a.step, &a.path).cmp(&(b.step, &b.path)));
    plan.next = next_steps(workspace, project, unwritten.as_deref());
    plan
}

/// A plan with what the document and its resolution say, and with the digests of all that was read.
fn begin(workspace: &Workspace, document: Option<&DesignDocument>, design: &Design, resolution: &Resolution) -> Plan {
    let mut plan = Plan { format: FORMAT, inputs: inputs(workspace, document), ..Plan::default() };
    plan.assumptions.extend(design.assumptions.iter().chain(&resolution.assumptions).cloned());
    plan.questions.extend(design.questions.iter().chain(&resolution.questions).cloned());
    plan.risks.clone_from(&resolution.risks);
    plan.problems.extend(resolution.problems.iter().cloned());
    plan
}

/// A plan without a document, with the digests of all that was read.
pub(crate) fn of_workspace(workspace: &Workspace) -> Plan {
    Plan { format: FORMAT, inputs: inputs(workspace, None), ..Plan::default() }
}

fn inputs(workspace: &Workspace, document: Option<&DesignDocument>) -> Vec<Input> {
    let sources = workspace.sources.python.iter().chain(&workspace.sources.other);
    // What lies above the project is not this plan's to watch.
    let sources: Vec<&SourceText> = sources.filter(|file| !file.path.starts_with("../")).collect();
    let mut inputs: Vec<_> = sources.par_iter().map(|file| input(&file.path, &file.text)).collect();
    if let Some(document) = document.filter(|document| document.in_project) {
        inputs.push(input(&document.path, &document.text));
    }
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    inputs
}

/// The command that brings a database to the head.
pub(crate) fn upgrade_step(workspace: &Workspace, project: &Project) -> Option<NextStep> {
    next_steps(workspace, project, None).into_iter().find(|step| step.command.ends_with("alembic upgrade head"))
}

/// Migration, types and tests, by the project's own means; `unwritten` is the message of a revision that is not planned.
fn next_steps(workspace: &Workspace, project: &Project, unwritten: Option<&str>) -> Vec<NextStep> {
    let migrations = &project.style.migrations;
    let mut next = Vec::new();
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    if let Some(config) = &migrations.config {
        let uv = workspace.sources.other.iter().any(|file| file.path.ends_with("pyproject.toml"));
        let run = if uv { "uv run " } else { "" };
        let step = |text: &str, command: String| NextStep { text: text.to_owned(), folder: folder(config), command };
        if let Some(message) = unwritten {
            if migrations.heads.len() > 1 {
                next.push(step("join the heads", "architect migrate heads --merge".to_owned()));
            }
            next.push(step("bring the database up to date", format!("{run}alembic upgrade head")));
            let command = format!("{run}alembic revision --autogenerate -m \"{message}\"");
            next.push(step("write the migration, and read it", command));
        }
        next.push(step("migrate the database", format!("{run}alembic upgrade head")));
        next.push(step("run the tests", format!("{run}pytest")));
    }
    let script = workspace.sources.other.iter().find(|file| file.path.ends_with(".sh"));
    if let Some(script) = script {
        let (text, command) = ("update the TypeScript types".to_owned(), format!("./{}", script.path));
        next.push(NextStep { text, folder: String::new(), command });
    }
    next
}
