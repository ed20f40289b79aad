//! The only crate that touches the disk: finds a project, reads it, plans, applies, creates.
//!
//! Every function returns what it found or a [`Failure`]; nothing is printed. User code never makes a call
//! fail: what cannot be read is an `Unknown` of the project.

mod apply;
mod changes;
mod check;
mod claim;
mod client_scripts;
mod client_types;
mod config;
mod contract;
mod contradicted;
mod database;
mod design;
mod discover;
mod entered;
mod environment;
mod failure;
mod git;
mod handoff;
mod history;
mod impact;
mod joins;
mod journal;
mod live;
mod load;
mod migrate;
mod migration;
mod new;
mod openapi_document;
mod paths;
mod plan;
mod refused;
mod remaining;
mod replayed;
mod revisions;
mod safety;
mod schema;
mod unmet;
mod unsaid;

pub use apply::{Applied, apply, check_plan, read_plan, write_plan};
pub use architect_schema::compare::PossibleRename;
pub use check::{Checked, check_documents, documents};
pub use client_types::{ClientTypes, Generator, client_types};
pub use contract::contract;
pub use design::{DesignDocument, describe_code, read_design, read_endpoint, read_field, write_document};
pub use discover::find_root;
pub use failure::{Failure, Reason, Result};
pub use handoff::ApiPart;
pub use history::{history, schema_at};
pub use impact::impact;
pub use journal::{finish_journal, recover};
pub use live::live_drift;
pub use load::Workspace;
pub use migrate::{Drops, Migration, MigrationRequest, drift, dropped, migrate};
pub use migration::RowValue;
pub use new::{NewProject, create_project};
pub use openapi_document::{read_openapi, write_file, written};
pub use plan::{plan, plan_edit};
pub use revisions::{Branch, BranchRevision, Heads, heads, merge_heads, rebase};
pub use safety::{Judged, safety, verify};
pub use schema::declared_schema;
