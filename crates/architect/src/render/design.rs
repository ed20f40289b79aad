//! A design in one paragraph.

use std::fmt::Write;

use architect_model::Design;

use super::paint::{dim, heading};

/// What was understood, then each assumption and question with its line.
pub fn design_summary(design: &Design) -> String {
    let fields: usize = design.entities.iter().map(|entity| entity.fields.len()).sum();
    let mut out = format!(
        "{}, {}, {}, {}",
        count(design.entities.len(), "entity", "entities"),
        count(fields, "field", "fields"),
        count(design.endpoints.len(), "endpoint", "endpoints"),
        count(design.requirements.len(), "requirement", "requirements"),
    );
    if !design.assumptions.is_empty() {
        let _ = write!(out, "\n\n{}", heading("Assumed"));
        for assumption in &design.assumptions {
            let _ = write!(out, "\n  {} {}", assumption.text, dim(&assumption.at));
        }
    }
    if !design.questions.is_empty() {
        let _ = write!(out, "\n\n{}", heading("Open"));
        for question in &design.questions {
            let _ =
                write!(out, "\n  {} {}\n    until answered: {}", question.text, dim(&question.at), question.default);
        }
    }
    out
}

/// `1 entity`, `2 entities`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}
