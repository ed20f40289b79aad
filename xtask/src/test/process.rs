//! A Python process that is asked again and again, so that what takes long to import is imported once.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::json;

use crate::tools::{FOREIGN, Outcome, Tools};

/// Runs commands one after the other.
const WORKER: &str = include_str!("worker.py");

/// That process: a script in the environment of a back end.
pub struct Process {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    script: PathBuf,
    output: PathBuf,
}

impl Process {
    /// Starts a script, which is written to `script` and told to write what it says beside it, with a variable set.
    ///
    /// # Errors
    /// Python does not start.
    pub fn start(
        tools: &Tools,
        backend: &Path,
        script: &Path,
        text: &str,
        (variable, value): (&str, &str),
    ) -> Outcome<Self> {
        let output = script.with_extension("out");
        fs::write(script, text).map_err(|error| error.to_string())?;
        let mut command = Command::new(backend.join(".venv").join("bin").join("python"));
        FOREIGN.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.arg(script).arg(&output).current_dir(backend).env(variable, value);
        command.env("PYTHONPYCACHEPREFIX", tools.scratch.join("bytecode")).env_remove("PYTHONDONTWRITEBYTECODE");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start Python: {error}"))?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("Python has no pipes".to_owned());
        };
        let script = script.to_path_buf();
        Ok(Self { child, orders, answers: BufReader::new(answers), script, output })
    }

    /// Starts the script that runs commands of a back end, with a variable set.
    ///
    /// # Errors
    /// Python does not start.
    pub fn worker(tools: &Tools, backend: &Path, beside: &Path, variable: (&str, &str)) -> Outcome<Self> {
        Self::start(tools, backend, &beside.join("worker.py"), WORKER, variable)
    }

    /// Lets a worker run commands, each in its words, until one fails, with further variables set.
    ///
    /// # Errors
    /// What the one that failed said.
    pub fn commands(&mut self, commands: &[Vec<String>], variables: &[(&str, &str)]) -> Outcome {
        let environment: BTreeMap<&str, &str> = variables.iter().copied().collect();
        self.ask(&json!({"commands": commands, "environment": environment}).to_string())
    }

    /// Gives it one line, and waits for the code with which it answers.
    ///
    /// # Errors
    /// What it said, where that is another code than 0.
    pub fn ask(&mut self, line: &str) -> Outcome {
        writeln!(self.orders, "{line}").map_err(|error| format!("Python is gone: {error}"))?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).map_err(|error| error.to_string())?;
        if answer.trim() == "0" {
            return Ok(());
        }
        let said = fs::read(&self.output).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().collect();
        let name = self.script.file_name().unwrap_or_default().to_string_lossy();
        Err(format!("{name} ends with {}:\n{}", answer.trim(), lines[lines.len().saturating_sub(60)..].join("\n")))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
