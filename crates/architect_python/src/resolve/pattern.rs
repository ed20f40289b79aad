//! Regular expressions of Python on known texts: how class names become names of tables.

use fancy_regex::{Captures, Regex};

use super::Value;

/// What a function of `re` makes of texts, pattern first; `None` where that is not known.
///
/// ```python
/// re.sub(r"(?<!^)(?=[A-Z])", "_", "OrderItem")  # 'Order_Item'
/// re.findall("[A-Z][^A-Z]*", "OrderItem")  # ['Order', 'Item']
/// re.split("(?=[A-Z])", "OrderItem")  # ['', 'Order', 'Item']
/// ```
pub(super) fn by_pattern(function: &str, arguments: &[String]) -> Option<Value> {
    let (pattern, arguments) = arguments.split_first()?;
    // What Python spells otherwise than Rust.
    let pattern = Regex::new(&pattern.replace(r"\Z", r"\z")).ok()?;
    match (function, arguments) {
        ("sub", [replacement, text]) => {
            let parts = template(replacement)?;
            let mut result = String::new();
            let mut from = 0;
            for found in matches(&pattern, text)? {
                let whole = found.get(0)?;
                result.push_str(text.get(from..whole.start())?);
                parts.iter().try_for_each(|part| part.add(&found, &mut result))?;
                from = whole.end();
            }
            result.push_str(text.get(from..)?);
            Some(Value::Str(result))
        }
        ("split", [text]) if pattern.captures_len() == 1 => {
            let mut parts = Vec::new();
            let mut from = 0;
            for found in matches(&pattern, text)? {
                let whole = found.get(0)?;
                parts.push(text.get(from..whole.start())?);
                from = whole.end();
            }
            parts.push(text.get(from..)?);
            Some(texts(parts))
        }
        ("findall", [text]) if pattern.captures_len() <= 2 => {
            let group = pattern.captures_len() - 1;
            let found = matches(&pattern, text)?;
            Some(texts(found.iter().map(|found| found.get(group).map_or("", |found| found.as_str())).collect()))
        }
        _ => None,
    }
}

fn texts(parts: Vec<&str>) -> Value {
    Value::List(parts.into_iter().map(|part| Value::Str(part.to_owned())).collect())
}

/// The matches in a text, as Python finds them: an empty one may follow another, but not stand where an empty one was.
///
/// ```python
/// re.sub("x*", "-", "abxd")  # '-a-b--d-'
/// ```
fn matches<'t>(pattern: &Regex, text: &'t str) -> Option<Vec<Captures<'t, str>>> {
    let mut found: Vec<Captures<'t, str>> = Vec::new();
    let mut from = 0;
    while from <= text.len() {
        let Some(next) = pattern.captures_from_pos(text, from).ok()? else { break };
        let whole = next.get(0)?;
        let (start, end) = (whole.start(), whole.end());
        found.push(next);
        let step = text.get(end..)?.chars().next().map_or(1, char::len_utf8);
        from = if start == end { end + step } else { end };
    }
    Some(found)
}

/// A part of what replaces a match.
enum Part {
    Text(char),
    Group(usize),
    Named(String),
}

impl Part {
    fn add(&self, found: &Captures<'_, str>, result: &mut String) -> Option<()> {
        match self {
            Self::Text(letter) => result.push(*letter),
            Self::Group(number) if *number >= found.len() => return None,
            Self::Group(number) => result.push_str(found.get(*number).map_or("", |group| group.as_str())),
            Self::Named(name) => result.push_str(found.name(name)?.as_str()),
        }
        Some(())
    }
}

/// The parts of a replacement: `\1_\g<name>`.
fn template(replacement: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut letters = replacement.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            parts.push(Part::Text(letter));
            continue;
        }
        match letters.next()? {
            'g' => {
                let rest = letters.as_str().strip_prefix('<')?;
                let (name, after) = rest.split_once('>')?;
                parts.push(name.parse().map_or_else(|_| Part::Named(name.to_owned()), Part::Group));
                letters = after.chars();
            }
            '\\' => parts.push(Part::Text('\\')),
            // A second digit makes another group of it.
            digit @ '1'..='9' if !letters.as_str().starts_with(|next: char| next.is_ascii_digit()) => {
                parts.push(Part::Group(usize::try_from(digit.to_digit(10)?).ok()?));
            }
            _ => return None,
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(function: &str, arguments: &[&str]) -> Option<Value> {
        by_pattern(function, &arguments.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    fn sub(pattern: &str, replacement: &str, text: &str) -> Option<String> {
        run("sub", &[pattern, replacement, text])?.as_str().map(str::to_owned)
    }

    /// The results are Python's.
    #[test]
    fn class_names_become_words() {
        let acronyms = sub(r"([a-z0-9])([A-Z])", r"\1_\2", "MyHTTPServer2Go");
        assert_eq!(acronyms.as_deref(), Some("My_HTTPServer2_Go"));
        assert_eq!(sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", "My_HTTPServer2_Go").as_deref(), Some("My_HTTP_Server2_Go"));
        assert_eq!(sub(r"(?<!^)(?=[A-Z])", "_", "OrderItem").as_deref(), Some("Order_Item"));
        assert_eq!(sub(r"(?P<a>[A-Z])", r"\g<a>-\g<1>", "aB").as_deref(), Some("aB-B"));
        assert_eq!(sub("x*", "-", "abxd").as_deref(), Some("-a-b--d-"));
        assert_eq!(sub(r"(a)(b)?", r"[\2]", "a").as_deref(), Some("[]"));
    }

    #[test]
    fn parts_of_names() {
        let list = |parts: &[&str]| Some(texts(parts.to_vec()));
        assert_eq!(run("findall", &["[A-Z][^A-Z]*", "OrderItem"]), list(&["Order", "Item"]));
        assert_eq!(run("findall", &["([A-Z])[a-z]", "OrderItem"]), list(&["O", "I"]));
        assert_eq!(run("split", &["(?=[A-Z])", "OrderItem"]), list(&["", "Order", "Item"]));
        assert_eq!(run("split", &["_", "a_b"]), list(&["a", "b"]));
    }

    #[test]
    fn what_is_not_known() {
        assert_eq!(sub("(", "", "a"), None);
        assert_eq!(sub("a", r"\9", "a"), None);
        assert_eq!(sub("a", r"\q", "a"), None);
        assert_eq!(run("split", &["(_)", "a_b"]), None);
    }
}
