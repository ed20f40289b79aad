//! What is known of databases: schemas as SQL, the replay of revisions, their order, their safety.
//!
//! It knows the nouns only: [`architect_model::DatabaseSchema`], [`architect_model::History`].

pub mod compare;
pub mod history;
pub mod statement;
mod touched;

pub use touched::touched;
