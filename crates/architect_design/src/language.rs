//! The language that a document is written in, as far as its plurals need it.

use crate::blocks::Block;
use crate::lexicon::Words;
use crate::names::fold;
use crate::sections::Section;

/// A language with plurals of its own; every other one is taken like English, whose plurals identifiers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    #[default]
    English,
    Spanish,
    Portuguese,
    French,
    Italian,
    German,
    Polish,
    Turkish,
}

impl Language {
    /// Whether adjectives follow their noun.
    pub fn has_nouns_first(self) -> bool {
        matches!(self, Self::Spanish | Self::Portuguese | Self::French | Self::Italian)
    }
}

const LANGUAGES: &[(Language, Words)] = &[
    (Language::English, Words("small words: en")),
    (Language::Spanish, Words("small words: es")),
    (Language::Portuguese, Words("small words: pt")),
    (Language::French, Words("small words: fr")),
    (Language::Italian, Words("small words: it")),
    (Language::German, Words("small words: de")),
    (Language::Polish, Words("small words: pl")),
    (Language::Turkish, Words("small words: tr")),
];

/// The language whose small words a document uses most.
pub(crate) fn of(sections: &[Section]) -> Language {
    let mut counts = [0_u32; LANGUAGES.len()];
    for section in sections {
        count(&section.heading, &mut counts);
        for block in &section.blocks {
            match block {
                Block::Paragraph { lines } | Block::Item { lines, .. } => {
                    lines.iter().for_each(|line| count(&line.text, &mut counts));
                }
                Block::Table(table) => {
                    let rows = table.rows.iter().flat_map(|row| &row.cells);
                    table.header.iter().chain(rows).for_each(|cell| count(cell, &mut counts));
                }
                _ => {}
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let at = counts.iter().position(|count| *count == most && most > 0);
    at.map_or(Language::English, |at| LANGUAGES[at].0)
}

fn count(text: &str, counts: &mut [u32]) {
    for word in fold(text).split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()) {
        for ((_, words), count) in LANGUAGES.iter().zip(counts.iter_mut()) {
            *count += u32::from(words.contains(&word));
        }
    }
}
