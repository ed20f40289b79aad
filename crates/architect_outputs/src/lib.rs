//! Turns the model into text for other programs. Nothing here reads a file or prints.

mod matrix;
mod mermaid;

pub use matrix::matrix;
pub use mermaid::entity_diagram;
