//! `architect openapi`: the OpenAPI document of an application.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::eprintln;
use architect_engine::{Result, contract, write_file};
use architect_model::Unknown;
use architect_outputs::openapi;
use serde_json::Value;

use crate::cli::{Place, kept};
use crate::render;

/// Show the OpenAPI document of the application, without running it: what `app.openapi()` returns
///
/// The document is made by the rules of the releases of FastAPI and Pydantic that the project's lock file names. What
/// static reading cannot know is left out of it and listed on standard error, with file, line and reason.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The application, where the project makes several: `app.main:app`, `app.main:create_app()`
    #[arg(long, value_name = "MODULE:APP")]
    app: Option<String>,

    /// Write the document to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Exit with 1 where something in the document could not be known
    #[arg(long)]
    strict: bool,
}

/// A document, and what of it could not be known: with the JSON pointer of the operation or schema that it concerns.
pub(crate) struct Document {
    /// The document.
    pub(crate) document: Value,
    unknowns: Vec<(Option<String>, Unknown)>,
}

impl Document {
    /// The same, after what could not be known was told on standard error.
    pub(crate) fn told(self) -> Self {
        for (place, unknown) in &self.unknowns {
            match place {
                Some(place) => eprintln!("? {} ({}): {place}", unknown.reason, unknown.at),
                None => eprintln!("? {} ({})", unknown.reason, unknown.at),
            }
        }
        for (id, operations) in repeated(&self.document) {
            eprintln!(
                "warning: {} have one operation id, `{id}`: generated clients lose all but one",
                operations.join(" and ")
            );
            eprintln!("help: give one of them `operation_id=`, or the function another name");
        }
        self
    }
}

/// Operation identifiers that several operations have, with these; FastAPI warns of them, too.
fn repeated(document: &Value) -> Vec<(&str, Vec<String>)> {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let Some(id) = operation["operationId"].as_str() {
                found.entry(id).or_default().push(format!("`{} {path}`", method.to_uppercase()));
            }
        }
    }
    found.into_iter().filter(|(_, operations)| operations.len() > 1).collect()
}

/// Reads an application of the project.
///
/// # Errors
/// There is no such application, or several and none is named.
pub(crate) fn read(place: &Place, app: Option<&str>) -> Result<Document> {
    render::during("Reading", || {
        let contract = contract(&place.workspace()?.sources, app)?;
        let made = openapi(&contract);
        let of_all = contract.unlocked.iter().chain(&contract.unknowns).map(|unknown| (None, unknown.clone()));
        let unknowns = of_all.chain(made.unknowns.into_iter().map(|(place, unknown)| (Some(place), unknown))).collect();
        // The system takes it back at once when the process ends.
        std::mem::forget(contract);
        Ok(Document { document: made.document, unknowns })
    })
}

/// Reads the application and prints its document.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let read = kept(read(place, args.app.as_deref())?.told());
    match &args.output {
        None => render::json(&read.document)?,
        Some(path) => write_file(path, &render::json_text(&read.document)?)?,
    }
    Ok(ExitCode::from(u8::from(args.strict && !read.unknowns.is_empty())))
}
