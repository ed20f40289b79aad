//! From a design and a project to a plan.

use architect_model::{Plan, Problem};

use crate::{DesignDocument, Result, Workspace};

/// Plans the document in the project.
///
/// # Errors
/// The folder holds no FastAPI project.
pub fn plan(workspace: &Workspace, document: &DesignDocument) -> Result<Plan> {
    let _project = workspace.fastapi_project()?;
    let problems: Vec<Problem> = document.problems.clone();
    Ok(Plan { problems, ..Plan::default() })
}
