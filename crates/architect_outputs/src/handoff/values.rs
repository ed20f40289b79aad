//! Example values: the same each time, and within all bounds.

use architect_model::{ApiKind, ApiShape, ApiValue, sample};
use regex::Regex;
use serde_json::{Map, Number, Value};

use super::typescript::{Mode, Types, value_of};

/// Objects nested deeper than this are left empty: they hold each other.
const DEPTH: u8 = 6;

/// The key that the row of an entity has in examples.
pub(super) fn key(value: &ApiValue, place: usize) -> Option<Value> {
    let number = place + 1;
    match &value.kind {
        ApiKind::String { format } if format.as_deref() == Some("uuid") => {
            Some(format!("{number:08}-0000-4000-8000-{number:012}").into())
        }
        ApiKind::Integer => Some(number.into()),
        ApiKind::String { .. } => Some(format!("example-{number}").into()),
        ApiKind::Union { of } => of.iter().find_map(|member| key(member, place)),
        _ => None,
    }
}

/// A valid value, the `nth` of several; none where none can be made up.
pub(super) fn value(types: &Types<'_>, value: &ApiValue, name: &str, nth: usize, mode: Mode) -> Option<Value> {
    at_depth(types, value, name, nth, mode, DEPTH)
}

fn at_depth(types: &Types<'_>, value: &ApiValue, name: &str, nth: usize, mode: Mode, depth: u8) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    match &value.kind {
        ApiKind::String { format } => text(value, format.as_deref(), name, nth).map(Value::from),
        ApiKind::Integer => whole(value, nth).map(Value::from),
        ApiKind::Number => number(value, nth),
        ApiKind::Decimal { answered_as_text, .. } => {
            let text = decimal(value, nth);
            if mode == Mode::Response && *answered_as_text { Some(text.into()) } else { parsed(&text) }
        }
        ApiKind::Boolean => Some(Value::Bool(nth > 0)),
        ApiKind::Null => Some(Value::Null),
        ApiKind::Constant { values } => serde_json::from_str(values.get(nth).or_else(|| values.first())?).ok(),
        ApiKind::Array { items } => {
            let least = value.bound("min_length").and_then(|text| text.parse().ok()).unwrap_or(0);
            let made: Vec<Value> = (0..least.max(1))
                .map(|place| at_depth(types, items, name, nth + place, mode, depth))
                .collect::<Option<_>>()?;
            Some(Value::Array(made))
        }
        ApiKind::Tuple { items } => items
            .iter()
            .map(|item| at_depth(types, item, name, nth, mode, depth))
            .collect::<Option<_>>()
            .map(Value::Array),
        ApiKind::Map { values } => {
            let inner = at_depth(types, values, name, nth, mode, depth).unwrap_or(Value::from(1));
            Some(Value::Object(Map::from_iter([("key".to_owned(), inner)])))
        }
        ApiKind::Object { fields } => {
            let mut made = Map::new();
            for field in fields.iter().filter(|field| field.required) {
                made.insert(field.name.clone(), at_depth(types, &field.value, &field.name, nth, mode, depth)?);
            }
            Some(Value::Object(made))
        }
        ApiKind::Class { class } => match &types.class(class)?.shape {
            ApiShape::Enumeration { members } => {
                serde_json::from_str(&members.get(nth).or_else(|| members.first())?.0).ok()
            }
            ApiShape::Root { value } => at_depth(types, value, name, nth, mode, depth),
            ApiShape::Object { fields } => {
                let mut made = Map::new();
                for field in fields {
                    let is_part = if mode == Mode::Response { !field.missing } else { field.required };
                    if is_part {
                        let shown = match mode {
                            Mode::Response => field.answered_as.as_deref().unwrap_or(&field.name),
                            Mode::Request => &field.name,
                        };
                        let inner = at_depth(types, value_of(field, mode), &field.name, nth, mode, depth);
                        let inner = inner.or_else(|| value_of(field, mode).nullable.then_some(Value::Null))?;
                        made.insert(shown.to_owned(), inner);
                    }
                }
                Some(Value::Object(made))
            }
        },
        ApiKind::Union { of } => of.iter().find_map(|member| at_depth(types, member, name, nth, mode, depth)),
        ApiKind::Any => Some(Value::Object(Map::new())),
        ApiKind::Unknown { .. } => None,
    }
}

fn parsed(text: &str) -> Option<Value> {
    let whole = text.strip_suffix(".00").or_else(|| text.strip_suffix(".0")).unwrap_or(text);
    match whole.parse::<i64>() {
        Ok(number) => Some(number.into()),
        Err(_) => Number::from_f64(text.parse().ok()?).map(Value::Number),
    }
}

fn bound<T: std::str::FromStr>(value: &ApiValue, name: &str) -> Option<T> {
    value.bound(name)?.parse().ok()
}

fn whole(value: &ApiValue, nth: usize) -> Option<i64> {
    let low = bound(value, "ge").or_else(|| bound::<i64>(value, "gt").map(|above| above.saturating_add(1)));
    let high = bound(value, "le").or_else(|| bound::<i64>(value, "lt").map(|below| below.saturating_sub(1)));
    let number = i64::try_from(nth).ok()? + 1;
    let found = sample::whole(low, high, number);
    match bound::<i64>(value, "multiple_of").filter(|step| *step > 0) {
        Some(step) => {
            let next = found.checked_add(step - 1)?.div_euclid(step).checked_mul(step)?;
            high.is_none_or(|high| next <= high).then_some(next)
        }
        None => Some(found),
    }
}

fn number(value: &ApiValue, nth: usize) -> Option<Value> {
    #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
    let wanted = nth as f64 + 1.5;
    let low: Option<f64> = bound(value, "ge").or_else(|| bound(value, "gt"));
    let high: Option<f64> = bound(value, "le").or_else(|| bound(value, "lt"));
    let fits = low.is_none_or(|low| wanted > low) && high.is_none_or(|high| wanted < high);
    let found = match (low, high) {
        _ if fits => wanted,
        (Some(low), Some(high)) => f64::midpoint(low, high),
        (Some(low), None) => low.floor() + wanted,
        (None, Some(high)) => high.ceil() - wanted,
        (None, None) => wanted,
    };
    let found = match bound::<f64>(value, "multiple_of").filter(|step| *step > 0.0) {
        Some(step) => (found / step).round() * step,
        None => found,
    };
    Number::from_f64(found).map(Value::Number)
}

fn decimal(value: &ApiValue, nth: usize) -> String {
    let scale = bound(value, "decimal_places").unwrap_or(2);
    let precision = bound(value, "max_digits").unwrap_or(12);
    let (low, high) = (value.bound("ge").or(value.bound("gt")), value.bound("le").or(value.bound("lt")));
    sample::decimal(precision, scale, low, high, i64::try_from(nth).unwrap_or(0) + 1)
}

fn text(value: &ApiValue, format: Option<&str>, name: &str, nth: usize) -> Option<String> {
    let day = 11 + nth % 17;
    let plain = match format {
        Some("uuid") => return Some(format!("00000000-0000-4000-8000-{:012}", nth + 1)),
        Some("date-time") => return Some(format!("2030-01-{day:02}T10:00:00Z")),
        Some("date") => return Some(format!("2030-01-{day:02}")),
        Some("time") => return Some("10:01:00".to_owned()),
        Some("duration") => return Some("PT1H".to_owned()),
        Some("email") => return Some(email(nth)),
        Some("uri") => return Some(format!("https://example.com/{}", nth + 1)),
        Some("binary") => return None,
        _ => name,
    };
    let (min, max) = (bound(value, "min_length"), bound(value, "max_length"));
    let base = capital(plain);
    let words = sample::words(&base, nth, min, max);
    let Some(pattern) = value.bound("pattern") else { return Some(words) };
    let pattern = Regex::new(pattern).ok()?;
    let slug = words.to_lowercase().replace(' ', "-");
    let digits = |count: usize| "1234567890".chars().cycle().take(count).collect::<String>();
    let candidates = [words.clone(), email(nth), slug.clone(), slug.replace('-', "_"), slug.replace('-', "")];
    let upper = [slug.replace('-', "").to_uppercase(), "EUR".to_owned(), "ABC-123".to_owned(), "#112233".to_owned()];
    let more = (1..=16).map(digits);
    let fits = |text: &String| {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        pattern.is_match(text) && min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max)
    };
    candidates.into_iter().chain(upper).chain(more).chain(["+4915112345678".to_owned(), "en".to_owned()]).find(fits)
}

fn email(nth: usize) -> String {
    if nth == 0 { "somebody@example.com".to_owned() } else { format!("somebody{}@example.com", nth + 1) }
}

/// A name as words: `Due on`.
fn capital(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + rest.as_str())
}
