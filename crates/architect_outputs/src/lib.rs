//! Turns the model into text for other programs. Nothing here reads a file or prints.

mod mermaid;

pub use mermaid::entity_diagram;
