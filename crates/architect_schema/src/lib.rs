//! What is known of databases: schemas as SQL, the replay of revisions, their order, their safety.
//!
//! It knows the nouns only: [`architect_model::DatabaseSchema`], [`architect_model::History`].

pub mod compare;
mod dbml;
mod described;
mod document;
pub mod history;
mod mappers;
mod replay;
pub mod sql;
pub mod statement;
mod text;
mod touched;

pub use dbml::dbml;
pub use described::document;
pub use document::*;
pub use replay::{Replay, replay};
pub use text::text;
pub use touched::touched;
