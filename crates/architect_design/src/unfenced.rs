//! Code, tables and lists that stand in a document without Markdown around them: DDL without a fence, diagrams, what a
//! word processor exports.

use std::ops::Range;

use crate::blocks::{Block, Line, Row, Table};
use crate::forms::mocodo;

/// A stretch of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stretch {
    /// Markdown, by its bytes.
    Markdown(Range<usize>),
    /// Something that Markdown does not know.
    Block(Block),
}

/// Code without a fence is not longer than this.
const MAX_LINES: usize = 400;

/// Cuts a document into Markdown and what is not.
pub(crate) fn stretches(text: &str) -> Vec<Stretch> {
    let lines: Vec<Piece> = pieces(text);
    let mut stretches = Vec::new();
    let (mut at, mut from, mut fence) = (0, 0, None);
    let mut header: Option<&str> = None;
    let modelled = lines.iter().any(|line| mocodo::is_association(line.text));
    while at < lines.len() {
        let line = &lines[at];
        let trimmed = line.text.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        if mark.is_some() && (fence.is_none() || fence == mark) {
            fence = if fence.is_some() { None } else { mark };
        }
        let outside = fence.is_none() && mark.is_none();
        if outside && is_row(line.text) && lines.get(at + 1).is_some_and(|next| is_rule(next.text)) {
            header = Some(line.text);
            at += lines[at..].iter().take_while(|line| is_row(line.text)).count();
            continue;
        }
        let rows = || header.and_then(|header| headless(&lines[at..], header));
        let taken = if outside { taken(&lines[at..], modelled).or_else(rows) } else { None };
        let Some((blocks, count)) = taken else {
            at += 1;
            continue;
        };
        let tabbed = line.text.contains('\t') && matches!(blocks.first(), Some(Block::Table(_)));
        let before = (tabbed && at > 0).then(|| &lines[at - 1]).filter(|before| before.start >= from);
        let heading = before.and_then(|before| Some((before.start, numbered(before)?)));
        let until = heading.as_ref().map_or(line.start, |(start, _)| *start);
        if from < until {
            stretches.push(Stretch::Markdown(from..until));
        }
        stretches.extend(heading.map(|(_, block)| Stretch::Block(block)));
        stretches.extend(blocks.into_iter().map(Stretch::Block));
        at += count;
        from = lines.get(at).map_or(text.len(), |line| line.start);
    }
    if from < text.len() {
        stretches.push(Stretch::Markdown(from..text.len()));
    }
    stretches
}

/// `2.1 Customers`, which a word processor exports for a heading.
fn numbered(line: &Piece<'_>) -> Option<Block> {
    let (number, name) = line.text.trim().split_once([' ', '\t'])?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = number.trim_end_matches('.').split('.').all(digits) && name.split_whitespace().count() < 6;
    let text = clean(name);
    (fits && text.starts_with(char::is_alphabetic)).then_some(Block::Heading {
        level: 6,
        text,
        line: line.number,
        start: line.start,
    })
}

/// `| id | uuid | PK |`
fn is_row(line: &str) -> bool {
    let line = line.trim();
    line.len() > 4 && line.starts_with('|') && line.ends_with('|') && line[1..line.len() - 1].contains('|')
}

/// `|---|:-:|`
fn is_rule(line: &str) -> bool {
    line.contains('-') && is_row(line) && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

/// Rows without a header, which people leave out where the table above has the same one.
fn headless(lines: &[Piece<'_>], header: &str) -> Option<(Vec<Block>, usize)> {
    let rows: Vec<&str> = lines.iter().map(|line| line.text).take_while(|line| is_row(line)).take(MAX_LINES).collect();
    let columns = header.matches('|').count();
    if rows.len() < 2 || rows.iter().any(|row| row.replace("\\|", "").matches('|').count() != columns) {
        return None;
    }
    let rule = "|-".repeat(columns - 1);
    let text = format!("{header}\n{rule}|\n{}\n", rows.join("\n"));
    let mut table = crate::blocks::blocks(&text).into_iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    })?;
    let first = lines.first()?.number;
    table.line = first;
    for (row, line) in table.rows.iter_mut().zip(first..) {
        row.line = line;
    }
    Some((vec![Block::Table(table)], rows.len()))
}

/// One line of a document.
struct Piece<'a> {
    text: &'a str,
    start: usize,
    number: u32,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut start = 0;
    let mut pieces = Vec::new();
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        pieces.push(Piece { text: line.trim_end_matches(['\n', '\r']), start, number });
        start += line.len();
    }
    pieces
}

/// What begins at the first line, if it is no Markdown, and how many lines it takes.
fn taken(lines: &[Piece<'_>], modelled: bool) -> Option<(Vec<Block>, usize)> {
    let model = || if modelled { model(lines) } else { None };
    bullets(lines).or_else(|| tabs(lines)).or_else(|| code(lines)).or_else(model)
}

/// A conceptual model in the notation of Mocodo, one statement in a line.
fn model(lines: &[Piece<'_>]) -> Option<(Vec<Block>, usize)> {
    let first = lines.first()?;
    if !mocodo::is_entity(first.text) && !mocodo::is_association(first.text) {
        return None;
    }
    let states = |line: &&Piece<'_>| {
        line.text.trim().is_empty() || mocodo::is_entity(line.text) || mocodo::is_association(line.text)
    };
    let count = lines.iter().take(MAX_LINES).take_while(states).count();
    let text: Vec<&str> = lines[..count].iter().map(|line| line.text).collect();
    let text = text.join("\n") + "\n";
    mocodo::is_model(&text).then(|| (vec![Block::Code { lang: "mocodo".to_owned(), text, line: first.number }], count))
}

/// `•<TAB>text`, as word processors export lists.
fn bullets(lines: &[Piece<'_>]) -> Option<(Vec<Block>, usize)> {
    let item = |line: &Piece<'_>| {
        let rest = line.text.trim_start().strip_prefix(['•', '▪', '◦', '●', '\u{f0b7}', '\u{2023}'])?;
        Some(Block::Item { depth: 1, lines: vec![Line { text: clean(rest), line: line.number, ..Line::default() }] })
    };
    let items: Vec<Block> = lines.iter().map_while(item).collect();
    let count = items.len();
    (count > 0).then_some((items, count))
}

/// Lines with the same number of tabs: a table.
fn tabs(lines: &[Piece<'_>]) -> Option<(Vec<Block>, usize)> {
    let cells = |line: &Piece<'_>| -> Vec<String> { line.text.trim_end().split('\t').map(clean).collect() };
    let first = lines.first()?;
    let header = cells(first);
    if header.len() < 2 || header.iter().any(String::is_empty) || first.text.starts_with(['|', '-', '*', '>', '#', ' '])
    {
        return None;
    }
    let fits = |line: &&Piece<'_>| line.text.contains('\t') && cells(line).len() <= header.len();
    let rows: Vec<Row> = lines[1..]
        .iter()
        .take_while(fits)
        .map(|line| {
            let mut row = cells(line);
            row.resize(header.len(), String::new());
            Row { cells: row, line: line.number }
        })
        .collect();
    let count = rows.len() + 1;
    (count > 2).then(|| (vec![Block::Table(Table { header, rows, line: first.number })], count))
}

fn clean(text: &str) -> String {
    text.replace('\t', " ").trim().trim_matches('"').trim().to_owned()
}

/// How a stretch of code ends.
enum End {
    /// Behind the line that closes the last brace or bracket.
    Closed,
    /// Behind a line that begins so.
    Mark(&'static str),
    /// Before a line that is neither indented nor part of a diagram.
    Diagram,
    /// Before a line that is not indented.
    Indent,
}

/// Code that says in its first line which language it is.
fn code(lines: &[Piece<'_>]) -> Option<(Vec<Block>, usize)> {
    let first = lines.first()?;
    let (lang, end) = language(first.text.trim())?;
    let count = match end {
        End::Closed => closed(lines)?,
        End::Mark(mark) => lines.iter().take(MAX_LINES).position(|line| line.text.trim().starts_with(mark))? + 1,
        End::Diagram => 1 + lines[1..].iter().take_while(|line| is_diagram(line.text)).count(),
        End::Indent => {
            1 + lines[1..]
                .iter()
                .take_while(|line| line.text.trim().is_empty() || line.text.starts_with([' ', '\t']))
                .count()
        }
    };
    let text: Vec<&str> = lines[..count].iter().map(|line| line.text).collect();
    let text = text.join("\n") + "\n";
    (count > 1 || lang == "dbml" || text.contains(')') || text.contains('}'))
        .then(|| (vec![Block::Code { lang: lang.to_owned(), text, line: first.number }], count))
}

fn language(line: &str) -> Option<(&'static str, End)> {
    let lower = line.get(..line.len().min(200)).unwrap_or(line).to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let opens = line.ends_with('{');
    let named = |at: usize| words.get(at).is_some_and(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '"'));
    match words.as_slice() {
        ["erdiagram", ..] => Some(("mermaid", End::Diagram)),
        ["@startuml", ..] => Some(("plantuml", End::Mark("@enduml"))),
        ["create", "table" | "type", ..] | ["alter", "table", ..] | ["create", "unique" | "temporary", ..] => {
            Some(("sql", End::Closed))
        }
        ["create", "index", ..] => Some(("sql", End::Closed)),
        ["table", ..] if opens && named(1) && words.len() < 8 => Some(("dbml", End::Closed)),
        [reference, ..] if reference.starts_with("ref:") && line.contains('.') => Some(("dbml", End::Closed)),
        ["model", ..] if opens && named(1) && words.len() == 3 => Some(("prisma", End::Closed)),
        ["enum", ..] if opens && named(1) && line.starts_with("Enum") => Some(("dbml", End::Closed)),
        ["enum", ..] if opens && named(1) && words.len() == 3 => Some(("prisma", End::Closed)),
        ["entity", ..] if opens && named(1) => Some(("plantuml", End::Closed)),
        ["interface", ..] | ["export", "interface" | "type", ..] if opens => Some(("typescript", End::Closed)),
        ["class", ..] if line.ends_with("):") => Some(("python", End::Indent)),
        _ => None,
    }
}

/// The lines up to the one that closes what the first ones open.
fn closed(lines: &[Piece<'_>]) -> Option<usize> {
    let (mut depth, mut opened) = (0_i64, false);
    for (at, line) in lines.iter().enumerate().take(MAX_LINES) {
        let code = line.text.split("--").next().unwrap_or_default();
        for c in code.chars() {
            match c {
                '{' | '(' => (depth, opened) = (depth + 1, true),
                '}' | ')' => depth -= 1,
                _ => {}
            }
        }
        let ended = code.trim_end().ends_with(';') || opened || line.text.trim().is_empty();
        if depth <= 0 && ended {
            return Some(at + 1);
        }
        if line.text.starts_with('#') || line.text.starts_with("```") {
            return None;
        }
    }
    (depth <= 0 && lines.len() < MAX_LINES).then_some(lines.len())
}

fn is_diagram(line: &str) -> bool {
    let relation = ["||", "}o", "}|", "|o"].iter().any(|side| line.contains(side)) && line.contains("--");
    line.trim().is_empty() || line.starts_with([' ', '\t', '}']) || line.trim_end().ends_with('{') || relation
}
