//! The brief for the front end against the application that it is about: every example request is sent, every response,
//! parameter, status and TypeScript type compared.

mod compare;
mod send;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use xshell::cmd;

use super::Runner;
use super::project::{plan_and_apply, uv_run};
use crate::server::Server;
use crate::tools::{Outcome, Tools, apart, run};

/// The samples that are planned into the project.
const DOCUMENTS: [&str; 2] = ["projects.md", "time_tracking.md"];

/// Checks the brief of a new project.
///
/// # Errors
/// The project cannot be made.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("handoff") {
        return Ok(());
    }
    let folder = tools.scratch.join("handoff").join("shop");
    runner.check("handoff: created", || create(tools, &folder));
    let mut spoken = None;
    runner.check("handoff: every example is sent, and answered as it says", || {
        spoken = Some(exercise(tools, &folder)?);
        Ok(())
    });
    runner.check("handoff: the OpenAPI document says nothing else", || {
        let spoken = spoken.as_ref().ok_or("the examples were not sent")?;
        compare::with_openapi(&spoken.handoff, &spoken.openapi)
    });
    runner.check("handoff: its types compile, and the responses have them", || {
        let spoken = spoken.as_ref().ok_or("the examples were not sent")?;
        typescript(tools, &folder, spoken)
    });
    runner.check("handoff: documents of code say what actions set", || again(tools, &folder));
    Ok(())
}

/// What was said between the brief and the application.
struct Spoken {
    handoff: Value,
    openapi: Value,
    /// Real responses, and what was sent, with the TypeScript type of each.
    values: Vec<(String, Value)>,
}

fn backend(folder: &Path) -> PathBuf {
    folder.join("backend")
}

fn create(tools: &Tools, folder: &Path) -> Outcome {
    let _ = fs::remove_dir_all(folder);
    let parent = folder.parent().ok_or("the folder has no parent")?;
    fs::create_dir_all(parent).map_err(|error| error.to_string())?;
    let shell = tools.shell(parent)?;
    let (architect, uv) = (&tools.architect, &tools.uv);
    run(cmd!(shell, "{architect} new shop"))?;
    for document in DOCUMENTS {
        plan_and_apply(tools, folder, &tools.root.join("examples").join(document))?;
    }
    let shell = tools.shell(&backend(folder))?;
    run(apart(cmd!(shell, "{uv} sync --quiet"))).map(|_| ())
}

/// The brief as JSON.
fn brief(tools: &Tools, folder: &Path) -> Outcome<Value> {
    let shell = tools.shell(folder)?;
    let architect = &tools.architect;
    let text = run(cmd!(shell, "{architect} handoff --format json"))?;
    serde_json::from_str(&text).map_err(|error| format!("the brief is no JSON: {error}"))
}

fn exercise(tools: &Tools, folder: &Path) -> Outcome<Spoken> {
    let handoff = brief(tools, folder)?;
    let database = folder.join("handoff.db");
    let _ = fs::remove_file(&database);
    let url = format!("sqlite:///{}", database.display());
    let environment = [("DATABASE_URL", url.as_str())];
    uv_run(tools, &backend(folder), "alembic upgrade head", &environment)?;
    let log = folder.join("server.log");
    let server = Server::boot(tools, &backend(folder), "app.main:app", "/health", &environment, &log)?;
    let mut session = send::Session::open(&server.url, &handoff)?;
    session.send_all()?;
    let openapi = session.openapi()?;
    let values = session.finish();
    Ok(Spoken { handoff, openapi, values })
}

/// The types compile under `tsc --strict`, and every real body has its type.
fn typescript(tools: &Tools, folder: &Path, spoken: &Spoken) -> Outcome {
    let frontend = folder.join("frontend");
    let architect = &tools.architect;
    let shell = tools.shell(folder)?;
    let source = frontend.join("src").join("api");
    let types = source.join("handoff.ts");
    run(cmd!(shell, "{architect} handoff --format typescript -o {types}"))?;
    let text = fs::read_to_string(&types).map_err(|error| error.to_string())?;
    let mut check = String::from("import type * as Api from \"./handoff\";\n\n");
    for (number, (ty, value)) in spoken.values.iter().enumerate() {
        let ty = qualified(ty, &text);
        check.push_str(&format!("export const value{number}: {ty} = {value};\n"));
    }
    if spoken.values.len() < 20 {
        return Err(format!("only {} bodies to check", spoken.values.len()));
    }
    fs::write(source.join("handoff-check.ts"), check).map_err(|error| error.to_string())?;
    shell.change_dir(&frontend);
    run(cmd!(shell, "npm install --silent"))?;
    run(cmd!(shell, "npx tsc --noEmit --strict --target es2022 --moduleResolution bundler --module esnext src/api/handoff.ts src/api/handoff-check.ts"))
        .map(|_| ())
}

/// A type with the module before the names that it declares.
fn qualified(ty: &str, declarations: &str) -> String {
    let is_word = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let mut out = String::new();
    let mut rest = ty;
    while let Some(start) = rest.find(is_word) {
        let end = rest[start..].find(|one| !is_word(one)).map_or(rest.len(), |end| start + end);
        let word = &rest[start..end];
        let declared =
            ["interface", "type"].iter().any(|kind| declarations.contains(&format!("export {kind} {word} ")));
        out.push_str(&rest[..start]);
        out.push_str(if declared { "Api." } else { "" });
        out.push_str(word);
        rest = &rest[end..];
    }
    out + rest
}

/// The document of the code has the action of the sample, and changes nothing.
fn again(tools: &Tools, folder: &Path) -> Outcome {
    let shell = tools.shell(folder)?;
    let architect = &tools.architect;
    let document = folder.join("again.md");
    run(cmd!(shell, "{architect} design --from-code Task -o {document}"))?;
    let said = run(cmd!(shell, "{architect} plan {document}"))?;
    if !said.contains("No changes.") {
        return Err(format!("the document of `Task` would change something:\n{said}"));
    }
    let text = run(cmd!(shell, "{architect} design --from-code projects"))?;
    let wanted = "set status = archived when status is draft or active";
    if text.contains(wanted) { Ok(()) } else { Err(format!("the document does not say `{wanted}`:\n{text}")) }
}
