//! What JavaScript makes of JSON values: order of keys, truth, numbers as text.

use std::fmt::Write as _;
use std::vec;

use serde_json::{Map, Number, Value, map};

/// The entries of an object in the order that JavaScript gives: keys that are indexes of arrays first, by their number.
///
/// `Object.keys({ b: 1, 404: 1, 200: 1 })` is `["200", "404", "b"]`.
pub(super) fn entries(object: &Map<String, Value>) -> Entries<'_> {
    if !object.keys().any(|key| index(key).is_some()) {
        return Entries::Written(object.iter());
    }
    let mut all: Vec<_> = object.iter().collect();
    all.sort_by_key(|(key, _)| index(key).map_or(u64::MAX, u64::from));
    Entries::Sorted(all.into_iter())
}

/// The entries of an object.
pub(super) enum Entries<'a> {
    /// As they were written.
    Written(map::Iter<'a>),
    /// With indexes first.
    Sorted(vec::IntoIter<(&'a String, &'a Value)>),
}

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a String, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Written(entries) => entries.next(),
            Self::Sorted(entries) => entries.next(),
        }
    }
}

/// The number of a key that is the index of an array: no sign, no leading zero, less than 2³² - 1.
fn index(key: &str) -> Option<u32> {
    let bytes = key.as_bytes();
    if !bytes.first()?.is_ascii_digit() || (bytes[0] == b'0' && bytes.len() > 1) {
        return None;
    }
    key.parse().ok().filter(|number| *number != u32::MAX)
}

/// Whether `if (value)` holds.
pub(super) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The value where `if (value)` holds.
pub(super) fn held(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| truthy(value))
}

/// Whether `String.prototype.trim` takes the character away.
pub(super) fn is_space(character: char) -> bool {
    matches!(character, '\u{feff}') || (character.is_whitespace() && character != '\u{85}')
}

/// Writes a number as `String(number)` does.
pub(super) fn number(out: &mut String, number: &Number) {
    const EXACT: i64 = 1 << 53;
    match number.as_i64() {
        Some(whole) if (-EXACT..=EXACT).contains(&whole) => {
            let _ = write!(out, "{whole}");
        }
        _ => float(out, number.as_f64().unwrap_or_default()),
    }
}

/// `Number::toString` of ECMA-262: the shortest digits that read back, with an exponent from 10²¹ on and below 10⁻⁶.
pub(super) fn float(out: &mut String, value: f64) {
    if value == 0.0 {
        out.push('0');
        return;
    }
    let shortest = format!("{value:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|character| *character != '.').collect();
    out.push_str(sign);
    let (count, point) = (i32::try_from(digits.len()).unwrap_or(i32::MAX), exponent + 1);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    if count <= point && point <= 21 {
        out.push_str(&digits);
        out.push_str(&zeros(point - count));
    } else if 0 < point && point <= 21 {
        let (whole, part) = digits.split_at(usize::try_from(point).unwrap_or_default());
        let _ = write!(out, "{whole}.{part}");
    } else if -6 < point && point <= 0 {
        let _ = write!(out, "0.{}{digits}", zeros(-point));
    } else {
        let (first, rest) = digits.split_at(1);
        let _ = write!(out, "{first}{}{rest}e{exponent:+}", if rest.is_empty() { "" } else { "." });
    }
}

/// Writes a value as `String(value)` does where it is no object.
pub(super) fn text(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => out.push_str(text),
        Value::Number(value) => number(out, value),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Null => out.push_str("null"),
        Value::Array(values) => {
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                if !value.is_null() {
                    text(out, value);
                }
            }
        }
        Value::Object(_) => out.push_str("[object Object]"),
    }
}
