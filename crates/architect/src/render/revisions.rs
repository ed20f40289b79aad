//! Revisions: their heads, their safety, and what cannot be taken back.

use std::fmt::Write;

use architect_engine::{Branch, Heads};
use architect_model::{RevisionSafety, SafetyFinding, SafetyReport, Unreturned, VerifyReport};

use super::design::count;
use super::paint::{accent, dim, heading, removed};

/// Where the revisions end, and what each branch does.
pub fn heads(found: &Heads) -> String {
    let mut out = String::new();
    let several = found.branches.len() > 1;
    for branch in &found.branches {
        write_branch(&mut out, branch, found.main.as_deref(), several);
    }
    let conclusion = match found.branches.len() {
        0 => "There are no revisions.".to_owned(),
        1 => "There is one head.".to_owned(),
        number => format!(
            "There are {number} heads. `architect migrate heads --merge` joins them; `architect migrate rebase` puts your \
             own revisions behind the other head."
        ),
    };
    let _ = writeln!(out, "{}", heading(conclusion));
    out
}

fn write_branch(out: &mut String, branch: &Branch, main: Option<&str>, several: bool) {
    let Some(head) = branch.revisions.last() else { return };
    let message = head.message.as_ref().map(|message| format!(" {message}")).unwrap_or_default();
    let _ = writeln!(out, "{}{message} {}", accent(&head.id), dim(&head.at.file));
    if !several {
        return;
    }
    for revision in &branch.revisions {
        let standing = match (main, revision.is_merged) {
            (Some(main), Some(true)) => format!(", on {main}"),
            (Some(_), Some(false)) => ", your own".to_owned(),
            _ => String::new(),
        };
        let message = revision.message.as_ref().map(|message| format!(" {message}")).unwrap_or_default();
        let _ = writeln!(out, "   {}{message} {}", revision.id, dim(format!("({}{standing})", revision.at.file)));
        for does in &revision.does {
            let _ = writeln!(out, "     {does}");
        }
    }
    out.push('\n');
}

/// What revisions do that is not safe on a database in use.
pub fn safety(report: &SafetyReport) -> String {
    let mut out = String::new();
    for revision in report.revisions.iter().filter(|revision| !revision.findings.is_empty()) {
        write_revision(&mut out, revision);
    }
    for problem in &report.edited {
        let _ = writeln!(out, "{} {}", removed("✗"), dim(&problem.at));
        let _ = writeln!(out, "   {}", problem.text);
        if let Some(help) = &problem.help {
            let _ = writeln!(out, "   {help}");
        }
        out.push('\n');
    }
    let findings: usize =
        report.revisions.iter().map(|revision| revision.findings.len()).sum::<usize>() + report.edited.len();
    let judged = count(report.revisions.len(), "revision", "revisions");
    let conclusion = match findings {
        0 => format!("Nothing unsafe in {judged}."),
        number => format!("{} in {judged}.", count(number, "finding", "findings")),
    };
    let _ = writeln!(out, "{}", heading(conclusion));
    out
}

fn write_revision(out: &mut String, revision: &RevisionSafety) {
    let message = revision.message.as_ref().map(|message| format!(" {message}")).unwrap_or_default();
    let _ = writeln!(out, "{}{message}", heading(&revision.revision));
    for finding in &revision.findings {
        write_finding(out, finding);
    }
    out.push('\n');
}

fn write_finding(out: &mut String, finding: &SafetyFinding) {
    let _ = writeln!(out, "   {} {} {}", removed("✗"), finding.kind, dim(&finding.at));
    let _ = writeln!(out, "     {}", finding.text);
    let _ = writeln!(out, "     {} {}", dim("how long:"), finding.lasts);
    for step in &finding.recipe {
        for (index, line) in step.lines().enumerate() {
            let mark = if index == 0 { "-" } else { " " };
            let _ = writeln!(out, "     {mark} {line}");
        }
    }
}

/// What `downgrade()` does not take back.
pub fn verified(report: &VerifyReport) -> String {
    let mut out = String::new();
    write_unreturned(&mut out, &report.unreturned, &removed("✗").to_string());
    if !report.uncertain.is_empty() {
        let _ = writeln!(out, "{}", heading("Not known"));
        write_unreturned(&mut out, &report.uncertain, &dim("?").to_string());
    }
    let checked = count(report.checked, "revision", "revisions");
    let conclusion = match report.unreturned.len() {
        0 => format!("What {checked} do is taken back by `downgrade()`, as far as it is known."),
        number => format!("{} in {checked} that `downgrade()` does not take back.", count(number, "thing", "things")),
    };
    let _ = writeln!(out, "{}", heading(conclusion));
    out
}

fn write_unreturned(out: &mut String, list: &[Unreturned], mark: &str) {
    for one in list {
        let _ = writeln!(out, "   {mark} {} {} {}", one.revision, one.text, dim(&one.at));
    }
}
