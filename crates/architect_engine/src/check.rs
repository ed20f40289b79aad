//! Checks design documents against the code.

use std::path::{Path, PathBuf};

use architect_model::{Check, FORMAT, Problem};

use crate::config::read_settings;
use crate::{DesignDocument, Failure, Result, Workspace, read_design};

/// The documents to check: those that are named, else those that the settings list.
///
/// # Errors
/// No document is named, and the settings list none.
pub fn documents(root: &Path, named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let listed = read_settings(root)?.documents;
    if listed.is_empty() {
        return Err(Failure::new(
            "no design document is named",
            "name one: `architect check DESIGN.md`; or list them: `documents = [\"docs/projects.md\"]` under `[tool.architect]`",
        ));
    }
    Ok(listed.iter().map(|path| root.join(path)).collect())
}

/// What [`check_documents`] gives: the result, or the first document that cannot be used with its problems.
pub type Checked = std::result::Result<Check, (DesignDocument, Vec<Problem>)>;

/// Checks documents against the code: differences, and requirements with what meets them.
///
/// # Errors
/// The folder holds no FastAPI project, or a document cannot be read.
pub fn check_documents(workspace: &Workspace, paths: &[PathBuf]) -> Result<Checked> {
    let project = workspace.fastapi_project()?;
    let requests = architect_python::test_requests(&workspace.sources);
    let mut check = Check { format: FORMAT, documents: Vec::new() };
    for path in paths {
        let document = read_design(path, Some(&workspace.root))?;
        if !document.problems.is_empty() {
            let problems = document.problems.clone();
            return Ok(Err((document, problems)));
        }
        let mut found = architect_plan::check(&document.design, &project, &requests);
        found.document = document.path;
        check.documents.push(found);
    }
    Ok(Ok(check))
}
