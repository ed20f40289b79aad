//! Looks at everything after some changes: types, tests, the way of the database back to the beginning and up again.
//! What is wrong then is traced to the change that brought it, and the walk goes on without that.

use std::fs;
use std::path::Path;

use architect_model::{Design, Plan};

use super::change::Change;
use super::walk::Walk;
use crate::test::fixtures;
use crate::test::tree::Tree;
use crate::tools::Outcome;

/// Files beside the project that belong to its state.
const FILES: [&str; 3] = ["walk.db", "rows.json", "facts.json"];

/// A project after a change.
pub struct Snapshot {
    /// The change.
    said: String,
    tree: Tree,
    design: Design,
    /// Its database, the rows that it had, what is known of it.
    pub(super) files: Vec<Vec<u8>>,
    /// Changes until then.
    changes: usize,
}

impl Walk<'_> {
    /// The project as it is now.
    pub(super) fn snapshot(&self, said: String) -> Outcome<Snapshot> {
        let read = |name| fs::read(self.beside.join(name)).map_err(|error| error.to_string());
        let files: Outcome<Vec<Vec<u8>>> = FILES.into_iter().map(read).collect();
        let (tree, design) = (Tree::of(&self.root)?, self.design.clone());
        let changes = self.journal.len() + usize::from(!said.is_empty());
        Ok(Snapshot { said, tree, design, files: files?, changes })
    }

    /// Makes the project what it was.
    pub(super) fn restore(&mut self, at: usize) -> Outcome {
        let Some(before) = self.since.get(at) else { return Ok(()) };
        before.tree.restore()?;
        for (name, bytes) in FILES.into_iter().zip(&before.files) {
            fs::write(self.beside.join(name), bytes).map_err(|error| error.to_string())?;
        }
        self.design.clone_from(&before.design);
        self.journal.truncate(before.changes);
        self.facts = self.read_facts()?;
        Ok(())
    }

    /// Looks at everything; where something is wrong, the walk goes back to before the change that brought it.
    ///
    /// # Errors
    /// The disk refuses.
    pub(super) fn whole(&mut self, tried: usize) -> Outcome {
        let start = std::time::Instant::now();
        let wrong =
            (0..=fixtures::commands(&self.backend)?.len()).find_map(|check| Some((check, self.check(check).err()?)));
        self.log(&format!("all looked at ({:.1} s)\n", start.elapsed().as_secs_f64()))?;
        let Some((check, message)) = wrong else {
            self.since.drain(..self.since.len() - 1);
            return Ok(());
        };
        let kept = self.keep(tried)?;
        let guilty = self.guilty(check)?;
        self.restore(guilty)?;
        let message = self.check(check).err().unwrap_or(message);
        let said = self.since.get(guilty).map(|one| one.said.clone()).unwrap_or_default();
        let told = self.reproduced(&said, &message, tried, &kept);
        self.log(&format!("{told}\n"))?;
        self.count.wrong.push(told);
        self.restore(guilty - 1)?;
        self.since.truncate(guilty);
        Ok(())
    }

    /// Whether a change is right without what its plan leaves to a person.
    pub(super) fn is_vain(&mut self, change: &Change, plan: &Plan, tried: usize) -> bool {
        let plan_file = self.beside.join("plan.json").display().to_string();
        let Ok((Some(0), _)) = self.architect(&["apply", &plan_file, "--partly"]) else { return false };
        let commands = fixtures::commands(&self.backend).map_or(0, |commands| commands.len());
        self.looked_at(change, plan, tried).is_ok() && (0..commands).all(|check| self.check(check).is_ok())
    }

    /// The first change after which a check fails that fails after the last.
    fn guilty(&mut self, check: usize) -> Outcome<usize> {
        let (mut healthy, mut ill) = (0, self.since.len() - 1);
        while ill - healthy > 1 {
            let middle = usize::midpoint(healthy, ill);
            self.restore(middle)?;
            match self.check(check) {
                Ok(()) => healthy = middle,
                Err(_) => ill = middle,
            }
        }
        Ok(ill)
    }

    /// One of the checks: a command of the project, or, behind all of these, its migrations.
    fn check(&mut self, number: usize) -> Outcome {
        let commands = fixtures::commands(&self.backend)?;
        let Some(command) = commands.get(number) else { return self.migrates() };
        match command.split(' ').map(str::to_owned).collect::<Vec<_>>() {
            // No Python.
            words if words[0] == "ruff" => {
                let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
                self.in_environment("ruff", &arguments, &[])
            }
            words => self.worker.commands(&[words], &[]),
        }
    }

    fn migrates(&mut self) -> Outcome {
        let copy = self.beside.join("back.db");
        fs::copy(self.beside.join("walk.db"), &copy).map_err(|error| error.to_string())?;
        match self.back_and_forth(&copy) {
            // Rows may lack what the way back demands, such as the owner that they had.
            Err(message) if self.only_empty && message.contains("IntegrityError") => {
                fs::remove_file(&copy).map_err(|error| error.to_string())?;
                self.back_and_forth(&copy)
            }
            outcome => outcome,
        }
    }

    /// A database goes to the last revision, back to where the walk began, and to the last one again.
    fn back_and_forth(&mut self, database: &Path) -> Outcome {
        let url = format!("{}:///{}", self.place.scheme, database.display());
        let words = |words: [&str; 3]| words.map(str::to_owned).to_vec();
        let last = words(["alembic", "upgrade", "head"]);
        let back = words(["alembic", "downgrade", self.first.as_str()]);
        self.worker.commands(&[last.clone(), back, last], &[(self.place.variable, &url)])
    }
}
