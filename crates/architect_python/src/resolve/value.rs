//! Python values that are fixed in the source.

use architect_model::Symbol;

/// A value, and whether it rests on a setting.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Constant {
    /// The value.
    pub(crate) value: Value,
    /// The settings field whose *default* this rests on: `API_V1_STR`. The environment may say otherwise.
    pub(crate) setting: Option<String>,
}

/// A Python value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// `None`.
    None,
    /// `True`, `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(String),
    /// A list.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A set.
    Set(Vec<Value>),
    /// A dictionary.
    Dict(Vec<(Value, Value)>),
    /// A member of an enumeration.
    Member {
        /// The enumeration.
        class: Symbol,
        /// Name of the member.
        name: String,
        /// Its value.
        value: Box<Value>,
    },
}

impl Value {
    /// The text of a string, or of a member of an enumeration of strings.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Member { value, .. } => value.as_str(),
            _ => None,
        }
    }

    /// The integer.
    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Bool(flag) => Some(i64::from(*flag)),
            Self::Member { value, .. } => value.as_int(),
            _ => None,
        }
    }

    /// The boolean.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The items of a list, tuple or set.
    pub(crate) fn items(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => Some(items),
            _ => None,
        }
    }

    /// As `str()` formats it, where that is certain.
    pub(super) fn formatted(&self) -> Option<String> {
        match self {
            Self::Str(text) => Some(text.clone()),
            Self::Int(number) => Some(number.to_string()),
            Self::Bool(flag) => Some(if *flag { "True" } else { "False" }.to_owned()),
            Self::None => Some("None".to_owned()),
            _ => None,
        }
    }
}

impl Value {
    /// Whether Python takes it for true; `None` where that is not certain.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::None => Some(false),
            Self::Bool(flag) => Some(*flag),
            Self::Int(number) => Some(*number != 0),
            Self::Str(text) => Some(!text.is_empty()),
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => Some(!items.is_empty()),
            Self::Dict(entries) => Some(!entries.is_empty()),
            Self::Float(_) | Self::Member { .. } => None,
        }
    }
}

impl From<Value> for Constant {
    fn from(value: Value) -> Self {
        Self { value, setting: None }
    }
}
