//! New projects with every sample PRD planned into them: linters, types, tests, migrations, schemathesis, TypeScript.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use super::{Runner, Scale, mutation};
use crate::postgres::Postgres;
use crate::server::Server;
use crate::tools::{Outcome, Tools, apart, run};

/// Linters and type checkers that find nothing to say.
const LINTERS: [&str; 4] = ["ruff check .", "ruff format --check .", "mypy --strict app tests", "ty check app tests"];

/// A new project on disk with documents planned into it, to be checked.
pub struct Sample<'a> {
    /// The tools that make and check it.
    pub tools: &'a Tools,
    /// What the checks and the databases are called after.
    pub name: String,
    /// Whether its sessions are asynchronous.
    pub asynchronous: bool,
    /// The documents, planned and applied in this order.
    pub documents: Vec<PathBuf>,
    /// Where it is made.
    pub folder: PathBuf,
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
        let sample = Sample {
            tools,
            name: format!("project {name}"),
            asynchronous: name == "async",
            documents: documents(&tools.root.join("examples"))?,
            folder: tools.scratch.join("projects").join(name),
        };
        sample.check(runner, &postgres, scale);
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
        let (architect, uv) = (&self.tools.architect, &self.tools.uv);
        let _ = std::fs::remove_dir_all(&self.folder);
        let (Some(parent), Some(name)) = (self.folder.parent(), self.folder.file_name()) else {
            return Err(format!("{} has no parent", self.folder.display()));
        };
        std::fs::create_dir_all(parent).map_err(|error| error.to_string())?;
        let shell = self.tools.shell(parent)?;
        let flag = self.asynchronous.then_some("--async");
        run(cmd!(shell, "{architect} new {name} {flag...}"))?;
        for document in &self.documents {
            plan_and_apply(self.tools, &self.folder, document)?;
        }
        let shell = self.shell()?;
        run(apart(cmd!(shell, "{uv} sync --quiet"))).map(|_| ())
    }

    /// Makes the project and runs every check on it.
    pub fn check(&self, runner: &mut Runner, postgres: &Postgres<'_>, scale: Scale) {
        let name = &self.name;
        let database = name.replace([' ', '-', ','], "_");
        runner.check(&format!("{name}: created, every PRD planned and applied"), || self.create());
        if !self.backend().join(".venv").exists() {
            return;
        }
        for linter in LINTERS {
            runner.check(&format!("{name}: {linter}"), || self.uv_run(linter, &[]));
        }
        runner.check(&format!("{name}: pytest on SQLite"), || self.uv_run("pytest -q", &[]));
        runner.check(&format!("{name}: pytest on PostgreSQL"), || {
            let url = postgres.database(&format!("test_{database}"))?;
            self.uv_run("pytest -q", &[("TEST_DATABASE_URL", &url)])
        });
        runner.check(&format!("{name}: migrations on SQLite"), || {
            let file = self.folder.join("migrations.db");
            let _ = std::fs::remove_file(&file);
            self.migrate(&format!("sqlite:///{}", file.display()))
        });
        runner.check(&format!("{name}: migrations on PostgreSQL"), || {
            self.migrate(&postgres.database(&format!("migrations_{database}"))?)
        });
        runner.check(&format!("{name}: schemathesis on SQLite"), || {
            let file = self.folder.join("schemathesis.db");
            let _ = std::fs::remove_file(&file);
            self.schemathesis(&format!("sqlite:///{}", file.display()), scale)
        });
        runner.check(&format!("{name}: schemathesis on PostgreSQL"), || {
            self.schemathesis(&postgres.database(&format!("schemathesis_{database}"))?, scale)
        });
        runner.check(&format!("{name}: TypeScript types"), || self.types());
        runner.check(&format!("{name}: each owner check is tested"), || {
            mutation::check(self.tools, &self.backend(), scale)
        });
    }

    /// Makes the project and runs what needs neither a server nor PostgreSQL, as one check.
    pub fn check_at_once(&self, runner: &mut Runner, scale: Scale) {
        runner.check(&format!("{}: planned, linted, tested, migrated, owner checks removed", self.name), || {
            self.create()?;
            for command in LINTERS.into_iter().chain(["pytest -q"]) {
                self.uv_run(command, &[])?;
            }
            self.migrate(&format!("sqlite:///{}", self.folder.join("migrations.db").display()))?;
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
