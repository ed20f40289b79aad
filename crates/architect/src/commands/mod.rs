//! One file a command: its arguments, whose comments are its help, and `run`.

pub mod apply;
pub mod check;
pub mod completions;
pub mod design;
pub mod edit;
pub mod finish;
pub mod handoff;
pub mod impact;
pub mod migrate;
pub mod new;
pub mod openapi;
pub mod plan;
pub mod schema;
pub mod schemas;
pub mod survey;
pub mod types;
