//! What resolving has to say beside its result.

use architect_model::{Assumption, Location, Problem, Question, Risk};

/// Problems, risks, assumptions and questions, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) problems: Vec<Problem>,
    pub(crate) risks: Vec<Risk>,
    pub(crate) assumptions: Vec<Assumption>,
    pub(crate) questions: Vec<Question>,
}

impl Notes {
    /// Something that makes the design impossible here.
    pub(crate) fn problem(&mut self, at: &Location, text: impl Into<String>, help: impl Into<String>) {
        let problem = Problem { text: text.into(), help: Some(help.into()), at: at.clone() };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Something that may go wrong.
    pub(crate) fn risk(&mut self, at: &Location, text: impl Into<String>) {
        let risk = Risk { text: text.into(), at: Some(at.clone()) };
        if !self.risks.contains(&risk) {
            self.risks.push(risk);
        }
    }

    /// Something taken for granted.
    pub(crate) fn assume(&mut self, at: &Location, text: impl Into<String>) {
        let assumption = Assumption { text: text.into(), at: at.clone() };
        if !self.assumptions.contains(&assumption) {
            self.assumptions.push(assumption);
        }
    }

    /// Something open, with the answer that was taken.
    pub(crate) fn ask(&mut self, at: &Location, text: impl Into<String>, default: impl Into<String>) {
        let question = Question { text: text.into(), default: default.into(), at: at.clone() };
        if !self.questions.contains(&question) {
            self.questions.push(question);
        }
    }
}
