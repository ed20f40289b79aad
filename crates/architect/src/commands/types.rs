//! `architect types`: the API's types for clients in TypeScript.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{eprintln, print};
use architect_engine::{ClientTypes, Failure, Result, client_types, read_openapi, write_file, written};
use architect_outputs::{type_changes, typescript};
use serde_json::Value;

use crate::cli::{Place, kept};
use crate::commands::openapi;
use crate::render;

/// Write the API's types for clients in TypeScript
///
/// Byte for byte what openapi-typescript 7 writes with its default options, so that `openapi-fetch` works with it. The
/// file is `types` in `[tool.architect]`, else the one that a script of `package.json` lets openapi-typescript write, else
/// the one that begins with its banner; where there is none, the types are printed. Where the front end uses
/// `@hey-api/openapi-ts` or orval, the document that its configuration names is written instead.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The application, where the project makes several: `app.main:app`, `app.main:create_app()`
    #[arg(long, value_name = "MODULE:APP")]
    app: Option<String>,

    /// A finished OpenAPI document in JSON, in place of the application's; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "app")]
    document: Option<PathBuf>,

    /// Write the types to this file; `-` prints them
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write nothing; exit with 1 where the file is stale, and show which types differ
    #[arg(long)]
    check: bool,

    /// Run `@hey-api/openapi-ts` or orval after its document is written
    #[arg(long, conflicts_with = "check")]
    run: bool,
}

/// Writes, prints or checks the types.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let document = kept(document(args, place)?);
    match target(args, place)? {
        None if args.check => Err(Failure::new(
            "no file holds types of the API, so there is nothing to check",
            "name it with `--output FILE`, or as `types` in `[tool.architect]` of `pyproject.toml`",
        )),
        None => {
            print!("{}", types(document)?);
            Ok(ExitCode::SUCCESS)
        }
        Some(ClientTypes::TypeScript { file }) => {
            let new = types(document)?;
            finish(args, place, &file, &new, |old| render::type_changes(&type_changes(old, &new)))
        }
        Some(ClientTypes::Document { file, generator }) => {
            let code = finish(args, place, &file, &render::json_text(document)?, |old| {
                let old = serde_json::from_str(old).ok().and_then(|old: Value| typescript(&old).ok());
                let new = types(document).unwrap_or_default();
                render::type_changes(&type_changes(&old.unwrap_or_default(), &new))
            })?;
            if args.run {
                render::during(&format!("running {}", generator.program), || generator.run())?;
            }
            Ok(code)
        }
    }
}

/// The document whose types are written.
fn document(args: &Args, place: &Place) -> Result<Value> {
    match &args.document {
        Some(file) => read_openapi(file),
        None => Ok(openapi::read(place, args.app.as_deref())?.told().document),
    }
}

/// Where the types are kept.
fn target(args: &Args, place: &Place) -> Result<Option<ClientTypes>> {
    match &args.output {
        Some(file) if file.as_os_str() == "-" => Ok(None),
        Some(file) => Ok(Some(ClientTypes::TypeScript { file: file.clone() })),
        None => client_types(&place.root()),
    }
}

fn types(document: &Value) -> Result<String> {
    typescript(document).map_err(|refused| {
        Failure::new(format!("the document cannot be written as TypeScript: {refused}"), "correct it there")
    })
}

/// Writes the file, or says how it differs.
fn finish(
    args: &Args,
    place: &Place,
    file: &Path,
    new: &str,
    changes: impl FnOnce(&str) -> String,
) -> Result<ExitCode> {
    let old = written(file)?;
    let root = place.root();
    let shown = file.strip_prefix(&root).unwrap_or(file).display();
    if old.as_deref() == Some(new) {
        eprintln!("`{}` is up to date.", shown);
        return Ok(ExitCode::SUCCESS);
    }
    if args.check {
        if let Some(old) = &old {
            print!("{}", changes(old));
        }
        eprintln!("`{}` is {}.", shown, if old.is_some() { "stale" } else { "not there" });
        eprintln!("help: run the same command without `--check` to write it");
        return Ok(ExitCode::from(1));
    }
    write_file(file, new)?;
    eprintln!("Wrote `{}`.", shown);
    Ok(ExitCode::SUCCESS)
}
