//! A project that is changed again and again: what it is before a change, and what is looked at after one.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use xshell::cmd;

use super::cases::Case;
use super::documents::TEAMS;
use super::write;
use crate::test::fixtures;
use crate::test::places::Place;
use crate::test::process::Process;
use crate::test::project::plan_and_apply;
use crate::test::tree::Tree;
use crate::tools::{Outcome, Tools, apart, run};

/// Edits code as people do.
const BY_HAND: &str = include_str!("by_hand.py");

/// Puts rows into a database and looks after them.
const DATA: &str = include_str!("data.py");

/// Says what a change has touched.
const TOUCHED: &str = include_str!("touched.py");

/// How a plan says that rows have nothing of what the way back demands.
const ONLY_EMPTY: &str = "`downgrade` works on an empty table only";

/// How a change went.
pub enum Went {
    /// It was carried out, and everything is as it should be.
    Applied,
    /// Something is left to a person, or was a question.
    Asked(String),
    /// It is not planned, for a reason.
    Refused(String),
}

/// A project that is ready to be changed again and again.
pub struct Prepared<'a> {
    tools: &'a Tools,
    place: &'a Place,
    root: PathBuf,
    backend: PathBuf,
    /// Folder of everything beside the project.
    pub beside: PathBuf,
    worker: Process,
    /// The files before any change: with teams or without, and how people have edited them.
    states: HashMap<(bool, &'static str), State>,
}

/// A project before a change.
struct State {
    tree: Tree,
    /// The same on disk.
    folder: PathBuf,
    /// Its database, with a row in each table.
    database: PathBuf,
    /// What stands in these rows.
    rows: PathBuf,
}

impl<'a> Prepared<'a> {
    /// Makes a project, with its environment, and checks that it is healthy.
    ///
    /// # Errors
    /// It cannot be made, or it is not healthy.
    pub fn make(tools: &'a Tools, place: &'a Place) -> Outcome<Self> {
        let root = tools.fresh(&format!("changes/{}", place.name))?;
        let beside = tools.fresh(&format!("changes/beside-{}", place.name))?;
        let backend = place.make(tools, &root)?;
        for (name, text) in [("by_hand.py", BY_HAND), ("data.py", DATA), ("touched.py", TOUCHED), ("teams.md", TEAMS)] {
            write(&beside.join(name), text)?;
        }
        let url = format!("{}:///{}", place.scheme, beside.join("changes.db").display());
        let worker = Process::worker(tools, &backend, &beside, (place.variable, &url))?;
        let mut project = Self { tools, place, root, backend, beside, worker, states: HashMap::new() };
        let tree = Tree::of(&project.root)?;
        project.keep(tree, (false, "as it is"))?;
        project.linted()?;
        project.tested()?;
        Ok(project)
    }

    /// Makes the database of the code as it is, fills it, and keeps it and the code as the state before a change.
    fn keep(&mut self, tree: Tree, (teams, variant): (bool, &'static str)) -> Outcome {
        let name = format!("{}{}", variant.replace(' ', "-"), if teams { "-teams" } else { "" });
        let (folder, database) = (self.beside.join(&name), self.beside.join(format!("{name}.db")));
        let rows = self.beside.join(format!("{name}.json"));
        fixtures::copy(&self.root, &folder)?;
        let now = self.beside.join("changes.db");
        let _ = fs::remove_file(&now);
        let subject = &self.place.subject;
        let chosen = format!("{}.{}={}", subject.table, subject.choice.0, subject.choice.2);
        let spare = format!("{}={}", subject.spare.column, subject.spare.last());
        let fill = self.script("data.py", &["fill", &url(&now), &rows.display().to_string(), &chosen, &spare]);
        self.together(&[words("alembic upgrade head"), fill])?;
        fs::copy(&now, &database).map_err(|error| error.to_string())?;
        self.states.insert((teams, variant), State { tree, folder, database, rows });
        Ok(())
    }

    /// Makes the project what it is before a change.
    fn restore(&mut self, case: &Case, variant: &'static str) -> Outcome {
        let wanted = (case.with_teams, variant);
        if !self.states.contains_key(&wanted) {
            let plain = (false, "as it is");
            self.back(plain)?;
            if case.with_teams {
                plan_and_apply(self.tools, &self.root, &self.beside.join("teams.md"))?;
            }
            self.edit_by_hand(variant)?;
            self.linted()?;
            self.keep(Tree::of(&self.root)?, wanted)?;
        }
        self.back(wanted)
    }

    fn back(&self, wanted: (bool, &'static str)) -> Outcome {
        let state = self.states.get(&wanted).ok_or("there is no such state")?;
        state.tree.restore()?;
        fs::copy(&state.database, self.beside.join("changes.db")).map(|_| ()).map_err(|error| error.to_string())
    }

    /// Makes one change, and looks at what comes of it.
    ///
    /// # Errors
    /// What is wrong.
    pub fn one(&mut self, case: &Case, variant: &'static str) -> Outcome<Went> {
        self.restore(case, variant)?;
        let (code, said) = self.architect(case)?;
        let state = self.states.get(&(case.with_teams, variant)).ok_or("there is no such state")?;
        let (tree, before, rows) = (&state.tree, state.folder.clone(), state.rows.clone());
        match code {
            Some(0) => {}
            Some(2) if said.contains("error: ") => {
                if !tree.is_as_now()? {
                    return Err(format!("files are written, though it failed:\n{said}"));
                }
                let left = said.split("\nLeft to you\n").nth(1).map(|left| left.split("\n\n").next().unwrap_or(left));
                return Ok(match left {
                    Some(left) => Went::Asked(lines(left)),
                    None => Went::Refused(lines(said.split("error: ").nth(1).unwrap_or_default())),
                });
            }
            _ => return Err(said),
        }
        let checked = self.healthy(case, &before, &rows, &said);
        if let Some(questions) = said.split("\nQuestions\n").nth(1) {
            let first = questions.split("\n\n").next().unwrap_or(questions);
            let how = if checked.is_ok() { "and all is well" } else { "rightly" };
            return Ok(Went::Asked(format!("{how}: {}", lines(first))));
        }
        checked.map_err(|message| format!("{message}\n---\n{said}"))?;
        Ok(Went::Applied)
    }

    fn architect(&self, case: &Case) -> Outcome<(Option<i32>, String)> {
        let shell = self.tools.shell(&self.root)?;
        let (architect, arguments) = (&self.tools.architect, &case.arguments);
        let document = self.beside.join("change.md");
        let command = match &case.document {
            Some(text) => {
                write(&document, text)?;
                cmd!(shell, "{architect} apply {document} {arguments...} --yes")
            }
            None => cmd!(shell, "{architect} {arguments...} --yes --format text"),
        };
        let output = command.quiet().ignore_status().output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Ok((output.status.code(), said))
    }

    fn edit_by_hand(&mut self, variant: &str) -> Outcome {
        if variant == "as it is" {
            return Ok(());
        }
        let files = Tree::of(&self.root)?.python(self.place.subject.code);
        let files: Vec<String> = files
            .iter()
            .filter(|file| file.file_name().is_some_and(|name| name != "__init__.py"))
            .map(|file| file.strip_prefix(&self.backend).unwrap_or(file).display().to_string())
            .collect();
        let mut arguments = vec![variant];
        arguments.extend(files.iter().map(String::as_str));
        let edit = self.script("by_hand.py", &arguments);
        self.together(&[edit])?;
        self.ruff(&["format", "--quiet", "."])?;
        self.ruff(&["check", "--quiet", "--fix-only", "--select", "I,F401", "."])
    }

    /// Linters, types, tests, the migration with its data, and what was touched.
    fn healthy(&mut self, case: &Case, before: &Path, rows: &Path, said: &str) -> Outcome {
        self.touched(case, before)?;
        self.linted()?;
        self.migrated(case, rows, said)?;
        self.tested()
    }

    fn touched(&mut self, case: &Case, before: &Path) -> Outcome {
        let kind = if case.only_adds() { "adds" } else { "changes" };
        let record = self.beside.join(format!("{}.touched.json", case.kind.replace([' ', ','], "-")));
        let (before, after, record) =
            (before.display().to_string(), self.root.display().to_string(), record.display().to_string());
        let mut arguments = vec![before.as_str(), &after, kind, &record];
        arguments.extend(case.words.iter().map(String::as_str));
        let touched = self.script("touched.py", &arguments);
        self.together(&[touched])
    }

    fn linted(&mut self) -> Outcome {
        let [lint, format, types, _] = fixtures::commands(&self.backend)?;
        for command in [lint, format] {
            self.ruff(&command.split(' ').skip(1).collect::<Vec<_>>())?;
        }
        self.together(&[words(&types)])
    }

    fn tested(&mut self) -> Outcome {
        let [.., tests] = fixtures::commands(&self.backend)?;
        self.together(&[words(&tests)])
    }

    /// The migration up, down and up again, with the rows of before; where the plan says that only an empty table can go
    /// back, without the rows of that and of those that refer to it.
    fn migrated(&mut self, case: &Case, rows: &Path, said: &str) -> Outcome {
        let file = self.beside.join("changes.db");
        let (database, rows) = (url(&file), rows.display().to_string());
        // Not every change makes a revision.
        let head = fs::read_to_string(Path::new(&rows).with_extension("head")).map_err(|error| error.to_string())?;
        let gone: Vec<&str> = case.gone.iter().map(String::as_str).collect();
        let up = [["check", &database, &rows].as_slice(), &gone].concat();
        let down = [["check-back", &database, &rows].as_slice(), &gone].concat();
        let (last, back) = (words("alembic upgrade head"), words(&format!("alembic downgrade {head}")));
        self.together(&[last.clone(), words("alembic check"), self.script("data.py", &up)])?;
        let _ = fs::remove_file(Path::new(&rows).with_extension("cleared"));
        let empty = only_empty(said);
        if !empty.is_empty() {
            let clear = [["clear", &database, &rows].as_slice(), &empty].concat();
            self.together(&[self.script("data.py", &clear)])?;
        }
        self.together(&[back, self.script("data.py", &down), last])
    }

    fn script(&self, name: &str, arguments: &[&str]) -> Vec<String> {
        let mut command = vec![self.beside.join(name).display().to_string()];
        command.extend(arguments.iter().map(|one| (*one).to_owned()));
        command
    }

    /// Runs commands one after the other in one process.
    fn together(&mut self, commands: &[Vec<String>]) -> Outcome {
        self.worker.commands(commands, &[])
    }

    fn ruff(&self, arguments: &[&str]) -> Outcome {
        let shell = self.tools.shell(&self.backend)?;
        let ruff = self.backend.join(".venv").join("bin").join("ruff");
        run(apart(cmd!(shell, "{ruff} {arguments...}"))).map(|_| ())
    }
}

/// A database as a URL without its driver.
fn url(file: &Path) -> String {
    format!("sqlite:///{}", file.display())
}

/// The tables that can only go back when they are empty, as a plan says.
fn only_empty(said: &str) -> Vec<&str> {
    let column = |before: &'_ str| -> Option<usize> { before.trim_end_matches("`: ").rfind('`') };
    let found = said.match_indices(ONLY_EMPTY).filter_map(|(at, _)| {
        let before = &said[..at];
        let named = &before[column(before)? + 1..];
        named.split_once('.').map(|(table, _)| table)
    });
    found.collect()
}

fn words(command: &str) -> Vec<String> {
    command.split(' ').map(str::to_owned).collect()
}

/// A text of several lines on one.
fn lines(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}
