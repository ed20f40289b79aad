//! The database that revisions run on while they are read, for what they ask it.

use architect_model::{Answer, History, Inquiry, Location, MigrationOperation, Revision, Unknown};

/// A database that carries out what revisions do, and answers what they ask.
///
/// Two implementations: the engine's replays the operations; [`NoDatabase`] knows nothing.
pub trait Database: Send {
    /// The places of revisions in the order in which they run; their operations are not read yet.
    fn order(&self, history: &History) -> Vec<usize>;

    /// Makes it a database of a dialect on which these revisions have run, and nothing else.
    fn begin(&mut self, dialect: &str, done: &[Revision]);

    /// Carries out an operation.
    fn run(&mut self, operation: &MigrationOperation);

    /// Answers what is asked at a place.
    fn ask(&self, inquiry: &Inquiry, at: &Location) -> Answer;
}

/// A database of which nothing is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDatabase;

impl Database for NoDatabase {
    fn order(&self, history: &History) -> Vec<usize> {
        (0..history.revisions.len()).collect()
    }

    fn begin(&mut self, _dialect: &str, _done: &[Revision]) {}

    fn run(&mut self, _operation: &MigrationOperation) {}

    fn ask(&self, _inquiry: &Inquiry, at: &Location) -> Answer {
        Answer::Unknown(Unknown::new(at.clone(), "it depends on what the database holds"))
    }
}
