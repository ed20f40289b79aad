//! Bounds in the rules column: `min 0`, `max 100`, `>= 0`, `<= 10`, `positive`.

use architect_model::FieldType;

use crate::names::fold;
use crate::types::{fits, is_number};

/// A bound as a rule states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    side: Side,
    of: Of,
    limit: String,
    /// Whether the limit itself is outside.
    exclusive: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Least,
    Most,
}

/// What is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The value of a number, the length of a string.
    Either,
    Value,
    Length,
}

/// Openings of a bound: the longer ones first.
#[rustfmt::skip]
const OPENINGS: &[(&str, Side, Of, bool)] = &[
    ("min length", Side::Least, Of::Length, false), ("max length", Side::Most, Of::Length, false),
    ("minimum", Side::Least, Of::Either, false), ("maximum", Side::Most, Of::Either, false),
    ("at least", Side::Least, Of::Either, false), ("at most", Side::Most, Of::Either, false),
    ("min", Side::Least, Of::Either, false), ("max", Side::Most, Of::Either, false),
    (">=", Side::Least, Of::Either, false), ("<=", Side::Most, Of::Either, false),
    ("≥", Side::Least, Of::Either, false), ("≤", Side::Most, Of::Either, false),
    (">", Side::Least, Of::Either, true), ("<", Side::Most, Of::Either, true),
];

/// The bound that a rule states, if it states one.
pub(crate) fn read(rule: &str) -> Option<Bound> {
    let folded = fold(rule);
    let zero = |exclusive| Bound { side: Side::Least, of: Of::Value, limit: "0".to_owned(), exclusive };
    match folded.as_str() {
        "positive" => return Some(zero(true)),
        "non-negative" | "nonnegative" | "not negative" => return Some(zero(false)),
        _ => {}
    }
    OPENINGS.iter().find_map(|(opening, side, of, exclusive)| {
        let limit = folded.strip_prefix(opening)?.trim_start_matches([' ', ':', '=']);
        is_number(limit).then(|| Bound { side: *side, of: *of, limit: limit.to_owned(), exclusive: *exclusive })
    })
}

impl Bound {
    /// Narrows a type; says whether the type can state the bound exactly. The error is the end of a sentence on the
    /// rule.
    pub(crate) fn narrow(&self, ty: &mut FieldType) -> Result<bool, String> {
        match ty {
            FieldType::Integer { min, max } if self.of != Of::Length => {
                let limit = self.whole()?;
                i32::try_from(limit).map_err(|_| "is beyond 32 bits; write `bigint`".to_owned())?;
                self.put(limit, min, max)
            }
            FieldType::BigInteger { min, max } if self.of != Of::Length => self.put(self.whole()?, min, max),
            FieldType::String { min, max } if self.of != Of::Value => {
                let limit = u32::try_from(self.whole()?).ok().filter(|limit| self.side == Side::Least || *limit > 0);
                self.put(limit.ok_or("is no length that a text can have")?, min, max)
            }
            FieldType::Decimal { precision, scale, .. }
                if self.of != Of::Length && !fits(&self.limit, *precision, *scale) =>
            {
                Err(format!("has more digits than `decimal({precision},{scale})`"))
            }
            FieldType::Decimal { min, max, .. } if self.of != Of::Length => self.put_decimal(min, max),
            ty => Err(format!("does not fit the type `{}`", crate::write::type_text(ty))),
        }
    }

    /// The limit as a whole number that is inside.
    fn whole(&self) -> Result<i64, String> {
        let limit = self.limit.parse::<i64>().ok();
        let inside = match (self.exclusive, self.side) {
            (false, _) => limit,
            (true, Side::Least) => limit.and_then(|limit| limit.checked_add(1)),
            (true, Side::Most) => limit.and_then(|limit| limit.checked_sub(1)),
        };
        inside.ok_or_else(|| "needs a whole number of at most 64 bits".to_owned())
    }

    fn put<T: PartialOrd + Copy>(&self, limit: T, min: &mut Option<T>, max: &mut Option<T>) -> Result<bool, String> {
        match self.side {
            Side::Least if min.is_none_or(|known| limit > known) => *min = Some(limit),
            Side::Most if max.is_none_or(|known| limit < known) => *max = Some(limit),
            _ => {}
        }
        match (min, max) {
            (Some(least), Some(most)) if *least > *most => Err("leaves no value that the type allows".to_owned()),
            _ => Ok(true),
        }
    }

    /// Keeps the digits of a decimal as they are written.
    fn put_decimal(&self, min: &mut Option<String>, max: &mut Option<String>) -> Result<bool, String> {
        let number = |text: &str| text.parse::<f64>().unwrap_or_default();
        let (known_least, known_most) = (min.as_deref().map(number), max.as_deref().map(number));
        let (mut least, mut most) = (known_least, known_most);
        let limit = number(&self.limit);
        self.put(limit, &mut least, &mut most)?;
        if least != known_least {
            *min = Some(self.limit.clone());
        }
        if most != known_most {
            *max = Some(self.limit.clone());
        }
        let holds = if self.side == Side::Least { least } else { most };
        Ok(!self.exclusive || holds != Some(limit))
    }

    /// The bound in the words that include the limit.
    pub(crate) fn inclusive(&self) -> String {
        let word = if self.side == Side::Least { "min" } else { "max" };
        format!("{word} {}", self.limit)
    }

    /// The limit itself.
    pub(crate) fn limit(&self) -> &str {
        &self.limit
    }
}
