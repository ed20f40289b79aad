//! Small habits of the code: what could be written in several ways, and is written in one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Observed;

/// Small habits of the code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IdiomStyle {
    /// Whether a missing row is asked for by its truth, `if not item:`, and not by `if item is None:`.
    pub by_truth: Observed<bool>,
    /// Whether the key that ends an order goes down where what stands before it does.
    pub key_follows: Observed<bool>,
    /// Variables of the loop that changes a row: `for field, value in …: setattr(item, field, value)`.
    pub loop_variables: Observed<(String, String)>,
    /// Variable that holds the converted rows before the page is made, with `{entities}`; none where the call of the page
    /// converts them.
    pub rows_variable: Observed<Option<String>>,
    /// Variable that holds what was sent before the row is changed, with `{entity}`: `update_dict`; none where the change
    /// takes it directly.
    pub changes_variable: Observed<Option<String>>,
    /// Variable of a second query that counts what the first one lists: `count_statement`; none where the rows of the
    /// first are counted.
    pub count_variable: Observed<Option<String>>,
    /// Whether an empty line stands between the statements that make a query and the one that runs it.
    pub blank_before_run: Observed<bool>,
    /// Whether a `try` around what may break a constraint holds that one statement alone.
    pub stores_alone: Observed<bool>,
}

impl Default for IdiomStyle {
    fn default() -> Self {
        Self {
            by_truth: Observed::default(),
            key_follows: Observed::default(),
            loop_variables: Observed::assumed(("field".to_owned(), "value".to_owned())),
            rows_variable: Observed::default(),
            changes_variable: Observed::default(),
            count_variable: Observed::default(),
            blank_before_run: Observed::default(),
            stores_alone: Observed::default(),
        }
    }
}
