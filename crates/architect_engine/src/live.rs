//! Models, migrations and a live database, three ways.

use std::env;
use std::sync::Arc;

use architect_model::{Comparisons, DatabaseSchema, FORMAT, LiveDrift, Revision, Table};
use architect_schema::compare::{Comparison, Renames, Sides, compare};
use architect_schema::history::Graph;
use architect_schema::replay;
use architect_schema::sql::Dialect;

use crate::database::dump;
use crate::migrate::{drift_of_models, models, read};
use crate::{Failure, Result, Workspace};

/// What models, migrations and the database at `url` have differently. The database is only read.
///
/// # Errors
/// The database cannot be read, no migrations are found, or it is at a revision that the project does not have.
pub fn live_drift(workspace: &Workspace, url: &str) -> Result<LiveDrift> {
    let found = dump(url, &env::current_dir().unwrap_or_default())?;
    let (migrated, built) = read(workspace)?;
    let graph = Graph::new(&migrated.history)?;
    let models = models(&migrated);
    let database = found.schema();
    let at = revisions_at(&graph, found.revisions.as_deref())?;
    let done = graph.upgrade_order(&at);
    let is_done = |revision: &&&Revision| done.iter().any(|known| known.id == revision.id);
    let pending = graph.order().iter().filter(|revision| !is_done(revision)).map(|one| one.id.clone()).collect();
    let past = replay(found.dialect, done.iter().flat_map(|revision| &revision.upgrade));
    let with = |sides: Sides| Sides { dialect: found.dialect, ..sides };
    let beside_models = compare(&database, &models, &Renames::default(), with(Sides::DATABASE_AND_MODELS));
    Ok(LiveDrift {
        format: FORMAT,
        migrations: drift_of_models(&migrated, &built, &models),
        revisions: found.revisions,
        pending,
        database: beside_migrations(&database, &past, found.dialect),
        models: comparisons(beside_models),
    })
}

/// The revisions that the database says it is at.
fn revisions_at<'h>(graph: &Graph<'h>, ids: Option<&[String]>) -> Result<Vec<&'h Revision>> {
    let mut found = Vec::new();
    for id in ids.unwrap_or_default() {
        let revision = graph.revisions().iter().find(|revision| revision.id == *id).ok_or_else(|| {
            Failure::new(
                format!("the database is at revision `{id}`, which is not among the revisions of the project"),
                "bring the branch that has it, or point `--db` at another database",
            )
        })?;
        found.push(*revision);
    }
    Ok(found)
}

/// The database beside what its revisions build; what they leave in doubt is in doubt here too.
fn beside_migrations(database: &DatabaseSchema, past: &DatabaseSchema, dialect: Dialect) -> Comparisons {
    let doubts = database.doubts.iter().chain(&past.doubts).cloned().collect();
    let database = DatabaseSchema { doubts, ..database.clone() };
    let tables: Vec<Arc<Table>> = past.tables.clone();
    let sides = Sides { dialect, ..Sides::DATABASE_AND_MIGRATIONS };
    comparisons(compare(&database, &tables, &Renames::default(), sides))
}

fn comparisons(found: Comparison) -> Comparisons {
    Comparisons { differences: found.differences, uncertain: found.uncertain }
}
