//! `architect schemas`: JSON Schemas of what the program prints as JSON.

use std::process::ExitCode;

use architect_engine::Result;
use architect_model::{Check, Design, Drift, Handoff, Impact, LiveDrift, Plan, Project, SafetyReport, VerifyReport};
use architect_schema::SchemaDocument;
use clap::ValueEnum;
use schemars::schema_for;

use crate::render;

/// Print the JSON Schema of a JSON output
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whose output
    #[arg(value_enum)]
    of: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// `survey --format json`
    Survey,
    /// `schema --format json`
    Schema,
    /// `impact --format json`
    Impact,
    /// `design --format json`
    Design,
    /// `plan --format json`, and the file that `plan -o` saves
    Plan,
    /// `check --format json`
    Check,
    /// `migrate --check --format json`
    Drift,
    /// `migrate --check --db URL --format json`
    LiveDrift,
    /// `migrate safety --format json`
    Safety,
    /// `migrate verify --format json`
    Verify,
    /// `handoff --format json`
    Handoff,
}

/// Prints the schema.
pub fn run(args: &Args) -> Result<ExitCode> {
    match args.of {
        Output::Survey => render::json(&schema_for!(Project))?,
        Output::Schema => render::json(&schema_for!(SchemaDocument))?,
        Output::Impact => render::json(&schema_for!(Impact))?,
        Output::Design => render::json(&schema_for!(Design))?,
        Output::Handoff => render::json(&schema_for!(Handoff))?,
        Output::Plan => render::json(&schema_for!(Plan))?,
        Output::Check => render::json(&schema_for!(Check))?,
        Output::Drift => render::json(&schema_for!(Drift))?,
        Output::LiveDrift => render::json(&schema_for!(LiveDrift))?,
        Output::Safety => render::json(&schema_for!(SafetyReport))?,
        Output::Verify => render::json(&schema_for!(VerifyReport))?,
    }
    Ok(ExitCode::SUCCESS)
}
