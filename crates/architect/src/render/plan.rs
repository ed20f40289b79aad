//! A plan: summary, a diff a file, risks, questions, and what comes after `apply`.

use std::fmt::Write;

use architect_model::{Change, ChangeKind, FileChange, NextStep, Plan, Step};
use similar::{ChangeTag, TextDiff};

use super::design::count;
use super::paint::{accent, added, dim, heading, removed};

/// The steps in the brief's workflow order, with their titles.
const STEPS: &[(Step, &str)] = &[
    (Step::Models, "Models"),
    (Step::Schemas, "Schemas"),
    (Step::Repository, "Repository"),
    (Step::Service, "Service"),
    (Step::Endpoints, "Endpoints"),
    (Step::Tests, "Tests"),
    (Step::Migration, "Migration"),
    (Step::Types, "Types"),
];

/// The whole plan; `with_files` adds the text of the files.
pub fn plan(plan: &Plan, with_files: bool) -> String {
    let mut out = String::new();
    if plan.files.is_empty() {
        write_notes(&mut out, plan);
        out.push_str("No changes.\n");
        return out;
    }
    for (number, (step, title)) in STEPS.iter().enumerate() {
        write_step(&mut out, plan, *step, &format!("{}. {title}", number + 1), with_files);
    }
    write_notes(&mut out, plan);
    write_next(&mut out, plan);
    let new = plan.files.iter().filter(|file| file.before.is_none()).count();
    let edited = plan.files.len() - new;
    let _ = writeln!(out, "{}", heading(format!("{}, {edited} edited.", count(new, "new file", "new files"))));
    out
}

fn write_step(out: &mut String, plan: &Plan, step: Step, title: &str, with_files: bool) {
    let changes: Vec<_> = plan.changes.iter().filter(|change| change.step == step).collect();
    let files: Vec<_> = plan.files.iter().filter(|file| file.step == step).collect();
    if changes.is_empty() && files.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", heading(title));
    for Change { kind, .. } in changes {
        let _ = writeln!(out, "   {}", sentence(kind));
    }
    for file in files {
        write_file(out, file, with_files);
    }
    out.push('\n');
}

/// A change in words.
fn sentence(kind: &ChangeKind) -> String {
    match kind {
        ChangeKind::AddTable { class, table } => format!("table `{table}` ({class})"),
        ChangeKind::AddColumn { class, column } => format!("{} column `{class}.{column}`", added("+")),
        ChangeKind::ChangeColumn { class, column, what } => format!("~ column `{class}.{column}`: {what}"),
        ChangeKind::RenameColumn { class, from, to } => format!("~ column `{class}.{from}` becomes `{to}`"),
        ChangeKind::RemoveColumn { class, column } => format!("{} column `{class}.{column}`", removed("-")),
        ChangeKind::ChangeConstraints { class, what } => format!("~ table of `{class}`: {what}"),
        ChangeKind::ChangeEnum { class, added: new, removed: gone } => {
            let values = new.iter().map(|value| added(format!("+{value}")).to_string());
            let values = values.chain(gone.iter().map(|value| removed(format!("-{value}")).to_string()));
            format!("~ enum {class}: {}", values.collect::<Vec<_>>().join(" "))
        }
        ChangeKind::ChangeEndpoint { method, path, what } => format!("~ {method} {path}: {what}"),
        ChangeKind::RemoveEndpoint { method, path } => format!("{} {method} {path}", removed("-")),
        ChangeKind::AddEnum { class } => format!("enum {class}"),
        ChangeKind::AddSchemas { classes } => format!("schemas {}", classes.join(", ")),
        ChangeKind::AddRepository { name } => format!("repository {name}"),
        ChangeKind::AddService { name } => format!("service {name}"),
        ChangeKind::AddEndpoint { method, path, who } => format!("{method:<6} {path}  {}", dim(who)),
        ChangeKind::RegisterRouter { module } => format!("router of `{module}` registered"),
        ChangeKind::ImportModels { module } => format!("models of `{module}` imported where Alembic looks"),
        ChangeKind::AddTests { count: number } => count(*number, "test", "tests"),
        ChangeKind::AddRevision { revision, sql } => {
            let indented: Vec<_> = sql.iter().map(|line| format!("\n     {}", line.replace('\n', "\n     "))).collect();
            format!("revision {revision}; on PostgreSQL it runs:{}", indented.concat())
        }
    }
}

fn write_file(out: &mut String, file: &FileChange, with_text: bool) {
    let lines = file.after.lines().count();
    match &file.before {
        None => {
            let _ = writeln!(out, "   {} {} {}", added("+"), accent(&file.path), dim(count(lines, "line", "lines")));
            if with_text {
                for line in file.after.lines() {
                    let _ = writeln!(out, "     {}", added(format!("+{line}")));
                }
            }
        }
        Some(before) => {
            let _ = writeln!(out, "   ~ {}", accent(&file.path));
            write_diff(out, before, &file.after);
        }
    }
}

fn write_diff(out: &mut String, before: &str, after: &str) {
    let diff = TextDiff::from_lines(before, after);
    for (index, group) in diff.grouped_ops(2).iter().enumerate() {
        if index > 0 {
            let _ = writeln!(out, "     {}", dim("⋯"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches(['\r', '\n']);
            let _ = match change.tag() {
                ChangeTag::Delete => writeln!(out, "     {}", removed(format!("-{line}"))),
                ChangeTag::Insert => writeln!(out, "     {}", added(format!("+{line}"))),
                ChangeTag::Equal => writeln!(out, "      {line}"),
            };
        }
    }
}

fn write_notes(out: &mut String, plan: &Plan) {
    if !plan.risks.is_empty() {
        let _ = writeln!(out, "{}", heading("Risks"));
        for risk in &plan.risks {
            let place = risk.at.as_ref().map(|at| format!(" {}", dim(at))).unwrap_or_default();
            let _ = writeln!(out, "   {}{place}", risk.text);
        }
        out.push('\n');
    }
    if !plan.open_edits.is_empty() {
        let _ = writeln!(out, "{}", heading("Left to you"));
        for edit in &plan.open_edits {
            let _ = writeln!(out, "   {}", accent(&edit.at));
            for line in edit.text.lines() {
                let _ = writeln!(out, "     {line}");
            }
        }
        out.push('\n');
    }
    if !plan.questions.is_empty() {
        let _ = writeln!(out, "{}", heading("Questions"));
        for question in &plan.questions {
            let _ =
                writeln!(out, "   {} {}\n     until answered: {}", question.text, dim(&question.at), question.default);
        }
        out.push('\n');
    }
    if !plan.assumptions.is_empty() {
        let _ = writeln!(out, "{}", heading("Assumed"));
        for assumption in &plan.assumptions {
            let _ = writeln!(out, "   {} {}", assumption.text, dim(&assumption.at));
        }
        out.push('\n');
    }
}

/// What is done by the project's own means once the files are written: migration, tests, TypeScript types.
fn write_next(out: &mut String, plan: &Plan) {
    if plan.next.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", heading("After `apply`"));
    for next in &plan.next {
        let _ = writeln!(out, "   {}", next_line(next));
    }
    out.push('\n');
}

fn next_line(next: &NextStep) -> String {
    let command =
        if next.folder.is_empty() { next.command.clone() } else { format!("(cd {} && {})", next.folder, next.command) };
    format!("{command}  {}", dim(format!("# {}", next.text)))
}

/// How many edits a plan leaves to a person, with the place of the first.
pub fn open_edits(plan: &Plan) -> String {
    let place = plan.open_edits.first().map(|edit| edit.at.to_string()).unwrap_or_default();
    match plan.open_edits.len() {
        1 => format!("one edit is left to you, at {place}"),
        several => format!("{several} edits are left to you, the first at {place}"),
    }
}

/// What was written and what comes next.
pub fn applied(plan: &Plan) -> String {
    let mut out = format!("Wrote {}.", count(plan.files.len(), "file", "files"));
    if !plan.next.is_empty() {
        out.push_str(" Next:\n");
    }
    for next in &plan.next {
        let _ = write!(out, "\n    {}", next_line(next));
    }
    out
}
