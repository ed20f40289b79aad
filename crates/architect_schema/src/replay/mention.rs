//! Columns in SQL expressions: whether they are mentioned, and under another name.

/// A part of an expression.
enum Part<'s> {
    /// A name, without its quotes, and whether it has them.
    Name(&'s str, bool),
    /// Anything else, as written.
    Other(&'s str),
}

/// Whether an expression mentions a column.
pub(super) fn mentions(sql: &str, column: &str) -> bool {
    parts(sql).iter().any(|part| is(part, column))
}

/// An expression in which a column has another name.
pub(super) fn renamed(sql: &str, from: &str, to: &str) -> String {
    let written = if is_plain(to) { to.to_owned() } else { format!("\"{}\"", to.replace('"', "\"\"")) };
    let parts = parts(sql);
    let texts = parts.iter().map(|part| match part {
        part if is(part, from) => written.clone(),
        Part::Name(name, true) => format!("\"{name}\""),
        Part::Name(text, false) | Part::Other(text) => (*text).to_owned(),
    });
    texts.collect()
}

fn is(part: &Part<'_>, column: &str) -> bool {
    match part {
        Part::Name(name, true) => *name == column,
        Part::Name(name, false) => *name == column || name.to_lowercase() == column,
        Part::Other(_) => false,
    }
}

/// Whether a name needs no quotes.
fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Takes an expression apart. Texts in single quotes hold no names.
fn parts(sql: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            c if is_word(c) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (part, after) = rest.split_at(length);
        parts.push(match first {
            '"' => Part::Name(part.trim_matches('"'), true),
            c if is_word(c) && !c.is_ascii_digit() => Part::Name(part, false),
            _ => Part::Other(part),
        });
        rest = after;
    }
    parts
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::{mentions, renamed};

    #[test]
    fn names_in_expressions() {
        assert!(mentions("price > 0", "price") && mentions("PRICE > 0", "price") && mentions("\"end\" > 1", "end"));
        assert!(!mentions("kind = 'price'", "price") && !mentions("price_net > 0", "price"));
        assert_eq!(renamed("price > 0 AND note <> 'price'", "price", "cost"), "cost > 0 AND note <> 'price'");
        assert_eq!(renamed("lower(name)", "name", "Full name"), "lower(\"Full name\")");
    }
}
