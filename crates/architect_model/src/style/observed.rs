//! A choice that the code shows, and how clearly.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Location;

/// A choice that the code shows, and how clearly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Observed<T> {
    /// What most of the code does.
    pub value: T,
    /// How many places do it so.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// A place that shows it; none where nothing in the code does and the value is the brief's.
    pub example: Option<Location>,
}

impl<T> Observed<T> {
    /// A choice that no code shows: the brief's own.
    pub fn assumed(value: T) -> Self {
        Self { value, count: 0, of: 0, example: None }
    }

    /// Whether any code shows it.
    pub fn is_seen(&self) -> bool {
        self.count > 0
    }
}

impl<T: Default> Default for Observed<T> {
    fn default() -> Self {
        Self::assumed(T::default())
    }
}
