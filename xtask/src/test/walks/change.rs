//! One change of a walk: how it is asked for, what comes of the document, and what it does to rows.

use std::collections::BTreeMap;

use architect_model::Design;
use serde::{Deserialize, Serialize};

/// A change.
pub struct Change {
    /// What kind of change it is.
    pub kind: &'static str,
    /// How it is asked for.
    pub way: Way,
    /// What the document of the code says afterwards.
    pub after: Design,
    /// What it does to rows on purpose.
    pub expected: Expected,
    /// The entity whose owner changes: its endpoints and rules follow as the program sees fit.
    pub moved: Option<String>,
}

/// How a change is asked for.
pub enum Way {
    /// By a command: its arguments.
    Command(Vec<String>),
    /// By the document as it shall be.
    Document,
}

/// What a change does to rows on purpose, in tables and columns as they are before it; `state.py` reads it.
#[derive(Default, Serialize)]
pub struct Expected {
    /// Columns that go.
    pub gone: Vec<String>,
    /// Columns that get another name.
    pub renamed: BTreeMap<String, String>,
    /// Columns whose values are written otherwise and say the same.
    pub retyped: Vec<String>,
    /// Columns whose rows without a value get one.
    pub filled: Vec<String>,
    /// Values that a column has no longer: its rows get another.
    pub outside: BTreeMap<String, Vec<String>>,
    /// How many keys of owners a table may lose.
    pub keys_go: BTreeMap<String, usize>,
    /// How many tables may go.
    pub tables_go: usize,
}

/// What is known of the code and of its database beside the document.
#[derive(Default, Deserialize)]
pub struct Facts {
    /// Each class that has a table.
    pub classes: BTreeMap<String, ClassFacts>,
    /// Method and full path of each endpoint.
    pub paths: Vec<String>,
    /// The last revision.
    pub head: Option<String>,
}

/// What is known of a class and its rows.
#[derive(Deserialize)]
pub struct ClassFacts {
    /// Its table.
    pub table: String,
    /// Its primary key.
    pub key: String,
    /// Its columns.
    pub columns: BTreeMap<String, ColumnFacts>,
}

/// What is known of the values of a column.
#[derive(Deserialize)]
pub struct ColumnFacts {
    /// Whether no two rows have the same.
    pub distinct: bool,
    /// Characters of the longest.
    pub longest: usize,
}

impl Facts {
    /// `table.column`.
    pub fn place(&self, class: &str, column: &str) -> String {
        let table = self.classes.get(class).map_or(class, |facts| facts.table.as_str());
        format!("{table}.{column}")
    }

    /// What is known of the values of a column.
    pub fn column(&self, class: &str, column: &str) -> Option<&ColumnFacts> {
        self.classes.get(class)?.columns.get(column)
    }
}
