//! Default values and fixed values: what a document writes, checked against the type of its field.

use architect_model::{FieldType, Literal};

use crate::types::{is_number, quote, unquote};

/// Reads a value for a type; the error is one sentence.
pub(crate) fn read(ty: &FieldType, text: &str) -> Result<Literal, String> {
    let text = text.trim();
    if text == "null" {
        return Ok(Literal::Null);
    }
    let value = unquote(text)?;
    let wrong = |what: &str| Err(format!("`{value}` is not {what}"));
    match ty {
        FieldType::String { min, max } => bounded(&value, *min, *max),
        FieldType::Text | FieldType::Email | FieldType::Url => Ok(Literal::Text(value)),
        FieldType::Integer { min, max } => {
            let (least, most) = (min.unwrap_or(i32::MIN.into()), max.unwrap_or(i32::MAX.into()));
            integer(&value, least, most)
        }
        FieldType::BigInteger { min, max } => integer(&value, min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX)),
        FieldType::Decimal { precision, scale, min, max } => {
            let at_least = |bound: &Option<String>| bound.as_deref().and_then(|b| b.parse::<f64>().ok());
            let number = value.parse::<f64>().unwrap_or(f64::NAN);
            let outside = at_least(min).is_some_and(|b| number < b) || at_least(max).is_some_and(|b| number > b);
            if !is_number(&value) || !fits(&value, *precision, *scale) || outside {
                return wrong(&format!("a number that fits `{}`", crate::write::type_text(ty)));
            }
            Ok(Literal::Number { number: value })
        }
        FieldType::Float if is_number(&value) => Ok(Literal::Number { number: value }),
        FieldType::Float => wrong("a number"),
        FieldType::Boolean => match value.to_lowercase().as_str() {
            "true" => Ok(Literal::Boolean(true)),
            "false" => Ok(Literal::Boolean(false)),
            _ => wrong("`true` or `false`"),
        },
        FieldType::Date | FieldType::DateTime | FieldType::Time if value == "now" || value == "today" => {
            Ok(Literal::Now { now: true })
        }
        FieldType::Date if is_date(&value) => Ok(Literal::Text(value)),
        FieldType::Date => wrong("a date like `2026-01-31`, or `now`"),
        FieldType::DateTime if is_datetime(&value) => Ok(Literal::Text(value)),
        FieldType::DateTime => wrong("a time like `2026-01-31T12:00:00Z`, or `now`"),
        FieldType::Time if is_time(&value) => Ok(Literal::Text(value)),
        FieldType::Time => wrong("a time of day like `12:30`"),
        FieldType::Json if value == "{}" => Ok(Literal::Empty { empty: true }),
        FieldType::Json => wrong("`{}`, the only default that a `json` field can have"),
        FieldType::Array { .. } if value == "[]" => Ok(Literal::Empty { empty: true }),
        FieldType::Array { .. } => wrong("`[]`, the only default that a list can have"),
        FieldType::Uuid => wrong("possible: a `uuid` has no default"),
        FieldType::Enum { values, .. } if values.contains(&value) => Ok(Literal::Text(value)),
        FieldType::Enum { values, .. } => wrong(&format!("one of {}", list(values))),
        FieldType::Reference { .. } | FieldType::Many { .. } => wrong("possible: a reference has no default"),
    }
}

/// A value as the format writes it.
pub(crate) fn write(ty: &FieldType, literal: &Literal) -> String {
    match literal {
        Literal::Empty { .. } if *ty == FieldType::Json => "{}".to_owned(),
        Literal::Null => "null".to_owned(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(value) => value.to_string(),
        Literal::Number { number } => number.clone(),
        Literal::Text(value) => quote(value),
        Literal::Now { .. } => "now".to_owned(),
        Literal::Empty { .. } => "[]".to_owned(),
    }
}

/// `a`, `b` and `c`, for messages.
pub(crate) fn list(values: &[String]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}

fn bounded(value: &str, min: Option<u32>, max: Option<u32>) -> Result<Literal, String> {
    let length = value.chars().count();
    let too_short = min.is_some_and(|min| length < min as usize);
    let too_long = max.is_some_and(|max| length > max as usize);
    if too_short || too_long {
        return Err(format!("`{value}` has {length} characters, which the type does not allow"));
    }
    Ok(Literal::Text(value.to_owned()))
}

fn integer(value: &str, least: i64, most: i64) -> Result<Literal, String> {
    match value.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(Literal::Integer(number)),
        Ok(_) => Err(format!("`{value}` is not between {least} and {most}")),
        Err(_) => Err(format!("`{value}` is not a whole number")),
    }
}

fn fits(number: &str, precision: u32, scale: u32) -> bool {
    let digits = number.trim_start_matches('-');
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0').len();
    whole <= (precision - scale) as usize && part.len() <= scale as usize
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let number = |part: &str, digits: usize| {
        (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u32>().ok()).flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let below = |part: &str, limit: u32| part.len() == 2 && part.parse::<u32>().is_ok_and(|value| value < limit);
    match parts.as_slice() {
        [hour, minute] => below(hour, 24) && below(minute, 60),
        [hour, minute, second] => below(hour, 24) && below(minute, 60) && below(second, 60),
        _ => false,
    }
}

fn is_datetime(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', ' ']) else {
        return false;
    };
    let time = time.strip_suffix('Z').unwrap_or(time);
    let time = time.split_once('+').map_or(time, |(time, _)| time);
    is_date(date) && is_time(time)
}
