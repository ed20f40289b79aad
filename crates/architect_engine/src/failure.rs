//! Why a command cannot do its work: exit code 2, nothing written.

use std::fmt;
use std::io;
use std::path::Path;

use architect_model::{Location, Problem};

/// The result of an engine call.
pub type Result<T> = std::result::Result<T, Failure>;

/// One or more reasons why nothing was done; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The reasons, in order of place.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What is wrong, and why.
    pub text: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where, if it has a place in a file.
    pub at: Option<Location>,
}

impl Failure {
    /// A failure with one reason and the next step.
    pub fn new(text: impl Into<String>, help: impl Into<String>) -> Self {
        Self { reasons: vec![Reason { text: text.into(), help: Some(help.into()), at: None }] }
    }

    /// A failure of the operating system on a path.
    pub fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        let text = format!("cannot {doing} `{}`: {error}", path.display());
        Self::new(text, next_step(error.kind()))
    }
}

/// What to do about what the operating system says.
fn next_step(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "check the path; it is taken from the folder in which the command runs",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "run it as a user who may do that, or change the permissions"
        }
        io::ErrorKind::IsADirectory => "name a file, not a folder",
        io::ErrorKind::NotADirectory => "name a folder, not a file",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk, and run it again",
        io::ErrorKind::InvalidData => "save the file as UTF-8, and run it again",
        _ => "run it again; `--help` tells what the command needs",
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        let reason = |problem: Problem| Reason { text: problem.text, help: problem.help, at: Some(problem.at) };
        Self { reasons: problems.into_iter().map(reason).collect() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, reason) in self.reasons.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            if let Some(at) = &reason.at {
                write!(f, "{at}: ")?;
            }
            write!(f, "{}", reason.text)?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
