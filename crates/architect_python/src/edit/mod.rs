//! Minimal edits of Python files that people wrote: placed by syntax tree and tokens, all other bytes untouched.
//!
//! Each function takes a file's text and gives the new text. Asked for something that is there already, it gives the
//! text back unchanged. The result is parsed before it is given: an edit that would break the file is [`Refused`].
//!
//! ```ignore
//! let text = edit::add_import(&text, &NewImport::from("app.api.routes", "projects"), &style.format)?;
//! let text = edit::add_statement_after(&text, line, "api_router.include_router(projects.router)")?;
//! ```

mod class;
mod definition;
pub(crate) mod document;
mod entry;
mod import;
mod import_place;
pub(crate) mod listing;
mod relationship;
mod revises;
mod statement;

#[cfg(test)]
mod tests;

pub use class::{Member, add_member};
pub use definition::{add_definition, last_definition};
pub(crate) use document::Document;
pub use entry::add_entry;
pub use import::{NewImport, add_import};
pub(crate) use import::{module_of, put_import};
pub use relationship::{join_by, part, reaches};
pub use revises::follow;
pub use statement::add_statement_after;
pub(crate) use statement::put_statement_after;

use std::fmt;

/// Why an edit was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why, in one sentence.
    pub reason: String,
    /// Line of the text, counted from 1.
    pub line: u32,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}
