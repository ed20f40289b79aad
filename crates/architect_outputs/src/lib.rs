//! Turns the model into text for other programs. Nothing here reads a file or prints.

mod handoff;
mod matrix;
mod mermaid;
mod openapi;
mod type_changes;
mod typescript;

pub use handoff::{handoff, markdown as handoff_markdown};
pub use matrix::matrix;
pub use mermaid::entity_diagram;
pub use openapi::{OpenApi, openapi};
pub use type_changes::{Became, TypeChange, type_changes};
pub use typescript::{BANNER as TYPESCRIPT_BANNER, Refused, typescript};
