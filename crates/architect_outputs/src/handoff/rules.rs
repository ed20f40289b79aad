//! What a form has to check, in words.

use architect_model::{ApiKind, ApiValue, Known};

/// The bounds of a value in words, with what is checked by functions of the project.
pub(super) fn rules(value: &ApiValue) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(lengths(value));
    found.extend(limits(value));
    found.extend(digits(value));
    for bound in &value.bounds {
        match (&bound.value, bound.name.as_str()) {
            (Known::Unknown { unknown }, name) => {
                found.push(format!("`{name}` not known: {} ({})", unknown.reason, unknown.at))
            }
            (Known::Known(text), "multiple_of") => found.push(format!("a multiple of {text}")),
            (Known::Known(text), "pattern") => found.push(format!("matches `{}`", visible(text))),
            (Known::Known(_), "to_lower") => found.push("is lower-cased".to_owned()),
            (Known::Known(_), "to_upper") => found.push("is upper-cased".to_owned()),
            (Known::Known(_), "strip_whitespace") => found.push("is stripped of spaces around it".to_owned()),
            _ => {}
        }
    }
    found.extend(value.checks.iter().map(|check| format!("also checked by `{}` ({})", check.name, check.at)));
    if let ApiKind::Unknown { unknown } = &value.kind {
        found.push(format!("not known: {} ({})", unknown.reason, unknown.at));
    }
    if let ApiKind::Array { items } = &value.kind {
        found.extend(rules(items).into_iter().map(|rule| format!("each {rule}")));
    }
    found
}

/// Control characters as they are written in source.
fn visible(text: &str) -> String {
    text.chars().flat_map(|one| if one.is_control() { one.escape_default().collect() } else { vec![one] }).collect()
}

fn lengths(value: &ApiValue) -> Option<String> {
    let (min, max) = (value.bound("min_length"), value.bound("max_length"));
    let what = match &value.kind {
        ApiKind::Array { .. } => "items",
        ApiKind::Map { .. } => "keys",
        _ => "characters",
    };
    match (min, max) {
        (Some(min), Some(max)) => Some(format!("{min} to {max} {what}")),
        (Some(min), None) => Some(format!("at least {min} {what}")),
        (None, Some(max)) => Some(format!("at most {max} {what}")),
        (None, None) => None,
    }
}

fn limits(value: &ApiValue) -> Option<String> {
    let low = match (value.bound("ge"), value.bound("gt")) {
        (Some(least), _) => Some(format!("at least {least}")),
        (None, Some(above)) => Some(format!("more than {above}")),
        (None, None) => None,
    };
    let high = match (value.bound("le"), value.bound("lt")) {
        (Some(most), _) => Some(format!("at most {most}")),
        (None, Some(below)) => Some(format!("less than {below}")),
        (None, None) => None,
    };
    match (value.bound("ge"), value.bound("le"), low, high) {
        (Some(least), Some(most), _, _) => Some(format!("{least} to {most}")),
        (_, _, Some(low), Some(high)) => Some(format!("{low}, {high}")),
        (_, _, low, high) => low.or(high),
    }
}

fn digits(value: &ApiValue) -> Option<String> {
    match (value.bound("max_digits"), value.bound("decimal_places")) {
        (Some(digits), Some(places)) => Some(format!("at most {digits} digits, {places} of them behind the point")),
        (Some(digits), None) => Some(format!("at most {digits} digits")),
        (None, Some(places)) => Some(format!("at most {places} digits behind the point")),
        (None, None) => None,
    }
}
