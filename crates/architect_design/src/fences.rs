//! Fences that hold what documents write without one: names with lists below them, trees of names.

use crate::blocks::{Block, Line};
use crate::forms::lists;
use crate::names;

/// A fence that holds names with lists below them, as documents write them without one: headings and items.
pub(crate) fn outline(block: Block) -> Vec<Block> {
    let Block::Code { lang, text, line } = &block else { return vec![block] };
    if ["yaml", "yml", "diff", "gherkin", "markdown", "md"].contains(&lang.as_str()) || text.len() > 20_000 {
        return vec![block];
    }
    let lines: Vec<(u32, &str)> = (*line..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()).collect();
    let item = |text: &str| {
        let branch = ["├── ", "└── ", "├─ ", "└─ "].iter().any(|branch| text.starts_with(branch));
        branch || text.trim_start().strip_prefix(['-', '*', '•']).is_some_and(|rest| rest.starts_with(' '))
    };
    let name = |text: &str| {
        let name = text.trim().trim_start_matches(['#', ' ']).trim_end_matches([':', ' ']).replace('*', "");
        let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '(' | ')');
        let fits = name.starts_with(char::is_alphabetic) && name.chars().all(plain) && !text.starts_with(' ');
        (fits && name.split_whitespace().count() < 5).then_some(name)
    };
    if let Some(blocks) = tree(&lines) {
        return blocks;
    }
    let items = lines.iter().filter(|(_, text)| item(text)).count();
    let alternate = lines.windows(2).all(|pair| item(pair[0].1) || item(pair[1].1));
    let told = lines.iter().all(|(_, text)| item(text) || name(text).is_some());
    if items < 2 || items == lines.len() || items * 2 < lines.len() || !told || !alternate || item(lines[0].1) {
        return vec![block];
    }
    let read = |(line, text): &(u32, &str)| match name(text).filter(|_| !item(text)) {
        Some(text) => Block::Heading { level: 7, text, line: *line, start: 0 },
        None => {
            let text = text.trim_start().trim_start_matches(['-', '*', '•', '├', '└', '─']).trim().to_owned();
            Block::Item { depth: 1, lines: vec![Line { text, line: *line, ..Line::default() }] }
        }
    };
    lines.iter().map(read).collect()
}

/// A tree whose branches are names of entities and whose leaves are names of fields.
fn tree(lines: &[(u32, &str)]) -> Option<Vec<Block>> {
    let nodes: Vec<(u32, usize, &str)> = lines.iter().map(|(line, text)| node(*line, text)).collect::<Option<_>>()?;
    let deepest = nodes.iter().map(|(_, depth, _)| *depth).max()?;
    if deepest < 2 || nodes.iter().filter(|(_, depth, _)| *depth == 0).count() != 1 {
        return None;
    }
    let mut blocks = Vec::new();
    let (mut keys, mut branches) = (0, 0);
    for (at, (line, depth, name)) in nodes.iter().enumerate() {
        let below = nodes[at + 1..].iter().take_while(|(_, other, _)| other > depth);
        let below: Vec<&(u32, usize, &str)> = below.collect();
        if below.len() < 2 || below.iter().any(|(_, other, _)| *other > depth + 1) {
            continue;
        }
        branches += 1;
        keys += usize::from(
            below.iter().any(|(_, _, name)| lists::is_common(name.split([' ', ':']).next().unwrap_or_default())),
        );
        blocks.push(Block::Heading { level: 7, text: (*name).to_owned(), line: *line, start: 0 });
        blocks.extend(below.iter().map(|(line, _, text)| Block::Item {
            depth: 1,
            lines: vec![Line { text: (*text).to_owned(), line: *line, ..Line::default() }],
        }));
    }
    (keys > 0 && keys == branches).then_some(blocks)
}

/// One line of a tree: its depth and its text.
fn node(line: u32, text: &str) -> Option<(u32, usize, &str)> {
    let name = text.trim_start_matches(['│', '├', '└', '─', '|', ' ', '\u{a0}']).trim();
    let before =
        text[..text.len() - text.trim_start_matches(['│', '├', '└', '─', '|', ' ', '\u{a0}']).len()].chars().count();
    let first = name.split([' ', ':', '(']).next().unwrap_or_default();
    names::is_identifier(first).then_some((line, before / 4, name))
}
