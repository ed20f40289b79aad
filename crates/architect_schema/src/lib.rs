//! What is known of databases: schemas as SQL, the replay of revisions, their order, their safety.
//!
//! It knows the nouns only: [`architect_model::DatabaseSchema`], [`architect_model::History`].

mod clash;
pub mod compare;
mod dbml;
mod describe;
mod described;
mod document;
pub mod history;
mod mappers;
mod reflect;
mod replay;
mod restore;
pub mod safety;
pub mod sql;
pub mod stages;
pub mod statement;
mod text;
mod touched;
mod truncated;

pub use clash::{Clash, clashes, may_touch_anything};
pub use dbml::dbml;
pub use describe::in_words;
pub use described::document;
pub use document::*;
pub use reflect::answer;
pub use replay::{Replay, replay};
pub use restore::{NotRestored, not_restored};
pub use text::text;
pub use touched::touched;
