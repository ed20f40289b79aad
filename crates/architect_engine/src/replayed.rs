//! The database that revisions run on while they are read: the replay of those before them.

use architect_model::{Answer, History, Inquiry, Location, MigrationOperation, Revision};
use architect_python::Database;
use architect_schema::history::Graph;
use architect_schema::sql::Dialect;
use architect_schema::{Replay, answer};

/// A database that is replayed as far as it is asked.
pub(crate) struct ReplayedDatabase {
    /// The revisions that come first, as they are named; the others follow.
    target: Option<String>,
    /// What the revisions have built so far, by dialect, and how many have run.
    built: [(Dialect, Replay, usize); 2],
    /// The database that is asked.
    current: Replay,
}

impl ReplayedDatabase {
    /// An empty database that is upgraded to all heads.
    pub(crate) fn new() -> Self {
        let empty = |dialect| (dialect, Replay::new(dialect), 0);
        let built = [empty(Dialect::Postgresql), empty(Dialect::Sqlite)];
        Self { target: None, built, current: Replay::new(Dialect::Postgresql) }
    }

    /// One that is upgraded to the revision of this name first.
    pub(crate) fn to(name: &str) -> Self {
        Self { target: Some(name.to_owned()), ..Self::new() }
    }
}

impl Database for ReplayedDatabase {
    fn order(&self, history: &History) -> Vec<usize> {
        let Ok(graph) = Graph::new(history) else { return Vec::new() };
        let first = self.target.as_ref().and_then(|name| graph.resolve(name).ok()).unwrap_or_default();
        let ordered = graph.upgrade_order(&first).into_iter().chain(graph.order());
        let place = |revision: &Revision| history.revisions.iter().position(|known| std::ptr::eq(known, revision));
        ordered.filter_map(place).collect()
    }

    /// A history for MySQL is read as for PostgreSQL: it is not replayed.
    fn begin(&mut self, dialect: &str, done: &[Revision]) {
        let wanted = if dialect == "sqlite" { Dialect::Sqlite } else { Dialect::Postgresql };
        for (dialect, replay, count) in &mut self.built {
            if *dialect == wanted {
                let new = done.get(*count..).unwrap_or_default();
                new.iter().flat_map(|revision| &revision.upgrade).for_each(|operation| replay.apply(operation));
                *count = done.len();
                self.current = replay.clone();
            }
        }
    }

    fn run(&mut self, operation: &MigrationOperation) {
        self.current.apply(operation);
    }

    fn ask(&self, inquiry: &Inquiry, at: &Location) -> Answer {
        answer(&self.current, inquiry, at)
    }
}
