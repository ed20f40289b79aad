//! Plans: resolves a design against a project, so that writers need decide nothing any more.
//!
//! [`resolve`] takes what a document says and what the code shows and gives modules complete in every detail. It reads
//! no file and knows no Python grammar; what it cannot decide is a question with the answer that was taken, and what
//! contradicts the code is a problem. [`compare`] gives the differences between a design and code that exists.

mod access;
mod change;
mod check;
mod clashes;
mod code;
mod columns;
mod compare;
mod constraints;
mod endpoints;
mod enums;
mod existing;
mod links;
mod members;
mod modules;
mod names;
mod notes;
mod order;
mod paths;
mod references;
mod resolve;
mod routers;
mod schemas;
mod shown;
#[cfg(test)]
mod tests;
mod types;
mod within;
mod world;

pub use change::{Refused, behind_path, edited, entity, renamed, resolve_change};
pub use check::check;
pub use code::{condensed, contradictions, describe};
pub use compare::{Difference, DifferenceKind, compare};
pub use resolve::{resolve, resolve_with};
pub use types::is_stored_as;
