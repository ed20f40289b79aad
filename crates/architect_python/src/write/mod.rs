//! Writes Python: new files in the house's style.

pub(crate) mod import_order;
pub(crate) mod imports;
mod registration;
mod respelled;
mod revision;
mod source;
mod text;
mod assembly;
mod asked;
mod borrowed;
mod code;
mod columns;
mod endpoints;
mod errors;
mod file;
mod habits;
mod house;
mod models;
mod module;
mod names;
mod place;
mod relations;
mod repository;
mod rules;
mod schemas;
mod select;
mod service;
mod signature;
mod store;
mod tests;
mod values;

pub use assembly::{WrittenModules, write_modules};
pub use revision::{Moment, NewRevision, write_revision};
