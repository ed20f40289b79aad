//! The words that documents use, in thirteen languages: data, in the text files of the folder `lexicon`.
//!
//! A file has sections, `[name of the section]`, and in them words separated by commas. Words are folded as
//! [`crate::names::fold`] does it: lower case, without accents. Lines that begin with `# ` are comments.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::LazyLock;

const FILES: &[&str] = &[
    include_str!("../lexicon/columns.txt"),
    include_str!("../lexicon/constraints.txt"),
    include_str!("../lexicon/fields.txt"),
    include_str!("../lexicon/headings.txt"),
    include_str!("../lexicon/languages.txt"),
    include_str!("../lexicon/names.txt"),
    include_str!("../lexicon/priorities.txt"),
    include_str!("../lexicon/relations.txt"),
    include_str!("../lexicon/requirements.txt"),
    include_str!("../lexicon/types.txt"),
    include_str!("../lexicon/untyped.txt"),
];

type Sections = HashMap<&'static str, Vec<&'static str>>;

static SECTIONS: LazyLock<Sections> = LazyLock::new(|| {
    let mut sections = Sections::new();
    for file in FILES {
        let mut open = "";
        for line in file.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(name) => open = name,
                None => sections
                    .entry(open)
                    .or_default()
                    .extend(line.split(',').map(str::trim).filter(|word| !word.is_empty())),
            }
        }
    }
    sections
});

/// The words of one section, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words(pub &'static str);

impl Words {
    /// The words as they are listed.
    pub(crate) fn list(self) -> &'static [&'static str] {
        SECTIONS.get(self.0).map_or(&[], Vec::as_slice)
    }
}

impl Deref for Words {
    type Target = [&'static str];

    fn deref(&self) -> &Self::Target {
        self.list()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::fold;

    #[test]
    fn words_are_folded_and_listed_once() {
        for (section, words) in SECTIONS.iter() {
            assert!(!words.is_empty(), "[{section}] is empty");
            for (at, word) in words.iter().enumerate() {
                assert_eq!(fold(word), *word, "[{section}] has a word that is not folded");
                assert!(!words[..at].contains(word), "[{section}] lists `{word}` twice");
            }
        }
    }
}
