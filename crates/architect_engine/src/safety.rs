//! Whether revisions are safe on a database in use, and whether they can be taken back.

use architect_model::{
    FORMAT, Location, Revision, RevisionSafety, Risk, SafetyFinding, SafetyReport, Touched, Unreturned, VerifyReport,
};
use architect_python::Migrated;
use architect_schema::history::Graph;
use architect_schema::safety::{Server, findings, say_timeout_once};
use architect_schema::sql::Dialect;
use architect_schema::{Replay, not_restored, touched};

use crate::config::read_settings;
use crate::git::{MainBranch, Standing};
use crate::revisions::{edited, migrated};
use crate::{Failure, Result, Workspace};

/// Which revisions are judged.
#[derive(Debug, Clone)]
pub enum Judged {
    /// Those that are not on the main branch in git as they are here; all where there is no main branch.
    New,
    /// All.
    All,
    /// Those of these names.
    Named(Vec<String>),
}

/// What revisions do that is not safe on a PostgreSQL in use.
///
/// # Errors
/// No migrations are found, they have no order, or a name means none.
pub fn safety(workspace: &Workspace, judged: &Judged) -> Result<SafetyReport> {
    let migrated = migrated(workspace)?;
    let history = &migrated.history;
    let graph = Graph::new(history)?;
    let main = MainBranch::find(&workspace.root);
    let ids = chosen(workspace, &graph, judged, main.as_ref())?;
    let server = server(workspace, &migrated)?;
    let mut revisions = judge(&graph, &ids, server);
    say_timeout_once(&mut revisions);
    let edited = main.as_ref().map(|main| edited(workspace, history, main)).unwrap_or_default();
    Ok(SafetyReport { format: FORMAT, revisions, edited })
}

/// What planned revisions do that is not safe on PostgreSQL, replayed in their history.
pub(crate) fn risks(workspace: &Workspace, migrated: &Migrated, ids: &[String]) -> Result<Vec<Risk>> {
    let mut judged = judge(&Graph::new(&migrated.history)?, ids, server(workspace, migrated)?);
    say_timeout_once(&mut judged);
    let risk = |finding: SafetyFinding| Risk {
        text: format!(
            "{}: {}. How long: {}. Safe: {}",
            finding.kind,
            finding.text,
            finding.lasts,
            finding.recipe.join("; ")
        ),
        at: Some(finding.at),
    };
    Ok(judged.into_iter().flat_map(|revision| revision.findings).map(risk).collect())
}

fn judge(graph: &Graph<'_>, ids: &[String], server: Server) -> Vec<RevisionSafety> {
    let mut replay = Replay::new(Dialect::Postgresql);
    let mut judged = Vec::new();
    for revision in graph.order() {
        if ids.contains(&revision.id) {
            judged.push(RevisionSafety {
                revision: revision.id.clone(),
                message: revision.message.clone(),
                findings: findings(revision, &mut replay, server),
                at: revision.at.clone(),
            });
        } else {
            revision.upgrade.iter().for_each(|operation| replay.apply(operation));
        }
    }
    judged
}

fn chosen(workspace: &Workspace, graph: &Graph<'_>, judged: &Judged, main: Option<&MainBranch>) -> Result<Vec<String>> {
    let all = || graph.revisions().iter().map(|revision| revision.id.clone()).collect();
    match (judged, main) {
        (Judged::All, _) | (Judged::New, None) => Ok(all()),
        (Judged::New, Some(main)) => {
            let paths: Vec<&str> = graph.revisions().iter().map(|revision| &*revision.at.file).collect();
            let standings = main.standings(&workspace.root, &paths);
            let new = graph.revisions().iter().zip(standings).filter(|(_, standing)| *standing != Standing::Merged);
            Ok(new.map(|(revision, _)| revision.id.clone()).collect())
        }
        (Judged::Named(names), _) => {
            let mut ids = Vec::new();
            for name in names {
                let found = graph.resolve(name).map_err(|unresolved| Failure::new(unresolved.text, unresolved.help))?;
                ids.extend(found.into_iter().map(|revision| revision.id.clone()));
            }
            Ok(ids)
        }
    }
}

/// The PostgreSQL that the settings name, and what `env.py` gives its connections.
fn server(workspace: &Workspace, migrated: &Migrated) -> Result<Server> {
    let lock_timeout = migrated.lock_timeout;
    let default = Server::default();
    Ok(Server { version: read_settings(&workspace.root)?.postgresql.unwrap_or(default.version), lock_timeout })
}

/// The revisions whose `downgrade()` does not take back what `upgrade()` does.
///
/// # Errors
/// No migrations are found, or they have no order.
pub fn verify(workspace: &Workspace) -> Result<VerifyReport> {
    let migrated = migrated(workspace)?;
    let graph = Graph::new(&migrated.history)?;
    let mut replay = Replay::new(Dialect::Postgresql);
    let mut report = VerifyReport { format: FORMAT, ..VerifyReport::default() };
    for revision in graph.order() {
        let before = replay.schema();
        revision.upgrade.iter().for_each(|operation| replay.apply(operation));
        report.checked += 1;
        let Some(downgrade) = &revision.downgrade else {
            let text = "it has no `downgrade()`".to_owned();
            report.unreturned.push(unreturned(revision, text, revision.at.clone()));
            continue;
        };
        let mut back = replay.clone();
        downgrade.iter().for_each(|operation| back.apply(operation));
        let known = before.doubts.len();
        let after = back.schema();
        for doubt in after.doubts.iter().skip(known) {
            let text = format!("cannot be told: {}", doubt.unknown.reason);
            let one = unreturned(revision, text, doubt.unknown.at.clone());
            if !report.uncertain.contains(&one) {
                report.uncertain.push(one);
            }
        }
        for one in not_restored(&before, &after) {
            report.unreturned.push(unreturned(revision, one.text, place(revision, &one.object)));
        }
    }
    Ok(report)
}

fn unreturned(revision: &Revision, text: String, at: Location) -> Unreturned {
    Unreturned { revision: revision.id.clone(), text, at }
}

/// The operation of `upgrade()` that an object has to do with.
fn place(revision: &Revision, object: &Touched) -> Location {
    let touches =
        |touched: &Touched| touched == object || touched.table().is_some() && touched.table() == object.table();
    let exact = revision.upgrade.iter().find(|operation| touched(&operation.kind).contains(object));
    let near = || revision.upgrade.iter().find(|operation| touched(&operation.kind).iter().any(touches));
    exact.or_else(near).map_or_else(|| revision.at.clone(), |operation| operation.at.clone())
}
