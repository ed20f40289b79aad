//! Runs the specifications in `spec/carry`: what the writers write before and after a change, the code as it is, and
//! what becomes of it.
//!
//! A section has fences `python before PATH`, `python after PATH` and `python code PATH`, and maybe `counterparts`. A
//! fence `diff` holds what became of the code, one `text` what was kept or asked. Without `code`, the code is `before`, and has
//! to become `after`. Whatever a section says, carrying over once more has to change nothing. `UPDATE_SPECS=1` rewrites
//! both.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails is told so")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use architect_model::{FormatStyle, Step};
use architect_python::carry::{Carried, Counterpart, Version, carry};
use architect_python::{AlembicChoice, NothingInstalled, SourceText, Sources};
use similar::TextDiff;

type Files = BTreeMap<String, String>;

#[test]
fn specifications_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/carry");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut failures, mut sections) = (String::new(), 0);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let mut run = Run::default();
        run.specification(&text);
        sections += run.checked;
        failures.push_str(&run.failures);
        if run.output != text && std::env::var_os("UPDATE_SPECS").is_some() {
            fs::write(&path, &run.output).unwrap();
        } else if run.output != text {
            let diff = TextDiff::from_lines(&text, &run.output);
            let _ = writeln!(failures, "{}:\n{}", path.display(), diff.unified_diff().context_radius(3));
        }
    }
    assert!(failures.is_empty(), "{failures}\nUPDATE_SPECS=1 rewrites the expectations");
    assert!(sections > 10, "only {sections} sections were found");
}

/// Code of which a line is missing, or written twice: nothing panics, and carrying over again changes nothing.
#[test]
fn any_code_is_carried_over_to() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/carry");
    let mut runs = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let mut run = Run::default();
        run.specification(&fs::read_to_string(entry.unwrap().path()).unwrap());
        for section in run.sections {
            for (path, text) in &section.code {
                for at in 0..text.lines().count() {
                    for times in [0, 2] {
                        let lines = text.split_inclusive('\n').enumerate();
                        let spoilt: String =
                            lines.map(|(number, line)| line.repeat(if number == at { times } else { 1 })).collect();
                        let mut code = section.code.clone();
                        code.insert(path.clone(), spoilt);
                        let carried = section.carry(&code);
                        code.extend(carried.files.into_iter().map(|file| (file.path, file.after)));
                        if times == 2 {
                            // What is there twice is removed twice.
                            let again = section.carry(&code);
                            code.extend(again.files.into_iter().map(|file| (file.path, file.after)));
                        }
                        let last = section.carry(&code);
                        assert!(last.files.is_empty(), "{path}, line {}: {}\n{:?}", at + 1, code[path], last.files);
                        runs += 1;
                    }
                }
            }
        }
    }
    assert!(runs > 400, "{runs}");
}

#[derive(Default)]
struct Run {
    sections: Vec<Section>,
    output: String,
    failures: String,
    checked: usize,
    title: String,
    section: Section,
}

#[derive(Default)]
struct Section {
    before: Files,
    after: Files,
    code: Files,
    counterparts: Vec<Counterpart>,
    carried: Option<Carried>,
}

impl Run {
    fn specification(&mut self, text: &str) {
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let _ = writeln!(self.output, "{line}");
            if line.starts_with('#') {
                self.sections.push(std::mem::take(&mut self.section));
                line.clone_into(&mut self.title);
            }
            let Some(info) = line.strip_prefix("```") else { continue };
            let body: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            let body = self.fence(info, body);
            let _ = writeln!(self.output, "{body}```");
        }
    }

    fn fence(&mut self, info: &str, body: String) -> String {
        let mut words = info.split(' ');
        let (language, role, path) = (words.next(), words.next(), words.next());
        let file = || (path.unwrap_or_default().to_owned(), body.replace("\\t", "\t").replace("\\r\n", "\r\n"));
        match (language, role) {
            (Some("python"), Some("before")) => self.section.before.extend([file()]),
            (Some("python"), Some("after")) => self.section.after.extend([file()]),
            (Some("python"), Some("code")) => self.section.code.extend([file()]),
            (Some("counterparts"), _) => self.section.counterparts.extend(body.lines().map(counterpart)),
            (Some("diff"), _) => return self.diff(),
            (Some("text"), _) => return self.section.messages(),
            _ => {}
        }
        body
    }

    fn diff(&mut self) -> String {
        let section = &mut self.section;
        let is_own = section.code.is_empty();
        if is_own {
            section.code = section.before.clone();
        }
        let carried = section.carry(&section.code);
        let mut result = section.code.clone();
        result.extend(carried.files.iter().map(|file| (file.path.clone(), file.after.clone())));
        if is_own && result != section.after {
            for (path, text) in &section.after {
                let got = result.get(path).map_or("", String::as_str);
                let diff = TextDiff::from_lines(got, text).unified_diff().to_string();
                let _ = writeln!(self.failures, "{}: {path} is not what is planned:\n{diff}", self.title);
            }
        }
        let again = section.carry(&result);
        if !again.files.is_empty() {
            let after = &again.files[0].after;
            let _ = writeln!(self.failures, "{}: carrying over again changes something:\n{after}", self.title);
        }
        let mut diff = String::new();
        for file in &carried.files {
            let before = file.before.as_deref().unwrap_or_default();
            let lines = TextDiff::from_lines(before, &file.after);
            let _ = write!(diff, "{}\n{}", file.path, lines.unified_diff().context_radius(1));
        }
        section.carried = Some(carried);
        self.checked += 1;
        diff.replace('\r', "\\r").replace('\t', "\\t")
    }
}

impl Section {
    fn carry(&self, code: &Files) -> Carried {
        let mut paths: Vec<&String> = self.before.keys().chain(self.after.keys()).collect();
        paths.sort();
        paths.dedup();
        let text = |files: &'_ Files, path: &String| files.get(path).cloned();
        let texts: Vec<_> = paths.iter().map(|path| (text(&self.before, path), text(&self.after, path))).collect();
        let versions: Vec<Version<'_>> = paths
            .iter()
            .zip(&texts)
            .map(|(path, (before, after))| Version {
                path,
                step: Step::Models,
                before: before.as_deref(),
                after: after.as_deref(),
            })
            .collect();
        let python = code.iter().map(|(path, text)| SourceText::new(path.as_str(), text.as_str())).collect();
        let sources = Sources {
            python,
            other: Vec::new(),
            unreadable: Vec::new(),
            installed: Arc::new(NothingInstalled),
            alembic: AlembicChoice::default(),
        };
        let style = FormatStyle { first_party: vec!["app".to_owned()], ..FormatStyle::default() };
        carry(&versions, &self.counterparts, &sources, &style)
    }

    fn messages(&self) -> String {
        let carried = self.carried.as_ref().expect("a `diff` fence stands before");
        let mut text = String::new();
        for kept in &carried.kept {
            let _ = writeln!(text, "kept {}: {}; it is `{}`", kept.at, kept.wanted, kept.theirs);
        }
        for question in &carried.questions {
            let _ = writeln!(text, "asked {}: {}", question.at, question.text);
        }
        text
    }
}

/// `ProjectRead = app/schemas.py ProjectOut`
fn counterpart(line: &str) -> Counterpart {
    let words: Vec<String> = line.split([' ', '=']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    Counterpart { written: words[0].clone(), path: words[1].clone(), actual: words[2].clone(), step: None }
}
