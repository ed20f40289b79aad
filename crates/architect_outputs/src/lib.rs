//! Turns the model into text for other programs. Nothing here reads a file or prints.

mod handoff;
mod matrix;
mod mermaid;

pub use handoff::{handoff, markdown as handoff_markdown};
pub use matrix::matrix;
pub use mermaid::entity_diagram;
