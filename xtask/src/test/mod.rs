//! `cargo xtask test`: everything that passes or fails, the Python and TypeScript side included.

mod changes;
mod contract;
mod edits;
mod fixtures;
mod handoff;
mod histories;
mod impact;
mod live;
mod mutation;
mod places;
mod prds;
mod process;
mod project;
mod random;
mod replay;
mod revisions;
mod rust;
mod safe;
mod safety;
mod schema;
mod spelling;
mod tree;
mod typescript;
mod walks;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::tools::{Outcome, Tools};

/// Everything that passes or fails: Rust, generated projects on SQLite and PostgreSQL, TypeScript
#[derive(clap::Args)]
pub struct Arguments {
    /// Only the Rust side
    #[arg(long)]
    rust: bool,
    /// Only checks whose name contains this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Of the changes of existing code, only those whose kind and way of editing, `add a date (split)`, contain this text
    #[arg(long, value_name = "TEXT")]
    kind: Option<String>,
    /// Random campaigns at full size
    #[arg(long)]
    full: bool,
    /// Seed of the random campaigns
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Changes of existing code that are tried in each project [default: 3, all with `--full`]
    #[arg(long)]
    changes: Option<u32>,
    /// Changes that are made one after the other in each project [default: 6, 200 with `--full`]
    #[arg(long)]
    steps: Option<u32>,
    /// Edits of random models that become revisions [default: 40, 400 with `--full`]
    #[arg(long)]
    edits: Option<u32>,
    /// The `architect` to test, so that a long campaign keeps it [default: built from the sources]
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// How large the random campaigns are.
#[derive(Clone, Copy)]
pub struct Scale {
    /// Examples that schemathesis makes for an operation.
    pub examples: u32,
    /// Owner checks that are removed from a project.
    pub removals: u32,
    /// Texts that are made up for each reader; none where the tests' own number is enough.
    pub texts: Option<u32>,
    /// Changes of existing code that are tried in each project.
    pub changes: u32,
    /// Changes that are made one after the other in each project.
    pub steps: u32,
    /// Edits of random models that become revisions.
    pub edits: u32,
    /// Random OpenAPI documents, of 20 schemas each.
    pub documents: u32,
    /// Random applications whose OpenAPI documents are compared, under each pair of releases.
    pub applications: u32,
    /// Seed of every random campaign; printed, so that a run can be repeated.
    pub seed: u32,
}

/// Runs checks one after the other, tells how each went, and counts.
pub struct Runner {
    only: Option<String>,
    kind: Option<String>,
    passed: usize,
    failures: Vec<String>,
}

impl Runner {
    /// Runs one check, unless `--only` leaves it out.
    pub fn check(&mut self, name: &str, work: impl FnOnce() -> Outcome) {
        if self.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            return;
        }
        eprint!("{name} ... ");
        let start = Instant::now();
        let outcome = work();
        let seconds = start.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => {
                self.passed += 1;
                eprintln!("ok ({seconds:.1} s)");
            }
            Err(message) => {
                eprintln!("FAILED ({seconds:.1} s)\n{message}\n");
                self.failures.push(name.to_owned());
            }
        }
    }

    /// Whether `--only` lets a group through one of whose checks has this text in its name.
    pub fn wants(&self, group: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(group) || group.contains(only.as_str()))
    }

    fn report(&self) -> ExitCode {
        for name in &self.failures {
            eprintln!("failed: {name}");
        }
        println!("{} passed, {} failed", self.passed, self.failures.len());
        if self.failures.is_empty() && self.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Runs the checks.
///
/// # Errors
/// Something that all checks need cannot be set up.
pub fn run(arguments: &Arguments) -> Outcome<ExitCode> {
    let mut runner =
        Runner { only: arguments.only.clone(), kind: arguments.kind.clone(), passed: 0, failures: Vec::new() };
    let scale = if arguments.full {
        Scale {
            examples: 100,
            removals: 1000,
            texts: Some(50_000),
            changes: 1000,
            steps: 200,
            edits: 400,
            documents: 1000,
            applications: 300,
            seed: arguments.seed,
        }
    } else {
        Scale {
            examples: 15,
            removals: 24,
            texts: None,
            changes: 3,
            steps: 6,
            edits: 40,
            documents: 120,
            applications: 30,
            seed: arguments.seed,
        }
    };
    let scale = Scale {
        changes: arguments.changes.unwrap_or(scale.changes),
        steps: arguments.steps.unwrap_or(scale.steps),
        edits: arguments.edits.unwrap_or(scale.edits),
        ..scale
    };
    let Scale { examples, removals, seed, .. } = scale;
    eprintln!("random campaigns: seed {seed}, {examples} examples an operation, at most {removals} removed checks");
    rust::check(&mut runner, scale);
    if !arguments.rust {
        let tools = Tools::with(arguments.program.as_deref())?;
        project::check(&mut runner, &tools, scale)?;
        prds::check(&mut runner, &tools, scale, arguments.full)?;
        revisions::check(&mut runner, &tools)?;
        spelling::check(&mut runner, &tools)?;
        replay::check(&mut runner, &tools)?;
        histories::check(&mut runner, &tools, scale)?;
        live::check(&mut runner, &tools)?;
        safety::check(&mut runner, &tools)?;
        safe::check(&mut runner, &tools)?;
        schema::check(&mut runner, &tools)?;
        contract::check(&mut runner, &tools, scale)?;
        edits::check(&mut runner, &tools, scale)?;
        fixtures::check(&mut runner, &tools)?;
        handoff::check(&mut runner, &tools)?;
        typescript::check(&mut runner, &tools, scale)?;
        changes::check(&mut runner, &tools, scale)?;
        walks::check(&mut runner, &tools, scale, arguments.full)?;
    }
    Ok(runner.report())
}
