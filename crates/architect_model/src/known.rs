//! Values that static reading either knows, or says that it does not know.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Location;

/// Something in the user's code that static reading could not determine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Unknown {
    /// Where it stands.
    pub at: Location,
    /// Why it could not be determined: one sentence, for people.
    pub reason: String,
}

impl Unknown {
    /// An unknown at a place, for a reason.
    pub fn new(at: Location, reason: impl Into<String>) -> Self {
        Self { at, reason: reason.into() }
    }
}

/// A value that is known, or unknown with its place and reason. Unknown never turns into a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Known<T> {
    /// Static reading could not tell.
    Unknown {
        /// Where and why.
        unknown: Unknown,
    },
    /// The value, certain.
    Known(T),
}

impl<T> Known<T> {
    /// An unknown value.
    pub fn unknown(at: Location, reason: impl Into<String>) -> Self {
        Self::Unknown { unknown: Unknown::new(at, reason) }
    }

    /// The value where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown { .. } => None,
        }
    }

    /// Applies `f` to a known value and keeps an unknown one.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Known(value) => Known::Known(f(value)),
            Self::Unknown { unknown } => Known::Unknown { unknown },
        }
    }
}

impl<T> From<T> for Known<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}
