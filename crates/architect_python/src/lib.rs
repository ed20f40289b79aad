//! All knowledge of Python: reads source into a [`Project`](architect_model::Project), writes modules, edits files.
//!
//! The crate touches no disk. The engine hands it [`Sources`], and an [`Installed`] that answers for packages.

mod api;
pub mod carry;
mod contract;
mod database;
pub mod edit;
mod format;
mod interpret;
mod read;
mod resolve;
mod source;
mod style;
mod syntax;
mod template;
mod uses;
mod write;

pub use contract::{Candidate, NoContract, read_contract};
pub use database::{Database, NoDatabase};
pub use read::{
    Migrated, ObjectFilter, read, read_and_leave, read_declared, read_history, read_migrated, read_tables,
    read_with_api, test_requests,
};
pub use source::{AlembicChoice, Installed, InstalledModule, NothingInstalled, SourceText, Sources};
pub use template::ProjectTemplate;
pub use uses::{Becomes, Conflict, Opened, Taken, Why, conflicts, refusals, uses};
pub use write::{
    Fill, NewRevision, TableChange, ValueNeeded, WrittenModules, revision_message, row_defaults, values_needed,
    write_change, write_merge, write_modules, write_revision, write_stages,
};
