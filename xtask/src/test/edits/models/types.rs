//! Types of columns.

/// A type.
#[derive(Clone, PartialEq)]
pub enum Type {
    /// `String(length)`.
    Str(Option<u32>),
    /// `Text`.
    Text,
    /// `Integer`.
    Int,
    /// `SmallInteger`.
    Small,
    /// `BigInteger`.
    Big,
    /// `Boolean`.
    Bool,
    /// `Float`.
    Float,
    /// `Double`.
    Double,
    /// `Numeric(precision, scale)`.
    Numeric(u32, u32),
    /// `Date`.
    Date,
    /// `Time`.
    Time,
    /// `DateTime(timezone=…)`.
    DateTime(bool),
    /// `Interval`.
    Interval,
    /// `Uuid`.
    Uuid,
    /// `JSON`.
    Json,
    /// `JSONB`.
    Jsonb,
    /// `ARRAY(String(length))`.
    Array(u32),
    /// `LargeBinary`.
    Binary,
    /// `INET`.
    Inet,
    /// A native enumeration, by number.
    Enum(usize),
    /// One that is stored as text, with its length.
    EnumText(usize, u32),
    /// One that is stored as text with a check, by the number in the name of the check.
    EnumCheck(usize, usize),
    /// `INT4RANGE`.
    Range,
}

impl Type {
    /// Whether values of rows can be told apart.
    pub fn is_distinct(&self) -> bool {
        matches!(self, Self::Str(_) | Self::Text | Self::Uuid | Self::Date | Self::DateTime(_)) || self.is_number()
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Small | Self::Big | Self::Float | Self::Double | Self::Numeric(..))
    }

    /// Whether it is a whole number.
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Int | Self::Small | Self::Big)
    }

    /// The enumeration that it is of.
    pub fn enumeration(&self) -> Option<usize> {
        match self {
            Self::Enum(id) | Self::EnumText(id, _) | Self::EnumCheck(id, _) => Some(*id),
            _ => None,
        }
    }

    /// Whether it is a text.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Str(_) | Self::Text)
    }
}
