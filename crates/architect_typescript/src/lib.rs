//! Reads TypeScript as far as uses of the API's types need it: types by name, references to them, members; and which
//! document a generator of clients reads.
//!
//! The crate touches no disk, and does not infer types: what an expression is, it knows only where the code says so.

mod generator;
mod names;
mod shape;
mod token;
mod uses;

pub use generator::{GeneratorInput, generator_inputs};
pub use names::{ApiNames, Endpoint};
pub use uses::uses;
