//! Reads TypeScript as far as uses of the API's types need it: types by name, references to them, members.
//!
//! The crate touches no disk, and does not infer types: what an expression is, it knows only where the code says so.

mod names;
mod shape;
mod token;
mod uses;

pub use names::{ApiNames, Endpoint};
pub use uses::uses;
