//! What the lines of a file declare at first sight, without a syntax tree: enough to know whether it must be parsed.
//!
//! A line is taken for what it begins with (`import`, `from`, `class`, `def`, a name that is assigned), unless it stands
//! within a string of several lines. So an outline may hold more than the file declares, and hardly ever less.

use std::sync::LazyLock;

use aho_corasick::packed::Searcher;

/// What the lines of a file declare.
#[derive(Default)]
pub(super) struct Outline<'t> {
    /// The modules that it imports by absolute path, one for each import.
    pub(super) imports: Vec<&'t str>,
    /// Names of other modules, with the module: `("Field", "sqlmodel")`. A star stands for all names.
    pub(super) imported: Vec<(&'t str, &'t str)>,
    /// Names, each with a word of what it is made of: a base of a class, what an alias stands for, a word that is assigned.
    pub(super) made_of: Vec<(&'t str, &'t str)>,
    /// The bases of its classes, and the words that they are made of.
    pub(super) bases: Vec<&'t str>,
    /// Classes, functions and values.
    pub(super) declared: Vec<&'t str>,
    /// What its text mentions.
    pub(super) mentions: Mentions,
}

/// What the text of a file mentions, comments and strings included.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Mentions {
    /// Words by which tables, columns and what is done to them are written.
    pub(crate) columns: bool,
    /// Words by which declarative bases are made.
    pub(crate) declarative: bool,
    /// SQLite, in any case.
    pub(crate) sqlite: bool,
}

/// Words, and what mentioning one says.
const WORDS: &[(&str, Mentions)] = &[
    ("Column(", COLUMNS),
    ("mapped", COLUMNS),
    ("Mapped", COLUMNS),
    ("__table", COLUMNS),
    ("Table(", COLUMNS),
    ("Index(", COLUMNS),
    (".metadata", COLUMNS),
    ("naming_convention", COLUMNS),
    ("append_constraint", COLUMNS),
    ("make_searchable", COLUMNS),
    ("map_imperatively", COLUMNS),
    ("declarative", DECLARATIVE),
    ("Declarative", DECLARATIVE),
    ("registry(", DECLARATIVE),
    ("automap_base", DECLARATIVE),
    ("generate_base", DECLARATIVE),
    ("sqlite", SQLITE),
    ("SQLite", SQLITE),
    ("Sqlite", SQLITE),
    ("SQLITE", SQLITE),
];

const COLUMNS: Mentions = Mentions { columns: true, declarative: false, sqlite: false };
const DECLARATIVE: Mentions = Mentions { columns: true, declarative: true, sqlite: false };
const SQLITE: Mentions = Mentions { columns: false, declarative: false, sqlite: true };

/// What begins and ends a string of several lines.
const QUOTES: [&str; 2] = ["\"\"\"", "'''"];

/// Finds the words, and the quotes after them.
static SEARCH: LazyLock<Option<Searcher>> =
    LazyLock::new(|| Searcher::new(WORDS.iter().map(|(word, _)| *word).chain(QUOTES)));

impl Mentions {
    const ALL: Self = Self { columns: true, declarative: true, sqlite: true };

    fn and(self, other: Self) -> Self {
        Self {
            columns: self.columns || other.columns,
            declarative: self.declarative || other.declarative,
            sqlite: self.sqlite || other.sqlite,
        }
    }
}

impl<'t> Outline<'t> {
    /// Whether it is a revision of Alembic: `down_revision = "1f3a"` stands at its outer level.
    pub(super) fn is_revision(&self) -> bool {
        self.declared.contains(&"down_revision")
    }

    /// Reads the lines of a text.
    pub(super) fn of(text: &'t str) -> Self {
        let (mentions, quotes) = mentioned(text);
        let mut outline = Self { mentions, ..Self::default() };
        let strings = long_strings(text, &quotes);
        let mut within = strings.iter().peekable();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let at = start;
            start += line.len();
            while within.next_if(|(_, end)| *end <= at).is_some() {}
            if within.peek().is_none_or(|(begin, _)| at <= *begin) {
                outline.line(text, line, at);
            }
        }
        outline
    }

    fn line(&mut self, text: &'t str, line: &'t str, at: usize) {
        let code = line.trim_start_matches([' ', '\t', '\u{feff}']);
        let from = at + line.len() - code.len();
        let rest = |word: &str| code.strip_prefix(word).filter(|rest| rest.starts_with([' ', '\t', '\\']));
        match code.as_bytes().first() {
            Some(b'i') => rest("import").into_iter().for_each(|names| self.import(names)),
            Some(b'f') => rest("from").into_iter().for_each(|_| self.import_from(statement(text, from))),
            Some(b'c') => rest("class").into_iter().for_each(|_| self.class(statement(text, from))),
            Some(b'd' | b'a') => {
                let function =
                    rest("def").or_else(|| rest("async").and_then(|rest| rest.trim_start().strip_prefix("def")));
                self.declared.extend(function.and_then(|rest| words(rest).next()));
            }
            _ => {}
        }
        if code.as_bytes().first().is_some_and(|byte| byte.is_ascii_uppercase() || *byte == b'_')
            || code.len() == line.len()
        {
            self.assigned(code);
        }
    }

    /// `import a.b, c as d`
    fn import(&mut self, names: &'t str) {
        let names = names.split_once('#').map_or(names, |(names, _)| names);
        for name in names.split([',', ';']) {
            let mut parts = name.split_whitespace();
            let Some(module) = parts.next() else { continue };
            self.imports.push(module);
            let top = module.split('.').next().unwrap_or(module);
            self.imported.push((top, module));
            if let (Some("as"), Some(alias)) = (parts.next(), parts.next()) {
                self.imported.push((alias, module));
            }
        }
    }

    /// `from a.b import (c, d as e)`
    fn import_from(&mut self, statement: &'t str) {
        let Some((module, names)) = statement.get(4..).and_then(|rest| rest.split_once("import")) else { return };
        let module = module.trim_matches([' ', '\t', '\\', '\n', '\r']);
        if !module.starts_with('.') {
            self.imports.push(module);
        }
        let mut names = names.split(|c: char| !is_word(c) && c != '*').filter(|word| !word.is_empty()).peekable();
        while let Some(name) = names.next() {
            self.imported.push((name, module));
            if names.next_if_eq(&"as").is_some()
                && let Some(alias) = names.next()
            {
                self.made_of.push((alias, name));
                self.imported.push((alias, module));
            }
        }
    }

    /// `class Item(Base, metaclass=Meta):`
    fn class(&mut self, statement: &'t str) {
        let header = statement.get(5..).unwrap_or_default();
        let Some(name) = words(header).next() else { return };
        self.declared.push(name);
        let Some((_, bases)) = header.split_once('(') else { return };
        for base in words_outside_brackets(bases) {
            self.made_of.push((name, base));
            self.bases.push(base);
        }
    }

    /// `Base = declarative_base()`
    fn assigned(&mut self, code: &'t str) {
        let Some((target, value)) = code.split_once('=') else { return };
        let target = target.split_once(':').map_or(target, |(target, _)| target).trim_end();
        if !target.is_empty() && target.chars().all(is_word) && !value.starts_with('=') {
            self.declared.push(target);
            self.made_of.extend(words(value).map(|word| (target, word)));
        }
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter| !is_word(letter)).filter(|word| !word.is_empty())
}

/// The words of the arguments of a class, those in square brackets left out: `Page[Item]` is no `Item`.
fn words_outside_brackets(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = text.split_inclusive(['[', ']']).filter(move |part| {
        let outside = depth == 0;
        if part.ends_with('[') {
            depth += 1;
        } else if part.ends_with(']') {
            depth = depth.saturating_sub(1);
        }
        outside
    });
    parts.flat_map(words)
}

/// The lines of a statement: up to the bracket that closes its first one, or the end of the line that has none.
fn statement(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split_inclusive('\n').next().unwrap_or(rest);
    let code = line.split_once('#').map_or(line, |(code, _)| code);
    if code.trim_end().ends_with('\\') {
        return rest.split("\n\n").next().unwrap_or(rest);
    }
    if !code.contains('(') {
        return code;
    }
    let mut depth = 0_usize;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth <= 1 => return rest.get(..at).unwrap_or(rest),
            b')' => depth -= 1,
            _ => {}
        }
    }
    rest
}

/// What a text mentions, and where three quotes stand.
fn mentioned(text: &str) -> (Mentions, Vec<usize>) {
    let Some(search) = &*SEARCH else { return (Mentions::ALL, Vec::new()) };
    let mut mentions = Mentions::default();
    let mut quotes = Vec::new();
    for found in search.find_iter(text) {
        match WORDS.get(found.pattern().as_usize()) {
            Some((_, said)) => mentions = mentions.and(*said),
            None => quotes.push(found.start()),
        }
    }
    (mentions, quotes)
}

/// Where strings of several lines begin and end: `"""..."""`. `quotes` is where three quotes stand.
fn long_strings(text: &str, quotes: &[usize]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut quotes = quotes.iter().copied();
    while let Some(begin) = quotes.find(|begin| *begin >= from) {
        let line = text.get(..begin).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1).max(from);
        if text.get(line..begin).is_some_and(leaves_open) {
            continue;
        }
        let kind = text.get(begin..begin + 3).unwrap_or_default();
        let closes = |at: &usize| *at >= begin + 3 && closing(text, *at, kind).is_some();
        let end = quotes.find(closes).and_then(|at| closing(text, at, kind)).unwrap_or(text.len());
        found.push((begin, end));
        from = end;
    }
    found
}

/// The end of a string that three quotes close, unless the first of them is escaped; a fourth may follow it.
fn closing(text: &str, at: usize, kind: &str) -> Option<usize> {
    let escapes = text.as_bytes().get(..at)?.iter().rev().take_while(|byte| **byte == b'\\').count();
    let start = at + escapes % 2;
    text.get(start..start + 3).filter(|quotes| *quotes == kind).map(|_| start + 3)
}

/// Whether the beginning of a line leaves a string open, or a comment.
fn leaves_open(line: &str) -> bool {
    let mut open = None;
    let mut letters = line.bytes();
    while let Some(letter) = letters.next() {
        match (open, letter) {
            (None, b'#') => return true,
            (None, b'"' | b'\'') => open = Some(letter),
            (Some(_), b'\\') => drop(letters.next()),
            (Some(quote), letter) if letter == quote => open = None,
            _ => {}
        }
    }
    open.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_and_aliases() {
        let outline = Outline::of(
            "import os, a.b as c  # d\nfrom . import e\nfrom x.y import (\n    F as G,  # H\n    I,\n)\n\
             if True:\n    from z import *\n",
        );
        assert_eq!(outline.imports, ["os", "a.b", "x.y", "z"]);
        assert_eq!(outline.made_of, [("G", "F")]);
        assert!(outline.imported.contains(&("G", "x.y")) && outline.imported.contains(&("*", "z")));
        assert!(outline.imported.contains(&("c", "a.b")) && outline.imported.contains(&("e", ".")));
    }

    #[test]
    fn classes_with_the_words_of_their_bases() {
        let outline = Outline::of(
            "class A(db.Model, Page[Item], table=True):\n    x: int\n\n    class B: ...\nclass C(\n    D,\n    E,\n): ...\n",
        );
        assert_eq!(outline.bases, ["db", "Model", "Page", "table", "True", "D", "E"]);
        assert_eq!(outline.declared, ["A", "B", "C"]);
    }

    #[test]
    fn values_and_functions() {
        let outline = Outline::of(
            "Base = make(x)\nIt: TypeAlias = Base\nif a == b: c\n    _B = Base\n    y = Base\ndef f(): ...\n",
        );
        assert_eq!(outline.made_of, [("Base", "make"), ("Base", "x"), ("It", "Base"), ("_B", "Base")]);
        assert_eq!(outline.declared, ["Base", "It", "_B", "f"]);
    }

    #[test]
    fn strings_of_several_lines_declare_nothing() {
        let outline = Outline::of(
            "'''\nimport a\n'''\nx = \"'''\"\nimport b  # \"\"\"\nimport c\ny = f(r\"\"\"\\\"\"\"\nimport d\n\"\"\")\nimport e\n",
        );
        assert_eq!(outline.imports, ["b", "c", "e"]);
    }

    #[test]
    fn mentions() {
        let mentions = |text| mentioned(text).0;
        assert!(mentions("x: Mapped[int]").columns && !mentions("x: Mapped[int]").declarative);
        assert!(mentions("class Base(DeclarativeBase): ...").declarative);
        assert!(mentions("URL = 'SQLite://'").sqlite);
        assert!(!mentions("class Item(SQLModel): ...").columns);
    }
}
