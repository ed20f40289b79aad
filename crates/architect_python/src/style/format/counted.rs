//! What the code itself shows about formatting, for all that no configuration decides.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, PythonVersion, Stmt, StringLiteral};
use ruff_text_size::Ranged;

/// Lines longer than this many characters count as this long.
const LONGEST: usize = 200;

/// Counts over files.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// Lines by length in characters, up to [`LONGEST`].
    lengths: Vec<usize>,
    pub(super) double: usize,
    pub(super) single: usize,
    pub(super) files: usize,
    pub(super) crlf: usize,
    pub(super) future: usize,
    /// Files whose first imports are in order, and files that have several.
    sorted: (usize, usize),
    /// Indented lines by two, by four, by tab.
    indents: [usize; 3],
    /// The oldest version that has all syntax and names seen.
    pub(super) python: u8,
}

impl Counted {
    /// Counts one file.
    pub(super) fn of(text: &str, body: &[Stmt]) -> Self {
        let mut counted = Self::default();
        if body.is_empty() {
            return counted;
        }
        counted.files = 1;
        counted.crlf = usize::from(text.contains("\r\n"));
        counted.lengths.resize(LONGEST + 1, 0);
        for line in text.lines() {
            if let Some(length) = counted.lengths.get_mut(line.chars().count().min(LONGEST)) {
                *length += 1;
            }
        }
        counted.add_indent(body, text);
        counted.future = usize::from(body.iter().any(is_future_annotations));
        counted.add_import_order(body);
        let mut strings = Strings { text, counted: &mut counted };
        strings.visit_body(body);
        counted
    }

    /// The counts of two sets of files together.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.lengths.resize(self.lengths.len().max(other.lengths.len()), 0);
        for (length, more) in self.lengths.iter_mut().zip(&other.lengths) {
            *length += more;
        }
        for (indent, more) in self.indents.iter_mut().zip(other.indents) {
            *indent += more;
        }
        self.double += other.double;
        self.single += other.single;
        self.files += other.files;
        self.crlf += other.crlf;
        self.future += other.future;
        self.sorted = (self.sorted.0 + other.sorted.0, self.sorted.1 + other.sorted.1);
        self.python = self.python.max(other.python);
        self
    }

    /// The shortest usual bound that nearly all lines keep.
    pub(super) fn line_length(&self) -> u16 {
        let all: usize = self.lengths.iter().sum();
        let usual = [79_u16, 88, 100, 120];
        let keeps = |bound: u16| {
            let over: usize = self.lengths.iter().skip(usize::from(bound) + 1).sum();
            over * 200 <= all
        };
        usual.into_iter().find(|bound| keeps(*bound)).unwrap_or(120)
    }

    pub(super) fn indent(&self) -> u8 {
        let [two, four, _] = self.indents;
        if two > four { 2 } else { 4 }
    }

    pub(super) fn sorted_imports(&self) -> bool {
        self.sorted.0 * 10 >= self.sorted.1 * 6
    }

    fn add_indent(&mut self, body: &[Stmt], text: &str) {
        let inner = body.iter().find_map(|stmt| match stmt {
            Stmt::FunctionDef(function) => function.body.first(),
            Stmt::ClassDef(class) => class.body.first(),
            _ => None,
        });
        let Some(start) = inner.map(|stmt| stmt.start().to_usize()) else { return };
        let line = text.get(..start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
        match line {
            "  " => self.indents[0] += 1,
            "    " => self.indents[1] += 1,
            "\t" => self.indents[2] += 1,
            _ => {}
        }
    }

    fn add_import_order(&mut self, body: &[Stmt]) {
        let names: Vec<String> = body
            .iter()
            .filter_map(|stmt| match stmt {
                Stmt::ImportFrom(import) if import.level == 0 => import.module.as_ref(),
                _ => None,
            })
            .map(|module| module.to_lowercase())
            .collect();
        if names.len() > 2 {
            // Sections follow each other: each may start again from the front of the alphabet.
            let breaks = names.windows(2).filter(|pair| pair[0] > pair[1]).count();
            self.sorted.1 += 1;
            self.sorted.0 += usize::from(breaks <= 2 && breaks * 2 < names.len());
        }
    }
}

fn is_future_annotations(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::ImportFrom(import) if import.module.as_deref() == Some("__future__")
        && import.names.iter().any(|alias| alias.name.as_str() == "annotations"))
}

struct Strings<'a, 'c> {
    text: &'a str,
    counted: &'c mut Counted,
}

impl Strings<'_, '_> {
    fn needs(&mut self, version: PythonVersion) {
        self.counted.python = self.counted.python.max(version.minor);
    }
}

impl<'a> Visitor<'a> for Strings<'a, '_> {
    fn visit_string_literal(&mut self, literal: &'a StringLiteral) {
        let source = self.text.get(literal.range().to_std_range()).unwrap_or_default();
        let quoted = source.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        // A string that holds the other quote, and a docstring, have no choice.
        if literal.value.contains(['"', '\'']) || quoted.starts_with("\"\"\"") || quoted.starts_with("'''") {
            return;
        }
        match quoted.chars().next() {
            Some('"') => self.counted.double += 1,
            Some('\'') => self.counted.single += 1,
            _ => {}
        }
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Match(_) => self.needs(PythonVersion::PY310),
            Stmt::TypeAlias(_) => self.needs(PythonVersion::PY312),
            Stmt::ClassDef(class) if class.type_params.is_some() => self.needs(PythonVersion::PY312),
            Stmt::FunctionDef(function) if function.type_params.is_some() => self.needs(PythonVersion::PY312),
            Stmt::ImportFrom(import) => {
                let newest = import.names.iter().any(|alias| matches!(alias.name.as_str(), "StrEnum" | "UTC" | "Self"));
                if newest && matches!(import.module.as_deref(), Some("enum" | "datetime" | "typing")) {
                    self.needs(PythonVersion::PY311);
                }
            }
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        if matches!(annotation, Expr::BinOp(_)) && self.counted.future == 0 {
            self.needs(PythonVersion::PY310);
        }
        visitor::walk_annotation(self, annotation);
    }
}

#[cfg(test)]
mod tests {
    use super::Counted;

    fn count(text: &str) -> Counted {
        Counted::of(text, ruff_python_parser::parse_module(text).unwrap().suite())
    }

    #[test]
    fn quotes_lengths_versions() {
        let counted =
            count("from enum import StrEnum\nx = 'a'\ny = ['b', \"it's\"]\n\ndef f(a: int | None):\n  return \"c\"\n");
        assert_eq!((counted.single, counted.double), (2, 1));
        assert_eq!((counted.line_length(), counted.indent(), counted.python), (79, 2, 11));
        let long = format!("x = '{}'\n", "a".repeat(90));
        assert_eq!(count(&long).line_length(), 100);
    }

    #[test]
    fn order_of_imports() {
        assert!(count("from a import x\nfrom b import y\nfrom a.c import z\nfrom d import z\n").sorted_imports());
        assert!(!count("from z import x\nfrom b import y\nfrom a.c import z\nfrom a import z\n").sorted_imports());
    }
}
