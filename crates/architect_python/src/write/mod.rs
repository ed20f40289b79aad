//! Writes Python: new files in the house's style.

mod asked;
mod assembly;
mod borrowed;
mod change;
mod code;
mod collaborators;
mod columns;
mod deletion;
mod endpoints;
mod errors;
mod file;
mod hidden;
mod house;
pub(crate) mod import_order;
pub(crate) mod imports;
mod made;
mod models;
mod module;
mod names;
mod naming;
mod others;
mod paging;
mod place;
mod registration;
mod relations;
mod relatives;
mod repository;
mod respelled;
mod revision;
mod rules;
mod schemas;
pub(crate) mod scope;
mod select;
mod service;
mod signature;
mod source;
mod store;
mod tests;
pub(crate) mod text;
mod unit;
mod user;
mod values;
mod verify;
mod ways;

pub use assembly::{WrittenModules, write_modules};
pub use change::write_change;
pub use revision::{
    Fill, NewRevision, TableChange, ValueNeeded, revision_message, row_defaults, values_needed, write_merge,
    write_revision, write_stages,
};
