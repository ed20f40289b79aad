//! OpenAPI documents of sample applications, beside what the applications themselves say.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use xshell::cmd;

use super::{Runner, Scale};
use crate::tools::{Outcome, Tools, run};

/// The releases of FastAPI and Pydantic that are compared: the oldest, one between, the newest.
const PAIRS: [(&str, &str); 3] = [("0.110.0", "2.9.2"), ("0.115.12", "2.10.6"), ("0.165.0", "2.14.4")];

/// What the samples import beside them.
const PACKAGES: &[&str] = &["sqlmodel", "email-validator", "python-multipart"];

/// Writes random applications with their documents.
const RANDOM: &str = include_str!("contract/random_apps.py");

/// Models and routes of a random application.
const SIZE: (u32, u32) = (12, 12);

/// Prints the document of a sample.
const DUMP: &str = "import json, main; print(json.dumps(main.app.openapi()))";

/// Compares the document of each sample under each pair.
///
/// # Errors
/// Python cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools, scale: Scale) -> Outcome {
    if !runner.wants("contract") {
        return Ok(());
    }
    let samples = samples(tools)?;
    for (fastapi, pydantic) in PAIRS {
        let python = environment(tools, fastapi, pydantic)?;
        let folder = tools.fresh(&format!("contract-{fastapi}"))?;
        for sample in &samples {
            let name = sample.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            runner.check(&format!("contract: {name} under FastAPI {fastapi} and Pydantic {pydantic}"), || {
                let root = pinned(sample, &folder.join(&name), fastapi, pydantic)?;
                let shell = tools.shell(&root)?;
                let program = &tools.architect;
                let real = json(&run(cmd!(shell, "{python} -W ignore -c {DUMP}"))?)?;
                let ours = json(&run(cmd!(shell, "{program} openapi --app main:app --strict"))?)?;
                same(&real, &ours)
            });
        }
        let (models, routes) = SIZE;
        let cases = scale.applications * (models + routes);
        let (seed, applications) = (scale.seed, scale.applications);
        runner.check(
            &format!("contract: {cases} random models and routes (seed {seed}) under FastAPI {fastapi}"),
            || random(tools, &python, &folder.join("random"), (fastapi, pydantic), (seed, applications)),
        );
    }
    Ok(())
}

/// Compares random applications; fails with the first that differs.
fn random(
    tools: &Tools,
    python: &str,
    folder: &Path,
    (fastapi, pydantic): (&str, &str),
    (seed, applications): (u32, u32),
) -> Outcome {
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let shell = tools.shell(folder)?;
    let script = folder.join("random_apps.py");
    fs::write(&script, RANDOM).map_err(|error| error.to_string())?;
    let (models, routes) = (SIZE.0.to_string(), SIZE.1.to_string());
    let (seed, count) = (seed.to_string(), applications.to_string());
    run(cmd!(shell, "{python} -W ignore {script} {folder} {seed} {count} {models} {routes}"))?;
    let (mut wrong, mut unknown) = (Vec::new(), 0);
    for number in 0..applications {
        let root = folder.join(number.to_string());
        fs::write(root.join("requirements.txt"), format!("fastapi=={fastapi}\npydantic=={pydantic}\n"))
            .map_err(|error| error.to_string())?;
        let program = &tools.architect;
        let real = fs::read_to_string(root.join("openapi.json")).map_err(|error| error.to_string())?;
        let ours = cmd!(shell, "{program} --project {root} openapi --app main:app").quiet().output();
        let ours = ours.map_err(|error| error.to_string())?;
        let told = String::from_utf8_lossy(&ours.stderr).into_owned();
        let mut found = Vec::new();
        differences(&json(&real)?, &json(&String::from_utf8_lossy(&ours.stdout))?, String::new(), &mut found);
        let is_told = |place: &str| pointers(&told).any(|pointer| place.starts_with(pointer));
        let count = found.len();
        found.retain(|difference| !is_told(difference));
        unknown += usize::from(found.len() < count);
        if let Some(first) = found.first() {
            wrong.push(format!("{}: {first}", root.display()));
        }
    }
    eprint!("{unknown} with parts told as unknown ... ");
    match wrong.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} of {applications} applications differ; {first}", wrong.len())),
    }
}

/// The folders of the samples.
fn samples(tools: &Tools) -> Outcome<Vec<PathBuf>> {
    let folder = tools.root.join("fixtures/contract");
    let entries = fs::read_dir(&folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    found.sort();
    Ok(found)
}

/// A copy of a sample whose requirements name the releases.
fn pinned(sample: &Path, root: &Path, fastapi: &str, pydantic: &str) -> Outcome<PathBuf> {
    let words = |error: std::io::Error| error.to_string();
    fs::create_dir_all(root).map_err(words)?;
    for entry in fs::read_dir(sample).map_err(words)?.flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), root.join(entry.file_name())).map_err(words)?;
        }
    }
    let requirements = format!("fastapi=={fastapi}\npydantic=={pydantic}\n");
    fs::write(root.join("requirements.txt"), requirements).map_err(words)?;
    Ok(root.to_path_buf())
}

/// The Python of an environment with a pair.
fn environment(tools: &Tools, fastapi: &str, pydantic: &str) -> Outcome<String> {
    let folder = tools.scratch.join(format!("contract-env-{fastapi}-{pydantic}"));
    let python = folder.join("bin").join("python");
    if !folder.join("ready").exists() {
        let shell = tools.shell(&tools.scratch)?;
        let uv = &tools.uv;
        let (fastapi, pydantic) = (format!("fastapi=={fastapi}"), format!("pydantic=={pydantic}"));
        run(cmd!(shell, "{uv} venv --quiet --clear --python >=3.11 {folder}"))?;
        run(cmd!(shell, "{uv} pip install --quiet --python {python} {fastapi} {pydantic} {PACKAGES...}"))?;
        fs::write(folder.join("ready"), "").map_err(|error| error.to_string())?;
    }
    Ok(python.display().to_string())
}

/// The operations and schemas that are told to be unknown in part.
fn pointers(told: &str) -> impl Iterator<Item = &str> {
    told.lines().filter_map(|line| line.rfind("): /").and_then(|at| line.get(at + 3..)))
}

fn json(text: &str) -> Outcome<Value> {
    serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))
}

/// Fails with the first places where two documents differ.
fn same(real: &Value, ours: &Value) -> Outcome {
    let mut found = Vec::new();
    differences(real, ours, String::new(), &mut found);
    if found.is_empty() {
        return Ok(());
    }
    let count = found.len();
    found.truncate(12);
    Err(format!("{count} differences\n{}", found.join("\n")))
}

/// The places, as JSON pointers, where two values differ; names of properties differ in their order, too.
pub(crate) fn differences(real: &Value, ours: &Value, at: String, found: &mut Vec<String>) {
    match (real, ours) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, value) in a {
                let place = format!("{at}/{}", name.replace('/', "~1"));
                match b.get(name) {
                    Some(other) => differences(value, other, place, found),
                    None => found.push(format!("{place}: {value}, and we say nothing")),
                }
            }
            for (name, value) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
                found.push(format!("{at}/{}: nothing, and we say {value}", name.replace('/', "~1")));
            }
            let is_ordered = at.ends_with("/properties") || at.ends_with("/schemas") || at == "/paths";
            if is_ordered && a.len() == b.len() && !a.keys().eq(b.keys()) {
                found.push(format!("{at}: in another order"));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (number, (value, other)) in a.iter().zip(b).enumerate() {
                differences(value, other, format!("{at}/{number}"), found);
            }
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
        _ if real == ours => {}
        _ => found.push(format!("{at}: {real}, and we say {ours}")),
    }
}
