//! New projects with every sample PRD planned into them: linters, types, tests, migrations, schemathesis, TypeScript.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use super::{Runner, Scale, mutation};
use crate::postgres::Postgres;
use crate::server::Server;
use crate::tools::{Outcome, Tools, apart, run};

/// A project on disk, ready to be checked.
pub struct Sample<'a> {
    tools: &'a Tools,
    name: &'static str,
    folder: PathBuf,
}

/// Checks a synchronous and an asynchronous project.
///
/// # Errors
/// PostgreSQL does not start.
pub fn check(runner: &mut Runner, tools: &Tools, scale: Scale) -> Outcome {
    let postgres = if runner.wants("project") { Some(Postgres::start(tools)?) } else { None };
    let Some(postgres) = postgres else {
        return Ok(());
    };
    for name in ["sync", "async"] {
        let sample = Sample { tools, name, folder: tools.scratch.join("projects").join(name) };
        runner.check(&format!("project {name}: created, every sample PRD planned and applied"), || sample.create());
        if sample.backend().exists() {
            sample.check(runner, &postgres, scale);
        }
    }
    Ok(())
}

impl Sample<'_> {
    fn backend(&self) -> PathBuf {
        self.folder.join("backend")
    }

    fn shell(&self) -> Outcome<Shell> {
        self.tools.shell(&self.backend())
    }

    fn create(&self) -> Outcome {
        let architect = &self.tools.architect;
        let name = self.name;
        let parent = self.tools.fresh(&format!("projects/{name}"))?;
        std::fs::remove_dir(&parent).map_err(|error| error.to_string())?;
        let shell = self.tools.shell(&self.tools.scratch.join("projects"))?;
        let flag = (name == "async").then_some("--async");
        run(cmd!(shell, "{architect} new {name} {flag...}"))?;
        for document in documents(&self.tools.root.join("examples"))? {
            plan_and_apply(self.tools, &self.folder, &document)?;
        }
        let shell = self.shell()?;
        let uv = &self.tools.uv;
        run(apart(cmd!(shell, "{uv} sync --quiet"))).map(|_| ())
    }

    fn check(&self, runner: &mut Runner, postgres: &Postgres<'_>, scale: Scale) {
        let name = self.name;
        for linter in ["ruff check .", "ruff format --check .", "mypy --strict app tests", "ty check app tests"] {
            runner.check(&format!("project {name}: {linter}"), || self.uv_run(linter, &[]));
        }
        runner.check(&format!("project {name}: pytest on SQLite"), || self.uv_run("pytest -q", &[]));
        runner.check(&format!("project {name}: pytest on PostgreSQL"), || {
            let url = postgres.database(&format!("test_{name}"))?;
            self.uv_run("pytest -q", &[("TEST_DATABASE_URL", &url)])
        });
        runner.check(&format!("project {name}: migrations on SQLite"), || {
            let file = self.folder.join("migrations.db");
            let _ = std::fs::remove_file(&file);
            self.migrate(&format!("sqlite:///{}", file.display()))
        });
        runner.check(&format!("project {name}: migrations on PostgreSQL"), || {
            self.migrate(&postgres.database(&format!("migrations_{name}"))?)
        });
        runner.check(&format!("project {name}: schemathesis on SQLite"), || {
            let file = self.folder.join("schemathesis.db");
            let _ = std::fs::remove_file(&file);
            self.schemathesis(&format!("sqlite:///{}", file.display()), scale)
        });
        runner.check(&format!("project {name}: schemathesis on PostgreSQL"), || {
            self.schemathesis(&postgres.database(&format!("schemathesis_{name}"))?, scale)
        });
        runner.check(&format!("project {name}: TypeScript types"), || self.types());
        runner.check(&format!("project {name}: each owner check is tested"), || {
            mutation::check(self.tools, &self.backend(), scale)
        });
    }

    fn uv_run(&self, command: &str, environment: &[(&str, &str)]) -> Outcome {
        uv_run(self.tools, &self.backend(), command, environment)
    }

    fn migrate(&self, url: &str) -> Outcome {
        for command in ["upgrade head", "downgrade base", "upgrade head", "check"] {
            self.uv_run(&format!("alembic {command}"), &[("DATABASE_URL", url)])?;
        }
        Ok(())
    }

    /// Every check of schemathesis, as a signed-in user, against the booted application.
    fn schemathesis(&self, url: &str, scale: Scale) -> Outcome {
        let environment = [("DATABASE_URL", url)];
        self.uv_run("alembic upgrade head", &environment)?;
        let log = self.folder.join("server.log");
        let server = Server::boot(self.tools, &self.backend(), "app.main:app", "/health", &environment, &log)?;
        let token = sign_up(&server)?;
        let Scale { examples, seed, .. } = scale;
        let shell = self.shell()?;
        let (uv, url) = (&self.tools.uv, &server.url);
        let header = format!("Authorization: Bearer {token}");
        let limits = ["--max-examples".to_owned(), examples.to_string(), "--seed".to_owned(), seed.to_string()];
        run(cmd!(
            shell,
            "{uv} run --quiet schemathesis run {url}/openapi.json --header {header} --checks all {limits...}"
        ))?;
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        match log.lines().find(|line| line.contains("\" 500") || line.contains("Traceback")) {
            Some(line) => Err(format!("the server's log has: {line}")),
            None => Ok(()),
        }
    }

    fn types(&self) -> Outcome {
        let shell = self.tools.shell(&self.folder)?;
        run(apart(cmd!(shell, "./scripts/generate-types.sh")))?;
        shell.change_dir(self.folder.join("frontend"));
        run(cmd!(shell, "npm run --silent check")).map(|_| ())
    }
}

/// The token of a new user.
fn sign_up(server: &Server) -> Outcome<String> {
    let users = format!("{}/api/v1/users", server.url);
    let (email, password) = ("tester@example.com", "correct horse battery");
    let failed = |error: ureq::Error| format!("cannot sign up: {error}");
    ureq::post(&users).send_json(serde_json::json!({"email": email, "password": password})).map_err(failed)?;
    let mut answer = ureq::post(format!("{users}/login"))
        .send_form([("username", email), ("password", password)])
        .map_err(failed)?;
    let token: serde_json::Value = answer.body_mut().read_json().map_err(failed)?;
    Ok(token["access_token"].as_str().unwrap_or_default().to_owned())
}

/// The sample PRDs in a folder, sorted.
///
/// # Errors
/// There is none.
pub fn documents(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut found: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found.sort();
    if found.len() < 4 { Err(format!("only {} sample PRDs", found.len())) } else { Ok(found) }
}

/// Plans a document into the project in `folder`, applies the saved plan, and applies it again, which changes nothing.
///
/// # Errors
/// A command fails, or the second `apply` writes something.
pub fn plan_and_apply(tools: &Tools, folder: &Path, document: &Path) -> Outcome {
    let architect = &tools.architect;
    let shell = tools.shell(folder)?;
    let plan = tools.scratch.join("plan.json");
    run(cmd!(shell, "{architect} plan {document} --project {folder} --summary -o {plan}"))?;
    run(cmd!(shell, "{architect} apply {plan} --project {folder}"))?;
    let again = cmd!(shell, "{architect} apply {plan} --project {folder}")
        .quiet()
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&again.stderr);
    if said.contains("Nothing to do") { Ok(()) } else { Err(format!("applied again, it says: {said}")) }
}

/// Runs a command in the environment of the project in `folder`.
///
/// # Errors
/// The command fails.
pub fn uv_run(tools: &Tools, folder: &Path, command: &str, environment: &[(&str, &str)]) -> Outcome {
    let shell = tools.shell(folder)?;
    let words: Vec<_> = command.split(' ').collect();
    let uv = &tools.uv;
    let mut call =
        cmd!(shell, "{uv} run --quiet {words...}").env_remove("DATABASE_URL").env_remove("TEST_DATABASE_URL");
    for (name, value) in environment {
        call = call.env(name, value);
    }
    run(call).map(|_| ())
}
