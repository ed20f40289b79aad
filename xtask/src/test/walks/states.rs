//! The process that looks at the state of a project and of its database, time after time.

use std::path::Path;

use crate::test::process::Process;
use crate::tools::{Outcome, Tools};

/// Brings the database up to date, checks its rows and boots the application.
const SCRIPT: &str = include_str!("state.py");

/// That process.
pub struct States(Process);

impl States {
    /// Starts it in the environment of a back end, with the variable that names the database.
    ///
    /// # Errors
    /// Python does not start.
    pub fn start(tools: &Tools, backend: &Path, beside: &Path, variable: (&str, &str)) -> Outcome<Self> {
        Process::start(tools, backend, &beside.join("state.py"), SCRIPT, variable).map(Self)
    }

    /// Looks once, as a file says.
    ///
    /// # Errors
    /// What is wrong, as Python says it.
    pub fn look(&mut self, order: &Path) -> Outcome {
        self.0.ask(&order.display().to_string())
    }
}
