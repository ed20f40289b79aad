//! The history of migrations, and the database that it builds.

use architect_model::{DatabaseSchema, History};
use architect_schema::history::Graph;
use architect_schema::replay;
use architect_schema::sql::Dialect;

use crate::Result;

/// The database that the revisions build, up to their heads.
///
/// # Errors
/// The revisions have no order: a file is broken, a parent is missing, two have one identifier, or they go in a circle.
pub(crate) fn built(history: &History) -> Result<DatabaseSchema> {
    let graph = Graph::new(history)?;
    Ok(replay(Dialect::Postgresql, graph.order().iter().flat_map(|revision| &revision.upgrade)))
}
