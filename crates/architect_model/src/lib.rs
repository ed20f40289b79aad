//! The nouns of backend architecture: plain data, read by many readers and written by many writers.
//!
//! [`Project`] is what the code says, [`Design`] what a document says, [`Plan`] what would change.
//! Nothing here reads a file, knows Python's grammar or prints.

mod api;
mod check;
mod column;
mod column_type;
mod constraint;
pub mod contract;
mod database_schema;
mod design;
mod design_edit;
mod difference;
mod endpoint;
mod fragments;
mod handler;
mod handoff;
mod impact;
mod inquiry;
mod known;
mod membership;
mod module_design;
mod names;
mod operation_design;
mod order;
mod plan;
mod project;
mod revision;
mod safety;
pub mod sample;
mod span;
mod stage;
mod style;
mod table;
mod words;

pub use api::*;
pub use check::*;
pub use column::*;
pub use column_type::*;
pub use constraint::*;
pub use database_schema::*;
pub use design::*;
pub use design_edit::*;
pub use difference::*;
pub use endpoint::*;
pub use handler::*;
pub use handoff::*;
pub use impact::*;
pub use inquiry::*;
pub use known::*;
pub use membership::*;
pub use module_design::*;
pub use names::*;
pub use operation_design::*;
pub use order::*;
pub use plan::*;
pub use project::*;
pub use revision::*;
pub use safety::*;
pub use span::*;
pub use stage::*;
pub use style::*;
pub use table::*;
pub use words::*;

/// The version of every JSON document that the program writes; raised when a field changes meaning.
pub const FORMAT: u32 = 1;
