//! The contract of an application: its routes as FastAPI sees them, and their types as Pydantic sees them.
//!
//! Both are read off the values of the [`Machine`](crate::interpret::Machine) that ran the program: what a decorator, a
//! parameter or a field of a class was given.

mod classes;
mod configuration;
mod fields;
mod json;
mod library;
mod lineage;
mod members;
mod types;

#[expect(unused_imports, reason = "routes are read next")]
use fields::{Declared, taken_apart};
#[expect(unused_imports, reason = "routes are read next")]
use types::Types;
