//! Python code as a plain tree: what a comparison needs and nothing else.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use ruff_text_size::TextRange;
use rustc_hash::FxHasher;

/// What a word is to those who rename.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A keyword, an operator, a literal.
    Plain,
    /// A name by itself: `project`.
    Name,
    /// A name that is bound here: `project = …`, a parameter.
    Store,
    /// An attribute of `self`.
    Own,
    /// An attribute of `self` that is bound here.
    OwnStore,
    /// Any other attribute, and the name of a method.
    Attribute,
}

/// A word of the code; layout, quotes and needless brackets make no difference.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: Rc<str>,
    pub(super) role: Role,
    /// Where a name stands.
    pub(super) range: TextRange,
}

/// How the parts of a node belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Replaced as a whole.
    Leaf,
    /// Parts with places of their own.
    Fixed,
    /// Elements between commas.
    Commas,
    /// Operands between one operator: `and`, `or`, `|`.
    Operands(&'static str),
    /// `select(Project).where(…).order_by(…)`: what it begins with, and its links.
    Chain,
    /// One decorator a line.
    Decorators,
    /// Statements.
    Suite,
}

/// A piece of code.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// What it is, its own words included; nodes of different tags are not compared part by part.
    pub(super) tag: Rc<str>,
    /// The part of its parent that it fills, as it is written before it (` = `); empty for parts that must be.
    pub(super) slot: &'static str,
    /// Its name among its neighbours.
    pub(super) key: Option<Rc<str>>,
    pub(super) range: TextRange,
    /// The same with the brackets around it.
    pub(super) outer: TextRange,
    /// Between the brackets, for elements between commas.
    pub(super) inner: TextRange,
    /// Whether it is a statement, and where its header ends: the colon before its body, or its own end.
    pub(super) header: Option<TextRange>,
    /// `pass` and `...` in a suite.
    pub(super) holes: Vec<TextRange>,
    pub(super) words: Rc<[Word]>,
    hash: u64,
    pub(super) parts: Vec<Node>,
}

impl Node {
    /// A node without parts.
    pub(super) fn leaf(tag: &str, range: TextRange, words: Vec<Word>) -> Self {
        Self::with_words(Kind::Leaf, tag.into(), range, words, Vec::new())
    }

    /// A node whose words are those of its parts behind a mark of its own.
    pub(super) fn of(kind: Kind, tag: &str, range: TextRange, parts: Vec<Node>) -> Self {
        let mut words = vec![mark(tag, parts.len(), range)];
        for part in &parts {
            if !part.slot.is_empty() {
                words.push(mark(part.slot, 1, range));
            }
            words.extend(part.words.iter().cloned());
        }
        Self::with_words(kind, tag.into(), range, words, parts)
    }

    /// A node of which the words are known.
    pub(super) fn with_words(kind: Kind, tag: Rc<str>, range: TextRange, words: Vec<Word>, parts: Vec<Node>) -> Self {
        let mut hasher = FxHasher::default();
        words.iter().for_each(|word| word.text.hash(&mut hasher));
        let hash = hasher.finish();
        let (slot, key, header, holes) = ("", None, None, Vec::new());
        let words = words.into();
        Self { kind, tag, slot, key, range, outer: range, inner: range, header, holes, words, hash, parts }
    }

    pub(super) fn in_slot(mut self, slot: &'static str) -> Self {
        self.slot = slot;
        self
    }

    pub(super) fn keyed(mut self, key: impl Into<Rc<str>>) -> Self {
        self.key = Some(key.into());
        self
    }

    pub(super) fn is_statement(&self) -> bool {
        self.header.is_some()
    }

    /// Whether it is a class or a function.
    pub(super) fn is_definition(&self) -> bool {
        matches!(&*self.tag, "class" | "def" | "async def")
    }

    /// Whether both say the same, word for word.
    pub(super) fn says(&self, other: &Node) -> bool {
        self.hash == other.hash
            && self.words.len() == other.words.len()
            && self.words.iter().zip(other.words.iter()).all(|(one, two)| one.text == two.text)
    }

    /// The part in a slot.
    pub(super) fn part(&self, slot: &str) -> Option<&Node> {
        self.parts.iter().find(|part| part.slot == slot)
    }

    /// Its own suite.
    pub(super) fn suite(&self) -> Option<&Node> {
        self.parts.iter().find(|part| part.kind == Kind::Suite)
    }
}

/// A word that stands for structure.
pub(super) fn mark(tag: &str, parts: usize, range: TextRange) -> Word {
    Word { text: format!("{tag}:{parts}").into(), role: Role::Plain, range }
}
