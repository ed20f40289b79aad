//! Markdown as a flat list of blocks with their lines: headings, paragraphs, list items, tables, code.

use crate::fences;
use crate::unfenced::{self, Stretch};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A line of running text: code spans keep their backticks, emphasis is gone.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Line {
    /// Text without Markdown.
    pub text: String,
    /// Line in the document, counted from 1.
    pub line: u32,
    /// The bold text that the line begins with.
    pub lead: String,
}

/// A table with its header.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Table {
    /// Header cells.
    pub header: Vec<String>,
    /// Body rows.
    pub rows: Vec<Row>,
    /// Line of the header.
    pub line: u32,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Row {
    /// Cells, as many as the header has.
    pub cells: Vec<String>,
    /// Line of the row.
    pub line: u32,
}

/// A piece of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// A heading, levels 1 to 6; a line that is bold all through, or a heading inside a list or a quote, is one of
    /// level 7. `start` is the offset of its first byte.
    Heading { level: u8, text: String, line: u32, start: usize },
    /// A paragraph, line by line.
    Paragraph { lines: Vec<Line> },
    /// One item of a list, without its nested lists; `depth` counts from 1.
    Item { depth: u8, lines: Vec<Line> },
    /// A table.
    Table(Table),
    /// A code block; `lang` is lower case, empty where none is given.
    Code { lang: String, text: String, line: u32 },
    /// The front matter.
    FrontMatter { text: String, line: u32 },
}

/// Bold text beyond this length opens nothing.
const MAX_LEAD: usize = 200;

/// Reads a document as blocks. Comments and raw HTML blocks are left out.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut builder = Builder::new(text);
    for stretch in unfenced::stretches(text) {
        match stretch {
            Stretch::Markdown(range) => {
                let base = range.start;
                for (event, place) in Parser::new_ext(&text[range], options).into_offset_iter() {
                    builder.event(event, base + place.start);
                }
            }
            Stretch::Block(block) => builder.blocks.push(block),
        }
        builder.flush();
    }
    builder.blocks.into_iter().flat_map(fences::outline).collect()
}

/// What the text that is being gathered will become.
enum Open {
    Nothing,
    Heading(u8),
    Paragraph,
    Cell,
    Code(String),
    FrontMatter,
}

struct Builder<'a> {
    source: &'a str,
    /// Offset and line up to which newlines were counted.
    counted: (usize, u32),
    blocks: Vec<Block>,
    open: Open,
    lines: Vec<Line>,
    table: Table,
    row: Row,
    depth: u8,
    struck: u8,
    quotes: u8,
    strong: u8,
    /// Whether bold text was seen, and whether other text was.
    bold_seen: bool,
    plain_seen: bool,
    /// Offset of the event that is being read, and of what is open.
    offset: usize,
    start: usize,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            counted: (0, 1),
            blocks: Vec::new(),
            open: Open::Nothing,
            lines: Vec::new(),
            table: Table::default(),
            row: Row::default(),
            depth: 0,
            struck: 0,
            quotes: 0,
            strong: 0,
            bold_seen: false,
            plain_seen: false,
            offset: 0,
            start: 0,
        }
    }

    /// The line of an offset; offsets come nearly in order, so that counting stays linear.
    fn line(&mut self, offset: usize) -> u32 {
        let (from, line) = self.counted;
        if offset < from {
            let back = self.source.as_bytes()[offset..from].iter().filter(|b| **b == b'\n').count();
            return line - u32::try_from(back).unwrap_or(0);
        }
        let end = offset.min(self.source.len());
        let on = self.source.as_bytes()[from..end].iter().filter(|b| **b == b'\n').count();
        self.counted = (end, line + u32::try_from(on).unwrap_or(0));
        self.counted.1
    }

    fn event(&mut self, event: Event<'_>, offset: usize) {
        let line = self.line(offset);
        self.offset = offset;
        match event {
            Event::Start(tag) => self.start(tag, line),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, line),
            Event::Code(text) => self.text(&format!("`{}`", text.trim()), line),
            Event::InlineHtml(html) if is_break(&html) => self.text(" ", line),
            Event::InlineHtml(html) if html.starts_with("<!--") => {}
            Event::InlineHtml(html) => self.text(&html, line),
            Event::SoftBreak | Event::HardBreak => {
                self.lines.push(Line { line: line + 1, ..Line::default() });
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: u32) {
        match tag {
            Tag::Heading { level, .. } => self.begin(Open::Heading(level as u8), line),
            Tag::Paragraph => self.begin(Open::Paragraph, line),
            Tag::Item => {
                self.flush();
                self.begin(Open::Paragraph, line);
            }
            Tag::List(_) => {
                self.flush();
                self.depth = self.depth.saturating_add(1);
            }
            Tag::CodeBlock(kind) => {
                let lang = match kind {
                    CodeBlockKind::Fenced(info) => {
                        info.split([' ', ',', '{']).next().unwrap_or_default().to_lowercase()
                    }
                    CodeBlockKind::Indented => String::new(),
                };
                self.begin(Open::Code(lang), line);
            }
            Tag::MetadataBlock(_) => self.begin(Open::FrontMatter, line),
            Tag::Table(_) => {
                self.flush();
                self.table = Table { line, ..Table::default() };
            }
            Tag::TableHead | Tag::TableRow => self.row = Row { cells: Vec::new(), line },
            Tag::TableCell => self.begin(Open::Cell, line),
            Tag::BlockQuote(_) => self.quotes = self.quotes.saturating_add(1),
            Tag::Strikethrough => self.struck = self.struck.saturating_add(1),
            Tag::Strong => self.strong = self.strong.saturating_add(1),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::CodeBlock | TagEnd::MetadataBlock(_) => self.flush(),
            TagEnd::List(_) => {
                self.flush();
                self.depth = self.depth.saturating_sub(1);
            }
            TagEnd::TableCell => {
                let cell = self.take_lines();
                self.row.cells.push(join(&cell));
                self.open = Open::Nothing;
            }
            TagEnd::TableHead => self.table.header = std::mem::take(&mut self.row.cells),
            TagEnd::TableRow => self.table.rows.push(std::mem::take(&mut self.row)),
            TagEnd::Table => self.blocks.push(Block::Table(std::mem::take(&mut self.table))),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            _ => {}
        }
    }

    fn begin(&mut self, open: Open, line: u32) {
        if !matches!(open, Open::Cell) {
            self.flush();
        }
        self.open = open;
        (self.bold_seen, self.plain_seen, self.start) = (false, false, self.offset);
        self.lines = vec![Line { line, ..Line::default() }];
    }

    fn text(&mut self, text: &str, line: u32) {
        if self.struck > 0 {
            return;
        }
        if matches!(self.open, Open::Nothing) {
            self.begin(Open::Paragraph, line);
        }
        let verbatim = matches!(self.open, Open::Code(_) | Open::FrontMatter);
        if text.chars().any(char::is_alphanumeric) {
            self.plain_seen |= self.strong == 0;
            self.bold_seen |= self.strong > 0;
        }
        if let Some(last) = self.lines.last_mut() {
            if last.text.is_empty() {
                last.line = line;
            }
            let kept = text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_control(*c));
            let leads = self.strong > 0 && last.text.len() < MAX_LEAD && last.text.trim() == last.lead.trim();
            last.text.extend(kept.map(|c| if verbatim || !c.is_whitespace() { c } else { ' ' }));
            if leads {
                last.lead.clone_from(&last.text);
            }
        }
    }

    fn take_lines(&mut self) -> Vec<Line> {
        let mut lines = std::mem::take(&mut self.lines);
        for line in &mut lines {
            line.text = line.text.trim().to_owned();
        }
        lines.retain(|line| !line.text.is_empty());
        lines
    }

    /// Closes what is open.
    fn flush(&mut self) {
        let open = std::mem::replace(&mut self.open, Open::Nothing);
        if let Open::Code(_) | Open::FrontMatter = open {
            let lines = std::mem::take(&mut self.lines);
            let line = lines.first().map_or(1, |line| line.line);
            let text: String = lines.into_iter().map(|line| line.text).collect();
            self.blocks.push(match open {
                Open::Code(lang) => Block::Code { lang, text, line },
                _ => Block::FrontMatter { text, line },
            });
            return;
        }
        let lines = self.take_lines();
        let Some(first) = lines.first() else { return };
        let line = first.line;
        let nested = self.depth > 0 || self.quotes > 0;
        let bold = self.bold_seen && !self.plain_seen && lines.len() == 1 && lines[0].text.chars().count() < 90;
        let start = self.start;
        match open {
            Open::Heading(level) => {
                let level = if nested { 7 } else { level };
                self.blocks.push(Block::Heading { level, text: join(&lines), line, start });
            }
            Open::Paragraph if self.depth > 0 => self.blocks.push(Block::Item { depth: self.depth, lines }),
            Open::Paragraph if bold => self.blocks.push(Block::Heading { level: 7, text: join(&lines), line, start }),
            Open::Paragraph => self.blocks.push(Block::Paragraph { lines }),
            _ => {}
        }
    }
}

/// Joins lines to one.
pub(crate) fn join(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn is_break(html: &str) -> bool {
    let name = html.trim_start_matches(['<', '/']).trim_end_matches(['>', '/', ' ']);
    name.eq_ignore_ascii_case("br")
}

/// Control characters, and those that reorder the text around them, never belong to what a document says.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
