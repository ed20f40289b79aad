//! What checking documents found, for people.

use std::fmt::Write;

use architect_model::{Check, DocumentCheck, Met, RequirementState};

use super::design::count;
use super::paint::{added, dim, heading, removed};

/// The whole result.
pub fn check(check: &Check) -> String {
    let mut out = String::new();
    for document in &check.documents {
        write_document(&mut out, document);
    }
    out
}

fn write_document(out: &mut String, document: &DocumentCheck) {
    let _ = writeln!(out, "{}", heading(&document.document));
    for difference in &document.differences {
        let found = difference.found_at.as_ref().map(|at| format!(", {at}")).unwrap_or_default();
        let _ = writeln!(out, "   {} {} {}", removed("✗"), difference.text, dim(format!("{}{found}", difference.at)));
    }
    for requirement in &document.requirements {
        write_requirement(out, requirement);
    }
    let met = |state: Met| document.requirements.iter().filter(|requirement| requirement.state == state).count();
    let differences = match document.differences.len() {
        0 => "The code has what the document says".to_owned(),
        number => format!("{} between the document and the code", count(number, "difference", "differences")),
    };
    let _ = write!(out, "{differences}");
    if !document.requirements.is_empty() {
        let _ = write!(
            out,
            "; {}: {} tested, {} without a test of an endpoint, {} unmet, {} not traced",
            count(document.requirements.len(), "requirement", "requirements"),
            met(Met::Tested),
            met(Met::Untested),
            met(Met::Unmet),
            met(Met::Untraced)
        );
    }
    out.push_str(".\n");
}

fn write_requirement(out: &mut String, requirement: &RequirementState) {
    let mark = match requirement.state {
        Met::Tested => added("✓").to_string(),
        Met::Untested => "○".to_owned(),
        Met::Unmet => removed("✗").to_string(),
        Met::Untraced => dim("?").to_string(),
    };
    let _ = writeln!(out, "   {mark} {} {}", requirement.id, requirement.text);
    for endpoint in &requirement.endpoints {
        let place = match (&endpoint.found_at, endpoint.tests.len()) {
            (None, _) => removed("missing").to_string(),
            (Some(at), 0) => format!("{}, {}", dim(at), removed("no test calls it")),
            (Some(at), number) => format!("{}, {}", dim(at), count(number, "test", "tests")),
        };
        let _ = writeln!(out, "       {:<6} {}  {place}", endpoint.method, endpoint.path);
    }
}
