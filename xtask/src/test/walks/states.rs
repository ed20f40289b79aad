//! The process that looks at the state of a project and of its database, time after time.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::tools::{FOREIGN, Outcome, Tools};

/// Brings the database up to date, checks its rows and boots the application.
const SCRIPT: &str = include_str!("state.py");

/// That process.
pub struct States {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    output: PathBuf,
}

impl States {
    /// Starts it in the environment of a back end, with the variable that names the database.
    ///
    /// # Errors
    /// Python does not start.
    pub fn start(tools: &Tools, backend: &Path, beside: &Path, (variable, url): (&str, &str)) -> Outcome<Self> {
        let (script, output) = (beside.join("state.py"), beside.join("state.out"));
        fs::write(&script, SCRIPT).map_err(|error| error.to_string())?;
        let mut command = Command::new(backend.join(".venv").join("bin").join("python"));
        FOREIGN.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.arg(&script).arg(&output).current_dir(backend).env(variable, url);
        command.env("PYTHONPYCACHEPREFIX", tools.scratch.join("bytecode")).env_remove("PYTHONDONTWRITEBYTECODE");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start Python: {error}"))?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("Python has no pipes".to_owned());
        };
        Ok(Self { child, orders, answers: BufReader::new(answers), output })
    }

    /// Looks once, as a file says.
    ///
    /// # Errors
    /// What is wrong, as Python says it.
    pub fn look(&mut self, order: &Path) -> Outcome {
        writeln!(self.orders, "{}", order.display()).map_err(|error| format!("Python is gone: {error}"))?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).map_err(|error| error.to_string())?;
        if answer.trim() == "0" {
            return Ok(());
        }
        let said = fs::read_to_string(&self.output).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        Err(format!("state.py ends with {}:\n{}", answer.trim(), lines[lines.len().saturating_sub(40)..].join("\n")))
    }
}

impl Drop for States {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
