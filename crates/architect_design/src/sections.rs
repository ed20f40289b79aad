//! A document as sections: each heading with the blocks under it and the headings above it.

use crate::blocks::Block;

/// A heading and what stands under it, up to the next heading of any level.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Section {
    /// Level of the heading; 0 before the first one, 7 for a bold line.
    pub level: u8,
    /// The heading.
    pub heading: String,
    /// Headings above it, outermost first.
    pub above: Vec<String>,
    /// Line of the heading.
    pub line: u32,
    /// Offset of the heading's first byte.
    pub start: usize,
    /// What follows.
    pub blocks: Vec<Block>,
}

/// Cuts a document into sections.
pub(crate) fn sections(blocks: Vec<Block>) -> Vec<Section> {
    let mut sections = vec![Section { line: 1, ..Section::default() }];
    let mut open: Vec<(u8, String)> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading { level, text, line, start } => {
                open.retain(|(above, _)| *above < level);
                let above = open.iter().map(|(_, text)| text.clone()).collect();
                open.push((level, text.clone()));
                sections.push(Section { level, heading: text, above, line, start, blocks: Vec::new() });
            }
            block => {
                if let Some(last) = sections.last_mut() {
                    last.blocks.push(block);
                }
            }
        }
    }
    sections
}
