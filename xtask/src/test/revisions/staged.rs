//! Changes as chains of revisions that a database in use survives.

use std::fs;
use std::path::Path;

use architect_model::{RevisionSafety, StageKind};
use architect_python::{
    NewRevision, NoDatabase, TableChange, read_migrated, row_defaults, values_needed, write_stages,
};
use architect_schema::Replay;
use architect_schema::compare::Renames;
use architect_schema::history::Graph;
use architect_schema::safety::{Server, findings};
use architect_schema::sql::Dialect;
use architect_schema::stages::{Change, stages};
use serde_json::json;

use super::case::{Case, queries};
use super::house::{ENV, House, change, project, replayed, written};
use crate::tools::Outcome;

/// A case as a chain of revisions.
pub struct Staged {
    before: String,
    after: String,
    first: NewRevision,
    /// The revisions in the order in which they run.
    pub chain: Vec<(StageKind, NewRevision)>,
    /// What is not safe of them.
    findings: Vec<RevisionSafety>,
}

impl Staged {
    /// The kinds of what is not safe.
    pub fn kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> =
            self.findings.iter().flat_map(|one| &one.findings).map(|finding| finding.kind.to_string()).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }
}

impl House {
    /// The chain of a case; none where a value is needed that nobody gives.
    ///
    /// # Errors
    /// A revision cannot be written, or the chain does not make what the models declare.
    pub fn staged(&self, case: &Case) -> Outcome<Option<Staged>> {
        let (old, new) = case.conventions.unwrap_or((self.convention, self.convention));
        let (before, after) = (self.models(&case.before, old), self.models(&case.after, new));
        let mut files = self.files();
        let old = project(&files, &before);
        let first = written(&old, &change(&[], &old.1.tables));
        let first = first.map_err(|told| told.join("; "))?.ok_or("no first revision")?;
        files.push((first.path.clone(), first.text.clone()));
        let new = project(&files, &after);
        let renames = Renames { tables: case.renamed_tables(), columns: case.renamed_columns() };
        let fill = case.fills();
        let change = TableChange {
            renamed_tables: &renames.tables,
            renamed_columns: &renames.columns,
            fill: &fill,
            ..change(&old.1.tables, &new.1.tables)
        };
        if !values_needed(&new.1, &change).is_empty() {
            return Ok(None);
        }
        let defaults = row_defaults(&new.1, &change);
        let (tables, renames, version) = ((change.before, change.after), &renames, Server::default().version);
        let parts = stages(&Change { before: tables.0, after: tables.1, renames, defaults: &defaults, version });
        let Ok(parts) = parts else { return Ok(None) };
        let now = "2026-01-02T03:04:05".parse().map_err(|error| format!("{error}"))?;
        let chain = write_stages(&new.0, &new.1, &change, &parts, "change", now);
        let chain = chain.map_err(|told| told.into_iter().map(|one| one.text).collect::<Vec<_>>().join("; "))?;
        files.extend(chain.iter().map(|(_, new)| (new.path.clone(), new.text.clone())));
        replayed(&files, &after, &new.1.tables)?;
        let findings = judged(&files, &after, &chain)?;
        Ok(Some(Staged { before, after, first, chain, findings }))
    }

    /// Writes a chain for the runner.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_staged(&self, root: &Path, case: &Case, staged: &Staged) -> Outcome {
        let mut settings = case.settings(self.batch, self.is_enforced(), None);
        let chain = staged.chain.iter().map(|(kind, new)| {
            json!({
                "kind": kind.to_string(),
                "revision": new.revision,
                "sql": new.sql,
                "autocommit": kind.is_autocommit(),
                "finds": queries(new),
            })
        });
        settings["chain"] = chain.collect();
        settings["findings"] = staged.kinds().into();
        settings["mends"] = case.noted("mend").collect();
        settings["old"] = case.noted("old").collect();
        settings["new"] = case.noted("new").collect();
        let settings = settings.to_string();
        let mut files = vec![
            ("alembic.ini", "[alembic]\nscript_location = migrations\n"),
            ("migrations/env.py", ENV),
            ("before.py", &staged.before),
            ("after.py", &staged.after),
            ("case.json", &settings),
            (&staged.first.path, &staged.first.text),
        ];
        files.extend(staged.chain.iter().map(|(_, new)| (new.path.as_str(), new.text.as_str())));
        for (path, text) in files {
            let path = root.join(self.name).join(case.slug()).join(path);
            let folder = path.parent().unwrap_or(root);
            fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// What is not safe of the revisions of a chain.
fn judged(
    files: &[(String, String)],
    models: &str,
    chain: &[(StageKind, NewRevision)],
) -> Outcome<Vec<RevisionSafety>> {
    let migrated = read_migrated(&project(files, models).0, NoDatabase, |_| ()).0;
    let graph = Graph::new(&migrated.history).map_err(|problems| problems[0].text.clone())?;
    let mut replay = Replay::new(Dialect::Postgresql);
    let mut judged = Vec::new();
    for revision in graph.order() {
        let found = findings(revision, &mut replay, Server::default());
        if chain.iter().any(|(_, new)| new.revision == revision.id) {
            let (message, at) = (revision.message.clone(), revision.at.clone());
            judged.push(RevisionSafety { revision: revision.id.clone(), message, findings: found, at });
        }
    }
    Ok(judged)
}
