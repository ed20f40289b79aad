//! Where something stands in a source file.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in a file of the project: what every finding, unknown and assumption points at.
///
/// `file` is relative to the project root, with `/` between its parts. `line` and `column` count from 1,
/// columns in characters. `start` and `end` are byte offsets into the file; both are 0 where only a line is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Path relative to the project root.
    pub file: Arc<str>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    #[serde(default)]
    pub column: u32,
    /// Byte offset of the first byte.
    #[serde(skip)]
    pub start: u32,
    /// Byte offset behind the last byte.
    #[serde(skip)]
    pub end: u32,
}

impl Location {
    /// The place where only the line is known, or matters.
    pub fn line(file: impl Into<Arc<str>>, line: u32) -> Self {
        Self { file: file.into(), line, column: 1, start: 0, end: 0 }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
