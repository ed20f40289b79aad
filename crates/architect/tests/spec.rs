//! Runs the specifications in `spec/survey`, `spec/plan`, `spec/impact`, `spec/handoff`, `spec/migrate`, `spec/openapi` and `spec/types`: files in fences, commands, and what they say and change.
//!
//! A section is a project of its own, in a folder of its own. A line `Project: fixtures/flat` or `Project: new` says
//! what it starts from; a fence with a path is one of its files. `console` holds commands and their output, `diff PATH`
//! what became of a file, `json POINTER` a part of what the last command wrote. `UPDATE_SPECS=1` rewrites all three.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use similar::TextDiff;

#[test]
fn specifications_hold() {
    let update = std::env::var_os("UPDATE_SPECS").is_some();
    let mut failures = String::new();
    let mut commands = 0;
    for file in specifications() {
        let text = fs::read_to_string(&file).unwrap();
        let mut run = Run::default();
        run.specification(&text);
        commands += run.commands;
        if run.output == text {
            continue;
        }
        if update {
            fs::write(&file, run.output).unwrap();
        } else {
            let diff = TextDiff::from_lines(&text, &run.output);
            let _ = writeln!(failures, "{}:\n{}", file.display(), diff.unified_diff().context_radius(3));
        }
    }
    assert!(failures.is_empty(), "{failures}\nUPDATE_SPECS=1 rewrites the expectations");
    assert!(commands > 10, "only {commands} commands were found");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn specifications() -> Vec<PathBuf> {
    let folders =
        ["spec/survey", "spec/plan", "spec/impact", "spec/handoff", "spec/migrate", "spec/openapi", "spec/types"]
            .map(|folder| root().join(folder));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    files
}

#[derive(Default)]
struct Run {
    /// The specification with its expectations as they should be.
    output: String,
    section: Section,
    commands: usize,
}

impl Run {
    fn specification(&mut self, text: &str) {
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let _ = writeln!(self.output, "{line}");
            if line.starts_with("# ") || line.starts_with("## ") {
                self.section = Section::default();
            }
            if let Some(base) = line.strip_prefix("Project: ") {
                self.section.start(base.trim_matches(['`', '.']));
            }
            let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
            if ticks < 3 {
                continue;
            }
            let (fence, info) = line.split_at(ticks);
            let body: String =
                lines.by_ref().take_while(|inner| *inner != fence).map(|inner| format!("{inner}\n")).collect();
            let body = self.fence(info, body);
            let _ = writeln!(self.output, "{body}{fence}");
        }
    }

    /// What stands in a fence, as it should be.
    fn fence(&mut self, info: &str, body: String) -> String {
        match info.split_once(' ').unwrap_or((info, "")) {
            ("console", _) => {
                let commands: Vec<&str> = body.lines().filter_map(|line| line.strip_prefix("$ architect ")).collect();
                self.commands += commands.len();
                commands.iter().map(|command| self.section.run(command)).collect()
            }
            ("diff", path) => self.section.diff(path),
            ("json", pointer) => self.section.json(pointer),
            (_, path) if !path.is_empty() => {
                self.section.write(path, &body);
                body
            }
            _ => body,
        }
    }
}

/// A project in a folder of its own.
struct Section {
    folder: tempfile::TempDir,
    /// The texts before the first command.
    before: BTreeMap<String, String>,
    ran: bool,
    written: String,
}

impl Default for Section {
    fn default() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("shop")).unwrap();
        Self { folder, before: BTreeMap::new(), ran: false, written: String::new() }
    }
}

impl Section {
    fn root(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    fn start(&mut self, base: &str) {
        match base.strip_prefix("new") {
            Some(options) => {
                fs::remove_dir(self.root()).unwrap();
                let made = self.architect(self.folder.path(), &format!("new shop{options}"));
                assert!(made.status.success());
            }
            None => copy(&root().join(base), &self.root()),
        }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn architect(&self, folder: &Path, arguments: &str) -> std::process::Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_architect"));
        command.args(words(arguments)).current_dir(folder).env("NO_COLOR", "1").env("COLUMNS", "120");
        // Half past six in the morning of 2 March 2026.
        command.env("SOURCE_DATE_EPOCH", "1772433000").output().unwrap()
    }

    /// A command with what it says: its data, then its talk, then its exit code where that is not 0.
    fn run(&mut self, command: &str) -> String {
        if !self.ran {
            self.ran = true;
            self.before = texts(&self.root(), "");
        }
        let output = self.architect(&self.root(), command);
        self.written = String::from_utf8(output.stdout).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let data = if command.contains("--format json") { "" } else { self.written.as_str() };
        let mut shown = format!("$ architect {command}\n{data}{said}");
        let place = self.root().canonicalize().unwrap();
        shown = shown.replace(&*place.to_string_lossy(), "shop").replace(&*self.root().to_string_lossy(), "shop");
        if !shown.ends_with('\n') {
            shown.push('\n');
        }
        match output.status.code() {
            Some(0) => shown,
            code => format!("{shown}exit code {}\n", code.map_or_else(|| "none".to_owned(), |code| code.to_string())),
        }
    }

    /// What became of a file; without a path, which files were written.
    fn diff(&self, path: &str) -> String {
        let now = texts(&self.root(), "");
        if path.is_empty() {
            let status = |path: &String| match (self.before.get(path), now.get(path)) {
                (None, Some(_)) => Some('A'),
                (Some(before), Some(after)) if before != after => Some('M'),
                (Some(_), None) => Some('D'),
                _ => None,
            };
            let mut paths: Vec<&String> = self.before.keys().chain(now.keys()).collect();
            paths.sort();
            paths.dedup();
            return paths.iter().filter_map(|path| Some(format!("{} {path}\n", status(path)?))).collect();
        }
        let empty = String::new();
        let (before, after) = (self.before.get(path).unwrap_or(&empty), now.get(path).unwrap_or(&empty));
        TextDiff::from_lines(before, after).unified_diff().context_radius(2).to_string()
    }

    fn json(&self, pointer: &str) -> String {
        let value: serde_json::Value = serde_json::from_str(&self.written).unwrap_or_default();
        let part = value.pointer(pointer).cloned().unwrap_or_default();
        serde_json::to_string_pretty(&part).unwrap() + "\n"
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(".venv") || name.to_string_lossy().ends_with("_cache") {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

/// The texts below a folder, by their paths in it.
fn texts(folder: &Path, prefix: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(texts(&entry.path(), &format!("{name}/")));
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            found.insert(name, text);
        }
    }
    found
}

/// The words of a command line; what stands in single quotes is one.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
