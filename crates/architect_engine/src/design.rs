//! Reads design documents and PRDs from disk.

use std::fs;
use std::path::Path;

use architect_model::{Design, Location, Problem};

use crate::paths::relative;
use crate::{Failure, Result};

/// Documents above this size, in bytes, are refused: nobody has written them by hand.
const LARGEST_DOCUMENT: u64 = 8 * 1024 * 1024;

/// A document and what it says.
pub struct DesignDocument {
    /// Its path as messages name it: relative to the project where it lies in it.
    pub path: String,
    /// Whether it lies in the project: a plan rests on it then.
    pub in_project: bool,
    /// Its text.
    pub text: String,
    /// What it says.
    pub design: Design,
    /// Why it cannot be planned as it is.
    pub problems: Vec<Problem>,
}

/// Reads the document at `path`; `root` is the project it is meant for, if there is one.
///
/// # Errors
/// No such file, too large, or not UTF-8.
pub fn read_design(path: &Path, root: Option<&Path>) -> Result<DesignDocument> {
    let (name, in_project) = display_name(path, root);
    let size = fs::metadata(path).map_err(|error| Failure::io("read", path, &error))?.len();
    if size > LARGEST_DOCUMENT {
        let text = format!("`{name}` has {size} bytes; a document above {LARGEST_DOCUMENT} bytes is not read");
        return Err(Failure::new(text, "split it, or name the part with the data model"));
    }
    let bytes = fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(&name, &error))?;
    let (design, problems) = architect_design::read(&name, &text);
    Ok(DesignDocument { path: name, in_project, text, design, problems })
}

/// The name of a document in messages, and whether it lies in the project.
fn display_name(path: &Path, root: Option<&Path>) -> (String, bool) {
    let root = root.and_then(|root| root.canonicalize().ok());
    match (root, path.canonicalize()) {
        (Some(root), Ok(real)) if real.starts_with(&root) => (relative(&root, &real), true),
        _ => (path.display().to_string(), false),
    }
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Failure {
    let valid = error.utf8_error().valid_up_to();
    let lines = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count();
    let at = Location::line(name, u32::try_from(lines + 1).unwrap_or(u32::MAX));
    let help = Some("save the document as UTF-8".to_owned());
    Problem { text: format!("the document is not UTF-8: byte {valid} cannot be decoded"), help, at }.into()
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        vec![problem].into()
    }
}

/// Writes the text of an explicit design document to `path`.
///
/// # Errors
/// The disk refuses.
pub fn write_document(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| Failure::io("write", path, &error))
}

impl DesignDocument {
    /// The explicit design document that says the same.
    pub fn explicit(&self) -> String {
        architect_design::write(&self.design, &self.text)
    }
}
