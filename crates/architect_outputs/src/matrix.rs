//! The matrix of requirements for a pull request: each with its endpoints and tests, as Markdown.

use std::fmt::Write;

use architect_model::{Check, DocumentCheck, Met, Priority, RequirementState};

/// The requirements of all documents with what meets them, and the differences between documents and code.
pub fn matrix(check: &Check) -> String {
    let parts: Vec<String> = check.documents.iter().map(document).collect();
    parts.join("\n")
}

fn document(document: &DocumentCheck) -> String {
    let mut out = format!("## {}\n\n", text(&document.document));
    if !document.requirements.is_empty() {
        out.push_str("| Requirement | Priority | Entities | Endpoints | Tests | State |\n|---|---|---|---|---|---|\n");
        for requirement in &document.requirements {
            row(&mut out, requirement);
        }
        out.push('\n');
    }
    if document.differences.is_empty() {
        out.push_str("The code has what the document says.\n");
    } else {
        out.push_str("The code differs from the document:\n\n");
        for difference in &document.differences {
            let found = difference.found_at.as_ref().map(|at| format!(", `{at}`")).unwrap_or_default();
            let _ = writeln!(out, "- {} (`{}`{found})", text(&difference.text), difference.at);
        }
    }
    out
}

fn row(out: &mut String, requirement: &RequirementState) {
    let priority = match requirement.priority {
        Some(Priority::Must) => "must",
        Some(Priority::Should) => "should",
        Some(Priority::Could) => "could",
        Some(Priority::Wont) => "won't",
        None => "",
    };
    let state = match requirement.state {
        Met::Tested => "met, tested",
        Met::Untested => "met, not tested",
        Met::Unmet => "**not met**",
        Met::Untraced => "not traced",
    };
    let endpoints: Vec<String> = requirement
        .endpoints
        .iter()
        .map(|endpoint| {
            let missing = if endpoint.found_at.is_none() { " **missing**" } else { "" };
            format!("`{} {}`{missing}", endpoint.method, endpoint.path)
        })
        .collect();
    let mut tests: Vec<String> = requirement
        .endpoints
        .iter()
        .flat_map(|endpoint| &endpoint.tests)
        .map(|test| format!("`{}`", test.name))
        .collect();
    tests.sort();
    tests.dedup();
    let _ = writeln!(
        out,
        "| {} {} | {priority} | {} | {} | {} | {state} |",
        text(&requirement.id),
        text(&requirement.text),
        requirement.entities.join(", "),
        endpoints.join("<br>"),
        tests.join("<br>")
    );
}

/// Text inside a cell: what would end it, or be markup, is escaped.
fn text(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('|', "\\|").replace(['\n', '\r'], " ")
}
