//! Writes the revision that joins several heads.

use architect_model::{Problem, Project};
use jiff::civil::DateTime;

use super::alembic::Body;
use super::{NewRevision, RevisionFile, identity};
use crate::Sources;

/// Writes the revision that follows all of `heads` and does nothing else, as `alembic merge` does, in the conventions of
/// the project. `Ok(None)`: the project keeps no migrations.
///
/// # Errors
/// The file cannot be written with certainty.
pub fn write_merge(
    sources: &Sources,
    project: &Project,
    heads: &[&str],
    message: &str,
    now: DateTime,
) -> Result<Option<NewRevision>, Vec<Problem>> {
    let style = &project.style.migrations;
    let Some(versions) = style.versions.as_deref() else { return Ok(None) };
    let body = Body { upgrade: String::new(), downgrade: String::new(), imports: Vec::new() };
    // Numbers go on from the greatest.
    let greatest = heads.iter().copied().max_by_key(|head| head.parse::<u64>().unwrap_or_default());
    let joined = heads.join(" ");
    let is_number = greatest.is_some_and(|head| head.parse::<u64>().is_ok());
    let revision = identity::revision(style, if is_number { greatest } else { Some(&joined) }, message, &body);
    let file = RevisionFile { revision: &revision, follows: heads, message, note: None, now };
    let (path, text, remarks) = file.write(sources, project, versions, body)?;
    Ok(Some(NewRevision { path, text, revision, sql: Vec::new(), remarks, losses: Vec::new() }))
}
