//! A booted application: uvicorn on a free port of the loopback interface, stopped when dropped.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::tools::{Outcome, Tools};

/// How long an application may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running application.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    process: Child,
}

impl Server {
    /// Boots `app` (`app.main:app`) of the back end in `folder`; its log goes to `log`.
    ///
    /// # Errors
    /// It does not answer at `health` in time; the end of its log is in the message.
    pub fn boot(
        tools: &Tools,
        folder: &Path,
        app: &str,
        health: &str,
        environment: &[(&str, &str)],
        log: &Path,
    ) -> Outcome<Self> {
        let port = free_port()?;
        let failed = |error: std::io::Error| format!("cannot start the server: {error}");
        let file = File::create(log).map_err(failed)?;
        let process = Command::new(&tools.uv)
            .args(["run", "--quiet", "uvicorn", app, "--host", "127.0.0.1", "--port", &port.to_string()])
            .current_dir(folder)
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env_remove("VIRTUAL_ENV")
            .env_remove("DATABASE_URL")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(file.try_clone().map_err(failed)?)
            .stderr(file)
            .spawn()
            .map_err(failed)?;
        let mut server = Self { url: format!("http://127.0.0.1:{port}"), process };
        server.wait_until_it_answers(health, log)?;
        Ok(server)
    }

    fn wait_until_it_answers(&mut self, health: &str, log: &Path) -> Outcome {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if ureq::get(format!("{}{health}", self.url)).call().is_ok() {
                return Ok(());
            }
            if let Ok(Some(_)) = self.process.try_wait() {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        let text = std::fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        Err(format!("the application does not answer:\n{}", lines[lines.len().saturating_sub(30)..].join("\n")))
    }

    /// Waits until the server ends by itself: until somebody interrupts it.
    pub fn wait(mut self) {
        let _ = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        terminate(&self.process);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(5) {
            if let Ok(Some(_)) = self.process.try_wait() {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Asks a process to end; `uv run` passes the request on to its child, which `kill` would orphan.
fn terminate(process: &Child) {
    let _ = Command::new("kill").args(["-TERM", &process.id().to_string()]).status();
}

/// A port that nobody listens on now.
fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    Ok(listener.local_addr().map_err(|error| error.to_string())?.port())
}
