//! The TypeScript of OpenAPI documents is what openapi-typescript writes, and clients that use it compile.

use std::fs;
use std::path::{Path, PathBuf};

use architect_outputs::typescript;
use serde_json::{Value, json};
use xshell::cmd;

use super::fixtures::{FIXTURES, backend, copy};
use super::{Runner, Scale};
use crate::tools::{Outcome, Tools, apart, run};

/// The packages, each in one version.
const PACKAGES: &str = include_str!("package.json");
/// Runs openapi-typescript.
const RUNNER: &str = include_str!("run.mjs");
/// Makes random documents.
const RANDOM: &str = include_str!("random.mjs");
/// A document, and a client that uses its types.
const SHOP: (&str, &str) = (include_str!("shop.json"), include_str!("client.ts"));

/// Schemas of a random document, beside those that stand inside of others.
const SCHEMAS: u32 = 20;

/// Differences that are shown.
const SHOWN: usize = 3;

/// Compares documents of the specifications, of the fixtures, and random ones; compiles a client.
///
/// # Errors
/// The packages cannot be installed.
pub fn check(runner: &mut Runner, tools: &Tools, scale: Scale) -> Outcome {
    if !runner.wants("typescript") {
        return Ok(());
    }
    let folder = set_up(tools)?;
    runner.check("typescript: documents of the specifications as openapi-typescript writes them", || {
        let documents = specified(&tools.root.join("spec").join("typescript"))?;
        compare(tools, &folder, "specified", &documents, 10)
    });
    runner.check("typescript: documents of the fixtures as openapi-typescript writes them", || {
        let documents: Outcome<Vec<Value>> = FIXTURES.iter().map(|(name, _)| dumped(tools, name)).collect();
        compare(tools, &folder, "fixtures", &documents?, FIXTURES.len())
    });
    let count = scale.documents;
    runner.check(&format!("typescript: {count} random documents of {SCHEMAS} schemas, seed {}", scale.seed), || {
        random(tools, &folder, scale)
    });
    runner.check("typescript: a client compiles", || compile(tools, &folder));
    Ok(())
}

fn set_up(tools: &Tools) -> Outcome<PathBuf> {
    let folder = tools.scratch.join("typescript");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for (name, text) in [("package.json", PACKAGES), ("run.mjs", RUNNER), ("random.mjs", RANDOM)] {
        fs::write(folder.join(name), text).map_err(|error| error.to_string())?;
    }
    let shell = tools.shell(&folder)?;
    run(cmd!(shell, "npm install --silent --no-audit --no-fund"))?;
    Ok(folder)
}

/// The documents in the fences of the specifications.
fn specified(folder: &Path) -> Outcome<Vec<Value>> {
    let mut documents = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    for entry in entries.flatten() {
        let text = fs::read_to_string(entry.path()).map_err(|error| error.to_string())?;
        for part in text.split("\n```json").skip(1) {
            let (info, rest) = part.split_once('\n').unwrap_or_default();
            let body = rest.split("\n```").next().unwrap_or_default();
            let value: Value =
                serde_json::from_str(body).map_err(|error| format!("`{}`: {error}", entry.path().display()))?;
            documents.push(match info {
                " schemas" => json!({"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": {}, "components": {"schemas": value}}),
                _ => value,
            });
        }
    }
    Ok(documents)
}

/// The document of a fixture's application.
fn dumped(tools: &Tools, name: &str) -> Outcome<Value> {
    let folder = tools.fresh(&format!("typescript/fixtures/{name}"))?;
    copy(&tools.root.join("fixtures").join(name), &folder)?;
    let folder = backend(&folder);
    let shell = tools.shell(&folder)?;
    let uv = &tools.uv;
    let module = if folder.join("app").is_dir() { "app.main" } else { "tempo.main" };
    let dump = format!("import json; from {module} import app; print(json.dumps(app.openapi()))");
    run(apart(cmd!(shell, "{uv} sync --quiet --all-groups --all-extras")))?;
    let text = run(apart(cmd!(shell, "{uv} run --no-sync python -c {dump}")))?;
    serde_json::from_str(&text).map_err(|error| format!("`{name}`: {error}"))
}

/// Lets openapi-typescript write documents, and compares.
fn compare(tools: &Tools, folder: &Path, name: &str, documents: &[Value], least: usize) -> Outcome {
    if documents.len() < least {
        return Err(format!("only {} documents", documents.len()));
    }
    let place = tools.fresh(&format!("typescript/{name}"))?;
    let mut files = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let file = place.join(format!("{number}.json"));
        fs::write(&file, document.to_string()).map_err(|error| error.to_string())?;
        files.push(file);
    }
    let shell = tools.shell(folder)?;
    let paths = &files;
    run(cmd!(shell, "node run.mjs files {paths...}"))?;
    agree(&files)
}

/// Lets it write random documents, and compares.
fn random(tools: &Tools, folder: &Path, scale: Scale) -> Outcome {
    let place = tools.fresh("typescript/random")?;
    let shell = tools.shell(folder)?;
    let (seed, count, schemas) = (scale.seed.to_string(), scale.documents.to_string(), SCHEMAS.to_string());
    run(cmd!(shell, "node run.mjs random {place} {seed} {count} {schemas}"))?;
    let files: Vec<PathBuf> = (0..scale.documents).map(|number| place.join(format!("{number}.json"))).collect();
    let refused = files.iter().filter(|file| beside(file, "refused").exists()).count();
    if refused * 20 > files.len() {
        return Err(format!("openapi-typescript refuses {refused} of {} documents", files.len()));
    }
    agree(&files)
}

fn beside(file: &Path, extension: &str) -> PathBuf {
    PathBuf::from(format!("{}.{extension}", file.display()))
}

/// Whether the same is written for each document, or each is refused by both.
fn agree(files: &[PathBuf]) -> Outcome {
    let mut different = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
        let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let (ours, theirs) = (typescript(&document), fs::read_to_string(beside(file, "d.ts")).ok());
        match (ours, theirs) {
            (Ok(ours), Some(theirs)) if ours == theirs => {}
            (Err(_), None) => {}
            (Ok(ours), Some(theirs)) => {
                different.push(format!("{}: {}", file.display(), first_difference(&theirs, &ours)))
            }
            (Err(refused), Some(_)) => different.push(format!("{}: refused here alone: {refused}", file.display())),
            // Redocly refuses more than can be told from the types.
            (Ok(_), None) => {}
        }
    }
    if different.is_empty() {
        return Ok(());
    }
    let count = different.len();
    different.truncate(SHOWN);
    Err(format!("{count} of {} differ:\n{}", files.len(), different.join("\n")))
}

fn first_difference(theirs: &str, ours: &str) -> String {
    let mut lines = theirs.lines().zip(ours.lines()).enumerate();
    match lines.find(|(_, (theirs, ours))| theirs != ours) {
        Some((number, (theirs, ours))) => format!("line {}\n  theirs: {theirs}\n  ours:   {ours}", number + 1),
        None => "one ends before the other".to_owned(),
    }
}

/// `tsc --strict` takes the types with a client that uses them, and finds each wrong use.
fn compile(tools: &Tools, folder: &Path) -> Outcome {
    let place = folder.join("client");
    fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    let (document, client) = (place.join("shop.json"), place.join("client.ts"));
    for (file, text) in [(&document, SHOP.0), (&client, SHOP.1)] {
        fs::write(file, text).map_err(|error| error.to_string())?;
    }
    let shell = tools.shell(folder)?;
    let (architect, types) = (&tools.architect, place.join("shop.d.ts"));
    run(cmd!(shell, "{architect} types --document {document} --output {types}"))?;
    run(cmd!(shell, "{architect} types --document {document} --output {types} --check"))?;
    run(cmd!(shell, "npx tsc --noEmit --strict --skipLibCheck false --exactOptionalPropertyTypes --lib es2022,dom,dom.iterable --target es2022 --moduleResolution bundler --module esnext {client}"))
        .map(|_| ())
}
