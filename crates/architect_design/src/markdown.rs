//! Text as Markdown that reads back as the same text: escapes, aligned tables.

/// Cells wider than this are not padded to.
const WIDEST: usize = 72;

/// A text in a paragraph or an item of a list.
pub(crate) fn escape(text: &str) -> String {
    escape_in(text, false)
}

/// A text in a cell of a table, where a bar is escaped even in code.
pub(crate) fn cell(text: &str) -> String {
    escape_in(text, true)
}

fn escape_in(text: &str, table: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if c == '`'
            && let Some(length) = code_span(&chars[at..], table)
        {
            for c in &chars[at..at + length] {
                if *c == '|' && table {
                    escaped.push('\\');
                }
                escaped.push(*c);
            }
            at += length;
            continue;
        }
        let before = at.checked_sub(1).map(|at| chars[at]);
        if needs_escape(c, before, chars.get(at + 1).copied(), at == 0) {
            escaped.push('\\');
        }
        escaped.push(c);
        at += 1;
    }
    ordered_item(escaped)
}

/// The length of a code span with its backticks, at the start of a text.
fn code_span(chars: &[char], table: bool) -> Option<usize> {
    let length = chars.iter().skip(1).position(|c| *c == '`')?;
    let inside = &chars[1..=length];
    let trimmed =
        inside.first().is_some_and(|c| !c.is_whitespace()) && inside.last().is_some_and(|c| !c.is_whitespace());
    // In a table, a backslash before a bar would be taken for its escape.
    let kept = !table || !inside.windows(2).any(|pair| pair == ['\\', '|']);
    (trimmed && kept).then_some(length + 2)
}

fn needs_escape(c: char, before: Option<char>, after: Option<char>, first: bool) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '\\' | '|' | '*' | '`' | '<' | '[' | '~' => true,
        '_' => !(word(before) && word(after)),
        '&' => word(after) || after == Some('#'),
        '#' | '-' | '+' | '>' | '=' => first,
        _ => false,
    }
}

/// `1. x` at the start of a paragraph would be an item of a list.
fn ordered_item(text: String) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && text[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &text[..digits], &text[digits..]);
    }
    text
}

/// A table with aligned columns; columns that are empty in all rows are kept only if `always` says so.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>], always: usize) -> String {
    let used: Vec<usize> = (0..header.len())
        .filter(|at| *at < always || rows.iter().any(|row| row.get(*at).is_some_and(|cell| !cell.is_empty())))
        .collect();
    let width = |at: &usize| {
        let cells = rows.iter().filter_map(|row| row.get(*at)).map(|cell| cell.chars().count());
        cells.filter(|width| *width <= WIDEST).max().unwrap_or(0).max(header[*at].chars().count()).max(3)
    };
    let widths: Vec<usize> = used.iter().map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!(" {cell:<width$} ", width = *width)).collect();
        format!("|{}|\n", padded.join("|"))
    };
    let mut text = line(used.iter().map(|at| header[*at]).collect());
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    text.push_str(&format!("|{}|\n", rule.join("|")));
    for row in rows {
        text.push_str(&line(used.iter().map(|at| row.get(*at).map_or("", String::as_str)).collect()));
    }
    text
}
