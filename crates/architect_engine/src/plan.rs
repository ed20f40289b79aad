//! From a design and a project to a plan.

use architect_model::{
    Change, ChangeKind, Design, DesignEdit, FORMAT, FileChange, Input, Location, ModuleDesign, NextStep, Plan, Problem,
    Project, Resolution, Risk, Step, Table, TableConstraint,
};
use architect_python::{
    Fill, SourceText, TableChange, read_tables, revision_message, values_needed, write_change, write_modules,
    write_revision,
};

use rayon::prelude::*;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::apply::input;
use crate::changes::changes;
use crate::{DesignDocument, Result, Workspace};

/// What is said of a project without Alembic.
const NO_MIGRATIONS: &str = "no Alembic migrations were found: the new tables must be created by other means";

/// Plans the document in the project: every file as it will be, the migration included.
///
/// The planned files are laid over the sources and read again: the migration is written from the tables that the new
/// code really declares.
///
/// # Errors
/// The folder holds no FastAPI project.
pub fn plan(workspace: &Workspace, document: &DesignDocument) -> Result<Plan> {
    let project = workspace.fastapi_project()?;
    let resolution = architect_plan::resolve(&document.design, &project);
    let mut plan = begin(workspace, Some(document), &document.design, &resolution);
    plan.problems.splice(0..0, document.problems.iter().cloned());
    if plan.problems.is_empty() && resolution.modules.is_empty() {
        // The code has it all, and so has answered what the document leaves open.
        plan.questions.clear();
        plan.assumptions.clear();
    }
    Ok(write(workspace, project, &resolution, plan))
}

/// Plans one change of what the code has.
///
/// # Errors
/// The folder holds no FastAPI project, or `edit` fails.
pub fn plan_edit(workspace: &Workspace, edit: impl FnOnce(&Project) -> Result<DesignEdit>) -> Result<Plan> {
    let project = workspace.fastapi_project()?;
    let edit = &edit(&project)?;
    let (before, after) = match architect_plan::edited(&project, edit) {
        Ok(designs) => designs,
        Err((text, help)) => {
            let problem = Problem { text, help: Some(help), at: Location::line("", 0) };
            return Ok(Plan { format: FORMAT, problems: vec![problem], ..Plan::default() });
        }
    };
    let mut resolution = architect_plan::resolve_change(&before, &after, &project);
    resolution.renamed = architect_plan::renamed(&project, edit, &before);
    // Only what the change brings with it is news.
    let known = architect_plan::resolve_change(&before, &before, &project);
    resolution.questions.retain(|question| !known.questions.contains(question));
    resolution.assumptions.retain(|assumption| !known.assumptions.contains(assumption));
    resolution.risks.retain(|risk| !known.risks.contains(risk));
    let plan = begin(workspace, None, &Design::default(), &resolution);
    Ok(write(workspace, project, &resolution, plan))
}

/// Writes what a resolution says: all files of the plan, or why not.
fn write(workspace: &Workspace, mut project: Project, resolution: &Resolution, mut plan: Plan) -> Plan {
    if !plan.problems.is_empty() || resolution.modules.is_empty() {
        return plan;
    }
    let written = match resolution.before.is_empty() {
        true => write_modules(resolution, &project, &workspace.sources),
        false => write_change(resolution, &project, &workspace.sources),
    };
    plan.questions.extend(written.questions);
    plan.problems.extend(written.problems);
    plan.files = written.files;
    let mut unwritten = None;
    if plan.problems.is_empty() {
        unwritten = add_revision(workspace, &mut project, &resolution.modules, &mut plan);
    }
    if !plan.problems.is_empty() {
        plan.files.clear();
        return plan;
    }
    plan.changes.extend(changes(resolution, &project));
    plan.changes.sort_by_key(|change| change.step);
    plan.files.sort_by(|a, b| (a.step, &a.path).cmp(&(b.step, &b.path)));
    plan.next = next_steps(workspace, &project, unwritten.as_deref());
    plan
}

/// A plan with what the document and its resolution say, and with the digests of all that was read.
fn begin(
    workspace: &Workspace,
    document: Option<&DesignDocument>,
    design: &Design,
    resolution: &Resolution,
) -> Plan {
    let mut plan = Plan { format: FORMAT, inputs: inputs(workspace, document), ..Plan::default() };
    plan.assumptions.extend(design.assumptions.iter().chain(&resolution.assumptions).cloned());
    plan.questions.extend(design.questions.iter().chain(&resolution.questions).cloned());
    plan.risks.clone_from(&resolution.risks);
    plan.problems.extend(resolution.problems.iter().cloned());
    plan
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

/// Reads the planned files, gives the project their tables, and adds the revision that these need. Gives the message of
/// a revision that cannot be written: then everything else is, and the first risk says why and what to do.
fn add_revision(
    workspace: &Workspace,
    project: &mut Project,
    modules: &[ModuleDesign],
    plan: &mut Plan,
) -> Option<String> {
    let planned = plan.files.iter().map(|file| SourceText::new(file.path.as_str(), file.after.as_str()));
    let sources = workspace.sources.overlaid(planned);
    let changed: Vec<&str> = plan.files.iter().map(|file| file.path.as_str()).collect();
    let mut tables = read_tables(&sources, &changed, &project.tables);
    tables.retain(|table| !is_known(project, table));
    let before = project.tables.clone();
    project.tables.extend(tables.iter().cloned());
    let project = &*project;
    plan.problems.extend(tables.iter().flat_map(|table| dangling(table, project)));
    let names: Vec<_> = modules.iter().flat_map(|module| &module.entities).map(|entity| entity.names.clone()).collect();
    let message = revision_message(project, &names);
    let change =
        TableChange { before: &before, after: &project.tables, renamed_tables: &[], renamed_columns: &[], fill: &[] };
    match write_revision(&sources, project, &change, &message, now()) {
        Ok(Some(new)) => {
            let told = new.losses.into_iter().chain(new.remarks);
            plan.risks.extend(told.map(|text| Risk { text, at: None }));
            let kind = ChangeKind::AddRevision { revision: new.revision, sql: new.sql };
            plan.changes.push(Change { step: Step::Migration, kind });
            plan.files.push(FileChange { path: new.path, step: Step::Migration, before: None, after: new.text });
        }
        Ok(None) if tables.is_empty() => {}
        Ok(None) => plan.risks.push(Risk { text: NO_MIGRATIONS.to_owned(), at: None }),
        Err(problems) => {
            plan.risks.splice(0..0, problems.into_iter().map(unwritten_migration));
            return Some(message);
        }
    }
    None
}

/// Foreign keys of a new table to columns that are not there: the house's keys were not what they seemed.
fn dangling(table: &Table, after: &Project) -> Vec<Problem> {
    let lacks = |ref_table: &str, column: &String| {
        let known = after.tables.iter().find(|known| known.name.known().is_some_and(|name| name == ref_table));
        known.is_some_and(|known| known.unknowns.is_empty() && !known.columns.iter().any(|own| own.name == *column))
    };
    let keys = table.constraints.iter().filter_map(|constraint| match constraint {
        TableConstraint::ForeignKey { ref_table, ref_columns, .. } => Some((ref_table, ref_columns)),
        _ => None,
    });
    let missing = keys.flat_map(|(ref_table, columns)| columns.iter().map(move |column| (ref_table, column)));
    missing.filter(|(ref_table, column)| lacks(ref_table, column)).map(|(ref_table, column)| Problem {
        text: format!("the style of this project could not be followed: the new code refers to `{ref_table}.{column}`, which does not exist"),
        help: Some("Write this module by hand after its neighbours; `architect survey` shows what was understood of them.".to_owned()),
        at: table.at.clone(),
    }).collect()
}

/// What keeps the migration from being written, and that nothing else is kept back by it: the code can be read and
/// tested before the tables are there.
fn unwritten_migration(problem: Problem) -> Risk {
    let help = problem.help.map(|help| format!(" {help}")).unwrap_or_default();
    Risk {
        text: format!("no migration is planned: {}.{help}", problem.text.trim_end_matches('.')),
        at: Some(problem.at),
    }
}

fn is_known(project: &Project, table: &Table) -> bool {
    project.tables.iter().any(|known| known.name == table.name && known.schema == table.schema)
}

/// The current time in UTC, or the one that `SOURCE_DATE_EPOCH` gives for reproducible output.
fn now() -> DateTime {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let given = given.and_then(|seconds| Timestamp::from_second(seconds).ok());
    TimeZone::UTC.to_datetime(given.unwrap_or_else(Timestamp::now))
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
                next.push(step("merge the heads", format!("{run}alembic merge heads -m \"merge heads\"")));
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
