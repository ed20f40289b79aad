//! Plans: resolves a design against a project, so that writers need decide nothing any more.
//!
//! [`resolve`] takes what a document says and what the code shows and gives modules complete in every detail. It reads
//! no file and knows no Python grammar; what it cannot decide is a question with the answer that was taken, and what
//! contradicts the code is a problem.

mod access;
mod clashes;
mod columns;
mod constraints;
mod endpoints;
mod enums;
mod links;
mod names;
mod notes;
mod order;
mod paths;
mod references;
mod resolve;
mod routers;
mod schemas;
#[cfg(test)]
mod tests;
mod world;

pub use resolve::resolve;
