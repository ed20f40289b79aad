//! `cargo xtask demo`: from a PRD to a running API, with real requests of two users.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};
use xshell::{Shell, cmd};

use crate::server::Server;
use crate::tools::{Outcome, Tools, apart, run as call};

/// From a PRD to a running API on SQLite: creates a project, plans, applies, migrates, boots it, makes requests
#[derive(clap::Args)]
pub struct Arguments {
    /// Leave the API running until interrupted
    #[arg(long)]
    serve: bool,
    /// The PRD to build
    #[arg(long, default_value = "examples/projects.md")]
    document: String,
    /// Create the project with asynchronous sessions
    #[arg(long = "async")]
    is_async: bool,
}

/// Runs the demonstration.
///
/// # Errors
/// A step fails; the message has its output.
pub fn run(arguments: &Arguments) -> Outcome<ExitCode> {
    let tools = Tools::set_up()?;
    let folder = tools.fresh("demo")?;
    let project = create(&tools, &folder, arguments)?;
    let backend = project.join("backend");
    let shell = tools.shell(&backend)?;
    say("Installing its packages with uv");
    let uv = &tools.uv;
    call(apart(cmd!(shell, "{uv} sync --quiet")))?;
    say("uv run alembic upgrade head");
    call(apart(cmd!(shell, "{uv} run --quiet alembic upgrade head")))?;
    say("uv run uvicorn app.main:app");
    let server = Server::boot(&tools, &backend, "app.main:app", "/health", &[], &folder.join("server.log"))?;
    if arguments.document == "examples/projects.md" {
        Conversation { server: &server }.hold()?;
    }
    println!("\nThe project is in {}", project.display());
    if arguments.serve {
        println!("The API runs at {0} and documents itself at {0}/docs. Ctrl-C stops it.", server.url);
        server.wait();
    } else {
        println!("Its documentation was at {}/docs; `cargo xtask demo --serve` leaves it running.", server.url);
    }
    Ok(ExitCode::SUCCESS)
}

fn say(step: &str) {
    println!("\n> {step}");
}

/// Creates the project and carries the plan of the document out in it.
fn create(tools: &Tools, folder: &Path, arguments: &Arguments) -> Outcome<std::path::PathBuf> {
    let architect = &tools.architect;
    let document = tools.root.join(&arguments.document);
    let shell = tools.shell(folder)?;
    let flag = arguments.is_async.then_some("--async");
    say("architect new shop");
    call(cmd!(shell, "{architect} new shop {flag...}"))?;
    let project = folder.join("shop");
    shell.change_dir(&project);
    say(&format!("architect plan {} -o plan.json", arguments.document));
    print!("{}", call(cmd!(shell, "{architect} plan {document} --summary -o plan.json"))?);
    say("architect apply plan.json");
    call(cmd!(shell, "{architect} apply plan.json"))?;
    show_tree(&shell)?;
    Ok(project)
}

fn show_tree(shell: &Shell) -> Outcome {
    for path in shell.read_dir("backend/app/modules").map_err(|error| error.to_string())? {
        if path.is_dir() {
            println!("  {}", path.display());
        }
    }
    Ok(())
}

/// What Alice and Bob say to the API.
struct Conversation<'a> {
    server: &'a Server,
}

impl Conversation<'_> {
    /// Both sign up; Alice works, Bob tries to look.
    fn hold(&self) -> Outcome {
        say("Two users talk to it");
        let alice = self.sign_up("alice@example.com")?;
        let bob = self.sign_up("bob@example.com")?;
        let body = json!({"name": "House", "due_on": "2027-05-01"});
        let project = self.call("Alice", &alice, "POST", "/projects", Some(&body), 201)?;
        let path = format!("/projects/{}", project["id"].as_str().unwrap_or_default());
        let tasks = format!("{path}/tasks");
        self.call("Alice", &alice, "POST", &tasks, Some(&json!({"title": "Dig"})), 201)?;
        self.call("Alice", &alice, "GET", &format!("{tasks}?done=false"), None, 200)?;
        self.call("Alice", &alice, "POST", "/projects", Some(&body), 409)?;
        self.call("Bob", &bob, "GET", "/projects", None, 200)?;
        self.call("Bob", &bob, "GET", &path, None, 404)?;
        self.call("Bob", &bob, "POST", &tasks, Some(&json!({"title": "Spy"})), 404)?;
        self.call("Bob", &bob, "DELETE", &path, None, 404)?;
        self.call("Alice", &alice, "POST", &format!("{path}/archive"), None, 200)?;
        Ok(())
    }

    fn sign_up(&self, email: &str) -> Outcome<String> {
        let password = "correct horse battery";
        let users = format!("{}/api/v1/users", self.server.url);
        let failed = |error: ureq::Error| format!("{email} cannot sign up: {error}");
        ureq::post(&users).send_json(json!({"email": email, "password": password})).map_err(failed)?;
        let form = [("username", email), ("password", password)];
        let mut answer = ureq::post(format!("{users}/login")).send_form(form).map_err(failed)?;
        let token: Value = answer.body_mut().read_json().map_err(failed)?;
        println!("  {email} signs up and logs in");
        Ok(token["access_token"].as_str().unwrap_or_default().to_owned())
    }

    /// One request, printed with its answer, whose status must be `expected`.
    fn call(
        &self,
        who: &str,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
        expected: u16,
    ) -> Outcome<Value> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path}", self.server.url))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/json")
            .body(body.map(Value::to_string).unwrap_or_default())
            .map_err(|error| error.to_string())?;
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.run(request).map_err(|error| format!("{method} {path}: {error}"))?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        println!("  {who:<6}{method:<7}{path}\n        {status} {text}");
        if status != expected {
            return Err(format!("{who} expected {expected}"));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}
