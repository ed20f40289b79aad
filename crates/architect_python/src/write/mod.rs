//! Writes Python: new files in the house's style.

mod asked;
mod assembly;
mod borrowed;
mod code;
mod columns;
mod endpoints;
mod errors;
mod file;
mod habits;
mod house;
pub(crate) mod import_order;
pub(crate) mod imports;
mod models;
mod module;
mod names;
mod place;
mod registration;
mod relations;
mod repository;
mod respelled;
mod revision;
mod rules;
mod schemas;
mod select;
mod service;
mod signature;
mod source;
mod store;
mod tests;
mod text;
mod unit;
mod values;
mod verify;

pub use assembly::{WrittenModules, write_modules};
pub use revision::{Moment, NewRevision, write_revision};
