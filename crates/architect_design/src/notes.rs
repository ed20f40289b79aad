//! What a reader has to say besides the design: assumptions, questions, problems.

use std::collections::HashSet;
use std::sync::Arc;

use crate::language::Language;
use crate::names::one_line;
use architect_model::{Assumption, Location, Problem, Question};

/// Gathers notes while a document is read; each is kept once.
pub(crate) struct Notes {
    file: Arc<str>,
    /// The language of the document.
    pub language: Language,
    /// Texts of what was said.
    said: HashSet<String>,
    pub assumptions: Vec<Assumption>,
    pub questions: Vec<Question>,
    pub problems: Vec<Problem>,
    /// Fields of the entity that is being settled whose types nothing tells, with their lines.
    pub untyped: Vec<(String, u32)>,
}

impl Notes {
    /// No notes yet on a file.
    pub fn new(file: &str) -> Self {
        Self {
            file: file.into(),
            language: Language::default(),
            said: HashSet::new(),
            assumptions: Vec::new(),
            questions: Vec::new(),
            problems: Vec::new(),
            untyped: Vec::new(),
        }
    }

    /// A line of the document.
    pub fn at(&self, line: u32) -> Location {
        Location::line(Arc::clone(&self.file), line.max(1))
    }

    /// Something is taken for granted.
    pub fn assume(&mut self, line: u32, text: impl Into<String>) {
        let (text, at) = (one_line(&text.into()), self.at(line));
        if self.said.insert(text.clone()) {
            self.assumptions.push(Assumption { text, at });
        }
    }

    /// Something is missing.
    pub fn ask(&mut self, line: u32, text: impl Into<String>, default: impl Into<String>) {
        let (text, default, at) = (one_line(&text.into()), default.into(), self.at(line));
        if self.said.insert(text.clone()) {
            self.questions.push(Question { text, default, at });
        }
    }

    /// Takes up a note of an earlier run.
    pub fn listed(&mut self, text: &str) {
        self.said.insert(text.to_owned());
    }

    /// The document cannot be used as it is.
    pub fn problem(&mut self, line: u32, text: impl Into<String>, help: impl Into<String>) {
        let problem = Problem { text: text.into(), help: Some(help.into()), at: self.at(line) };
        if self.said.insert(format!("{}: {}", problem.at, problem.text)) {
            self.problems.push(problem);
        }
    }
}
