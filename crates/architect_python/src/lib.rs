//! All knowledge of Python: reads source into a [`Project`](architect_model::Project), writes modules, edits files.
//!
//! The crate touches no disk. The engine hands it [`Sources`], and an [`Installed`] that answers for packages.

mod source;

pub use source::{Installed, InstalledModule, NothingInstalled, SourceText, Sources};
