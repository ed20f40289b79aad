//! The contract of an application: its routes as FastAPI sees them, and their types as Pydantic sees them.
//!
//! Both are read off the values of the [`Machine`](crate::interpret::Machine) that ran the program: what a decorator, a
//! parameter or a field of a class was given.

mod application;
mod body;
mod classes;
mod configuration;
mod dependants;
mod fields;
mod forms;
mod identifiers;
mod json;
mod library;
mod lineage;
mod members;
mod metadata;
mod parameters;
mod responses;
mod routes;
mod said;
mod security;
mod shapes;
mod signature;
mod streams;
mod types;

pub use application::{Candidate, NoContract, read_contract};
