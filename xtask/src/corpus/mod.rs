//! `cargo xtask corpus`: what `architect schema` and `architect survey` say of public projects beside what Python says of them.

mod constraints;
mod documents;
mod endpoints;
mod environment;
mod exercise;
mod oracle;
mod plan;
mod process;
mod report;
mod requirements;
mod spelling;
mod suite;
mod tables;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use serde_json::Value;

use oracle::Listed;
use report::{Outcome, ProjectReport};

/// Compare `architect schema` and `architect survey` with the oracles of public projects
///
/// The oracles are read from `$ARCHITECT_ORACLES` (`../shared/corpus` by default), the sources of the projects from
/// `$ARCHITECT_CORPUS` (`target/corpus` by default), one folder per project. A project without sources is reported
/// as absent. Exit code 1: something is stated that contradicts an oracle, or an endpoint is missing without a word.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only this project; may be repeated
    #[arg(long, value_name = "NAME")]
    project: Vec<String>,
    /// Plan a small module into a copy of each project instead, apply it, and boot the project
    ///
    /// Environments with a project's dependencies are taken from `$ARCHITECT_ENVIRONMENTS`
    /// (`target/corpus-environments` by default), one folder per project.
    #[arg(long)]
    plan: bool,
    /// With `--plan`: a project that is in no list, by the folder of its back end; its own `--app` is then needed
    ///
    /// What is copied is the repository around that folder; its environment is made of what the project's lock,
    /// requirements or metadata name, in `$ARCHITECT_ENVIRONMENTS`, and used again.
    #[arg(long, value_name = "DIR", requires = "app", requires = "plan", conflicts_with = "project")]
    folder: Option<PathBuf>,
    /// With `--folder`: the application, as uvicorn names it: `app.main:app`
    #[arg(long, value_name = "MODULE:APP", requires = "folder")]
    app: Option<String>,
    /// With `--folder`: the release of Python that the project runs on
    #[arg(long, value_name = "VERSION", default_value = "3.12", requires = "folder")]
    python: String,
    /// With `--plan`: leave out the projects' own tests, which take most of the time
    #[arg(long)]
    quick: bool,
    /// Only make the environments that `--plan` needs
    #[arg(long)]
    environments: bool,
    /// Compare OpenAPI documents with those of the projects instead, operation by operation and schema by schema
    #[arg(long, conflicts_with = "plan")]
    openapi: bool,
    /// List every difference
    #[arg(long, short)]
    verbose: bool,
    /// The `architect` program to run [default: a fresh release build]
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// Runs the task.
pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if let (Some(root), Some(app)) = (&arguments.folder, &arguments.app) {
        let (project, sources) = Listed::unlisted(root, app, &arguments.python)?;
        let program = arguments.program.as_deref().map_or_else(build, |program| Ok(absolute(program)))?;
        return plan_into(std::iter::once(&project), arguments.quick, &sources, &program);
    }
    let oracles = folder("ARCHITECT_ORACLES", "../shared/corpus");
    let sources = folder("ARCHITECT_CORPUS", "target/corpus");
    let listed = oracle::listed(&oracles)?;
    if let Some(name) = arguments.project.iter().find(|name| !listed.iter().any(|l| l.name == **name)) {
        return Err(format!("`{name}` is not in {}/index.toml", oracles.display()));
    }
    if arguments.environments {
        let environments = folder("ARCHITECT_ENVIRONMENTS", "target/corpus-environments");
        let uv = crate::tools::find_uv(&scratch()?)?;
        let environments = environment::Environments { folder: &environments, sources: &sources, uv: &uv };
        let chosen = listed.iter().filter(|l| arguments.project.is_empty() || arguments.project.contains(&l.name));
        for project in chosen {
            match environments.python(project) {
                Ok(_) => println!("{}: ready", project.name),
                Err(reason) => println!("{}: {reason}", project.name),
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.openapi {
        let chosen = listed.iter().filter(|l| arguments.project.is_empty() || arguments.project.contains(&l.name));
        let good = documents::run(chosen, &oracles, &sources, arguments.verbose);
        return Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(1) });
    }
    let program = match &arguments.program {
        Some(program) => absolute(program),
        None => build()?,
    };
    let chosen = || listed.iter().filter(|l| arguments.project.is_empty() || arguments.project.contains(&l.name));
    if arguments.plan {
        return plan_into(chosen(), arguments.quick, &sources, &program);
    }
    let mut reports = Vec::new();
    for project in chosen() {
        let report = examine(project, &oracles, &sources, &program);
        report::print_row(&report, reports.is_empty());
        reports.push(report);
    }
    report::print_summary(&reports, arguments.verbose);
    report::print_absent(&reports, &listed, &sources);
    Ok(if reports.iter().any(ProjectReport::is_wrong) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// The folder that an environment variable names, or the default below the current one.
fn folder(variable: &str, default: &str) -> PathBuf {
    absolute(&std::env::var_os(variable).map_or_else(|| PathBuf::from(default), PathBuf::from))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Plans into each project, and runs it.
fn plan_into<'l>(
    projects: impl Iterator<Item = &'l Listed>,
    quick: bool,
    sources: &Path,
    program: &Path,
) -> Result<ExitCode, String> {
    let environments = folder("ARCHITECT_ENVIRONMENTS", "target/corpus-environments");
    let plans = absolute(Path::new("target/corpus-plan"));
    std::fs::create_dir_all(&plans).map_err(|error| format!("{}: {error}", plans.display()))?;
    let uv = crate::tools::find_uv(&scratch()?)?;
    let tools = crate::tools::Tools {
        root: crate::tools::repository(),
        scratch: plans.clone(),
        uv,
        architect: program.to_path_buf(),
    };
    let postgres = crate::postgres::Postgres::start(&tools)?;
    let environments = environment::Environments { folder: &environments, sources, uv: &tools.uv };
    let exercise = exercise::Exercise { environments, postgres: &postgres, scratch: plans.clone() };
    let folders = plan::Folders { sources: sources.to_path_buf(), scratch: plans, quick };
    let good = plan::run(projects, &folders, program, &exercise)?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The folder for everything that the tasks make.
fn scratch() -> Result<PathBuf, String> {
    let scratch = crate::tools::repository().join("target").join("tasks");
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    Ok(scratch)
}

/// Builds the program and says where it is.
fn build() -> Result<PathBuf, String> {
    eprintln!("building architect …");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--locked", "--package", "backend-architect"])
        .status()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if !status.success() {
        return Err("architect does not build".into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    Ok(absolute(&target.join("release/architect")))
}

/// Surveys one project and compares the result with its oracle.
fn examine(project: &Listed, oracles: &Path, sources: &Path, program: &Path) -> ProjectReport {
    let root = sources.join(&project.name).join(&project.subdir);
    if !root.is_dir() {
        return ProjectReport::new(&project.name, Duration::ZERO, Outcome::Absent);
    }
    let started = Instant::now();
    let survey = printed(program, &root, "survey");
    let took = started.elapsed();
    let outcome = survey.and_then(|survey| {
        let folder = oracles.join(&project.name);
        let schema = printed(program, &root, "schema")?;
        let tables = tables::compare(&schema, &oracle::json(&folder.join("metadata.json"))?);
        let endpoints = endpoints::compare(project, &survey, &oracle::json(&folder.join("routes.json"))?);
        Ok(Outcome::Compared { tables: Box::new(tables), endpoints })
    });
    ProjectReport::new(&project.name, took, outcome.unwrap_or_else(Outcome::Failed))
}

/// What a command of the program prints of the project at `root`.
fn printed(program: &Path, root: &Path, command: &str) -> Result<Value, String> {
    let output = Command::new(program)
        .arg("--project")
        .arg(root)
        .args([command, "--format", "json"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("{} does not start: {error}", program.display()))?;
    let talk = String::from_utf8_lossy(&output.stderr);
    if talk.contains("panicked at") || output.status.code().is_none() {
        return Err(format!("panic: {}", talk.trim()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("no JSON ({error}): {}", talk.trim()))
}
