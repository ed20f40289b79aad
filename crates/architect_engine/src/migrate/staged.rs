//! A migration as a chain of revisions that a database in use survives.

use architect_model::{Location, Problem, Project};
use architect_python::{NewRevision, SourceText, TableChange, read_migrated, row_defaults, write_stages};
use architect_schema::Replay;
use architect_schema::compare::{Renames, Sides, compare};
use architect_schema::history::Graph;
use architect_schema::safety::Server;
use architect_schema::sql::Dialect;
use architect_schema::stages::{Change, Unstaged, stages};

use crate::config::read_settings;
use crate::replayed::ReplayedDatabase;
use crate::{Failure, Result, Workspace};

/// What becomes of a change that is to be safe.
pub(super) enum Staged {
    /// Revisions, a stage each.
    Chain(Vec<NewRevision>),
    /// There is no such chain.
    Impossible(Unstaged),
}

/// The revisions of a change, a stage each. Each is replayed, and must make the tables that its stage is to leave.
pub(super) fn write(
    workspace: &Workspace,
    project: &Project,
    change: &TableChange<'_>,
    renames: &Renames,
    message: &str,
) -> Result<Staged> {
    let version = read_settings(&workspace.root)?.postgresql.unwrap_or(Server::default().version);
    let defaults = row_defaults(project, change);
    let parts = stages(&Change { before: change.before, after: change.after, renames, defaults: &defaults, version });
    let parts = match parts {
        Ok(parts) => parts,
        Err(unstaged) => return Ok(Staged::Impossible(unstaged)),
    };
    let written = write_stages(&workspace.sources, project, change, &parts, message, crate::migration::now())?;
    let planned = written.iter().map(|(_, new)| SourceText::new(new.path.as_str(), new.text.as_str()));
    let (migrated, ()) = read_migrated(&workspace.sources.overlaid(planned), ReplayedDatabase::new(), |_| ());
    let mut replay = Replay::new(Dialect::Postgresql);
    let mut problems = Vec::new();
    for revision in Graph::new(&migrated.history)?.order() {
        revision.upgrade.iter().for_each(|operation| replay.apply(operation));
        let Some((kind, _)) = written.iter().find(|(_, new)| new.revision == revision.id) else { continue };
        let wanted = parts.iter().take_while(|part| part.kind <= *kind).filter_map(|part| part.states.last()).last();
        let Some(wanted) = wanted else { continue };
        let left = compare(&replay.schema(), wanted, &Renames::default(), Sides::MIGRATIONS_AND_MODELS);
        problems.extend(left.differences.into_iter().map(|difference| Problem {
            text: format!("the stage `{kind}` does not bring this about: {}", difference.text),
            help: Some(
                "Write the migration without `--safe`, and report it: the chain should have done it.".to_owned(),
            ),
            at: Location { file: revision.at.file.clone(), ..difference.at },
        }));
    }
    if problems.is_empty() {
        Ok(Staged::Chain(written.into_iter().map(|(_, new)| new).collect()))
    } else {
        Err(Failure::from(problems))
    }
}
